"""Archive and erasures come and go with their migration, and the rights with them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from blueprints.access.models import Role, RoleGrant
from core import schema
from core.db import db
from tests.company import a_customer


@pytest.mark.both_databases
def test_the_tables_come_and_go(app: Flask) -> None:
    granted = select(Role.code, RoleGrant.right).join(Role, Role.id == RoleGrant.role_id)
    ours = granted.where(RoleGrant.right.in_(["customers:erase", "customers:export-file"]))
    meant = {("manager", "customers:erase"), ("manager", "customers:export-file")}
    with app.app_context():
        a_customer()
        assert set(map(tuple, db.session.execute(ours))) == meant
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0020")
        assert not set(map(tuple, db.session.execute(ours)))
        db.session.rollback()
        db.engine.dispose()
        upgrade()
        assert set(map(tuple, db.session.execute(ours))) == meant
        assert schema.present() == schema.expected()
        db.session.rollback()
        db.engine.dispose()
