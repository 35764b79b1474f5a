"""Files of the last days: leads, and customers imported from a list that names no date of contact."""

from __future__ import annotations

from collections.abc import Iterator

from blueprints.home.demo.crowd import Crowd
from blueprints.home.demo.days import Days
from blueprints.home.demo.plain import File, Next, Said

IMPORTED_BY = "lead2"
LEADS = (
    ("sales1a", "hotline"), ("sales1a", "website"), ("sales1b", "website"),
    ("sales2a", "douyin"), ("sales2a", "website"), ("sales2a", "xiaohongshu"), ("lead2", "hotline"),
)  # fmt: skip
IMPORTED = (("sales2a", "bbccccdd"), ("lead2", "bccd"))


def leads(crowd: Crowd, days: Days) -> Iterator[File]:
    """Came in yesterday. Every second was called in vain; all are to be called today."""
    yesterday = days.workdays_back(0, 1)
    for place, (owner, source) in enumerate(LEADS):
        file = crowd.fresh(owner, status="lead", source=source).having(born=yesterday)
        yield file.having(said=(_in_vain(yesterday),)) if place % 2 else file


def _in_vain(ago: int) -> Said:
    plan = Next(0, "am", "phone", "first_contact")
    return Said(ago, "phone", "no_answer", "没接，上午再打。", "first_contact", "16:40", next=plan)


def imported(crowd: Crowd, days: Days) -> Iterator[File]:
    """Customers of a dealer that closed, imported two working days ago: nobody has talked to them yet."""
    ago = days.workdays_back(0, 2)
    for owner, tiers in IMPORTED:
        for tier in tiers:
            yield crowd.fresh(owner, status="active", tier=tier, source="import").having(
                born=ago, tags=("经销商转来",)
            )
