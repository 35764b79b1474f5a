"""The links of the chain that guards the trail, and what they guard: change sets and entries of the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core.change_sets import Change, ChangeSet
from core.db import Model, db, pk
from core.journal import JournalEntry

FIRST_LINK = b"\0" * 32
LATER_COLUMNS = frozenset({"part_of_id", "also_id"})


class Seal(Model):
    """One link of the chain; its id is the position. Never changed afterwards, but for an erased salt.

    A row of which something was erased has a link without a salt, for what was, and a later one for what is left.
    """

    __tablename__ = "seals"
    __table_args__ = (Index("ix_seals_kind_row_id", "kind", "row_id", "id"),)

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(String(10))
    row_id: Mapped[int]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]


@dataclass(frozen=True)
class Sealed:
    """Rows that are sealed, each with those that hang on it by `hang_by`. `code` is how a link names them."""

    code: str
    name: str
    plural: str
    model: Any
    hanging: Any = None
    hang_by: str = ""


SETS = Sealed("set", "change set", "change sets", ChangeSet, Change, "set_id")
ENTRIES = Sealed("entry", "journal entry", "journal entries", JournalEntry)
KINDS = {kind.code: kind for kind in (SETS, ENTRIES)}


def link_after(before: bytes, digest: bytes) -> bytes:
    """The link that a digest makes of the one before."""
    return hashlib.sha256(before + digest).digest()


def digests(kind: Sealed, salts: Mapping[int, bytes]) -> dict[int, bytes]:
    """The digest of each row: its salt, a line for itself, and one for each that hangs on it."""
    made = {row_id: hashlib.sha256(salts[row_id]) for row_id in sorted(salts)}
    heads = kind.model.__table__
    for row in db.session.execute(select(heads).where(heads.c.id.in_(made))).mappings():
        made[row["id"]].update(_line(said(row)))
    if kind.hanging is not None:
        rows = kind.hanging.__table__
        wanted = select(rows).where(rows.c[kind.hang_by].in_(made)).order_by(rows.c.id)
        for row in db.session.execute(wanted.execution_options(yield_per=1_000)).mappings():
            made[row[kind.hang_by]].update(_line(said(row)))
    return {row_id: digest.digest() for row_id, digest in made.items()}


def said(row: Any) -> dict[str, Any]:
    """What a row says; where a column that came later is empty, it says what it said before there was one."""
    return {name: value for name, value in row.items() if name not in LATER_COLUMNS or value is not None}


def _line(row: Any) -> bytes:
    text = json.dumps(dict(row), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_written)
    return text.encode() + b"\n"


def _written(value: Any) -> str:
    return str(value.isoformat())


def relinked(kind: str, row_ids: Collection[int]) -> dict[int, int]:
    """The position of the last link of each of these rows."""
    last = select(Seal.row_id, func.max(Seal.id).label("position")).where(
        Seal.kind == kind, Seal.row_id.in_(row_ids)
    )
    return {row.row_id: row.position for row in db.session.execute(last.group_by(Seal.row_id))}
