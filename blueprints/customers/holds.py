"""Legal holds: a file that must be kept, since a court, an authority or a dispute asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Index, String, exists, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.access.models import User
from blueprints.customers.models import Customer
from core import changes, clock
from core.db import db, pk, ref
from core.errors import RuleBroken
from core.rights import Viewer
from core.tracked import Tracked
from core.words import _

HELD, LIFTED = "customer.held", "customer.hold_lifted"


class LegalHold(Tracked):
    """That a file must be kept, from when on and why; until it is lifted."""

    __tablename__ = "legal_holds"
    __table_args__ = (Index("ix_legal_holds_customer_id", "customer_id"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    reason: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[int] = ref("users.id", index=False)
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = ref("users.id", index=False)

    by: Mapped[User] = relationship(foreign_keys=[by_id])


Index(
    "uq_legal_holds_standing",
    LegalHold.customer_id,
    unique=True,
    sqlite_where=LegalHold.lifted_at.is_(None),
    postgresql_where=LegalHold.lifted_at.is_(None),
)


def hold_on(customer_id: int) -> LegalHold | None:
    """The hold that stands on a file, None if there is none."""
    standing = select(LegalHold).where(LegalHold.customer_id == customer_id, LegalHold.lifted_at.is_(None))
    return db.session.scalar(standing.options(joinedload(LegalHold.by)))


def is_held() -> ColumnElement[bool]:
    """The condition that a hold stands on a customer."""
    return exists().where(LegalHold.customer_id == Customer.id, LegalHold.lifted_at.is_(None))


def held_of(ids: Iterable[int]) -> set[int]:
    """Those of these customers on which a hold stands."""
    standing = LegalHold.customer_id.in_(list(ids)), LegalHold.lifted_at.is_(None)
    return set(db.session.scalars(select(LegalHold.customer_id).where(*standing)))


def put(customer: Customer, *, by: Viewer, reason: str) -> None:
    """Put a hold on a file. Raises RuleBroken where one stands already, or nobody says why."""
    changes.record(HELD)
    if not reason.strip():
        raise RuleBroken(_("Say why the file must be kept."), "reason")
    db.session.execute(select(Customer.id).where(Customer.id == customer.id).with_for_update())
    if hold_on(customer.id) is not None:
        raise RuleBroken(_("A legal hold stands on this file already."))
    db.session.add(LegalHold(customer_id=customer.id, reason=reason, by_id=by.id, at=clock.now()))
    db.session.flush()


def lift(customer: Customer, *, by: Viewer) -> None:
    """Lift the hold on a file. Raises RuleBroken where none stands."""
    changes.record(LIFTED)
    hold = hold_on(customer.id)
    if hold is None:
        raise RuleBroken(_("No legal hold stands on this file."))
    hold.lifted_at, hold.lifted_by_id = clock.now(), by.id
    db.session.flush()


def check(customer_id: int) -> None:
    """Raises RuleBroken for a file that must be kept."""
    if hold_on(customer_id) is not None:
        raise RuleBroken(_("A legal hold stands on this file: it must be kept until the hold is lifted."))
