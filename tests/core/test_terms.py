"""Any part of a name finds it, whatever the script; what only some may see is only asked for as such."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.terms import fts5, parse, tsquery
from tests.core.searching import NOTHING, OPEN, RECORDS, SENSITIVE, TRUJILLO, Record, found, holds

TOKEN = re.compile("[〇㐀-䶿一-鿿\U00020000-\U000323afa-z0-9_]{1,32}")


@pytest.mark.parametrize(("typed", "name"), OPEN)
@pytest.mark.parametrize("clear", [True, False])
def test_names_and_numbers_are_found_by_everybody(typed: str, name: str, clear: bool) -> None:
    assert found(typed, RECORDS[name], clear)


@pytest.mark.parametrize(("typed", "name"), SENSITIVE)
def test_phones_and_mail_are_found_by_who_may_see_them(typed: str, name: str) -> None:
    assert found(typed, RECORDS[name], clear=True)


@pytest.mark.parametrize(("typed", "name"), SENSITIVE)
def test_the_index_does_not_tell_others_of_phones_and_mail(typed: str, name: str) -> None:
    hidden = set(Record(phones=RECORDS[name].phones, mails=RECORDS[name].mails).terms().split())
    assert not any(step.open and holds(step.open, hidden) for step in parse(typed).passes)


@pytest.mark.parametrize("typed", NOTHING)
@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_what_is_not_there_is_not_found(typed: str, record: Record) -> None:
    assert not found(typed, record, clear=True)


def test_a_row_that_only_looks_right_is_not_meant() -> None:
    record = Record(names=["华兴 兴科 科技公司与科"], person_names=["兴科"])
    assert holds(parse("兴科技").passes[0].full, set(record.terms().split()))
    assert not record.meant_by("华兴科技公司与科学", clear=True)
    assert not Record(names=["华兴", "兴科"]).meant_by("华兴科", clear=True)


def test_one_question_asks_what_all_passes_ask() -> None:
    tokens = set(TRUJILLO.terms().split())
    for typed, _ in OPEN + SENSITIVE:
        parsed = parse(typed)
        assert parsed.full and parsed.open
        assert holds(parsed.full, tokens) == any(holds(step.full, tokens) for step in parsed.passes)
        assert holds(parsed.open, tokens) == any(
            step.open and holds(step.open, tokens) for step in parsed.passes
        )


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("shenzhenshihuax", True), ("huaxing", True), ("hua xing", True), ("hxk", True), ("wm", True),
        ("shan x", True), ("dan", True), ("xingke", False), ("kj", False), ("min", False),
    ],
)  # fmt: skip
def test_how_a_whole_name_begins_to_sound(typed: str, begins: bool) -> None:
    whole = parse(typed).whole
    assert whole is not None and holds(whole, set(RECORDS["huaxing"].terms().split())) == begins


@pytest.mark.parametrize("typed", ["华兴", "hx 6688", "6688", "华兴 kj", ""])
def test_only_letters_sound(typed: str) -> None:
    assert parse(typed).whole is None


def test_nothing_to_look_for_has_no_question() -> None:
    parsed = parse(" %* ")
    assert (parsed.passes, parsed.open, parsed.full) == ((), None, None)


@given(st.text(max_size=300))
def test_any_text_can_be_typed_and_kept(text: str) -> None:
    record = Record([text], [text], [text], [text], [text])
    for step in parse(text).passes:
        assert len(fts5(step.full)) < 8_000
        assert TOKEN.findall(tsquery(step.full))
    assert all(TOKEN.fullmatch(token) for token in record.terms().split())
    assert record.terms() == " ".join(dict.fromkeys(record.terms().split()))
    assert not text.strip() or record.meant_by(text, clear=True) == found(text, record, clear=True)


names = st.lists(
    st.text("华兴科技上海王敏单行长重乐ελπαあいウ서울дом", min_size=1, max_size=6)
    | st.sampled_from(["acme", "México", "Trujillo", "7eleven", "（上海）", "有限公司", "Ltd", "O’Brien"]),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(names, st.data())
def test_any_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(re.sub("[’（）]", "", name).split()))
    shortest = 3 if word.isascii() or word == "México" else 1
    start = data.draw(st.integers(0, max(len(word) - shortest, 0)))
    part = word[start : data.draw(st.integers(start + shortest, len(word) + shortest))]
    for record in (Record(names=[name]), Record(person_names=[name])):
        assert found(part, record, clear=False), (part, record.terms())


@given(st.text("0123456789 -()", min_size=3, max_size=20), st.data())
def test_any_three_digits_of_a_phone_find_it(phone: str, data: st.DataObject) -> None:
    digits = re.sub(r"\D", "", phone)
    if len(digits) > 2:
        start = data.draw(st.integers(0, len(digits) - 3))
        part = digits[start : data.draw(st.integers(start + 3, len(digits)))]
        assert found(part, Record(phones=[phone]), clear=True)
        assert not found(part, Record(phones=[phone]), clear=False)


@given(st.text("华ab1_é", max_size=8), st.text("012", min_size=3, max_size=6), st.text("ab@._", max_size=8))
def test_no_search_of_names_touches_a_sensitive_token(name: str, phone: str, mail: str) -> None:
    hidden = set(Record(phones=[phone], mails=[mail]).terms().split())
    for typed in (name, phone, mail, *hidden, "_", "__", "__p", "p" + phone[:3]):
        assert not any(step.open and holds(step.open, hidden) for step in parse(typed).passes)
