"""Whether two customer files are of one and the same: evidence for and against, weighed and explained. Pure.

Each piece of evidence weighs the logarithm (to 2) of how much oftener it is seen on two files of one customer than on
files of two, as Fellegi and Sunter have it: what agrees by chance in one of a thousand weighs 10. The figures are for
any list of customers. They are lower than chance alone would have it where people share what is compared (a telephone,
a building), and where two pieces hang together. What nobody knows weighs nothing: unknown is not different.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import log2

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from blueprints.customers import company_names
from blueprints.customers.company_names import Name
from core.folding import HAN, fold, letters
from core.names import shadow
from core.pinyin import syllables

POSSIBLE, LIKELY, CERTAIN = 10, 14, 20  # least scores: of what is shown at all, likely, and nearly certain
BANDS = {"certain": CERTAIN, "likely": LIKELY, "possible": POSSIBLE}
NEW_EVIDENCE = 4  # by which a score must rise before two that were told apart are shown again

# A number alone is no duplicate: families, offices and agents share one. A second one says less than the first
SAME_NUMBER = {"mobile": 9.0, "wechat": 9.0, "wecom": 9.0, "qq": 8.0, "email": 9.0, "phone": 6.0, "fax": 4.0}
FURTHER = 0.4
NO_NUMBER = -1.0  # both have some of a kind and none in common: people change them
# The longer brand and trade are, the fewer have them by chance
SAME_CORE = {1: 3.0, 2: 6.0, 3: 9.0, 4: 12.0}
CORES = {"part": 7.0, "sound": 7.0, "close": 6.0, "near": -3.0, "other": -9.0}
SAME_REGION, OTHER_REGION, NO_REGION = 1.0, -9.0, -3.0
OTHER_BRANCH, NO_BRANCH, OTHER_NUMBER = -12.0, -8.0, -9.0
SHORT_NAME = 6.0
SAME_CODE, OTHER_CODE, CLOSE_CODE = 16.0, -14.0, -2.0
SAME_PERSON_NAME = {1: 2.0, 2: 5.0, 3: 8.0}
WORD = {"same": 5.0, "close": 3.0, "initial": 1.0, "near": -0.5, "other": -4.0}
PERSON_SOUND, PERSON_OTHER = 4.0, -8.0
SAME_BIRTHDAY, CLOSE_BIRTHDAY, OTHER_BIRTHDAY = 11.0, 5.0, -5.0
ADDRESS = ((0.92, 7.0), (0.75, 4.5), (0.6, 1.5), (0.4, 0.0), (0.0, -2.0))  # alikeness, weight
SAME_POSTCODE, OTHER_POSTCODE = 2.0, -0.5
SAME_CITY, OTHER_CITY = 1.0, -2.0
SAME_CONTACT = 3.0
OTHER_KIND, OTHER_GENDER = -4.0, -3.0
MOST_NAMESAKES = 6.0  # that a name is common takes no more away

Points = Mapping[str, frozenset[str]]
Words = tuple[str, ...]
_HAN = re.compile(f"[{HAN}]")


@dataclass(slots=True, eq=False)
class File:
    """What of a customer is compared. `points`: kind → normal forms; `people`: contact persons, by their shadows."""

    id: int
    kind: str
    name: str
    short_name: str | None = None
    credit_code: str | None = None
    points: Points = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    birthday: date | None = None
    gender: str | None = None
    city: str | None = None
    address: str | None = None
    postal_code: str | None = None

    @property
    def shadow(self) -> str:
        """The form in which names are compared as a whole."""
        return shadow(self.name, company=self.kind != "person")


@dataclass(frozen=True)
class Holders:
    """How many files have a contact point, by its normal form, and a name, by its shadow: what many have says less."""

    points: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, int] = field(default_factory=dict)


NOBODY_ELSE = Holders()


@dataclass(frozen=True)
class Evidence:
    """One reason for (a weight above 0) or against; `detail` is a part of a name, never a number or an address."""

    code: str
    weight: float
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """How much speaks for it that two files are of one customer, and the reasons, the weightiest first."""

    score: int
    reasons: tuple[Evidence, ...]


def compare(one: File, other: File, holders: Holders = NOBODY_ELSE) -> Verdict:
    """The same whichever of the two is named first."""
    if (other.kind, other.id) < (one.kind, one.id):
        one, other = other, one
    found = [*_numbers(one, other, holders), *_names(one, other, holders), *_codes(one, other)]
    if one.kind == other.kind == "person":
        found += [*_birthdays(one.birthday, other.birthday), *_genders(one, other)]
    found += [*_places(one, other), *_contacts(one, other)]
    if one.kind != other.kind:
        found.append(Evidence("kind_other", OTHER_KIND))
    reasons = sorted(found, key=lambda each: (-abs(each.weight), each.code, each.detail))
    return Verdict(round(sum(each.weight for each in reasons)), tuple(reasons))


def band(score: int) -> str:
    """How likely a score is in a word: certain, likely, possible; "" for less."""
    return next((name for name, least in BANDS.items() if score >= least), "")


def _numbers(one: File, other: File, holders: Holders) -> Iterable[Evidence]:
    """Contact points; the same number noted as mobile and as telephone is the same."""
    if not one.points or not other.points:
        return
    mine, theirs = _kinds_of(one), _kinds_of(other)
    weight, best = 0.0, ""
    for normal in sorted(mine.keys() & theirs.keys()):
        kind = min((mine[normal], theirs[normal]), key=lambda kind: SAME_NUMBER.get(kind, 0))
        alone = SAME_NUMBER.get(kind, 0.0) - log2(max(holders.points.get(normal, 2), 2) / 2)
        if alone <= 0:
            continue
        weight, best = (
            (alone + FURTHER * weight, kind) if alone > weight else (weight + FURTHER * alone, best)
        )
    if weight:
        yield Evidence(f"{best}_same", min(round(weight, 1), SAME_NUMBER[best] * 1.5))
    elif one.points.get("mobile") and other.points.get("mobile"):
        yield Evidence("mobile_other", NO_NUMBER)


def _kinds_of(file: File) -> dict[str, str]:
    return {normal: kind for kind, normals in sorted(file.points.items()) for normal in normals if normal}


def _names(one: File, other: File, holders: Holders) -> Iterable[Evidence]:
    if one.kind == other.kind == "person":
        return _persons(one, other, holders)
    return _companies(one, other, holders)


def _companies(one: File, other: File, holders: Holders) -> Iterable[Evidence]:
    mine, theirs = company_names.parsed(one.name), company_names.parsed(other.name)
    how = company_names.relation(mine, theirs)
    if how in {"near", "other"} and _is_short_name(one, other):
        yield Evidence("name_short", SHORT_NAME)
    elif how == "same":
        yield _same_core(one, other, mine, holders)
    elif how == "part":
        more = _difference(one, other) or company_names.difference(mine.core, theirs.core)
        yield Evidence("name_part", part_weight(mine.core, theirs.core), more)
    else:
        yield Evidence(f"name_{how}", CORES[how])
    yield from _regions(mine, theirs)
    if mine.branch != theirs.branch:
        known = mine.branch and theirs.branch
        yield Evidence("branch_other", OTHER_BRANCH if known else NO_BRANCH, mine.branch or theirs.branch)
    if mine.numbers != theirs.numbers:
        yield Evidence("numbers_other", OTHER_NUMBER)


def _same_core(one: File, other: File, name: Name, holders: Holders) -> Evidence:
    weight = core_weight(name.core, name.is_chinese) - _commonness(one, other, holders)
    if _spelled(one) == _spelled(other):
        return Evidence("name_same", weight)
    return Evidence("name_form", weight, _difference(one, other))


def core_weight(core: str, is_chinese: bool) -> float:
    """What it weighs that two companies share a core, if nobody else has it."""
    signs = len(core) if is_chinese else len(core) // 2
    return SAME_CORE[min(max(signs, 1), 4)]


def part_weight(mine: str, theirs: str) -> float:
    """What it weighs that the one core is a part of the other."""
    return CORES["part"] - 2 * max(0, 4 - min(len(mine), len(theirs)))


def _difference(one: File, other: File) -> str:
    return company_names.difference(_spelled(one), _spelled(other))


def _spelled(file: File) -> str:
    return fold(file.name).replace(" ", "")


def _commonness(one: File, other: File, holders: Holders) -> float:
    """What a name weighs less because others have it: 1 with each doubling of those."""
    most = max(holders.names.get(file.shadow, 2) for file in (one, other))
    return min(log2(max(most, 2) / 2), MOST_NAMESAKES)


def _is_short_name(one: File, other: File) -> bool:
    """Whether one is called in short what the other is called in full, or in short too."""
    if not one.short_name and not other.short_name:
        return False
    mine, theirs = _called(one), _called(other)
    return bool(mine[0] & (theirs[0] | theirs[1]) or theirs[0] & mine[1])


def _called(file: File) -> tuple[set[str], set[str]]:
    """Short name and full name in the form in which they are compared, each if there is one that tells something."""
    names = (company_names.parsed(name).whole if name else "" for name in (file.short_name, file.name))
    short, full = ({name} if len(name) >= 2 else set() for name in names)
    return short, full


def _regions(mine: Name, theirs: Name) -> Iterable[Evidence]:
    if not mine.regions and not theirs.regions:
        return
    if mine.regions & theirs.regions:
        yield Evidence("region_same", SAME_REGION, _listed(mine.regions & theirs.regions))
    elif mine.regions and theirs.regions:
        yield Evidence("region_other", OTHER_REGION, f"{_listed(mine.regions)}/{_listed(theirs.regions)}")
    else:
        yield Evidence("region_missing", NO_REGION, _listed(mine.regions | theirs.regions))


def _listed(regions: Iterable[str]) -> str:
    return "".join(sorted(regions))


def _persons(one: File, other: File, holders: Holders) -> Iterable[Evidence]:
    mine, theirs = words_of(one.name), words_of(other.name)
    both_chinese = is_chinese(one.name) and is_chinese(other.name)
    yield person_names(mine, theirs, both_chinese, _commonness(one, other, holders))


def person_names(mine: Words, theirs: Words, both_chinese: bool, commonness: float = 0.0) -> Evidence:
    """How the names of two persons stand to each other."""
    if mine == theirs:
        return Evidence("name_same", max(_alone(mine) - commonness, 1.0))
    if both_chinese:
        return _chinese(mine[0], theirs[0])
    if sorted(mine) == sorted(theirs):
        return Evidence("name_order", max(_alone(mine) - 1 - commonness, 1.0))
    return _latin(mine, theirs)


def _alone(words: Words) -> float:
    if len(words) == 1:
        return SAME_PERSON_NAME[min(len(words[0]), 3)] if is_chinese(words[0]) else WORD["same"]
    return WORD["same"] * 2


@lru_cache(16_384)
def words_of(name: str) -> Words:
    """The words of a person's name; a Chinese one is a single word."""
    return tuple(letters(name).split()) if not is_chinese(name) else (shadow(name, company=False),)


