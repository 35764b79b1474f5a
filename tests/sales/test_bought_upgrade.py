"""The migration that keeps how complete files are and what was bought: on data, down and up again."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from blueprints.customers import search
from blueprints.customers.models import Customer
from blueprints.sales import refreshing
from core import schema
from core.db import db
from tests.company import a_customer, a_wechat
from tests.sales.selling import a_purchase, returned


@pytest.mark.both_databases
def test_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        one, two = a_customer("甲", city="苏州", tier="a"), a_customer("乙", kind="person", phone="")
        a_wechat(two, "wx")
        returned(a_purchase(one, 10_000), {0: 500})
        a_purchase(one, 700, on="2026-11-03", currency="USD")

        def kept() -> list[tuple[object, ...]]:
            names = (
                "name",
                "completeness",
                "has_phone",
                "has_written",
                "bought_amount",
                "bought_on",
                "bought_count",
            )
            rows = db.session.query(*(getattr(Customer, name) for name in names)).order_by(Customer.id)
            return [tuple(row) for row in rows]

        before = kept()
        assert before[0][4] == 5_000
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0033")
        assert "completeness" not in {c["name"] for c in db.inspect(db.engine).get_columns("customers")}
        upgrade()
        assert schema.present() == schema.expected()
        assert kept() == before
        assert search.refresh() == refreshing.refresh() == 0
        db.session.rollback()
        db.engine.dispose()
