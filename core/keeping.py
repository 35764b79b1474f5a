"""What stays along with a new row that stays when the set that made it is taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from core.effects import Effect
from core.tracked import model_of

Row = tuple[str, int | None]  # table and id


def kept_whole(made: Iterable[Effect], kept: Collection[str], chosen: Collection[str]) -> set[str]:
    """The keys of new rows that stay: those in `kept`, what they refer to, and all parts of a record that stays.

    A part named in `chosen` goes all the same, unless something that stays refers to it.
    """
    fresh: dict[Row, Effect] = {(e.table, e.change.record_id): e for e in made if e.row is not None}
    parts: dict[Row, list[Row]] = defaultdict(list)
    for row, effect in fresh.items():
        if key(effect) not in chosen:
            parts[effect.change.root_table, effect.change.root_id].append(row)
    waiting = [row for row, effect in fresh.items() if key(effect) in kept]
    stays: set[Row] = set()
    while waiting:
        row = waiting.pop()
        if row in fresh and row not in stays:
            stays.add(row)
            waiting += [*_referred_to(fresh[row]), *parts[row]]
    return {key(fresh[row]) for row in stays}


def key(effect: Effect, field: str = "") -> str:
    """Names an effect, or one field of it, in the form that asks what stays."""
    return f"{effect.table}.{effect.change.record_id}.{field}"


def _referred_to(effect: Effect) -> Iterable[Row]:
    row = effect.row or {}
    for column in model_of(effect.table).__table__.columns:
        for foreign in column.foreign_keys:
            if row.get(column.name) is not None:
                yield foreign.column.table.name, row[column.name]
