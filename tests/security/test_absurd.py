"""Absurd values under every name that a view reads, of its address and of its forms: never a fault of ours."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import ImmutableMultiDict

from blueprints.access.models import Role, UserRole
from core import changes
from core import requests as core_requests
from core.db import db
from tests.addresses import reading, writing
from tests.company import the_user
from tests.pages import Client
from tests.security.test_writing import BODY, as_it_was, mighty_token
from tests.security.world import Sample, a_full_customer

NUL = "\x00"
VALUES = (
    "0001-01-01", "9999-12-31", "NaN", "-1", "99999999999999999999", NUL, "\ud800", "", "x" * 10_000, "1e999",
    "0001-01-01T00:00", "9999-12-31T23:59", "²", "[]", "1000000000",
)  # fmt: skip
LEAST = 3  # values for a name of which many addresses read
KEPT = frozenset({"csrf_token"})
asked_for: set[str] = set()  # names that views have read from what was sent


class Listened(ImmutableMultiDict[str, str]):
    """What was sent, which remembers what it is asked for."""

    def __contains__(self, name: object) -> bool:
        asked_for.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, *given: Any, **options: Any) -> Any:
        asked_for.add(name)
        return super().get(name, *given, **options)

    def getlist(self, name: str, *given: Any, **options: Any) -> Any:
        asked_for.add(name)
        return super().getlist(name, *given, **options)


def in_silence(look: Callable[[], None]) -> Callable[[], None]:
    """The same, but what it reads does not count: it goes through all that was sent."""

    def looked() -> None:
        heard = set(asked_for)
        look()
        asked_for.intersection_update(heard)

    return looked


@pytest.fixture
def sample(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sample]:
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Listened)
    monkeypatch.setattr(core_requests, "_refuse_nul", in_silence(core_requests._refuse_nul))
    with app.app_context():
        made = a_full_customer(lambda column: "某某")
    yield made
    asked_for.clear()


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


@contextmanager
def unharmed(app: Flask, person: Client) -> Iterator[None]:
    """Puts back what was there before, and lets somebody who was signed out go on."""
    cookies = dict(person.http._cookies or {})
    with as_it_was(app):
        yield
    person.http._cookies = cookies


def sent(values: Mapping[str, Any]) -> str:
    return urlencode(values, errors="surrogatepass")


def read_of(names: set[str]) -> list[str]:
    return sorted(names - KEPT)


def faults_of(person: Client, path: str, method: str, values: Mapping[str, Any]) -> list[str]:
    if method == "GET":
        answer = person.http.get(path, query_string=sent(values))
    else:
        body = sent({**values, "csrf_token": mighty_token(person)})
        answer = person.http.post(path, data=body, content_type="application/x-www-form-urlencoded")
    shown = {name: str(value)[:24] for name, value in values.items()}
    return [f"{method} {path} {shown}: {answer.status_code}"] if answer.status_code >= 500 else []


def absurd(names: list[str], turn: int) -> dict[str, str]:
    """Each name with another of the values."""
    values = [value for value in VALUES if value != NUL]  # with which all of it would be refused
    return {name: values[(turn + position) % len(values)] for position, name in enumerate(names)}


def usual(names: list[str], sample: Sample) -> dict[str, Any]:
    """What a form that somebody filled in would send under these names."""
    likely = {**BODY, "id": str(sample.id)}
    return {name: likely[name] for name in names if name in likely}


def addresses(app: Flask, sample: Sample) -> list[tuple[str, str, dict[str, Any]]]:
    """Every method and address, with what is sent first, for its names to be heard."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    found += [("GET", sample.path(rule.rule), {}) for rule in reading(app)]
    return found + [("POST", sample.path(rule.rule), dict(BODY)) for rule in writing(app)]


@pytest.mark.parametrize(
    ("method", "path", "values", "status"),
    [
        ("GET", "/admin/audit", {"since": "0001-01-01"}, 200),
        ("GET", "/admin/audit/journal", {"since": "0001-01-01"}, 200),
        ("GET", "/admin/audit", {"until": "9999-12-31"}, 200),
        ("GET", "/customers/1/statement", {"until": "0001-01-01"}, 200),
        ("POST", "/customers/merge", {}, 400),
        ("POST", "/customers/merge", {"id": "NaN"}, 400),
        ("POST", "/customers/merge", {"id": "-1"}, 400),
    ],
)
def test_known_absurdities_are_answered(
    sample: Sample, mighty: Client, method: str, path: str, values: dict[str, str], status: int
) -> None:
    path = path.replace("/1/", f"/{sample.id}/")
    if method == "GET":
        assert mighty.http.get(path, query_string=values).status_code == status
    else:
        assert mighty.post(path, values).status == status


@pytest.mark.extra
def test_no_absurd_value_is_answered_by_a_fault(app: Flask, sample: Sample, mighty: Client) -> None:
    """All names of a view at once, each with one of the values; name by name in the long test below."""
    mighty_token(mighty)
    faults, heard = list[str](), 0
    for method, path, first in addresses(app, sample):
        asked_for.clear()
        with unharmed(app, mighty):
            faults += faults_of(mighty, path, method, first)
        names = read_of(asked_for)
        heard += len(names)
        for values in ({}, absurd(names, heard)) if names else ():
            with unharmed(app, mighty):
                faults += faults_of(mighty, path, method, values)
    assert not faults, "\n".join(faults)
    assert heard > 500, "the names have to be heard for this test to prove anything"


@pytest.mark.extra
def test_no_absurd_value_of_a_single_name_is_answered_by_a_fault(
    app: Flask, sample: Sample, mighty: Client
) -> None:
    """One by one among usual ones, so that no refused value hides what another would have done."""
    mighty_token(mighty)
    faults, heard = list[str](), list[tuple[str, str, str]]()
    for method, path, first in addresses(app, sample):
        asked_for.clear()
        with unharmed(app, mighty):
            faults += faults_of(mighty, path, method, first)
        heard += [(method, path, name) for name in read_of(asked_for)]
    for (method, path, name), values in dealt(heard).items():
        around = usual([other for *where, other in heard if where == [method, path]], sample)
        with unharmed(app, mighty):
            for value in values:
                sending = {**(around if method == "POST" else {}), name: value}
                faults += faults_of(mighty, path, method, sending)
    assert not faults, "\n".join(faults)


def dealt(heard: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], list[str]]:
    """Which values each name of each address gets: all of them where few addresses read that name; else some, so that
    the name meets each value at least twice.
    """
    often, turns, chance = Counter(name for *_where, name in heard), Counter[str](), Random(20261123)
    orders = {name: chance.sample(VALUES, len(VALUES)) for name in sorted(often)}
    found: dict[tuple[str, str, str], list[str]] = {}
    for *where, name in heard:
        count = min(len(VALUES), max(LEAST, math.ceil(2 * len(VALUES) / often[name])))
        begin, turns[name] = turns[name], turns[name] + count
        found[(where[0], where[1], name)] = [orders[name][(begin + n) % len(VALUES)] for n in range(count)]
    return found


def test_each_name_meets_each_value() -> None:
    heard = [
        ("GET", f"/{place}", name)
        for name, places in (("a", 1), ("b", 3), ("c", 40))
        for place in range(places)
    ]
    met = Counter((name, value) for (*_where, name), values in dealt(heard).items() for value in values)
    assert all(met["a", value] == 1 and met["b", value] >= 2 and met["c", value] >= 2 for value in VALUES)
