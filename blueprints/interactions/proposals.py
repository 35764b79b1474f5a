"""What to do next after a contact: day, channel and why. Pure; the table of DEFAULTS, section 2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from blueprints.interactions import rhythms, rules
from blueprints.interactions.rhythms import Rhythm
from core.workdays import Workdays

TRIES = 3
TEXTS = 2
REPLY_WITHIN = 2
NOON = 12


@dataclass(frozen=True)
class Proposal:
    """The next contact as proposed. `half` is am or pm; `why` is a code (words.WHYS) that explains it."""

    on_day: date | None
    channel: str | None
    why: str
    half: str | None = None
    purpose: str | None = None
    latest: date | None = None

    @property
    def by_rhythm(self) -> bool:
        """Whether the day follows from the rhythm alone, so that nothing needs to be planned."""
        return self.why == "rhythm"


@dataclass(frozen=True)
class Situation:
    """A contact (`happened`: wall clock) and what went before it.

    `tries`: unanswered calls in a row, `texts`: contacts in a row that counted and were text alone; this one
    included. `planned`: the day of a contact planned for later.
    """

    channel: str
    outcome: str
    counts: bool
    happened: datetime
    today: date
    rhythm: Rhythm
    calendar: Workdays
    tier: str = "none"
    tries: int = 0
    texts: int = 0
    planned: date | None = None
    preferred: str | None = None
    spread: int = 0


def propose(case: Situation) -> Proposal:
    """The next contact after this one."""
    if case.outcome == "mass":
        return Proposal(None, None, "mass")
    if case.outcome == "call_later":
        return Proposal(
            None, case.channel if case.channel in ("phone", "wechat", "wecom") else "phone", "agreed"
        )
    if case.outcome in rules.UNANSWERED:
        return _try_again(case)
    if case.outcome == "sent_no_reply":
        day = case.calendar.add_workdays(case.today, REPLY_WITHIN)
        return Proposal(day, other_channel(case.channel), "no_reply")
    if case.outcome == "wrong_number":
        day = case.calendar.next_workday(case.today)
        return Proposal(day, other_channel(case.channel), "bad_number", purpose="find_number")
    if not case.counts:
        return Proposal(None, None, "aside")
    return _by_rhythm(case)


def _try_again(case: Situation) -> Proposal:
    day = case.calendar.next_workday(case.today)
    if case.tries >= TRIES:
        return Proposal(day, other_channel(case.channel), "other_way")
    half = "pm" if case.happened.hour < NOON else "am"
    return Proposal(day, case.channel, "other_half", half=half)


def _by_rhythm(case: Situation) -> Proposal:
    last = case.happened.date()
    latest = rhythms.latest_date(case.rhythm, last, case.calendar)
    if case.planned is not None and case.planned > case.today:
        return Proposal(case.planned, None, "planned", latest=latest)
    due = rhythms.next_date(case.rhythm, last, case.calendar, spread=case.spread)
    day = max(due, case.calendar.on_or_after(case.today))
    if case.tier == "a" and case.texts >= TEXTS and case.channel in rules.TEXT_CHANNELS:
        return Proposal(day, "phone", "texted", latest=latest)
    return Proposal(day, case.preferred or case.rhythm.channel, "rhythm", latest=latest)


def other_channel(channel: str) -> str:
    """Another way to reach somebody."""
    return "wechat" if channel == "phone" else "phone"
