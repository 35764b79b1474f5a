"""The form of a new customer asks first for what is needed, and for the rest further down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.company import a_customer
from tests.customers.custom import a_field
from tests.pages import Client

SignedIn = Callable[[str], Client]


def test_only_what_must_be_filled_in_stands_above_the_rest(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_field("打印机", "number", en="printers", required=True)
        a_field("仓库", en="store")
    page = signed_in("sales1a").get("/customers/new")
    folded = {str(one["name"]) for one in page.soup.select("form details [name]")}
    assert "custom_store" in folded and "industry" in folded
    assert not {"custom_printers", "name", "status"} & folded
    assert {"custom_store", "custom_printers", "lost_reason"} <= set(page.form("/customers"))


def test_why_somebody_was_lost_is_asked_of_the_lost_alone(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person = signed_in("sales1a")
    for at in ("/customers/new", f"/customers/{id}/edit", f"/customers/{id}/blocks/basics"):
        around: Any = person.get(at).one("#lost_reason").find_parent(attrs={"data-when": True})
        assert json.loads(around["data-when"]) == {"status": ["lost"]}
        assert not around.has_attr("hidden")  # without script it can be reached
