"""A write needs a token of this very person; a refused request changes nothing; only named fields are bound."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from blueprints.access.models import Role, UserRole
from blueprints.customers.models import Customer
from core import changes, clock
from core.db import db
from core.rights import access_of
from tests.addresses import PARAMETER, writing
from tests.company import the_user
from tests.pages import Client
from tests.security.world import Sample, a_full_customer
from tests.tables import difference, snapshot

# One value for each field of our forms: enough to pass most of them
BODY: dict[str, Any] = {
    "relationship_kind": "customer",
    "name": "新名称", "short_name": "新", "kind": "company", "tier": "a", "intent": "high", "status": "active",
    "phone": "13900001111", "email": "new@example.cn", "value": "13900002222", "owner": "sales1a",
    "reason": "because", "tags": "新", "channel": "phone", "outcome": "reached", "summary": "x", "act": "tier",
    "on_day": "2026-11-25", "next_on": "2026-11-25", "language": "en", "theme": "dark", "q": "新名称有限公司",
    "readers": "1", "writers": "1", "username": "newcomer", "team": "sales1", "main_team": "1", "roles": "1",
    "password": "a very long pass phrase 91", "old": "x", "label": "x", "columns": "tier", "slug": "newteam",
    "version": "1", "create_anyway": "y", "all": "", "back": "/customers",
}  # fmt: skip
# What no form names, and what only other doors may set
FORGED: dict[str, Any] = {
    "owner_id": "1", "team_id": "1", "deleted_at": "2020-01-01", "created_at": "2000-01-01T00:00:00",
    "updated_at": "2000-01-01T00:00:00", "number": "X1", "name_key": "zzz", "last_contact_on": "2020-01-01",
    "next_contact_on": "2020-01-01", "role": "admin", "is_admin": "1", "deactivated_at": "", "builtin": "1",
    "user_id": "1", "customer_id": "1", "author_id": "1", "recorded_by_id": "1", "counts": "1",
}  # fmt: skip
REFUSED_PEOPLE = (
    "sales1a",
    *(pytest.param(n, marks=pytest.mark.extra) for n in ("auditor", "service1", "lead1", "admin")),
)


@pytest.fixture
def sample(app: Flask) -> Sample:
    with app.app_context():
        return a_full_customer(lambda column: "某某")


@pytest.fixture
def mighty(app: Flask, sample: Sample, signed_in: Callable[[str], Client]) -> Client:
    """Somebody with every role there is."""
    with app.app_context():
        changes.record("user.updated")
        user = the_user("manager")
        held = {role.role_id for role in user.roles}
        user.roles += [UserRole(role_id=id) for id in db.session.scalars(select(Role.id)) if id not in held]
        db.session.commit()
    return signed_in("manager")


def test_a_write_without_its_token_is_refused(
    app: Flask, sample: Sample, mighty: Client, signed_in: Callable[[str], Client]
) -> None:
    others = signed_in("sales1a").token()
    before = snapshot(app)
    for rule in writing(app):
        path = sample.path(rule.rule)
        tries = [
            mighty.http.post(path, data=BODY),
            mighty.http.post(path, data={**BODY, "csrf_token": others}),
            mighty.http.post(path, data={**BODY, "csrf_token": ""}),
            mighty.http.post(path, data=BODY, headers={"HX-Request": "true"}),
            mighty.http.post(path, json=BODY),
            mighty.http.post(path, query_string={"csrf_token": mighty_token(mighty)}, data=BODY),
        ]
        assert {answer.status_code for answer in tries} <= {400, 415}, rule.endpoint
    assert not (changed := difference(before, snapshot(app))), changed


def mighty_token(person: Client) -> str:
    if not hasattr(person, "known_token"):
        person.known_token = person.token()  # type: ignore[attr-defined]
    return str(person.known_token)  # type: ignore[attr-defined]


# A wrong password counts as a try, at the door and where it is asked for afresh: that is the security journal
COUNTED_TRIES = frozenset(
    {"sign_in.enter", "me.change_password", "second_factor.renew_codes", "second_factor.delete"}
)


@pytest.mark.parametrize("name", REFUSED_PEOPLE)
def test_a_refused_write_changes_nothing(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str
) -> None:
    faults = []
    for rule in writing(app):
        if rule.endpoint in COUNTED_TRIES:
            continue
        with as_it_was(app):
            person = signed_in(name)
            body = {**BODY, **FORGED, "id": str(sample.id), "csrf_token": person.token()}
            before, seen = snapshot(app), sample_rows(app, sample)
            status = person.http.post(sample.path(rule.rule), data=body).status_code
            if status >= 500:
                faults.append(f"{rule.endpoint}: {status}")
            if status >= 400 and (changed := difference(before, snapshot(app))):
                faults.append(f"{rule.endpoint} says {status}, yet {changed}")
            if name == "sales1a" and sample_rows(app, sample) != seen:
                faults.append(f"{rule.endpoint} let a stranger change the customer")
    assert not faults, "\n".join(faults)


def sample_rows(app: Flask, sample: Sample) -> list[tuple[Any, ...]]:
    """The row of the customer and all rows that point to it."""
    found: list[tuple[Any, ...]] = []
    with app.app_context():
        for table in db.metadata.sorted_tables:
            column = table.c.id if table.name == "customers" else table.c.get("customer_id")
            if column is not None:
                found += map(tuple, db.session.execute(select(table).where(column == sample.id)))
    return found


@contextmanager
def as_it_was(app: Flask) -> Iterator[None]:
    """Puts the database back as it was before."""
    live = app.extensions["huifang"].data / "huifang.db"
    kept = live.with_name("kept.db")
    with app.app_context():
        db.engine.dispose()
    with closing(sqlite3.connect(live)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(live, kept)
    yield
    with app.app_context():
        db.engine.dispose()
    for left in ("-wal", "-shm"):
        live.with_name(live.name + left).unlink(missing_ok=True)
    shutil.copy(kept, live)


@pytest.mark.parametrize("endpoint", ["customers.update", "customers.create"])
def test_only_named_fields_are_bound(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], endpoint: str
) -> None:
    person = signed_in("sales2a")
    path = f"/customers/{sample.id}" if endpoint == "customers.update" else "/customers"
    with app.app_context():
        version = db.session.get_one(Customer, sample.id).version
    body = {**BODY, **FORGED, "owner": "sales2a", "version": version}
    assert person.post(path, body).status == 303
    with app.app_context():
        newest = select(Customer.id).order_by(Customer.id.desc()).limit(1)
        id = sample.id if endpoint == "customers.update" else db.session.scalars(newest).one()
        customer = db.session.get_one(Customer, id)
        owner = the_user("sales2a")
        assert (customer.name, customer.owner_id) == ("新名称", owner.id)
        assert customer.team_id == next(m.team_id for m in owner.memberships if m.main)
        assert customer.deleted_at is None
        assert customer.number != "X1"
        assert customer.name_key != "zzz"
        assert clock.now() - customer.created_at < clock.now() - clock.now().replace(year=2020)
        assert str(customer.last_contact_on) != "2020-01-01"


def test_nobody_makes_themselves_more_than_they_are(app: Flask, signed_in: Callable[[str], Client]) -> None:
    def standing() -> list[tuple[Any, ...]]:
        with app.app_context():
            user = the_user("sales1a")
            return [
                tuple(
                    db.session.execute(select(UserRole.role_id).where(UserRole.user_id == user.id)).scalars()
                )
            ]

    before = standing()
    signed_in("sales1a").post("/me", {**BODY, **FORGED, "roles": ["9", "1"], "role": "admin"})
    assert standing() == before


@pytest.mark.both_databases
def test_whoever_is_deactivated_is_nobody_at_once(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client]
) -> None:
    http = signed_in("sales2a").http
    token = Client(app).token()
    assert http.get(f"/customers/{sample.id}").status_code == 200
    with app.app_context():
        changes.record("user.deactivated")
        the_user("sales2a").deactivated_at = clock.now()
        db.session.commit()
    dead_everywhere(app, http, sample, token)


def dead_everywhere(app: Flask, http: FlaskClient, sample: Sample, token: str) -> None:
    """No page and no write is for this session any more."""
    before = snapshot(app)
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        if access is None or access.public:
            continue
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        answer = http.open(
            sample.path(rule.rule),
            method=method,
            data={"csrf_token": token, **BODY} if method == "POST" else None,
        )
        assert answer.status_code in {303, 401}, rule.endpoint
        assert "某某" not in answer.get_data(as_text=True), rule.endpoint
    assert not (changed := difference(before, snapshot(app))), changed


@pytest.mark.both_databases
def test_rights_are_read_afresh(app: Flask, sample: Sample, signed_in: Callable[[str], Client]) -> None:
    http = signed_in("manager").http
    assert http.get(f"/customers/{sample.id}").status_code == 200
    with app.app_context():
        changes.record("user.updated")
        the_user("manager").roles = []
        db.session.commit()
    assert http.get(f"/customers/{sample.id}").status_code == 403
    assert http.get("/customers").status_code == 403


@pytest.mark.both_databases
def test_whoever_leaves_a_team_loses_its_customers(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client]
) -> None:
    http = signed_in("lead2").http
    assert http.get(f"/customers/{sample.id}").status_code == 200
    with app.app_context():
        changes.record("user.updated")
        lead2 = the_user("lead2")
        lead2.memberships[0].team_id = the_user("sales1a").memberships[0].team_id
        db.session.commit()
    assert http.get(f"/customers/{sample.id}").status_code == 404


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["manager", "admin"])
def test_absurd_ids_are_no_fault(app: Flask, signed_in: Callable[[str], Client], name: str) -> None:
    person = signed_in(name)
    body = {**BODY, "csrf_token": person.token()}
    for rule in (rule for rule in writing(app) if rule.arguments):
        for number in ("0", str(2**63 - 1), str(2**63), str(10**30), "-1", "x", "%00"):
            path = PARAMETER.sub(number, rule.rule)
            assert person.http.post(path, data=body).status_code < 500, path
