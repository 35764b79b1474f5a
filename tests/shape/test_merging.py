"""Whatever refers to a record that can be merged moves along with it, whichever area it belongs to."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Table

from core import kinds, merging
from core.db import Model
from core.tracked import Tracked
from tests.shape.test_imports import told

# Tables that refer to customers and are no business rows: what becomes of them when a file is merged
BESIDE = {
    "customer_search.customer_id": "derived: the terms of each file, made anew with it",
    "changes.root_id": "the trail: what happened to a file is its own history, also after a merge",
    "changes.record_id": "the trail",
    "journal_entries.record_id": "the trail: who opened or revealed which file",
    "notifications.record_id": "what somebody was told of; the old address leads on",
}
NAMES = ("customer_id", "record_id", "root_id", "file_id")


def naming(table: Table, target: str) -> list[str]:
    """The columns of a table that hold ids of another, by foreign key or by their name."""
    return [
        column.name
        for column in table.columns
        if any(key.column.table.name == target for key in column.foreign_keys)
        or (column.name in NAMES and not column.foreign_keys)
    ]


def test_what_refers_to_a_mergeable_record_moves_or_says_why_not(app: Flask) -> None:
    faults = []
    for kind in [kind for kind in kinds.kinds() if kind.merges is not None]:
        moved = {(model.__tablename__, column.name) for model, column, _ in merging.references(kind.table)}
        for mapper in Model.registry.mappers:
            table = mapper.local_table
            assert isinstance(table, Table)
            for name in naming(table, kind.table):
                known = (table.name, name) in moved | merging.left().keys()
                if not known and (issubclass(mapper.class_, Tracked) or f"{table.name}.{name}" not in BESIDE):
                    faults.append(f"{table.name}.{name} refers to {kind.table}")
    told(faults, "Let it have a foreign key, or root_table_column; or say why not with core.merging.leave().")


def test_what_stays_says_why(app: Flask) -> None:
    assert all(len(why.split()) > 3 for why in merging.left().values())


def test_of_the_customers_all_these_move(app: Flask) -> None:
    moved = {model.__tablename__ for model, _column, _ in merging.references("customers")}
    assert moved >= {
        "affiliations", "contact_points", "customer_helpers", "customer_tags", "interactions", "note_mentions",
        "notes", "people", "planned_contacts", "relations",
    }  # fmt: skip
