"""A GET changes nothing, whoever sends it; and it answers, whatever it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from tests.addresses import PARAMETER, reading
from tests.company import PEOPLE
from tests.pages import Client, Page
from tests.security.world import Sample, a_full_customer, pages
from tests.tables import difference, snapshot

NAMES = [person[0] for person in PEOPLE]
# Each page in one language by each of them, in the other too with the long tests
READERS = [
    pytest.param(name, language, marks=() if language == usual else pytest.mark.extra)
    for name, usual in {
        "manager": "zh_Hans_CN",
        "admin": "en",
        "sales2a": "en",
        "auditor": "zh_Hans_CN",
    }.items()
    for language in ("zh_Hans_CN", "en")
]
INVENTED = "/help/ui"
# Attribute → the method with which the browser follows it; a form says its own
LEADING = {"href": "GET", "hx-get": "GET", "action": "", "formaction": "POST", "hx-post": "POST"}
ABSURD = ["0", "999999999", str(2**31), str(2**63), str(10**30), "-1", "1.5", "x", "%00", "1e3"]


@pytest.fixture
def sample(app: Flask) -> Sample:
    with app.app_context():
        return a_full_customer(lambda column: "某某")


def test_reading_twice_changes_nothing(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client]
) -> None:
    read_twice(app, sample, signed_in, ("manager", "admin", "sales1a"))


@pytest.mark.extra
@pytest.mark.both_databases
def test_reading_twice_changes_nothing_whoever_reads(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client]
) -> None:
    read_twice(app, sample, signed_in, NAMES)


def read_twice(app: Flask, sample: Sample, signed_in: Callable[[str], Client], names: Sequence[str]) -> None:
    """Each of these people opens every page twice; the database is then what it was."""
    readers = [(name, signed_in(name).http) for name in names]
    before = snapshot(app)
    faults = []
    for rule, path in pages(app, sample):
        for name, http in readers:
            answers = [http.get(path).status_code, http.get(path).status_code, http.head(path).status_code]
            if len(set(answers)) > 1 or answers[0] >= 500:
                faults.append(f"{rule.endpoint} by {name}: {answers}")
    assert not faults, "\n".join(faults)
    assert not (changed := difference(before, snapshot(app))), changed


@pytest.mark.parametrize(("name", "language"), READERS)
def test_every_page_is_as_pages_must_be(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str, language: str
) -> None:
    person = signed_in(name)
    person.post("/me/language", {"language": language})
    faults: dict[str, list[str]] = defaultdict(list)
    for rule, path in pages(app, sample):
        try:
            page = person.get(path)
            assert page.status < 500, "a fault of ours"
        except AssertionError as wrong:
            faults[str(wrong)].append(rule.endpoint)
            continue
        for dead in dead_addresses(app, page) if path != INVENTED else ():
            faults[f"nothing answers {dead}"].append(rule.endpoint)
    assert not faults, "\n".join(f"{fault}\n  on {', '.join(places)}" for fault, places in faults.items())


def dead_addresses(app: Flask, page: Page) -> list[str]:
    """Links and forms of a page that no view of ours answers."""
    known = app.url_map.bind("localhost")
    dead = set()
    for attribute, method in LEADING.items():
        for tag in page.soup.select(
            f"a[{attribute}], form[{attribute}], button[{attribute}], input[{attribute}]"
        ):
            address = str(tag[attribute]).split("?")[0].split("#")[0]
            sent = method or str(tag.get("method", "get")).upper()
            if (
                address.startswith("/")
                and not address.startswith("/static/")
                and not known.test(address, sent)
            ):
                dead.add(f"{sent} {address}")
    return sorted(dead)


@pytest.mark.both_databases
def test_absurd_ids_are_not_found(app: Flask, signed_in: Callable[[str], Client]) -> None:
    person = signed_in("manager")
    for rule in reading(app):
        for number in ABSURD if rule.arguments else ():
            path = PARAMETER.sub(number, rule.rule)
            assert person.http.get(path).status_code in {403, 404}, path
