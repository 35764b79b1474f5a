"""What somebody typed into the search field: what to ask of the index, whether a row found is really meant.

Every part typed has to be found. Chinese and other scripts: the sign or all its pairs. Letters: the
beginning of a word, of pinyin or of initials, or any three letters; in mail too where that may be seen.
Digits: likewise, and in phones. The index can name rows that only look right (华兴 and 兴科 without 华兴科),
so rows are checked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from core.folding import APOSTROPHES, HAN, fold, letters
from core.terms.expressions import Expression, Prefix, every, some
from core.terms.parts import Characters, Number, Part, Words
from core.terms.rows import Row
from core.terms.tokens import begun, runs

TYPED = 200  # signs of what was typed that are read
PARTS = 8  # parts that are looked for

_PIECE = re.compile(f"[{HAN}]+|[!-~]+|[^{HAN}\\x00-\\x7f]+")
_NUMERIC = re.compile(r"[0-9+()./*#-]*[0-9][0-9+()./*#-]*")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_AROUND_DIGITS = re.compile(r"\+86|\b0086(?=[\s-]*1\d{10})|(?<=[0-9])\s*转\s*(?=[0-9])")


class Pass(NamedTuple):
    """One question to the index: `open` of names and numbers, `full` where phones and mail may be seen too.

    `open` is None in a pass that only asks of phones and mail, or asks nothing new without them.
    """

    open: Expression | None
    full: Expression


@dataclass(frozen=True)
class Parsed:
    """The parts of a typed text, all of which have to be found; none if there is nothing to look for."""

    parts: tuple[Part, ...]

    @cached_property
    def passes(self) -> tuple[Pass, ...]:
        """Questions in the order in which to fill a page, the likely first; together they are complete."""
        return tuple(self._of_one(self.parts[0]) if len(self.parts) == 1 else self._of_several())

    @cached_property
    def open(self) -> Expression | None:
        """All of names and numbers in one question; None if there are no parts."""
        return every([_anyhow(part) for part in self.parts]) if self.parts else None

    @cached_property
    def full(self) -> Expression | None:
        """All of names, numbers, phones and mail in one question; None if there are no parts."""
        return every([_anyhow(part, part.sensitive) for part in self.parts]) if self.parts else None

    @cached_property
    def whole(self) -> Expression | None:
        """The names that begin to sound so, or whose initials begin so; None if other things than letters are typed."""
        words = [word for part in self.parts if isinstance(part, Words) for word in part.words]
        spelled = bool(self.parts) and all(isinstance(part, Words) for part in self.parts)
        return Prefix(begun("".join(words))) if spelled else None

    def _of_one(self, part: Part) -> Iterator[Pass]:
        yield Pass(part.beginning, part.beginning)
        if part.sensitive:
            yield Pass(None, part.sensitive)
        if part.anywhere:
            yield Pass(part.anywhere, part.anywhere)

    def _of_several(self) -> Iterator[Pass]:
        if self.open and self.full:
            first = every([part.beginning for part in self.parts])
            yield Pass(first, first)
            if self.full != first:
                yield Pass(self.open if self.open != first else None, self.full)


def parse(typed: str) -> Parsed:
    """The parts of what was typed, bounded: of a long text only the beginning is looked for."""
    text = _AROUND_DIGITS.sub(" ", _APOSTROPHE.sub("", fold(typed[:TYPED])))
    parts: list[Part] = []
    for piece in (piece for chunk in text.split() for piece in _PIECE.findall(chunk)):
        if _NUMERIC.fullmatch(piece) and parts and isinstance(parts[-1], Number):
            parts[-1] = parts[-1].followed_by(piece)
        else:
            parts += _parts(piece)
    return Parsed(tuple(dict.fromkeys(parts))[:PARTS])


def matches(
    typed: str | Parsed,
    names: Iterable[str] = (),
    person_names: Iterable[str] = (),
    numbers: Iterable[str] = (),
    phones: Iterable[str] = (),
    mails: Iterable[str] = (),
) -> bool:
    """Whether a record is really meant; give phones and mail only where the searcher may see them in clear.

    Takes what `terms_of` takes. Nothing is meant by a text without parts.
    """
    parsed = parse(typed) if isinstance(typed, str) else typed
    row = Row(names, person_names, numbers, phones, mails)
    return bool(parsed.parts) and all(part.fits(row) for part in parsed.parts)


def _parts(piece: str) -> list[Part]:
    if _NUMERIC.fullmatch(piece):
        return [Number.of(piece)]
    if piece.isascii():
        return [found] if (found := Words.of(piece)) else []
    return [Characters(run) for run in runs(letters(piece))]


def _anyhow(part: Part, *more: Expression | None) -> Expression:
    return some([way for way in (part.beginning, part.anywhere, *more) if way])
