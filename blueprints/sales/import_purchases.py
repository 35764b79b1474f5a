"""What the rows of a list of purchases would do, and doing it.

The rows of a purchase have its number. Those of one that is on file add the lines and the payment that it lacks, and
change its state and when it is due: so the same file twice makes nothing twice, and lines may come in a file of their
own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from blueprints.sales import actions, import_amounts, rules
from blueprints.sales.import_fields import minor
from blueprints.sales.import_known import Known
from blueprints.sales.import_lines import Line, News, Plan, merged
from blueprints.sales.import_payments import plan_payment
from blueprints.sales.import_updates import RETURNED, cancelled_whole, plan_changes
from blueprints.sales.models import Purchase, PurchaseLine
from blueprints.sales.refreshing import refresh_these
from core import clock, settings
from core.bulk import chunks
from core.db import db, one_after_another
from core.errors import RuleBroken
from core.importing import Action
from core.importways import CREATE, UPDATE
from core.rights import Viewer
from core.words import _l


def write(plan: Plan) -> None:
    """Carry out what was planned of purchases."""
    db.session.add_all([news.purchase for news in plan.purchases])
    db.session.flush()
    for news in plan.purchases:
        for line in news.gone:
            db.session.delete(line)
        _write_lines(news.purchase, news.lines)
        _change(news.purchase, news.values)
        if news.payment is not None:
            actions.add_payment(news.purchase, news.payment)
    db.session.flush()
    for some in chunks([news.purchase.id for news in plan.purchases]):
        refresh_these(some)


def _write_lines(purchase: Purchase, lines: Sequence[Mapping[str, Any]]) -> None:
    whose = {
        "customer_id": purchase.customer_id,
        "purchase_id": purchase.id,
        "currency": purchase.currency,
    }
    db.session.add_all([PurchaseLine(**whose, **values) for values in lines])


def _change(purchase: Purchase, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(purchase, name, value)
    if values.get("status") == "cancelled":
        actions.restore_returned(purchase)


def plan(lines: Sequence[Line], by: Viewer) -> Plan:
    """The rows of one number are one purchase, and are taken or refused together."""
    one_after_another("purchase numbers")
    made = Plan(list(lines))
    groups: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if number := line.values.get("number"):
            groups[str(number)].append(line)
    known = Known(groups, by)
    for number, group in groups.items():
        try:
            if any(line.refused for line in group):
                raise RuleBroken(_l("Another row of this purchase is not taken."))
            news = _planned(number, group, known)
        except RuleBroken as broken:
            for line in group:
                if not line.refused:
                    line.refuse(broken.message, broken.field)
            continue
        if news is not None:
            made.purchases.append(news)
    return made


def _planned(number: str, group: Sequence[Line], known: Known) -> News | None:
    """What is new of a purchase; None: nothing."""
    first = merged(group)
    kind = _kind(group, first)
    on_file = _on_file(number, kind, known)
    _check_mode(group, on_file)
    for line in group:
        line.action = Action.CREATE if on_file is None else Action.SKIP
    if on_file is not None and _is_done_with(on_file, group, first):
        return None
    news = News(on_file or _new(number, kind, first, known), on_file is None)
    before = known.sold.get(on_file.id, []) if on_file is not None else []
    import_amounts.plan_lines(news, group, before, known.products)
    if on_file is not None:
        plan_changes(news, group, first, known)
        if on_file.returns_id is not None and news.lines:
            raise RuleBroken(
                _l("This return was noted from its purchase: its lines stay as they are."), "number"
            )
    elif news.purchase.kind == "purchase" and first.get("status") in RETURNED:
        cancelled_whole(group)
    plan_payment(news, group, first, known)
    if on_file is not None and (news.values or news.payment) and not news.lines:
        group[0].action = Action.UPDATE
    return None if news.says_nothing else news


def _check_mode(group: Sequence[Line], on_file: Purchase | None) -> None:
    if on_file is None and group[0].mode == UPDATE:
        raise RuleBroken(_l("No purchase of this number is on file, and none is to be made."), "number")


def _is_done_with(on_file: Purchase, group: Sequence[Line], first: Mapping[str, Any]) -> bool:
    """Whether nothing is done to a purchase on file, be it that it is not to be, or is cancelled. Raises RuleBroken."""
    if group[0].mode == CREATE:
        for line in group:
            line.warn(_l("On file already, so nothing is done."), "number")
        return True
    if on_file.status != "cancelled":
        return False
    if first.get("status") not in ("cancelled", *RETURNED):
        raise RuleBroken(_l("This purchase is cancelled."), "number")
    return True


def _on_file(number: str, kind: str | None, known: Known) -> Purchase | None:
    found = known.purchases.get(number)
    if found is None:
        return None
    if found.id not in known.reached:
        raise RuleBroken(_l("There is a purchase of this number already."), "number")
    if kind is not None and kind != found.kind:
        raise RuleBroken(
            _l("On file this number is a document of another kind. A return has a number of its own."),
            "number",
        )
    return found


def _kind(group: Sequence[Line], first: Mapping[str, Any]) -> str | None:
    """What the rows say to be: a return by its kind, by its state, or because all of it is less than nothing."""
    less = [_is_less(line) for line in group if _says_how_much(line)]
    if any(less):
        if not all(less):
            raise RuleBroken(
                _l("Some of it was bought and some given back. A return has a number of its own."), "quantity"
            )
        return "return"
    if first.get("status") == "return" and first.get("kind") is None:
        return "return"
    return first.get("kind")


def _says_how_much(line: Line) -> bool:
    return any(line.values.get(name) for name in ("product", "quantity", "amount"))


def _is_less(line: Line) -> bool:
    return any((line.values.get(name) or 0) < 0 for name in ("quantity", "amount"))


def _new(number: str, kind: str | None, first: Mapping[str, Any], known: Known) -> Purchase:
    customer, on_day = first.get("customer"), first.get("on_day")
    if not customer or not on_day:
        raise RuleBroken(
            _l("No purchase of this number is on file: a new one needs customer and day."), "number"
        )
    ids = known.customers.get(customer, [])
    if len(ids) != 1:
        raise RuleBroken(
            _l("Several customers have this name.")
            if ids
            else _l("No such customer is on file, or none of yours."),
            "customer",
        )
    rules.check_days(on_day, first.get("due_on"), clock.today())
    currency = first.get("currency") or str(settings.get("sales.currency"))
    kind, delivered = kind or "purchase", first.get("delivered_on")
    if kind == "return":  # what came back is here
        delivered = delivered or on_day
    status = _status(kind, first) or ("delivered" if delivered else "open")
    return Purchase(
        customer_id=ids[0], number=number, kind=kind, on_day=on_day, due_on=first.get("due_on"),
        status=status, delivered_on=delivered if status == "delivered" else None, currency=currency,
        discount=minor(first.get("discount"), currency), shipping=minor(first.get("shipping"), currency),
        remark=first.get("remark"),
    )  # fmt: skip


def _status(kind: str, first: Mapping[str, Any]) -> str | None:
    """The state that a new purchase gets."""
    said = first.get("status")
    if said in RETURNED:
        return "delivered" if kind == "return" else "cancelled"
    return str(said) if said else None
