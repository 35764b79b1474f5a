"""Rows whose every change is recorded: the base class of all business tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sqlalchemy import Column, Date, Table
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core import clock
from core.db import Model, UTCDateTime, derived
from core.encrypted import Encrypted


class Tracked(Model):
    """A row with a version, written only through the session or `core.changes.bulk_*`.

    `root_column` names the foreign key to the record through which this row is seen (a phone number through
    its customer), so that the record's history shows it; a root leaves it None. Where rows of one table hang on
    records of several kinds (notes), `root_column` is no foreign key, and `root_table_column` names the table.
    `also_column` names the one to a second record of the same table, where a row is a fact of two: it shows on both
    histories, to whoever sees both.
    """

    __abstract__ = True
    root_column: ClassVar[str | None] = None
    root_table_column: ClassVar[str | None] = None
    also_column: ClassVar[str | None] = None
    if TYPE_CHECKING:
        id: Mapped[int]

    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = derived(default=clock.now)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version, "version_id_generator": False}


def recorded_columns(model: type[Tracked]) -> list[Column[Any]]:
    """The columns whose changes are recorded: all but key, version, and derived ones."""
    skipped = {"id", "version"}
    columns = cast(Table, model.__table__).columns
    return [c for c in columns if c.name not in skipped and not c.info.get("derived") and c.computed is None]


def attribute_of(model: type[Tracked], column: str) -> str:
    """The attribute that maps a column; they differ where a column's name is taken."""
    return str(model.__mapper__.get_property_by_column(model.__table__.c[column]).key)


def root_table_of(model: type[Tracked]) -> str | None:
    """The table of the records through which rows of a model are seen, its own if they are roots; None if each row
    names another.
    """
    if model.root_table_column is not None:
        return None
    if model.root_column is None:
        return str(model.__tablename__)
    column = model.__table__.c[model.root_column]
    return str(next(iter(column.foreign_keys)).column.table.name)


def root_of(row: Tracked) -> tuple[str, int | None, int | None]:
    """Table and id of the record through which a row is seen, itself if it is a root; and the id of the second one."""
    table = root_table_of(type(row)) or getattr(row, str(row.root_table_column))
    also = getattr(row, row.also_column) if row.also_column else None
    return table, getattr(row, row.root_column or "id"), also


def model_of(table: str) -> type[Tracked]:
    """The model of a table by its name."""
    return next(m.class_ for m in Model.registry.mappers if m.class_.__table__.name == table)


def encoded(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def kept(column: Column[Any], value: Any) -> Any:
    """A column's value as the trail keeps it: what the database holds encrypted, the trail does too."""
    return column.type.sealed(value) if isinstance(column.type, Encrypted) else encoded(value)


@cache
def keepers(model: type[Tracked]) -> Sequence[tuple[str, Callable[[Any], Any] | None]]:
    """The recorded columns, and what `kept` does to a value of each; None where it leaves all as they are."""
    changed = Encrypted, Date, UTCDateTime
    return [
        (c.name, partial(kept, c) if isinstance(c.type, changed) else None) for c in recorded_columns(model)
    ]


def decoded(column: Column[Any], value: Any) -> Any:
    """A column's value back from what `kept` made of it."""
    if value is None:
        return None
    if isinstance(column.type, Encrypted):
        return column.type.opened(value)
    python_type = column.type.python_type
    if python_type is bool:
        return bool(value)
    if python_type is datetime:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return date.fromisoformat(value) if python_type is date else value
