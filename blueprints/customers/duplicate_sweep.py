"""The sweep for duplicates: each night, customers that were changed are compared with all, the first time all with all.

Only customers with a key in common are compared (`duplicate_keys`). What is gone through lies in files meanwhile, so
that a million customers need no more memory than a thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, or_, select, update

from blueprints.customers import duplicate_bounds, duplicate_files, duplicate_rules
from blueprints.customers.duplicate_bounds import Outline
from blueprints.customers.duplicate_keys import keys_of
from blueprints.customers.duplicate_rules import Verdict
from blueprints.customers.models import Customer, Relation
from blueprints.customers.pairs import Duplicate
from core import clock, deriving
from core.changes import Change, ChangeSet
from core.db import affected, db, reading
from core.jobs import DONE, Job
from core.scattering import Kept, Scattered
from core.working import Work

JOB = "customers.duplicates"
RULES = 1  # the next number where the rules change: then all are compared anew
MOST_IN_BLOCK = 16  # customers with one key that are compared with each other
MOST_CHANGED = 20_000  # customers that are looked for in all others; of more, all are compared with all
READ_AT_ONCE, COMPARED_AT_ONCE, WRITTEN_AT_ONCE = 2_000, 3_000, 500
NEAR = 4_096  # ids of customers that are read together
OVERLAP = timedelta(hours=1)  # before the last sweep: what was begun then may have been committed since

Pair = tuple[int, int]


@dataclass
class Tally:
    """What a sweep went through: pairs compared, pairs found, and keys that too many have."""

    compared: int = 0
    found: int = 0
    left_out: int = 0


def sweep(work: Work) -> Mapping[str, Any]:
    """Bring the pairs up to date; answers what was gone through."""
    began = clock.now()
    with reading():  # so that it holds up nobody who writes
        changed = _changed()
        total = duplicate_files.living()
        db.session.rollback()
    tally = Tally()
    if changed is None or len(changed) > MOST_CHANGED:
        changed = None
    if changed is None or changed:
        with Scattered(3) as keys, Scattered(3) as pairs, Kept() as outlines:
            _deal_keys(work, keys, outlines, changed, total)
            tally.left_out = _deal_pairs(keys, pairs, changed)
            _compare(work, pairs, outlines, tally)
        _forget(work, changed)
    return {
        "rules": RULES, "since": began.isoformat(), "all": changed is None, "compared": tally.compared,
        "found": tally.found, "left_out": tally.left_out,
    }  # fmt: skip


def _changed() -> set[int] | None:
    """The customers that were changed since the last sweep; None if all are to be compared."""
    wanted = select(Job.result).where(Job.kind == JOB, Job.state == DONE).order_by(Job.id.desc()).limit(1)
    last = db.session.scalar(wanted)
    if not last or last.get("rules") != RULES:
        return None
    since = datetime.fromisoformat(last["since"]) - OVERLAP
    changes = (
        select(Change.root_id, Change.also_id)
        .join(ChangeSet, ChangeSet.id == Change.set_id)
        .where(ChangeSet.at >= since, Change.root_table == Customer.__tablename__)
        .distinct()
        .limit(MOST_CHANGED * 2)
    )
    return {id for row in db.session.execute(changes) for id in row if id is not None}


def _deal_keys(
    work: Work, keys: Scattered, outlines: Kept, changed: Collection[int] | None, total: int
) -> None:
    """Every customer's keys and outline, or of those that were not changed only keys that one that was has too."""
    wanted = None if changed is None else _keys_of_changed(changed)
    last = done = 0
    while True:
        with reading():
            files = duplicate_files.following(last, READ_AT_ONCE)
            db.session.rollback()
        if not files:
            return
        for file in files:
            mine = [(hash(key), hash(finer)) for key, finer in keys_of(file)]
            mine = mine if wanted is None else [each for each in mine if each[0] in wanted]
            for number, finer in mine:
                keys.add(number, finer, file.id)
            if mine:
                outlines.put(file.id, tuple(duplicate_bounds.outline(file)))
        last, done = files[-1].id, done + len(files)
        work.advance(done, total=max(total, done))


def _keys_of_changed(changed: Collection[int]) -> set[int]:
    with reading():
        files = duplicate_files.these(changed)
        db.session.rollback()
    return {hash(key) for file in files.values() for key, _finer in keys_of(file)}


