"""Rulings on customers that two claimed (判定归属): kept with the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.access.models import User
from blueprints.customers.models import Customer
from core.db import db, pk, ref
from core.tracked import Tracked


class CollisionRuling(Tracked):
    """Whose a customer is, and how the credit is shared in per cent. `owner_id` is who owned it before."""

    __tablename__ = "collision_rulings"
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id")
    approval_id: Mapped[int] = ref("approvals.id")
    ruling: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[int | None] = ref("users.id", index=False)
    asker_id: Mapped[int] = ref("users.id", index=False)
    ruled_by_id: Mapped[int] = ref("users.id", index=False)
    owner_share: Mapped[int]
    asker_share: Mapped[int]
    on_day: Mapped[date]
    remark: Mapped[str | None] = mapped_column(String(300))

    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    asker: Mapped[User] = relationship(foreign_keys=[asker_id])
    ruled_by: Mapped[User] = relationship(foreign_keys=[ruled_by_id])


_OF_CUSTOMER = (
    select(CollisionRuling)
    .where(CollisionRuling.customer_id == bindparam("id"))
    .options(*(joinedload(getattr(CollisionRuling, name)) for name in ("owner", "asker", "ruled_by")))
    .order_by(CollisionRuling.id.desc())
    .limit(10)
)


def rulings_of(customer: Customer) -> Sequence[CollisionRuling]:
    """What was ruled on a customer, the latest first."""
    return db.session.scalars(_OF_CUSTOMER, {"id": customer.id}).all()


def of_request(approval_id: int) -> CollisionRuling | None:
    """What was ruled on a request; None if nothing was, or if it was taken back."""
    return db.session.scalar(select(CollisionRuling).where(CollisionRuling.approval_id == approval_id))
