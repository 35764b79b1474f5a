"""Take back what an act did. Later edits of a field are conflicts: shown, and kept unless chosen.

Planning and undoing take a number of statements that depends on the tables concerned and on the chunks of
rows, never on the rows themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import changes, clock, events, jobs, kinds, verbs
from core.acts import roots_of
from core.bulk import chunks, read_again
from core.changes import ChangeSet
from core.db import Model, db, reading, released
from core.effects import CHANGED, DELETED, MADE, Effect, children_of, hold, is_all_erased
from core.errors import Refused, RuleBroken
from core.keeping import kept_whole, key
from core.kinds import refusal
from core.rights import Right, Viewer
from core.roots import Root
from core.tracked import Tracked, attribute_of, model_of
from core.undo_plan import UNDONE, Conflict, Plan, origin, plan, within
from core.verbs import Verb
from core.words import _, _l

__all__ = [
    "UNDO_FOR",
    "Conflict",
    "Plan",
    "ahead",
    "check",
    "check_part",
    "origin",
    "plan",
    "right_for",
    "undo",
    "undo_part",
    "undone",
    "undone_by",
    "within",
]

UNDO_FOR = timedelta(days=30)

verbs.declare(Verb(UNDONE, _l("took a change back")))


def right_for(change_set: ChangeSet) -> Right | None:
    """The right over each touched record that undoing needs, None if the set cannot be undone as a whole."""
    return verbs.verb_of(origin(change_set).verb).undo


def undone(change_set: ChangeSet) -> ChangeSet | None:
    """The set that this one took back; None for one that is no undo."""
    return db.session.get(ChangeSet, change_set.undoes_id) if change_set.undoes_id is not None else None


def undone_by(change_set: ChangeSet) -> ChangeSet | None:
    """The set that took this one back and stands; None if there is none, or if it was taken back itself."""
    taking_back = (
        select(ChangeSet).where(ChangeSet.undoes_id == change_set.id).order_by(ChangeSet.id.desc()).limit(1)
    )
    last = db.session.scalar(taking_back)
    return last if last is not None and undone_by(last) is None else None


def check(change_set: ChangeSet, viewer: Viewer, *, job_id: int | None = None) -> None:
    """Raises RuleBroken for what cannot be undone (any more), Refused for what is not theirs to undo.

    Of an act of several sets only the records of the first are looked at; see `check_part` for the others. No
    other job than `job_id` may be at work on it.
    An area that objects to an undo listens to `undo.checked` and raises either.
    """
    right = right_for(change_set)
    if right is None:
        raise RuleBroken(_("This cannot be taken back as a whole."))
    if not viewer.may(right):
        raise Refused(refusal(right))
    if clock.now() - change_set.at > UNDO_FOR:
        raise RuleBroken(_("A change can be taken back for %(n)s days only.", n=UNDO_FOR.days))
    if undone_by(change_set) is not None:
        raise RuleBroken(_("This has been taken back already."))
    if is_all_erased(change_set):
        raise RuleBroken(_("What this was about was erased for good. Nothing is left to take back."))
    if jobs.is_at_work_on(change_set.id, but=job_id):
        raise RuleBroken(_("A job is still at work on this. Wait for its end, or cancel it."))
    _check_roots(roots_of(change_set.id), right, viewer)
    events.tell("undo.checked", change_set=change_set, viewer=viewer)


def check_part(change_set: ChangeSet, roots: Iterable[Root], viewer: Viewer) -> None:
    """Raises Refused if some of these records of an act are not theirs to undo."""
    right = right_for(change_set)
    if right is None or not viewer.may(right):
        raise Refused(refusal(right) if right else _("This cannot be taken back as a whole."))
    _check_roots(roots, right, viewer)


def _check_roots(roots: Iterable[Root], right: Right, viewer: Viewer) -> None:
    """Every touched record that still exists, through the right, in the bin or out of it."""
    touched: dict[str, set[int]] = defaultdict(set)
    for table, id in roots:
        if id is not None and kinds.is_kind(table):
            touched[table].add(id)
    for table, ids in touched.items():
        kind = kinds.kind_of(table)
        within = kind.policy.within(viewer, right)
        for chunk in chunks(sorted(ids)):
            beyond = select(kind.model.id).where(kind.model.id.in_(chunk), ~within).limit(1)
            if db.session.scalar(beyond) is not None:
                raise Refused(refusal(right))


def ahead(
    change_set: ChangeSet, viewer: Viewer, roots: Sequence[Root] | None = None, *, others_gone: bool = False
) -> Plan:
    """What undoing would do (see `plan`), worked out before the first write, while others may write."""
    with released(), reading():
        made = within(plan(change_set, roots, others_gone=others_gone), viewer)
        db.session.rollback()
    return made


def undo(
    change_set: ChangeSet, viewer: Viewer, overwrite: Collection[str] = (), *, made: Plan | None = None
) -> Plan:
    """Take a set back; of what was edited later only the conflicts named in `overwrite` are taken back too.

    A record that the set made stays whole, or goes whole: if it stays, so do the parts made along with it.
    Raises what `check` raises, RuleBroken where something saved since stands in the way, and StaleDataError where
    things are not any more as they were when it was planned, be it `ahead`. An area that has to hold records
    meanwhile listens to `undo.begun`, one that objects to what comes of it to `undo.done`.
    """
    check(change_set, viewer)
    if made is None:
        made = within(plan(change_set), viewer)
    changes.record(UNDONE, undoes_id=change_set.id)
    _carry_out(made, overwrite)
    return made


def undo_part(
    change_set: ChangeSet,
    roots: Sequence[Root],
    viewer: Viewer,
    overwrite: Collection[str],
    *,
    made: Plan | None = None,
) -> Plan:
    """Take back all that an act did to these records, whatever it touched after them being taken back already.

    The verb has been named. Raises what `undo` raises; done twice, it finds nothing more to do.
    """
    check_part(change_set, roots, viewer)
    if made is None:
        made = within(plan(change_set, roots, others_gone=True), viewer)
    _carry_out(made, overwrite)
    return made


def _carry_out(made: Plan, overwrite: Collection[str]) -> None:
    hold(made.effects)
    events.tell("undo.begun", plan=made)
    try:
        _take_back(made, _kept(made, overwrite))
        _tell(made)
    except IntegrityError as error:
        db.session.rollback()
        raise RuleBroken(
            _("Something saved since then stands in the way. Nothing was taken back.")
        ) from error
    except RuleBroken:
        db.session.rollback()
        raise


def _kept(made: Plan, overwrite: Collection[str]) -> set[str]:
    kept = {c.key for c in made.staying(overwrite)}
    chosen = {c.key for c in made.conflicts} - kept
    fresh = [effect for effect in made.effects if effect.action == MADE]
    return kept | kept_whole(fresh, kept, chosen)


def _take_back(made: Plan, kept: Collection[str]) -> None:
    """New rows to which nothing can refer go first, what comes back may need their place; others last."""
    tables = [table.name for table in Model.metadata.sorted_tables]
    leaves = {table for table in tables if not children_of(table)}
    fresh, changed, deleted = made.of(MADE), made.of(CHANGED), made.of(DELETED)
    for table in leaves:
        _unmake(table, fresh.get(table, []), kept)
    for table in tables:
        _make_again(deleted.get(table, []))
    for table in tables:
        _restore(table, changed.get(table, []), kept)
    for table in reversed(tables):
        if table not in leaves:
            _unmake(table, fresh.get(table, []), kept)


def _unmake(table: str, effects: Sequence[Effect], kept: Collection[str]) -> None:
    rows = [e.row for e in effects if e.row is not None and key(e) not in kept]
    if rows:
        changes.bulk_delete_held(model_of(table), rows)


def _make_again(effects: Sequence[Effect]) -> None:
    for effect in effects:
        if effect.row is None:
            again = _again(effect)
            events.tell("record.made_again", record=again)
            db.session.add(again)
    db.session.flush()


def _again(effect: Effect) -> Tracked:
    model = model_of(effect.table)
    again = model(id=effect.change.record_id, version=effect.change.record_version + 1)
    for name, value in effect.before.items():
        setattr(again, attribute_of(model, name), value)
    return again


def _restore(table: str, effects: Sequence[Effect], kept: Collection[str]) -> None:
    """What was changed last first: it may hold what an earlier one has to get back (a code that is unique)."""
    due = []
    for effect in reversed(effects):
        if effect.row is not None:
            free = {name: old for name, old in effect.before.items() if not _is_kept(effect, name, kept)}
            due.append((effect.row, {name: old for name, old in free.items() if effect.row[name] != old}))
    if any(values for _row, values in due):
        changes.bulk_restore(model_of(table), due)


def _is_kept(effect: Effect, name: str, kept: Collection[str]) -> bool:
    """A column that `follows` another (the team its owner) stays with it."""
    leader = model_of(effect.table).__table__.c[name].info.get("follows", name)
    return not {key(effect, name), key(effect, leader)}.isdisjoint(kept)


def _tell(made: Plan) -> None:
    """Derived columns of what was touched are computed anew, once the areas have set right what came of it."""
    touched: dict[str, set[int]] = defaultdict(set)
    for effect in made.effects:
        if effect.change.root_id is not None:
            touched[effect.change.root_table].add(effect.change.root_id)
    read_again()
    events.tell("undo.done", plan=made)
    for root, ids in touched.items():
        events.tell("records.undone", table=root, ids=sorted(ids))
        if kinds.is_kind(root) and (refresh := kinds.kind_of(root).refresh):
            refresh(sorted(ids))
