"""Cells: NULL is nothing, formulas are harmless on the way out and whole again on the way in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cells import clean, neutralise, restore


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  张三　", "张三"),
        ("NULL", ""),
        (" null ", ""),
        ("\\N", ""),
        ("Null", "Null"),
        ("None", "None"),
        ("#N/A", "#N/A"),
        ("-", "-"),
        ("Cafe\u0301", "Café"),
        ("a\x00b\x07\u200b\u202e", "ab"),
        ("line\r\nline\rline\u2028line", "line\nline\nline\nline"),
        ("a\tb", "a\tb"),
        ("👨\u200d👩", "👨\u200d👩"),
    ],
)
def test_a_cell_is_cleaned(cell: str, text: str) -> None:
    assert clean(cell) == text


@given(st.text())
def test_cleaning_twice_changes_nothing(cell: str) -> None:
    once = clean(cell)
    assert clean(once) == once


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+86 138 0013 8000", "-5", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "''-", "\n=1"),
        *("\ufeff=1", "\x00=1"),
    ],
)
def test_what_could_run_gets_an_apostrophe(cell: str) -> None:
    assert neutralise(cell) == "'" + cell
    assert restore(neutralise(cell)) == cell


@pytest.mark.parametrize("cell", ["", "张三", "'t Hart", "'", "''", "a=1", "5-3", "13800138000", "1 +1"])
def test_other_text_is_left_alone(cell: str) -> None:
    assert neutralise(cell) == cell == restore(cell)


@given(st.text() | st.text(alphabet="'=+-@ \t\r\n＝a"))
def test_restore_gives_every_text_back(cell: str) -> None:
    assert restore(neutralise(cell)) == cell


@given(st.text(alphabet="'=+-@ \t\r\n＝a"))
def test_nothing_neutralised_begins_like_a_formula(cell: str) -> None:
    assert neutralise(cell).strip()[:1] not in set("=+-@＝")
