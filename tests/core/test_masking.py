"""A masked value is recognised by who knows it and of no use to who does not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.masking import Kind, masked
from core.phones import digits


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13900000007", "139 **** 0007"),
        ("phone", "+86 139 0000 0007", "139 **** 0007"),
        ("phone", "008613900000007", "139 **** 0007"),
        ("phone", "010-8888 8888 转 801", "010 **** 8888"),
        ("phone", "021-5555 0000", "021 **** 0000"),
        ("phone", "0571-8765 4321", "0571 **** 4321"),
        ("phone", "(0396) 765 4321", "0396 **** 321"),
        ("phone", "+86 571 8765 4321", "0571 **** 4321"),
        ("phone", "+86 (0)10 8888 8888", "010 **** 8888"),
        ("phone", "+86 10 8888 8888", "010 **** 8888"),
        ("phone", "0049 30 0074321", "004 **** 4321"),
        ("phone", "013900000007", "013 **** 0007"),
        ("phone", "+49 30 0074321", "**** 4321"),
        ("phone", "(5) 555-4729", "**** 29"),
        ("phone", "8888666", "****"),
        ("phone", "95588", "****"),
        ("phone", "call me", "****"),
        ("mail", "maria.anders@alfki.de", "m***@alfki.de"),
        ("mail", "me@alfki.de", "***@alfki.de"),
        ("mail", "maria.anders", "****"),
        ("mail", "@alfki.de", "***@alfki.de"),
        ("id", "11010519491231002X", "1****X"),
        ("id", "1234", "****"),
        ("bank", "6222 0212 3456 7890", "**** 7890"),
        ("bank", "1234567", "****"),
        ("birthday", "1990-03-15", "****-**-**"),
        ("other", "wx_maria", "****"),
        ("phone", None, ""),
        ("mail", "", ""),
        ("id", "  ", ""),
    ],
)
def test_what_is_shown(kind: Kind, value: str | None, shown: str) -> None:
    assert masked(kind, value) == shown


def test_a_kind_without_a_rule_shows_nothing() -> None:
    assert masked("passport", "E12345678") == "****"  # type: ignore[arg-type]


@given(st.text("0123456789+-() 转x", max_size=30))
@example("0571-87654321")
@example("0396-7654321")
@example("+86 571 87654321")
def test_a_masked_number_shows_its_ends_at_most_and_hides_four(phone: str) -> None:
    before, _, behind = masked("phone", phone).partition("****")
    shown = digits(before + behind)
    assert len(digits(before)) <= (4 if before.startswith("0") else 3) and len(digits(behind)) <= 4
    assert not shown or len(digits(phone)) - len(shown) >= 4


@given(st.sampled_from(["mail", "id", "bank", "birthday", "other"]), st.text(min_size=1))
def test_other_masks_do_not_contain_the_value(kind: Kind, value: str) -> None:
    secret = value.rpartition("@")[0] if kind == "mail" else value
    assert len(secret.strip()) < 2 or secret not in masked(kind, value).replace("*", "")
