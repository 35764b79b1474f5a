"""How Chinese names sound: pinyin without tones (ü is v), for search and for order. Pure.

A character with several readings takes the one it has in the word that it stands in, the surname of a
person the one it has as a surname. `variants` adds the readings under which people look for it all the same.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import NamedTuple

from core.folding import HAN, letters
from core.pinyin_tables import SOUNDS, WORDS

LENGTH = 40  # characters and words of a name whose sound is known to search
VARIANTS = 4

SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu",
    "宰父": "zai fu", "亓官": "qi guan", "令狐": "ling hu", "皇甫": "huang fu", "乐正": "yue zheng",
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "盖": "ge", "任": "ren",
    "华": "hua", "朴": "piao", "翟": "zhai", "缪": "miao", "宓": "mi", "覃": "qin", "种": "chong",
    "繁": "po", "召": "shao", "员": "yun", "折": "she", "秘": "bi", "洗": "xian", "佴": "nai", "薄": "bo",
    "乐": "yue", "阚": "kan", "卜": "bu", "都": "du", "能": "nai", "句": "gou", "祭": "zhai", "黑": "he",
    "粘": "nian", "蔚": "yu", "隗": "wei", "尉": "wei", "柏": "bai", "过": "guo", "郇": "xun", "藏": "zang",
    "石": "shi", "车": "che", "长": "chang", "哈": "ha", "那": "na", "相": "xiang",
}  # fmt: skip

_READINGS = {
    "行": "xing hang", "长": "chang zhang", "重": "zhong chong", "乐": "le yue", "都": "du",
    "朝": "chao zhao", "厦": "xia sha", "传": "chuan zhuan", "藏": "cang zang", "盛": "sheng cheng",
    "调": "diao tiao", "校": "xiao jiao", "降": "jiang xiang", "曾": "zeng ceng", "单": "dan shan",
    "查": "cha zha", "仇": "qiu chou", "盖": "gai ge", "朴": "pu piao", "翟": "zhai di", "缪": "miao mou",
    "柏": "bai bo", "薄": "bo bao", "蔚": "wei yu", "莘": "xin shen", "参": "can shen", "弹": "dan tan",
    "率": "lv shuai", "泊": "bo po", "粘": "nian zhan", "堡": "bao pu bu", "番": "fan pan", "六": "liu lu",
    "壳": "ke qiao", "塞": "sai se", "覃": "tan qin", "宓": "mi fu", "牟": "mou mu", "隗": "kui wei",
    "谌": "chen shen", "郇": "xun huan", "费": "fei bi", "俞": "yu shu", "晟": "sheng cheng",
    "觉": "jue jiao", "角": "jiao jue", "尉": "wei yu", "阚": "kan han", "卜": "bu bo", "贾": "jia gu",
    "乜": "nie mie", "郗": "xi chi", "埔": "pu bu", "广": "guang", "厂": "chang", "娜": "na", "圣": "sheng",
}  # fmt: skip

_HAN = re.compile(f"[{HAN}]")
_UNIT = re.compile(f"[{HAN}]|[a-z0-9]+|[^{HAN}a-z0-9\\s]+")


class Unit(NamedTuple):
    """One Chinese character, one Latin word or number, or one run of another script, and how it sounds."""

    written: str
    sound: str
    others: tuple[str, ...] = ()


def syllables(text: str, person: bool = False) -> list[str]:
    """The sound of each Chinese character and each word: 华兴Acme → hua, xing, acme."""
    return [unit.sound for unit in units(letters(text), person)]


def initials(text: str, person: bool = False) -> str:
    """The first letters of the Chinese characters, words and numbers whole: TCL科技 → tclkj."""
    return "".join(map(initial, units(letters(text), person)))


def units(text: str, person: bool = False) -> list[Unit]:
    """What a text of `letters` is read as, in order; with `person` it begins with a surname."""
    written = _UNIT.findall(text)
    read: list[Unit] = []
    word_ends = 0
    for place, each in enumerate(written):
        unit, ambiguous = _alone(each) if _HAN.match(each) else (Unit(each, each), False)
        if ambiguous:
            unit, word_ends = _in_context(unit, written, place, word_ends)
        read.append(unit)
    surname = _surname("".join(written[:2])) if person else []
    read[: len(surname)] = map(_as_surname, read, surname)
    return read


def count(text: str) -> int:
    """How many units a text has."""
    return len(_UNIT.findall(text))


def variants(read: list[Unit]) -> list[list[Unit]]:
    """The ways in which people may read it: the likeliest, then one character in another reading each."""
    others = ((place, unit, sound) for place, unit in enumerate(read) for sound in unit.others)
    return [read] + [
        [*read[:place], Unit(unit.written, sound), *read[place + 1 :]]
        for place, unit, sound in islice(others, VARIANTS - 1)
    ]


def initial(unit: Unit) -> str:
    """What stands for a unit among initials."""
    return unit.sound if unit.sound == unit.written else unit.sound[0]


def _surname(text: str) -> list[str]:
    return (SURNAMES.get(text[:2]) or SURNAMES.get(text[:1]) or "").split()


@cache
def _as_surname(unit: Unit, sound: str) -> Unit:
    return _sounding(unit.written, sound, unit.sound, *unit.others)


def _in_context(unit: Unit, written: list[str], place: int, word_ends: int) -> tuple[Unit, int]:
    """The unit as read in the word of two that it closes or opens, and where the last word ends.

    A word does not begin inside another: 银行长沙 is 银行 and 长沙, not 行长.
    """
    for start in (place - 1, place):
        if start >= word_ends and (word := WORDS.get("".join(written[start : start + 2]))):
            return _sounding(unit.written, word[place - start]), start + 2
    return unit, word_ends


@cache  # as many as there are characters; words, of which there is no end, are not kept
def _alone(written: str) -> tuple[Unit, bool]:
    """A character out of context, and whether the dictionary knows several readings of it."""
    known = SOUNDS.get(ord(written), (written,))
    return _sounding(written, *_READINGS.get(written, known[0]).split()), len(known) > 1


@cache
def _sounding(written: str, sound: str, *others: str) -> Unit:
    """A unit with its readings; ü is looked for as u as well, as passports and English keyboards write it."""
    readings = (sound, *others, *(each.replace("v", "u") for each in (sound, *others)))
    return Unit(written, sound, tuple(dict.fromkeys(each for each in readings if each != sound)))
