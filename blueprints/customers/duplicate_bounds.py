"""Which pairs can come to be shown at all: the most that two files can score, told by what is kept of each. Pure.

Nearly all pairs with a key in common are of two customers. They are told by an outline of a few texts, and only those
left are read anew and weighed (`duplicate_rules.compare`). The bound is never below the score.
"""

from __future__ import annotations

from typing import NamedTuple

from blueprints.customers import company_names
from blueprints.customers import duplicate_rules as rules
from blueprints.customers.duplicate_rules import File
from core.names import shadow

LEAST = rules.POSSIBLE - 0.501  # what may be rounded to the least score that is shown
BEST_COMPANY = max(rules.SAME_CORE.values())
BEST_PART = max(*rules.CORES.values(), rules.SHORT_NAME)  # unless all of it is the same
BEST_PERSON = max(2 * rules.WORD["same"], *rules.SAME_PERSON_NAME.values())
BEST_ADDRESS = rules.ADDRESS[0][1]


class Outline(NamedTuple):
    """What the bound goes by; of plain values, so that it can lie in a file. `points`: normal form → weight."""

    kind: str
    points: dict[str, float]
    code: str
    gender: str
    born: str
    address: str
    postal_code: str
    city: str
    is_chinese: bool
    words: tuple[str, ...] = ()  # of a person
    core: str = ""  # of a company, as all that follows
    regions: frozenset[str] = frozenset()
    branch: str = ""
    numbers: tuple[str, ...] = ()
    short: str = ""
    whole: str = ""


def outline(file: File) -> Outline:
    """What is kept of a file."""
    points = {
        normal: rules.SAME_NUMBER.get(kind, 0.0)
        for kind, normals in sorted(file.points.items())
        for normal in normals
    }
    code = shadow(file.credit_code, company=False) if file.credit_code else ""
    born = rules.born(file.birthday) if file.birthday else ""
    places = rules.address_of(file.address), rules.place_name(file.postal_code), rules.place_name(file.city)
    common = (file.kind, points, code, file.gender or "", born, *places)
    if file.kind == "person":
        return Outline(*common, rules.is_chinese(file.name), rules.words_of(file.name))
    parts = company_names.parsed(file.name)
    short = company_names.parsed(file.short_name).whole if file.short_name else ""
    rest = parts.core, parts.regions, parts.branch, parts.numbers, short, parts.whole
    return Outline(*common, parts.is_chinese, (), *rest)


def may_be_one(one: Outline, other: Outline) -> bool:
    """Whether two files can score what is shown; False is certain."""
    if one.kind != other.kind:
        return True
    human = one.kind == "person"
    most = _numbers(one, other) + _codes(one.code, other.code) + _places(one, other) + rules.SAME_CONTACT
    most += _of_persons(one, other) if human else _of_companies(one, other)
    if most + (BEST_PERSON if human else BEST_COMPANY) < LEAST:
        return False
    if human:
        chinese = one.is_chinese and other.is_chinese
        most += rules.person_names(one.words, other.words, chinese).weight
    else:
        most += _company_names(one, other, most)
    if most < LEAST or not one.address or not other.address:
        return most >= LEAST
    return most - BEST_ADDRESS + rules.address_weight(one.address, other.address) >= LEAST


def _numbers(one: Outline, other: Outline) -> float:
    shared = one.points.keys() & other.points.keys()
    return 1.5 * max(min(one.points[each], other.points[each]) for each in shared) if shared else 0.0


def _codes(mine: str, theirs: str) -> float:
    if not mine or not theirs:
        return 0.0
    return rules.SAME_CODE if mine == theirs else rules.CLOSE_CODE


def _places(one: Outline, other: Outline) -> float:
    """With addresses taken for the same."""
    most = BEST_ADDRESS if one.address and other.address else 0.0
    if one.postal_code and other.postal_code:
        most += rules.SAME_POSTCODE if one.postal_code == other.postal_code else rules.OTHER_POSTCODE
    if one.city and other.city:
        most += rules.SAME_CITY if rules.is_same_city(one.city, other.city) else rules.OTHER_CITY
    return most


def _of_persons(one: Outline, other: Outline) -> float:
    most = rules.OTHER_GENDER if one.gender and other.gender and one.gender != other.gender else 0.0
    if one.born and other.born:
        most += rules.birthday_weight(one.born, other.born)
    return most


def _of_companies(one: Outline, other: Outline) -> float:
    """What names of companies weigh beside brand and trade."""
    most = 0.0
    if one.branch != other.branch:
        most += rules.OTHER_BRANCH if one.branch and other.branch else rules.NO_BRANCH
    if one.numbers != other.numbers:
        most += rules.OTHER_NUMBER
    if one.regions & other.regions:
        most += rules.SAME_REGION
    elif one.regions or other.regions:
        most += rules.OTHER_REGION if one.regions and other.regions else rules.NO_REGION
    return most


def _company_names(one: Outline, other: Outline, beside: float) -> float:
    """The most that brand and trade weigh; looked at closely only where what is `beside` them leaves it open."""
    if one.core == other.core:
        return rules.core_weight(one.core, one.is_chinese)
    if beside + BEST_PART < LEAST:
        return BEST_PART
    how = company_names.relation(one, other)
    if how in {"near", "other"} and _is_short_name(one, other):
        return rules.SHORT_NAME
    return rules.part_weight(one.core, other.core) if how == "part" else rules.CORES[how]


def _is_short_name(one: Outline, other: Outline) -> bool:
    known = bool(one.short) and one.short in {other.short, other.whole}
    return known or (bool(other.short) and other.short == one.whole)
