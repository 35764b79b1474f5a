"""How characters and words of two sound, from the tables of pypinyin. Pure.

Its own modules keep 47,000 words with their tones, and all beginnings of them, which nothing here asks for: ten
times the memory, in each process.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u030c"))
# Read as JSON the longer table would take forty megabytes for a moment, which a process hardly gives back
_READINGS = r'\[\s*"([^"]+)"[^]]*\]'
_WORD = re.compile(rf'"(..)":\s*\[\s*{_READINGS},\s*{_READINGS}\s*\]')


def _table(name: str) -> str:
    package = find_spec("pypinyin")
    assert package and package.origin
    return Path(package.origin).with_name(name).read_text("utf-8")


@cache
def _without_tones(sounds: str) -> tuple[str, ...]:
    bare = unicodedata.normalize("NFD", sounds).translate(_TONES)
    return tuple(dict.fromkeys(unicodedata.normalize("NFC", bare).replace("ü", "v").split(",")))


def _words() -> dict[str, tuple[str, str]]:
    """Those in which something can be read in several ways; of a word's own readings the first."""
    found = {}
    for word, first, second in map(re.Match.groups, _WORD.finditer(_table("phrases_dict.json"))):
        if any(len(SOUNDS.get(ord(character), ())) > 1 for character in word):
            found[word] = _without_tones(first)[0], _without_tones(second)[0]
    return found


# The readings of a character, by its code; and what the two of a word sound like there
SOUNDS = {
    int(code): _without_tones(sounds) for code, sounds in json.loads(_table("pinyin_dict.json")).items()
}
WORDS = _words()
