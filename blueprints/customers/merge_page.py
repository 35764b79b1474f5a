"""Files that are to be merged, side by side: where they differ, where not, and how much hangs on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from blueprints.customers import custom_values, merge_custom, merge_fields, queries, words
from blueprints.customers.merge_fields import EMPTY
from blueprints.customers.models import Customer
from blueprints.office.custom_fields import Definition
from core import kinds, languages, merging, parts
from core.db import db
from core.masking import masked
from core.rights import Right, Viewer
from core.words import _

FLAGS = ("at_risk", "won_back")
DAYS = ("birthday", "checked_on")
# Counted with the contact person and with the note that they belong to; or shown value by value
BESIDE = frozenset({"people", "note_mentions", "customer_values"})


@dataclass(frozen=True)
class Row:
    """A field in words: what each file says, in the order of the files, and whose is chosen."""

    name: str
    label: Any
    values: Sequence[str]
    chosen: int


@dataclass(frozen=True)
class Sheet:
    """All that the page shows. `counts`: label → how many rows of it each file has; `united`: fields of several
    choices, of which the merged file has what any has, each as one row for all.
    """

    files: Sequence[Customer]
    into: int
    differing: Sequence[Row]
    same: Sequence[Row]
    united: Sequence[Row]
    counts: Sequence[tuple[Any, Sequence[int]]]


def sheet(
    files: Sequence[Customer],
    viewer: Viewer,
    *,
    into: int | None = None,
    whose: Mapping[str, int] | None = None,
) -> Sheet:
    """The files side by side; what nobody has chosen yet is proposed, in the same number of statements for any."""
    ids = [file.id for file in files]
    loaded = select(Customer).where(Customer.id.in_(ids))
    db.session.scalars(loaded.options(joinedload(Customer.owner), joinedload(Customer.team))).all()
    own = merge_custom.held(ids)
    values = merge_custom.values(ids, own)
    values = {file.id: _columns(file) | values[file.id] for file in files}
    stays = into if into in values else merge_fields.fullest(values)
    masked_ids = sorted(set(ids) - queries.clear_ids(viewer, ids))
    sensitive = [field.name for field in custom_values.fields() if field.sensitive]
    names = merge_fields.differing(values, dict.fromkeys(["birthday", *sensitive], masked_ids))
    chosen = {**merge_fields.proposal(values, stays, names), **(whose or {})}
    rows = {name: _row(name, files, chosen.get(name, stays), masked_ids) for name in merge_fields.FIELDS}
    rows |= {
        field.name: _custom_row(field, ids, own, chosen.get(field.name, stays), masked_ids)
        for field in merge_custom.chosen_fields()
    }
    same = [row for name, row in rows.items() if name not in names and row.values[0]]
    united = [
        row
        for field in merge_custom.united_fields()
        if (row := _united_row(field, ids, own, stays, masked_ids))
    ]
    return Sheet(files, stays, [rows[name] for name in names], same, united, _counts(ids))


def _columns(file: Customer) -> dict[str, Any]:
    return {name: getattr(file, name) for name in merge_fields.FIELDS}


def _custom_row(
    field: Definition, ids: Sequence[int], own: merge_custom.Held, chosen: int, masked_ids: Sequence[int]
) -> Row:
    said = [
        custom_values.in_words(field, own[id].get(field.id, ()), clear=id not in masked_ids) for id in ids
    ]
    return Row(field.name, field.label, said, chosen)


def _united_row(
    field: Definition, ids: Sequence[int], own: merge_custom.Held, stays: int, masked_ids: Sequence[int]
) -> Row | None:
    """What all of them have together; None where they have nothing."""
    together = list(dict.fromkeys(value for id in ids for value in own[id].get(field.id, ())))
    if not together:
        return None
    said = custom_values.in_words(field, together, clear=not masked_ids)
    return Row(field.name, field.label, [said], stays)


def _row(name: str, files: Sequence[Customer], chosen: int, masked_ids: Sequence[int]) -> Row:
    label = words.FIELDS["relationship" if name == "relationship_kind" else name]
    return Row(name, label, [_shown(name, file, masked=file.id in masked_ids) for file in files], chosen)


def _shown(name: str, file: Customer, *, masked: bool) -> str:
    value = getattr(file, name)
    if name == "owner_id":
        return _owner(file)
    if value in EMPTY and value != "none":
        return ""
    if name == "birthday" and masked:
        return _masked(value)
    if name in DAYS:
        return languages.day(value, year=True)
    if name in FLAGS:
        return _("yes")
    said = str(_CODES.get(name, {}).get(value, value))
    if name == "status" and file.lost_reason:
        return _(": ").join([said, str(words.LOST_REASONS.get(file.lost_reason, file.lost_reason))])
    return said


def _owner(file: Customer) -> str:
    team = file.team.name if file.team else ""
    return " · ".join(part for part in (file.owner.name if file.owner else _("nobody yet"), team) if part)


def _masked(day: Any) -> str:
    return masked("birthday", str(day))


_CODES: dict[str, Mapping[str, Any]] = {
    **words.LABELS,
    "relationship_kind": words.RELATIONSHIPS,
}


def _counts(ids: Sequence[int]) -> list[tuple[Any, Sequence[int]]]:
    table = kinds.kind_of(Customer).table
    found = merging.counts(table, ids)
    return [
        (parts.words_of(name, table).label, [of_table.get(id, 0) for id in ids])
        for name, of_table in found.items()
        if name not in BESIDE
    ]


def to_merge(customer: Customer, viewer: Viewer, q: str, most: int = 12) -> list[Customer]:
    """Which other files a person may mean: those that they may merge like this one."""
    found = queries.find(viewer, q, most=most + 1) if q else []
    allowed = kinds.held(Customer, viewer, Right.CUSTOMERS_MERGE, [each.id for each in found])
    return [each for each in found if each.id in allowed and each.id != customer.id][:most]
