"""The pages of products, purchases, payments and accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from blueprints.access.models import Role, RoleGrant
from blueprints.customers import relations
from blueprints.customers.models import Customer
from blueprints.sales import queries
from blueprints.sales.models import Purchase
from core import changes
from core.db import db
from core.rights import Right, Scope
from tests.company import a_customer
from tests.pages import Client, Page
from tests.sales.selling import a_line, a_product, a_purchase, acting, paid
from tests.statements import counted

SignedIn = Callable[[str], Client]
TYPED = {
    "number": "", "on_day": "2026-11-02", "due_on": "2026-12-02", "currency": "CNY", "status": "open",
    "discount": "10", "shipping": "", "what-0": "P001 打印机", "quantity-0": "2", "price-0": "", "off-0": "5",
    "what-1": "上门安装", "quantity-1": "1.5", "price-1": "200", "off-1": "", "what-2": "", "quantity-2": "",
    "price-2": "", "off-2": "",
}  # fmt: skip


@pytest.fixture
def customer(app: Flask) -> int:
    with app.app_context():
        a_product()
        return int(a_customer("华兴科技").id)


@pytest.fixture
def bought(app: Flask, customer: int) -> int:
    """A purchase of the customer."""
    with app.app_context():
        made = db.session.get_one(Purchase, _bought(customer))
        return int(made.id)


def _bought(customer: int, **values: Any) -> int:
    return int(a_purchase(db.session.get_one(Customer, customer), **values).id)


def the_one(page: Page, app: Flask) -> Purchase:
    with app.app_context():
        return db.session.get_one(Purchase, int(str(page.response.location).rsplit("/", 1)[1]))


def test_a_purchase_is_recorded(app: Flask, signed_in: SignedIn, customer: int) -> None:
    person = signed_in("sales1a")
    form = person.get(f"/customers/{customer}/purchases/new").form()
    assert form["currency"] == ["CNY"]
    answer = person.post(f"/customers/{customer}/purchases", form | TYPED)
    assert answer.status == 303
    made = the_one(answer, app)
    assert (made.amount, made.balance, made.status) == (246_810 + 30_000 - 1_000, 275_810, "open")
    page = person.get(f"/purchases/{made.id}")
    assert "打印机" in page.words and "¥2,758.10" in page.words and "DD000001" in page.words
    again = person.post(f"/customers/{customer}/purchases", form | TYPED)
    assert again.response.location == answer.response.location


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"price-1": "2.345"}, "price-1"), ({"quantity-1": "-1"}, "quantity-1"), ({"off-0": "120"}, "off-0"),
        ({"what-1": ""}, "what-1"), ({"price-1": ""}, "price-1"), ({"discount": "x"}, "discount"),
        ({"shipping": "-1"}, "shipping"), ({"on_day": "2027-01-01"}, "on_day"), ({"on_day": ""}, "on_day"),
        ({"due_on": "2026-01-01"}, "due_on"), ({"discount": "99999"}, "discount"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(
    signed_in: SignedIn, customer: int, typed: dict[str, str], field: str
) -> None:
    person = signed_in("sales1a")
    answer = person.post(f"/customers/{customer}/purchases", TYPED | typed)
    assert answer.status == 422
    assert answer.one(f"#{field}-error").get_text(strip=True)
    assert answer.one("#what-0")["value"] == "P001 打印机"


def test_lines_are_added_without_script(signed_in: SignedIn, customer: int) -> None:
    page = signed_in("sales1a").post(f"/customers/{customer}/purchases", TYPED | {"more": "1"})
    assert page.status == 200
    assert page.one("#what-1")["value"] == "上门安装" and page.one("#what-5")


def test_a_purchase_is_changed(app: Flask, signed_in: SignedIn, customer: int, bought: int) -> None:
    person = signed_in("sales1a")
    form = person.get(f"/purchases/{bought}/edit").form()
    assert form["price-0"] == ["100.00"]
    answer = person.post(f"/purchases/{bought}", form | {"price-0": "80", "what-1": "运保", "price-1": "5"})
    assert answer.status == 303
    assert "¥85.00" in person.get(f"/purchases/{bought}").words
    stale = person.post(f"/purchases/{bought}", form | {"price-0": "70", "remark": "我的"})
    assert stale.status == 409
    assert "80.00" in stale.words and stale.one("#remark").get_text(strip=True) == "我的"
    mine = stale.form() | {"keep-price-0": "theirs"}
    assert person.post(f"/purchases/{bought}", mine).status == 303
    with app.app_context():
        made = db.session.get_one(Purchase, bought)
        assert (made.amount, made.remark) == (8_500, "我的")


def test_delivery_return_and_cancellation(app: Flask, signed_in: SignedIn, customer: int) -> None:
    with app.app_context():
        id = _bought(customer, status="open", lines=[a_line(1_000, 3_000)])
    person = signed_in("sales1a")
    assert person.post(f"/purchases/{id}/delivery", {"on_day": "2026-09-01"}).status == 422
    assert person.post(f"/purchases/{id}/delivery", {"on_day": "2026-10-03"}).status == 303
    form = person.get(f"/purchases/{id}/returns/new").form()
    assert person.post(f"/purchases/{id}/returns", form).status == 422
    assert person.post(f"/purchases/{id}/returns", form | {"quantity-0": "4"}).status == 422
    made = the_one(person.post(f"/purchases/{id}/returns", form | {"quantity-0": "1"}), app)
    assert "退货" in person.get(f"/purchases/{made.id}").words
    assert person.post(f"/purchases/{id}/cancellation").status == 422
    assert person.post(f"/purchases/{made.id}/cancellation").status == 303
    assert person.post(f"/purchases/{id}/cancellation").status == 303
    assert person.get(f"/purchases/{id}/edit").status == 422


def test_a_role_may_record_payments_and_see_no_file(
    app: Flask, signed_in: SignedIn, customer: int, bought: int
) -> None:
    with app.app_context():
        role = db.session.query(Role).filter(Role.code == "finance").one()
        with acting("admin"):
            changes.record("role.updated")
            for right in (Right.SALES_SEE, Right.SALES_PAY):
                role.grants.append(RoleGrant(right=right, scope=Scope.ALL))
            db.session.commit()
    person = signed_in("finance")
    assert "华兴科技" in person.get("/purchases").words
    form = person.get(f"/purchases/{bought}").form(f"/purchases/{bought}/payments")
    bad = person.post(f"/purchases/{bought}/payments", form | {"amount": "0"})
    assert bad.status == 422 and bad.one("#payment-amount-error")
    assert person.post(f"/purchases/{bought}/payments", form | {"amount": "60"}).status == 303
    page = person.get(f"/purchases/{bought}")
    assert "¥40.00" in page.words and f'/customers/{customer}"' not in page.text
    assert person.get(f"/customers/{customer}/statement").status == 200
    assert person.get(f"/customers/{customer}").status == 403
    assert person.post(f"/purchases/{bought}/cancellation").status == 403
    with app.app_context():
        (payment,) = queries.payments_of(db.session.get_one(Purchase, bought))
    assert person.post(f"/purchases/{bought}/payments/{payment.id}/deletion").status == 303
    assert "¥100.00" in person.get(f"/purchases/{bought}").words


@pytest.mark.parametrize(
    ("who", "sees", "edits", "pays"),
    [
        ("sales1a", 200, 303, 403), ("lead1", 200, 303, 303), ("manager", 200, 303, 303),
        ("assistant1", 200, 303, 403), ("service1", 200, 403, 403), ("auditor", 200, 403, 403),
        ("finance", 403, 403, 403), ("sales1b", 404, 404, 403), ("sales2a", 404, 404, 403), ("admin", 403, 403, 403),
    ],
)  # fmt: skip
def test_who_may_what(
    app: Flask, signed_in: SignedIn, customer: int, bought: int, who: str, sees: int, edits: int, pays: int
) -> None:
    person = signed_in(who)
    for path in (
        f"/purchases/{bought}",
        f"/customers/{customer}/purchases",
        f"/customers/{customer}/statement",
    ):
        assert person.get(path).status == sees, path
    if sees == 200:
        assert ("DD000001" in person.get("/purchases").words) is True
    payment = {"amount": "1", "on_day": "2026-11-01", "method": "cash"}
    assert person.post(f"/purchases/{bought}/payments", payment).status == pays
    assert person.post(f"/purchases/{bought}/cancellation").status == edits


def test_strangers_find_nothing_in_the_list(app: Flask, signed_in: SignedIn, bought: int) -> None:
    assert "DD000001" not in signed_in("sales2a").get("/purchases").words


@pytest.mark.parametrize(
    ("shown", "found"), [("all", 3), ("owing", 2), ("overdue", 1), ("undelivered", 1), ("x", 3)]
)
def test_the_list_is_narrowed(app: Flask, signed_in: SignedIn, customer: int, shown: str, found: int) -> None:
    with app.app_context():
        _bought(customer, due_on=date(2026, 10, 5))
        _bought(customer, status="open", due_on=date(2027, 1, 1))
        settled = db.session.get_one(Purchase, _bought(customer))
        paid(settled, 10_000)
    page = signed_in("manager").get(f"/purchases?shown={shown}")
    assert len(page.soup.select("#list tbody tr")) == found


def test_the_statement_of_a_period(app: Flask, signed_in: SignedIn, customer: int) -> None:
    with app.app_context():
        made = db.session.get_one(Purchase, _bought(customer, on="2026-09-01"))
        paid(made, 2_500, "2026-10-20")
    person = signed_in("sales1a")
    page = person.get(f"/customers/{customer}/statement?since=2026-10-01&until=2026-10-31")
    cells = [cell.get_text(strip=True) for cell in page.soup.select("td.num")]
    assert cells == ["¥100.00", "-¥25.00", "¥75.00", "¥75.00"]
    assert person.get(f"/customers/{customer}/statement?since=2026-10-01&until=2026-09-01").status == 422
    assert person.get(f"/customers/{customer}/statement?since=x").status == 422


def test_the_file_leads_to_its_purchases(app: Flask, signed_in: SignedIn, customer: int, bought: int) -> None:
    person = signed_in("sales1a")
    late = person.get(f"/customers/{customer}").one("#purchases-part")
    page = person.get(str(late["hx-get"]))
    assert "DD000001" in page.one("#purchases-part").get_text()
    history = person.get(f"/customers/{customer}/history")
    assert "硒鼓" in history.words and "¥100.00" in history.words


def test_products_are_kept(app: Flask, signed_in: SignedIn, customer: int) -> None:
    person = signed_in("manager")
    form = person.get("/products/new").form()
    typed = {
        "number": "P002",
        "name": "碎纸机",
        "unit": "台",
        "price": "899.00",
        "currency": "CNY",
        "active": "1",
    }
    assert person.post("/products", form | typed).status == 303
    assert "¥899.00" in signed_in("sales1a").get("/products").words
    assert signed_in("sales1a").get("/products/new").status == 403
    twice = person.post("/products", typed)
    assert twice.status == 422 and twice.one("#number-error")
    with app.app_context():
        product = queries.product_numbered("P002")
        assert product is not None
    edit = person.get(f"/products/{product.id}/edit").form()
    assert person.post(f"/products/{product.id}", edit | {"price": "799", "active": ""}).status == 303
    assert "碎纸机" not in person.get("/products").words
    assert "¥799.00" in person.get("/products?shown=all").words
    stale = person.post(f"/products/{product.id}", edit | {"name": "碎纸机二"})
    assert stale.status == 409 and "799" in stale.words
    assert person.post(f"/products/{product.id}", edit | {"price": "1.005", "version": "2"}).status == 422


@pytest.mark.parametrize(
    "path", ["/purchases", "/customers/{customer}/purchases", "/customers/{customer}/statement"]
)
def test_statements_do_not_grow_with_the_rows(
    app: Flask, signed_in: SignedIn, customer: int, path: str
) -> None:
    person = signed_in("manager")
    counts = []
    for more in (1, 12):
        with app.app_context():
            for _n in range(more):
                paid(db.session.get_one(Purchase, _bought(customer)), 10)
        person.get(path.format(customer=customer))
        with counted() as sent:
            person.get(path.format(customer=customer))
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_purchase_is_found_by_its_number(signed_in: SignedIn, bought: int) -> None:
    assert f"/purchases/{bought}" in signed_in("sales1a").get("/search?q=dd0000").text
    assert f"/purchases/{bought}" not in signed_in("sales2a").get("/search?q=dd0000").text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("P00", "P001 P002 P00%"), ("p001", "P001"), ("打印", "P001 P00%"), ("LASER", "P002"), ("aser", "P002"),
        ("00%", ""), ("P00%", "P00%"), ("印", ""), ("_0", ""), ("P", ""), ("硒鼓", ""),
    ],
)  # fmt: skip
def test_a_search_finds_products(app: Flask, signed_in: SignedIn, q: str, numbers: str) -> None:
    """By the beginning of a number, or what is in a name; what is not sold any more comes last."""
    with app.app_context():
        a_product("P00%", "旧打印机", active=False)
        ids = {"P001": a_product().id, "P002": a_product("P002", "Laser 喷码机").id}
    found = {who: products_found(signed_in(who), q) for who in ("manager", "sales1a", "admin")}
    told = [number for number, _url in found["manager"]]
    assert (" ".join(told), found["admin"]) == (numbers, [])
    assert {url for number, url in found["manager"] if number in ids} == {
        f"/products/{ids[number]}/edit" for number in told if number in ids
    }
    assert [number for number, _url in found["sales1a"]] == told
    for number, url in found["sales1a"]:
        row = signed_in("sales1a").get(url).soup.select("#list-table tbody tr")[0]
        assert number in row.get_text(), "the list begins with it"


def products_found(client: Client, q: str) -> list[tuple[str, str]]:
    """Number and address of the products that a search finds."""
    hits = client.get("/search", query_string={"q": q}).soup.select("#search-results a[data-suggestion]")
    seconds = [
        (hit.select(".list-sub")[0].get_text(), str(hit["href"])) for hit in hits if hit.select(".list-sub")
    ]
    return [(second.split(" · ")[1], url) for second, url in seconds if second.startswith("产品 · ")]


def test_a_family_adds_up_what_one_may_see(
    app: Flask, signed_in: SignedIn, customer: int, bought: int
) -> None:
    with app.app_context(), acting():
        own, other = db.session.get_one(Customer, customer), a_customer("华兴分公司", owner="sales1b")
        relations.relate(own, other, {"role": "subsidiary"})
    with app.app_context():
        a_purchase(db.session.get_one(Customer, other.id), 2_300)
    assert "¥123.00" in signed_in("lead1").get(f"/customers/{customer}/family").words
    assert "¥123.00" not in signed_in("sales1a").get(f"/customers/{customer}/family").words
