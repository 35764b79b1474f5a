"""Running numbers that are never given twice."""

from __future__ import annotations

from sqlalchemy import String, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, affected, db


class Counter(Model):
    """The last number given out under a name."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int]


def take(name: str, n: int = 1) -> int:
    """The first of `n` fresh numbers; others that ask meanwhile wait for this transaction to end."""
    raised = (
        update(Counter).where(Counter.name == name).values(value=Counter.value + n).returning(Counter.value)
    )
    last = db.session.scalar(raised)
    if last is None:
        db.session.execute(insert(Counter).values(name=name, value=n))
        last = n
    return last - n + 1


def reach(name: str, value: int) -> None:
    """Let no number up to `value` be given out any more, because somebody brought it along."""
    raised = update(Counter).where(Counter.name == name, Counter.value < value).values(value=value)
    if not affected(raised) and db.session.get(Counter, name) is None:
        db.session.execute(insert(Counter).values(name=name, value=value))
