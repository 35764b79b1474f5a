"""The kinds of parts that a typed text falls into, with their questions to the index and exact checks."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass

from core.phones import COMPLETE
from core.terms.expressions import Expression, Prefix, Token, every, some
from core.terms.rows import Row
from core.terms.tokens import ANYWHERE, MAIL, PHONE, WORD, mail_text, pairs, singles, threes, words

WORDS = 8  # words of one part that are looked for
MAIL_LENGTH = 40  # signs of a mail address that the index is asked for

_DIGITS = re.compile("[0-9]+")


class Part(ABC):
    """One part of what was typed."""

    @property
    @abstractmethod
    def beginning(self) -> Expression:
        """The quick question: the likely rows."""

    @property
    def anywhere(self) -> Expression | None:
        """The other rows with it in names and numbers; None if the first question is complete."""
        return None

    @property
    def sensitive(self) -> Expression | None:
        """The rows with it in phones and mail; None if it is not looked for there."""
        return None

    @abstractmethod
    def fits(self, row: Row) -> bool:
        """Whether the row really has it."""


@dataclass(frozen=True)
class Characters(Part):
    """A run of Chinese, or of another script than Latin."""

    run: str

    @property
    def beginning(self) -> Expression:
        run = self.run[:WORD]
        return every([Token(token) for token in pairs(run) or singles(run)])

    def fits(self, row: Row) -> bool:
        return any(self.run in text for text in row.texts)


@dataclass(frozen=True)
class Words(Part):
    """Latin words typed without a blank between them, perhaps a piece of a mail address."""

    words: tuple[str, ...]
    mail: str

    @classmethod
    def of(cls, piece: str) -> Words | None:
        """The words of a folded piece of ASCII; None if there are none."""
        found = tuple(words(piece)[:WORDS])
        return cls(found, mail_text(piece).strip("_")) if found else None

    @property
    def beginning(self) -> Expression:
        return every([Prefix(word[:WORD]) for word in self.words])

    @property
    def anywhere(self) -> Expression | None:
        return _anywhere(self.words)

    @property
    def sensitive(self) -> Expression | None:
        return _all(MAIL, self.mail[:MAIL_LENGTH])

    def fits(self, row: Row) -> bool:
        return all(map(row.has_word, self.words)) or row.has_mail(self.mail)


@dataclass(frozen=True)
class Number(Part):
    """Digits, perhaps in groups: of a phone, a customer number, a name or a mail address."""

    groups: tuple[str, ...]

    @classmethod
    def of(cls, piece: str) -> Number:
        """The groups of digits of a piece with at least one digit."""
        return cls(tuple(_DIGITS.findall(piece)[:WORDS]))

    def followed_by(self, piece: str) -> Number:
        """The same number, going on after a blank."""
        return Number((*self.groups, *_DIGITS.findall(piece))[:WORDS])

    @property
    def dialled(self) -> tuple[str, ...]:
        """The groups without the zeros in front of a whole number: those depend on where one calls from."""
        first = self.groups[0].lstrip("0")
        bare = (first, *self.groups[1:]) if first else self.groups[1:]
        return bare if len("".join(bare)) >= COMPLETE else self.groups

    @property
    def beginning(self) -> Expression:
        return every([Prefix(group[:WORD]) for group in self.groups])

    @property
    def anywhere(self) -> Expression | None:
        return _anywhere(self.groups)

    @property
    def sensitive(self) -> Expression | None:
        long = [group for group in self.dialled if len(group) > 2] or ["".join(self.dialled)]
        phone = [way for group in long if (way := _all(PHONE, group[:WORD]))]
        mail = _all(MAIL, self.groups[0][:WORD]) if len(self.groups) == 1 else None
        return (
            some([*([every(phone)] if phone else []), *([mail] if mail else [])]) if phone or mail else None
        )

    def fits(self, row: Row) -> bool:
        return all(map(row.has_word, self.groups)) or row.has_phone(self.dialled) or self._is_in_mail(row)

    def _is_in_mail(self, row: Row) -> bool:
        return len(self.groups) == 1 and row.has_mail(self.groups[0])


def _anywhere(typed: tuple[str, ...]) -> Expression | None:
    """All words by three letters in a row, the short ones by their beginning; None if all are short."""
    if all(len(word) < 3 for word in typed):
        return None
    return every([_all(ANYWHERE, word[:WORD]) or Prefix(word) for word in typed])


def _all(prefix: str, text: str) -> Expression | None:
    """All threes of a text; None if it is shorter."""
    tokens = threes(prefix, text)
    return every([Token(token) for token in tokens]) if tokens else None
