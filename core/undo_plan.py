"""What taking a change set back would do, and what stands in the way. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from core import verbs
from core.changes import ChangeSet
from core.db import db
from core.effects import CHANGED, MADE, Effect, effects_of
from core.keeping import key
from core.rights import Viewer
from core.roots import Root, those

UNDONE = "undone"
EDITED, USED, GONE = "edited", "used", "gone"


@dataclass(frozen=True)
class Conflict:
    """Something that stands in the way of taking an effect back.

    `reason` is edited (changed again later), used (a row that the set made, to which others refer by now) or
    gone (a row that the set changed and that is no longer there). `field` is empty where the row is meant.
    `beyond`: the record is not the person's to overwrite.
    """

    effect: Effect
    reason: str
    field: str = ""
    beyond: bool = False

    @property
    def key(self) -> str:
        """Names the conflict in the form that asks."""
        return key(self.effect, self.field)

    @property
    def can_be_overwritten(self) -> bool:
        return self.reason == EDITED and not self.beyond

    @property
    def root(self) -> Root:
        """The record on whose history it shows."""
        return self.effect.change.root_table, self.effect.change.root_id


@dataclass(frozen=True)
class Plan:
    """What undoing an act would take back, and what stands in the way."""

    change_set: ChangeSet
    effects: list[Effect] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def of(self, action: str) -> dict[str, list[Effect]]:
        """The effects of one action by table."""
        found: dict[str, list[Effect]] = defaultdict(list)
        for effect in self.effects:
            if effect.action == action:
                found[effect.table].append(effect)
        return found

    def staying(self, overwrite: Collection[str]) -> list[Conflict]:
        """The conflicts in which what is there now stays; `overwrite` are the keys of those chosen to go."""
        return [c for c in self.conflicts if not c.can_be_overwritten or c.key not in overwrite]


def plan(change_set: ChangeSet, roots: Iterable[Root] | None = None, *, others_gone: bool = False) -> Plan:
    """Compare what an act left behind with what is there now; with `roots` for these records (see `effects_of`)."""
    effects = effects_of(change_set, roots, others_gone=others_gone)
    return Plan(change_set, effects, [conflict for effect in effects for conflict in _conflicts(effect)])


def _conflicts(effect: Effect) -> Iterable[Conflict]:
    if effect.action == MADE and effect.row is not None and (effect.used or effect.edited):
        yield Conflict(effect, USED if effect.used else EDITED)
    if effect.action == CHANGED and effect.row is None:
        yield Conflict(effect, GONE)
    if effect.action == CHANGED and effect.row is not None:
        for name, old in effect.before.items():
            if effect.row[name] not in (old, effect.after[name]):
                yield Conflict(effect, EDITED, name)


def within(made: Plan, viewer: Viewer) -> Plan:
    """The plan with those conflicts marked that lie beyond the person's right to overwrite."""
    right = verbs.verb_of(origin(made.change_set).verb).overwrite
    if right is None:
        return made
    held = those(
        [conflict.root for conflict in made.conflicts],
        lambda kind: kind.policy.within(viewer, right) & kind.policy.within(viewer, kind.see),
    )
    return replace(made, conflicts=[replace(c, beyond=c.root not in held) for c in made.conflicts])


def origin(change_set: ChangeSet) -> ChangeSet:
    """The set that was neither an undo nor the undo of one: where a chain of them began."""
    while change_set.verb == UNDONE and change_set.undoes_id is not None:
        change_set = db.session.get_one(ChangeSet, change_set.undoes_id)
    return change_set
