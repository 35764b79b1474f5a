"""What was changed, by whom and when: the tables of the trail, and the set of the running transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Index, String, Table, Text, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from core import clock, verbs
from core.conditions import unindexed
from core.db import Json, Model, db, pk, ref
from core.tracked import Tracked
from core.words import _

OF_TWO = text("also_id IS NOT NULL")


class ChangeSet(Model):
    """What one person did in one transaction. Never changed afterwards.

    An act that takes several transactions has several sets: `part_of_id` of the later ones names the first.
    """

    __tablename__ = "change_sets"
    __table_args__ = (
        Index("ix_change_sets_at_id", "at", "id"),
        Index("ix_change_sets_user_id_at", "user_id", "at", "id"),
        Index("ix_change_sets_verb_at", "verb", "at", "id"),
        Index("ix_change_sets_address_at", "address", "at", "id"),
    )

    id: Mapped[int] = pk()
    at: Mapped[datetime]
    on_day: Mapped[date]
    user_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64), default="")
    verb: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)
    undoes_id: Mapped[int | None] = ref("change_sets.id")
    part_of_id: Mapped[int | None] = ref("change_sets.id")

    @property
    def who(self) -> str:
        """Who did it, as it is told to whoever reads now."""
        return called(self.actor, self.user_id)


class Change(Model):
    """Before and after of one row within a set. `root_*` is the record on whose history it shows.

    A row that is a fact of two records of a table shows on that of `also_id` too, to whoever sees both.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_root", "root_table", "root_id", "id"),
        Index("ix_changes_record", "record_table", "record_id", "id"),
        Index("ix_changes_also", "root_table", "also_id", "id", sqlite_where=OF_TWO, postgresql_where=OF_TWO),
    )

    id: Mapped[int] = pk()
    set_id: Mapped[int] = ref("change_sets.id")
    action: Mapped[str] = mapped_column(String(10))
    record_table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int]
    root_table: Mapped[str] = mapped_column(String(60))
    root_id: Mapped[int | None]
    also_id: Mapped[int | None]
    record_version: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)


@dataclass(frozen=True)
class Actor:
    """Who writes, and by which door (web, cli, system)."""

    user_id: int | None
    name: str
    source: str
    address: str = ""


@dataclass(frozen=True)
class Written:
    """A row on its way into the database, with what its change will say."""

    row: Tracked
    action: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    root: tuple[str, int | None, int | None] | None = None


@dataclass
class OpenSet:
    """The change set of the running transaction; its row is written with the first change, within `home`."""

    verb: str
    reason: str | None
    undoes_id: int | None
    part_of_id: int | None = None
    id: int | None = None
    home: SessionTransaction | None = None
    rows: list[Written] = field(default_factory=list)


SYSTEM = Actor(None, "Huifang", "system")
_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def called(name: str, user_id: int | None) -> str:
    """An actor's name as it was kept; what nobody did was done by the product, in the words of the reader."""
    return _("Huifang") if user_id is None and name == SYSTEM.name else name


class Unrecorded(RuntimeError):
    """A business row was written in a way that no change set would show."""


def set_actor(actor: Actor) -> None:
    """Whose doings are recorded from now on in this context."""
    _actor.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """What is written inside was done by this actor."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def actor() -> Actor:
    """Who is acting now."""
    return _actor.get()


def record(
    verb: str, *, reason: str | None = None, undoes_id: int | None = None, part_of_id: int | None = None
) -> None:
    """Name what the transaction is about to do. The first verb named in a transaction stays."""
    verbs.verb_of(verb)
    if opened(db.session()) is None:
        db.session.info["change_set"] = OpenSet(verb, reason or None, undoes_id, part_of_id)


@contextmanager
def apart(verb: str) -> Iterator[None]:
    """What is written inside is a set of its own in the same transaction: it stays when the other is taken back."""
    session = db.session()
    session.flush()
    outer = session.info.pop("change_set", None)
    record(verb)
    yield
    session.flush()
    session.info.pop("change_set", None)
    if outer is not None:
        session.info["change_set"] = outer


def set_id() -> int | None:
    """The id of the running transaction's change set, None while nothing has been written."""
    db.session.flush()
    open_set = opened(db.session())
    return open_set.id if open_set else None


def latest() -> int:
    """The id of the last change on record."""
    return db.session.scalar(select(func.max(Change.id))) or 0


def touched_since(change_id: int, tables: Collection[str]) -> bool:
    """Whether rows of any of these tables were written after a change that was the `latest` then."""
    of_these = unindexed(Change.record_table).in_(
        tables
    )  # by their index, all of them would be looked through
    later = select(Change.id).where(Change.id > change_id, of_these).limit(1)
    return db.session.scalar(later) is not None


def opened(session: Session) -> OpenSet | None:
    """The change set of the running transaction, None if no verb was named yet."""
    return session.info.get("change_set")


def written(session: Session, table: str) -> OpenSet:
    """The open set with its row in the database. Raises Unrecorded if no verb was named."""
    open_set = opened(session)
    if open_set is None:
        raise Unrecorded(f"name the verb with changes.record() before writing {table}")
    if open_set.id is None:
        who, at = _actor.get(), clock.now()
        open_set.home = session.get_nested_transaction() or session.get_transaction()
        open_set.id = session.execute(
            insert(cast(Table, ChangeSet.__table__)).returning(ChangeSet.id),
            {
                "at": at, "on_day": clock.day_of(at), "user_id": who.user_id, "actor": who.name,
                "source": who.source, "address": who.address, "verb": open_set.verb,
                "reason": open_set.reason, "undoes_id": open_set.undoes_id, "part_of_id": open_set.part_of_id,
            },
        ).scalar_one()  # fmt: skip
    return open_set
