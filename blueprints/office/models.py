"""Working calendars: when a team works."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Json, pk, ref
from core.tracked import Tracked


class WorkingCalendar(Tracked):
    """Hours of work by weekday and a week pattern. `frames` is {"0": [["09:00", "12:00"], …], …}, 0 = Monday.

    `pattern` is five (双休), six (单休), alternate (大小周, needs `anchor_on`: a Saturday that is worked),
    seven (every day) or roster (排班: only the days that are named). `holidays` says whether public holidays
    are free.
    """

    __tablename__ = "working_calendars"

    id: Mapped[int] = pk()
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    frames: Mapped[dict[str, Any]] = mapped_column(Json)
    pattern: Mapped[str] = mapped_column(String(20), default="five")
    anchor_on: Mapped[date | None]
    holidays: Mapped[bool] = mapped_column(default=True)

    days: Mapped[list[CalendarDay]] = relationship(cascade="all, delete-orphan", back_populates="calendar")


class CalendarDay(Tracked):
    """A day corrected by hand: off or work, whatever pattern and holiday list say."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("calendar_id", "on_day"),)
    root_column = "calendar_id"

    id: Mapped[int] = pk()
    calendar_id: Mapped[int] = ref("working_calendars.id", index=False)
    on_day: Mapped[date]
    works: Mapped[bool]
    name: Mapped[str | None] = mapped_column(String(120))

    calendar: Mapped[WorkingCalendar] = relationship(back_populates="days")


class TeamCalendar(Tracked):
    """Which calendar a team works by; teams below inherit it, the company's is the default."""

    __tablename__ = "team_calendars"
    root_column = "team_id"

    id: Mapped[int] = pk()
    team_id: Mapped[int] = ref("teams.id", index=False, unique=True)
    calendar_id: Mapped[int] = ref("working_calendars.id")
