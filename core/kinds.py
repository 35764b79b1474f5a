"""The record kinds: what every mechanism needs to know of a kind, declared once by its area, and `the()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask_login import current_user
from sqlalchemy import ColumnElement, Select, bindparam, exists, false, select

from core.conditions import tried
from core.db import db
from core.erasures import is_erased
from core.errors import Moved, NotFound, Refused
from core.policy import Policy
from core.prepared import prepared
from core.rights import Right, Viewer
from core.words import _

Record = TypeVar("Record", bound=Any)
Loading = tuple[Any, ...]  # options of a select


@dataclass(frozen=True)
class Hit:
    """A record that a search found, as the page shows it; `warning` is what one must know before anything else."""

    url: str
    name: str
    second: str = ""
    tier: str = ""
    end: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of record: its words, address, policy, and the columns that only some may see in clear.

    `refresh(ids)` recomputes derived columns of these records (all of them for None) and answers how many were wrong.
    `find(viewer, q, most)` answers what the person may see and means by what they typed. `exactly(text)` answers the
    ids of all records with just this number or name, whoever may see them; `facts(record)` names what the clauses of
    the policy go by. Both serve the page that explains rights, which shows nothing else of a record.
    `noted`: what belongs to office may hang on these records (see `core.tracked`).
    `merges` is the model that keeps which of the records were merged into which others (`gone_id`, `into_id`): they are
    deleted, but lie in no bin.
    `conditions` are the columns by which custom fields of these records may be asked for, with the words of their
    codes; None where an administrator can give them no fields.
    `internal` records are about the company itself: whoever reads the audit trail may read what changed in them.
    """

    name: str
    model: type[Any]
    label: Any
    plural: Any
    url: Callable[[int], str]
    title: Callable[[Any], str]
    policy: Policy
    see: Right
    edit: Right
    clear: Right | None = None
    internal: bool = False
    noted: bool = False
    merges: type[Any] | None = None
    conditions: Mapping[str, Mapping[str, Any]] | None = None
    field_labels: dict[str, Any] = field(default_factory=dict)
    value_labels: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    refresh: Callable[[Sequence[int] | None], int] | None = None
    find: Callable[[Viewer, str, int], Sequence[Hit]] | None = None
    exactly: Callable[[str], Sequence[int]] | None = None
    facts: Callable[[Any], Mapping[str, str]] = field(default=lambda record: {})

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)

    def living(self) -> ColumnElement[bool] | None:
        """The condition that leaves out what lies in the bin; None for kinds without a bin."""
        deleted_at = getattr(self.model, "deleted_at", None)
        return None if deleted_at is None else deleted_at.is_(None)

    def in_bin(self) -> ColumnElement[bool]:
        """The condition for what lies in the bin; what was erased lies nowhere."""
        living = self.living()
        if living is None:
            return false()
        waiting = ~living & ~is_erased(self.table, self.model.id)
        return (
            waiting
            if self.merges is None
            else waiting & ~exists().where(self.merges.gone_id == self.model.id)
        )


_kinds: dict[str, Kind] = {}


def declare(kind: Kind) -> None:
    """Make a kind known to the mechanisms."""
    _kinds[kind.table] = kind


def kinds() -> list[Kind]:
    """All kinds, in the order of AREAS."""
    return list(_kinds.values())


def kind_of(model_or_table: type[Any] | str) -> Kind:
    """The kind of a model or table; raises KeyError for one that is not declared."""
    table = model_or_table if isinstance(model_or_table, str) else str(model_or_table.__tablename__)
    return _kinds[table]


def kind_named(name: str) -> Kind | None:
    """The kind that addresses call so."""
    return next((kind for kind in _kinds.values() if kind.name == name), None)


def is_kind(table: str) -> bool:
    """Whether a table holds records of a declared kind."""
    return table in _kinds


def visible(
    model: type[Record], viewer: Viewer, right: Right | None = None, *, binned: bool = False
) -> Select[Any]:
    """Select the living records on which the person holds a right (seeing, if none is named)."""
    kind = kind_of(model)
    return select(model).where(reach(model, viewer, right or kind.see, binned=binned))


def reach(model: type[Any], viewer: Viewer, right: Right, *, binned: bool = False) -> ColumnElement[bool]:
    """The condition for `visible`: seen, within the right's scope, and living (or, if `binned`, in the bin)."""
    kind = kind_of(model)
    condition = kind.policy.within(viewer, kind.see)
    if right != kind.see:
        condition &= kind.policy.within(viewer, right)
    living = kind.living()
    if binned:
        return condition & kind.in_bin()
    return condition if living is None else condition & living