def _deal_pairs(keys: Scattered, pairs: Scattered, changed: Collection[int] | None) -> int:
    """Whoever has a key in common, pair by pair; answers how many keys were left out because too many have them."""
    left_out = 0
    for part in keys.parts():
        for _key, rows in groupby(part, itemgetter(0)):
            for block in _blocks([row[1:] for row in rows]):
                if len(block) > MOST_IN_BLOCK:
                    left_out += 1
                    continue
                for low, high in combinations(block, 2):
                    if changed is None or low in changed or high in changed:
                        pairs.add(low // NEAR, low, high)
    return left_out


def _blocks(members: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """The customers of a key in order; those of one that many have, by its finer part."""
    ids = sorted({id for _finer, id in members})
    if len(ids) <= MOST_IN_BLOCK:
        yield ids
        return
    for _finer, rows in groupby(members, itemgetter(0)):
        yield sorted({id for _finer, id in rows})


def _compare(work: Work, pairs: Scattered, outlines: Kept, tally: Tally) -> None:
    done, total = work.done, work.done + pairs.count
    for part in pairs.parts():
        for start in range(0, len(part), COMPARED_AT_ONCE):
            candidates = [(low, high) for _near, low, high in part[start : start + COMPARED_AT_ONCE]]
            found = _found_among(_not_told_apart(candidates, outlines))
            tally.compared += len(candidates)
            tally.found += len(found)
            done += len(candidates)
            for first in range(0, len(found) or 1, WRITTEN_AT_ONCE):
                _keep(found[first : first + WRITTEN_AT_ONCE], work.id)
                work.advance(done, total=max(total, done))


def _not_told_apart(candidates: Sequence[Pair], outlines: Kept) -> list[Pair]:
    """Those pairs that may be one customer by what was kept of them; the lower ids in order, each taken once."""
    left: list[Pair] = []
    for low, those in groupby(candidates, itemgetter(0)):
        one = Outline(*outlines.take(low))
        left += [pair for pair in those if duplicate_bounds.may_be_one(one, Outline(*outlines.take(pair[1])))]
    return left


def _found_among(candidates: Sequence[Pair]) -> list[tuple[Pair, Verdict]]:
    if not candidates:
        return []
    with reading():
        found = found_among(candidates)
        db.session.rollback()
    return found


def found_among(candidates: Sequence[Pair]) -> list[tuple[Pair, Verdict]]:
    """Those pairs that may be one customer, and why; a relation says of two that they are two."""
    files = duplicate_files.these({id for pair in candidates for id in pair})
    both = [(files[low], files[high]) for low, high in candidates if low in files and high in files]
    holders = duplicate_files.holders(both)
    found = [((one.id, other.id), duplicate_rules.compare(one, other, holders)) for one, other in both]
    likely = [(pair, verdict) for pair, verdict in found if verdict.score >= duplicate_rules.POSSIBLE]
    related = _related([pair for pair, _verdict in likely])
    return [(pair, verdict) for pair, verdict in likely if pair not in related]


def _related(pairs: Sequence[Pair]) -> set[Pair]:
    found: set[Pair] = set()
    lows = sorted({low for low, _high in pairs})
    for start in range(0, len(lows), duplicate_files.CHUNK):
        chunk = lows[start : start + duplicate_files.CHUNK]
        for mine, theirs in (
            (Relation.customer_id, Relation.other_id), (Relation.other_id, Relation.customer_id),
        ):  # fmt: skip
            rows = db.session.execute(select(mine, theirs).where(mine.in_(chunk)))
            found |= {(low, high) for low, high in rows}
    return found


def _keep(found: Sequence[tuple[Pair, Verdict]], job_id: int) -> None:
    """Write down what was found, over what was found before."""
    if not found:
        return
    there = _still_there({id for pair, _verdict in found for id in pair})
    lows = {low for (low, _high), _verdict in found}
    kept = select(Duplicate.customer_id, Duplicate.other_id, Duplicate.id).where(
        Duplicate.customer_id.in_(lows)
    )
    known = {(low, high): id for low, high, id in db.session.execute(kept)}
    fresh, again = [], []
    for (low, high), verdict in found:
        row = {"score": verdict.score, "reasons": kept_reasons(verdict), "seen_in": job_id}
        if (low, high) in known:
            again.append({"id": known[low, high], **row})
        elif low in there and high in there:
            fresh.append({"customer_id": low, "other_id": high, **row})
    deriving.add(Duplicate, fresh)
    if again:
        db.session.execute(update(Duplicate), again)


def kept_reasons(verdict: Verdict) -> list[list[Any]]:
    """The reasons of a verdict as a pair keeps them."""
    return [[each.code, each.weight, each.detail] for each in verdict.reasons]


def _still_there(ids: Iterable[int]) -> set[int]:
    """Those that nobody has deleted meanwhile, nor does until this is committed."""
    held = select(Customer.id).where(Customer.id.in_(ids)).with_for_update(read=True, key_share=True)
    return set(db.session.scalars(held))


def _forget(work: Work, changed: Collection[int] | None) -> None:
    """Pairs that were not found again are none any more."""
    for chunk in [None] if changed is None else _chunked(sorted(changed)):
        gone = Duplicate.seen_in < work.id
        if chunk is not None:
            gone &= or_(Duplicate.customer_id.in_(chunk), Duplicate.other_id.in_(chunk))
        few = select(Duplicate.id).where(gone).limit(WRITTEN_AT_ONCE * 4)
        while affected(delete(Duplicate).where(Duplicate.id.in_(few.scalar_subquery()))):
            work.advance(work.done)


def _chunked(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + duplicate_files.CHUNK] for start in range(0, len(ids), duplicate_files.CHUNK))
