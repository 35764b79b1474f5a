"""Following the chain of the trail from its first link, in flat memory, to find what was altered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, select

from core import anchoring, clock
from core.anchoring import Anchor
from core.db import db
from core.seals import FIRST_LINK, KINDS, Seal, Sealed, digests, link_after, relinked

BATCH = 1_000
LATE = timedelta(hours=1)
UNREADABLE, CUT_OFF, ANOTHER, GONE = "unreadable", "cut off", "another", "gone"


@dataclass(frozen=True)
class Waiting:
    """What of a kind has no link yet; `behind` is the oldest of them that later ones have overtaken."""

    kind: Sealed
    count: int
    oldest: datetime | None
    behind: datetime | None


@dataclass(frozen=True)
class Chain:
    """What a look at the whole chain has found.

    `broken` is the position of the first fault, `at_fault` its kind and id. `slipped_in` are rows that got their link
    long after later ones had theirs. `end` says what is wrong with it, measured by the anchor, if anything is.
    """

    links: int
    broken: int | None
    at_fault: tuple[str, int] | None
    slipped_in: Sequence[tuple[str, int]]
    last: datetime | None
    waiting: Sequence[Waiting]
    anchor: Anchor | None = None
    end: str | None = None

    @property
    def unsealed(self) -> int:
        return sum(kind.count for kind in self.waiting)

    @property
    def is_late(self) -> bool:
        """Whether something waits for its seal, and no sealer is at work; or has been left behind."""
        return any(self.waits_in_vain(kind) for kind in self.waiting)

    def waits_in_vain(self, waiting: Waiting) -> bool:
        """Whether no sealer will come to it, as it seems."""
        nobody = self.last is None or _is_old(self.last)
        return _is_old(waiting.behind) or (nobody and _is_old(waiting.oldest))


def _is_old(moment: datetime | None) -> bool:
    return moment is not None and clock.now() - moment > LATE


@dataclass
class _Pace:
    """Up to which id the rows of a kind were all sealed, for at least as long as is late."""

    since: datetime | None = None
    settled: int = 0
    recent: int = 0
    highest: int = 0

    def is_slow(self, row_id: int, at: datetime) -> bool:
        if self.since is None or at - self.since > LATE:
            self.settled, self.recent, self.since = self.recent, self.highest, at
        self.highest = max(self.highest, row_id)
        return row_id <= self.settled


@dataclass
class _Follower:
    """How far the chain was followed, and what was found on the way."""

    anchor: Anchor | None
    position: int = 0
    link: bytes = FIRST_LINK
    last: datetime | None = None
    broken: int | None = None
    at_fault: tuple[str, int] | None = None
    is_another: bool = False
    slipped_in: list[tuple[str, int]] = field(default_factory=list)
    paces: defaultdict[str, _Pace] = field(default_factory=lambda: defaultdict(_Pace))

    def follow(self, batch: Sequence[Any]) -> None:
        """Go on through some links, up to the first fault."""
        made, last = _computed(batch)
        slow = []
        for seal in batch:
            key = seal.kind, seal.row_id
            # Without its salt a link holds only because a later one tells what is left of the row
            holds = last.get(key) != seal.id if seal.salt is None else made.get(key) == seal.digest
            link = link_after(self.link, seal.digest)
            if not holds or (seal.id, seal.link) != (self.position + 1, link):
                self.broken, self.at_fault = self.position + 1, key
                return
            self.position, self.link, self.last = seal.id, link, seal.at
            if self.anchor and self.anchor.position == seal.id:
                self.is_another = self.anchor.link != link.hex()
            if self.paces[seal.kind].is_slow(seal.row_id, seal.at):
                slow.append(seal)
        self.slipped_in += [(seal.kind, seal.row_id) for seal in slow if not _has_earlier(seal)]


def _computed(batch: Sequence[Any]) -> tuple[dict[tuple[str, int], bytes], dict[tuple[str, int], int]]:
    """What the rows of these links say now, and the last link of those whose link has no salt any more."""
    made: dict[tuple[str, int], bytes] = {}
    last: dict[tuple[str, int], int] = {}
    for code, kind in KINDS.items():
        salts = {seal.row_id: seal.salt for seal in batch if seal.kind == code and seal.salt is not None}
        erased = {seal.row_id for seal in batch if seal.kind == code and seal.salt is None}
        made |= {(code, row_id): digest for row_id, digest in digests(kind, salts).items()}
        last |= {(code, row_id): position for row_id, position in _last_of(code, erased)}
    return made, last


def _last_of(code: str, row_ids: Collection[int]) -> Collection[tuple[int, int]]:
    return relinked(code, row_ids).items() if row_ids else ()


def _has_earlier(seal: Any) -> bool:
    """Whether the row had a link before: what is left after an erasure gets a new one."""
    earlier = select(Seal.id).where(Seal.kind == seal.kind, Seal.row_id == seal.row_id, Seal.id < seal.id)
    return db.session.scalar(earlier.limit(1)) is not None


def check() -> Chain:
    """Compute the chain anew, a batch at a time, and compare where it ends with the anchor."""
    end = None
    try:
        anchor = anchoring.read()
    except ValueError:
        anchor, end = None, UNREADABLE
    if anchor is None and end is None and anchoring.is_expected():
        end = GONE
    follower = _Follower(anchor)
    while follower.broken is None and (batch := _after(follower.position)):
        follower.follow(batch)
    if anchor and follower.is_another:
        end = ANOTHER
    elif anchor and follower.broken is None and follower.position < anchor.position:
        end = CUT_OFF
    return Chain(
        follower.position, follower.broken, follower.at_fault, follower.slipped_in, follower.last,
        [_waiting(kind) for kind in KINDS.values()], anchor, end,
    )  # fmt: skip


def _after(position: int) -> Sequence[Any]:
    columns = Seal.id, Seal.kind, Seal.row_id, Seal.salt, Seal.digest, Seal.link, Seal.at
    return db.session.execute(select(*columns).where(Seal.id > position).order_by(Seal.id).limit(BATCH)).all()


def _waiting(kind: Sealed) -> Waiting:
    row: Any = kind.model
    of_kind = Seal.kind == kind.code
    highest = db.session.scalar(select(func.max(Seal.row_id)).where(of_kind)) or 0
    behind = func.min(case((row.id < highest, row.at)))
    wanted = select(func.count(), func.min(row.at), behind)
    return Waiting(
        kind, *db.session.execute(wanted.where(~exists().where(of_kind, Seal.row_id == row.id))).one()
    )
