"""What was said, and what is planned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.access.models import User
from blueprints.customers.models import Customer, Person
from core import importways
from core.db import BigId, Model, pk, ref
from core.tracked import Tracked


class Interaction(Tracked):
    """One contact, or a try at one. `author_id` is who talked, `recorded_by_id` who wrote it down (代录).

    `counts`: it resets the rhythm, as judged when it was recorded. `late` marks a late entry (补录).
    """

    __tablename__ = "interactions"
    __table_args__ = (
        Index("ix_interactions_customer_id_happened_at", "customer_id", "happened_at", "id"),
        Index("ix_interactions_author_id_on_day", "author_id", "on_day"),
        Index("ix_interactions_on_day_happened_at", "on_day", "happened_at", "id"),
    )
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    person_id: Mapped[int | None] = ref("people.id")
    author_id: Mapped[int] = ref("users.id", index=False)
    recorded_by_id: Mapped[int] = ref("users.id", index=False)
    team_id: Mapped[int | None] = ref("teams.id", index=False)
    channel: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(4), default="we")
    outcome: Mapped[str] = mapped_column(String(20))
    happened_at: Mapped[datetime]
    on_day: Mapped[date]
    minutes: Mapped[int | None]
    purpose: Mapped[str | None] = mapped_column(String(40))
    summary: Mapped[str | None] = mapped_column(Text)
    feedback: Mapped[str | None] = mapped_column(Text)
    mood: Mapped[str | None] = mapped_column(String(20))
    refusal_reason: Mapped[str | None] = mapped_column(String(40))
    counts: Mapped[bool] = mapped_column(default=False)
    late: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str | None] = mapped_column(String(200))

    customer: Mapped[Customer] = relationship()
    person: Mapped[Person | None] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])

    @property
    def said_late(self) -> Any:
        """Why it is recorded late, as it is shown."""
        return importways.reason(self.late_reason)


class InteractionSearch(Model):
    """The terms by which a contact is found, derived; the full-text index over it is made by its migration."""

    __tablename__ = "interaction_search"

    interaction_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("interactions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    terms: Mapped[str] = mapped_column(Text)


class PlannedContact(Tracked):
    """A contact that is planned for a day. `state` is open, done, skipped or replaced.

    `user_id` is who makes it; None stands for the owner, whoever that is when the day comes. `at_time` is
    HH:MM for an hour agreed with the customer, am or pm for half a day. `made_by_id`: the contact it follows.
    """

    __tablename__ = "planned_contacts"
    __table_args__ = (
        Index("ix_planned_contacts_customer_id_state", "customer_id", "state", "on_day"),
        Index("ix_planned_contacts_user_id_state", "user_id", "state", "on_day"),
    )
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    user_id: Mapped[int | None] = ref("users.id", index=False)
    on_day: Mapped[date]
    at_time: Mapped[str | None] = mapped_column(String(5))
    channel: Mapped[str | None] = mapped_column(String(20))
    purpose: Mapped[str | None] = mapped_column(String(40))
    talking_points: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="open")
    made_by_id: Mapped[int | None] = ref("interactions.id")
    done_by_id: Mapped[int | None] = ref("interactions.id")

    customer: Mapped[Customer] = relationship()
    user: Mapped[User | None] = relationship()
