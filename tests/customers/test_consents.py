"""Consents: what customers said about being contacted, purpose by purpose, and who is told of it before dialling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from blueprints.customers import consents, wishes
from blueprints.customers.models import Customer
from blueprints.interactions.models import PlannedContact
from core import changes, clock, kinds, schema
from core.db import db
from core.errors import RuleBroken
from tests.company import a_customer, the_viewer
from tests.interactions.contacts import a_contact, a_plan
from tests.pages import Client

SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("said", "forbidden"),
    [
        ([], ()),
        ([("marketing", "given")], ()),
        ([("marketing", "given"), ("marketing", "withdrawn")], ("marketing",)),
        ([("marketing", "refused"), ("marketing", "given")], ()),
        ([("greetings", "refused"), ("marketing", "refused")], ("marketing", "greetings")),
        ([("marketing", "refused"), ("all", "refused")], ("all",)),
        ([("marketing", "refused"), ("all", "refused"), ("all", "given")], ("marketing",)),
        ([("all", "given")], ()),
    ],
)
def test_the_latest_word_holds(said: list[tuple[str, str]], forbidden: tuple[str, ...]) -> None:
    assert wishes.forbidden(said) == forbidden


@pytest.mark.parametrize(
    ("purpose", "state", "day", "present", "field"),
    [
        ("marketing", "given", TODAY + timedelta(days=1), (), "on_day"),
        ("marketing", "given", date(1999, 1, 1), (), "on_day"),
        ("marketing", "given", TODAY, ("all",), "purpose"),
    ],
)
def test_what_cannot_be_noted(purpose: str, state: str, day: date, present: Any, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        wishes.check_consent(purpose, state, day, TODAY, present)
    assert broken.value.field == field


def said(customer: Customer, purpose: str = "marketing", state: str = "refused", **values: Any) -> None:
    """A word of the customer, noted by the owner and committed."""
    by = the_viewer("sales1a")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        noted = {"purpose": purpose, "state": state, "on_day": clock.today(), **values}
        consents.note_consent(customer, noted, by=by)
        db.session.commit()


@pytest.mark.both_databases
def test_the_mark_follows_by_the_day_on_which_it_was_said(in_context: None) -> None:
    customer = a_customer()
    said(customer, state="withdrawn")
    assert customer.do_not_contact == "marketing"
    version = customer.version
    said(customer, state="given", on_day=clock.today() - timedelta(days=90))
    assert customer.do_not_contact == "marketing" and customer.version == version
    said(customer, state="given")
    assert customer.do_not_contact is None


@pytest.mark.both_databases
def test_undo_takes_the_mark_back(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer(status="active").id
    person = signed_in("sales1a")
    form = person.get(f"/customers/{id}/consents/new").form()
    fields = form | {"purpose": "all", "state": "refused", "channel": "phone", "remark": "王姐说别再打"}
    assert person.post(f"/customers/{id}/consents", fields).status == 303
    assert "勿扰（全部）" in person.get(f"/customers/{id}").words
    history = person.get(f"/customers/{id}/history")
    assert "王姐说别再打" in history.text
    link = str(history.soup.select("#history details p.small a")[0]["href"])
    assert person.post(f"{link}/undo").status == 303
    assert "勿扰" not in person.get(f"/customers/{id}").words


@pytest.mark.both_databases
def test_a_wrong_mark_is_found_and_mended(in_context: None) -> None:
    customer, other = a_customer(), a_customer("瑞丰贸易")
    said(customer)
    wrong = {"do_not_contact": None}
    db.session.execute(db.update(Customer).values(wrong), execution_options={"recorded": True})
    assert consents.refresh() == 1 and consents.refresh() == 0
    db.session.refresh(customer)
    assert customer.do_not_contact == "marketing" and other.do_not_contact is None


def test_it_is_seen_wherever_somebody_may_dial(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer(status="active", tier="a", phone="13900000007")
        said(customer, "greetings")
        said(customer)
        id = customer.id
    person = signed_in("sales1a")
    word = "勿扰（营销、节日问候）"
    file = person.get(f"/customers/{id}")
    assert (
        word in file.one("header.page-head, .page-head").get_text() and word in file.one("#people").get_text()
    )
    for path in ("/customers", "/", "/search?q=华兴", f"/customers/{id}/interactions/new",
                 f"/customers/{id}/interactions/new?row=1", f"/customers/{id}/planned-contacts/new",
                 "/contacts/new?q=华兴", f"/customers/{id}/consents"):  # fmt: skip
        assert word in person.get(path).text, path


def test_a_contact_against_it_is_asked_about(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer(status="active", tier="a")
        said(customer)
        id = customer.id
    person = signed_in("sales1a")
    form = person.get(f"/customers/{id}/interactions/new").form()
    fields = form | {"channel": "phone", "outcome": "reached", "purpose": "win_back", "summary": "新价格"}
    asked = person.post(f"/customers/{id}/interactions", fields)
    assert asked.status == 422 and "如果仍然联系了，请在这里勾选" in asked.words and "新价格" in asked.text
    again = asked.form(f"/customers/{id}/interactions")
    assert person.post(f"/customers/{id}/interactions", again | {"despite": "y"}).status == 303
    assert "新价格" in person.get(f"/customers/{id}/interactions").text


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"purpose": "routine"}, False),
        ({"purpose": "renewal"}, True),
        ({"purpose": "renewal", "direction": "they"}, False),
        ({"purpose": "renewal", "channel": "received"}, False),
        ({"channel": "wechat", "outcome": "mass"}, True),
        ({"channel": "wechat", "outcome": "mass", "purpose": "festival"}, False),
    ],
)
def test_which_contacts_are_against_it(in_context: None, values: dict[str, str], asked: bool) -> None:
    customer = a_customer(status="active", tier="a")
    said(customer)
    if not asked:
        a_contact(customer, **values)
        return
    with pytest.raises(RuleBroken) as broken:
        a_contact(customer, **values)
    assert broken.value.field == "despite"


def test_nobody_plans_what_they_do_not_want(in_context: None) -> None:
    customer, day = a_customer(status="active", tier="a"), clock.today() + timedelta(days=7)
    said(customer)
    a_plan(customer, day, purpose="delivery")
    with pytest.raises(RuleBroken) as broken:
        a_plan(customer, day, purpose="renewal")
    assert broken.value.field == "purpose"
    db.session.rollback()
    with pytest.raises(RuleBroken) as broken:
        a_contact(customer, next_on=day, next_purpose="续约/复购")
    assert broken.value.field == "next_purpose"


@pytest.mark.both_databases
def test_whoever_wants_no_contact_is_due_by_no_rhythm(in_context: None) -> None:
    customer = a_customer(status="active", tier="a")
    a_contact(customer)
    assert customer.next_contact_on and customer.latest_contact_on
    said(customer, "all")
    assert customer.next_contact_on is None and customer.latest_contact_on is None
    logged = a_contact(customer, purpose="collection")
    assert logged.next_on is None
    a_plan(customer, clock.today() + timedelta(days=3), purpose="collection")
    assert customer.next_contact_on == clock.today() + timedelta(days=3)
    said(customer, "all", "given")
    assert customer.latest_contact_on is not None


@pytest.mark.both_databases
def test_a_first_contact_that_they_do_not_want_is_dropped(in_context: None) -> None:
    for n in range(9):
        a_customer(f"线索{n}号")
    last = a_customer("线索末号")
    plans = db.select(PlannedContact.state).where(PlannedContact.customer_id == last.id)
    assert db.session.scalars(plans).all() == ["open"]
    said(last, "all")
    assert db.session.scalars(plans).all() == ["skipped"] and last.next_contact_on is None
    said(last, "all", "given")
    assert sorted(db.session.scalars(plans)) == ["open", "skipped"] and last.next_contact_on is not None


@pytest.mark.parametrize(
    ("who", "see", "note"),
    [("sales1a", 200, 200), ("lead1", 200, 200), ("callback1", 200, 200), ("auditor", 200, 403), ("sales2a", 404, 404)],
)  # fmt: skip
def test_who_reads_and_who_notes(app: Flask, signed_in: SignedIn, who: str, see: int, note: int) -> None:
    with app.app_context():
        id = a_customer().id
    person = signed_in(who)
    assert person.get(f"/customers/{id}/consents").status == see
    assert person.get(f"/customers/{id}/consents/new").status == note


def test_bad_input_is_told_beside_its_field(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person = signed_in("sales1a")
    fields = {"purpose": "all", "state": "refused", "on_day": "2026-11-19", "remark": "听说的"}
    answer = person.post(f"/customers/{id}/consents", fields)
    assert answer.status == 422 and "今天或更早" in answer.words and "听说的" in answer.text
    for wrong in ({"purpose": "x"}, {"state": "x"}, {"on_day": "x"}, {"channel": "x"}, {"remark": "x" * 301}):
        assert (
            person.post(f"/customers/{id}/consents", fields | {"on_day": "2026-11-18"} | wrong).status == 422
        )


def test_a_long_list_is_paged(app: Flask, signed_in: SignedIn, statements: Any) -> None:
    with app.app_context():
        customer, by = a_customer(), the_viewer("sales1a")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            for n in range(53):
                day = clock.today() - timedelta(days=n // 2)
                consents.note_consent(
                    customer, {"purpose": "surveys", "state": "given", "on_day": day}, by=by
                )
            db.session.commit()
        id = customer.id
    person = signed_in("sales1a")
    first = person.get(f"/customers/{id}/consents")
    after = person.get(str(first.one('a[rel="next"]')["href"]))
    assert len(first.soup.select(".relations > li")) + len(after.soup.select(".relations > li")) == 53


def test_down_and_up_again(app: Flask) -> None:
    """The file itself does not notice."""
    with app.app_context():
        said(a_customer())
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0019")
        assert not db.inspect(db.engine).has_table("consents")
        upgrade()
        assert schema.present() == schema.expected()
        assert db.session.scalar(db.select(Customer.name)) == "华兴科技有限公司"
        assert kinds.kind_of(Customer).table == "customers"
        db.session.rollback()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("kind", "born", "child"),
    [
        ("person", date(2012, 11, 19), True),
        ("person", date(2012, 11, 18), False),
        ("company", date(2020, 1, 1), False),
        ("person", None, False),
    ],
)
def test_who_is_a_child(kind: str, born: date | None, child: bool) -> None:
    assert wishes.is_child(kind, born, TODAY) is child


def test_numbers_of_a_child_need_a_guardian(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer("小明", kind="person", birthday=date(2015, 5, 5)).id
    person = signed_in("sales1a")
    point = {"value": "13900000007", "kind": "mobile"}
    asked = person.post(f"/customers/{id}/points", point)
    assert asked.status == 422 and "未满14周岁" in asked.words and "13900000007" in asked.text
    said = {"purpose": "guardian", "state": "given", "on_day": "2026-11-18"}
    assert "请写明监护人是谁" in person.post(f"/customers/{id}/consents", said).words
    assert person.post(f"/customers/{id}/consents", said | {"remark": "母亲王敏"}).status == 303
    assert "勿扰" not in person.get(f"/customers/{id}").words
    assert person.post(f"/customers/{id}/points", point).status == 303
    assert (
        person.post(f"/customers/{id}/consents", said | {"state": "withdrawn", "remark": "母亲王敏"}).status
        == 303
    )
    assert person.post(f"/customers/{id}/points", point | {"value": "13900000008"}).status == 422


def test_a_new_file_of_a_child_begins_without_numbers(in_context: None) -> None:
    with pytest.raises(RuleBroken) as broken:
        a_customer("小明", kind="person", birthday=date(2015, 5, 5), phone="13900000007")
    assert broken.value.field == "phone"
    db.session.rollback()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("born", "kind", "refused"),
    [
        ({"calendar": "lunar", "year": "2017", "month": "6", "day": "1", "leap": "1"}, "person", True),
        ({"calendar": "solar", "year": "2015", "month": "5", "day": "5"}, "person", True),
        ({"calendar": "lunar", "year": "2012", "month": "10", "day": "6"}, "person", True),  # 2012-11-19
        ({"calendar": "lunar", "year": "2012", "month": "10", "day": "5"}, "person", False),
        ({"calendar": "lunar", "year": "", "month": "6", "day": "1"}, "person", False),
        ({"calendar": "lunar", "year": "2017", "month": "6", "day": "1"}, "company", False),
        ({"calendar": "lunar", "year": "2017", "month": "6", "day": "1", "kind": "opening"}, "person", False),
    ],
)
def test_a_child_is_known_by_a_special_day_too(
    app: Flask, signed_in: SignedIn, born: dict[str, str], kind: str, refused: bool
) -> None:
    with app.app_context():
        id = a_customer("小明", kind=kind).id
    person, at = signed_in("sales1a"), f"/customers/{id}"
    assert person.post(f"{at}/special-days", {"kind": "birthday", **born}).status == 303
    answer = person.post(f"{at}/points", {"value": "13900000007", "kind": "mobile"})
    assert (answer.status == 422 and "未满14周岁" in answer.words) is refused
    if refused:
        said = {"purpose": "guardian", "state": "given", "on_day": "2026-11-18", "remark": "母亲王敏"}
        assert person.post(f"{at}/consents", said).status == 303
        assert person.post(f"{at}/points", {"value": "13900000007", "kind": "mobile"}).status == 303


def test_a_contact_person_who_is_a_child_needs_a_guardian(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person, at = signed_in("sales1a"), f"/customers/{id}"
    for name in ("小明", "王敏"):
        assert person.post(f"{at}/people", {"name": name}).status == 303
    whose = {
        option.get_text(): str(option["value"])
        for option in person.get(f"{at}/points/new").soup.select('select[name="person"] option')
    }
    born = {"kind": "birthday", "calendar": "lunar", "year": "2017", "month": "6", "day": "1", "leap": "1"}
    assert person.post(f"{at}/special-days", born | {"person": whose["小明"]}).status == 303
    point = {"value": "13900000007", "kind": "mobile", "person": whose["小明"]}
    refused = person.post(f"{at}/points", point)
    assert refused.status == 422 and "联系人未满14周岁" in refused.words
    assert person.post(f"{at}/points", point | {"person": whose["王敏"]}).status == 303
