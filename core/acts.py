"""Acts: what one person did at once, be it in one change set or, behind the page, in many.

The first set leads, the later ones name it. History, trail and undo speak of the act by its leader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, or_, select, union

from core.bulk import chunks
from core.change_sets import Change, ChangeSet
from core.conditions import listed, unindexed
from core.db import db
from core.roots import Root


def leader_of(change_set: ChangeSet) -> ChangeSet:
    """The set that leads the act; the set itself if it is alone or leads."""
    if change_set.part_of_id is None:
        return change_set
    return db.session.get_one(ChangeSet, change_set.part_of_id)


def sets_of(leader_id: int) -> Select[int]:
    """Selects the ids of all sets of an act, for a condition of others."""
    return select(ChangeSet.id).where(or_(ChangeSet.id == leader_id, ChangeSet.part_of_id == leader_id))


def set_ids(leader: ChangeSet) -> Sequence[int]:
    """The ids of all sets of an act, in the order in which they were made."""
    return db.session.scalars(sets_of(leader.id).order_by(ChangeSet.id)).all()


def has_parts(leader: ChangeSet) -> bool:
    """Whether the act took more than one transaction."""
    part = select(ChangeSet.id).where(ChangeSet.part_of_id == leader.id).limit(1)
    return db.session.scalar(part) is not None


def sizes(leader_ids: Sequence[int]) -> dict[int, int]:
    """Leader → how many sets the act has, for those that have more than one; one statement."""
    counted = select(ChangeSet.part_of_id, func.count() + 1).where(ChangeSet.part_of_id.in_(leader_ids))
    return {int(id or 0): count for id, count in db.session.execute(counted.group_by(ChangeSet.part_of_id))}


def echoes_of(leader: ChangeSet) -> Select[int]:
    """Selects the ids of the sets of an act, and of all that took it back, and back again."""
    found = sets_of(leader.id).cte("echoes", recursive=True)
    found = found.union(select(ChangeSet.id).where(ChangeSet.undoes_id == found.c.id))
    return select(found.c.id)


def parts_undone(leader: ChangeSet) -> int:
    """How many sets of an act are taken back as things are: the last set that took one back was not itself."""
    back = select(ChangeSet.undoes_id, func.max(ChangeSet.id)).where(
        ChangeSet.undoes_id.in_(echoes_of(leader))
    )
    last = {int(id or 0): by for id, by in db.session.execute(back.group_by(ChangeSet.undoes_id))}
    gone: set[int] = set()
    for id in sorted(last, reverse=True):  # what takes a set back was made after it
        if last[id] not in gone:
            gone.add(id)
    return len(gone.intersection(set_ids(leader)))


def roots_of(set_id: int) -> list[Root]:
    """The records that one set touched, of a row that is a fact of two both."""
    mine = Change.set_id == set_id
    touched = select(Change.root_table, Change.root_id).where(mine)
    also = select(Change.root_table, Change.also_id).where(mine, Change.also_id.is_not(None))
    return [(table, id) for table, id in db.session.execute(union(touched, also))]


def roots_last_touched(leader: ChangeSet, set_id: int) -> list[Root]:
    """The records that a set of an act touched and no later one did."""
    touched = select(Change.root_table, Change.root_id).where(Change.set_id == set_id).distinct()
    roots = [(table, id) for table, id in db.session.execute(touched)]
    again = _touched_again(leader, set_id, roots)
    return [root for root in roots if root not in again]


def _touched_again(leader: ChangeSet, set_id: int, roots: Iterable[Root]) -> set[Root]:
    """Found by the records: PostgreSQL, as long as it does not know of a long act, reads all of it instead."""
    by_table: dict[str, list[int]] = defaultdict(list)
    for table, id in roots:
        if id is not None:
            by_table[table].append(id)
    found: set[Root] = set()
    of_set = unindexed(Change.set_id)
    for table, ids in by_table.items():
        for chunk in chunks(sorted(ids)):
            these = (Change.root_table == table) & listed(Change.root_id, chunk)
            later = these & (of_set > set_id) & of_set.in_(sets_of(leader.id))
            found.update((table, id) for id in db.session.scalars(select(Change.root_id).where(later)))
    return found


def is_being_undone(leader_id: int) -> bool:
    """Whether any set of the act was taken back, now or once."""
    back = select(ChangeSet.id).where(ChangeSet.undoes_id.in_(sets_of(leader_id))).limit(1)
    return db.session.scalar(back) is not None
