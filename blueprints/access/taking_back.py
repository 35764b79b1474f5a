"""What stands in the way of taking a change set back, in words: what it was, became, and is by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from blueprints.access.telling import Fact, Line, tell
from blueprints.access.trail import named, seen
from core import kinds, parts
from core.acts import sets_of
from core.changes import Change, ChangeSet
from core.db import db
from core.rights import Viewer
from core.undo import Conflict, Plan

SHOWN = 200


@dataclass(frozen=True)
class Obstacle:
    """A conflict as the page shows it. `line` holds the field with its value before, as set, and now."""

    conflict: Conflict
    title: str
    url: str | None
    part: Any
    line: Line | None
    who: str
    when: datetime | None


def obstacles(plan: Plan, viewer: Viewer) -> list[Obstacle]:
    """The first conflicts of a plan that the person may see, in words; a statement for each table and chunk."""
    conflicts = _open(plan.conflicts, viewer)[:SHOWN]
    later = _later(conflicts, plan.change_set)
    names = named([c.root for c in conflicts if kinds.is_kind(c.root[0])], viewer)
    told = tell([_fact(conflict) for conflict in conflicts], viewer)
    found = []
    for conflict, lines in zip(conflicts, told, strict=True):
        title, url = names.get(conflict.root, (f"#{conflict.effect.change.root_id}", None))
        by = _last(later[conflict.effect.table, conflict.effect.change.record_id], conflict)
        line, who, when = lines[0] if lines else None, by.who if by else "", by.at if by else None
        found.append(Obstacle(conflict, title, url, _part(conflict), line, who, when))
    return found


def _open(conflicts: Sequence[Conflict], viewer: Viewer) -> list[Conflict]:
    """Not those of records out of sight, which a deactivation may have touched."""
    visible = seen({conflict.root for conflict in conflicts}, viewer)
    return [c for c in conflicts if c.root in visible or not kinds.is_kind(c.root[0])]


def _part(conflict: Conflict) -> Any:
    change = conflict.effect.change
    own = change.record_table == change.root_table
    row = conflict.effect.row or conflict.effect.before
    return None if own else parts.words_of(change.record_table, change.root_table).title(row)


def _fact(conflict: Conflict) -> Fact:
    effect, name = conflict.effect, conflict.field
    row = effect.row or {}
    values = {name: (effect.before[name], effect.after[name], row.get(name))} if name else {}
    return Fact(effect.table, conflict.root, values, row)


Edits = list[tuple[Change, ChangeSet]]


def _later(conflicts: Sequence[Conflict], change_set: ChangeSet) -> dict[tuple[str, int], Edits]:
    """What was done later to the rows of the conflicts, oldest first."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for conflict in conflicts:
        wanted[conflict.effect.table].add(conflict.effect.change.record_id)
    found: dict[tuple[str, int], Edits] = defaultdict(list)
    strange = Change.set_id.not_in(sets_of(change_set.id))
    for table, ids in wanted.items():
        mine = (Change.record_table == table) & Change.record_id.in_(sorted(ids))
        since = select(Change, ChangeSet).join(ChangeSet).where(mine, Change.set_id > change_set.id, strange)
        for change, by in db.session.execute(since.order_by(Change.id)):
            found[table, change.record_id].append((change, by))
    return found


def _last(edits: Edits, conflict: Conflict) -> ChangeSet | None:
    touching = [by for change, by in edits if not conflict.field or conflict.field in (change.after or {})]
    return touching[-1] if touching else None
