"""A year of a working calendar, for its page: which days are worked, and how sure that is."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from blueprints.office import queries, rules
from blueprints.office.models import CalendarDay, WorkingCalendar
from core import holidays_cn
from core.worktime import Calendar, DayKind


@dataclass(frozen=True)
class Cell:
    """A day: worked or not; `kind` says whether it is so by the week, by the holiday list, or by hand."""

    day: date
    works: bool
    kind: str
    name: str | None = None


@dataclass(frozen=True)
class Year:
    """All months as weeks from Monday to Sunday, None outside of the month. `published`: by notice, or estimated."""

    number: int
    months: Sequence[Sequence[Sequence[Cell | None]]]
    published: bool
    workdays: int
    corrected: Sequence[CalendarDay]


def year_of(text: str, today: date) -> int:
    """The year that an address asks for, else the present one."""
    year = int(text) if text.isdecimal() and len(text) == 4 else today.year
    return year if year in rules.YEARS else today.year


def of(calendar: WorkingCalendar, year: int) -> Year:
    """A year of a stored calendar."""
    working = queries.working(calendar)
    by_hand = {row.on_day: row for row in calendar.days}
    grid = months.Calendar()
    shown = [
        [
            [_cell(day, month, working, by_hand) for day in week]
            for week in grid.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]
    worked = sum(cell.works for month in shown for week in month for cell in week if cell)
    published = not calendar.holidays or holidays_cn.published(year)
    corrected = sorted(calendar.days, key=lambda row: row.on_day)
    return Year(year, shown, published, worked, corrected)


def _cell(day: date, month: int, working: Calendar, by_hand: dict[date, CalendarDay]) -> Cell | None:
    if day.month != month:
        return None
    row = by_hand.get(day)
    kind = "hand" if row else "list" if isinstance(working.days.get(day), DayKind) else "week"
    return Cell(day, working.is_workday(day), kind, row.name if row else None)


def proposal() -> dict[str, Any]:
    """What the form of a new calendar begins with: office hours of a five-day week."""
    hours = {f"frames_{day}": rules.frames_written(rules.OFFICE_HOURS) for day in range(rules.SATURDAY)}
    return {"pattern": "five", "holidays": True, **hours}
