"""The fields that an import of products or purchases can fill, and how their cells are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from blueprints.sales import rules, words
from core import converting, money
from core.converting import Doubt
from core.dates import day
from core.errors import RuleBroken
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.names import nfc
from core.suggesting import suggest
from core.words import _l


def _text(most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        text = nfc(cell)
        if len(text) > most:
            raise RuleBroken(_l("“%(value)s…” is longer than %(n)s characters.", value=text[:40], n=most))
        return text

    return read


def _currency(cell: str) -> str:
    code = cell.strip().upper()
    code = {"RMB": "CNY", "人民币": "CNY", "¥": "CNY", "￥": "CNY"}.get(code, code)
    if not money.is_known(code):
        raise RuleBroken(_l("“%(text)s” is no currency.", text=cell[:40]))
    return code


def _number(cell: str) -> Decimal:
    """A price or sum, whose currency is known only when the whole row is."""
    return money.number(cell)


def _off(cell: str) -> int:
    """Hundredths of a percent: `15%` and `0.15` are the same, and so is 15."""
    if cell.rstrip().endswith(("%", "％")):
        return rules.percent_of(cell)
    share = money.decimal(cell)
    text = f"{share * 100:f}" if abs(share) < 1 else cell
    return rules.percent_of(text)


def _quantity(cell: str) -> int:
    """Thousandths; less than nothing is what was given back."""
    value = money.decimal(cell)
    return -rules.quantity_of(f"{-value:f}") if value < 0 else rules.quantity_of(cell)


def _word(cell: str) -> str:
    return "".join(cell.casefold().split())


def _paid(cell: str) -> Decimal | bool | Doubt:
    """An amount, or True for all of it. A mere 1 may be either."""
    word = _word(cell)
    if word in _ALL:
        return True
    if word in _NOTHING:
        return Decimal()
    value = _number(cell)
    if cell == "1":
        return Doubt(value, _l("“1” is taken as an amount. Write “yes” for all of it."))
    return value


_ALL = frozenset(
    _word(word)
    for word in ("是", "全部", "已付", "付清", "已付清", "已付款", "已支付", "已收款", "已结清", "结清",
                 "yes", "y", "true", "√", "✓", "all", "paid", "fully paid", "paid in full", "settled")
)  # fmt: skip
_NOTHING = frozenset(
    _word(word)
    for word in ("否", "无", "未付", "未付款", "未支付", "未收款", "待付款", "待支付", "no", "n",
                 "false", "×", "none", "unpaid", "not paid", "pending")
)  # fmt: skip
_STATUS = converting.choice(
    {
        "open": ("未交付", "not delivered", "pending", "待发货", "进行中"),
        "delivered": ("已交付", "shipped", "completed", "已发货", "已完成", "已签收"),
        "return": ("退货", "退单", "退款", "退货单", "refund", "credit note"),
        "returned": ("已退货", "全部退货", "已退款", "refunded"),
        "cancelled": ("已取消", "canceled", "void", "作废", "已作废"),
    },
    words.STATUSES,
)
_KIND = converting.choice(
    {
        "purchase": ("订单", "销售", "销售单", "order", "sale"),
        "return": ("退货", "退货单", "退单", "refund", "credit note"),
    },
    words.KINDS,
)
PRODUCTS = (
    Field(
        "number", _l("Number"), ("产品编号", "productID", "SKU", "货号", "物料编码", "编号", "number"),
        required=True, convert=_text(40),
    ),
    Field(
        "name", _l("Name"), ("产品名称", "productName", "product", "品名", "名称", "name"),
        required=True, convert=_text(200),
    ),
    Field("unit", _l("Unit"), ("单位", "unit", "quantityPerUnit", "规格"), convert=_text(40)),
    Field("price", _l("Price"), ("单价", "unitPrice", "price", "售价"), convert=_number),
    Field("currency", _l("Currency"), ("币种", "currency"), convert=_currency),
    Field("active", _l("sold at present"), ("在售", "active"), convert=converting.yes_no),
    Field(
        "discontinued", _l("not sold any more"), ("停售", "discontinued", "已停售"), convert=converting.yes_no
    ),
)  # fmt: skip
PURCHASES = (
    Field(
        "number", _l("Number"), ("订单号", "orderID", "order number", "订单编号", "单号", "销售单号"),
        required=True, convert=_text(40),
    ),
    Field(
        "customer", _l("Customer"),
        ("客户编号", "customerID", "客户", "客户名称", "customer", "customer name"), convert=_text(200),
    ),
    Field(
        "on_day", _l("Day of the purchase"), ("下单日期", "orderDate", "order date", "订单日期", "日期"),
        convert=day, dated=True,
    ),
    Field(
        "delivered_on", _l("Delivered on"), ("交付日期", "shippedDate", "发货日期", "shipped date"), convert=day,
        dated=True,
    ),
    Field("due_on", _l("Payment due on"), ("付款到期日", "due date", "到期日", "应收日期"), convert=day, dated=True),
    Field("kind", _l("Kind of document"), ("单据类型", "订单类型", "document type", "kind"), convert=_KIND),
    Field("status", _l("State"), ("状态", "订单状态", "status"), convert=_STATUS),
    Field("currency", _l("Currency"), ("币种", "currency"), convert=_currency),
    Field(
        "amount", _l("Amount"),
        ("订单金额", "总金额", "金额", "订单总额", "总额", "合计", "合计金额", "应收金额", "成交金额", "total",
         "total amount", "order total", "order amount", "grand total", "amount", "subtotal", "小计"),
        convert=_number,
    ),
    Field(
        "paid", _l("Paid"),
        ("已付金额", "已付", "已付款", "已收款", "已收金额", "收款金额", "付款金额", "实付金额", "paid amount",
         "amount paid", "paid", "付款状态", "收款状态", "payment status", "是否付款"),
        convert=_paid,
    ),
    Field(
        "paid_on", _l("Paid on"),
        ("付款日期", "付款日", "收款日期", "支付日期", "付款时间", "支付时间", "paid on", "payment date", "date paid"),
        convert=day, dated=True,
    ),
    Field("discount", _l("Discount on all"), ("整单优惠", "order discount"), convert=_number),
    Field("shipping", _l("Shipping"), ("运费", "freight", "shipping"), convert=_number),
    Field("remark", _l("Remark"), ("备注", "remark", "note"), convert=_text(2_000)),
    Field(
        "product", _l("Product or text"),
        ("产品编号", "productID", "产品", "product", "SKU", "品名", "产品名称"), convert=_text(200),
    ),
    Field("quantity", _l("Quantity"), ("数量", "quantity", "qty"), convert=_quantity),
    Field("price", _l("Price"), ("单价", "unitPrice", "price"), convert=_number),
    Field("off", _l("Discount"), ("折扣", "discount"), convert=_off),
)  # fmt: skip


def suggested(
    header: Sequence[str], fields: Sequence[Field], samples: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The field that each known column fills."""
    return {column: name for column, name in suggest(header, fields, samples).items() if name}


def checked(wanted: Any, header: Sequence[str], fields: Sequence[Field]) -> Columns:
    """A mapping, from {column: field} or its JSON. Raises MappingProblem."""
    return Columns.check(wanted, header, fields)


def minor(value: Decimal | None, currency: str) -> int:
    """The minor units of a price or sum that another program wrote, rounded. Raises RuleBroken below nothing."""
    found = money.rounded((value or Decimal()).scaleb(money.digits(currency)))
    if found < 0:
        raise RuleBroken(_l("The amount cannot be less than nothing."))
    return found
