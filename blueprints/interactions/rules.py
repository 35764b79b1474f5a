"""Pure decisions about contacts: which outcomes a channel has, which reset the rhythm, what must be said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from core.errors import RuleBroken
from core.words import _l

TALKED = ("reached", "call_later", "refused")
WRITTEN = ("reached", "sent_no_reply", "call_later", "refused", "mass")
# In the order in which they are offered: the usual one first.
OUTCOMES_OF: dict[str, tuple[str, ...]] = {
    "phone": ("reached", "no_answer", "off", "hung_up", "wrong_number", "call_later", "refused"),
    "wechat": WRITTEN,
    "wecom": WRITTEN,
    "visit": TALKED,
    "received": TALKED,
    "meeting": TALKED,
    "sms": ("reached", "sent_no_reply", "wrong_number", "call_later", "refused", "mass"),
    "mail": WRITTEN,
    "webchat": WRITTEN,
    "social": WRITTEN,
}
CHANNELS = tuple(OUTCOMES_OF)
TEXT_CHANNELS = frozenset({"wechat", "wecom", "sms", "mail", "webchat", "social"})
RESETTING = frozenset({"reached", "refused"})
UNANSWERED = frozenset({"no_answer", "off", "hung_up"})
# Talks about these do not stand for a regular contact of A and B customers, unless the settings say so.
ASIDE_PURPOSES = frozenset({"collection", "complaint"})
# What a purpose of ours is to customers who say what they do not want; of what they are owed they hear in any case.
WISHES = {"survey": "surveys", "festival": "greetings", "birthday": "greetings", "win_back": "marketing",
          "renewal": "marketing"}  # fmt: skip
OWED_PURPOSES = frozenset({"contract", "delivery", "collection", "complaint", "complaint_callback"})
LONGEST_PLAN = timedelta(days=3 * 366)


def check_combination(channel: str, outcome: str) -> None:
    """Raise RuleBroken for an outcome that the channel does not have."""
    if outcome not in OUTCOMES_OF.get(channel, ()):
        raise RuleBroken(_l("This outcome does not go with this channel."), "outcome")


def channel_of(*codes: str | None) -> str | None:
    """The first of these that is a channel: earlier versions stored spaces as one."""
    return next((code for code in codes if code in OUTCOMES_OF), None)


def resets(
    outcome: str, *, purpose: str | None, tier: str, by_owner: bool, aside: Collection[str] = ASIDE_PURPOSES
) -> bool:
    """Whether a contact counts for the rhythm.

    `aside`: purposes that do not, for A and B customers, where another than the owner talks.
    """
    if purpose in aside and tier in ("a", "b") and not by_owner:
        return False
    return outcome in RESETTING


def check_said(values: Mapping[str, Any]) -> None:
    """Raise RuleBroken where an outcome needs more: a refusal its reason, an agreement its day and hour."""
    if values["outcome"] == "refused" and not values.get("refusal_reason"):
        raise RuleBroken(_l("Say why the customer refused."), "refusal_reason")
    if values["outcome"] == "call_later":
        if not values.get("next_on"):
            raise RuleBroken(_l("Give the day that was agreed."), "next_on")
        if not values.get("next_time"):
            raise RuleBroken(_l("Give the hour that was agreed."), "next_time")


def against(forbidden: Collection[str], purpose: str | None, *, outcome: str | None = None) -> bool:
    """Whether a contact of ours with this purpose is one that the customer does not want.

    `forbidden`: what they said no to; a mass message without a purpose is marketing.
    """
    if "all" in forbidden:
        return purpose not in OWED_PURPOSES
    return WISHES.get(purpose or "", "marketing" if outcome == "mass" else "") in forbidden


def check_wanted(forbidden: Collection[str], values: Mapping[str, Any]) -> None:
    """Raise RuleBroken for a contact that we began and the customer does not want, unless that was confirmed."""
    ours = values["channel"] != "received" and values.get("direction") != "they"
    if (
        ours
        and not values.get("despite")
        and against(forbidden, values.get("purpose"), outcome=values["outcome"])
    ):
        raise RuleBroken(
            _l("This customer does not want to be contacted for this. Tick here if you did all the same."),
            "despite",
        )


def check_plan_wanted(forbidden: Collection[str], purpose: str | None, field: str = "purpose") -> None:
    """Raise RuleBroken for a contact that nobody may plan, as the customer does not want it."""
    if against(forbidden, purpose):
        raise RuleBroken(_l("This customer does not want to be contacted for this."), field)


def check_intervals(standard: int, longest: int | None, field: str) -> None:
    """Raise RuleBroken for a longest interval that is shorter than the standard one."""
    if longest is not None and longest < standard:
        raise RuleBroken(_l("The longest interval cannot be shorter than the standard one."), field)


def check_planned_day(day: date, today: date, field: str = "next_on") -> None:
    """Raise RuleBroken for a day that has gone by, or one beyond three years."""
    if day < today:
        raise RuleBroken(_l("This day has gone by. Choose today or a later one."), field)
    if day > today + LONGEST_PLAN:
        raise RuleBroken(_l("This day is too far away: at most three years ahead."), field)


def check_planned_hour(day: date, hour: str | None, now: datetime, field: str = "next_time") -> None:
    """Raise RuleBroken for an hour (HH:MM) of today that has gone by. `now` is the wall clock."""
    if hour and day == now.date() and hour < f"{now:%H:%M}":
        raise RuleBroken(_l("This hour has gone by."), field)


def check_moment(happened_at: datetime, now: datetime) -> None:
    """Raise RuleBroken for a contact that lies in the future."""
    if happened_at > now:
        raise RuleBroken(
            _l("A contact cannot lie in the future. Plan it as the next contact instead."), "happened_at"
        )


def check_late(days: int, workdays: int, reason: str | None, *, free: int = 3, most: int = 30) -> bool:
    """Whether an entry is late (补录), made `days` days and `workdays` working days after the contact.

    Raises RuleBroken beyond `most` days, and beyond `free` working days without a reason.
    """
    if days > most:
        raise RuleBroken(
            _l("A contact can be recorded for at most %(n)s days afterwards.", n=most), "happened_at"
        )
    if workdays > free and not reason:
        raise RuleBroken(
            _l("This contact was more than %(n)s working days ago. Say why it is recorded so late.", n=free),
            "late_reason",
        )
    return days > 0
