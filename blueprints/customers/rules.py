"""Pure decisions about customer files: codes, numbers, who may own what, what collides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from core.errors import RuleBroken
from core.rights import Grant, Scope
from core.words import _l

Span = tuple[
    date | None, date | None
]  # the first day, and the first on which it is over; None: nobody knows, or open

KINDS = ("company", "person")
RELATIONSHIPS = ("customer", "dealer", "supplier", "partner")
TIERS = ("a", "b", "c", "d", "none")
INTENTS = ("high", "middle", "low", "none")
STATUSES = ("lead", "prospect", "active", "dormant", "lost")
LOST_REASONS = (
    "price", "quality", "service", "competitor", "closed", "no_need", "contact_changed", "unreachable", "other",
)  # fmt: skip
POINT_KINDS = ("mobile", "phone", "email", "wechat", "wecom", "qq", "fax")
FRIEND_KINDS = frozenset({"wechat", "wecom"})
PHONE_KINDS = frozenset({"mobile", "phone", "fax"})
DECISION_ROLES = ("decider", "influencer", "user", "purchasing", "finance", "gatekeeper")
CHANNELS = ("phone", "wechat", "wecom", "visit", "received", "meeting", "sms", "mail", "webchat", "social")
# Kind of relation → what its first side is to the second, and the second to the first
RELATIONS = {
    "parent": ("parent", "subsidiary"), "controller": ("controller", "controller"), "dealer": ("dealer", "principal"),
    "supplier": ("supplier", "buyer"), "partner": ("partner", "partner"), "referral": ("referrer", "referred"),
    "influence": ("influencer", "influenced"), "spouse": ("spouse", "spouse"), "household": ("household", "household"),
}  # fmt: skip
OF_COMPANIES, OF_PERSONS = frozenset({"parent"}), frozenset({"spouse", "household"})
OWN_BIN_WINDOW = timedelta(hours=24)
LOOKUPS_A_DAY = 30
LOOKUP_DIGITS = 7
MOST_TAGS = 20
MOST_TAG = 40
MOST_POINTS = 30
FIRST_YEAR_OF_BIRTH = 1900
# What a file should hold, each of it counting the same
WANTED = {
    "company": (
        "person_id", "phone", "written", "city", "industry", "size", "source", "grade", "preferred_channel",
    ),
    "person": ("phone", "written", "city", "gender", "birthday", "source", "grade", "preferred_channel"),
}  # fmt: skip
WEB_ADDRESS = r"(?i)^(https?://)?[^\s:]+$"


def number_of(prefix: str, n: int) -> str:
    """The number of the n-th customer: KH000123."""
    return f"{prefix}{n:06d}"


def check_status(values: Mapping[str, Any]) -> None:
    """A lost customer needs a reason. Raises RuleBroken."""
    if values.get("status") == "lost" and not values.get("lost_reason"):
        raise RuleBroken(_l("Say why the customer was lost."), "lost_reason")


def check_birthday(day: date | None, today: date) -> None:
    """Somebody who lives is born by now, and not in another age. Raises RuleBroken."""
    if day is not None and day > today:
        raise RuleBroken(_l("A birthday cannot lie in the future."), "birthday")
    if day is not None and day.year < FIRST_YEAR_OF_BIRTH:
        raise RuleBroken(_l("Give a year of birth from %(year)s on.", year=FIRST_YEAR_OF_BIRTH), "birthday")


def wanted(kind: str) -> tuple[str, ...]:
    """What a file should hold. Whatever is no kind is a company: earlier versions stored spaces as one."""
    return WANTED.get(kind, WANTED["company"])


def missing(kind: str, held: Collection[str]) -> list[str]:
    """What of `wanted` a file of this kind does not hold."""
    return [name for name in wanted(kind) if name not in held]


def completeness(kind: str, missing: Collection[str]) -> int:
    """How much of what a file should hold is there, in whole per cent."""
    whole = len(wanted(kind))
    return 100 * (whole - len(missing)) // whole


def whole_months(first: date, last: date) -> int:
    """The months that are over between two days: from the 31st of January to the 28th of February none is."""
    months = 12 * (last.year - first.year) + last.month - first.month
    return max(0, months - (last.day < first.day))


def check_bin(scope: Scope, created_at: datetime, now: datetime, *, created_by_self: bool) -> None:
    """Own files may go into the bin within a day of making them; wider scopes may always. Raises RuleBroken."""
    if scope is Scope.OWN and not (created_by_self and now - created_at <= OWN_BIN_WINDOW):
        raise RuleBroken(
            _l("You may delete a file that you made yourself, within 24 hours. Ask your lead for others.")
        )


def check_bulk(grant: Grant | None, count: int) -> None:
    """How many files one bulk change may touch. Raises RuleBroken."""
    if grant is None or (grant.limit is not None and count > grant.limit):
        most = grant.limit if grant else 0
        raise RuleBroken(_l("You may change at most %(n)s customers at once.", n=most))


def check_tags(names: Iterable[str]) -> None:
    """How long a tag may be. Raises RuleBroken."""
    if any(len(name) > MOST_TAG for name in names):
        raise RuleBroken(_l("A tag has at most 40 characters."), "tags")


def check_lookups(today: int) -> None:
    """The exact look-up is counted. Raises RuleBroken."""
    if today >= LOOKUPS_A_DAY:
        raise RuleBroken(_l("You have used your %(n)s look-ups of today.", n=LOOKUPS_A_DAY), "q")


def contact_state(
    today: date, last: date | None, next_on: date | None, latest: date | None, *, silence: date | None = None
) -> str:
    """ok, due, overdue, or unmet for a customer that nobody has talked to yet.

    `silence`: the day as which today counts for silence, whose clock stands still in long holidays.
    """
    if last is None:
        return "unmet"
    if latest is not None and latest < (silence or today):
        return "overdue"
    return "due" if next_on is not None and next_on <= today else "ok"


def check_lookup(q: str, digits: str) -> None:
    """The look-up is for whole names, codes and numbers, not for guessing. Raises RuleBroken."""
    only_number = len(digits) >= len(q.replace(" ", "")) * 0.6
    if (only_number and len(digits) < LOOKUP_DIGITS) or len(q) < 2:
        raise RuleBroken(
            _l(
                "Give the full company name, the credit code, or at least %(n)s digits of a number.",
                n=LOOKUP_DIGITS,
            ),
            "q",
        )


def relation_roles(own: str, other: str) -> list[str]:
    """What the other customer can be to this one, by their kinds (company, person)."""
    both = {own, other}
    return [
        role
        for kind, roles in RELATIONS.items()
        if not (kind in OF_COMPANIES and "person" in both) and not (kind in OF_PERSONS and "company" in both)
        for role in dict.fromkeys(roles)
    ]


def relation_of(own: int, other: int, role: str) -> tuple[str, int, int]:
    """Kind, first and second side of a relation in which the other one is `role` to the own: each has one form."""
    kind = next(kind for kind, roles in RELATIONS.items() if role in roles)
    first, second = RELATIONS[kind]
    if first == second:
        return kind, min(own, other), max(own, other)
    return (kind, other, own) if role == first else (kind, own, other)


def role_in(kind: str, *, first: bool) -> str:
    """What a side of a relation is to the other one."""
    return RELATIONS[kind][0 if first else 1]


def overlap(one: Span, another: Span) -> bool:
    """Whether two spans have a day in common."""
    return (one[0] or date.min) < (another[1] or date.max) and (another[0] or date.min) < (one[1] or date.max)


def check_relation(own: int, other: int, span: Span) -> None:
    """Two sides, and an order of days. Raises RuleBroken."""
    if own == other:
        raise RuleBroken(_l("A customer has no relation with itself."), "other")
    if span[0] and span[1] and span[1] < span[0]:
        raise RuleBroken(_l("It cannot end before it begins."), "until")


def check_twice(span: Span, others: Iterable[Span]) -> None:
    """The same relation of the same two is there once at a time. Raises RuleBroken."""
    if any(overlap(span, other) for other in others):
        raise RuleBroken(_l("These two have this relation already in that time."), "role")


def check_parent(parent: int, child: int, above: Mapping[int, Iterable[int]]) -> None:
    """Nobody is above itself. `above`: customer → its parent companies. Raises RuleBroken."""
    waiting, seen = [parent], {parent}
    while waiting:
        fresh = set(above.get(waiting.pop(), ())) - seen
        seen |= fresh
        waiting += fresh
    if child in seen:
        raise RuleBroken(_l("Then a company would be its own parent company."), "role")


def check_added_by(kind: str, added_by: str | None) -> None:
    """Only friends are added by an account of ours. Raises RuleBroken."""
    if added_by and kind not in FRIEND_KINDS:
        raise RuleBroken(_l("Only friends on WeChat and WeCom are added by an account of ours."), "added_by")
