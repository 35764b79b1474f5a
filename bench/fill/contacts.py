"""What was said to a synthetic customer, what is planned, and the dates that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from random import Random
from typing import Any

from bench.fill import words
from blueprints.interactions import cadence, rhythms, rules
from blueprints.interactions.rhythms import Rhythm
from core import clock

OUTCOMES = {channel: [o for o in outcomes if o != "mass"] for channel, outcomes in rules.OUTCOMES_OF.items()}
CHANNELS = ("phone", "phone", "phone", "wechat", "wechat", "visit", "mail", "meeting")
PURPOSES = ("routine", "routine", "quote", "sample", "delivery", "needs", None)
MEAN_CONTACTS = 10
# How many contacts each of 25 customers has, dealt like cards: ten on average, exactly
CONTACTS = (0, *range(1, 21), 7, 9, 11, 13)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class History:
    """The contacts of one customer, oldest first, the open plan, and the customer's derived dates."""

    contacts: list[dict[str, Any]]
    plan: dict[str, Any] | None
    dates: dict[str, Any]


class Talk:
    """Makes histories as of one day, by the rhythms and the calendar of the company."""

    def __init__(self, random: Random, today: date) -> None:
        self.random, self.today = random, today
        self.rhythm_of: Callable[[str], Rhythm] = lru_cache(None)(cadence.rhythm_of)
        self.calendar = cadence.calendar_of(None)
        self.cards: list[int] = []
        self.next_of = lru_cache(100_000)(self._next)

    def with_(self, customer: dict[str, Any], person_id: int | None, since: date) -> History:
        """The history of a customer who became one on the day `since`."""
        rhythm = self.rhythm_of(rhythms.group_of(customer["tier"], customer["intent"], customer["status"]))
        days = self._days(rhythm, since)
        contacts = [self._contact(customer, person_id, day) for day in days]
        contacts.sort(key=itemgetter("happened_at"))
        counted = next((contact for contact in reversed(contacts) if contact["counts"]), None)
        plan = self._plan(customer) if self.random.random() < 0.25 else None
        return History(contacts, plan, self._dates(customer, rhythm, counted, plan))

    def _days(self, rhythm: Rhythm, since: date) -> list[date]:
        """Days about a standard interval apart, going back from a last one that most often is within it."""
        count, age = self._count(), (self.today - since).days
        last = back = int(self.random.random() ** 0.8 * min(rhythm.standard * 1.25, 120, age))
        days: list[date] = []
        for _ in range(count):
            if back > age:  # a young customer has had them closer together
                back = self.random.randint(last, age)
            days.append(self.today - DAY * back)
            back += self.random.randint(1, max(2, min(rhythm.standard, age // MEAN_CONTACTS)))
        return sorted(days)

    def _count(self) -> int:
        if not self.cards:
            self.cards = self.random.sample(CONTACTS, len(CONTACTS))
        return self.cards.pop()

    def _contact(self, customer: dict[str, Any], person_id: int | None, day: date) -> dict[str, Any]:
        channel = self.random.choice(CHANNELS)
        outcome = "reached" if self.random.random() < 0.8 else self.random.choice(OUTCOMES[channel])
        at = moment(day, self.random)
        return {
            "customer_id": customer["id"], "person_id": person_id, "author_id": customer["talker_id"],
            "recorded_by_id": customer["talker_id"], "team_id": customer["team_id"], "channel": channel,
            "outcome": outcome, "happened_at": at, "on_day": day, "purpose": self.random.choice(PURPOSES),
            "summary": self.random.choice(words.SUMMARIES) if outcome == "reached" else None,
            "refusal_reason": "no_need" if outcome == "refused" else None,
            "counts": outcome in rules.RESETTING, "created_at": at, "updated_at": at,
        }  # fmt: skip

    def _plan(self, customer: dict[str, Any]) -> dict[str, Any]:
        """Mostly for the coming weeks; some have been let go by."""
        day = self.calendar.on_or_after(self.today + DAY * self.random.randint(-4, 40))
        at = moment(self.today - DAY * 5, self.random)
        return {
            "customer_id": customer["id"], "user_id": None, "on_day": day, "channel": "phone",
            "at_time": self.random.choice((None, None, None, "10:30", "pm")),
            "purpose": self.random.choice(PURPOSES), "created_at": at, "updated_at": at,
        }  # fmt: skip

    def _dates(
        self,
        customer: dict[str, Any],
        rhythm: Rhythm,
        last: dict[str, Any] | None,
        plan: dict[str, Any] | None,
    ) -> dict[str, Any]:
        """As `interactions.refreshing` computes them; a test holds the two equal."""
        planned = plan["on_day"] if plan else None
        next_on = latest = None
        if last is not None:
            next_on, latest = self.next_of(
                rhythm, last["on_day"], customer["id"] % rhythms.DAYS_BEFORE_HOLIDAY
            )
        elif customer["owner_id"] is not None:
            next_on = self.calendar.on_or_after(clock.day_of(customer["created_at"]))
        return {
            "last_contact_at": last["happened_at"] if last else None,
            "last_contact_on": last["on_day"] if last else None,
            "last_contact_channel": last["channel"] if last else None,
            "next_contact_on": planned or next_on,
            "latest_contact_on": latest,
        }

    def _next(self, rhythm: Rhythm, last: date, spread: int) -> tuple[date, date | None]:
        next_on = rhythms.next_date(rhythm, last, self.calendar, spread=spread)
        return next_on, rhythms.latest_date(rhythm, last, self.calendar)


def moment(day: date, random: Random) -> datetime:
    """An instant in the office hours of a day in Shanghai."""
    return datetime.combine(day, time(1), UTC) + timedelta(seconds=random.randrange(9 * 3_600))
