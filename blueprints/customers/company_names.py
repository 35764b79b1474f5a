"""How two names of companies stand to each other: brand and trade, region, branch, numbers. Pure.

A registered name is region + brand + trade + legal form. The legal form says nothing; a region or a branch that one
name lacks is forgotten, one that differs is another company.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from rapidfuzz.distance import OSA

from blueprints.customers import regions
from core.folding import HAN, fold
from core.names import shadow
from core.pinyin import syllables

_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]{2,12})[)\]】〕]")
_BRANCH = re.compile(
    r"(?<=公司|集团)(.{1,12}(?:分公司|分店|分行|支行|办事处|营业部|门市部|店|厂|部))$"
    r"|((?:第?[0-9一二三四五六七八九十]+)(?:号?店|分公司|分店|分厂|营业部|门市部))$"
    r"|((?:[^公司]{2})?(?:分公司|分店|办事处|营业部|门市部))$"
)
_NUMBERS = re.compile(r"[0-9]+|第[一二三四五六七八九十百]+")
_HAN_ONLY = re.compile(f"[{HAN}]+")
CLOSE = 0.8  # of the signs of both names: one slip in five


class Core(Protocol):
    """The brand and trade of a company, and whether there is any Chinese character in them."""

    @property
    def core(self) -> str: ...
    @property
    def is_chinese(self) -> bool: ...


@dataclass(frozen=True)
class Name:
    """The parts of a company's name that are compared; `core` is brand and trade."""

    whole: str
    core: str
    regions: frozenset[str]
    branch: str
    numbers: tuple[str, ...]

    @property
    def is_chinese(self) -> bool:
        return _HAN_ONLY.search(self.core) is not None


@lru_cache(16_384)
def parsed(name: str) -> Name:
    """The parts of a name as somebody typed it."""
    text, found, branch = fold(name), set(), ""
    for inside in _BRACKETS.findall(text):
        if (region := regions.named(inside.strip())) is not None:
            found |= {region} - {""}
            text = text.replace(inside, "")
    bare = shadow(text)
    if ending := _BRANCH.search(bare):
        branch = next(filter(None, ending.groups()))
        bare = shadow(bare[: ending.start()]) or bare
    core, beside = regions.divided(bare)
    numbers = tuple(sorted(_NUMBERS.findall(core)))
    return Name(shadow(name), core, frozenset(found | beside), branch, numbers)


@lru_cache(16_384)
def sound(core: str) -> str:
    """How a core is spelled in letters, its syllables with blanks."""
    return " ".join(syllables(core))


def relation(one: Core, other: Core) -> str:
    """How two cores stand to each other: same, part (the one is a part of the other), sound, close, near, other."""
    if one.core == other.core:
        return "same"
    short, long = sorted((one.core, other.core), key=len)
    if len(short) >= 2 and (long.startswith(short) or (len(short) >= 3 and short in long)):
        return "part" if _whole_words(short, long) else "near"
    if one.is_chinese and other.is_chinese and sound(one.core) == sound(other.core):
        return "sound"
    alike = OSA.normalized_similarity(one.core, other.core)
    if alike >= CLOSE or (len(long) >= 4 and OSA.distance(one.core, other.core) <= 1 and alike >= 0.75):
        return "close"
    return "near" if alike >= 0.6 else "other"


def _whole_words(short: str, long: str) -> bool:
    """A Latin name is no part of another only because its letters are: Acme in Acmeron."""
    return not short.isascii() or not long.isascii() or len(short) >= 6


def difference(one: str, other: str) -> str:
    """What the longer of two names has more, where that is its end or its beginning; else ""."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return long[len(short) :].strip(" ()")
    return long[: -len(short)].strip(" ()") if short and long.endswith(short) else ""
