"""What is said of a customer before it becomes rows: plain values, days counted back from today."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Next:
    """The contact that was planned, `ahead` days from the demonstration's day; `at` as HH:MM, am or pm."""

    ahead: int
    at: str | None = None
    channel: str | None = None
    purpose: str | None = None
    points: str | None = None


@dataclass(frozen=True)
class Said:
    """One contact or a try at one, `ago` days before the demonstration's day at HH:MM."""

    ago: int
    channel: str
    outcome: str
    summary: str | None = None
    purpose: str | None = None
    at: str = "10:20"
    minutes: int | None = None
    mood: str | None = None
    refusal: str | None = None
    next: Next | None = None

    @property
    def counts(self) -> bool:
        """Whether it resets the rhythm."""
        return self.outcome in ("reached", "refused")


@dataclass(frozen=True)
class Human:
    """A contact person; those with the same `key` at several customers are one and the same."""

    name: str
    address: str
    position: str | None = None
    role: str | None = None
    mobile: str | None = None
    email: str | None = None
    wechat: str | None = None
    department: str | None = None
    note: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Edit:
    """A later change of the file by somebody."""

    ago: int
    by: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Noted:
    """A note that somebody wrote on the file."""

    ago: int
    by: str
    text: str
    at: str = "16:40"
    pinned: bool = False


@dataclass(frozen=True)
class Filed:
    """A file that somebody attached; `paper` says which of `papers`."""

    ago: int
    by: str
    paper: str
    name: str
    at: str
    remark: str | None = None


@dataclass(frozen=True)
class Tie:
    """What others are to a customer, as somebody noted it."""

    of: str
    role: str
    others: tuple[str, ...]
    ago: int
    by: str


@dataclass(frozen=True)
class Spoken:
    """What a customer said and somebody noted, `ago` days before."""

    of: str
    ago: int
    by: str
    values: dict[str, Any]


@dataclass(frozen=True)
class File:
    """A customer file. `columns` are those of the table; `born` is how many days ago it was made.

    `before` is who owned it until it was handed to `owner`.
    """

    name: str
    owner: str | None
    columns: dict[str, Any]
    born: int
    people: tuple[Human, ...] = ()
    landline: str | None = None
    tags: tuple[str, ...] = ()
    helpers: dict[str, bool] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    edits: tuple[Edit, ...] = ()
    notes: tuple[Noted, ...] = ()
    files: tuple[Filed, ...] = ()
    before: str | None = None

    def having(self, **facts: Any) -> File:
        """The same file with some facts changed."""
        return replace(self, **facts)


@dataclass(frozen=True)
class Pace:
    """Standard and longest interval in days."""

    standard: int
    longest: int


# The rhythms of the defaults; whoever is lost has no longest interval, and a lead's are working days.
PACES = {
    "a": Pace(14, 21), "b": Pace(30, 45), "c": Pace(60, 90), "d": Pace(120, 180), "none": Pace(30, 45),
    "high": Pace(3, 5), "middle": Pace(7, 14), "low": Pace(30, 45), "lead": Pace(1, 1),
    "dormant": Pace(60, 90), "lost": Pace(180, 360),
}  # fmt: skip
