"""Pairs of files that may be of one customer, and what somebody decided on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.customers.models import Customer
from core.db import Json, Model, pk, ref
from core.tracked import Tracked


class Duplicate(Model):
    """Two files that may be of one customer, derived: the sweep finds them, the lower id first.

    `score` is how much speaks for it, `reasons` why, as [code, weight, detail] of `duplicate_rules.Evidence`; `seen_in`
    is the job of the sweep that saw it last.
    """

    __tablename__ = "duplicates"
    __table_args__ = (
        UniqueConstraint("customer_id", "other_id"),
        Index("ix_duplicates_score_id", "score", "id"),
    )

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False, ondelete="CASCADE")
    other_id: Mapped[int] = ref("customers.id", ondelete="CASCADE")
    score: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(Json)
    seen_in: Mapped[int] = mapped_column(index=True)

    customer: Mapped[Customer] = relationship(foreign_keys=[customer_id])
    other: Mapped[Customer] = relationship(foreign_keys=[other_id])


class DuplicateRuling(Tracked):
    """That two files were found not to be of one customer, and on what `score`. The lower id comes first."""

    __tablename__ = "duplicate_rulings"
    __table_args__ = (UniqueConstraint("customer_id", "other_id"),)
    root_column = "customer_id"
    also_column = "other_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    other_id: Mapped[int] = ref("customers.id")
    score: Mapped[int]
