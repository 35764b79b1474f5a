"""What is stored as a code is one of those there are: spaces and unknown codes are refused beside their field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import changes
from core.db import db
from tests.company import a_customer
from tests.pages import Client
from tests.tables import snapshot

SignedIn = Callable[[str], Client]
NONE_OF_THEM = ["  ", "\t", "\u3000", "pigeon"]
CODES = (
    "kind", "relationship_kind", "status", "lost_reason", "tier", "intent", "source", "gender", "preferred_channel",
)  # fmt: skip
LOST = {"status": "lost", "lost_reason": "price"}
FORMS = [
    *(("/customers/new", "/customers", name, {**LOST, "name": "新"}) for name in (*CODES, "owner")),
    *(("/customers/{id}/edit", "/customers/{id}", name, LOST) for name in CODES),
    ("/customers/{id}/people/new", "/customers/{id}/people", "decision_role", {"name": "王敏"}),
    ("/customers/{id}/people/{place}/edit", "/customers/{id}/people/{place}", "decision_role", {}),
    ("/customers/{id}/points/new", "/customers/{id}/points", "kind", {"value": "13912340000"}),
    ("/customers/{id}/points/new", "/customers/{id}/points", "person", {"value": "13912340000"}),
    ("/customers/{id}/owner", "/customers/{id}/owner", "owner", {"reason": "分工调整"}),
]


@pytest.mark.parametrize("value", NONE_OF_THEM)
@pytest.mark.parametrize(("opened", "action", "name", "data"), FORMS)
def test_what_is_no_code_is_refused(
    app: Flask, signed_in: SignedIn, opened: str, action: str, name: str, data: dict[str, Any], value: str
) -> None:
    with app.app_context():
        customer = a_customer()
        parts = {"id": customer.id, "place": a_place(customer)}
    manager = signed_in("manager")
    form = manager.get(opened.format(**parts)).form(action.format(**parts))
    before = snapshot(app)
    answer = manager.post(action.format(**parts), {**form, **data, name: value})
    assert answer.status == 422
    assert answer.soup.select(f'.error-summary a[href="#{name}"]') and answer.soup.select(f"#{name}")
    assert snapshot(app) == before


def a_place(customer: Customer) -> int:
    changes.record("customer.updated")
    actions.add_person(customer, {"name": "李工"})
    db.session.commit()
    return customer.affiliations[0].id


@pytest.mark.parametrize("value", NONE_OF_THEM)
@pytest.mark.parametrize("act", ["tier", "intent", "status", "owner"])
def test_many_files_get_no_code_that_there_is_not(
    app: Flask, signed_in: SignedIn, act: str, value: str
) -> None:
    with app.app_context():
        id = a_customer().id
    manager = signed_in("manager")
    before = snapshot(app)
    data = {
        "id": str(id),
        "act": act,
        act: value,
        "reason": "分工调整",
        "lost_reason": "price",
        "confirmed": "1",
    }
    answer = manager.post("/customers/bulk", data)
    assert (answer.status, snapshot(app)) == (422, before)
