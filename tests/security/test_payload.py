"""Text from people is text: on every page, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import Role, Team, User
from core import changes
from core.db import db
from tests.addresses import reading
from tests.pages import Client
from tests.security.world import Sample, a_full_customer, pages

PAYLOAD = '"><img src=x onerror=alert(1)>'
OTHERS = ("lead2", "manager", "auditor", "admin")
READERS = ("sales2a", "service1", *(pytest.param(name, marks=pytest.mark.extra) for name in OTHERS))


@pytest.fixture
def sample(app: Flask) -> Sample:
    with app.app_context():
        made = a_full_customer(
            lambda column: "javascript:alert(1)" if column == "customers.website" else PAYLOAD
        )
        changes.record("user.updated")
        for model in (User, Team, Role):
            for row in db.session.scalars(select(model)):
                for name in ("name", "name_zh", "name_en"):
                    if hasattr(row, name):
                        setattr(row, name, PAYLOAD)
        db.session.commit()
    return made


@pytest.mark.parametrize("language", ["zh_Hans_CN", pytest.param("en", marks=pytest.mark.extra)])
@pytest.mark.parametrize("name", READERS)
def test_markup_in_a_field_is_shown_as_it_was_typed(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str, language: str
) -> None:
    person = signed_in(name)
    person.http.post("/me/language", data={"csrf_token": person.token(), "language": language})
    faults, shown = [], 0
    for rule, path in pages(app, sample):
        try:
            page = person.get(path)
        except AssertionError as wrong:
            faults.append(f"{rule.endpoint}: {wrong}")
            continue
        faults += [
            f"{rule.endpoint}: {tag}" for tag in page.soup.select("img[src=x], [onerror], script:not([src])")
        ]
        faults += [f"{rule.endpoint}: {tag}" for tag in page.soup.select('[href^="javascript:" i]')]
        shown += PAYLOAD in page.soup.get_text()
    assert not faults, "\n".join(faults)
    assert shown >= 3, "the payload has to be shown for this test to prove anything"


def test_markup_in_the_address_is_not_answered_as_markup(
    app: Flask, signed_in: Callable[[str], Client]
) -> None:
    person = signed_in("manager")
    names = ("q", "sort", "owner", "team", "tag", "back", "next", "after", "name", "verb", "user", PAYLOAD)
    for rule in reading(app):
        if not rule.arguments:
            page = person.get(rule.rule, query_string=dict.fromkeys(names, PAYLOAD))
            assert not page.soup.select("img[src=x], [onerror]"), rule.rule
