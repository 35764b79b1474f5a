"""What people take for the same folds to the same, sign by sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import fold, letters


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ（上海）", "abc(上海)"),
        ("Café México", "cafe mexico"),
        ("Cafe\u0301", "cafe"),
        ("華興科技 臺灣", "华兴科技 台湾"),
        ("乾坤", "乾坤"),
        ("Ελλάς", "ελλασ"),
        ("Straße Łódź Ærø", "strasse lodz aero"),
        ("İstanbul ısı", "istanbul isi"),
        ("ｶﾞがが", "ガがが"),
        ("서울", "서울"),
        ("١٣٨ ①", "138 1"),
        ("Ёлка", "елка"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("O’Brien & O'Neil", "obrien   oneil"),
        ("华兴（上海）·科技", "华兴 上海  科技"),
        ("a_b★", "a b "),
        ("ไทย", "ไทย"),
    ],
)
def test_only_letters_marks_and_digits_are_left(text: str, left: str) -> None:
    assert letters(text) == left


def test_every_character_folds_once_and_for_all() -> None:
    for character in map(chr, range(0x32400)):
        assert fold(fold(character)) == fold(character)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert letters(letters(text)) == letters(text)


@given(st.text("华興科éÅ1Ａ "), st.text("臺湾ßb－ "))
def test_a_part_of_a_name_folds_to_a_part_of_it(one: str, other: str) -> None:
    assert fold(one) + fold(other) == fold(one + other)
