"""One timeline of a record, made of what several areas know of it: each declares a source, and none knows another.

A page is the newest entries of all sources together: of each as many are read as the page may hold, behind the same
place. So a page takes as many statements as there are sources, wherever one is in it. Most records have nothing of most
kinds, which one statement tells of all of them beforehand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Result, Select, bindparam, exists, select, tuple_

from core import clock, events
from core.db import db
from core.lists import LARGEST, Page
from core.rights import Right, Viewer

RECORD_ID: Any = bindparam("record_id")
NOBODY = Viewer(id=0, username="", name="")
AUTHOR, PERSON, CHANNEL = "author", "person", "channel"


@dataclass(frozen=True)
class Place:
    """A place in a timeline. Entries of one instant stand in the order of their kinds, those of a kind of their ids."""

    at: datetime
    kind: str
    id: int

    def moments(self, kind: str, at: Any, id: Any) -> ColumnElement[bool]:
        """The condition for what lies behind it, of rows of a kind with an instant."""
        if kind == self.kind:
            return tuple_(at, id) < tuple_(self.at, self.id)
        return at <= self.at if kind < self.kind else at < self.at

    def days(self, kind: str, day: Any, id: Any) -> ColumnElement[bool]:
        """The same of rows that have a day alone: they stand where it begins."""
        here = clock.day_of(self.at)
        if start_of(here) < self.at or kind < self.kind:
            return day <= here
        return tuple_(day, id) < tuple_(here, self.id) if kind == self.kind else day < here


@dataclass(frozen=True)
class Asked:
    """What a page of a timeline is to hold. The filters that are in force: colleague, contact person, channel."""

    record: Any
    viewer: Viewer
    rights: Collection[Right]
    size: int = 30
    before: Place | None = None
    author: int | None = None
    person: int | None = None
    channel: str = ""

    @property
    def filters(self) -> frozenset[str]:
        """The names of the filters in force."""
        found = {AUTHOR: self.author, PERSON: self.person, CHANNEL: self.channel}
        return frozenset(name for name, value in found.items() if value)


@dataclass(frozen=True)
class Source:
    """What an area knows of a record: `read` answers its newest (instant, id, row), `authors` the ids of who did it.

    It judges itself what the viewer may see. `filters` are those it knows: where others are in force it is silent.
    `template` shows a row as `entry`. `seldom`, where most records have nothing of it, is the condition for the rows of
    the record RECORD_ID, whoever may see them: where there are none, it is neither read nor offered. It is one object,
    not made for each page: what is asked is kept by it.
    """

    kind: str
    label: Any
    template: str
    read: Callable[[Asked], Iterable[tuple[datetime, int, Any]]]
    filters: frozenset[str] = frozenset()
    authors: Callable[[Any], Select[Any]] | None = None
    seldom: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class Entry:
    """One entry: where it stands, what it is, and the template that shows it."""

    place: Place
    row: Any
    template: str


def sources(kind: str, record: Any, viewer: Viewer, rights: Collection[Right]) -> list[Source]:
    """The sources for a record: areas answer `<kind>.timeline`, those that must not know the kind `record.timeline`."""
    facts: dict[str, Any] = {"record": record, "viewer": viewer, "rights": rights}
    return [*events.ask(f"{kind}.timeline", **facts), *events.ask("record.timeline", kind=kind, **facts)]


def page(found: Iterable[Source], asked: Asked) -> Page[Entry]:
    """The page of a timeline that these sources make together."""
    further = replace(asked, size=asked.size + 1)
    entries = [
        Entry(Place(at, source.kind, id), row, source.template)
        for source in found
        if asked.filters <= source.filters
        for at, id, row in source.read(further)
    ]
    entries.sort(key=lambda entry: (entry.place.at, entry.place.kind, entry.place.id), reverse=True)
    shown = entries[: asked.size]
    return Page(shown, cursor(shown[-1].place) if len(entries) > asked.size else None)


def there(found: Sequence[Source], record: Any) -> list[Source]:
    """Of these sources those that may have anything of a record. One statement."""
    asked = tuple((source.kind, source.seldom) for source in found if source.seldom is not None)
    if not asked:
        return list(found)
    has = db.session.execute(_which(asked), {RECORD_ID.key: record.id}).one()._mapping
    return [source for source in found if has.get(source.kind, True)]


@cache
def _which(asked: tuple[tuple[str, ColumnElement[bool]], ...]) -> Select[Any]:
    columns: list[Any] = [exists().where(of_record).label(kind) for kind, of_record in asked]
    return select(*columns)


def start_of(day: date) -> datetime:
    """The instant at which a day of the company begins."""
    return clock.at(day, time.min)


def cursor(place: Place) -> str:
    """The cursor that stands for a place."""
    text = json.dumps([place.at.isoformat(), place.kind, place.id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(after: str | None) -> Place | None:
    """The place that a cursor stands for; None for one that cannot be read."""
    if not after or len(after) > 500:
        return None
    try:
        at, kind, id = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        moment = datetime.fromisoformat(at).astimezone(UTC)
        clock.day_of(moment)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if type(kind) is not str or type(id) is not int or abs(id) > LARGEST:
        return None
    return Place(moment, kind, id)


def rows(build: Callable[..., Select[Any]], asked: Asked, *of: Any) -> Result[Any]:
    """What belongs on a page, by the statement that `build` makes of the page asked for and `of`.

    The record comes in as the parameter RECORD_ID, so that a first page without filters is built once.
    """
    first = asked.before is None and not asked.filters
    statement = _of_first(build, asked.size, *of) if first else build(asked, *of)
    return db.session.execute(statement, {RECORD_ID.key: asked.record.id})


@cache
def _of_first(build: Callable[..., Select[Any]], size: int, *of: Any) -> Select[Any]:
    return build(Asked(None, NOBODY, (), size), *of)


def newest(statement: Select[Any], asked: Asked, kind: str, at: Any, id: Any) -> Select[Any]:
    """The newest rows with an instant that belong on a page."""
    if asked.before:
        statement = statement.where(asked.before.moments(kind, at, id))
    return statement.order_by(at.desc(), id.desc()).limit(asked.size)


def newest_days(statement: Select[Any], asked: Asked, kind: str, day: Any, id: Any) -> Select[Any]:
    """The newest rows with a day that belong on a page."""
    if asked.before:
        statement = statement.where(asked.before.days(kind, day, id))
    return statement.order_by(day.desc(), id.desc()).limit(asked.size)
