"""The kinds of lists that go through the wizard of imports: customers, and what other areas declare beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from core.csvfiles import Row
from core.importing import Outcome
from core.importways import Way
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.rights import Right, Viewer
from core.suggesting import known_words, suggest

CUSTOMERS = "customers"
Samples = Mapping[str, Sequence[str]]  # the first cells of each column
Fact = tuple[int, int, int]  # what a row was told: its line, the customer who is on file, their team or 0
TRY, RUN = "customers.list_tried", "customers.list_imported"


@dataclass(frozen=True)
class Judged:
    """What rows would do, and doing it.

    `told` counts those that were answered with what the look-up tells, `untold` those beyond its limit; `facts` are
    all that was told like that, also what counts no more because it was known to have been told before.
    """

    outcomes: Sequence[tuple[Outcome, Row]]
    write: Callable[[], None]
    told: int = 0
    untold: int = 0
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """A kind of list: its pages, who may import it, what its columns fill, and what its rows do.

    `like` is the right as far as which somebody's rows reach who may only ask for `right`.
    `fields` are what a person may fill, `readable` what a mapping may name, `recognised` says
    which column fills which, of a header and its first cells, for a person; `narrowed` are those of
    `fields` that make sense to choose for a header. `read` makes of rows under a mapping what
    `judge` takes, which says what each would do, as a person to whom these facts have been told; nothing is written
    before `write`. `ways` are the
    questions of the form that make sense for it. `jobs` try it and carry it out behind the page, where rows with the
    same cell for the field `together` are taken at once. `back`, `shown`: endpoint and words of the page that it
    belongs to and of the one that shows what came of it. `hint` is said where the file is chosen, `after` beside the
    button that imports it, `none` where no row does anything; `cards`: it may come as contact cards.
    """

    name: str
    blueprint: str
    address: str
    title: Any
    row: Any
    right: Right
    like: Right
    verb: str
    fields: Callable[[Viewer], Sequence[Field]]
    readable: Callable[[], Sequence[Field]]
    read: Callable[[Iterable[Row], Columns, Way], list[Any]]
    judge: Callable[[list[Any], Viewer, Collection[Fact]], Judged]
    check: Callable[[Columns, Way], None] = lambda columns, way: None
    recognised: Callable[[Sequence[str], Samples, Viewer], dict[str, str]] | None = None
    narrowed: Callable[[Sequence[Field], Sequence[str]], Sequence[Field]] = lambda fields, header: fields
    ways: tuple[str, ...] = ("days",)
    jobs: tuple[str, str] = (TRY, RUN)
    together: str = ""
    back: tuple[str, Any]
    back_right: Right
    shown: tuple[str, Any, Mapping[str, str]]
    cards: bool = False
    hint: Any = ""
    after: Any = ""
    none: Any

    def suggested(self, header: Sequence[str], samples: Samples, by: Viewer) -> dict[str, str]:
        """The field that each known column fills; columns that are not known are left out."""
        if self.recognised is not None:
            return self.recognised(header, samples, by)
        found = suggest(header, self.fields(by), samples)
        return {column: name for column, name in found.items() if name}

    def offered(self, header: Sequence[str], by: Viewer) -> Sequence[Field]:
        """The fields to choose from for the columns of a file."""
        return self.narrowed(self.fields(by), header)

    def words(self, by: Viewer) -> frozenset[str]:
        """The headers that are known, by which one is found below a title (core/titles.py)."""
        return known_words(self.fields(by))

    def checked(self, wanted: Any, header: Sequence[str], way: Way) -> Columns:
        """A mapping, from {column: field} or its JSON, for a way of taking rows. Raises MappingProblem."""
        columns = Columns.check(wanted, header, self.readable())
        self.check(columns, way)
        return columns


def _no_pages(kind: ImportKind) -> Blueprint:
    raise RuntimeError(f"nobody makes the pages of {kind.name}")


pages: Callable[[ImportKind], Blueprint] = _no_pages  # the wizard puts its own in this place
_kinds: dict[str, ImportKind] = {}


def declare(kind: ImportKind) -> ImportKind:
    """Make a kind of list known to the wizard."""
    _kinds[kind.name] = kind
    return kind


def the_kind(name: str) -> ImportKind:
    """The kind of a name."""
    return _kinds[name]
