"""Every write to a business table, recorded: who, when, which verb, before and after.

A change set is at once the history on the file, the audit trail and what undo works from. Actions name their verb
with `record`, then write through the session; what they changed is written down at the flush. A creation keeps no
copy. Derived columns are not recorded and do not raise the version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, String, Text, cast, event, func, insert, literal, null, select, update
from sqlalchemy.orm import Mapped, Session, attributes, mapped_column

from core import clock
from core.db import Json, Model, db, pk, ref
from core.tracked import Tracked, attribute_of, encoded, recorded_columns, root_of


class ChangeSet(Model):
    """What one person did in one transaction. Never changed afterwards, but for being marked as undone."""

    __tablename__ = "change_sets"
    __table_args__ = (Index("ix_change_sets_user_id_id", "user_id", "id"), Index("ix_change_sets_verb_id", "verb", "id"))

    id: Mapped[int] = pk()
    at: Mapped[datetime] = mapped_column(index=True)
    on_day: Mapped[date]
    user_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64), default="")
    verb: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)
    undoes_id: Mapped[int | None] = ref("change_sets.id")


class Change(Model):
    """Before and after of one row within a set. `root_*` is the record on whose history it shows."""

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_root", "root_table", "root_id", "id"),
        Index("ix_changes_record", "record_table", "record_id", "id"),
    )

    id: Mapped[int] = pk()
    set_id: Mapped[int] = ref("change_sets.id")
    action: Mapped[str] = mapped_column(String(10))
    record_table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int]
    root_table: Mapped[str] = mapped_column(String(60))
    root_id: Mapped[int | None]
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


@dataclass
class _Open:
    """The change set of the running transaction; its row is written with the first change."""

    verb: str
    reason: str | None
    undoes_id: int | None
    id: int | None = None
    rows: list[tuple[Tracked, str, dict[str, Any] | None, dict[str, Any] | None]] = field(default_factory=list)


SYSTEM = Actor(None, "Huifang", "system")
_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


class Unrecorded(RuntimeError):
    """A business row was written by code that names no verb."""


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


def record(verb: str, *, reason: str | None = None, undoes_id: int | None = None) -> None:
    """Name what the transaction is about to do. The first verb named in a transaction is the one that stays."""
    from core.verbs import verb_of

    verb_of(verb)
    if _open() is None:
        db.session.info["change_set"] = _Open(verb, reason or None, undoes_id)


def set_id() -> int | None:
    """The id of the running transaction's change set, None while nothing has been written."""
    db.session.flush()
    opened = _open()
    return opened.id if opened else None


