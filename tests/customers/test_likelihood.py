"""Which of the customers found comes first."""

from __future__ import annotations

import pytest
from flask import Flask

from blueprints.customers import search
from blueprints.customers.likelihood import BEGINS, ELSEWHERE, EXACT, SOUNDS, likelihood
from tests.company import a_customer, the_viewer


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("华兴科技", EXACT),
        ("华 兴", BEGINS),
        ("華興", BEGINS),
        ("huax", SOUNDS),
        ("HX", SOUNDS),
        ("王敏", EXACT),
        ("wangm", SOUNDS),
        ("wm", SOUNDS),
        ("KH000012", EXACT),
        ("kh0000", BEGINS),
        ("兴科", ELSEWHERE),
        ("6688", ELSEWHERE),
        ("!", ELSEWHERE),
        ("", ELSEWHERE),
    ],
)
def test_likelihood(q: str, expected: int) -> None:
    names = ["华兴科技", "华兴科技有限公司", "KH000012"]
    assert likelihood(q, names=names, people=["王敏"]) == expected


def test_the_likely_comes_first_and_of_the_likely_ones_own(app: Flask) -> None:
    with app.app_context():
        for name in ("华兴科技", "上海华兴", "大华兴业"):
            a_customer(name, owner="sales2a")
        a_customer("华兴纸业", owner="sales1a")
        a_customer("新大华兴", owner="sales1a")
        viewer = the_viewer("manager")
        assert [found.name for found in search.find(viewer, "华兴科技")] == ["华兴科技"]
        assert [found.name for found in search.find(viewer, "华兴")][:2] == ["华兴纸业", "华兴科技"]
        own = [found.name for found in search.find(the_viewer("sales1a"), "hx")]
        assert own == ["华兴纸业", "新大华兴"]
