"""The audit pages: change sets and the security journal, narrowed by who, what, when and which record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, false, func, or_, select, union

from blueprints.access.models import User
from blueprints.access.trail import named
from core import clock, journal, kinds, lists, verbs
from core.changes import Change, ChangeSet
from core.db import db, plan_anew
from core.journal import JournalEntry
from core.rights import Viewer
from core.roots import Root
from core.words import _, _l

SOURCES = {
    "web": _l("in the browser"),
    "cli": _l("by a command"),
    "system": _l("by itself"),
    "job": _l("behind the page"),
}

YEARS = range(1900, 2101)  # of which days are taken: of any other, no zone has a midnight for certain


@dataclass(frozen=True)
class Asked:
    """What the filters of an audit page say; what cannot be read is empty."""

    person: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    record: str = ""
    address: str = ""

    LABELS: ClassVar[Mapping[str, Any]] = {
        "person": _l("Who"), "kind": _l("What was done"), "since": _l("From day"), "until": _l("Until day"),
        "record": _l("Record number"), "address": _l("IP address"),
    }  # fmt: skip

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Asked:
        """What an address asks for."""
        texts = {name: _readable(sent.get(name, "")) for name in cls.LABELS}
        days = {name: _day(texts.pop(name)) for name in ("since", "until")}
        return cls(**texts, since=days["since"], until=days["until"])

    def chips(self, words: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Name and words of each filter in force."""
        given = {name: value for name, value in asdict(self).items() if value}
        return [
            (name, _("%(first)s: %(second)s", first=self.LABELS[name], second=_said(name, value, words)))
            for name, value in given.items()
        ]


def _readable(text: str) -> str:
    return "".join(sign for sign in text[:120] if sign.isprintable()).strip()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _said(name: str, value: Any, words: Mapping[str, Any]) -> str:
    return str(words.get(value, value)) if name == "kind" else str(value)


@dataclass(frozen=True)
class Summary:
    """What a set touched of one kind: how many records, and the one if it is one that the person may see."""

    label: Any
    count: int
    title: str | None = None
    url: str | None = None


def verb_words() -> dict[str, Any]:
    """Every verb with its words."""
    return {verb.name: verb.label for verb in verbs.all_verbs()}


def event_words() -> dict[str, Any]:
    """Every kind of journal entry with its words."""
    return {event.kind: event.label for event in journal.events()}


def change_sets(asked: Asked, viewer: Viewer, after: str | None) -> lists.Page[ChangeSet]:
    """Acts that fit, newest first, by the change sets that lead them; of a record the very sets that touched it."""
    wanted = _narrowed(select(ChangeSet), ChangeSet, asked)
    if not asked.record:
        wanted = wanted.where(ChangeSet.part_of_id.is_(None))
    if asked.kind:
        wanted = wanted.where(ChangeSet.verb == asked.kind)
    if asked.record:
        by_side = (
            select(Change.set_id).where(_touching(asked.record, viewer, Change.root_table, side))
            for side in (Change.root_id, Change.also_id)
        )
        wanted = wanted.where(ChangeSet.id.in_(union(*by_side)))
    return lists.page(wanted, ChangeSet, lists.Order(ChangeSet.at, descending=True), after)


def entries(asked: Asked, viewer: Viewer, after: str | None) -> lists.Page[JournalEntry]:
    """Entries of the security journal that fit, newest first."""
    wanted = _narrowed(select(JournalEntry), JournalEntry, asked)
    if asked.kind:
        wanted = wanted.where(JournalEntry.kind == asked.kind)
    if asked.record:
        about = _touching(asked.record, viewer, JournalEntry.record_table, JournalEntry.record_id)
        wanted = wanted.where(about)
    return lists.page(wanted, JournalEntry, lists.Order(JournalEntry.at, descending=True), after)


def _narrowed(wanted: Select[Any], model: Any, asked: Asked) -> Select[Any]:
    plan_anew()
    if asked.person:
        person = or_(User.username == asked.person.lower(), User.name == asked.person)
        wanted = wanted.where(model.user_id.in_(select(User.id).where(person)))
    if asked.address:
        wanted = wanted.where(model.address == asked.address)
    if asked.since:
        wanted = wanted.where(model.at >= _midnight(asked.since))
    if asked.until:
        wanted = wanted.where(model.at < _midnight(asked.until + timedelta(days=1)))
    return wanted


def _midnight(day: date) -> datetime:
    return clock.at(day, time.min)


def _touching(text: str, viewer: Viewer, table: Any, id: Any) -> ColumnElement[bool]:
    """Rows about a record of this number; only records that the person may see are found."""
    conditions = [false()]
    for kind in kinds.kinds():
        ids = kind.exactly(text) if kind.exactly else ()
        if ids:
            seen = select(kind.model.id).where(kind.model.id.in_(ids), kind.policy.within(viewer, kind.see))
            conditions.append((table == kind.table) & id.in_(seen))
    return or_(*conditions)


def summaries(sets: Sequence[ChangeSet], viewer: Viewer) -> dict[int, list[Summary]]:
    """What each set touched, by kind; a constant number of statements."""
    if not sets:
        return {}
    every, first = func.count(Change.root_id.distinct()), func.min(Change.root_id)
    counted = db.session.execute(
        select(Change.set_id, Change.root_table, every, first)
        .where(Change.set_id.in_([change_set.id for change_set in sets]))
        .group_by(Change.set_id, Change.root_table)
        .order_by(Change.set_id, Change.root_table)
    ).all()
    # Left out here and not by the statement: SQLite would read all changes of these tables to find those of the sets
    of_kinds = [row for row in counted if kinds.is_kind(row[1])]
    names = named([(table, id) for _set, table, count, id in of_kinds if count == 1], viewer)
    found: dict[int, list[Summary]] = defaultdict(list)
    for set_id, table, count, id in of_kinds:
        kind, alone = kinds.kind_of(table), names.get((table, id)) if count == 1 else None
        found[set_id].append(Summary(kind.label if count == 1 else kind.plural, count, *(alone or ())))
    return found


def records(found: Sequence[JournalEntry], viewer: Viewer) -> dict[int, Summary]:
    """The record that each journal entry is about; a constant number of statements."""
    about = {e.id: (e.record_table, e.record_id) for e in found if e.record_table and e.record_id}
    roots: list[Root] = [(str(t), id) for t, id in about.values() if kinds.is_kind(str(t))]
    names = named(roots, viewer)
    return {
        entry: Summary(kinds.kind_of(str(table)).label, 1, *names.get((str(table), id), (None, None)))
        for entry, (table, id) in about.items()
        if kinds.is_kind(str(table))
    }


def details(entry: JournalEntry) -> list[tuple[Any, str]]:
    """What a journal entry tells besides, in words."""
    event = journal.event_of(entry.kind)
    found = []
    for name, label in event.details.items():
        value = entry.details.get(name)
        if value not in (None, "", []):
            shown = event.values[name](value) if name in event.values else value
            found.append((label, str(_plain(shown))))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _(", ").join(str(part) for part in value) if isinstance(value, list) else value
