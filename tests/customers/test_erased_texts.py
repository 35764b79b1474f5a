"""What was typed to find somebody who is erased: in views and requests, and in what the trail tells of these."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote_plus, urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import actions, collisions, erasing, export_requests, exporting
from blueprints.customers.models import Affiliation, Customer
from blueprints.customers.requested import ExportRequest
from blueprints.office import saved_views
from blueprints.office.models import Approval, SavedView
from core import jobs, sealing, undo
from core.change_sets import ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.jobs import Job
from core.listkinds import the_list
from tests.company import a_customer, the_viewer
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
