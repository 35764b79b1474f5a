"""Several files made one: what is chosen, what moves, who may, and where the old addresses lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import Role, RoleGrant
from blueprints.customers import actions, merging, relations, search
from blueprints.customers import queries as queries_of_files
from blueprints.customers.models import ContactPoint, Customer, CustomerMerge, Relation
from blueprints.interactions import queries, refreshing
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import Refused, RuleBroken
from core.rights import Right, Scope
from tests.company import a_customer, the_viewer
from tests.core.undos import as_manager, business_tables, last_set
from tests.customers.imports import counts, imported
from tests.interactions.contacts import a_contact, a_plan
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def merged_into(
    into: Customer, *gone: Customer, whose: dict[str, int] | None = None, help: bool = False
) -> ChangeSet:
    """Files merged by the manager, committed."""
    files = [into, *gone]
    versions = {file.id: file.version for file in files}
    with changes.acting(changes.Actor(the_viewer("manager").id, "陈岚", "web")):
        by = the_viewer("manager")
        merging.merge(files, into, whose or {}, versions=versions, owners_help=help, by=by)
        db.session.commit()
    return last_set()


@pytest.fixture
def three(in_context: None) -> tuple[Customer, Customer, Customer]:
    """The same restaurant three times, in three hands, with something of everything."""
    one = a_customer("恒达餐饮", phone="13900000007", tags=["餐饮", "老客户"], tier="b")
    two = a_customer("恒达餐饮管理有限公司", owner="sales1b", phone="139 0000 0007", tags=["餐饮"], city="杭州",
                     credit_code="91330100MA27XW1234", helpers={"sales1a": True})  # fmt: skip
    three = a_customer("恒达", owner="sales2a", email="hd@example.cn", helpers={"sales1b": False})
    as_manager("customer.updated")
    for file in (one, two):
        actions.add_person(
            file, {"name": "王敏", "position": "采购" if file is two else "", "phone": "13800001111"}
        )
    actions.add_person(three, {"name": "李明", "email": "lm@example.cn"})
    db.session.commit()
    other = a_customer("鼎盛集团")
    by = the_viewer("manager")
    for file in (one, two):
        as_manager("customer.related")
        relations.relate(file, other, {"role": "parent"})
        db.session.commit()
    as_manager("customer.related")
    relations.relate(one, two, {"role": "partner"})
    db.session.commit()
    a_contact(one, summary="第一次")
    a_contact(two, by="sales1b", summary="第二次")
    a_plan(three, date(2026, 12, 1), by="sales2a")
    assert by
    return one, two, three


def test_the_old_name_is_on_file_still(three: tuple[Customer, Customer, Customer]) -> None:
    """Whoever looks it up, or makes it anew, is told of the file that stands for it; a file in the bin says nothing."""
    one, two, other = three
    merged_into(one, two)
    merged_into(other, one)
    assert [file.id for file in queries_of_files.same(names=search.shadows("恒达餐饮管理有限公司"))] == [
        other.id
    ]
    as_manager("customer.binned")
    actions.put_into_bin(other, by=the_viewer("manager"))
    db.session.commit()
    assert queries_of_files.same(names=search.shadows("恒达餐饮管理有限公司")) == []


def test_everything_is_together_and_once(three: tuple[Customer, Customer, Customer]) -> None:
    one, two, last = three
    merged_into(one, two, last, whose={"name": two.id, "credit_code": two.id, "city": two.id})
    db.session.expire_all()
    assert (one.name, one.credit_code, one.city, one.tier) == (
        "恒达餐饮管理有限公司",
        "91330100MA27XW1234",
        "杭州",
        "b",
    )
    assert [tag.name for tag in one.tags] == ["餐饮", "老客户"]
    assert sorted(point.value for point in one.points) == [
        "13800001111",
        "13900000007",
        "hd@example.cn",
        "lm@example.cn",
    ]
    assert [(p.person.name, p.position, p.primary) for p in one.affiliations] == [
        ("王敏", "采购", True),
        ("李明", None, False),
    ]
    assert {h.user.username: h.may_write for h in one.helpers} == {"sales1b": False}
    kept = db.session.scalars(select(Relation)).one()
    assert kept.other_id == one.id and kept.kind == "parent"
    for gone in (two, last):
        assert gone.deleted_at is not None and not gone.points and not gone.affiliations and not gone.tags
    assert one.last_contact_on is not None and one.next_contact_on is not None


def test_a_merge_of_three_is_undone_after_new_contacts_and_later_edits(
    three: tuple[Customer, Customer, Customer],
) -> None:
    one, two, last = three
    before = business_tables()
    act = merged_into(
        one, two, last, whose={"name": two.id, "credit_code": two.id, "city": two.id}, help=True
    )
    fresh = a_contact(one, summary="合并之后").interaction
    as_manager("customer.updated")
    actions.update(one, {"city": "宁波", "industry": "餐饮业"})
    db.session.commit()
    moved = db.session.scalars(select(ContactPoint).where(ContactPoint.value == "hd@example.cn")).one()
    as_manager("customer.updated")
    actions.change_point(one, moved, {"label": "总机"})
    db.session.commit()
    gone = db.session.scalars(select(ContactPoint).where(ContactPoint.value == "lm@example.cn")).one()
    as_manager("customer.updated")
    actions.remove_point(one, gone)
    db.session.commit()

    conflicts = undo.plan(act).conflicts
    told = {(c.effect.table, c.field, c.reason) for c in conflicts}
    assert told == {("customers", "city", "edited"), ("contact_points", "", "gone")}
    undo.undo(act, the_viewer("manager"))
    db.session.commit()
    db.session.expire_all()

    after = business_tables()
    changed = {
        (table, id) for table in before for id in before[table].keys() | after[table].keys()
        if before[table].get(id) != after[table].get(id)
    }  # fmt: skip
    new_plans = {
        ("planned_contacts", id)
        for id in after["planned_contacts"].keys() - before["planned_contacts"].keys()
    }
    assert changed - new_plans == {
        ("customers", one.id),  # city stays as it was edited, the industry is new
        ("contact_points", moved.id),  # labelled since
        ("contact_points", gone.id),  # removed since
        ("interactions", fresh.id),
    }
    assert (one.name, one.credit_code, one.city, one.industry) == ("恒达餐饮", None, "宁波", "餐饮业")
    assert (moved.customer_id, moved.label, fresh.customer_id) == (last.id, "总机", one.id)
    assert two.deleted_at is None and two.credit_code == "91330100MA27XW1234"
    assert search.refresh() == refreshing.refresh() == 0
    assert [c.id for c in search.find(the_viewer("manager"), two.number)] == [two.id]
    assert one.last_contact_at == fresh.happened_at and two.last_contact_on is not None


def a_pair(app: Flask, **values: Any) -> tuple[int, int]:
    """A file of sales1a and one of sales1b: their lead may merge them."""
    with app.app_context():
        one = a_customer(
            "恒达餐饮", phone="13900000007", city="杭州", birthday=date(1990, 1, 2), kind="person"
        )
        return one.id, a_customer("恒达餐饮管理有限公司", owner="sales1b", **values).id


def sent(page: Any, **more: Any) -> dict[str, Any]:
    """What a browser sends when the form of the page is sent as it is proposed."""
    return page.form("/customers/merge") | more


def test_the_page_proposes_and_the_form_merges(app: Flask, signed_in: SignedIn) -> None:
    one, two = a_pair(app, short_name="恒达", credit_code="91330100MA27XW1234")
    lead = signed_in("lead1")
    page = lead.get(f"/customers/merge?id={two}&id={one}")
    form = page.form("/customers/merge")
    assert page.status == 200
    assert form["id"] == [str(two), str(one)] and form["into"] == [str(one)]
    assert {name: form[f"field-{name}"] for name in ("name", "short_name", "credit_code", "city", "owner_id")} == {
        "name": [str(one)], "short_name": [str(two)], "credit_code": [str(two)], "city": [str(one)],
        "owner_id": [str(one)],
    }  # fmt: skip
    assert "field-tier" not in form and "未定级" in page.words
    answer = lead.post("/customers/merge", form | {"field-name": str(two)})
    assert answer.status == 303 and answer.response.location == f"/customers/{one}"
    file = lead.get(f"/customers/{one}")
    assert "恒达餐饮管理有限公司" in file.words and "91330100MA27XW1234" in file.words
    with app.app_context():
        assert [h.user.username for h in db.session.get_one(Customer, one).helpers] == ["sales1b"]


def test_old_addresses_lead_to_the_file_that_stays_for_whoever_sees_it(
    app: Flask, signed_in: SignedIn
) -> None:
    one, two = a_pair(app)
    with app.app_context():
        last = a_customer("又一家")
        merged_into(db.session.get_one(Customer, one), db.session.get_one(Customer, two))
        merged_into(last, db.session.get_one(Customer, one))
        number, third = db.session.get_one(Customer, two).number, last.id
    person = signed_in("sales1a")
    for path in ("", "/edit", "/interactions", "/interactions/new?back=/x", "/history", "/relations/new?q=a"):
        answer = person.get(f"/customers/{two}{path}")
        assert (answer.status, answer.response.location) == (303, f"/customers/{third}{path}"), path
    assert person.get(f"/notes/customer/{two}").response.location == f"/notes/customer/{third}"
    assert person.post(f"/customers/{two}/check").status == 409
    assert signed_in("sales2a").get(f"/customers/{two}").status == 404
    assert signed_in("sales1b").get(f"/customers/{two}").status == 404
    found = person.get(f"/search?q={number}")
    assert f"/customers/{third}" in str(found.soup) and f'/customers/{two}"' not in str(found.soup)
    assert f"/customers/{third}" in str(person.get(f"/customers?q={number}").soup)
    manager = signed_in("manager")
    back = manager.get(f"/customers/merge?id={one}&id={two}")  # to the page that has just merged them
    assert (back.status, back.response.location) == (303, f"/customers/{third}")
    assert signed_in("lead2").get(f"/customers/merge?id={one}&id={two}").status == 404
    assert f"/customers/{two}/restoration" not in str(manager.get("/customers/bin").soup)
    assert manager.post(f"/customers/{two}/restoration").status == 409
    manager.post(f"/customers/{third}/deletion")
    assert person.get(f"/customers/{two}").status == 404
    manager.post(f"/customers/{third}/restoration")
    assert person.get(f"/customers/{two}").status == 303


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("leader", 200), ("lead1", 200), ("lead2", 404), ("sales1a", 403), ("sales1b", 403),
     ("service1", 403), ("assistant1", 403), ("callback1", 403), ("finance", 403), ("auditor", 403), ("admin", 403)],
)  # fmt: skip
def test_who_may_merge(app: Flask, signed_in: SignedIn, who: str, status: int) -> None:
    one, two = a_pair(app)
    person = signed_in(who)
    page = person.get(f"/customers/merge?id={one}&id={two}")
    assert page.status == status
    if status == 403:
        assert "周正" in page.words or "陈岚" in page.words
    form = {"id": [one, two], "into": one, f"version-{one}": 1, f"version-{two}": 1}
    assert person.post("/customers/merge", form).status == {200: 303}.get(status, status)
    with app.app_context():
        assert (db.session.scalar(select(CustomerMerge.gone_id)) is not None) is (status == 200)


def test_every_file_is_taken_through_the_right(app: Flask, signed_in: SignedIn) -> None:
    """The lead of one team may not take a file of another in, whatever they see of it."""
    one, _two = a_pair(app)
    with app.app_context():
        strange = a_customer("别组", owner="sales2a").id
        seen = a_customer("帮忙", owner="sales2a", helpers={"lead1": True}).id
    lead = signed_in("lead1")
    assert lead.get(f"/customers/merge?id={one}&id={strange}").status == 404
    assert lead.get(f"/customers/merge?id={one}&id={seen}").status == 403
    for other, status in ((strange, 404), (seen, 403)):
        form = {"id": [one, other], "into": one, f"version-{one}": 1, f"version-{other}": 1}
        assert lead.post("/customers/merge", form).status == status


def test_a_stale_page_answers_409_and_keeps_what_was_chosen(app: Flask, signed_in: SignedIn) -> None:
    one, two = a_pair(app)
    lead = signed_in("lead1")
    form = sent(lead.get(f"/customers/merge?id={one}&id={two}"), into=str(two), **{"field-name": str(two)})
    form.pop("owners_help")
    owner = signed_in("sales1b")
    edit = owner.get(f"/customers/{two}/edit").form(f"/customers/{two}")
    assert owner.post(f"/customers/{two}", edit | {"name": "恒达餐饮(新)"}).status == 303
    again = lead.post("/customers/merge", form)
    assert again.status == 409, again.words
    kept = again.form("/customers/merge")
    assert again.status == 409 and "恒达餐饮(新)" in again.words
    assert kept["into"] == kept["field-name"] == [str(two)] and "owners_help" not in kept
    assert lead.post("/customers/merge", kept).status == 303
    assert lead.post("/customers/merge", kept).status == 409  # merged meanwhile


def test_two_to_five_are_chosen_from_the_list_or_from_the_file(app: Flask, signed_in: SignedIn) -> None:
    one, two = a_pair(app)
    lead = signed_in("lead1")
    assert "/customers/merge/selection" in str(lead.get("/customers").soup)
    chosen = lead.post("/customers/merge/selection", {"id": [one, two]})
    assert chosen.response.location == f"/customers/merge?id={one}&id={two}"
    for few_or_many in ([one], list(range(one, one + 6))):
        assert lead.post("/customers/merge/selection", {"id": few_or_many}).response.location == "/customers"
    assert lead.get("/customers/merge").status == 303
    assert f"/customers/merge?id={one}" in str(lead.get(f"/customers/{one}").soup)
    assert f"/customers/merge?id={one}" not in str(signed_in("sales1a").get(f"/customers/{one}").soup)
    picked = lead.get(f"/customers/merge?id={one}&q=恒达")
    assert f"/customers/merge?id={one}&id={two}" in [link["href"] for link in picked.soup.select("#picked a")]


def test_what_is_masked_is_chosen_by_whose(app: Flask, signed_in: SignedIn) -> None:
    """Who may merge but sees no birthday in clear does not learn from the page whether two are the same."""
    with app.app_context():
        day = date(1990, 1, 2)
        ids = [a_customer(name, kind="person", birthday=day).id for name in ("王一", "王二")]
        role = db.session.query(Role).filter(Role.code == "auditor").one()
        as_manager()
        db.session.add(RoleGrant(role_id=role.id, right=Right.CUSTOMERS_MERGE, scope=Scope.ALL))
        db.session.commit()
    page = signed_in("auditor").get(f"/customers/merge?id={ids[0]}&id={ids[1]}")
    assert "1990" not in page.text and "****-**-**" in page.words
    assert "field-birthday" in page.form("/customers/merge")
    clear = signed_in("manager").get(f"/customers/merge?id={ids[0]}&id={ids[1]}")
    assert "1990" in clear.text and "field-birthday" not in clear.form("/customers/merge")


def test_an_import_that_names_the_number_of_a_merged_file_updates_the_one_that_stays(
    three: tuple[Customer, Customer, Customer],
) -> None:
    one, two, last = three
    number = last.number
    merged_into(two, last)
    merged_into(one, two)
    report = imported(f"number,name,city\n{number},恒达餐饮,苏州\n")
    assert counts(report) == (0, 1, 0, 0), report
    db.session.expire_all()
    assert (one.city, one.number != number, last.city) == ("苏州", True, None)


def test_a_file_merged_further_is_taken_apart_in_turn(three: tuple[Customer, Customer, Customer]) -> None:
    one, two, last = three
    before = business_tables()
    first = merged_into(two, last)
    second = merged_into(one, two)
    with pytest.raises(RuleBroken, match="后来又被合并"):
        undo.undo(first, the_viewer("manager"))
    db.session.rollback()
    for act in (second, first):
        undo.undo(act, the_viewer("manager"))
        db.session.commit()
    assert business_tables() == before
    with pytest.raises(RuleBroken, match="重新合并"):
        undo.undo(last_set(), the_viewer("manager"))


def test_a_merge_is_not_undone_by_whoever_may_not_merge(three: tuple[Customer, Customer, Customer]) -> None:
    one, two, _last = three
    act = merged_into(one, two)
    for who in ("sales1a", "service1", "auditor", "lead2"):
        with pytest.raises(Refused):
            undo.undo(act, the_viewer(who))
    undo.undo(act, the_viewer("lead1"))


def test_what_was_made_of_a_merged_file_stands_against_unmaking_it(in_context: None) -> None:
    """Taking back that a file was made deletes it: not one that others are found by, or that lives in another."""
    one = a_customer("恒达餐饮")
    made = last_set()
    two = a_customer("恒达")
    made_later = last_set()
    merged_into(one, two)
    for act in (made, made_later):
        undo.undo(act, the_viewer("manager"), overwrite=[c.key for c in undo.plan(act).conflicts])
        db.session.commit()
    assert db.session.get(Customer, one.id) is not None and db.session.get(Customer, two.id) is not None


def test_a_relation_that_would_go_in_a_circle_refuses_the_merge(in_context: None) -> None:
    top, middle, low = a_customer("上"), a_customer("中"), a_customer("下")
    for above, below in ((top, middle), (middle, low)):
        as_manager("customer.related")
        relations.relate(above, below, {"role": "subsidiary"})
        db.session.commit()
    before = business_tables()
    with pytest.raises(RuleBroken):
        merged_into(top, low)
    db.session.rollback()
    assert business_tables() == before


def test_of_plans_for_the_same_the_first_stays(in_context: None) -> None:
    one, two = a_customer("恒达餐饮"), a_customer("恒达")
    day = date(2026, 12, 1)
    a_plan(one, day, purpose="routine")
    a_plan(two, day, purpose="routine")
    a_plan(two, date(2026, 12, 8), purpose="contract")
    merged_into(one, two)
    plans = queries.open_plans([one.id, two.id])
    assert [(plan.on_day, plan.purpose) for plan in plans[one.id]] == [
        (day, "routine"), (date(2026, 12, 8), "contract"),
    ]  # fmt: skip
    assert plans.get(two.id, []) == [] and one.next_contact_on == day


def test_people_of_one_name_are_one_only_if_they_are_reached_in_the_same_way(in_context: None) -> None:
    one, two = a_customer("恒达餐饮"), a_customer("恒达")
    for file, phone in ((one, "13800001111"), (two, "13800002222")):
        as_manager("customer.updated")
        actions.add_person(file, {"name": "张伟", "phone": phone})
        db.session.commit()
    merged_into(one, two)
    db.session.expire_all()
    assert [(p.person.name, p.primary) for p in one.affiliations] == [("张伟", True), ("张伟", False)]
    assert {point.person_id for point in one.points} == {p.person_id for p in one.affiliations}


def test_who_goes_back_takes_along_the_number_that_was_added_since(in_context: None) -> None:
    one, two = a_customer("恒达餐饮"), a_customer("恒达")
    as_manager("customer.updated")
    person = actions.add_person(two, {"name": "王敏"})
    db.session.commit()
    act = merged_into(one, two)
    as_manager("customer.updated")
    point = actions.add_point(one, "13800001111", kind="phone", person=person)
    db.session.commit()
    undo.undo(act, the_viewer("manager"))
    db.session.commit()
    db.session.expire_all()
    assert (point.customer_id, point.person_id, one.points) == (two.id, person.id, [])


def test_the_history_tells_of_the_merge_and_leads_to_that_of_the_file_that_is_gone(
    app: Flask, signed_in: SignedIn
) -> None:
    one, two = a_pair(app, city="宁波")
    with app.app_context():
        merged_into(db.session.get_one(Customer, one), db.session.get_one(Customer, two))
    lead = signed_in("lead1")
    page = lead.get(f"/customers/{one}/history")
    assert "合并了档案" in page.words and "恒达餐饮管理有限公司" in page.words
    earlier = lead.get(f"/customers/{one}/history?of={two}")
    assert earlier.status == 200 and "恒达餐饮管理有限公司" in earlier.one("h1").text
    assert (
        "建立" in earlier.words or "made" in earlier.words or len(earlier.soup.select("#history details")) > 1
    )
    owner = signed_in("sales1a").get(f"/customers/{one}/history?of={two}")
    assert "恒达餐饮管理有限公司" not in owner.words and owner.status == 200


def test_the_number_of_statements_does_not_grow(app: Flask, signed_in: SignedIn, statements: Any) -> None:
    """Neither with what hangs on the files nor with how much of it moves."""
    asked = []
    for many in (2, 40):
        with app.app_context():
            one, two = a_customer(f"恒达{many}").id, a_customer(f"恒达餐饮{many}").id
            as_manager()
            mails = [f"n{n}@example.cn" for n in range(many)]
            rows = [
                {"customer_id": two, "kind": "email", "value": m, "normal": m, "reversed": m[::-1]}
                for m in mails
            ]
            changes.bulk_insert(ContactPoint, rows)
            db.session.commit()
        lead = signed_in("lead1")
        lead.token()
        with statements() as counted:
            page = lead.get(f"/customers/merge?id={one}&id={two}")
        form = page.form("/customers/merge")
        with statements() as written:
            assert lead.post("/customers/merge", form).status == 303
        asked.append((len(counted), len(written)))
    assert asked[0] == asked[1], asked
