"""Writing derived columns: what is computed from other rows is not recorded and raises no version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import attributes

from core import bulk
from core.db import Model, db
from core.tracked import Tracked, attribute_of


def add(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Put new rows, given by column, into a table that is derived as a whole.

    Raises ValueError for a business table.
    """
    if issubclass(model, Tracked):
        raise ValueError(f"not derived: {model.__tablename__}")
    bulk.put(model.__table__, rows)


def write(model: type[Tracked], rows: Sequence[Mapping[str, Any]]) -> None:
    """Set derived columns of many rows in one statement: each row names its `id` and the same columns.

    Rows of the session show the new values at once. Raises ValueError for a column that is not derived.
    """
    if not rows:
        return
    table: Any = model.__table__
    names = [name for name in rows[0] if name != "id"]
    if recorded := [name for name in names if not table.c[name].info.get("derived")]:
        raise ValueError(f"not derived: {', '.join(recorded)}")
    db.session.flush()
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(new)
    given = [{"row_id": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
    db.session.execute(statement, given, execution_options={"recorded": True})
    _show(model, rows, names)


def _show(model: type[Tracked], rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
    computed = [
        attribute_of(model, column.name) for column in model.__table__.columns if column.computed is not None
    ]
    for row in rows:
        held = db.session.identity_map.get(db.session.identity_key(model, row["id"]))
        if held is None:
            continue
        for name in names:
            attributes.set_committed_value(held, attribute_of(model, name), row[name])
        if computed:
            db.session.expire(held, computed)
