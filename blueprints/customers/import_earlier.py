"""What a batch of an import has to know of the batches before it: which customers they made, or would make."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from blueprints.customers.import_rows import Candidate
from blueprints.customers.import_targets import RIGHTS, News, Target
from core.names import shadow as shadow_of
from core.shelf import Shelf


class Earlier:
    """Before the first batch: nothing."""

    def meant(self, _chunk: Sequence[Candidate]) -> Iterable[int]:
        """Customers on file that these rows may mean by what earlier batches have changed."""
        return ()

    def complete(self, _chunk: Sequence[Candidate], told: Mapping[int, Target]) -> Iterable[Target]:
        """Customers on file, by id, as the earlier batches left them, and further ones that those would make."""
        return told.values()


class Made(Earlier):
    """Customers that earlier batches have made: on file by now, and the importer's to add to as in one batch.

    Which fields they set is kept in a file of their own, with the name before of those that they renamed.
    """

    def __init__(self, packed: bytes, touched: Path, batch: int) -> None:
        both = array("q", packed)
        self._ids, self._lines = both[::2], both[1::2]
        self._touched = Shelf(touched, batch)

    def meant(self, chunk: Sequence[Candidate]) -> Iterable[int]:
        return [id for id, *_rest in self._touched.find(f"name {row.shadow}" for row in chunk)]

    def complete(self, _chunk: Sequence[Candidate], told: Mapping[int, Target]) -> Iterable[Target]:
        for id, target in told.items():
            if (line := self._line(id)) is not None:
                target.line, target.rights = line, RIGHTS
        for id, shadow, said in self._touched.find(map(_own, told)):
            _name(told[id], shadow)
            told[id].said |= said
        return told.values()

    def _line(self, id: int) -> int | None:
        place = bisect_left(self._ids, id)
        return self._lines[place] if place < len(self._ids) and self._ids[place] == id else None

    def add(self, batch: int, made: Iterable[Target], touched: Iterable[Target]) -> bytes:
        """Take in what a batch has done; answers whom it made in the form in which that is kept."""
        self._touched.put(batch, (((t.on_file, t.shadow, t.said), _told_by(t)) for t in touched))
        pairs = sorted((target.on_file, target.line or 0) for target in made)
        self._ids.extend(id for id, _line in pairs)
        self._lines.extend(line for _id, line in pairs)
        return array("q", (number for pair in pairs for number in pair)).tobytes()

    def close(self) -> None:
        """Let go of the file."""
        self._touched.close()


class Planned(Earlier):
    """Customers as earlier batches of a dry run would leave them, in a file of their own."""

    def __init__(self, path: Path, batch: int) -> None:
        self._shelf = Shelf(path, batch)

    def complete(self, chunk: Sequence[Candidate], told: Mapping[int, Target]) -> Iterable[Target]:
        labels = [label for row in chunk for label in _sought(row)] + [_own(id) for id in told]
        latest = {_own(target.id, target.line): target for target in self._shelf.find(labels)}
        fresh = [target for target in latest.values() if target.id not in told]
        return [*(latest.get(_own(id), target) for id, target in told.items()), *fresh]

    def add(self, batch: int, touched: Iterable[Target]) -> None:
        """Take in what a batch would make and change."""
        self._shelf.put(batch, ((_without_news(target), _known_by(target)) for target in touched))

    def close(self) -> None:
        """Let go of the file."""
        self._shelf.close()


def _without_news(target: Target) -> Target:
    """The customer as a later batch has to know it, by the name that it had before the import."""
    kept = replace(target, news=News())
    _name(kept, target.shadow)
    return kept


def _name(target: Target, shadow: str) -> None:
    """Let a customer be recognised by the name before the import."""
    target.__dict__["shadow"] = shadow


def _told_by(target: Target) -> Iterator[str]:
    yield _own(target.id)
    if target.shadow != shadow_of(target.values["name"]):
        yield f"name {target.shadow}"


def _own(id: int | None, line: int | None = None) -> str:
    return f"line {line}" if id is None else f"id {id}"


def _sought(row: Candidate) -> Iterator[str]:
    yield from (repr(tuple(key)) for key in row.keys)
    yield f"name {row.shadow}"
    if code := row.values.get("credit_code"):
        yield f"code {code}"


def _known_by(target: Target) -> Iterator[str]:
    yield _own(target.id, target.line)
    yield from (repr(tuple(key)) for key in target.marks())
    if target.is_in_bin:
        return
    yield f"name {target.shadow}"
    if code := target.values.get("credit_code"):
        yield f"code {code}"