def is_chinese(name: str) -> bool:
    """Whether there is any Chinese character in a name."""
    return not name.isascii() and _HAN.search(name) is not None


def _chinese(mine: str, theirs: str) -> Evidence:
    if syllables(mine, person=True) == syllables(theirs, person=True):
        return Evidence("name_sound", PERSON_SOUND)
    if mine[:1] == theirs[:1] and len(mine) == len(theirs) >= 3 and OSA.distance(mine, theirs) == 1:
        return Evidence("name_near", WORD["near"])
    return Evidence("name_other", PERSON_OTHER)


def _latin(mine: Words, theirs: Words) -> Evidence:
    """First with first and last with last word, or crosswise; a word that one lacks is unknown."""
    if not mine or not theirs:
        return Evidence("name_near", 0.0)
    straight = _word(mine[0], theirs[0]) + _word(mine[-1], theirs[-1])
    crossed = _word(mine[0], theirs[-1]) + _word(mine[-1], theirs[0]) - 1
    weight = max(straight, crossed)
    if len(mine) == 1 or len(theirs) == 1:
        weight = max(_word(a, b) for a in mine for b in theirs)
    whole = JaroWinkler.normalized_similarity(" ".join(mine), " ".join(theirs))
    code = "name_close" if weight > 0 else "name_near" if whole >= 0.7 else "name_other"
    return Evidence(code, max(weight, PERSON_OTHER))


