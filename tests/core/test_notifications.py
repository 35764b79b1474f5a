"""Notifications: one for each event and person, told from facts, and only as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from core import notifications
from core.db import db
from core.notifications import Notification, NotificationKind, Told
from core.rights import Viewer
from tests.company import the_user, the_viewer

KIND = "test.happened"


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """What is told of everything but of what is secret."""
    return {row.id: Told(f"{viewer.username} {row.facts['n']}") for row in rows if row.key != "secret"}


@pytest.fixture
def company(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(notifications._kinds, KIND, NotificationKind(KIND, "eye", tell))
    with app.app_context():
        yield


def rows() -> list[Notification]:
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


@pytest.mark.both_databases
def test_the_same_event_is_told_once_to_each(company: None) -> None:
    lead, manager = the_user("lead1").id, the_user("manager").id
    assert notifications.notify(KIND, [lead, lead], key="a", about=("users", 7), n=1) == 1
    assert notifications.notify(KIND, [lead, manager], key="a", n=2) == 1
    assert notifications.notify(KIND, [lead], key="b", n=3) == 1
    assert notifications.notify(KIND, [], key="c", n=4) == 0
    db.session.commit()
    assert [(row.recipient_id, row.key, row.facts["n"]) for row in rows()] == [
        (lead, "a", 1), (manager, "a", 2), (lead, "b", 3),
    ]  # fmt: skip
    assert [(row.record_table, row.record_id) for row in rows()] == [("users", 7), (None, None), (None, None)]
    assert notifications.known(KIND, ["a", "c"]) == {"a"}
    assert notifications.known("test.other", ["a"]) == set()


def test_only_declared_kinds_are_told_of(company: None) -> None:
    with pytest.raises(KeyError):
        notifications.notify("test.other", [1], key="a")


def test_what_is_withheld_or_of_no_kind_is_not_told(company: None, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = the_viewer("lead1")
    monkeypatch.setitem(notifications._kinds, "test.gone", NotificationKind("test.gone", "eye", tell))
    notifications.notify(KIND, [lead.id], key="a", n=1)
    notifications.notify(KIND, [lead.id], key="secret", n=2)
    notifications.notify("test.gone", [lead.id], key="a", n=3)
    monkeypatch.delitem(notifications._kinds, "test.gone")
    assert [said.text for said in notifications.told(rows(), lead).values()] == ["lead1 1"]
    assert notifications.told([], lead) == {}
    assert (notifications.icon_of(KIND), notifications.icon_of("test.gone")) == ("eye", "bell")
