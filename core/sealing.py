"""The seal of the trail: a chain over what each change set and each entry of the journal says, so that a later edit,
a row that is gone, or an end that was cut off is found.

Rows are sealed a few seconds after they were written, in the order in which they are found committed. Each link is
SHA-256(link before ‖ digest), each digest SHA-256(salt ‖ payload): where a part of the payload is erased by law, the
salt goes, the digest stays and the chain still holds; what is left of the row then gets a link of its own.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import exists, func, insert, select, update

from core import anchoring, clock, journal
from core.anchoring import Anchor
from core.chain import ANOTHER, CUT_OFF, GONE, LATE, UNREADABLE, Chain, check
from core.db import db, one_after_another, reading
from core.erasures import Erasure
from core.seals import ENTRIES, FIRST_LINK, KINDS, SETS, Seal, Sealed, digests, link_after

BATCH = 200
BREATH_S = 0.05
BEHIND = 1_000  # rows that may still commit after one with a higher number
__all__ = [
    "ANOTHER", "CUT_OFF", "ENTRIES", "GONE", "LATE", "SETS", "UNREADABLE", "Chain", "accept_end", "check",
    "erase", "hold", "known_end", "links", "seal",
]  # fmt: skip
_LAST = select(Seal.id, Seal.link, Seal.at).order_by(Seal.id.desc()).limit(1)
log = logging.getLogger("huifang")


class End(NamedTuple):
    """Where the chain ends, and the last erasure: what was read before either went on is not to be sealed."""

    position: int
    link: bytes
    erasure: int


class Batch(NamedTuple):
    """Rows with their digests, and the end of the chain when they were read."""

    end: End
    rows: Sequence[Mapping[str, Any]]


def seal(*, everything: bool = False, most_s: float | None = None, breath_s: float = BREATH_S) -> int:
    """Seal what was written since; with `everything`, also what a late commit has left behind. Commits.

    The sums are made before each short transaction, and others have time to write between two of them. With `most_s`
    it stops after so long, with a batch of each kind at least, and the next call goes on.
    """
    sealed, begun = 0, time.monotonic()
    for kind in KINDS.values():
        low = None if everything else _highest(kind) - BEHIND
        while batch := _digested(kind, low):
            if _is_appended(batch):
                sealed += len(batch.rows)
                low = batch.rows[-1]["row_id"] if everything else _highest(kind) - BEHIND
            time.sleep(breath_s)
            if most_s is not None and time.monotonic() - begun > most_s:
                break
    _let_down_anchor(warn=everything)
    return sealed


def _highest(kind: Sealed) -> int:
    highest = select(Seal.row_id).where(Seal.kind == kind.code).order_by(Seal.row_id.desc()).limit(1)
    with reading():
        found = db.session.scalar(highest) or 0
        db.session.rollback()
    return found


def _digested(kind: Sealed, low: int | None) -> Batch | None:
    """The next rows without a seal, each with a salt and its digest; None if there are none."""
    with reading():
        end = _end()
        salts = {row_id: secrets.token_bytes(16) for row_id in _unsealed(kind, low)}
        made = _sums(kind, salts)
        db.session.rollback()
    return Batch(end, made) if made else None


def _end() -> End:
    last = db.session.execute(select(Seal.id, Seal.link).order_by(Seal.id.desc()).limit(1)).one_or_none()
    erasure = db.session.scalar(select(func.max(Erasure.id))) or 0
    return End(*(last or (0, FIRST_LINK)), erasure)


def _unsealed(kind: Sealed, low: int | None) -> Sequence[int]:
    row = kind.model.id
    wanted = select(row).where(~exists().where(Seal.kind == kind.code, Seal.row_id == row))
    if low is not None:
        wanted = wanted.where(row > low)
    return db.session.scalars(wanted.order_by(row).limit(BATCH)).all()


def _sums(kind: Sealed, salts: Mapping[int, bytes]) -> list[dict[str, Any]]:
    return [
        {"kind": kind.code, "row_id": row_id, "salt": salts[row_id], "digest": digest}
        for row_id, digest in (digests(kind, salts) if salts else {}).items()
    ]


def _is_appended(batch: Batch) -> bool:
    """Add the links of a batch and commit; answers False if another sealer or an erasure came between."""
    hold()
    if is_fresh := _end() == batch.end:
        _append(batch.end, batch.rows)
    db.session.commit()
    return is_fresh


def _append(end: End, rows: Sequence[Mapping[str, Any]]) -> None:
    position, link = end.position, end.link
    made = []
    for row in rows:
        position, link = position + 1, link_after(link, row["digest"])
        made.append({**row, "id": position, "link": link})
    db.session.execute(insert(Seal).values(at=clock.now()), made)


def hold() -> None:
    """Let no other sealer go on until the transaction ends: what is about to be erased is not sealed meanwhile."""
    one_after_another("the chain of the trail")


def erase(kind: Sealed, row_ids: Collection[int]) -> None:
    """What some rows say was erased in part, in a transaction that holds the chain: the salts of their links go, and
    what is left of each gets a link of its own. Those that were not sealed yet will be, as they are.
    """
    ids = sorted(row_ids)
    for start in range(0, len(ids), BATCH):
        of_these = Seal.kind == kind.code, Seal.row_id.in_(ids[start : start + BATCH])
        sealed = sorted(set(db.session.scalars(select(Seal.row_id).where(*of_these))))
        if sealed:
            db.session.execute(update(Seal).where(*of_these).values(salt=None))
            _append(_end(), _sums(kind, {row_id: secrets.token_bytes(16) for row_id in sealed}))


def links() -> int:
    """How many links the chain has."""
    return db.session.scalar(select(func.max(Seal.id))) or 0


def known_end() -> int:
    """How many links the chain had, as was written down outside of the database."""
    try:
        anchor = anchoring.read()
    except ValueError:
        anchor = None
    return anchor.position if anchor else 0


def accept_end() -> None:
    """Take the chain for whole as it ends now, whatever was written down outside of the database. The journal says so.

    Raises OSError.
    """
    last = db.session.execute(_LAST).one_or_none()
    journal.note("end_accepted", before=known_end(), links=links())
    if last:
        anchoring.write(Anchor.of(*last))
    else:
        anchoring.remove()
        db.session.commit()


def _let_down_anchor(*, warn: bool) -> None:
    """Write down outside of the database how far the chain goes, if it still agrees with what was written there."""
    with reading():
        last = db.session.execute(_LAST).one_or_none()
        try:
            before = anchoring.read()
            stood = db.session.scalar(select(Seal.link).where(Seal.id == before.position)) if before else None
            expected = anchoring.is_expected()
            agrees = (stood is not None and stood.hex() == before.link) if before else not expected
        except ValueError:
            before, agrees, expected = None, False, True
        db.session.rollback()
    if not agrees and warn:
        log.error("the trail is not the one that was sealed here: flask doctor says more")
    if not agrees or last is None:
        return
    anchor = Anchor.of(*last)
    try:
        if before is None or before.position != anchor.position:
            anchoring.write(anchor)
    except OSError as error:
        log.warning("how far the trail is sealed cannot be written down: %s", error.strerror)
        return
    if not expected:  # after the file is there: a server that ends in between must not miss one
        anchoring.expect(anchor)
        db.session.commit()
