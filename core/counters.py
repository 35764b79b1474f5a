"""Running numbers that are never given twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, affected, db, one_after_another


class Counter(Model):
    """The last number given out under a name."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int]


_COUNTERS: Any = Counter.__table__
_RAISED = (
    update(_COUNTERS)
    .where(_COUNTERS.c.name == bindparam("counted"))
    .values(value=_COUNTERS.c.value + bindparam("n"))
    .returning(_COUNTERS.c.value)
)


def take(name: str, n: int = 1) -> int:
    """The first of `n` fresh numbers; others that ask meanwhile wait for this transaction to end."""
    last = _raised(name, n)
    if last is None:
        one_after_another(f"counter {name}")
        last = _raised(name, n)  # somebody else may just have begun it
    if last is None:
        db.session.execute(insert(Counter).values(name=name, value=n))
        last = n
    return last - n + 1


def _raised(name: str, n: int) -> int | None:
    last: int | None = db.session.scalar(_RAISED, {"counted": name, "n": n})
    return last


def reach(name: str, value: int) -> None:
    """Let no number up to `value` be given out any more, because somebody brought it along."""
    raised = update(Counter).where(Counter.name == name, Counter.value < value).values(value=value)
    if affected(raised) or _is_begun(name):
        return
    one_after_another(f"counter {name}")
    if not affected(raised) and not _is_begun(name):
        db.session.execute(insert(Counter).values(name=name, value=value))


def _is_begun(name: str) -> bool:
    return db.session.scalar(select(Counter.value).where(Counter.name == name)) is not None
