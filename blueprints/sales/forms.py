"""What is typed about products, purchases and payments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import HiddenField

from blueprints.sales import queries, rules, words
from blueprints.sales.queries import Line
from core import clock, fields, money, settings
from core.errors import RuleBroken
from core.forms import Form, Keyed, Versioned
from core.names import nfc
from core.words import _, _l

SPARE, MOST_ROWS = 3, rules.MOST_LINES
PARTS = ("what", "quantity", "price", "off")


class ProductForm(Form):
    """The facts of a product."""

    number = fields.text(_l("Number"), most=40, required=True)
    name = fields.text(_l("Name"), most=200, required=True)
    unit = fields.text(_l("Unit"), most=40, description=_l("Such as piece, box, hour."))
    price = fields.text(_l("Price"), most=30, required=True)
    currency = fields.choice(_l("Currency"), [], required=True)
    active = fields.YesNoField(_l("sold at present"), default=True)

    def facts(self) -> dict[str, Any]:
        """What was sent, the price in minor units. Raises RuleBroken."""
        values = self.values
        if "price" in values:
            values["price"] = _amount(values["price"], self.currency.data, "price")
        return {name: value or None if name == "unit" else value for name, value in values.items()}


class NewProductForm(Keyed, ProductForm):
    """A new product."""


class EditProductForm(Versioned, ProductForm):
    """A change of a product."""


class PurchaseForm(Form):
    """A purchase but for its lines, which `purchase_form` adds; `rows` is how many there are."""

    rows = 0
    number = fields.text(_l("Number"), most=40, description=_l("Left empty, it gets the next one."))
    on_day = fields.day(_l("Day of the purchase"), required=True)
    due_on = fields.day(_l("Payment due on"))
    currency = fields.choice(_l("Currency"), [], required=True)
    discount = fields.text(_l("Discount on all"), most=30)
    shipping = fields.text(_l("Shipping"), most=30)
    remark = fields.long_text(_l("Remark"), most=2_000)

    def row(self, n: int) -> list[Any]:
        """The fields of a line."""
        return [self[f"{part}-{n}"] for part in PARTS]

    def facts(self, theirs: Mapping[str, Any]) -> dict[str, Any]:
        """What was sent, over what the form showed (of fields that were not), with `lines` of columns.

        Raises RuleBroken.
        """
        sent = {**theirs, **self.values}
        currency = str(sent["currency"])
        values: dict[str, Any] = {
            name: sent.get(name) or None for name in ("number", "on_day", "due_on", "remark")
        }
        for name in ("discount", "shipping"):
            values[name] = _amount(sent.get(name) or "0", currency, name)
            if values[name] < 0:
                raise RuleBroken(_l("The amount cannot be less than nothing."), name)
        if sent.get("status"):
            values["status"] = sent["status"]
        return {**values, "currency": currency, "lines": _lines(sent, currency, self.rows)}


class NewPurchaseForm(Keyed, PurchaseForm):
    """A new purchase."""

    status = fields.choice(
        _l("State"),
        [(code, words.STATUSES[code]) for code in ("open", "delivered")],
        radio=True, default="delivered", required=True,
    )  # fmt: skip


class EditPurchaseForm(Versioned, PurchaseForm):
    """A change of a purchase; `opened` is what the form showed when it was opened."""

    opened = HiddenField()


def _amount(text: str, currency: str | None, field: str) -> int:
    try:
        return money.parse(text, currency or "CNY")
    except RuleBroken as broken:
        raise RuleBroken(broken.message, field) from None


def _lines(sent: Mapping[str, Any], currency: str, rows: int) -> list[dict[str, Any]]:
    """The lines that say something, in their places."""
    typed = {n: {part: nfc(str(sent.get(f"{part}-{n}") or "")) for part in PARTS} for n in range(rows)}
    meant = queries.products_meant([row["what"] for row in typed.values()])
    return [_line(n, row, meant.get(row["what"]), currency) for n, row in typed.items() if any(row.values())]


def _line(n: int, row: Mapping[str, str], product: Any, currency: str) -> dict[str, Any]:
    if not row["what"]:
        raise RuleBroken(_l("Say what was bought."), f"what-{n}")
    price = row["price"]
    if not price:
        if product is None or product.currency != currency:
            raise RuleBroken(_l("Say what one costs."), f"price-{n}")
        price = money.plain(product.price, currency)
    line: dict[str, Any] = {
        "position": n, "product_id": product.id if product else None,
        "text": product.name if product else row["what"], "unit": product.unit if product else None,
        "quantity": _read(rules.quantity_of, row["quantity"] or "1", f"quantity-{n}"),
        "price": _amount(price, currency, f"price-{n}"), "currency": currency,
        "discount": _read(rules.percent_of, row["off"] or "0", f"off-{n}"),
    }  # fmt: skip
    if line["price"] < 0:
        raise RuleBroken(_l("The amount cannot be less than nothing."), f"price-{n}")
    return line


def _read(read: Any, text: str, field: str) -> int:
    try:
        return int(read(text))
    except RuleBroken as broken:
        raise RuleBroken(broken.message, field) from None


def purchase_form(base: type[PurchaseForm], rows: int, **options: Any) -> Any:
    """A form with so many lines."""
    rows = min(max(rows, SPARE), MOST_ROWS)
    parts: dict[str, Any] = {"rows": rows}
    for n in range(rows):
        parts[f"what-{n}"] = fields.text(_l("Line %(n)s: product or text", n=n + 1), most=200)
        parts[f"quantity-{n}"] = fields.text(_l("Line %(n)s: quantity", n=n + 1), most=20)
        parts[f"price-{n}"] = fields.text(_l("Line %(n)s: price of one", n=n + 1), most=30)
        parts[f"off-{n}"] = fields.text(_l("Line %(n)s: discount in percent", n=n + 1), most=10)
    form = type(base.__name__, (base,), parts)(**options)
    offer_currencies(form.currency)
    return form


def offer_currencies(field: Any) -> None:
    """The currencies to choose from; one that a record has is among them."""
    field.choices = words.currency_choices()
    if field.data and money.is_known(field.data) and field.data not in money.CURRENCIES:
        field.choices.append((field.data, field.data))


def rows_sent(names: Sequence[str]) -> int:
    """How many lines a sent form has."""
    found = [int(name[5:]) for name in names if name.startswith("what-") and name[5:].isdecimal()]
    return max((n + 1 for n in found if n < MOST_ROWS), default=SPARE)


def shown(purchase: Any, lines: Sequence[Line]) -> dict[str, Any]:
    """Field → what the form of a purchase shows of it."""
    code = purchase.currency
    values: dict[str, Any] = {
        "number": purchase.number, "on_day": purchase.on_day, "due_on": purchase.due_on, "currency": code,
        "discount": money.plain(purchase.discount, code) if purchase.discount else "",
        "shipping": money.plain(purchase.shipping, code) if purchase.shipping else "",
        "remark": purchase.remark or "",
    }  # fmt: skip
    for name, value in _shown_lines(lines, code):
        values[name] = value
    return values


def _shown_lines(lines: Sequence[Line], currency: str) -> Iterator[tuple[str, str]]:
    for line in lines:
        row, n = line.row, line.row.position
        named = row.product is not None and row.product.name == row.text
        yield f"what-{n}", queries.product_text(row.product) if named and row.product else row.text
        yield f"quantity-{n}", rules.quantity_text(row.quantity)
        yield f"price-{n}", money.plain(row.price, currency)
        yield f"off-{n}", rules.percent_text(row.discount)


class PaymentForm(Keyed, Form):
    """Money that came in or went back."""

    amount = fields.text(_l("Amount"), most=30, required=True)
    on_day = fields.day(_l("Day"), required=True)
    method = fields.choice(_l("Method"), list(words.METHODS.items()), required=True)
    remark = fields.text(_l("Remark"), most=300)

    def facts(self, currency: str) -> dict[str, Any]:
        """What was sent, the amount in minor units. Raises RuleBroken."""
        values = self.values
        values["amount"] = _amount(values["amount"], currency, "amount")
        values["remark"] = values.get("remark") or None
        return values


class DeliveryForm(Form):
    """The day on which the goods arrived."""

    on_day = fields.day(_l("Delivered on"), required=True)


class ReturnForm(Keyed, Form):
    """A return; `return_form` adds a quantity for each line."""

    on_day = fields.day(_l("Day of the return"), required=True)
    remark = fields.long_text(_l("Remark"), most=2_000)

    def facts(self, lines: Sequence[Line]) -> dict[str, Any]:
        """What was sent, with `quantities` by position. Raises RuleBroken."""
        quantities = {}
        for line in lines:
            name = f"quantity-{line.row.position}"
            typed = nfc(self[name].data or "")
            if typed and typed != "0":
                quantities[line.row.position] = _read(rules.quantity_of, typed, name)
        return {"on_day": self.on_day.data, "remark": self.remark.data or None, "quantities": quantities}


def return_form(lines: Sequence[Line], **options: Any) -> Any:
    """The form of a return of some of these lines."""
    parts = {
        f"quantity-{line.row.position}": fields.text(_("Returned of %(what)s", what=line.row.text), most=20)
        for line in lines
    }
    return type("ReturnForm", (ReturnForm,), parts)(**options)


class PeriodForm(Form):
    """The period of a statement."""

    since = fields.day(_l("From"))
    until = fields.day(_l("To"))


def default_currency() -> str:
    """In what the company counts."""
    return str(settings.get("sales.currency"))


def today() -> Any:
    """The company's present day."""
    return clock.today()
