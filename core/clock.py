"""The only clock. Instants are aware and in UTC; days are days of the company's zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"

zone_name: Callable[[], str] = lambda: DEFAULT_ZONE  # noqa: E731 - core.settings puts its own in this place
_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def zone() -> ZoneInfo:
    """The company's time zone."""
    return ZoneInfo(zone_name())


def local(moment: datetime) -> datetime:
    """The same instant as the company's wall clock shows it (aware)."""
    return moment.astimezone(zone())


def day_of(moment: datetime) -> date:
    """The company's day in which an instant falls."""
    return local(moment).date()


def today() -> date:
    """The company's present day."""
    return day_of(now())


def at(day: date, hour: time = time(12)) -> datetime:
    """The instant at which the company's wall clock shows this day and hour, in UTC."""
    return datetime.combine(day, hour, tzinfo=zone()).astimezone(UTC)


def from_wall(wall: datetime) -> datetime:
    """The instant meant by a naive wall-clock time that a person typed, in UTC."""
    return wall.replace(tzinfo=zone()).astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock at an instant, for tests and for filling the demonstration company."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
