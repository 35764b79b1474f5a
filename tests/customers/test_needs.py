"""Needs of customers: what, since when, met or not, and all of it taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import needs
from blueprints.customers.models import Customer
from blueprints.customers.particulars import Need
from core import changes, clock
from core.db import db
from tests.company import a_customer, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]


def needed(customer: Customer, what: str, **values: Any) -> Need:
    """A need, noted by the owner and committed."""
    by = the_viewer("sales1a")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        need = needs.note_need(customer, {"what": what, "since": clock.today(), **values})
        db.session.commit()
    return need


@pytest.mark.both_databases
def test_what_is_open_and_important_stands_first(in_context: None) -> None:
    customer, today = a_customer(), clock.today()
    needed(customer, "彩色机", importance="low")
    needed(customer, "滤芯", importance="high", met_on=today, met_by="送了三支")
    needed(customer, "交期", importance="high")
    needed(customer, "月结", importance="high", since=today - timedelta(days=9))
    assert [need.what for need in needs.needs_of(customer)] == ["月结", "交期", "彩色机", "滤芯"]


@pytest.mark.both_databases
def test_noting_changing_meeting_removing_and_taking_back(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person, at = signed_in("sales1a"), f"/customers/{id}/needs"
    form = person.get(f"{at}/new").form()
    assert form["since"] == ["2026-11-18"]
    assert person.post(at, form | {"what": "交期提前三天", "importance": "high"}).status == 303
    assert "未满足" in person.get(at).one("#needs-part").get_text()
    link = str(person.get(at).one('a[href$="/edit"]')["href"])
    edit, action = person.get(link), link.removesuffix("/edit")
    assert person.post(action, edit.form() | {"remark": "王姐说的"}).status == 303
    conflict = person.post(action, edit.form() | {"remark": "李总说的"})
    assert conflict.status == 409 and "王姐说的" in conflict.text and "李总说的" in conflict.text
    assert person.post(f"{action}/fulfilment").status == 303
    assert "已满足" in person.get(at).one("#needs-part").get_text()
    assert person.post(f"{action}/deletion").status == 303
    assert "交期" not in person.get(at).one("#needs-part").get_text()
    removal = str(person.get(f"/customers/{id}/history").soup.select("#history details p.small a")[0]["href"])
    assert person.post(f"{removal}/undo").status == 303
    told = person.get(at).one("#needs-part").get_text()
    assert "交期提前三天" in told and "已满足" in told and "王姐说的" in told


def test_what_is_not_met_was_met_by_nothing(in_context: None) -> None:
    need = needed(a_customer(), "滤芯", met_on=clock.today(), met_by="送了三支")
    needs.change_need(need, {"met_on": None}, version=need.version)
    assert need.met_by is None
    db.session.rollback()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"since": "2026-11-19"}, "请填今天或更早的日期"),
        ({"met_on": "2026-11-19"}, "请填今天或更早的日期"),
        ({"met_on": "2026-11-01"}, "满足日期不能早于提出日期"),
        ({"importance": "x"}, ""),
        ({"what": " "}, ""),
        ({"since": ""}, ""),
        ({"remark": "x" * 301}, ""),
    ],
)
def test_bad_input_is_told_beside_its_field(
    app: Flask, signed_in: SignedIn, values: dict[str, str], told: str
) -> None:
    with app.app_context():
        id = a_customer().id
    fields = {"what": "交期", "since": "2026-11-18", "importance": "high", "met_by": "提前发货"}
    answer = signed_in("sales1a").post(f"/customers/{id}/needs", fields | values)
    assert answer.status == 422 and told in answer.words and "提前发货" in answer.text


@pytest.mark.parametrize(
    ("who", "see", "edit"), [("lead1", 200, 200), ("callback1", 200, 403), ("auditor", 200, 403), ("sales2a", 404, 404)]
)  # fmt: skip
def test_who_reads_and_who_notes(app: Flask, signed_in: SignedIn, who: str, see: int, edit: int) -> None:
    with app.app_context():
        customer = a_customer()
        need, id = needed(customer, "交期").id, customer.id
    person = signed_in(who)
    assert person.get(f"/customers/{id}/needs").status == see
    assert person.get(f"/customers/{id}/needs/{need}/edit").status == edit
    assert person.post(f"/customers/{id}/needs/{need}/deletion").status == (303 if edit == 200 else edit)


def test_statements_do_not_grow_with_needs(app: Flask, signed_in: SignedIn, statements: Any) -> None:
    with app.app_context():
        one, many = a_customer("一个"), a_customer("许多")
        needed(one, "交期")
        for n in range(20):
            needed(many, f"需求{n}")
        ids = one.id, many.id
    person, counts = signed_in("sales1a"), []
    person.get(f"/customers/{ids[0]}/needs")
    for id in ids:
        with statements() as sent:
            person.get(f"/customers/{id}/needs")
        counts.append(len(sent))
    assert counts[0] == counts[1]
