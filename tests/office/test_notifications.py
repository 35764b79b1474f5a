"""The pages of notifications: one's own and nobody else's; the bell counts the unread, a POST marks them as read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from blueprints.office import jobs as office_jobs
from blueprints.office import notifications as own
from core import changes, clock, notifications
from core.db import db
from core.notifications import Notification, NotificationKind, Told
from core.rights import Viewer
from core.settings import SettingValue
from tests.company import the_user
from tests.conftest import NOW
from tests.pages import Client, Page
from tests.statements import Counter

SignedIn = Callable[[str], Client]
KIND = "test.happened"
BELL = ".top .bell"


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """Even events have a page behind them."""
    pages = {
        row.id: {} if row.facts["n"] % 2 else {"endpoint": "jobs.mine", "values": {"n": 1}} for row in rows
    }
    return {row.id: Told(f"Event {row.facts['n']}", ("It happened.",), **pages[row.id]) for row in rows}


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(notifications._kinds, KIND, NotificationKind(KIND, "eye", tell))
    yield


def notified(app: Flask, n: int, who: str = "lead1", *, first: int = 1) -> list[int]:
    """Let somebody be told of the events first, first + 1 …; answers the ids."""
    with app.app_context():
        for number in range(first, first + n):
            notifications.notify(KIND, [the_user(who).id], key=str(number), n=number)
        db.session.commit()
        mine = select(Notification.id).where(Notification.recipient_id == the_user(who).id)
        return list(db.session.scalars(mine.order_by(Notification.id)))


def unread_of(app: Flask, who: str = "lead1") -> int:
    with app.app_context():
        mine = Notification.recipient_id == the_user(who).id, Notification.read_at.is_(None)
        return len(db.session.scalars(select(Notification.id).where(*mine)).all())


def names(page: Page) -> list[str]:
    return [" ".join(name.get_text(" ").split()) for name in page.soup.select("#list .list-name")]


def bell(page: Page) -> tuple[str, str]:
    """What the bell says to eyes and to ears."""
    link = page.one(BELL)
    return link.get_text().strip(), str(link["aria-label"])


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("language", "title", "nothing", "two"),
    [
        ("zh_Hans_CN", "消息", "消息", "消息，2条未读"),
        ("en", "Notifications", "Notifications", "Notifications, 2 unread"),
    ],
)
def test_the_bell_counts_what_is_unread(
    app: Flask, signed_in: SignedIn, language: str, title: str, nothing: str, two: str
) -> None:
    lead = signed_in("lead1")
    lead.post("/me/language", {"language": language})
    assert bell(lead.get("/customers")) == ("", nothing)
    notified(app, 2)
    notified(app, 3, "lead2")
    assert bell(lead.get("/customers")) == ("2", two)
    page = lead.get("/notifications")
    assert page.one("h1").get_text(strip=True) == title
    assert bell(page) == ("2", two) and page.one(BELL)["aria-current"] == "page"


@pytest.mark.parametrize(("n", "shown"), [(99, "99"), (100, "99+")])
def test_the_bell_counts_no_further_than_99(app: Flask, signed_in: SignedIn, n: int, shown: str) -> None:
    notified(app, n)
    assert bell(signed_in("lead1").get("/me")) == (shown, f"消息，{shown}条未读")


@pytest.mark.both_databases
def test_the_bell_costs_one_statement_and_none_where_htmx_takes_a_part(
    app: Flask, signed_in: SignedIn, statements: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    notified(app, 5)
    lead = signed_in("lead1")
    for path in ("/customers", "/notifications", "/"):
        lead.get(path)
        with statements() as whole:
            page = lead.get(path)
        counting = [
            statement for statement in whole if "notifications" in statement and "count(" in statement
        ]
        assert (len(counting), bell(page)[0]) == (1, "5"), path
    for headers, asked in (
        ({"HX-Request": "true"}, 0),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, 1),
    ):
        with statements() as part:
            lead.get("/customers", headers=headers)
        assert sum("notifications" in statement for statement in part) == asked


def test_nobody_who_is_not_signed_in_has_a_bell(client: Client) -> None:
    assert client.get("/sign-in").soup.select(BELL) == []
    assert client.get("/notifications").status in (303, 401)


@pytest.mark.both_databases
def test_a_page_shows_the_newest_first_and_leads_on(app: Flask, signed_in: SignedIn) -> None:
    notified(app, 120)
    notified(app, 1, "lead2", first=500)
    lead, path, seen = signed_in("lead1"), "/notifications", []
    while path:
        page = lead.get(path)
        seen += names(page)
        following = page.soup.select("a[rel=next]")
        path = str(following[0]["href"]) if following else ""
    assert seen == [f"Event {n}" for n in range(120, 0, -1)]


@pytest.mark.parametrize("after", ["x", "WyIiLCAwXQ", "%00", "WzEsMV0"])
def test_a_cursor_that_is_none_of_ours_is_no_fault(app: Flask, signed_in: SignedIn, after: str) -> None:
    notified(app, 1)
    assert signed_in("lead1").get(f"/notifications?after={after}").status in (200, 400)


@pytest.mark.both_databases
def test_only_unread_ones_are_shown_if_one_wants(app: Flask, signed_in: SignedIn) -> None:
    first, *_rest = notified(app, 3)
    lead = signed_in("lead1")
    lead.post(f"/notifications/{first}/opening")
    assert names(lead.get("/notifications")) == ["Event 3", "Event 2", "Event 1"]
    assert names(lead.get("/notifications?show=unread")) == ["Event 3", "Event 2"]


def test_nothing_yet_says_what_will_be_there(signed_in: SignedIn) -> None:
    page = signed_in("sales1a").get("/notifications")
    assert "还没有消息。需要你知道的事会列在这里" in page.words
    assert not page.soup.select('form[action="/notifications/reading"]')


def test_all_read_offers_the_way_back_to_all(app: Flask, signed_in: SignedIn) -> None:
    [id] = notified(app, 1)
    lead = signed_in("lead1")
    lead.post(f"/notifications/{id}/opening")
    page = lead.get("/notifications?show=unread")
    assert "消息都已读过" in page.words and page.soup.select('#list a[href="/notifications"]')


@pytest.mark.both_databases
def test_opening_marks_one_as_read_and_goes_to_what_it_speaks_of(app: Flask, signed_in: SignedIn) -> None:
    _first, second = notified(app, 2)
    lead = signed_in("lead1")
    row = lead.get("/notifications").soup.select("#list tr.unread")[0]
    assert "未读" in row.get_text()
    form = row.select(f'form[action="/notifications/{second}/opening"]')
    assert form and form[0].select("button[data-row-link]")
    answer = lead.post(f"/notifications/{second}/opening").response
    assert (answer.status_code, answer.location) == (303, "/jobs?n=1")
    page = lead.get("/notifications")
    assert [name.get_text() for name in page.soup.select("#list a.list-name[href='/jobs?n=1']")] == [
        "Event 2"
    ]
    assert len(page.soup.select("#list tr.unread")) == 1 and bell(page)[0] == "1"


def test_what_has_no_page_of_its_own_is_marked_and_stays_on_this_one(app: Flask, signed_in: SignedIn) -> None:
    [id] = notified(app, 1)
    lead = signed_in("lead1")
    page = lead.get("/notifications?show=unread")
    form = page.form(f"/notifications/{id}/opening")
    answer = lead.post(f"/notifications/{id}/opening", form).response
    assert answer.location == "/notifications?show=unread"
    assert unread_of(app) == 0


def test_when_it_was_read_first_stays(app: Flask, signed_in: SignedIn) -> None:
    [id] = notified(app, 1)
    lead = signed_in("lead1")
    lead.post(f"/notifications/{id}/opening")
    with clock.frozen(NOW + timedelta(hours=1)):
        lead.post(f"/notifications/{id}/opening")
    with app.app_context():
        assert db.session.get_one(Notification, id).read_at == NOW


@pytest.mark.both_databases
@pytest.mark.parametrize("who", ["lead2", "manager", "admin", "sales1a"])
def test_others_do_not_know_of_it(app: Flask, signed_in: SignedIn, who: str) -> None:
    [id] = notified(app, 1)
    client = signed_in(who)
    assert "Event" not in client.get("/notifications").words
    assert client.post(f"/notifications/{id}/opening").status == 404
    assert client.post("/notifications/reading", {"last": id}).status == 303
    assert unread_of(app) == 1


@pytest.mark.both_databases
def test_all_that_were_there_are_marked_as_read_at_once(app: Flask, signed_in: SignedIn) -> None:
    notified(app, 60)
    lead = signed_in("lead1")
    form = lead.get("/notifications").form("/notifications/reading")
    notified(app, 1, first=61)
    assert lead.post("/notifications/reading", form).response.location == "/notifications"
    page = lead.get("/notifications")
    assert bell(page)[0] == "1"
    assert [name.get_text(strip=True) for name in page.soup.select("#list tr.unread .list-name")] == [
        "Event 61"
    ]


@pytest.mark.parametrize("last", [None, "", "x", "0", "-1", str(2**63), str(10**30)])
def test_what_one_cannot_have_seen_marks_nothing(app: Flask, signed_in: SignedIn, last: Any) -> None:
    notified(app, 1)
    sent = {} if last is None else {"last": last}
    assert signed_in("lead1").post("/notifications/reading", sent).status == 303
    assert unread_of(app) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({}, {"read late", "came late"}),
        ({own.KEPT: 10}, {"came late"}),
        ({own.KEPT: 365}, {"read early", "read late", "came late"}),
        ({own.KEPT_UNREAD: 30}, {"read late"}),
        ({own.KEPT_UNREAD: 365}, {"read late", "came early", "came late"}),
    ],
)
def test_they_are_forgotten_after_a_while(app: Flask, chosen: dict[str, int], left: set[str]) -> None:
    with app.app_context():
        changes.record("settings.changed")
        db.session.add_all(SettingValue(name=name, value={"value": days}) for name, days in chosen.items())
        for key, came, read in (
            ("read early", 190, 91), ("read late", 190, 89), ("came early", 181, None), ("came late", 179, None),
        ):  # fmt: skip
            with clock.frozen(NOW - timedelta(days=came)):
                notifications.notify(KIND, [the_user("lead1").id], key=key, n=1)
            read_at = None if read is None else NOW - timedelta(days=read)
            db.session.execute(update(Notification).where(Notification.key == key).values(read_at=read_at))
        db.session.commit()
        office_jobs.tidy(None)  # type: ignore[arg-type]
        db.session.commit()
        assert set(db.session.scalars(select(Notification.key))) == left
