"""A calendar for tests: Monday to Friday, with the National Day holiday of 2026 and its working Saturday."""

from __future__ import annotations

from datetime import date, time, timedelta

from core.worktime import Calendar, DayKind, Frame

_HOURS = (Frame(time(9), time(12)), Frame(time(13, 30), time(18)))
_OFF = {date(2026, 10, 1) + timedelta(days=n): DayKind.OFF for n in range(7)}
OFFICE = Calendar(frames=dict.fromkeys(range(5), _HOURS), days={**_OFF, date(2026, 10, 10): DayKind.WORK})