def bulk_update(model: type[Tracked], where: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    """Set the same values on all rows that match, in two statements, recorded like any change.

    Rows that hold the values already are left alone. Answers how many were changed. The caller flushes nothing and
    sees the new values after `db.session.expire_all()`, which this does.
    """
    table = model.__table__
    differs = [table.c[name].is_distinct_from(value) for name, value in values.items()]
    matching = where & _any(differs)
    opened = _written(db.session(), _open())
    root = table.c[model.root_column] if model.root_column else table.c.id
    root_name = table.name if model.root_column is None else next(iter(root.foreign_keys)).column.table.name
    picked = select(
        literal(opened.id), literal("update"), literal(table.name), table.c.id, literal(root_name), root,
        table.c.version + 1, _json_object({n: table.c[n] for n in values}),
        _json_object({n: cast(null(), String) if v is None else literal(encoded(v)) for n, v in values.items()}),
    ).where(matching).order_by(table.c.id)  # fmt: skip
    names = ["set_id", "action", "record_table", "record_id", "root_table", "root_id", "record_version", "before", "after"]
    db.session.flush()
    _execute(insert(Change).from_select(names, picked))
    changed = _execute(update(model).where(matching).values(**values, version=table.c.version + 1, updated_at=clock.now()))
    db.session.expire_all()
    return int(changed)


def _any(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    combined = conditions[0]
    for condition in conditions[1:]:
        combined = combined | condition
    return combined


def _execute(statement: Any) -> int:
    result = db.session.execute(statement, execution_options={"recorded": True, "synchronize_session": False})
    return int(getattr(result, "rowcount", 0))


def _json_object(parts: Mapping[str, Any]) -> Any:
    pairs = [part for name, value in parts.items() for part in (literal(name), value)]
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return func.json_object(*pairs) if on_sqlite else func.jsonb_build_object(*pairs)


def _open() -> _Open | None:
    return db.session.info.get("change_set")


def _written(session: Session, opened: _Open | None) -> _Open:
    """The open set with its row in the database."""
    if opened is None:
        raise Unrecorded("name the verb with changes.record() before writing a business table")
    if opened.id is None:
        who, at = _actor.get(), clock.now()
        opened.id = session.execute(
            insert(ChangeSet).returning(ChangeSet.id),
            {
                "at": at, "on_day": clock.day_of(at), "user_id": who.user_id, "actor": who.name, "source": who.source,
                "address": who.address, "verb": opened.verb, "reason": opened.reason, "undoes_id": opened.undoes_id,
            },
        ).scalar_one()  # fmt: skip
    return opened


@event.listens_for(db.session, "before_flush")
def _collect(session: Session, _context: Any, _instances: Any) -> None:
    """Compare every changed row with what it was, raise versions, and remember it for after the flush."""
    changed = [row for row in session.dirty if isinstance(row, Tracked) and session.is_modified(row)]
    added = [row for row in session.new if isinstance(row, Tracked)]
    removed = [row for row in session.deleted if isinstance(row, Tracked)]
    found: list[Any] = [(row, "insert", None, None) for row in added]
    found += [(row, "delete", snapshot(row), None) for row in removed]
    for row in changed:
        before, after = _difference(session, row)
        if before:
            row.version += 1
            row.updated_at = clock.now()
            found.append((row, "update", before, after))
    if found:
        opened = _open()
        if opened is None:
            raise Unrecorded(f"name the verb with changes.record() before writing {found[0][0].__tablename__}")
        opened.rows += found


@event.listens_for(db.session, "after_flush")
def _write_down(session: Session, _context: Any) -> None:
    opened = _open()
    if opened is None or not opened.rows:
        return
    _written(session, opened)
    rows, opened.rows = opened.rows, []
    session.execute(insert(Change), [_change_values(opened.id, *row) for row in rows])


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("change_set", None)


@event.listens_for(db.session, "do_orm_execute")
def _refuse_unrecorded(execution: Any) -> None:
    if not (execution.is_update or execution.is_delete or execution.is_insert):
        return
    mapper = execution.bind_mapper
    if mapper and issubclass(mapper.class_, Tracked) and not execution.execution_options.get("recorded"):
        raise Unrecorded(f"write {mapper.class_.__tablename__} through the session or changes.bulk_*")


def snapshot(row: Tracked) -> dict[str, Any]:
    """All recorded columns of a row, as a change keeps them."""
    model = type(row)
    return {c.name: encoded(getattr(row, attribute_of(model, c.name))) for c in recorded_columns(model)}


def _difference(session: Session, row: Tracked) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for column in recorded_columns(type(row)):
        past = attributes.get_history(row, attribute_of(type(row), column.name))
        if past.added and (old := _old(session, row, column, past)) != past.added[0]:
            before[column.name], after[column.name] = encoded(old), encoded(past.added[0])
    return before, after


def _old(session: Session, row: Tracked, column: Any, past: Any) -> Any:
    """The value before, read from the database where the attribute was set without having been loaded."""
    if past.deleted:
        return past.deleted[0]
    with session.no_autoflush:
        return session.execute(select(column).where(row.__table__.c.id == row.id)).scalar_one()


def _change_values(set_id: int | None, row: Tracked, action: str, before: Any, after: Any) -> dict[str, Any]:
    root_table, root_id = root_of(row)
    return {
        "set_id": set_id, "action": action, "record_table": row.__tablename__, "record_id": row.id,
        "root_table": root_table, "root_id": root_id, "record_version": row.version, "before": before, "after": after,
    }  # fmt: skip
