"""Names are stored as written, matched by what matters, sorted as a reader expects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.names import looks_unreadable, nfc, shadow, sort_key
from tests.core.realdata import real


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  张三　", "张三"),
        ("Cafe\u0301", "Café"),
        ("a\tb\r\n c\u2028d", "a b c d"),
        ("a\x00b\x07c\ud800", "abc"),
        ("\ufeff华\u200b兴\u202e", "华兴"),
        ("\u200d \u200c", ""),
        ("क्\u200dष", "क्\u200dष"),
        ("", ""),
    ],
)
def test_the_stored_form(typed: str, stored: str) -> None:
    assert nfc(typed) == stored


@given(st.text())
def test_the_stored_form_is_stable_and_can_be_stored(text: str) -> None:
    assert nfc(nfc(text)) == nfc(text)
    assert "\0" not in nfc(text) and nfc(text).encode() is not None


@pytest.mark.parametrize(
    "names",
    [
        [
            "华兴科技（上海）有限公司",
            "華興科技(上海)有限責任公司",
            "华兴科技 上海",
            "华兴科技上海股份有限公司",
        ],
        ["华兴", "华兴(集团)有限公司", "华兴集团", "华 兴公司"],
        [
            "Acme",
            "ACME Co., Ltd.",
            "acme inc",
            "Ａｃｍｅ Limited",
            "Acme Pte. Ltd.",
            "Acme L.L.C.",
            "Acme 有限公司",
        ],
        ["Müller", "Muller GmbH & Co. KG", "MÜLLER AG", "Muller KG"],
        ["Foo", "Foo S.A.", "Foo S. A. de C. V.", "Foo S.à r.l.", "Foo B.V.", "foo s.p.a."],
        ["华兴合伙企业（有限合伙）", "华兴"],
        ["Café", "CAFE\u0301", "cafe"],
    ],
)
def test_names_of_one_company_share_a_shadow(names: list[str]) -> None:
    assert len({shadow(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华兴上海分公司", "华兴上海"),
        ("华兴科技（上海）", "华兴科技（北京）"),
        ("有限公司", "集团"),
        ("Costa", "Cost"),
        ("恒大控股", "恒大"),
    ],
)
def test_other_companies_do_not(one: str, other: str) -> None:
    assert shadow(one) != shadow(other)


def test_a_person_keeps_a_surname_that_looks_like_a_legal_form() -> None:
    assert shadow("Maria Sá", company=False) == "mariasa"
    assert shadow("Maria Sá") == "maria"


def test_absurd_lengths_take_no_time() -> None:
    assert shadow("公司 " * 30_000) == "公司" * 30_000
    assert shadow("Acme" + " s a Ltd" * 10_000) == "acme"


@pytest.mark.parametrize("name", ["有限公司", "Co., Ltd.", "???", "★", "株式会社"])
def test_a_shadow_is_never_empty(name: str) -> None:
    assert shadow(name)


@given(st.text("华兴上海有限责任集团分公司 Acme.,Ltd()（）SA&？★é", max_size=20), st.booleans())
def test_a_shadow_is_its_own_shadow(text: str, company: bool) -> None:
    once = shadow(text, company)
    assert shadow(once, company) == once


@given(st.text(), st.booleans())
def test_only_an_empty_name_has_an_empty_shadow(text: str, company: bool) -> None:
    assert bool(shadow(text, company)) == bool(nfc(text))


@pytest.mark.parametrize(
    "ordered",
    [
        ["阿里巴巴", "百度", "重庆长安", "华兴", "华兴科技", "腾讯", "西安", "先锋", "中国银行"],
        ["张三", "张四", "章三"],
        ["3M", "Acme", "ACME Ltd", "爱普生", "白鹤", "Bolt"],
        ["Ana", "Ana Trujillo", "Anders", "Ångström", "Zoë"],
        ["Zebra", "张", "Ελλάδα", "서울"],
    ],
)
def test_order_of_a_list(ordered: list[str]) -> None:
    assert sorted(set(ordered), key=sort_key) == ordered


def test_a_persons_surname_is_sorted_as_it_is_spoken() -> None:
    assert sorted(["曾国藩", "陈平", "单雄信", "仇和"], key=lambda name: sort_key(name, person=True)) == [
        "陈平",
        "仇和",
        "单雄信",
        "曾国藩",
    ]


@given(*[st.text("华行兴hua AÁé·（） 1", max_size=8)] * 2)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (one == other)


def test_a_key_stays_in_proportion() -> None:
    assert len(sort_key("华" * 200).encode()) < 1_200


@pytest.mark.parametrize(
    "text",
    [
        "?????????",
        "张?",
        "\ufffd\ufffd公司",
        "重庆????公司",
        "张三".encode().decode("cp1252", "replace"),
        "张三".encode().decode("latin-1"),
        "张三有限".encode().decode("gbk"),
        "张三李四".encode("gbk").decode("latin-1"),
        "Café".encode().decode("cp1252"),
        "锟斤拷锟斤拷",
        "烫烫烫烫",
        "\ue000\ue001",
        "\x81\x8d",
    ],
)
def test_spoiled_names_are_seen(text: str) -> None:
    assert looks_unreadable(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "王敏",
        "联通",
        "Café",
        "Ñuñoa",
        "créée",
        "Öæð",
        "Who? Where? Inc",
        "3M",
        "서울",
        "Ελλάδα",
        "喆",
        "𠮷野家",
        "—",
    ],
)
def test_odd_names_are_left_alone(text: str) -> None:
    assert not looks_unreadable(text)


def test_no_real_name_is_taken_for_spoiled() -> None:
    names = real("cn-names/company-short-names-20k.txt").read_text("utf-8").splitlines()
    assert [name for name in names if looks_unreadable(name)] == []
