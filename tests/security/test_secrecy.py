"""What somebody may not see occurs in no answer to them, by whatever way they ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from blueprints.customers.listing import ORDERS
from tests.addresses import reading, writing
from tests.pages import Client
from tests.security.world import Sample, a_full_customer, pages

# People who see nothing of a customer of sales2a …
OTHERS = ("sales1b", "lead1", "assistant1", "finance")
STRANGERS = ("sales1a", "admin", *(pytest.param(name, marks=pytest.mark.extra) for name in OTHERS))
# … and those who see it, but not its numbers.
MASKED = ("service1", *(pytest.param(name, marks=pytest.mark.extra) for name in ("auditor", "callback1")))
NUMBERS = re.compile(r"7753\D{0,3}0417|00112233|0011\D{1,3}2233|zqjx\.mail|zqjxwechat|1983\D", re.IGNORECASE)
ANYTHING = re.compile(rf"zqjx|龘|{NUMBERS.pattern}", re.IGNORECASE)
# What is typed to find it: the beginnings of what stands in its fields, and numbers as they are
TYPED = ("zqj", "龘", "77530417", "13977530417", "0417", "13800112233", "zqjx.mail", "qxzj.example")
# What a company calls things is no secret of a customer.
OF_THE_COMPANY = frozenset({"working_calendars.name", "custom_fields.label_zh", "custom_fields.label_en"})
# Shown only of a late entry
# Shown on what is archived, or late, alone
UNSEEN = frozenset({"customers.archive_reason", "interactions.late_reason"})
LATE = re.compile(r'-part" hx-get="([^"]+)"')  # what a file loads when it is seen
FILTERS = ("owner=sales2a", "team=sales2", "status=lead", "tier=none", "kind=company", "tag=zqj", "owner=-")


@pytest.fixture
def sample(app: Flask) -> Sample:
    numbers = count(100)

    def text(column: str) -> str:
        """What occurs nowhere else, in everything that tells of the customer; the working calendar does not."""
        return "样例" if column in OF_THE_COMPANY else f"Zqjx{next(numbers)}龘"

    with app.app_context():
        return a_full_customer(text)


def said(response: TestResponse, asked: str = "") -> str:
    """Everything an answer says, without the echo of what was asked; how long it is may look like a year."""
    headers = [line for line in response.headers.items() if line[0] != "Content-Length"]
    text = response.get_data().decode(errors="replace") + str(headers)
    return text.replace(asked, "") if asked else text


def questions() -> Iterator[tuple[str, str]]:
    """Query strings, each with what of it a page may echo."""
    orders = [sign + key for key in ORDERS for sign in ("", "-")]
    yield "", ""
    for typed, order in zip(TYPED, orders, strict=False):
        yield f"?q={typed}&sort={order}", typed
    for part, order in zip(FILTERS, reversed(orders), strict=False):
        yield f"?{part}&sort={order}", part.partition("=")[2]
    yield "?after=WyIiLCAwXQ&sort=name&page=2&limit=1000&all=1&columns=phone", ""


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_reads_nothing_of_it(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str
) -> None:
    http = signed_in(name).http
    faults = []
    for rule, path in pages(app, sample):
        asked = questions() if not rule.arguments else [("", "")]
        for query, echo in asked:
            if hit := ANYTHING.search(said(http.get(path + query), echo)):
                faults.append(f"{path}{query} says {hit[0]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_who_writes_is_told_nothing_of_it(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str
) -> None:
    person = signed_in(name)
    token = person.token()
    body = {
        "csrf_token": token,
        "q": "zqj",
        "all": "1",
        **dict.fromkeys(("id", "ids", "customer"), str(sample.id)),
    }
    faults = []
    for rule in sorted(writing(app), key=lambda rule: rule.endpoint == "sign_in.leave"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = person.http.post(sample.path(rule.rule), data=body, headers=headers)
            if hit := ANYTHING.search(said(answer)):
                faults.append(f"{rule.rule} says {hit[0]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", MASKED)
def test_masked_numbers_are_nowhere(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str
) -> None:
    http = signed_in(name).http
    faults = []
    for rule, path in pages(app, sample):
        for query, echo in questions() if not rule.arguments else [("", "")]:
            if hit := NUMBERS.search(said(http.get(path + query), echo)):
                faults.append(f"{path}{query} says {hit[0]}")
    assert not faults, "\n".join(faults)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", MASKED)
def test_masked_numbers_find_nothing(sample: Sample, signed_in: Callable[[str], Client], name: str) -> None:
    http = signed_in(name).http
    for typed in ("77530417", "13977530417", "7753", "0417", "zqjx.mail@qxzj.example", "zqjxwechat"):
        for path in ("/search", "/customers"):
            assert f"/customers/{sample.id}" not in said(http.get(path, query_string={"q": typed})), typed


def test_what_is_searched_for_is_there(sample: Sample, signed_in: Callable[[str], Client]) -> None:
    """The owner sees what the others must not: else the tests above would prove nothing."""
    http = signed_in("sales2a").http
    file = said(http.get(f"/customers/{sample.id}"))
    file += "".join(said(http.get(part)) for part in LATE.findall(file))
    file += said(http.get(f"/purchases/{sample.ids['purchase']}"))
    missing = [place for text, place in sample.texts.items() if text not in file and place not in UNSEEN]
    assert not missing
    assert len(NUMBERS.findall(file)) >= 3
    for typed in ("77530417", "zqjx.mail@qxzj.example", "龘"):
        assert f"/customers/{sample.id}" in said(http.get("/search", query_string={"q": typed})), typed
    texts = said(http.get("/search/texts", query_string={"q": "zqj"}))
    assert all(
        f"{place}/{sample.id}" in texts for place in ("/customers", "/notes/customer", "/files/customer")
    )


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_out_of_scope_and_what_does_not_exist_look_alike(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str
) -> None:
    http = signed_in(name).http
    for rule, path in pages(app, sample):
        if not rule.rule.startswith("/customers/<int:id>"):
            continue
        absent = rule.rule.replace("<int:id>", "987654")
        missing = sample.path(absent)
        there, nowhere = http.get(path), http.get(missing)
        assert there.status_code == nowhere.status_code, path
        assert plain(there, path) == plain(nowhere, missing), path


# What a parameter leads to that is a customer's, or somebody's alone
THEIRS = frozenset(
    {
        "approval", "change_set", "customer", "duplicate", "exit_talk", "export_request", "file", "import_mapping",
        "interaction", "job", "need", "note", "notification", "paper", "payment", "person", "place", "plan", "point",
        "purchase", "relation", "special_day", "view",
    }
)  # fmt: skip

OF_THE_ADMINISTRATOR = frozenset({"change_set", "job"})  # the trail, without what was changed; anybody's job


@pytest.mark.parametrize("name", STRANGERS)
def test_no_address_of_what_is_not_theirs_lets_a_stranger_in(
    app: Flask, sample: Sample, signed_in: Callable[[str], Client], name: str
) -> None:
    person = signed_in(name)
    token, faults, asked = person.token(), list[str](), 0
    theirs = THEIRS - OF_THE_ADMINISTRATOR if name == "admin" else THEIRS
    for rule in (*reading(app), *writing(app)):
        if not theirs & {sample.key(rule.rule, parameter) for parameter in rule.arguments}:
            continue
        asked += 1
        for method in {"GET", "POST"} & set(rule.methods or ()):
            fields = {"csrf_token": token} if method == "POST" else None
            status = person.http.open(sample.path(rule.rule), method=method, data=fields).status_code
            if status not in {403, 404}:
                faults.append(f"{method} {rule.rule}: {status}")
    assert not faults, "\n".join(faults)
    assert asked > 100


def plain(response: TestResponse, path: str) -> str:
    """An answer without its address and its token."""
    text = response.get_data().decode(errors="replace").replace(path, "")
    text = re.sub(r'(name="csrf(?:_|-)token" (?:value|content)=)"[^"]*"', r"\1", text)
    return re.sub(r"create_key\" type=\"hidden\" value=\"[^\"]*\"", "", text)
