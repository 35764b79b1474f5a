"""Pure decisions about working calendars: how frames are written, and what a calendar must say; and about notes:
whom their text mentions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Any

from core.errors import RuleBroken
from core.words import _l
from core.worktime import Calendar, DayKind, Frame, Pattern

WEEKDAYS = range(7)
OFFICE_HOURS = (("09:00", "12:00"), ("13:30", "18:00"))
DESK_HOURS = (("08:30", "20:00"),)
MOST_FRAMES = 6
SATURDAY, SUNDAY = 5, 6
_WEEKEND_WORKED: Mapping[str, Sequence[int]] = {
    Pattern.SIX: (SATURDAY,),
    Pattern.ALTERNATE: (SATURDAY,),
    Pattern.SEVEN: (SATURDAY, SUNDAY),
}
YEARS = range(2000, 2100)
MOST_TEXT, MOST_MENTIONED = 4_000, 20
_FRAME = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})")
# Not within a mail address. It ends with a letter or digit, so that a full stop behind it is none of it.
_MENTION = re.compile(r"(?<![a-z0-9._@＠-])[@＠]([a-z0-9][a-z0-9._@-]{0,58}[a-z0-9])", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,，;；、/]*")


def frames_typed(text: str) -> list[list[str]]:
    """Hours as a person writes them ("9:00-12:00, 13:30-18:00") in the stored form. Raises RuleBroken."""
    found, position = [], 0
    for match in _FRAME.finditer(text):
        if not _BETWEEN.fullmatch(text, position, match.start()):
            break
        hours = [_hour(match[1], match[2]), _hour(match[3], match[4])]
        found.append(hours)
        position = match.end()
    if not _BETWEEN.fullmatch(text, position):
        raise RuleBroken(_l("Write the hours like 09:00-12:00, 13:30-18:00."))
    _check_frames(found)
    return found


def _hour(hours: str, minutes: str) -> str:
    if (int(hours), int(minutes)) == (24, 0):
        return "24:00"
    if int(hours) > 23 or int(minutes) > 59:
        raise RuleBroken(_l("%(time)s is not a time of day.", time=f"{hours}:{minutes}"))
    return f"{int(hours):02d}:{minutes}"


def _check_frames(frames: Sequence[Sequence[str]]) -> None:
    if len(frames) > MOST_FRAMES:
        raise RuleBroken(_l("A day has at most %(n)s stretches of work.", n=MOST_FRAMES))
    if any(start >= end for start, end in frames):
        raise RuleBroken(_l("A stretch of work ends after it begins."))
    if any(earlier[1] > later[0] for earlier, later in pairwise(frames)):
        raise RuleBroken(_l("Stretches of work stand in order and do not overlap."))


def frames_written(frames: Sequence[Sequence[str]]) -> str:
    """Stored hours as a person writes them."""
    return ", ".join(f"{start}-{end}" for start, end in frames)


def check_calendar(frames: Mapping[str, Sequence[Any]], pattern: str, anchor: date | None) -> None:
    """Raises RuleBroken for a calendar without hours on a day that its pattern works, or without its anchor."""
    if not any(frames.values()):
        raise RuleBroken(_l("Write the hours of at least one weekday."), "frames_0")
    for weekday in _WEEKEND_WORKED.get(pattern, ()):
        if not frames.get(str(weekday)):
            raise RuleBroken(_l("This week pattern works on this day: write its hours."), f"frames_{weekday}")
    if pattern != Pattern.ALTERNATE:
        return
    if anchor is None:
        raise RuleBroken(_l("Alternate Saturdays need one Saturday on which one works."), "anchor_on")
    if anchor.weekday() != SATURDAY:
        raise RuleBroken(_l("This day is not a Saturday."), "anchor_on")


def check_day(day: date) -> None:
    """Raises RuleBroken for a day of a far century."""
    if day.year not in YEARS:
        raise RuleBroken(_l("This day is not of this century."), "on_day")


def calendar_of(
    frames: Mapping[str, Sequence[Sequence[str]]],
    pattern: str,
    anchor: date | None,
    days: Mapping[date, DayKind],
) -> Calendar:
    """The calendar that stored values describe."""
    hours = {int(day): tuple(_frame(*pair) for pair in pairs) for day, pairs in frames.items()}
    return Calendar(frames=hours, pattern=Pattern(pattern), anchor=anchor, days=days)


def _frame(start: str, end: str) -> Frame:
    return Frame(time.fromisoformat(start), time.min if end == "24:00" else time.fromisoformat(end))


def mentioned(text: str) -> list[str]:
    """The user names that a text writes behind an @, each once. Raises RuleBroken for too many."""
    names = list(dict.fromkeys(match[1].lower() for match in _MENTION.finditer(text)))
    if len(names) > MOST_MENTIONED:
        raise RuleBroken(_l("A note mentions at most %(n)s people.", n=MOST_MENTIONED), "text")
    return names


def pieces(text: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """A text cut at its mentions: what is plain as (text, ""), a mention of one of these as (as typed, name)."""
    found, position = [], 0
    for match in _MENTION.finditer(text):
        name = names.get(match[1].lower())
        if name is not None:
            found += [(text[position : match.start()], ""), (match[0], name)]
            position = match.end()
    return [piece for piece in [*found, (text[position:], "")] if piece[0]]
