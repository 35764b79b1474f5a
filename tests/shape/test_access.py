"""Who may ask for what: the committed table, and that the door keeps to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.access.defaults import GRANTS
from tests.addresses import filled
from tests.pages import Client
from tests.shape.access import WRITE, table
from tests.shape.access_table import TABLE
from tests.tables import snapshot

# A standing person of each built-in role
PERSON = {
    "employee": "sales1a", "service": "service1", "callback": "callback1", "assistant": "assistant1",
    "lead": "lead1", "manager": "manager", "finance": "finance", "auditor": "auditor", "admin": "admin",
}  # fmt: skip
ADVICE = f"Somebody's access has changed. If it is meant, run `{WRITE}` and commit its diff with the change."


def test_the_committed_table_is_true(app: Flask) -> None:
    now = table(app)
    changed = [name for name in sorted(now.keys() | TABLE.keys()) if now.get(name) != TABLE.get(name)]
    told = [f"{name}:\n  committed {TABLE.get(name)}\n  now       {now.get(name)}" for name in changed]
    assert not changed, "\n".join([*told, ADVICE])


def test_every_role_has_a_person() -> None:
    assert PERSON.keys() == GRANTS.keys()


@pytest.mark.parametrize("role", PERSON)
def test_a_role_without_the_right_is_refused(
    app: Flask, signed_in: Callable[[str], Client], role: str
) -> None:
    person = signed_in(PERSON[role])
    token = person.token()
    before = snapshot(app)
    for name, (address, _needs, refused) in TABLE.items():
        if role not in refused.split():
            continue
        method, rule = address.split(" ")
        answer = person.http.open(
            filled(rule), method=method, data={"csrf_token": token} if method == "POST" else None
        )
        assert answer.status_code == 403, f"{role} gets {answer.status_code} from {name}"
    assert snapshot(app) == before


def test_a_stranger_is_sent_to_the_door(app: Flask, client: Client) -> None:
    before = snapshot(app)
    for name, (address, needs, _refused) in TABLE.items():
        if needs.startswith("public: "):
            continue
        method, rule = address.split(" ")
        answer = client.http.open(filled(rule), method=method)
        expected = (303, "/sign-in") if method == "GET" else (401, None)
        place = answer.headers.get("Location", "").split("?")[0] or None
        assert (answer.status_code, place) == expected, f"a stranger gets {answer.status_code} from {name}"
    assert snapshot(app) == before
