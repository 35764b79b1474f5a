"""Names: how they are stored, matched and sorted. Pure.

Stored as written, matched through a shadow, sorted by pinyin for Chinese and by folded letters for the rest.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.folding import HAN, fold, letters
from core.pinyin import Unit, units

SORTED_LENGTH = 50  # parts of a name that its place in a list depends on before the original decides

REMEMBERED = 4_096  # names: a batch of an import asks for each of its own a dozen times

LEGAL_FORM_LENGTH = 24  # at most, so that only the end of a name is looked at

_CHINESE_FORMS = (
    "有限责任公司|股份有限公司|有限公司|股份公司|集团公司|总公司|(?<![分子])公司|集团|"
    "(?:特殊)?普通合伙|有限合伙|合伙企业|个人独资企业|株式会社|주식회사"
)
_LATIN_FORMS = (
    "ltd|limited|pvt|pte|pty|inc|incorporated|corp|corporation|company|co|l ?l ?c|l ?l ?p|l ?p|p ?l ?c|"
    "gmbh|a ?g|k ?g|ohg|ug|s ?e|s ?a|s ?a ?s|s ?a ?r ?l|s ?r ?l|s ?p ?a|s ?a ?de ?c ?v|s ?l|s ?r ?o|"
    "sp z o ?o|b ?v|n ?v|a ?b|a ?s|aps|oyj?|k ?k|ltda?|lda|ооо|оао|зао|пао"
)
_LEGAL_FORM = re.compile(f"(?: ?(?:{_CHINESE_FORMS})|(?:^| )(?:{_LATIN_FORMS}))$")
_BETWEEN_HAN = re.compile(f"(?<=[{HAN}]) +(?=[{HAN}])")

_ONLY_HAN = re.compile(f"[{HAN}]+")

_INVISIBLE = frozenset("\u200c\u200d")  # joiners that some scripts spell with
_ALWAYS_BROKEN = re.compile("\ufffd|\\?{3}|锟斤拷|烫烫烫|屯屯屯|[\u00a1-\u00ff]{4}")
_LOST = frozenset("?？\ufffd")


def nfc(text: str) -> str:
    """The form in which one line of text is stored: NFC, no controls, single spaces, none at the ends."""
    # Nearly every text is printable, that is without controls; looking at each sign is slow.
    visible = text if text.isprintable() else "".join(filter(_is_visible, text))
    return " ".join(unicodedata.normalize("NFC", visible).split()).strip("\u200c\u200d ")


@lru_cache(REMEMBERED)
def shadow(name: str, company: bool = True) -> str:
    """The form in which names are compared: folded, no spaces or punctuation, for a company no legal form.

    华興科技（上海）有限公司 and 华兴科技(上海) share one. Empty only for an empty name.
    """
    text = spoken(name)
    bare = without_legal_form(text) if company else text
    return (bare or text).replace(" ", "") or fold(nfc(name)) or nfc(name)


@lru_cache(REMEMBERED)
def spoken(name: str) -> str:
    """The folded name as words of letters and digits with single spaces, none between Chinese characters."""
    return _BETWEEN_HAN.sub("", " ".join(letters(name).split()))


def without_legal_form(text: str) -> str:
    """The start of a `spoken` name before 有限公司, Ltd, GmbH & Co. KG and the like; may be empty."""
    end = len(text)
    while found := _LEGAL_FORM.search(text, max(end - LEGAL_FORM_LENGTH, 0), end):
        end = found.start()
    return text[:end]


def sort_key(name: str, person: bool = False) -> str:
    """A key whose binary order is the order of a list: Chinese characters behind their pinyin, others folded.

    Names that differ have keys that differ. About 10 bytes for each Chinese character, and the name itself.
    """
    parts = units(spoken(name), person)[:SORTED_LENGTH]
    key = " ".join(_listed(part) for part in parts)
    return key if "".join(part.written for part in parts) == name else f"{key}  {name}"


def _listed(part: Unit) -> str:
    return part.written if part.written == part.sound else f"{part.sound} {part.written}"


def looks_unreadable(text: str) -> bool:
    """Whether a name was spoiled on its way: question marks, U+FFFD, a wrong encoding. A flag, no proof."""
    signs = [character for character in text if not character.isspace()]
    lost = sum(sign in _LOST or unicodedata.category(sign) in {"Co", "Cn", "Cs", "Cc"} for sign in signs)
    return bool(signs) and (2 * lost >= len(signs) or bool(_ALWAYS_BROKEN.search(text)) or _is_misread(text))


def _is_visible(character: str) -> bool:
    control = unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in _INVISIBLE
    return character.isspace() or not control


def _is_misread(text: str) -> bool:
    """UTF-8 read as Windows-1252 or as GBK: written back in that encoding it is UTF-8 again."""
    rereadings = (_reread(text, encoding) for encoding in ("latin-1", "cp1252"))
    return any(rereadings) or bool(_ONLY_HAN.fullmatch(_reread(text, "gbk")))


def _reread(text: str, encoding: str) -> str:
    """What a text beyond ASCII says if it is UTF-8 that was read in `encoding`; "" if it is not."""
    try:
        return "" if text.isascii() else text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return ""
