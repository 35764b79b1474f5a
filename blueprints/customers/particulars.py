"""What is known of a customer beside people and numbers. Seen through the customer's file."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.access.models import User
from blueprints.customers.models import Customer, Person
from core import importways
from core.db import derived, pk, ref, sensitive
from core.encrypted import encrypted
from core.tracked import Tracked


class Consent(Tracked):
    """What a customer said about being contacted for a purpose, on a day and by a channel.

    Entries are never changed: what holds follows from all of them, `customers.do_not_contact` among it.
    """

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_customer_id", "customer_id", "on_day", "id"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    purpose: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str | None] = mapped_column(String(20))
    on_day: Mapped[date]
    remark: Mapped[str | None] = mapped_column(String(300))
    recorded_by_id: Mapped[int] = ref("users.id", index=False)

    customer: Mapped[Customer] = relationship()
    recorded_by: Mapped[User] = relationship()

    @property
    def said(self) -> Any:
        """The remark as it is shown."""
        return importways.reason(self.remark)


class SpecialDay(Tracked):
    """A day of the year that matters to a customer, or to one of their people: by the solar or the lunar calendar.

    `leap`: it fell into the leap month behind the month of this number. The year may be unknown. `next_on` is when it
    comes next; the nearest of a customer's is `customers.special_on`.
    """

    __tablename__ = "special_days"
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id")
    person_id: Mapped[int | None] = ref("people.id")
    kind: Mapped[str] = mapped_column(String(20))
    calendar: Mapped[str] = mapped_column(String(10), default="solar")
    year: Mapped[int | None] = sensitive("birthday")
    month: Mapped[int] = sensitive("birthday")
    day: Mapped[int] = sensitive("birthday")
    leap: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str | None] = mapped_column(String(200))
    next_on: Mapped[date | None] = derived()

    customer: Mapped[Customer] = relationship()
    person: Mapped[Person | None] = relationship()


class PaperNumber(Tracked):
    """An identity number or a bank account of a customer, or of one of their people; encrypted."""

    __tablename__ = "paper_numbers"
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id")
    person_id: Mapped[int | None] = ref("people.id")
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = encrypted()
    issuer: Mapped[str | None] = mapped_column(String(100))
    remark: Mapped[str | None] = mapped_column(String(200))

    customer: Mapped[Customer] = relationship()
    person: Mapped[Person | None] = relationship()


class Need(Tracked):
    """Something a customer needs, since a day; met (需求已满足) from `met_on` on, by `met_by`."""

    __tablename__ = "needs"
    __table_args__ = (Index("ix_needs_customer_id", "customer_id", "met_on"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    what: Mapped[str] = mapped_column(String(300))
    since: Mapped[date]
    importance: Mapped[str] = mapped_column(String(10), default="middle")
    met_on: Mapped[date | None]
    met_by: Mapped[str | None] = mapped_column(String(200))
    remark: Mapped[str | None] = mapped_column(String(300))

    customer: Mapped[Customer] = relationship()


class ExitTalk(Tracked):
    """What a customer said about why they left, or would: on a day, to a colleague.

    `reason` is one of those of a loss; `back_if`: what would bring them back.
    """

    __tablename__ = "exit_talks"
    __table_args__ = (Index("ix_exit_talks_customer_id", "customer_id", "on_day", "id"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    on_day: Mapped[date]
    talked_by_id: Mapped[int] = ref("users.id", index=False)
    with_whom: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(40))
    competitor: Mapped[str | None] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(Text)
    back_if: Mapped[str | None] = mapped_column(Text)

    customer: Mapped[Customer] = relationship()
    talked_by: Mapped[User] = relationship()
