"""Writes through the session are recorded as they are flushed; writes around it are refused."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, event, insert, inspect, select
from sqlalchemy.orm import MANYTOONE, Mapper, Session, SessionTransaction, attributes

from core import clock
from core.change_sets import Change, Unrecorded, Written, opened, written
from core.db import Model, db
from core.tracked import Tracked, attribute_of, kept, recorded_columns, root_of


@event.listens_for(db.session, "before_flush")
def _collect(session: Session, _context: Any, _instances: Any) -> None:
    """Compare every changed row with what it was, raise versions, and remember it for after the flush."""
    added = [row for row in session.new if isinstance(row, Tracked)]
    dirty = [row for row in session.dirty if isinstance(row, Tracked) and session.is_modified(row)]
    orphans = [row for row in dirty if _is_orphan(row)]
    removed = [row for row in session.deleted if isinstance(row, Tracked)] + orphans
    for row in (*added, *(row for row in dirty if row not in orphans)):
        _take_over_references(row)
    found = [Written(row, "insert") for row in added]
    found += [Written(row, "delete", before=snapshot(row), root=root_of(row)) for row in removed]
    found += _updates(session, (row for row in dirty if row not in orphans))
    if not found:
        return
    open_set = opened(session)
    if open_set is None:
        raise Unrecorded(f"name the verb with changes.record() before writing {found[0].row.__tablename__}")
    open_set.rows += found


def _is_orphan(row: Tracked) -> bool:
    """Whether the flush will delete the row because its parent has let go of it."""
    state = inspect(row)
    return bool(state.mapper._is_orphan(state))  # there is no public name for it


def _take_over_references(row: Tracked) -> None:
    """Write the key of a record that was assigned by relationship into its column, to be compared."""
    state = inspect(row)
    for reference in state.mapper.relationships:
        if reference.direction is not MANYTOONE or not state.attrs[reference.key].history.has_changes():
            continue
        target = getattr(row, reference.key)
        for local, remote in reference.local_remote_pairs or ():
            key = getattr(target, str(remote.key)) if target is not None else None
            if target is None or key is not None:
                setattr(row, attribute_of(type(row), local.name), key)
            elif not state.pending:
                raise Unrecorded(f"flush {target.__tablename__} before {row.__tablename__} refers to it")


def _updates(session: Session, rows: Iterable[Tracked]) -> Iterable[Written]:
    for row in rows:
        before, after = _difference(session, row)
        if before:
            row.version += 1
            row.updated_at = clock.now()
            yield Written(row, "update", before, after)


def snapshot(row: Tracked) -> dict[str, Any]:
    """All recorded columns of a row, as a change keeps them."""
    model = type(row)
    return {c.name: kept(c, getattr(row, attribute_of(model, c.name))) for c in recorded_columns(model)}


def _difference(session: Session, row: Tracked) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    untouched = inspect(row).unmodified
    for column in recorded_columns(type(row)):
        if attribute_of(type(row), column.name) in untouched:
            continue
        past = attributes.get_history(row, attribute_of(type(row), column.name))
        if past.added and (old := _old(session, row, column, past)) != past.added[0]:
            before[column.name], after[column.name] = kept(column, old), kept(column, past.added[0])
    return before, after


def _old(session: Session, row: Tracked, column: Any, past: Any) -> Any:
    """The value before, read from the database where the attribute was set without having been loaded."""
    if past.deleted:
        return past.deleted[0]
    with session.no_autoflush:
        return session.execute(select(column).where(row.__table__.c.id == row.id)).scalar_one()


@event.listens_for(db.session, "after_flush")
def _write_down(session: Session, _context: Any) -> None:
    open_set = opened(session)
    if open_set is None or not open_set.rows:
        return
    rows, open_set.rows = open_set.rows, []
    values = [_values(entry) for entry in rows if entry.row.id is not None]
    if values:
        set_id = written(session, rows[0].row.__tablename__).id
        session.execute(
            insert(cast(Table, Change.__table__)), [{"set_id": set_id, **value} for value in values]
        )


def _values(entry: Written) -> dict[str, Any]:
    root_table, root_id, also_id = entry.root or root_of(entry.row)
    return {
        "action": entry.action, "record_table": entry.row.__tablename__, "record_id": entry.row.id,
        "root_table": root_table, "root_id": root_id, "also_id": also_id, "record_version": entry.row.version,
        "before": entry.before, "after": entry.after,
    }  # fmt: skip


@event.listens_for(db.session, "after_soft_rollback")
def _lose(session: Session, rolled_back: SessionTransaction) -> None:
    """What a savepoint took back was not changed; a set that was first written within it is written anew."""
    open_set = opened(session)
    if open_set is None:
        return
    open_set.rows = []
    lost = next(t for t in _with_parents(rolled_back) if t.nested or t.parent is None)
    if lost in _with_parents(open_set.home):
        open_set.id = open_set.home = None


def _with_parents(transaction: SessionTransaction | None) -> Iterable[SessionTransaction]:
    while transaction is not None:
        yield transaction
        transaction = transaction.parent


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("change_set", None)


@event.listens_for(db.session, "do_orm_execute")
def _refuse_unrecorded(execution: Any) -> None:
    if not (execution.is_update or execution.is_delete or execution.is_insert):
        return
    table = execution.statement.table.name
    if not execution.execution_options.get("recorded") and _is_tracked(table, len(Model.metadata.tables)):
        raise Unrecorded(f"write {table} through the session or changes.bulk_*")


@lru_cache(1_000)
def _is_tracked(table: str, _known: int) -> bool:
    """Whether a table holds business rows; `_known` tables were declared when it was asked."""
    return any(_holds(mapper, table) for mapper in Model.registry.mappers)


def _holds(mapper: Mapper[Any], table: str) -> bool:
    return issubclass(mapper.class_, Tracked) and mapper.class_.__tablename__ == table
