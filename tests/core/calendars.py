"""Working calendars that tests share."""

from __future__ import annotations

from datetime import date, time

from hypothesis import strategies as st

from core.worktime import Calendar, DayKind, Frame, Pattern

HOURS = (Frame(time(9), time(12)), Frame(time(13, 30), time(18)))
WEEK = dict.fromkeys(range(5), HOURS)

OFFICE = Calendar(WEEK)
DESK = Calendar({0: (Frame(time(8, 30), time(20)),)}, Pattern.SEVEN)
SATURDAY_MORNING = Calendar(WEEK | {5: (Frame(time(9), time(12)),)}, Pattern.SIX)
ALTERNATE = Calendar(WEEK, Pattern.ALTERNATE, anchor=date(2026, 11, 18))

GOLDEN_WEEK = Calendar(
    WEEK,
    days={date(2026, 10, day): DayKind.OFF for day in range(1, 8)}
    | {date(2026, 9, 20): DayKind.WORK, date(2026, 10, 10): DayKind.WORK},
)


@st.composite
def any_calendar(draw: st.DrawFn) -> Calendar:
    """A calendar with working days in it, of any pattern but a roster, with days changed in 2026 and 2027."""
    pattern = draw(st.sampled_from([each for each in Pattern if each != Pattern.ROSTER]))
    days = st.dates(date(2025, 12, 1), date(2028, 1, 31))
    changed = draw(st.dictionaries(days, st.sampled_from(DayKind), max_size=40))
    frames = draw(
        st.dictionaries(st.integers(0, 6), st.sampled_from([HOURS, HOURS[:1], HOURS[1:]]), min_size=1)
    )
    return Calendar(frames, pattern, date(2026, 11, 18), changed)