def among_those(id: Any, model: type[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a column of another table names a record of a model that fulfils a condition.

    Asked for each row that is at hand: as a list of ids, SQLite would first collect all that a wide view holds.
    """
    return exists(select(model.id).where(model.id == id, condition).correlate_except(model))


def the(model: type[Record], id: int, right: Right, *, binned: bool = False, loading: Loading = ()) -> Record:
    """The record, taken through the right that is being used, with what `loading` says at once.

    Raises NotFound if the person may not know of it (Moved if it was merged into one that they may see), Refused if it
    is visible but beyond this right's scope.
    """
    kind = kind_of(model)
    found = (
        db.session.scalar(_visible_one(current_user, model, binned, *loading), {"id": id})
        if 0 < id < 2**63
        else None
    )
    if found is None:
        if (into := _merged_into(kind, id)) is not None:
            raise Moved(
                _("This was merged into %(name)s. Open that one.", name=kind.title(into)), id, into.id
            )
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    if right != kind.see and not holds(found, current_user, right, binned=binned):
        raise Refused(refusal(right))
    return found


def _merged_into(kind: Kind, id: int) -> Any:
    """The record into which one was merged in the end, as far as the person may see it."""
    into = successors(kind, [id]).get(id) if 0 < id < 2**63 else None
    if into is None:
        return None
    return db.session.scalar(_visible_one(current_user, kind.model, False), {"id": into})


def successors(kind: Kind, ids: Sequence[int]) -> dict[int, int]:
    """Id of each of these records that was merged → the one into which it was in the end; a statement a step."""
    found: dict[int, int] = {}
    merges, waiting = kind.merges, {id: [id] for id in ids}
    while merges is not None and waiting:
        step = select(merges.gone_id, merges.into_id).where(merges.gone_id.in_(waiting))
        further: dict[int, list[int]] = {}
        for gone, into in db.session.execute(step):
            found |= dict.fromkeys(waiting[gone], into)
            further.setdefault(into, []).extend(waiting[gone])
        waiting = further
    return found


@prepared
def _visible_one(viewer: Viewer, model: type[Any], binned: bool, *loading: Any) -> Select[Any]:
    return visible(model, viewer, binned=binned).where(model.id == bindparam("id")).options(*loading)


def holds(record: Any, viewer: Viewer, right: Right, *, binned: bool = False) -> bool:
    """Whether the person holds the right on this record."""
    if not viewer.may(right):
        return False
    return db.session.scalar(_holds(viewer, type(record), right, binned), {"id": record.id}) is not None


@prepared
def _holds(viewer: Viewer, model: type[Any], right: Right, binned: bool) -> Select[Any]:
    within = reach(model, viewer, right, binned=binned)
    return select(model.id).where(model.id == bindparam("id"), within)


def held(model: type[Any], viewer: Viewer, right: Right, ids: Sequence[int]) -> set[int]:
    """Which of these records the person holds the right on; one statement for any number."""
    if not ids or not viewer.may(right):
        return set()
    return set(db.session.scalars(_held(viewer, model, right), {"ids": list(ids)}))


@prepared
def _held(viewer: Viewer, model: type[Any], right: Right) -> Select[Any]:
    asked = model.id.in_(bindparam("ids", expanding=True))
    return select(model.id).where(asked, tried(reach(model, viewer, right)))


def seeing(model: type[Any], id: int, people: Sequence[Viewer]) -> set[int]:
    """Which of these people may see a living record; one statement for any number, a few hundred at most."""
    return holding(model, id, people, kind_of(model).see)


def holding(model: type[Any], id: int, people: Sequence[Viewer], right: Right) -> set[int]:
    """Which of these people hold a right on a living record; one statement for any number, a few hundred at most."""
    holding = [person for person in people if person.may(right)]
    if not holding:
        return set()
    conditions = [reach(model, person, right).label(f"held_{n}") for n, person in enumerate(holding)]
    row = db.session.execute(select(*conditions).select_from(model).where(model.id == id)).one_or_none()
    return {person.id for person, held in zip(holding, row or (), strict=False) if held}


_who_may: Callable[[Right], Sequence[str]] = lambda right: ()  # noqa: E731 - the access area puts its own in this place


def name_holders(function: Callable[[Right], Sequence[str]]) -> None:
    """Where the names of those who hold a right come from."""
    global _who_may
    _who_may = function


def refusal(right: Right) -> str:
    """The sentence that refuses a right and names who holds it."""
    names = _who_may(right)
    if not names:
        return _("You may see this, but this act is not yours to do.")
    return _("You may not do this yourself. Ask %(names)s.", names=_(", ").join(names))
