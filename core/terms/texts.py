"""Free text, as notes and contacts hold it: what it is found by, and where in it stands what was typed.

Longer than names, and many more: of Chinese and other scripts every two signs are kept, of Latin letters and digits
whole words, which are found by their beginning too. What is found by one sign alone is not worth its place; beside
other words it is looked for in the texts that those find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.folding import letters
from core.terms.expressions import Expression, Prefix, Token, every
from core.terms.tokens import WORD, pairs, runs, words

LENGTH = 10_000  # signs of a text that are kept
TYPED, PARTS = 200, 8
SHORT = 2  # letters of a word that is not taken for the beginning of another
BEFORE, AROUND = 24, 110  # signs of a piece of text in front of what was found, and all in all

Pieces = Sequence[tuple[str, bool]]


def text_terms(texts: Iterable[str | None]) -> str:
    """The tokens by which some texts are found, unique, separated by spaces."""
    found: list[str] = []
    for text in texts:
        for run in runs(letters(text[:LENGTH])) if text else ():
            if run.isascii():
                found += [run[:WORD]] if len(run) > 1 else []
            else:
                found += pairs(run)
    return " ".join(dict.fromkeys(found))


@dataclass(frozen=True)
class Sought:
    """The parts of what was typed, all of which have to be in a text."""

    parts: tuple[str, ...]

    @cached_property
    def passes(self) -> tuple[Expression, ...]:
        """Questions in the order in which to fill a page: whole words first, which are quick to find; the last one is
        complete. None if there is nothing that an index could be asked for.
        """
        ways = [_asked(part) for part in self.parts]
        whole = [token for way in ways for token in way]
        if not whole:
            return ()
        begun = [Prefix(each.text) if _is_begun(each) else each for each in whole]
        return (every([*whole]),) if begun == whole else (every([*whole]), every([*begun]))

    def fits(self, texts: Iterable[str | None]) -> bool:
        """Whether all parts really stand in these texts."""
        folded = " ".join(letters(text[:LENGTH]) for text in texts if text)
        known = words(folded)
        return bool(self.parts) and all(_fits(part, folded, known) for part in self.parts)

    def piece_of(self, texts: Iterable[str | None]) -> Pieces:
        """What stands around the first part in the text that holds it, cut into pieces: text, and whether it is what
        was typed.
        """
        found = [(text, self._places(text[:LENGTH])) for text in texts if text]
        text, places = max(found, key=lambda pair: len(pair[1]), default=("", []))
        return list(_cut(text, places))

    def _places(self, text: str) -> list[tuple[int, int]]:
        """Where in a text its parts stand: from and to, in order, those as one that touch."""
        folded, origin = _with_origin(text)
        found = sorted(
            (origin[start], origin[start + len(part) - 1] + 1)
            for part in self.parts
            for start in _starts(part, folded)
        )
        places: list[tuple[int, int]] = []
        for begins, ends in found:
            if places and begins <= places[-1][1]:
                begins, ends = places[-1][0], max(ends, places.pop()[1])
            places.append((begins, ends))
        return places


def sought(typed: str) -> Sought:
    """The parts of what was typed, bounded: of a long text only the beginning is looked for."""
    return Sought(tuple(dict.fromkeys(runs(letters(typed[:TYPED]))))[:PARTS])


def _asked(part: str) -> list[Prefix | Token]:
    if part.isascii():
        return [Token(part[:WORD])] if len(part) > 1 else []
    return [Token(token) for token in pairs(part[:WORD])]


def _is_begun(token: Prefix | Token) -> bool:
    return token.text.isascii() and not token.text.startswith("_") and len(token.text) > SHORT


def _fits(part: str, folded: str, known: Sequence[str]) -> bool:
    if not part.isascii():
        return part in folded
    return any(word.startswith(part) if len(part) > SHORT else word == part for word in known)


def _with_origin(text: str) -> tuple[str, list[int]]:
    """The folded text, and of each of its signs the place in the text that it was made of."""
    made, origin = [], []
    for place, sign in enumerate(text):
        folded = letters(sign)
        made.append(folded)
        origin += [place] * len(folded)
    return "".join(made), origin


def _starts(part: str, folded: str) -> Iterator[int]:
    place = folded.find(part)
    while place >= 0:
        end = place + len(part)
        inside = place > 0 and _goes_on(folded[place - 1])
        cut = len(part) <= SHORT and end < len(folded) and _goes_on(folded[end])
        if not (part.isascii() and (inside or cut)):
            yield place
        place = folded.find(part, end)


def _goes_on(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _cut(text: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    start = max(0, places[0][0] - BEFORE) if places else 0
    end = min(len(text), start + AROUND)
    at = start
    if start:
        yield "…", False
    for begins, ends in places:
        if begins < at or ends > end:
            continue
        yield text[at:begins], False
        yield text[begins:ends], True
        at = ends
    yield text[at:end], False
    if end < len(text):
        yield "…", False
