"""Phone numbers as people and spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.phones import digits, normalise, split_many, spoiled

NUMBERS = {
    "13800138000": ("+8613800138000", None, "mobile"),
    "138 0013 8000": ("+8613800138000", None, "mobile"),
    "+86 138-0013-8000": ("+8613800138000", None, "mobile"),
    "8613800138000": ("+8613800138000", None, "mobile"),
    "１３８００１３８０００": ("+8613800138000", None, "mobile"),
    "手机：13800138000": ("+8613800138000", None, "mobile"),
    "13800138000（王敏）": ("+8613800138000", None, "mobile"),
    "13800138000.0": ("+8613800138000", None, "mobile"),
    "010-8888 8888 转 801": ("+861088888888", "801", "landline"),
    "010-88888888转分机801": ("+861088888888", "801", "landline"),
    "010-88888888 ext. 801": ("+861088888888", "801", "landline"),
    "021-62345678*801": ("+862162345678", "801", "landline"),
    "0755-88886666-123": ("+8675588886666", "123", "landline"),
    "(0755) 8888 6666": ("+8675588886666", None, "landline"),
    "400-800-8888": ("+864008008888", None, "other"),
    "+49 30 0074321": ("+49300074321", None, "landline"),
    "+852 2345 6789": ("+85223456789", None, "landline"),
}
NO_VALID_NUMBERS = {
    "(5) 555-4729": "55554729",
    "88886666": "88886666",
    "0755-8888666": "07558888666",
    "12012345678": "12012345678",
    "95588": "95588",
    "13800138000/13900139000": "1380013800013900139000",
    "abc": "",
    "": "",
}


@pytest.mark.parametrize(("typed", "meant"), NUMBERS.items())
def test_a_number_is_understood(typed: str, meant: tuple[str, str | None, str]) -> None:
    assert normalise(typed) == (*meant, True)


@pytest.mark.parametrize(("typed", "kept"), NO_VALID_NUMBERS.items())
def test_what_is_no_valid_number_keeps_its_digits(typed: str, kept: str) -> None:
    assert normalise(typed) == (kept, None, "other", False)


def test_a_number_is_one_of_its_region() -> None:
    assert normalise("030-0074321", region="DE") == ("+49300074321", None, "landline", True)


@pytest.mark.parametrize(
    "typed", ["1.38E+10", "1.38e10", "1,38E+10", "8.613800138E+12", " 1E+10 ", "１.38E+10"]
)
def test_a_number_that_a_spreadsheet_spoiled_is_no_number(typed: str) -> None:
    assert spoiled(typed)
    assert normalise(typed) == ("", None, "other", False)


@pytest.mark.parametrize("typed", ["13800138000", "e10", "1.38", "E.ON 138"])
def test_others_are_not_spoiled(typed: str) -> None:
    assert not spoiled(typed)


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    number = normalise(text)
    assert number.number == "" or digits(number.number) == number.number.removeprefix("+")
    assert number.valid == number.number.startswith("+")
    assert normalise(number.number).number in (number.number, "") or not number.valid


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13800138000", ["13800138000"]),
        ("13800138000/13900139000、010-88888888", ["13800138000", "13900139000", "010-88888888"]),
        ("13800138000，13900139000;13700137000", ["13800138000", "13900139000", "13700137000"]),
        ("13800138000 13900139000", ["13800138000", "13900139000"]),
        ("13800138000\n13900139000\n", ["13800138000", "13900139000"]),
        ("13800138000或13900139000", ["13800138000", "13900139000"]),
        ("138 0013 8000", ["138 0013 8000"]),
        ("+49 30 / 1234567", ["+49 30 / 1234567"]),
        ("88886666/7", ["88886666/7"]),
        ("13800138000、95588", ["13800138000", "95588"]),
        ("010-88888888 转 801；13800138000", ["010-88888888 转 801", "13800138000"]),
        ("010-88888888,801", ["010-88888888,801"]),
        ("无", ["无"]),
        ("、/", []),
        ("", []),
    ],
)
def test_a_cell_of_several_numbers(cell: str, numbers: list[str]) -> None:
    assert split_many(cell) == numbers


@given(st.text("0123456789 /、,;+-()转王", max_size=40))
def test_no_digit_is_lost(cell: str) -> None:
    numbers = split_many(cell)
    assert "".join(map(digits, numbers)) == digits(cell)
    assert [number for each in numbers for number in split_many(each)] == numbers


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "-" + " " * 100_000 + "x", " " * 100_000 + "/", "1" * 100_000]
)
def test_absurd_lengths_take_no_time(text: str) -> None:
    assert not normalise(text).valid
    assert len(split_many(text)) <= 1


def test_digits_of_any_script() -> None:
    assert digits("＋８６ (138) ٠٠١٣") == "861380013"


@pytest.mark.parametrize("prefix", range(130, 200))
def test_what_needs_no_parser_means_what_the_parser_says(prefix: int) -> None:
    for further in range(100):
        typed = f"{prefix}{further:02d}123456"
        assert normalise(typed) == normalise(f"+86 {typed}") or not normalise(typed).valid
