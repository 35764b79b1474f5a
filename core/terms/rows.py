"""What a record says, as search reads it: the exact check of the rows that the index names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from core.phones import digits
from core.terms.tokens import VALUE, known, mail_text, number_words, sounds, words


class Row:
    """The views of one record, each worked out when it is first needed."""

    def __init__(
        self,
        names: Iterable[str],
        person_names: Iterable[str],
        numbers: Iterable[str],
        phones: Iterable[str],
        mails: Iterable[str],
    ) -> None:
        self._names = [(known(name), False) for name in names] + [
            (known(name), True) for name in person_names
        ]
        self._numbers = [word for number in numbers for word in number_words(known(number))]
        self._phones, self._mails = list(phones), list(mails)

    @cached_property
    def texts(self) -> list[str]:
        """Names and numbers as they are spoken."""
        return [text for text, _ in self._names] + self._numbers

    @cached_property
    def words(self) -> list[str]:
        """Latin words and numbers."""
        return [word for text in self.texts for word in words(text)]

    @cached_property
    def heard(self) -> list[str]:
        """Pinyin and initials."""
        return [sound for text, person in self._names for sound in sounds(text, person)]

    @cached_property
    def phones(self) -> list[str]:
        """The digits of each phone."""
        return [digits(phone[:VALUE]) for phone in self._phones]

    @cached_property
    def mails(self) -> list[str]:
        """Each mail address in the letters of tokens."""
        return [mail_text(mail[:VALUE]) for mail in self._mails]

    def has_word(self, word: str) -> bool:
        """Whether a word, pinyin or initials begin so, or three letters and more stand in a word."""
        if any(each.startswith(word) for each in self.words):
            return True
        if len(word) > 2 and any(word in each for each in self.words):
            return True
        return any(each.startswith(word) for each in self.heard)

    def has_phone(self, groups: tuple[str, ...]) -> bool:
        """Whether the groups of digits, three digits at least, stand in one phone, together or apart."""
        together = "".join(groups)
        return len(together) > 2 and any(
            together in phone or all(group in phone for group in groups) for phone in self.phones
        )

    def has_mail(self, text: str) -> bool:
        """Whether three signs and more, in the letters of tokens, stand in a mail address."""
        return len(text) > 2 and any(text in mail for mail in self.mails)
