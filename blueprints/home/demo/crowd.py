"""The many customers without a story: who owns how many of which kind, and how their contacts stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from blueprints.home.demo import history, names, texts
from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.humans import Numbers, People
from blueprints.home.demo.names import Place
from blueprints.home.demo.plain import PACES, File, Next

# How many files of each kind: tier of those who bought, intent of prospects, else the status.
KINDS = ("a", "b", "c", "d", "none", "high", "middle", "low", "dormant", "lost")
OWNED = {
    "sales1a": (6, 20, 36, 20, 3, 6, 12, 14, 14, 7),
    "sales1b": (2, 6, 8, 3, 1, 1, 2, 3, 3, 1),
    "lead1": (4, 8, 14, 10, 1, 1, 2, 4, 6, 2),
    "sales2a": (2, 6, 14, 8, 3, 4, 9, 6, 4, 2),
    "lead2": (3, 10, 18, 14, 1, 2, 4, 6, 7, 3),
    "manager": (3, 2, 1, 0, 0, 0, 0, 0, 0, 0),
}
TEAMS = {"sales1a": "sales1", "sales1b": "sales1", "lead1": "sales1", "sales2a": "sales2", "lead2": "sales2"}
# Of the crowd, how many are past the longest interval, and how many past the standard one or just there.
OVERDUE = {"sales1a": ("b",), "sales1b": ("c",), "lead1": ("b",), "sales2a": ("middle",), "lead2": ("c", "b")}
DUE = {
    "sales1a": ("high", "b", "b", "middle", "middle", "c", "low"),
    "sales1b": ("b", "middle", "c", "low", "dormant"),
    "lead1": ("a", "b", "b", "c", "middle"),
    "sales2a": ("high", "b", "b", "middle", "middle", "c"),
    "lead2": ("a", "b", "b", "c", "c", "high", "middle"),
    "manager": ("a", "b"),
}
SOURCES = {
    "referral": 24, "repurchase": 8, "fair": 12, "website": 10, "hotline": 10, "douyin": 8, "shop": 5,
    "search_engine": 8, "cold": 10, "dealer": 3, "wecom": 2,
}  # fmt: skip
TAGS = (
    "月结",
    "租赁客户",
    "维保客户",
    "饮水设备",
    "耗材自购",
    "价格敏感",
    "老板直谈",
    "多分公司",
    "样品敏感",
    "展会认识",
)
LOST_REASONS = ("price", "service", "closed", "no_need", "contact_changed", "unreachable")
TIMES = ("上午", "下午", "周二、周四", "午休别打")
HANDED_OVER = 20  # days ago that 韩雪 came and was given her customers


class Crowd:
    """Makes the files, the same ones for the same chance and days."""

    def __init__(self, chance: Random, days: Days, numbers: Numbers, people: People) -> None:
        self._chance, self._days, self._numbers, self._people = chance, days, numbers, people
        self._brands = names.brands(chance)

    def files(self) -> Iterator[File]:
        """All of them, owner by owner."""
        for owner, counts in OWNED.items():
            overdue, due = list(OVERDUE.get(owner, ())), list(DUE.get(owner, ()))
            for kind, count in zip(KINDS, counts, strict=True):
                for _number in range(count):
                    state = "overdue" if _taken(overdue, kind) else "due" if _taken(due, kind) else "ok"
                    yield self._file(owner, kind, state)

    def fresh(self, owner: str | None, **columns: Any) -> File:
        """A company that is new on file: without contacts, as old as the installation."""
        place = self._chance.choice(names.REGIONS[TEAMS.get(owner or "")])
        trade, brand = self._chance.choice(names.TRADES), next(self._brands)
        name, short = names.company(self._chance, brand, place, trade)
        facts = {
            "short_name": short,
            "industry": trade.industry,
            "size": trade.size,
            **self._where(place),
            **columns,
        }
        landline = self._numbers.landline(place.code) if self._chance.random() < 0.35 else None
        return File(name, owner, facts, INTRODUCED, self._people.several(brand), landline, self._tags())

    def _file(self, owner: str, kind: str, state: str) -> File:
        file = self.fresh(owner, **self._standing(kind))
        last = self._last(kind, state)
        file = file.having(born=self._born(kind, last))
        if owner == "sales2a" and file.born > HANDED_OVER:
            file = file.having(before="lead2")
        file = file.having(said=history.made(self._chance, self._days, file, last, state))
        return self._planned(file) if state == "ok" else file

    def _standing(self, kind: str) -> dict[str, Any]:
        """Tier, intent and status of a kind, with what goes with them."""
        columns: dict[str, Any] = {"source": self._chance.choices(list(SOURCES), list(SOURCES.values()))[0]}
        if kind in ("high", "middle", "low"):
            return {**columns, "status": "prospect", "intent": kind}
        if kind == "lost":
            return {**columns, "status": kind, "tier": "d", "lost_reason": self._chance.choice(LOST_REASONS)}
        if kind == "dormant":
            return {
                **columns,
                "status": kind,
                "tier": self._chance.choice("bccd"),
                "at_risk": self._chance.random() < 0.3,
            }
        return {**columns, "status": "active", "tier": kind}

    def _last(self, kind: str, state: str) -> int:
        """How many days ago the last contact was, so that the file stands as it should."""
        pace = PACES[kind]
        if state == "overdue":
            return self._days.between(self._chance, pace.longest + 1, pace.longest + 2)
        if state == "due":
            return self._days.between(
                self._chance, pace.standard, pace.standard + (pace.longest - pace.standard) // 2
            )
        return self._days.between(self._chance, 1, max(1, pace.standard - 3))

    def _born(self, kind: str, last: int) -> int:
        """Prospects came in these weeks, all others with the old list, or now and then since."""
        newest = {"high": 24, "middle": 60}.get(kind, INTRODUCED)
        if newest == INTRODUCED and (kind != "low" or self._chance.random() < 0.6):
            return INTRODUCED
        return self._days.worked(max(last, self._chance.randint(min(last, newest), newest)))

    def _planned(self, file: File) -> File:
        """With some, what comes next was agreed or planned."""
        last = file.said[-1] if file.said else None
        if last is None or not last.counts or self._chance.random() < 0.85:
            return file
        ahead = self._days.ahead_of(0, self._chance.randint(2, 9))
        about = last.purpose or "routine"
        plan = Next(
            ahead, None, history.channel(self._chance, file), about, texts.points(self._chance, about)
        )
        return file.having(said=(*file.said[:-1], replace(last, next=plan)))

    def _where(self, place: Place) -> dict[str, Any]:
        columns = names.address(self._chance, place)
        if self._chance.random() < 0.3:
            columns["preferred_channel"] = self._chance.choice(("phone", "phone", "wechat", "visit"))
            columns["preferred_time"] = self._chance.choice(TIMES)
        return columns

    def _tags(self) -> tuple[str, ...]:
        return tuple(self._chance.sample(TAGS, self._chance.choices((0, 1, 2, 3), (40, 35, 20, 5))[0]))


def _taken(wanted: list[str], kind: str) -> bool:
    if kind not in wanted:
        return False
    wanted.remove(kind)
    return True
