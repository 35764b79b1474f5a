"""The company's own fields of files that are merged: one value chosen like any other field, several choices united."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from blueprints.customers import custom_values, merge_fields
from blueprints.customers.models import Customer, CustomerValue
from blueprints.office.custom_fields import Definition
from blueprints.office.field_rules import SEVERAL
from core import changes
from core.db import db

Held = Mapping[int, Mapping[int, Sequence[str]]]  # id of a file → id of a field → stored values


def chosen_fields() -> list[Definition]:
    """The fields of which the merged file has what one of the files has."""
    return [field for field in custom_values.fields() if field.type != SEVERAL]


def united_fields() -> list[Definition]:
    """The fields of which it has what any of them has."""
    return [field for field in custom_values.fields() if field.type == SEVERAL]


def held(ids: Sequence[int]) -> Held:
    """What these files have in fields in use; one statement, none where the company has no fields."""
    return custom_values.of_many(ids, {field.id for field in custom_values.fields()})


def values(ids: Sequence[int], held: Held) -> dict[int, dict[str, str | None]]:
    """File → name of a field that is chosen → its stored value."""
    fields = chosen_fields()
    return {id: {f.name: next(iter(held[id].get(f.id, ())), None) for f in fields} for id in ids}


def take(into: Customer, ids: Sequence[int], whose: Mapping[str, int]) -> None:
    """Take away what was not chosen, so that what moves to the file that stays finds its place free.

    Of a field that nobody chose of, the file that stays keeps what it has, and else has what the first other one has.
    """
    found = values(ids, held(ids))
    names = [field.name for field in chosen_fields()]
    chosen = {**merge_fields.proposal(found, into.id, names), **whose}
    unwanted = [
        select(CustomerValue.id).where(
            CustomerValue.field_id == field.id,
            CustomerValue.customer_id.in_([id for id in ids if id != chosen[field.name]]),
        )
        for field in chosen_fields()
        if any(found[id][field.name] is not None for id in ids if id != chosen[field.name])
    ]
    changes.bulk_delete(CustomerValue, [id for rows in unwanted for id in db.session.scalars(rows)])
