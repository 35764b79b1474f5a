"""What was typed to find somebody who is erased: in views and requests, and in what the trail tells of these."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote_plus, unquote, urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import User
from blueprints.customers import actions, collisions, erasing, export_requests, exporting
from blueprints.customers.models import Affiliation, Customer
from blueprints.customers.requested import ExportRequest
from blueprints.office import approving, saved_views
from blueprints.office.models import Approval, SavedView
from core import jobs, sealing, undo
from core.change_sets import ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.jobs import Job
from core.listkinds import the_list
from tests.company import a_customer, the_viewer
from tests.customers.custom import a_field, fill
from tests.customers.keeping import acted
from tests.customers.test_erasing import traces_of_canary
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases

CANARY, FORMER, PHONE = "甲丙戊庚壬公司", "甲丙戊庚壬旧名", "139 1234 6688"
SPELLED = (CANARY, quote_plus(CANARY), FORMER, quote_plus(FORMER), quote_plus(PHONE), "13912346688")


def a_view(name: str, who: str = "sales1a", **query: str | list[str]) -> int:
    by = the_viewer(who)
    kind = the_list("customers", by)
    values = {"name": name, "shared": "nobody"}
    return int(acted(saved_views.save, kind, values, urlencode(query, doseq=True), by=by, as_whom=who).id)


def views() -> dict[int, tuple[str, str]]:
    rows = db.session.execute(select(SavedView.id, SavedView.name, SavedView.query))
    return {id: (name, query) for id, name, query in rows}


def last_id() -> int:
    return int(db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one())


@pytest.fixture
def customer(in_context: None) -> Customer:
    """Somebody who had another name before."""
    made = a_customer(FORMER, owner="sales1a", phone=PHONE, city="杭州")
    acted(actions.update, made, {"name": CANARY})
    return made


def test_views_and_requests_find_nobody_any_more(customer: Customer, app: Flask) -> None:
    a_customer("乙公司", owner="sales1a")
    id, lead = customer.id, the_viewer("lead1")
    found, former, called, mixed, other = (
        a_view("跟进", q=CANARY, tier="a"),
        a_view("旧", q=FORMER),
        a_view(CANARY, tier="a"),
        a_view("两家", where=[f"name:is:{CANARY}|name:is:乙公司", "phone:begins:13912346688"]),
        a_view("乙", q="乙公司", where="city:is:杭州"),
    )
    gone = a_view("删了", q=CANARY)
    acted(
        saved_views.delete, db.session.get_one(SavedView, gone), by=the_viewer("sales1a"), as_whom="sales1a"
    )
    before = views()
    asked = acted(
        export_requests.ask_to_export, urlencode({"q": CANARY}), by=lead, format="csv", clear=False, reason="x",
        as_whom="lead1",
    ).record_id  # fmt: skip
    jobs.ask(exporting.JOB, query=urlencode({"q": CANARY}), format="csv")
    claim = acted(
        collisions.claim, customer, by=the_viewer("sales2a"), called=CANARY, reason=f"{CANARY}是我的", met_on=None,
        as_whom="sales2a",
    ).id  # fmt: skip
    acted(erasing.erase, [id], ground="asked")
    after = views()
    assert after[found] == ("跟进", urlencode({"q": "*" * len(CANARY), "tier": "a"}))
    assert after[former][1] == urlencode({"q": "*" * len(FORMER)})
    assert after[called] == ("*" * len(CANARY), before[called][1])
    assert after[mixed][1] == urlencode(
        {"where": [f"name:is:{'*' * len(CANARY)}|name:is:乙公司", f"phone:begins:{'*' * 11}"]}, doseq=True
    )
    assert after[other] == before[other]
    assert db.session.get_one(ExportRequest, asked).query == urlencode({"q": "*" * len(CANARY)})
    [job] = db.session.scalars(select(Job).where(Job.kind == exporting.JOB))
    assert job.asked["query"].startswith("q=***")
    assert db.session.get(Approval, claim) is None
    sealing.seal(everything=True)
    assert sealing.check().broken is None
    db.session.commit()
    assert not traces_of_canary(app, *SPELLED)


def test_such_a_view_opens_and_finds_nothing(app: Flask, customer: Customer, signed_in: SignedIn) -> None:
    a_customer("乙公司", owner="sales1a")
    id, other = a_view("跟进", q=CANARY), a_view("两家", where=f"name:is:{CANARY}|name:is:乙公司")
    acted(erasing.erase, [customer.id], ground="asked")
    db.session.rollback()
    client = signed_in("sales1a")
    for view, names in ((id, []), (other, ["乙公司"])):
        page = client.get(f"/customers?view={view}")
        page = client.get(str(page.response.location)) if page.response.location else page
        assert [cell.get_text(strip=True) for cell in page.soup.select("tbody th a")] == names, page.words


def test_what_told_of_it_is_not_taken_back(app: Flask, customer: Customer, signed_in: SignedIn) -> None:
    id, by = a_view("跟进", q="乙公司"), the_viewer("sales1a")
    view = db.session.get_one(SavedView, id)
    acted(saved_views.retake, view, urlencode({"q": CANARY}), by=by, as_whom="sales1a")
    changed = last_id()
    acted(saved_views.retake, view, urlencode({"q": "乙公司"}), by=by, as_whom="sales1a")
    gone = db.session.get_one(SavedView, a_view("删了", q=CANARY))
    acted(saved_views.delete, gone, by=by, as_whom="sales1a")
    deleted = last_id()
    acted(erasing.erase, [customer.id], ground="asked")
    for set_id in (changed, deleted):
        with pytest.raises(RuleBroken):
            undo.undo(db.session.get_one(ChangeSet, set_id), by)
        db.session.rollback()
    assert views() == {id: ("跟进", urlencode({"q": "乙公司"}))}
    db.session.rollback()
    for path in (f"/changes/{changed}", f"/changes/{deleted}", "/admin/audit"):
        page = signed_in("manager").get(path)
        assert page.status == 200 and "甲丙" not in page.text


def test_values_of_custom_fields_find_nobody_any_more(app: Flask, customer: Customer) -> None:
    for label, type, en in (
        ("微信", "text", "wechat"), ("邮箱", "text", "mail"), ("机型", "text", "model"), ("行业", "text", "trade"),
        ("台数", "number", "count"),
    ):  # fmt: skip
        a_field(label, type, en=en)
    fill(a_customer("乙公司", phone="13900000001"), trade="餐饮", mail="canary@jia.example")
    fill(customer, mail="old.canary@jia.example")
    fill(
        customer,
        wechat="138 0013 8000",
        mail="canary@jia.example",
        model="金丝雀机",
        trade="餐饮",
        count="1234567",
    )
    conditions = {
        "custom_wechat:is:13800138000": True,
        "custom_mail:is:CANARY@jia.example": True,
        "custom_mail:begins:old.canary@jia.example": True,
        "custom_model:has:金丝雀机": True,
        f"custom_trade:is:{CANARY}": True,
        "custom_trade:is:餐饮": False,
        "custom_model:begins:金丝": False,
        "custom_count:more:123456": False,
        "city:is:杭州": False,
        "phone:begins:13800138000": True,
    }
    made = {where: a_view(f"视图{n}", where=where) for n, where in enumerate(conditions)}
    acted(erasing.erase, [customer.id], ground="asked")
    after = {where: views()[id][1] for where, id in made.items()}
    assert {where: "**" in unquote(after[where]) for where in conditions} == conditions
    assert all(urlencode({"where": where}) == after[where] for where, gone in conditions.items() if not gone)


@pytest.mark.parametrize(
    ("typed", "others", "gone"),
    [
        ("若兰", (), True),
        ("欧阳", (), True),
        ("若兰", ("李若兰",), False),
        ("若兰", ("若兰花艺",), False),
        ("Emilia", (), True),
        ("milia Curd", (), True),
        ("兰", (), False),
        ("若兰花", (), False),
    ],
)
def test_a_part_of_a_name_is_forgotten_where_nobody_else_has_it(
    in_context: None, typed: str, others: tuple[str, ...], gone: bool
) -> None:
    company = a_customer("甲公司")
    people = [acted(actions.add_person, company, {"name": name}) for name in ("欧阳若兰", "Emilia Curd")]
    for name in others:
        a_customer(name)
    made = [a_view("找", q=typed), a_view("查", where=f"name:has:{typed}"), a_view(typed, tier="a")]
    for person in people:
        place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == person.id)).one()
        acted(erasing.erase_person, company, place, by=the_viewer("manager"))
    after = views()
    assert [any("*" in unquote(text) for text in after[id]) for id in made] == [gone] * 3


@pytest.mark.parametrize(
    ("typed", "gone"), [("甲丙戊", True), ("甲丙戊庚壬", True), ("戊庚", False), ("公司", False)]
)
def test_so_is_the_brand_of_a_company(customer: Customer, typed: str, gone: bool) -> None:
    made = a_view("找", q=typed)
    acted(erasing.erase, [customer.id], ground="asked")
    assert ("*" in unquote(views()[made][1])) is gone


def test_reasons_of_requests_about_something_else_name_nobody_any_more(
    app: Flask, customer: Customer, signed_in: SignedIn
) -> None:
    a_customer("乙公司", owner="sales1a")
    lead = the_viewer("lead1")
    a_field("邮箱", "text", en="mail")
    fill(customer, mail="canary@jia.example")
    reasons = {
        f"{CANARY}和乙公司要对账，电话 {PHONE}": True,
        "给canary@jia.example寄样": True,
        "月底对账": False,
    }
    asked = {
        reason: acted(
            export_requests.ask_to_export, urlencode({"q": q}), by=lead, format="csv", clear=False,
            reason=reason, as_whom="lead1",
        ).id
        for q, reason in zip(("公司", "乙", "乙公司"), reasons, strict=True)
    }  # fmt: skip
    first = next(iter(asked.values()))
    refused = db.session.get_one(Approval, first)
    decider = db.session.get_one(User, refused.approver_id).username
    acted(approving.refuse, refused, f"{CANARY}不行", by=the_viewer(decider), as_whom=decider)
    acted(erasing.erase, [customer.id], ground="asked")
    rows = {reason: db.session.get_one(Approval, id, populate_existing=True) for reason, id in asked.items()}
    assert {reason: "**" in row.reason for reason, row in rows.items()} == reasons
    told = db.session.get_one(Approval, first)
    assert told.reason == f"{'*' * len(CANARY)}和乙公司要对账，电话 {'*' * len(PHONE)}"
    assert told.remark == f"{'*' * len(CANARY)}不行"
    sealing.seal(everything=True)
    assert sealing.check().broken is None
    db.session.commit()
    assert not traces_of_canary(app, *SPELLED, "canary@jia.example")
    page = signed_in("lead1").get(f"/approvals/{first}")
    assert page.status == 200 and "乙公司" in page.text


def test_a_contact_person_alone_is_no_search_any_more(in_context: None) -> None:
    company = a_customer("甲公司")
    person = acted(actions.add_person, company, {"name": "欧阳若兰", "phone": PHONE})
    place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == person.id)).one()
    by_name, by_number, firm = (
        a_view("人", q="欧阳若兰"),
        a_view("号", q="13912346688"),
        a_view("厂", q="甲公司"),
    )
    acted(erasing.erase_person, company, place, by=the_viewer("manager"))
    found = views()
    assert [found[id][1] for id in (by_name, by_number)] == [urlencode({"q": "*" * n}) for n in (4, 11)]
    assert found[firm][1] == urlencode({"q": "甲公司"})