@lru_cache(16_384)
def _word(one: str, other: str) -> float:
    if one == other:
        return WORD["same"] if len(one) >= 3 else WORD["close"]
    if len(min(one, other, key=len)) == 1:
        return WORD["initial"] if one[0] == other[0] else WORD["other"]
    if (min(len(one), len(other)) >= 4 and OSA.distance(one, other) == 1) or JaroWinkler.similarity(
        one, other
    ) >= 0.9:
        return WORD["close"]
    return WORD["near"] if JaroWinkler.similarity(one, other) >= 0.78 else WORD["other"]


def _codes(one: File, other: File) -> Iterable[Evidence]:
    mine, theirs = (shadow(file.credit_code or "", company=False) for file in (one, other))
    if not mine or not theirs:
        return
    if mine == theirs:
        yield Evidence("code_same", SAME_CODE)
    elif OSA.distance(mine, theirs) == 1:  # a slip of the hand, or a sister company
        yield Evidence("code_close", CLOSE_CODE)
    else:
        yield Evidence("code_other", OTHER_CODE)


def _birthdays(mine: date | None, theirs: date | None) -> Iterable[Evidence]:
    if mine is None or theirs is None:
        return
    weight = birthday_weight(born(mine), born(theirs))
    yield Evidence(_BIRTHDAYS[weight], weight)


