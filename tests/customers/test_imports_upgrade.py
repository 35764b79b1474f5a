"""Migration 0024 on data: kept files and mappings are of customers from then on, and who may import the past can."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from blueprints.access.defaults import ALL, ASK, BRANCH
from blueprints.access.models import Role, RoleGrant
from blueprints.customers import import_mappings, importing
from blueprints.customers.models import CustomerImport
from blueprints.customers.requested import ImportMapping
from core import schema
from core.db import db
from core.importways import Way
from core.rights import Right
from tests.company import the_viewer, with_right

RIGHT = Right.INTERACTIONS_IMPORT
LISTS = {"customers": "公司\n甲公司\n", "contacts": "客户,沟通日期,沟通方式\n甲公司,2026-03-01,电话\n"}
MAPPED = {"customers": {"公司": "name"}, "contacts": {"客户": "customer"}}


def with_imports() -> None:
    """A file and a mapping of each kind, the mappings under one name; committed."""
    for who in ("manager", "lead1"):
        for kind in LISTS if who == "manager" else ("customers",):
            by = the_viewer(who)
            importing.receive(f"{kind}.csv", LISTS[kind].encode(), by=by, kind=kind)
            import_mappings.keep("老系统", MAPPED[kind], Way(), by=by, kind=kind)
            db.session.commit()


def kept() -> tuple[list[Any], list[Any]]:
    files = select(CustomerImport.kind, CustomerImport.file_name, CustomerImport.mapping, CustomerImport.rows)
    mappings = select(ImportMapping.kind, ImportMapping.name, ImportMapping.mapping)
    return (
        [tuple(row) for row in db.session.execute(files.order_by(CustomerImport.id))],
        [tuple(row) for row in db.session.execute(mappings.order_by(ImportMapping.id))],
    )


def granted() -> set[tuple[Any, ...]]:
    cells = select(Role.code, RoleGrant.scope, RoleGrant.ask, RoleGrant.most, RoleGrant.version)
    return set(
        map(
            tuple,
            db.session.execute(
                cells.join(Role, Role.id == RoleGrant.role_id).where(RoleGrant.right == RIGHT)
            ),
        )
    )


def let_go() -> None:
    """No connection holds up the migration that follows."""
    db.session.rollback()
    db.engine.dispose()


@pytest.mark.both_databases
def test_down_and_up_on_data(app: Flask) -> None:
    with app.app_context():
        with_right(
            "lead", RIGHT, BRANCH
        )  # given by hand: it goes down with the right, and does not come back
        with_right("assistant", RIGHT, ASK)
        with_right("service", Right.CUSTOMERS_IMPORT, ALL)  # imports all, and sees all
        with_right("callback", Right.CUSTOMERS_IMPORT, ASK)
        with_imports()
        files, mappings = kept()
        assert (
            [row[0] for row in files]
            == ["customers", "contacts", "customers"]
            == [row[0] for row in mappings]
        )
        let_go()
        downgrade(revision="0023")
        assert db.session.execute(text("SELECT file_name FROM customer_imports ORDER BY id")).all() == [
            ("customers.csv",),
            ("customers.csv",),
        ]
        assert db.session.scalar(text("SELECT count(*) FROM import_mappings WHERE name = '老系统'")) == 2
        assert granted() == set()
        let_go()
        upgrade()
        assert schema.present() == schema.expected()
        of_customers = (
            [row for row in files if row[0] == "customers"],
            [row for row in mappings if row[0] == "customers"],
        )
        assert kept() == of_customers
        # Whoever imports all and sees; neither the administrator, who sees none, nor who imports for a branch or asks
        assert granted() == {("manager", 4, False, None, 1), ("service", 4, False, None, 1)}
        assert the_viewer("service1").may(RIGHT) and not the_viewer("admin").may(RIGHT)
        import_mappings.keep("老系统", MAPPED["contacts"], Way(), by=the_viewer("lead1"), kind="contacts")
        db.session.commit()
        assert len(kept()[1]) == 3
        let_go()


@pytest.mark.both_databases
def test_the_same_name_for_two_kinds_stands_not_in_the_way_of_either(app: Flask) -> None:
    """Twice up and down: what is written in between is of customers alone."""
    with app.app_context():
        with_imports()
        for _time in range(2):
            let_go()
            downgrade(revision="0023")
            let_go()
            upgrade()
            assert {row[0] for row in kept()[1]} == {"customers"}
            import_mappings.keep(
                "老系统", MAPPED["contacts"], Way(), by=the_viewer("manager"), kind="contacts"
            )
            db.session.commit()
        assert sorted(row[0] for row in kept()[1]) == ["contacts", "customers", "customers"]
        let_go()
