"""What cells mean. What is not clear is refused or told, never guessed."""

from datetime import date

import pytest

from core.converting import Doubt, choice, name, numbers, several, yes_no
from core.dates import day
from core.errors import RuleBroken

TIER = choice({"a": ("重点",), "b": ("重要",), "none": ("未定级",)}, {"a": "A", "b": "B", "none": "–"})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("a", "a"), ("A", "a"), ("Ａ 级", "a"), ("A类客户", "a"), ("A级", "a")),
        *(("重点", "a"), ("重点客户", "a"), ("未定级", "none")),
    ],
)
def test_choices_are_known_by_their_spellings(cell: str, code: str) -> None:
    assert TIER(cell) == code


def test_an_unknown_choice_is_refused_with_those_there_are() -> None:
    with pytest.raises(RuleBroken) as refused:
        TIER("E")
    assert str(refused.value.message) == "“E” is none of: A, B, –."


@pytest.mark.parametrize(
    ("cell", "value"), [("是", True), ("YES", True), ("√", True), ("否", False), ("0", False)]
)
def test_yes_and_no(cell: str, value: bool) -> None:
    assert yes_no(cell) is value


def test_perhaps_is_neither() -> None:
    with pytest.raises(RuleBroken):
        yes_no("maybe")


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2026-05-03",
            "2026/5/3",
            "2026.5.3",
            "20260503",
            "2026年5月3日",
            "2026年05月03日",
            "2026 年 5 月 3 日",
        ),
        *("2026-05-03 10:20", "2026-05-03T10:20:30.123", "2026/5/3 上午 10:20", "2026-05-03 00:00:00.000"),
        *(
            "3 May 2026",
            "3-May-2026",
            "03 May, 2026",
            "May 3, 2026",
            "May 3 2026",
            "2026-05-02T17:00:00.000Z",
        ),
        *("2026-05-02T12:00:00-05:00",),
    ],
)
def test_days_that_have_one_reading(cell: str) -> None:
    assert day(cell) == date(2026, 5, 3)


@pytest.mark.parametrize(
    ("cell", "meant"), [("13/05/2026", (5, 13)), ("5-13-2026", (5, 13)), ("4.4.2026", (4, 4))]
)
def test_the_year_may_be_last_where_the_order_is_plain(cell: str, meant: tuple[int, int]) -> None:
    assert day(cell) == date(2026, *meant)


def test_a_day_with_two_readings_is_asked_about() -> None:
    with pytest.raises(RuleBroken) as refused:
        day("03/05/2026")
    assert str(refused.value.message) == "“03/05/2026” may be 2026-03-05 or 2026-05-03."


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "22-04-15", "3/5/26", "soon", "13/13/2026", "1026-05-03", "3 Foo 2026", "2026", "-1"],
)
def test_other_text_is_no_day(cell: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        day(cell)
    assert str(refused.value.message) == f"“{cell}” is not a date. Write it like 2026-05-31."


@pytest.mark.parametrize("cell", ["46145", "46145.5"])
def test_the_numbers_that_excel_makes_of_dates_are_put_right_and_told(cell: str) -> None:
    found = day(cell)
    assert isinstance(found, Doubt)
    assert found.value == date(2026, 5, 3)
    assert str(found.message) == f"“{cell}” is how Excel counts days. It is taken as 2026-05-03."


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("大客户,老客户；上海", ["大客户", "老客户", "上海"]),
        ("a@b.cn ::: c@d.cn", ["a@b.cn", "c@d.cn"]),
        ("a、a|b\nc", ["a", "b", "c"]),
        (" , ", []),
    ],
)
def test_several_values_in_a_cell(cell: str, values: list[str]) -> None:
    assert several(cell) == values


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("13800138000/13900139000", ["13800138000", "13900139000"]),
        ("13800138000 ::: 010-62345678", ["13800138000", "010-62345678"]),
        ("(5) 555-4729", ["(5) 555-4729"]),
    ],
)
def test_several_numbers_in_a_cell(cell: str, found: list[str]) -> None:
    assert numbers(cell) == found


@pytest.mark.parametrize(
    ("cell", "mended"),
    [
        ("13800138000.0", "13800138000"),
        ("1.3800138123E+10", "13800138123"),
        ("1062345678", "01062345678"),
        ("75588886666.00", "075588886666"),
    ],
)
def test_numbers_that_a_spreadsheet_calculated_with_are_put_right_and_told(cell: str, mended: str) -> None:
    found = numbers(cell)
    assert isinstance(found, Doubt)
    assert found.value == [mended]
    sentence = f"“{cell}” was made a number by a spreadsheet. It is taken as {mended}."
    assert str(found.message) == sentence


@pytest.mark.parametrize(
    ("cell", "counted", "meant"),
    [
        ("2088886666", True, "02088886666"),
        ("2088886666", None, "2088886666"),  # of Guangzhou without its zero, or of Idaho
        ("2125551115", None, "2125551115"),
        ("2125551115", False, "2125551115"),
        ("75588886666", None, "075588886666"),
        ("75588886666", False, "75588886666"),
    ],
)
def test_a_zero_is_given_back_only_where_it_can_have_been_lost(
    cell: str, counted: bool | None, meant: str
) -> None:
    found = numbers(cell, counted)
    assert (found.value if isinstance(found, Doubt) else found) == [meant]
    assert isinstance(found, Doubt) is (cell != meant)


@pytest.mark.parametrize(
    "cell",
    [
        "13800138000",
        "02088886666",
        "4008001234",
        "88886666",
        "+442079460000",
        "010-88886666",
        "8613800138000",
    ],
)
def test_other_numbers_stay_as_typed(cell: str) -> None:
    assert numbers(cell) == [cell]


@pytest.mark.parametrize(
    ("cell", "kept", "sentence"),
    [
        ("1.38E+10", [], "“1.38E+10” lost its last digits in a spreadsheet. It is left out."),
        (
            "13800138000/1.38E+10",
            ["13800138000"],
            "“1.38E+10” lost its last digits in a spreadsheet. It is left out.",
        ),
        ("无", [], "“无” is no phone number. It is left out."),
    ],
)
def test_numbers_that_are_none_are_left_out_and_told(cell: str, kept: list[str], sentence: str) -> None:
    found = numbers(cell)
    assert isinstance(found, Doubt)
    assert (found.value, str(found.message)) == (kept, sentence)


def test_names_that_were_spoiled_are_taken_and_told() -> None:
    assert name(" 华兴  科技 ") == "华兴 科技"
    found = name("????????")
    assert isinstance(found, Doubt)
    assert found.value == "????????"
