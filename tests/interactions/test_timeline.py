"""The timeline of a customer: what was said, what is planned, by pages and filters; plans made and moved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from core import clock
from tests.company import a_customer
from tests.interactions.contacts import a_contact, a_plan, in_english, made
from tests.pages import Client, Page
from tests.statements import counted
from tests.tables import snapshot

SignedIn = Callable[[str], Client]


def filled_timeline(app: Flask, contacts: int) -> int:
    with app.app_context():
        customer = a_customer(status="active", tier="a")
        for n in range(contacts):
            a_contact(
                customer, channel="phone" if n % 2 else "wechat", summary=f"Number {n}.",
                at=clock.now() - timedelta(hours=contacts - n),
            )  # fmt: skip
        a_plan(customer, date(2026, 11, 27), purpose="contract", talking_points="Clause 7")
        return customer.id


def entries(page: Page) -> list[int]:
    return [int(number) for number in re.findall(r"Number (\d+)\.", page.words)]


def test_the_timeline_shows_the_newest_first_by_pages(app: Flask, signed_in: SignedIn) -> None:
    id = filled_timeline(app, 35)
    client = in_english(signed_in("sales1a"))
    first = client.get(f"/customers/{id}/interactions?kind=contact")
    assert entries(first) == list(range(34, 4, -1))
    assert "Fri 27 Nov" in first.words and "Clause 7" in first.words
    second = client.get(str(first.one("a[rel=next]")["href"]))
    assert entries(second) == [4, 3, 2, 1, 0]
    assert "Clause 7" not in second.words


def test_the_timeline_narrows_by_channel(app: Flask, signed_in: SignedIn) -> None:
    id = filled_timeline(app, 6)
    client = in_english(signed_in("sales1a"))
    assert entries(client.get(f"/customers/{id}/interactions?channel=phone")) == [5, 3, 1]
    assert "Nothing matches these filters." in client.get(f"/customers/{id}/interactions?channel=visit").words
    assert len(entries(client.get(f"/customers/{id}/interactions?channel=x&person=x&after=x"))) == 6


def test_an_empty_timeline_says_what_will_be_there(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    page = in_english(signed_in("sales1a")).get(f"/customers/{id}/interactions")
    assert "Nothing recorded yet. Log the first contact here." in page.words
    reader = in_english(signed_in("auditor")).get(f"/customers/{id}/interactions")
    assert reader.status == 200 and not reader.soup.select("main a[href$='/interactions/new']")


def test_the_file_shows_the_timeline_and_the_button(app: Flask, signed_in: SignedIn) -> None:
    id = filled_timeline(app, 12)
    page = in_english(signed_in("sales1a")).get(f"/customers/{id}")
    assert entries(page) == list(range(11, 2, -1))  # and that the file was made
    assert page.soup.select(f".page-actions a[href^='/customers/{id}/interactions/new']")


def test_the_timeline_takes_the_same_statements_for_any_number(app: Flask, signed_in: SignedIn) -> None:
    ids = [filled_timeline(app, n) for n in (1, 20)]
    client = signed_in("sales1a")
    costs = []
    for id in ids:
        with counted() as sent:
            client.get(f"/customers/{id}/interactions")
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_a_plan_is_made_postponed_and_skipped(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = in_english(signed_in("sales1a"))
    form = client.get(f"/customers/{id}/planned-contacts/new").form()
    answer = client.post(
        f"/customers/{id}/planned-contacts", {**form, "on_day": "2026-11-20", "channel": "visit"}
    )
    assert "Next: visit on Fri 20 Nov" in client.get(answer.response.location).words
    page = client.get(f"/customers/{id}/postponement")
    assert page.status == 200
    client.post(f"/customers/{id}/postponement", {**page.form(), "on_day": "2026-11-24"})
    shown = client.get(f"/customers/{id}/interactions")
    assert "Postponed to Tue 24 Nov." in shown.words
    skip = next(str(f["action"]) for f in shown.soup.select("form[action$='/skip']"))
    client.post(skip, {})
    assert "Tue 24 Nov" not in client.get(f"/customers/{id}/interactions").words.split("Skipped.")[-1]
    assert client.post(skip, {}).status == 404


@pytest.mark.parametrize(
    ("path", "data"),
    [("postponement", {"on_day": "2026-11-17"}), ("postponement", {}), ("planned-contacts", {"on_day": "x"})],
)
def test_a_plan_for_no_day_is_refused(
    app: Flask, signed_in: SignedIn, path: str, data: dict[str, str]
) -> None:
    id = made(app)
    client = signed_in("sales1a")
    before = snapshot(app)
    page = client.post(f"/customers/{id}/{path}", data)
    assert page.status == 422 and page.soup.select(".error-summary a[href='#on_day']")
    assert snapshot(app) == before