_BIRTHDAYS = {
    SAME_BIRTHDAY: "birthday_same", CLOSE_BIRTHDAY: "birthday_close", OTHER_BIRTHDAY: "birthday_other",
}  # fmt: skip


def born(birthday: date) -> str:
    """The form in which birthdays are compared: 19800307."""
    return birthday.isoformat().replace("-", "")


def birthday_weight(mine: str, theirs: str) -> float:
    """What two birthdays weigh; close are a slip of the hand, and month and day the wrong way round."""
    if mine == theirs:
        return SAME_BIRTHDAY
    turned = mine == theirs[:4] + theirs[6:] + theirs[4:6]
    return CLOSE_BIRTHDAY if turned or OSA.distance(mine, theirs) == 1 else OTHER_BIRTHDAY


def _genders(one: File, other: File) -> Iterable[Evidence]:
    if one.gender and other.gender and one.gender != other.gender:
        yield Evidence("gender_other", OTHER_GENDER)


def _places(one: File, other: File) -> Iterable[Evidence]:
    mine, theirs = address_of(one.address), address_of(other.address)
    if mine and theirs and (weight := address_weight(mine, theirs)):
        code = "same" if weight == ADDRESS[0][1] else "close" if weight > 0 else "other"
        yield Evidence(f"address_{code}", weight)
    for name, same, differs in (
        ("postal_code", SAME_POSTCODE, OTHER_POSTCODE), ("city", SAME_CITY, OTHER_CITY),
    ):  # fmt: skip
        here, there = (place_name(getattr(file, name)) for file in (one, other))
        if here and there:
            alike = is_same_city(here, there) if name == "city" else here == there
            yield Evidence(f"{name}_same", same) if alike else Evidence(f"{name}_other", differs)


CLOSE_CITY = 0.75


def is_same_city(here: str, there: str) -> bool:
    """Whether two cities are one, but for a slip of the hand."""
    return here == there or OSA.normalized_similarity(here, there) >= CLOSE_CITY


def address_weight(mine: str, theirs: str) -> float:
    """What two addresses weigh, by how much they are alike."""
    alike = max(fuzz.token_sort_ratio(mine, theirs), fuzz.ratio(mine, theirs)) / 100
    return next(weight for least, weight in ADDRESS if alike >= least)


@lru_cache(16_384)
def address_of(text: str | None) -> str:
    """The form in which addresses are compared: folded words."""
    return " ".join(letters(text).split()) if text else ""


@lru_cache(16_384)
def place_name(text: str | None) -> str:
    """The form in which a city or postal code is compared: 深圳市 is 深圳."""
    folded = letters(text).replace(" ", "") if text else ""
    return folded.removesuffix("市") if len(folded) > 2 else folded


def _contacts(one: File, other: File) -> Iterable[Evidence]:
    """A contact person of the one is a contact person of the other, or is the other one."""
    if one.people & other.people:
        yield Evidence("contact_same", SAME_CONTACT)
