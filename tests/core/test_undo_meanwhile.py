"""An undo is planned while others may write: what they write to its records until it is carried out is not lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from blueprints.customers import actions
from blueprints.customers.models import Affiliation, Customer, Person
from blueprints.office import noting
from core import changes, jobs, kinds, undo, undoing, working
from core.changes import ChangeSet
from core.db import db, reading
from core.effects import Effect
from core.jobs import Job
from tests.company import a_customer, the_viewer
from tests.core.undos import as_manager, business_tables, last_set
from tests.interactions.contacts import a_contact

pytestmark = pytest.mark.both_databases

Act = Callable[[Customer], object]


def edited(customer: Customer) -> None:
    """Somebody changes a field of it."""
    as_manager("customer.updated")
    actions.update(customer, {"city": "深圳"})
    db.session.commit()


def contacted(customer: Customer) -> None:
    """Somebody logs a contact, which refers to it."""
    a_contact(customer)


def at_another_company(customer: Customer) -> None:
    """Somebody finds its person at another customer: a row of that one refers to the person."""
    other = db.session.scalars(select(Customer).where(Customer.id != customer.id)).one()
    person = db.session.scalars(select(Person).where(Person.customer_id == customer.id)).one()
    as_manager("customer.updated")
    db.session.add(Affiliation(customer_id=other.id, person_id=person.id))
    db.session.commit()


def gone(customer: Customer) -> None:
    """Somebody takes it back by hand."""
    undo.undo(last_set(), the_viewer("manager"))
    db.session.commit()


def a_file_with_a_person() -> tuple[Customer, ChangeSet]:
    a_customer("别的公司")
    as_manager("customer.created")
    facts = {"name": "瑞丰贸易", "person_name": "王敏", "phone": "13900000007"}
    customer = actions.create_with_person(facts, by=the_viewer("manager"))
    db.session.commit()
    return customer, last_set()


@pytest.mark.usefixtures("in_context")
@pytest.mark.parametrize("act", [edited, contacted, at_another_company, gone])
def test_what_is_written_to_its_records_meanwhile_is_found(act: Act) -> None:
    customer, made = a_file_with_a_person()
    plan = undo.ahead(made, the_viewer("manager"))
    act(customer)
    before = business_tables()
    with pytest.raises(StaleDataError):
        undo.undo_part(made, [], the_viewer("manager"), [], made=plan)
    db.session.rollback()
    assert business_tables() == before


@pytest.mark.usefixtures("in_context")
def test_what_is_written_to_others_meanwhile_is_in_nobodys_way() -> None:
    a_customer("再别的公司")
    before = business_tables()
    _customer, made = a_file_with_a_person()
    plan = undo.ahead(made, the_viewer("manager"))
    other = db.session.scalars(select(Customer).where(Customer.name == "再别的公司")).one()
    edited(other)
    undo.undo(made, the_viewer("manager"), made=plan)
    db.session.commit()
    assert len(business_tables()["customers"]) == len(before["customers"]) + 1  # 别的公司
    assert other.city == "深圳"


@pytest.mark.usefixtures("in_context")
def test_a_change_of_a_changed_row_meanwhile_is_found() -> None:
    customer = a_customer(tier="a")
    as_manager()
    changes.bulk_update(Customer, Customer.id == customer.id, {"tier": "b"})
    db.session.commit()
    bulk = last_set()
    plan = undo.ahead(bulk, the_viewer("manager"))
    assert not plan.conflicts
    as_manager("customer.updated")
    customer.tier = "c"
    db.session.commit()
    with pytest.raises(StaleDataError):
        undo.undo(bulk, the_viewer("manager"), made=plan)
    db.session.rollback()
    assert customer.tier == "c"


def a_point(customer: Customer) -> None:
    """A phone number on the file."""
    as_manager("customer.updated")
    actions.add_point(customer, "13900000009", kind="phone")


def a_note(customer: Customer) -> None:
    """A note on it, which no foreign key ties to it."""
    as_manager("note.written")
    noting.write_note(kinds.kind_of(Customer), customer, "在谈续约", by=the_viewer("manager"))


@pytest.mark.parametrize("write", [a_point, a_note])
def test_what_is_just_being_saved_is_waited_for(app: Flask, write: Act) -> None:
    """Planned before it was committed, carried out after: whichever way the database makes them wait."""
    with app.app_context():
        customer, made = a_file_with_a_person()
        customer_id, set_id = customer.id, made.id
    saved, go_on = Event(), Event()

    def save() -> None:
        with app.app_context():
            write(db.session.get_one(Customer, customer_id))
            db.session.flush()
            saved.set()
            assert go_on.wait(30)
            db.session.commit()

    def take_back() -> None:
        with app.app_context():
            with reading():
                manager, change_set = the_viewer("manager"), db.session.get_one(ChangeSet, set_id)
                plan = undo.ahead(change_set, manager)
            undo.undo(change_set, manager, made=plan)
            db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        saving = pool.submit(save)
        assert saved.wait(30)
        undoing_it: Future[None] = pool.submit(take_back)
        with pytest.raises(StillWaiting):
            undoing_it.result(1)
        go_on.set()
        saving.result(30)
        with pytest.raises(StaleDataError):
            undoing_it.result(30)
    with app.app_context():
        assert db.session.get_one(Customer, customer_id).points


# --- behind the page


def asked(made: ChangeSet) -> Job:
    manager = the_viewer("manager")
    with changes.acting(changes.Actor(manager.id, manager.name, "web")):
        job = undoing.ask(made, decided=True)
        db.session.commit()
    return job


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], object]) -> list[list[Effect]]:
    """Do something behind each plan of a job, which is given its number; answers what was planned."""
    whole, planned = undo.ahead, list[list[Effect]]()

    def ahead(*given: Any, **more: Any) -> undo.Plan:
        plan = whole(*given, **more)
        planned.append(plan.effects)
        act(len(planned))
        db.session.rollback()
        return plan

    monkeypatch.setattr(undo, "ahead", ahead)
    return planned


@pytest.mark.usefixtures("in_context")
def test_a_job_plans_anew_and_leaves_what_was_changed_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)
    customer, made = a_file_with_a_person()
    planned = meanwhile(monkeypatch, lambda turn: contacted(customer) if turn == 1 else None)
    job = asked(made)
    working.work_on(job.id)
    job = db.session.get_one(Job, job.id, populate_existing=True)
    assert (job.state, job.told["stayed"]) == (jobs.DONE, 1)
    assert len(planned) == 2
    assert db.session.scalar(select(Customer.id).where(Customer.id == customer.id))


@pytest.mark.usefixtures("in_context")
def test_a_set_that_others_never_let_alone_is_planned_while_they_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)
    customer, made = a_file_with_a_person()
    customer_id = customer.id

    def edit(turn: int) -> None:
        as_manager("customer.updated")
        actions.update(db.session.get_one(Customer, customer_id), {"city": f"城市{turn}"})
        db.session.commit()

    planned = meanwhile(monkeypatch, edit)
    job = asked(made)
    working.work_on(job.id)
    job = db.session.get_one(Job, job.id, populate_existing=True)
    assert (job.state, job.told["stayed"]) == (jobs.DONE, 1)
    assert len(planned) == undoing.TRIES - 1
    left = db.session.get_one(Customer, customer_id, populate_existing=True)
    assert left.city == f"城市{undoing.TRIES - 1}"
