"""Asking for the file of everything about a customer: a yes has it made once, of this customer alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.defaults import ALL
from blueprints.customers import actions, everything
from blueprints.customers.models import Customer
from blueprints.office.models import Approval
from core import clock, uploads
from core.db import db
from core.jobs import Job
from core.journal import JournalEntry
from core.rights import Right
from tests.company import a_customer, that_asks, with_right
from tests.conftest import NOW
from tests.customers.keeping import acted
from tests.pages import Client, Page
from tests.working import the_job, worked

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def customer(app: Flask) -> int:
    """A customer of sales1a, who may ask, with a contact person who is one of another's too."""
    with app.app_context():
        that_asks("employee", Right.CUSTOMERS_EXPORT_FILE)
        mine, other = a_customer("甲公司", phone="13800112233"), a_customer("乙公司", owner="sales1a")
        person = acted(actions.add_person, mine, {"name": "王敏", "phone": "13912346688"})
        acted(actions.affiliate, other, person, {"position": "顾问"})
        return mine.id


def asked(client: Client, id: int, **more: str) -> int:
    at = f"/customers/{id}/full-export-request"
    answer = client.post(
        at, {**client.get(f"/customers/{id}/personal-data").form(at), "reason": "本人来函", **more}
    )
    assert answer.status == 303, answer.words
    return int(str(answer.response.location).rpartition("/")[2])


def taken(client: Client, id: int) -> Page:
    return client.post(f"/customers/{id}/granted-export", {})


def told(app: Flask) -> str:
    with app.app_context(), ZipFile(uploads.path_of(str(the_job(app, everything.JOB).file))) as zip:
        return zip.read("everything.json").decode()


def test_it_is_asked_for_approved_and_made_once(app: Flask, signed_in: SignedIn, customer: int) -> None:
    employee, manager = signed_in("sales1a"), signed_in("manager")
    page = f"/customers/{customer}/personal-data"
    assert employee.get(f"/customers/{customer}").soup.select_one(f'a[href="{page}"]')
    assert not employee.get(page).soup.select("#hold, #erase") and taken(employee, customer).status == 409
    id = asked(employee, customer)
    assert "陈岚" in employee.get(page).words and taken(employee, customer).status == 409
    request = manager.get(f"/approvals/{id}")
    assert "甲公司" in request.words and "整份档案" in request.words
    assert manager.post(f"/approvals/{id}/approval", {}).status == 303
    assert page in str(employee.get(f"/approvals/{id}").soup)
    answer = taken(employee, customer)
    assert answer.status == 303 and answer.response.location.startswith("/jobs/")
    worked(app)
    assert employee.http.get(f"{answer.response.location}/file").status_code == 200
    assert manager.http.get(f"{answer.response.location}/file").status_code == 404
    found = json.loads(told(app))
    assert "13800112233" in str(found) and "王敏" in str(found)
    with app.app_context():
        [note] = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == everything.JOURNALED))
        assert (note.record_id, note.details) == (customer, {"reason": "本人来函", "approved_by": "陈岚"})
    assert taken(employee, customer).status == 409
    asked(employee, customer)


def test_a_yes_is_to_this_customer_alone(app: Flask, signed_in: SignedIn, customer: int) -> None:
    with app.app_context():
        other = db.session.scalars(select(Customer.id).where(Customer.name == "乙公司")).one()
        person = db.session.get_one(Customer, customer).affiliations[0].person_id
    employee = signed_in("sales1a")
    id = asked(employee, customer, about=str(person))
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    assert taken(employee, other).status == 409
    assert employee.post(f"/customers/{customer}/full-export", {"reason": "x"}).status == 403
    assert taken(employee, customer).status == 303
    worked(app)
    found = told(app)
    assert "王敏" in found and "13800112233" not in found and "顾问" not in found


def test_a_yes_holds_for_a_week(app: Flask, signed_in: SignedIn, customer: int) -> None:
    id = asked(signed_in("sales1a"), customer)
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    with clock.frozen(NOW + timedelta(days=7)):
        assert taken(signed_in("sales1a"), customer).status == 409
        asked(signed_in("sales1a"), customer)


def test_a_refused_request_says_why_and_can_be_made_anew(signed_in: SignedIn, customer: int) -> None:
    employee = signed_in("sales1a")
    id = asked(employee, customer)
    signed_in("manager").post(f"/approvals/{id}/refusal", {"remark": "先核对身份"})
    assert "先核对身份" in employee.get(f"/customers/{customer}/personal-data").words
    asked(employee, customer)


def test_who_lost_the_customer_gets_no_file(app: Flask, signed_in: SignedIn, customer: int) -> None:
    employee = signed_in("sales1a")
    id = asked(employee, customer)
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    assert taken(employee, customer).status == 303
    signed_in("manager").post(f"/customers/{customer}/deletion", {})
    worked(app)
    with app.app_context():
        assert db.session.scalars(select(Job.state).where(Job.kind == everything.JOB)).all() == ["failed"]


@pytest.mark.parametrize(
    ("who", "status"), [("service1", 403), ("auditor", 403), ("sales2a", 404), ("manager", 403)]
)
def test_who_cannot_ask(signed_in: SignedIn, customer: int, who: str, status: int) -> None:
    client = signed_in(who)
    assert client.post(f"/customers/{customer}/full-export-request", {"reason": "x"}).status == status
    assert client.post(f"/customers/{customer}/granted-export", {}).status == status


def test_whoever_may_do_it_has_nothing_to_ask_for(app: Flask, signed_in: SignedIn, customer: int) -> None:
    with app.app_context():
        with_right("employee", Right.CUSTOMERS_EXPORT_FILE, ALL)
    page = signed_in("sales1a").get(f"/customers/{customer}/personal-data")
    assert not page.soup.select('form[action$="/full-export-request"]') and page.soup.select(
        'form[action$="/full-export"]'
    )
    with app.app_context():
        assert not db.session.scalars(select(Approval)).all()
