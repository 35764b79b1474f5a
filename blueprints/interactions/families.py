"""The contacts with a family of customers, of whom whoever asks has taken those that the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from blueprints.interactions.models import Interaction
from core import clock
from core.conditions import listed
from core.db import db

MOST_LATEST = 10


def count(ids: Sequence[int]) -> int:
    """How many contacts there were with these customers in the last twelve months."""
    since = clock.at(a_year_before(clock.today()), time.min)
    theirs = listed(Interaction.customer_id, ids), Interaction.happened_at >= since
    return db.session.scalar(select(func.count()).select_from(Interaction).where(*theirs)) or 0


def latest(ids: Sequence[int]) -> Sequence[Interaction]:
    """The latest contacts with these customers, each with its customer, author and person; one statement."""
    theirs: Any = select(Interaction.id).where(listed(Interaction.customer_id, ids))
    newest = Interaction.happened_at.desc(), Interaction.id.desc()
    wanted: Any = select(Interaction).join(Interaction.customer)
    found = wanted.where(Interaction.id.in_(theirs.order_by(*newest).limit(MOST_LATEST))).order_by(*newest)
    return db.session.scalars(
        found.options(
            contains_eager(Interaction.customer),
            joinedload(Interaction.author),
            joinedload(Interaction.person),
        )
    ).all()


def a_year_before(day: date) -> date:
    """The same day of the year before; the 28th for a 29th of February."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
