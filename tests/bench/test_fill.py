"""The synthetic company is what the application itself would have made of the same facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from app import create_app
from bench.fill import NotEmpty, fill
from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import actions, search
from blueprints.customers.models import ContactPoint, Customer
from blueprints.interactions import refreshing
from blueprints.interactions.models import Interaction
from core.db import Model, db
from tests.conftest import installation

MANY = 60
# Sign-ins and passwords are never the same twice
PRIVATE = {"credentials", "sign_ins"}


@pytest.mark.both_databases
def test_it_is_what_the_application_would_have_written(empty: Flask) -> None:
    fill(MANY, seed=1)
    customers = db.session.scalars(select(Customer)).all()
    assert len(customers) == MANY
    for customer in customers:
        forms = search.name_forms(customer.name, customer.short_name, human=customer.kind == "person")
        assert {"name_shadow": customer.name_shadow, "name_key": customer.name_key} == forms
    for point in db.session.scalars(select(ContactPoint)):
        filled = ContactPoint(kind=point.kind)
        search.fill_point(filled, point.value)
        assert (point.normal, point.reversed, point.kind) == (filled.normal, filled.reversed, filled.kind)
    assert search.refresh() == 0
    assert refreshing.refresh() == 0


@pytest.mark.both_databases
def test_what_is_made_next_comes_after_it(empty: Flask) -> None:
    fill(MANY, seed=1)
    owner = db.session.get_one(User, db.session.get_one(Customer, 1).owner_id)
    fresh = actions.create(
        {"name": "华兴科技有限公司", "phone": "13800138000", "owner": owner}, access.viewer_of(owner)
    )
    db.session.commit()
    assert (fresh.id, fresh.number) == (MANY + 1, f"KH{MANY + 1:06d}")
    assert search.refresh() == 0
    assert refreshing.refresh() == 0


def test_there_are_ten_contacts_for_each_customer(empty: Flask) -> None:
    fill(50, seed=1)
    assert db.session.scalar(select(func.count(Interaction.id))) == 500
    begun = Interaction.on_day < func.date(Customer.created_at)
    early = select(func.count()).select_from(Interaction).join(Customer).where(begun)
    assert db.session.scalar(early) == 0


def test_the_same_seed_makes_the_same_company(tmp_path: Path) -> None:
    assert in_new_database(tmp_path / "one", seed=7) == in_new_database(tmp_path / "two", seed=7)


def in_new_database(folder: Path, seed: int) -> dict[str, Any]:
    """Everything that a filler with this seed writes, by table."""
    app = create_app(installation(folder, f"sqlite:///{folder / 'filled.db'}"))
    with app.app_context():
        upgrade()
        fill(MANY, seed=seed)
        try:
            return everything()
        finally:
            db.session.remove()
            db.engine.dispose()


def everything() -> dict[str, Any]:
    """All rows, by table."""
    tables = [table for table in Model.metadata.sorted_tables if table.name not in PRIVATE]
    return {table.name: db.session.execute(select(table)).all() for table in tables}


@pytest.mark.both_databases
def test_only_an_empty_database_is_filled(app: Flask) -> None:
    with app.app_context(), pytest.raises(NotEmpty):
        fill(MANY, seed=1)
