"""What speaks for and against two files being of one customer, and how much."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from blueprints.customers import company_names, duplicate_bounds, duplicate_rules, duplicate_words, regions
from blueprints.customers.duplicate_keys import keys_of
from blueprints.customers.duplicate_rules import File, Holders, band, compare

MOBILE = {"mobile": frozenset({"+8613500002030"})}
OTHER_MOBILE = {"mobile": frozenset({"+8613500009999"})}
SWITCHBOARD = {"phone": frozenset({"+8657188880000"})}


def company(name: str, **values: Any) -> File:
    return File(values.pop("id", 1), "company", name, **values)


def person(name: str, **values: Any) -> File:
    return File(values.pop("id", 1), "person", name, **values)


def found(one: File, other: File) -> tuple[str, set[str]]:
    """How likely the two are one, and why."""
    verdict = compare(one, replace(other, id=2))
    return band(verdict.score), {each.code for each in verdict.reasons}


@pytest.mark.parametrize(
    ("one", "other", "likely", "why"),
    [
        # The demonstration's pair, and what is written in several ways
        (company("恒达餐饮", points=MOBILE), company("恒达餐饮管理有限公司", points=MOBILE), "likely", "name_part"),
        (company("华兴科技有限公司", points=MOBILE),
         company("華興科技有限責任公司", points=MOBILE), "certain", "name_form"),
        (company("ＡＢＣ贸易", points=MOBILE), company("abc 贸易有限公司", points=MOBILE), "certain", "name_form"),
        (company("恒达餐饮管理有限公司"), company("恒达餐饮管理 有限公司"), "possible", "name_same"),
        (company("上海恒达餐饮有限公司"), company("恒达餐饮（上海）有限公司"), "possible", "region_same"),
        (company("恒达餐饮", points=MOBILE), company("恒大餐饮", points=MOBILE), "likely", "name_sound"),
        (company("恒达餐饮管理", points=MOBILE), company("恒达餐引管理", points=MOBILE), "likely", "name_sound"),
        (company("恒达餐饮管理", points=MOBILE), company("恒达食饮管理", points=MOBILE), "likely", "name_close"),
        (company("Acme Trading GmbH", points=MOBILE), company("ACME Trading", points=MOBILE), "certain", "name_form"),
        (company("宏图广告传媒", points=MOBILE),
         company("杭州新彩有限公司", short_name="宏图广告传媒", points=MOBILE), "possible", "name_short"),
        # A number alone, and what speaks against
        (company("老李五金", points=MOBILE), company("大海门窗厂", points=MOBILE), "", "mobile_same"),
        (company("鼎盛集团", points=SWITCHBOARD), company("鼎盛物流有限公司", points=SWITCHBOARD), "", "phone_same"),
        (company("华兴科技（上海）有限公司"), company("华兴科技（北京）有限公司"), "", "region_other"),
        (company("华兴科技"), company("华兴科技（北京）有限公司"), "", "region_missing"),
        (company("恒达餐饮有限公司上海分公司"), company("恒达餐饮有限公司杭州分公司"), "", "branch_other"),
        (company("恒达餐饮有限公司", points=MOBILE),
         company("恒达餐饮有限公司二分店", points=MOBILE), "possible", "branch_other"),
        (company("第1车间设备", points=MOBILE), company("第2车间设备", points=MOBILE), "", "numbers_other"),
        (
            company("恒达餐饮", points=MOBILE, credit_code="91330100MA2AXXXX1A"),
            company("恒达餐饮", points=MOBILE, credit_code="91310000MA1BYYYY7C"),
            "", "code_other",
        ),
        (company("恒达餐饮", credit_code="91330100ma2a1a"),
         company("恒达", credit_code="91330100MA2A1A"), "likely", "code_same"),
        # Persons
        (person("张伟"), person("张伟"), "", "name_same"),
        (person("张伟", points=MOBILE), person("张伟", points=MOBILE), "likely", "mobile_same"),
        (person("張偉", points=MOBILE), person("张伟", points=MOBILE), "likely", "name_same"),
        (person("张伟", birthday=date(1980, 3, 7)),
         person("张伟", birthday=date(1980, 3, 7)), "likely", "birthday_same"),
        (person("张伟", birthday=date(1980, 3, 7)), person("张伟", birthday=date(1999, 12, 1)), "", "birthday_other"),
        (person("李大海", points=MOBILE), person("王小红", points=MOBILE), "", "name_other"),
        (person("Maria Anders"), person("Anders, Maria"), "", "name_order"),
        (
            person("john smith", birthday=date(1960, 2, 10), address="12 main street"),
            person("jhon smith", birthday=date(1960, 10, 2), address="12 main st"),
            "likely", "birthday_close",
        ),
    ],
)  # fmt: skip
def test_how_likely_and_why(one: File, other: File, likely: str, why: str) -> None:
    told, codes = found(one, other)
    assert (told, why in codes) == (likely, True), compare(one, replace(other, id=2))


def test_unknown_is_not_different() -> None:
    bare = compare(company("恒达餐饮", points=MOBILE), company("恒达餐饮", id=2, points=MOBILE)).score
    known = company(
        "恒达餐饮", points=MOBILE, credit_code="X1", city="宁波", address="文昌路9号", postal_code="310000"
    )
    assert compare(known, company("恒达餐饮", id=2, points=MOBILE)).score == bare


def test_what_many_have_says_less() -> None:
    one, other = company("恒达餐饮", points=MOBILE), company("恒达餐饮", id=2, points=MOBILE)
    scores = [
        compare(one, other, Holders({"+8613500002030": n}, {"恒达餐饮": n})).score for n in (2, 8, 64, 4096)
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_a_mobile_noted_as_landline_is_the_same_number() -> None:
    one = company("恒达餐饮", points={"mobile": frozenset({"+8613500002030"})})
    other = company("恒达餐饮", points={"phone": frozenset({"+8613500002030"})})
    assert "phone_same" in found(one, other)[1]


def test_a_second_number_in_common_adds_less_than_the_first() -> None:
    two = {"mobile": frozenset({"+8613500002030", "+8613500002031"})}
    alone, both = (
        compare(company("甲", points=p), company("乙", id=2, points=p)).score for p in (MOBILE, two)
    )
    assert 0 < both - alone < duplicate_rules.SAME_NUMBER["mobile"] / 2
    assert not band(both)


def some_files(count: int) -> list[File]:
    """Files of all sorts, many of them alike."""
    chance = random.Random(7)
    names = [
        "恒达餐饮",
        "恒达餐饮管理有限公司",
        "上海恒达餐饮",
        "恒大餐饮",
        "Acme Ltd",
        "张伟",
        "john smith",
        "smith",
        "",
        "?",
    ]
    values = {
        "kind": ["company", "person"], "short_name": [None, "恒达", "宏图"], "credit_code": [None, "A1", "A2"],
        "points": [{}, MOBILE, OTHER_MOBILE, SWITCHBOARD, {"phone": MOBILE["mobile"]}],
        "birthday": [None, date(1980, 3, 7), date(1980, 7, 3)], "gender": [None, "male", "female"],
        "city": [None, "杭州", "杭州市", "宁波"], "address": [None, "文昌路9号", "文昌路 9 号 A", "x"],
        "postal_code": [None, "310000"], "people": [frozenset(), frozenset({"罗红"})],
    }  # fmt: skip
    return [
        File(
            id=n, name=chance.choice(names), **{name: chance.choice(those) for name, those in values.items()}
        )
        for n in range(1, count)
    ]  # type: ignore[arg-type]


def test_the_order_does_not_matter() -> None:
    """Whichever file is named first, and in whatever order numbers were noted."""
    for one, other in permutations(some_files(60), 2):
        assert compare(one, other) == compare(other, one)


def test_no_pair_that_is_shown_is_told_apart_by_outlines() -> None:
    """And of the others most are, for that is what outlines are for."""
    shown = told_apart = 0
    for one, other in permutations(some_files(200), 2):
        may_be_one = duplicate_bounds.may_be_one(*map(duplicate_bounds.outline, (one, other)))
        if band(compare(one, other).score):
            shown += 1
            assert may_be_one, (one, other)
        told_apart += not may_be_one
    assert shown > 1_000
    assert told_apart > 10_000


@pytest.mark.parametrize(
    ("one", "other", "may_be_one"),
    [
        (company("恒达餐饮管理", city="宁波"), company("恒达餐饮管理有限公司", city="宁波"), True),
        (company("恒达餐饮管理"), company("恒达建材贸易"), False),
        (company("上海恒达餐饮", points=MOBILE), company("北京恒达餐饮", points=MOBILE), True),
        (company("上海恒达餐饮"), company("北京恒达餐饮"), False),
        (company("宏图广告", points=MOBILE), company("新彩", short_name="宏图广告", points=MOBILE), True),
        (company("老李五金", points=MOBILE), company("大海门窗厂", points=MOBILE), False),
        (person("张伟", points=MOBILE), company("张伟商行", points=MOBILE), True),
        (person("张伟", birthday=date(1980, 3, 7)), person("张伟", birthday=date(1999, 12, 1)), False),
        (person("张伟", birthday=date(1980, 3, 7)), person("章伟", birthday=date(1980, 7, 3)), True),
    ],
)  # fmt: skip
def test_what_outlines_leave_open(one: File, other: File, may_be_one: bool) -> None:
    assert duplicate_bounds.may_be_one(*map(duplicate_bounds.outline, (one, other))) is may_be_one


def test_whoever_is_likely_has_a_key_in_common() -> None:
    pairs = [
        (company("恒达餐饮"), company("恒达餐饮管理有限公司")),
        (company("华兴科技有限公司"), company("華興科技（上海）有限公司")),
        (company("恒达餐饮管理"), company("恒大餐饮管理")),
        (company("恒达餐饮管理"), company("恒达食饮管理")),
        (company("甲", points=MOBILE), company("乙丙丁", points=MOBILE)),
        (
            person("maria anders", birthday=date(1980, 3, 7)),
            person("mario andres", birthday=date(1980, 3, 7)),
        ),
    ]
    for one, other in pairs:
        keys = [{key for key, _finer in keys_of(file)} for file in (one, other)]
        assert keys[0] & keys[1], (one.name, other.name)


@pytest.mark.parametrize(
    ("name", "core", "region", "branch"),
    [
        ("上海恒达餐饮管理有限公司", "恒达餐饮管理", {"上海"}, ""),
        ("華興科技（上海）有限公司", "华兴科技", {"上海"}, ""),
        ("广东省深圳市腾讯计算机系统有限公司", "腾讯计算机系统", {"广东", "深圳"}, ""),
        ("恒达餐饮有限公司上海分公司", "恒达餐饮", set(), "上海分公司"),
        ("幸福二店", "幸福", set(), "二店"),
        ("上海有限公司", "上海", set(), ""),
        ("老李五金店", "老李五金店", set(), ""),
        ("Acme Trading GmbH & Co. KG", "acmetrading", set(), ""),
    ],
)
def test_the_parts_of_a_company_name(name: str, core: str, region: set[str], branch: str) -> None:
    parsed = company_names.parsed(name)
    assert (parsed.core, set(parsed.regions), parsed.branch) == (core, region, branch)


def test_no_region_eats_a_whole_name() -> None:
    assert regions.divided("朝阳") == ("朝阳", frozenset())
    assert regions.divided("上海北京") == ("北京", frozenset({"上海"}))


def test_each_reason_has_words() -> None:
    source = Path(duplicate_rules.__file__).read_text(encoding="utf-8")
    said = {part.split('"')[0] for part in source.split('Evidence("')[1:]} - {""}
    assert said <= set(duplicate_words.REASONS)
    for kind in duplicate_rules.SAME_NUMBER:
        assert f"{kind}_same" in duplicate_words.REASONS
    for how in ("same", "part", *duplicate_rules.CORES):
        assert f"name_{how}" in duplicate_words.REASONS
