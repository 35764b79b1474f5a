"""Rows are compared with those they may mean, and with no more than some, however many have one name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from blueprints.customers.import_matching import Matcher
from blueprints.customers.import_register import MOST_ALIKE, Register
from blueprints.customers.import_targets import Target
from core.rowkeys import Key

MANY = 2_000


def test_of_very_many_of_one_name_a_row_is_compared_with_some(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody: Any = None
    register = Register(nobody, nobody)
    matcher, compared = Matcher(register, "KH"), 0
    whole = Matcher.may_be

    def counted(self: Matcher, row: Any, target: Target) -> bool:
        nonlocal compared
        compared += 1
        return whole(self, row, target)

    monkeypatch.setattr(Matcher, "may_be", counted)
    for line in range(MANY):
        target = Target({"name": "Same", "number": f"KH{line:06}"}, line=line)
        target.points.add(("phone", "13900000007"))
        keys = [Key("phone", target.shadow, "13900000007"), Key("name", target.shadow)]
        row: Any = SimpleNamespace(shadow=target.shadow, values=target.values, keys=keys)
        assert matcher.meant(row) == (None, [])
        assert matcher.namesakes(row) == []
        register.add(target)
    assert 0 < compared <= 3 * MANY * MOST_ALIKE
    assert register.with_key(Key("number", f"KH{MANY - 1:06}"))[0].line == MANY - 1
