"""Asking for an import: it is prepared and tried out by whoever asks, and a yes lets just that be carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import User
from blueprints.access.words import RIGHTS
from blueprints.customers import import_batches, import_requests
from blueprints.customers.models import Customer, CustomerImport
from blueprints.interactions.models import Interaction
from blueprints.office.models import Approval
from blueprints.sales.models import Product
from core import clock
from core.changes import ChangeSet
from core.db import db
from core.importkinds import the_kind
from core.rights import Right
from tests.company import a_customer, that_asks
from tests.conftest import NOW
from tests.customers.wizard import counted, led, sent, tried
from tests.pages import Client, Page
from tests.working import worked

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
AT = "/customers/import"
LIST = "客户名称,手机,客户经理\n甲公司,13800112233,sales1a\n乙公司,13800112244,sales1b\n丙公司,13800112255,sales2a\n"


def prepared(client: Client, data: str = LIST) -> Page:
    return tried(client, sent(client, AT, data))


def asked(client: Client, page: Page, reason: str = "老系统的名单") -> tuple[int, str]:
    """Id of the request, and the address of the import."""
    at = str(page.one('form[action$="/request"]')["action"])
    answer = client.post(at, {**page.form(at), "reason": reason})
    assert answer.status == 303, answer.words
    return int(str(answer.response.location).rpartition("/")[2]), at.removesuffix("/request")


def names(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(Customer.name)))


def approver(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Approval, id).approver.username


def test_a_list_is_asked_for_approved_and_imported_within_ones_own_reach(
    app: Flask, signed_in: SignedIn
) -> None:
    assistant = signed_in("assistant1")
    assert assistant.get("/customers").soup.select_one(f'a[href="{AT}"]')
    page = prepared(assistant)
    assert counted(page)[0] == 2 and counted(page)[4] == 1  # the third is for another team
    assert not page.soup.select('form[action$="/run"]')
    id, at = asked(assistant, page)
    assert approver(app, id) == "lead1"
    assert assistant.post(f"{at}/run", {}).status == 422 and names(app) == []
    assert "周正" in assistant.get(at).words
    lead = signed_in("lead1")
    request = lead.get(f"/approvals/{id}")
    assert {"老系统的名单", "list.csv", "3"} <= set(request.one("#request").stripped_strings)
    assert lead.get(at).status == 404
    assert lead.post(f"/approvals/{id}/approval", {}).status == 303
    assert at in str(assistant.get(f"/approvals/{id}").soup)
    assert assistant.get(at).soup.select(f'form[action="{at}/run"]')
    assert counted(led(assistant, assistant.post(f"{at}/run", {})))[0] == 2
    assert names(app) == sorted(["甲公司", "乙公司"])
    with app.app_context():
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert last is not None and (last.verb, last.reason) == ("customer.imported", "老系统的名单")
    assert assistant.post(f"{at}/run", {}).status == 303 and len(names(app)) == 2


def test_a_yes_is_not_for_what_was_changed_afterwards(app: Flask, signed_in: SignedIn) -> None:
    assistant, lead = signed_in("assistant1"), signed_in("lead1")
    page = prepared(assistant)
    id, at = asked(assistant, page)
    tried(assistant, page, mode="create")
    assert lead.post(f"/approvals/{id}/approval", {}).status == 422
    assert assistant.post(f"/approvals/{id}/recall", {}).status == 303
    id, _at = asked(assistant, assistant.get(at))
    assert lead.post(f"/approvals/{id}/approval", {}).status == 303
    tried(assistant, page, mode="both")
    assert not assistant.get(at).soup.select(f'form[action="{at}/run"]')
    assert assistant.post(f"{at}/run", {}).status == 422 and names(app) == []
    assert approver(app, asked(assistant, assistant.get(at))[0]) == "lead1"


def test_a_refused_import_says_so_and_can_be_asked_for_anew(app: Flask, signed_in: SignedIn) -> None:
    assistant = signed_in("assistant1")
    id, at = asked(assistant, prepared(assistant))
    signed_in("lead1").post(f"/approvals/{id}/refusal", {"remark": "名单太旧"})
    page = assistant.get(at)
    assert "名单太旧" in page.words and assistant.post(f"{at}/run", {}).status == 422
    asked(assistant, page)


def test_a_yes_to_an_import_holds_for_a_week(app: Flask, signed_in: SignedIn) -> None:
    assistant = signed_in("assistant1")
    id, at = asked(assistant, prepared(assistant))
    signed_in("lead1").post(f"/approvals/{id}/approval", {})
    with clock.frozen(NOW + timedelta(days=7)):
        assert signed_in("assistant1").post(f"{at}/run", {}).status == 422
    assert names(app) == []


def test_a_large_import_runs_behind_the_page_once_it_is_approved(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "AT_ONCE", 1)
    assistant = signed_in("assistant1")
    page = sent(assistant, AT, LIST)
    at = str(page.one('form[action$="/columns"]')["action"]).removesuffix("/columns")
    tried(assistant, page)
    worked(app)
    id, _at = asked(assistant, assistant.get(at))
    assert assistant.post(f"{at}/run", {}).status == 422
    signed_in("lead1").post(f"/approvals/{id}/approval", {})
    assert assistant.post(f"{at}/run", {}).status == 303
    worked(app)
    assert names(app) == sorted(["甲公司", "乙公司"])


def test_an_import_of_purchases_is_asked_for_too(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("甲公司", owner="sales1a")
        a_customer("丙公司", owner="sales2a")
    assistant = signed_in("assistant1")
    rows = "订单号,客户,日期,产品,数量,单价\nA1,甲公司,2026-01-05,打印机,1,100\nA2,丙公司,2026-01-05,打印机,1,100\n"
    page = tried(assistant, sent(assistant, "/purchases/import", rows))
    assert counted(page)[0] == 1, page.words
    id, at = asked(assistant, page)
    assert approver(app, id) == "lead1"
    signed_in("lead1").post(f"/approvals/{id}/approval", {})
    assert assistant.post(f"{at}/run", {}).status == 303
    with app.app_context():
        assert db.session.scalars(select(CustomerImport.state)).all() == ["done"]


def test_past_contacts_are_asked_for_where_the_requester_may_log_them(
    app: Flask, signed_in: SignedIn
) -> None:
    with app.app_context():
        that_asks("assistant", Right.INTERACTIONS_IMPORT)
        for name, owner in (("甲公司", "sales1a"), ("丙公司", "sales2a")):
            a_customer(name, owner=owner)
    assistant, to = signed_in("assistant1"), "/interactions/import"
    assert assistant.get("/customers").soup.select_one(f'a[href="{to}"]')
    rows = "客户,沟通日期,沟通人,沟通方式\n甲公司,2026-03-01,sales1a,电话\n丙公司,2026-03-01,sales2a,电话\n"
    page = tried(assistant, sent(assistant, to, rows))
    assert counted(page)[0] == 1 and counted(page)[4] == 1, page.words
    id, at = asked(assistant, page)
    assert assistant.post(f"{at}/run", {}).status == 422
    request = signed_in("manager").get(f"/approvals/{id}")
    assert approver(app, id) == "manager" and "导入历史沟通" in request.words
    assert signed_in("manager").post(f"/approvals/{id}/approval", {}).status == 303
    assert counted(led(assistant, assistant.post(f"{at}/run", {})))[0] == 1
    with app.app_context():
        said = db.session.scalars(select(Interaction)).one()
        assert (said.author.username, said.recorded_by.username) == ("sales1a", "assistant1")


def test_products_are_asked_for_by_whoever_sees_them(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        that_asks("employee", Right.SALES_PRODUCTS)
    employee, to = signed_in("sales1a"), "/products/import"
    assert employee.get("/products").soup.select_one(f'a[href="{to}"]')
    assert not employee.get("/products").soup.select_one('a[href="/products/new"]')
    page = tried(employee, sent(employee, to, "产品编号,产品名称,单价\nP1,打印机,100\n"))
    assert counted(page)[0] == 1, page.words
    id, at = asked(employee, page)
    assert employee.post(f"{at}/run", {}).status == 422
    assert approver(app, id) == "manager"
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    assert employee.post(f"{at}/run", {}).status == 303
    with app.app_context():
        assert db.session.scalars(select(Product.name)).all() == ["打印机"]
    again = tried(employee, sent(employee, to, "产品编号,产品名称,单价\nP1,复印机,100\n"))
    other = str(again.one('form[action$="/request"]')["action"]).removesuffix("/request")
    assert employee.post(f"{other}/run", {}).status == 422  # a yes is not for another file
    assert signed_in("sales1a").get("/products/new").status == 403


@pytest.mark.parametrize("kind", ["customers", "contacts", "purchases", "products"])
def test_a_role_may_ask_for_every_kind_of_list(app: Flask, kind: str) -> None:
    assert RIGHTS[the_kind(kind).right].asked


@pytest.mark.parametrize("to", ["/interactions/import", "/products/import"])
def test_who_asks_for_another_list_by_another_right_is_refused(signed_in: SignedIn, to: str) -> None:
    assert signed_in("assistant1").get(to).status == 403
    assert signed_in("assistant1").post(f"{to}/1/request", {"reason": "x"}).status == 403


@pytest.mark.parametrize("who", ["sales1a", "service1", "auditor", "finance"])
def test_who_may_neither_import_nor_ask_is_refused(signed_in: SignedIn, who: str) -> None:
    assert signed_in(who).get(AT).status == 403
    assert signed_in(who).post(f"{AT}/1/request", {"reason": "x"}).status == 403


def test_who_may_import_has_nothing_to_ask_for(app: Flask, signed_in: SignedIn) -> None:
    lead = signed_in("lead1")
    page = prepared(lead)
    assert not page.soup.select('form[action$="/request"]')
    at = str(page.one('form[action$="/run"]')["action"]).removesuffix("/run")
    assert lead.post(f"{at}/request", {"reason": "x"}).status == 422
    assert lead.post(f"{at}/run", {}).status == 303 and len(names(app)) == 2


def test_an_administrator_who_sees_no_customers_decides_on_no_import(app: Flask, signed_in: SignedIn) -> None:
    assistant = signed_in("assistant1")
    id, _at = asked(assistant, prepared(assistant))
    with app.app_context():
        may = import_requests.deciders(db.session.get_one(Approval, id))
        people = db.session.scalars(select(User.username).where(User.id.in_(may))).all()
    assert sorted(people) == ["lead1", "leader", "manager"]
