"""The seal of the change trail: a chain over what each change set says, so that a later edit is found.

Sets are sealed a few seconds after they were written, in the order in which they are found committed. Each link is
SHA-256(link before ‖ digest), each digest SHA-256(salt ‖ payload): where payload and salt are erased by law, the
digest stays and the chain still holds; what is left of the set then has a digest of its own (`ErasedSet`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.change_sets import Change, ChangeSet
from core.db import Model, db, pk, reading, ref
from core.erasures import ErasedSet

BATCH = 200
BREATH_S = 0.05
BEHIND = 1_000  # sets that may still commit after one with a higher number
LATE = timedelta(hours=1)
FIRST_LINK = b"\0" * 32


class Seal(Model):
    """One link of the chain; its id is the position. Never changed afterwards, but for an erased salt."""

    __tablename__ = "seals"

    id: Mapped[int] = pk()
    set_id: Mapped[int] = ref("change_sets.id", index=False, unique=True)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]


def seal(*, everything: bool = False) -> int:
    """Seal what was written since; with `everything`, also what a late commit has left behind. Commits.

    The sums are made before each short transaction, and others have time to write between two of them.
    """
    sealed = 0
    while digested := _digested(everything):
        try:
            _append(digested)
            db.session.commit()
            sealed += len(digested)
        except IntegrityError:  # another sealer was quicker
            db.session.rollback()
        time.sleep(BREATH_S)
    return sealed


def _digested(everything: bool) -> list[dict[str, Any]]:
    """The next sets without a seal, each with a salt and its digest."""
    with reading():
        salts = {set_id: secrets.token_bytes(16) for set_id in _unsealed(everything)}
        digests = _digests(salts) if salts else {}
        db.session.rollback()
    return [{"set_id": set_id, "salt": salts[set_id], "digest": digest} for set_id, digest in digests.items()]


def _unsealed(everything: bool) -> Sequence[int]:
    highest = db.session.scalar(select(func.max(Seal.set_id))) or 0
    low = 0 if everything else highest - BEHIND
    wanted = select(ChangeSet.id).where(ChangeSet.id > low, ~exists().where(Seal.set_id == ChangeSet.id))
    return db.session.scalars(wanted.order_by(ChangeSet.id).limit(BATCH)).all()


def _append(digested: Sequence[Mapping[str, Any]]) -> None:
    """Add links to the chain. Two sealers at once collide on the position."""
    last = db.session.scalars(select(Seal).order_by(Seal.id.desc()).limit(1).with_for_update()).first()
    position, link = (last.id, last.link) if last else (0, FIRST_LINK)
    rows = []
    for row in digested:
        position, link = position + 1, _link(link, row["digest"])
        rows.append({**row, "id": position, "link": link})
    db.session.execute(insert(Seal).values(at=clock.now()), rows)


def _link(before: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(before + digest).digest()


def _digests(salts: Mapping[int, bytes]) -> dict[int, bytes]:
    """The digest of each set: its salt, a line for itself, and one for each of its changes."""
    sets: Any = ChangeSet.__table__
    rows: Any = Change.__table__
    made = {set_id: hashlib.sha256(salts[set_id]) for set_id in sorted(salts)}
    heads = select(sets).where(sets.c.id.in_(made))
    changes = select(rows).where(rows.c.set_id.in_(made)).order_by(rows.c.id)
    for head in db.session.execute(heads).mappings():
        made[head["id"]].update(_line(_said(head)))
    for change in db.session.execute(changes.execution_options(yield_per=1_000)).mappings():
        made[change["set_id"]].update(_line(_said(change)))
    return {set_id: digest.digest() for set_id, digest in made.items()}


LATER_COLUMNS = frozenset({"part_of_id", "also_id"})


def _said(row: Any) -> dict[str, Any]:
    """What a row says; where a column that came later is empty, it says what it said before there was one."""
    return {name: value for name, value in row.items() if name not in LATER_COLUMNS or value is not None}


def _line(row: Any) -> bytes:
    text = json.dumps(dict(row), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_written)
    return text.encode() + b"\n"


def _written(value: Any) -> str:
    return str(value.isoformat())


@dataclass(frozen=True)
class Chain:
    """What a look at the whole chain has found; `broken` is the position of the first fault, if there is one."""

    links: int
    broken: int | None
    unsealed: int
    oldest: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether something has waited so long for its seal that no sealer can be at work."""
        return self.oldest is not None and clock.now() - self.oldest > LATE


def check() -> Chain:
    """Compute the chain anew, a batch at a time."""
    last = Link(0, FIRST_LINK)
    broken = None
    while broken is None and (batch := _after(last.position)):
        last, broken = _follow(last, batch)
    without = select(func.count(), func.min(ChangeSet.at)).where(~exists().where(Seal.set_id == ChangeSet.id))
    unsealed, oldest = db.session.execute(without).one()
    return Chain(last.position, broken, unsealed, oldest)


class Link(NamedTuple):
    """How far the chain was followed."""

    position: int
    value: bytes


def _after(position: int) -> Sequence[Any]:
    columns = (Seal.id, Seal.set_id, Seal.salt, Seal.digest, Seal.link)
    return db.session.execute(select(*columns).where(Seal.id > position).order_by(Seal.id).limit(BATCH)).all()


def _rests(set_ids: Collection[int]) -> Sequence[Any]:
    """What was written down of the rest of those sets of which a part was erased."""
    columns = ErasedSet.set_id, ErasedSet.salt, ErasedSet.digest
    return db.session.execute(select(*columns).where(ErasedSet.set_id.in_(set_ids))).all() if set_ids else []


def _follow(last: Link, batch: Sequence[Any]) -> tuple[Link, int | None]:
    """Follow the chain through a batch; answers the position of the first fault."""
    without = {seal.set_id for seal in batch if seal.salt is None}
    rests = {rest.set_id: rest for rest in _rests(without)}
    salts = {seal.set_id: seal.salt for seal in batch if seal.salt is not None}
    digests = _digests(salts | {id: rest.salt for id, rest in rests.items()})
    for seal in batch:
        here = Link(last.position + 1, _link(last.value, seal.digest))
        said = rests[seal.set_id].digest if seal.set_id in rests else seal.digest
        holds = said == digests.get(seal.set_id, said)
        if Link(seal.id, seal.link) != here or not holds:
            return last, here.position
        last = here
    return last, None


def hold() -> None:
    """Let no other sealer go on until the transaction ends: what is about to be erased is not sealed meanwhile."""
    db.session.scalars(select(Seal.id).order_by(Seal.id.desc()).limit(1).with_for_update()).first()


def erase(set_ids: Collection[int]) -> None:
    """What some sets say was erased in part: their salts go, and the rest of each gets a digest of its own. Those
    that were not sealed yet are now, as they are.
    """
    ids = sorted(set_ids)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        salts = {set_id: secrets.token_bytes(16) for set_id in some}
        digests = _digests(salts)
        rows = {id: {"set_id": id, "salt": salts[id], "digest": digests[id]} for id in some}
        sealed = set(db.session.scalars(select(Seal.set_id).where(Seal.set_id.in_(some))))
        if fresh := [rows[id] for id in some if id not in sealed]:
            _append(fresh)
        if sealed:
            db.session.execute(update(Seal).where(Seal.set_id.in_(sealed)).values(salt=None))
            db.session.execute(delete(ErasedSet).where(ErasedSet.set_id.in_(sealed)))
            db.session.execute(insert(ErasedSet), [rows[id] for id in sorted(sealed)])
