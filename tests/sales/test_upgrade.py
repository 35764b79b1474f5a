"""The tables of purchases come and go, with the rights that go by others."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from blueprints.access.models import Role, RoleGrant
from core import schema
from core.db import db
from tests.company import a_customer
from tests.sales.selling import a_purchase


@pytest.mark.both_databases
def test_the_tables_come_and_go(app: Flask) -> None:
    granted = select(Role.code, RoleGrant.right, RoleGrant.scope).join(Role, Role.id == RoleGrant.role_id)
    sales = granted.where(RoleGrant.right.startswith("sales:"), RoleGrant.scope.is_not(None))
    with app.app_context():
        a_purchase(a_customer())
        before = set(map(tuple, db.session.execute(sales)))
        assert ("manager", "sales:pay", 4) in before and ("lead", "sales:pay", 3) in before
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0017")
        assert set(db.session.execute(sales)) == set()
        db.session.rollback()
        db.engine.dispose()
        upgrade()
        assert set(map(tuple, db.session.execute(sales))) == before
        assert schema.present() == schema.expected()
        assert set(map(tuple, db.session.execute(sales))) >= {("manager", "sales:products", 4)}
        db.session.rollback()
        db.engine.dispose()
