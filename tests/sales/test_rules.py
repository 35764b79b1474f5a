"""What purchases come to, as tables of cases."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.sales import rules
from core import money
from core.errors import RuleBroken


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1234.5", "CNY", 123_450), ("1,234.50", "CNY", 123_450), ("¥1，234.50", "CNY", 123_450),
        ("１２", "CNY", 1_200), ("12元", "CNY", 1_200), ("(3.00)", "USD", -300), ("-3", "USD", -300),
        ("500", "JPY", 500), ("1.234", "KWD", 1_234), ("0", "CNY", 0), ("$ 7.10", "USD", 710),
    ],
)  # fmt: skip
def test_money_is_read_as_people_write_it(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "CNY"), ("abc", "CNY"), ("1.234", "CNY"), ("5.5", "JPY"), ("1,23", "CNY"), ("1e5", "CNY"),
        ("9" * 30, "CNY"), ("NaN", "CNY"), ("1.2.3", "CNY"), ("--1", "CNY"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(RuleBroken):
        money.parse(text, currency)


@given(st.integers(-(10**12), 10**12), st.sampled_from(("CNY", "JPY", "KWD", "USD")))
def test_what_a_form_shows_is_read_again(minor: int, currency: str) -> None:
    assert money.parse(money.plain(minor, currency), currency) == minor


def test_money_is_shown_as_each_language_writes_it() -> None:
    assert money.shown(123_450, "CNY", "zh_Hans_CN") == "¥1,234.50"
    assert money.shown(123_450, "CNY", "en") == "CN¥1,234.50"
    assert money.shown(500, "JPY", "en") == "¥500"
    assert money.shown(1_234, "KWD", "en").endswith("1.234")


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        (1_000, 999, 0, 999), (2_500, 1_000, 0, 2_500), (333, 100, 0, 33), (335, 100, 0, 34), (500, 1, 0, 1),
        (1_000, 1_000, 1_500, 850), (1_000, 1_000, 10_000, 0), (3_000, 333, 500, 949), (1_000, 101, 5_000, 51),
    ],
)  # fmt: skip
def test_a_line_is_rounded_half_away_from_zero(quantity: int, price: int, discount: int, amount: int) -> None:
    assert rules.line_amount(quantity, price, discount) == amount


def test_a_discount_takes_no_more_than_the_lines() -> None:
    assert rules.amount_of([(1_000, 1_000, 0), (2_000, 500, 0)], 300, 120) == 1_820
    assert rules.amount_of([(1_000, 1_000, 0)], 1_000, 0) == 0
    with pytest.raises(RuleBroken):
        rules.amount_of([(1_000, 1_000, 0)], 1_001, 0)


@pytest.mark.parametrize(
    ("kind", "status", "amount", "paid", "balance"),
    [
        ("purchase", "open", 100, 0, 100), ("purchase", "delivered", 100, 40, 60),
        ("purchase", "delivered", 100, 120, -20), ("purchase", "returned", 100, 100, 0),
        ("purchase", "cancelled", 100, 30, -30), ("return", "delivered", 50, 0, -50),
        ("return", "delivered", 50, 50, 0), ("return", "cancelled", 50, 20, 20),
    ],
)  # fmt: skip
def test_returns_count_against_and_cancelled_ones_for_nothing(
    kind: str, status: str, amount: int, paid: int, balance: int
) -> None:
    assert rules.balance(kind, status, amount, paid) == balance


@pytest.mark.parametrize(
    ("first", "last", "days", "interval"),
    [
        (None, None, 0, None), (date(2026, 1, 1), date(2026, 1, 1), 1, None),
        (date(2026, 1, 1), date(2026, 1, 31), 2, 30), (date(2026, 1, 1), date(2026, 1, 31), 3, 15),
        (date(2026, 1, 1), date(2026, 1, 6), 3, 3),
    ],
)  # fmt: skip
def test_the_average_interval(first: date | None, last: date | None, days: int, interval: int | None) -> None:
    assert rules.average_interval(first, last, days) == interval


@pytest.mark.parametrize("text", ["0", "-1", "1.2345", "x", "1" * 12])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken):
        rules.quantity_of(text)


def test_quantities_and_discounts_are_read_and_shown() -> None:
    assert [rules.quantity_of(text) for text in ("1", "2.5", "0.001", "1,000")] == [
        1_000,
        2_500,
        1,
        1_000_000,
    ]
    assert [rules.quantity_text(n) for n in (1_000, 2_500, 1, 1_000_000)] == ["1", "2.5", "0.001", "1000"]
    assert [rules.percent_of(text) for text in ("5", "12.5%", "100％")] == [500, 1_250, 10_000]
    assert [rules.percent_text(n) for n in (500, 1_250, 0)] == ["5", "12.5", ""]
    for text in ("101", "-1", "1.005"):
        with pytest.raises(RuleBroken):
            rules.percent_of(text)


AMOUNTS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(("purchase", "return", "payment", "refund")),
        st.integers(0, 10**9),
    ),
    max_size=30,
)


@given(AMOUNTS, st.integers(-(10**9), 10**9), st.integers(0, 30))
def test_a_statement_adds_up_wherever_it_is_cut(
    amounts: list[tuple[int, str, int]], opening: int, cut: int
) -> None:
    signs = {"purchase": 1, "return": -1, "payment": -1, "refund": 1}
    entries = [
        rules.Entry(date(2026, 1, 1 + day), what, "x", "CNY", signs[what] * amount)
        for day, what, amount in amounts
    ]
    whole = rules.statement("CNY", opening, entries)
    assert whole.closing == opening + sum(entry.amount for entry in entries)
    assert [entry.balance for entry in whole.entries][-1:] in ([], [whole.closing])
    first = rules.statement("CNY", opening, [e for e in entries if e.on_day.day <= cut])
    rest = rules.statement("CNY", first.closing, [e for e in entries if e.on_day.day > cut])
    assert rest.closing == whole.closing
