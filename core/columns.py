"""Which columns of a list there are beside its own, and which a person wants to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Model, db, pk
from core.once import once
from core.rights import Right, Viewer


class ListChoice(Model):
    """The columns that a person chose for a list."""

    __tablename__ = "list_choices"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = pk()
    user_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    columns: Mapped[dict[str, Any]] = mapped_column(Json)


@dataclass(frozen=True)
class Sorting:
    """What a column of another area sorts by: a column of the records that has an index and may hold nothing, a value
    below all others of it, and of which records somebody may know it, for whoever holds the right.
    """

    column: Any
    nothing: Any
    within: Callable[[Viewer], ColumnElement[bool]]


@dataclass(frozen=True)
class Column:
    """A column that another area shows in a list: `cells` answers what stands there of these records, by their ids, and
    `plain` the same as it stands in a file.

    It is offered to whoever holds the right; which rows somebody may know it of, it judges itself. Figures stand below
    each other.
    """

    name: str
    label: Any
    cells: Callable[[Sequence[int], Viewer], Mapping[int, Any]]
    right: Right
    is_figure: bool = False
    plain: Callable[[Sequence[int], Viewer], Mapping[int, str]] | None = None
    sorting: Sorting | None = None


_declared: defaultdict[str, list[Column]] = defaultdict(list)


def declare(name: str, *columns: Column) -> None:
    """Show columns in the list of this name; an area does this once when it is imported."""
    _declared[name] += columns


def of(name: str) -> dict[str, Column]:
    """The columns that other areas show in a list, whoever may see them."""
    return {column.name: column for column in _declared[name]}


def further(name: str, viewer: Viewer) -> dict[str, Column]:
    """The columns that other areas show in a list to a person."""
    return {column.name: column for column in _declared[name] if viewer.may(column.right)}


def figures(name: str) -> Collection[str]:
    """The columns of other areas that hold figures."""
    return {column.name for column in _declared[name] if column.is_figure}


def chosen(
    user_id: int, name: str, known: Collection[str], default: Sequence[str], *, always: str
) -> list[str]:
    """The columns to show, in the order of `known`; `always` is the one that names the row, chosen or not."""
    choice = _choice(user_id, name)
    wanted = choice.columns.get("columns", default) if choice else default
    return [column for column in known if column in wanted or column == always]


def choose(user_id: int, name: str, columns: Collection[str]) -> None:
    """Remember the columns that a person wants."""
    choice = _kept(user_id, name)
    choice.columns = {**choice.columns, "columns": list(columns)}


def opens_with(user_id: int, name: str) -> int | None:
    """The view with which a person wants the list to open."""
    choice = _choice(user_id, name)
    return choice.columns.get("view") if choice else None


def open_with(user_id: int, name: str, view: int | None) -> None:
    """Remember it; None: with all rows."""
    choice = _kept(user_id, name)
    choice.columns = {**choice.columns, "view": view}


def _kept(user_id: int, name: str) -> ListChoice:
    choice = _choice(user_id, name)
    if choice is None:
        choice = ListChoice(user_id=user_id, name=name, columns={})
        db.session.add(choice)
    return choice


def _choice(user_id: int, name: str) -> ListChoice | None:
    wanted = select(ListChoice).where(ListChoice.user_id == user_id, ListChoice.name == name)
    return once(f"list {user_id} {name}", lambda: db.session.scalar(wanted))
