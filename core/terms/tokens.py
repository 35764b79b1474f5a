"""The tokens of a record, made from its names, numbers, phones and mail addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from string import ascii_lowercase

from core.folding import HAN, fold
from core.names import spoken, without_legal_form
from core.phones import digits
from core.pinyin import LENGTH, count, initial, units, variants

WORD = 24  # letters of a token; longer words are cut, and so is what is looked for
VALUE = 200  # characters of one value that search knows of

ANYWHERE, OTHER_SCRIPT, PHONE, MAIL, WHOLE = "_", "__u", "__p", "__m", "__b"

_RUN = re.compile(f"[{HAN}]+|[a-z0-9]+|[^{HAN}a-z0-9\\s]+")
_WORD = re.compile("[a-z0-9]+")
_HAN = re.compile(f"[{HAN}]")
_NOT_MAIL = re.compile("[^a-z0-9]")


def terms_of(
    names: Iterable[str],
    person_names: Iterable[str],
    numbers: Iterable[str],
    phones: Iterable[str],
    mails: Iterable[str],
) -> str:
    """The tokens of one record, unique, in a fixed order, separated by spaces.

    `names` are those of companies, `numbers` the record's own; give each phone as typed and as normalised.
    """
    return terms_by_number(names, person_names, phones, mails)(numbers)


def terms_by_number(
    names: Iterable[str], person_names: Iterable[str], phones: Iterable[str], mails: Iterable[str]
) -> Callable[[Iterable[str]], str]:
    """What makes the terms of a record once its numbers are known; everything else is worked out here."""
    before: list[str] = []
    for name in names:
        before += _of_name(known(name), person=False)
    for name in person_names:
        before += _of_name(known(name), person=True)
    behind: list[str] = []
    for phone in phones:
        behind += threes(PHONE, digits(phone[:VALUE]))
    for mail in mails:
        behind += threes(MAIL, mail_text(mail[:VALUE]))

    def numbered(numbers: Iterable[str]) -> str:
        own = [
            token for number in numbers for word in number_words(known(number)) for token in _of_word(word)
        ]
        return " ".join(dict.fromkeys([*before, *own, *behind]))

    return numbered


def known(name: str) -> str:
    """What search knows of a name."""
    return spoken(name[:VALUE])


def runs(text: str) -> list[str]:
    """The stretches of a spoken text in one script each: Chinese, Latin letters and digits, any other."""
    return _RUN.findall(text)


def words(text: str) -> list[str]:
    """The Latin words and numbers of a spoken text."""
    return _WORD.findall(text)


def number_words(text: str) -> list[str]:
    """The words of a customer number, and its digits with and without leading zeros: kh000123 000123 123."""
    found = words(text)
    tails = [word.lstrip(ascii_lowercase) for word in found]
    return [word for word in (*found, *tails, *(tail.lstrip("0") for tail in tails)) if word]


def singles(run: str) -> list[str]:
    """Each sign of a run in another script than Latin, as tokens."""
    return list(run) if _HAN.match(run) else [f"{OTHER_SCRIPT}{ord(sign):x}" for sign in run]


def pairs(run: str) -> list[str]:
    """Each two neighbours of a run in another script than Latin, as tokens."""
    if _HAN.match(run):
        return [run[place : place + 2] for place in range(len(run) - 1)]
    codes = [f"{ord(sign):x}" for sign in run]
    return [f"{OTHER_SCRIPT}{one}_{two}" for one, two in pairwise(codes)]


def threes(prefix: str, text: str) -> list[str]:
    """Each three signs in a row of a text, as tokens with a prefix."""
    return [prefix + text[place : place + 3] for place in range(len(text) - 2)]


def mail_text(mail: str) -> str:
    """A mail address in the letters of tokens: what is no letter or digit is _."""
    return _NOT_MAIL.sub("_", fold(mail.strip()))


def sounds(text: str, person: bool) -> list[str]:
    """Pinyin and initials of a spoken name with Chinese in it, from each character on."""
    return [sound for way in _ways(text, person) for sound in way]


def begun(typed: str) -> str:
    """What the token of a name begins with that begins to sound so, or has such initials."""
    return (WHOLE + typed)[:WORD]


def _ways(text: str, person: bool) -> list[list[str]]:
    """The ways to spell a name with Chinese in it, each as a whole and then from each further character on.

    The legal form of a company belongs to the whole name only: nobody looks for youxiangongsi.
    """
    if not _HAN.search(text):
        return []
    read = units(text, person)[:LENGTH]
    bare = len(read) if person else count(without_legal_form(text)) or len(read)
    found: list[list[str]] = []
    for variant in variants(read):
        if audible := [unit for unit in variant if unit.sound.isascii()]:
            found.append(_from_each([unit.sound for unit in audible], bare))
            found.append(_from_each([initial(unit) for unit in audible], bare))
    return found


def _from_each(parts: list[str], bare: int) -> list[str]:
    found, rest = ["".join(parts)], "".join(parts[:bare])
    for part in parts[: bare - 1]:
        rest = rest[len(part) :]
        if len(rest) > 1:
            found.append(rest)
    return found


def _of_name(text: str, person: bool) -> list[str]:
    tokens: list[str] = []
    for run in runs(text):
        tokens += _of_word(run) if run.isascii() else singles(run) + pairs(run)
    for way in _ways(text, person):
        tokens += [begun(way[0]), *(sound[:WORD] for sound in way)]
    return tokens


def _of_word(word: str) -> list[str]:
    return [word[:WORD], *threes(ANYWHERE, word)]
