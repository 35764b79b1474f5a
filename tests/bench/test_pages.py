"""What pages of a filled company take is told for everybody who opens them."""

from __future__ import annotations

import pytest
from flask import Flask

from bench.fill import fill
from bench.pages import measured

pytestmark = pytest.mark.both_databases


def test_each_page_is_opened_by_everybody(empty: Flask) -> None:
    fill(60, seed=1)
    told = dict(measured(empty, "list by name", slow_ms=0))
    (costs,) = told.values()
    assert set(costs) == {"employee", "lead of a team", "lead of a branch", "manager"}
    assert all(cost.statements > 5 and not cost.narrow for cost in costs.values())
    own, whole = ("\n".join(costs[who].slow) for who in ("employee", "manager"))
    assert "customer_helpers" in own and "customer_helpers" not in whole
    assert str(costs["manager"]).startswith(f"{costs['manager'].ms:.0f} (")
