"""Notifications: what somebody is to know of, kept as facts and never as a sentence.

They are put into words when they are read: in the reader's language, and only as far as the reader may know by then of
what they speak of. To have been told gives nobody a right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Json, Model, db, pk
from core.rights import Viewer

UNREAD = text("read_at IS NULL")


class Notification(Model):
    """One event for one person. `key` names the event among those of its kind; `facts` is what it is told from."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("kind", "key", "recipient_id"),
        Index("ix_notifications_recipient_id_id", "recipient_id", "id"),
        Index("ix_notifications_unread", "recipient_id", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
    )

    id: Mapped[int] = pk()
    recipient_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(80))
    record_table: Mapped[str | None] = mapped_column(String(60))
    record_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Told:
    """What a notification says to its reader; `endpoint` with `values` is the page where the rest is seen."""

    text: str
    more: Sequence[str] = ()
    endpoint: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NotificationKind:
    """One kind of event. `tell(rows, viewer)` answers, by the ids of the rows, what the viewer may know of them now.

    Rows that it leaves out are withheld. It asks the database as often for many rows as for one.
    """

    name: str
    icon: str
    tell: Callable[[Sequence[Notification], Viewer], Mapping[int, Told]]


_kinds: dict[str, NotificationKind] = {}


def declare(*kinds: NotificationKind) -> None:
    """Make kinds of events known; an area does this once when it is imported."""
    _kinds.update((kind.name, kind) for kind in kinds)


def icon_of(kind: str) -> str:
    """The icon of a kind; that of all notifications for one of a version before that no area declares any more."""
    return _kinds[kind].icon if kind in _kinds else "bell"


def told(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """What these rows say to this person; those of which they may not know any more are left out."""
    found: defaultdict[str, list[Notification]] = defaultdict(list)
    for row in rows:
        found[row.kind].append(row)
    said: dict[int, Told] = {}
    for name, alike in found.items():
        if name in _kinds:
            said |= _kinds[name].tell(alike, viewer)
    return said


def notify(
    kind: str, recipients: Iterable[int], *, key: str, about: tuple[str, int] | None = None, **facts: Any
) -> int:
    """Let each of these people know of an event, whoever of them does not yet; answers how many that are.

    `about` is table and id of the record of which it speaks. All of it goes with the transaction of whoever calls.
    """
    table, id = about or (None, None)
    shared = {
        "kind": _kinds[kind].name, "key": key, "record_table": table, "record_id": id, "facts": facts,
        "created_at": clock.now(),
    }  # fmt: skip
    rows = [{**shared, "recipient_id": recipient} for recipient in sorted(set(recipients))]
    if not rows:
        return 0
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    told = dialect.insert(Notification).values(rows).on_conflict_do_nothing().returning(Notification.id)
    return len(db.session.execute(told).all())


def known(kind: str, keys: Iterable[str]) -> set[str]:
    """Which of these events somebody has been told of."""
    asked = Notification.kind == kind, Notification.key.in_(list(keys))
    return set(db.session.scalars(select(Notification.key).where(*asked)))
