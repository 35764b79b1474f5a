"""What customers allow and forbid, purpose by purpose. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations

from core.errors import RuleBroken
from core.words import _l

ALL = "all"
PURPOSES = (ALL, "marketing", "surveys", "greetings")
GUARDIAN = "guardian"  # no purpose, but what the law asks for before data of a child are kept
ASKED = (*PURPOSES, GUARDIAN)
OF_AGE = 14
STATES = ("given", "refused", "withdrawn")
DENIED = frozenset({"refused", "withdrawn"})
LONGEST_AGO = timedelta(days=20 * 366)


def forbidden(said: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The purposes for which a customer must not be contacted, after all they said: (purpose, state), oldest first.

    Of each purpose the latest holds. Whoever wants no contact at all is asked for none of them: "all" then stands
    alone; once that is over, what they said of a single purpose holds as before.
    """
    latest = dict(said)
    denied = tuple(purpose for purpose in PURPOSES if latest.get(purpose) in DENIED)
    return (ALL,) if ALL in denied else denied


def marks_with(purposes: Iterable[str]) -> list[str]:
    """All forms of a customer's mark (`forbidden`, with commas between) that forbid one of these purposes."""
    wanted = {*purposes, ALL}
    single = [purpose for purpose in PURPOSES if purpose != ALL]
    several = (some for n in range(1, len(single) + 1) for some in combinations(single, n))
    return [ALL, *(",".join(some) for some in several if wanted.intersection(some))]


def is_child(kind: str, birthday: date | None, today: date) -> bool:
    """Whether a customer is a child (see `is_under_age`): of companies nobody is born."""
    return kind == "person" and is_under_age(birthday, today)


def is_under_age(born: date | None, today: date) -> bool:
    """Whether who was born on a day is under 14, so that a guardian must agree to their data (PIPL, article 31)."""
    if born is None:
        return False
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age < OF_AGE


def check_guardian(said: Iterable[tuple[str, str]]) -> None:
    """No number of a child without the guardian's consent: (purpose, state), oldest first. Raises RuleBroken."""
    if not is_agreed(said):
        raise RuleBroken(
            _l(
                "This customer is under 14. Note first, under consents, that a guardian agrees, and who that is."
            ),
            "value",
        )


def check_guardian_of_person(said: Iterable[tuple[str, str]]) -> None:
    """The same of a child who is a contact person. Raises RuleBroken."""
    if not is_agreed(said):
        raise RuleBroken(
            _l(
                "This contact person is under 14. Note first, under consents, that a guardian agrees, and who that is."
            ),
            "value",
        )


def is_agreed(said: Iterable[tuple[str, str]]) -> bool:
    """Whether a guardian agrees, after all they said: (purpose, state), oldest first."""
    return dict(said).get(GUARDIAN) == "given"


def check_consent(
    purpose: str, state: str, on_day: date, today: date, present: Iterable[str], remark: str | None = None
) -> None:
    """A day that has come, a guardian with a name, no exception from "no contact at all". Raises RuleBroken."""
    if purpose == GUARDIAN and not remark:
        raise RuleBroken(_l("Write down who the guardian is."), "remark")
    if not today - LONGEST_AGO <= on_day <= today:
        raise RuleBroken(_l("Give the day on which they said so, today or before."), "on_day")
    if purpose in PURPOSES and purpose != ALL and state == "given" and ALL in present:
        raise RuleBroken(
            _l("They want no contact at all. Note first that they may be contacted again."), "purpose"
        )
