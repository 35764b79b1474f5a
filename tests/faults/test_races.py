"""Many at once against two processes: one wins, the others are told, and nothing is there twice."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench.visitor import Answer, Visitor
from blueprints.access import rules
from blueprints.access.models import Role, SignInAttempt, User, UserRole
from blueprints.customers.models import Customer
from core import changes, serving
from core.db import db
from tests.company import PASSWORD, a_customer, the_user
from tests.faults.servers import Server, again, all_at_once, facts

pytestmark = [pytest.mark.extra, pytest.mark.both_databases]

SENT, EDITORS, TRIES = 20, 10, 40
AT_WORK = serving.WORKERS * serving.THREADS


def test_a_form_sent_by_many_clicks_makes_one_customer(app: Flask, server: Server) -> None:
    visitor = server.visitor("manager")
    answers = all_at_once(
        [lambda: again(visitor).post("/customers", facts("Once")) for _click in range(SENT)]
    )
    assert statuses(answers) == {303: SENT}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert counted(app, Customer) == 1


def test_of_many_edits_of_one_version_one_wins(app: Flask, server: Server) -> None:
    with app.app_context():
        customer = a_customer()
        path, version = f"/customers/{customer.id}", customer.version
    visitor = server.visitor("manager")
    names = [f"Edit {n}" for n in range(EDITORS)]
    forms = [facts(name, version=str(version)) for name in names]
    answers = all_at_once([lambda form=form: again(visitor).post(path, form) for form in forms])
    assert statuses(answers) == {303: 1, 409: EDITORS - 1}
    with app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        winner = next(name for name, answer in zip(names, answers, strict=True) if answer.status == 303)
        assert (customer.name, customer.version) == (winner, version + 1)


def test_the_last_two_administrators_cannot_remove_each_other(app: Flask, server: Server) -> None:
    with app.app_context():
        changes.record("user.updated")
        role = db.session.scalars(select(Role).where(Role.code == "admin")).one()
        second = the_user("auditor")
        second.roles.append(UserRole(role_id=role.id))
        db.session.commit()
        ids = {name: the_user(name).id for name in ("admin", "auditor")}
    rivals = [(server.visitor("admin"), ids["auditor"]), (server.visitor("auditor"), ids["admin"])]
    answers = all_at_once([lambda rival=rival: deactivate(*rival) for rival in rivals])
    assert statuses(answers)[303] == 1, statuses(answers)
    with app.app_context():
        left = select(func.count()).where(User.id.in_(ids.values()), User.deactivated_at.is_(None))
        assert db.session.scalar(left) == 1


def test_failed_sign_ins_are_counted_in_all_processes(app: Flask, server: Server) -> None:
    guesser = Visitor(server.port)
    guesser.read_token("/sign-in")
    answers = all_at_once([lambda n=n: sign_in(again(guesser), f"guess number {n}") for n in range(TRIES)])
    assert statuses(answers) == {422: TRIES}
    heard = counted(app, SignInAttempt)
    assert rules.ACCOUNT_FAILURES <= heard <= rules.ACCOUNT_FAILURES + AT_WORK
    late = [sign_in(again(guesser), PASSWORD) for _connection in range(2 * serving.WORKERS)]
    assert statuses(late) == {422: len(late)}
    assert counted(app, SignInAttempt) == heard


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def deactivate(visitor: Visitor, id: int) -> Answer:
    return visitor.post(f"/admin/users/{id}/deactivation", {"reason": "a race"})


def sign_in(visitor: Visitor, password: str) -> Answer:
    return visitor.post("/sign-in", {"username": "sales1a", "password": password})


def counted(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0
