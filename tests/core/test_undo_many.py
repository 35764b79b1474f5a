"""Undo of very many rows: 300 customers after 20 later edits, in as many statements as for few."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import changes, undo
from core.db import db
from core.tracked import recorded_columns
from tests.company import the_user, the_viewer
from tests.core.undos import actions_tag, as_manager, business_tables, last_set
from tests.customers.imports import imported
from tests.statements import counted

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]


def many(count: int) -> list[int]:
    """Customers of several people and of nobody, a fifth of them with a tag."""
    owners = ("sales1a", "sales1b", "sales2a", "")
    rows = [f"客户{n:03d},{owners[n % 4]},{'展会' if n % 5 == 0 else ''}\n" for n in range(count)]
    imported(
        "".join(["name,owner,tags\n", *rows]), mapping={"name": "name", "owner": "owner", "tags": "tags"}
    )
    return list(db.session.scalars(select(Customer.id).order_by(Customer.id)))


def test_a_bulk_change_of_owner_is_undone_after_later_edits() -> None:
    ids, manager, receiver = many(300), the_viewer("manager"), the_user("sales1b")
    before = business_tables()
    changes.set_actor(changes.Actor(manager.id, manager.name, "web"))
    actions.assign_many(ids, receiver, by=manager, reason="区域调整")
    db.session.commit()
    bulk = last_set()
    edited, moved = ids[:20:2], ids[1:20:2]
    for id in edited:
        actions.update(db.session.get_one(Customer, id), {"city": "深圳"})
        db.session.commit()
    for id in moved:
        actions.assign(db.session.get_one(Customer, id), the_user("lead2"), by=manager, reason="熟客")
        db.session.commit()
    conflicts = undo.plan(bulk).conflicts
    # owner and team each; what lay with the receiver already was not changed by the set
    expected = {
        (id, f) for id in moved for f in ("owner_id", "team_id") if change_of(before, id, f, receiver)
    }
    assert {(c.effect.change.record_id, c.field) for c in conflicts} == expected
    undo.undo(bulk, manager)
    db.session.commit()
    after = business_tables()
    position = [c.name for c in recorded_columns(Customer)]
    for id in ids:
        was, now = before["customers"].pop(id), after["customers"].pop(id)
        differing = {position[n - 1] for n in range(1, len(was)) if was[n] != now[n]}
        allowed = {"city"} if id in edited else {"owner_id", "team_id"} if id in moved else set()
        assert differing <= allowed, (id, differing)
    assert after == before


def change_of(dump: dict[str, dict[int, tuple[Any, ...]]], id: int, field: str, receiver: Any) -> bool:
    """Whether giving the customer to the receiver changes the field."""
    position = [c.name for c in recorded_columns(Customer)].index(field) + 1
    team = access.main_team_ids([receiver.id])[receiver.id]
    return dump["customers"][id][position] != repr(receiver.id if field == "owner_id" else team)


def test_the_number_of_statements_does_not_grow_with_the_rows() -> None:
    ids, manager = many(100), the_viewer("manager")
    assert _statements(ids, manager) == _statements(ids[:10], manager)


def _statements(ids: list[int], manager: Any) -> tuple[int, int]:
    """Of planning, of undoing."""
    changes.set_actor(changes.Actor(manager.id, manager.name, "web"))
    actions.assign_many(ids, the_user("lead1"), by=manager, reason="区域调整")
    db.session.commit()
    bulk = last_set()
    with counted() as planning:
        undo.plan(bulk)
    with counted() as undoing:
        undo.undo(bulk, manager)
        db.session.commit()
    return len(planning), len(undoing)


def test_undoing_what_made_many_rows_takes_as_many_statements_as_for_few() -> None:
    actions_tag("导入")
    assert _made_and_unmade(50) == _made_and_unmade(5)


def _made_and_unmade(n: int) -> int:
    manager = the_viewer("manager")
    as_manager("customer.imported")
    for i in range(n):
        actions.create(
            {"name": f"导入{n}-{i}", "owner": None, "phone": f"139{i:08d}", "tags": ["导入"]}, manager
        )
    db.session.commit()
    with counted() as undoing:
        undo.undo(last_set(), manager)
        db.session.commit()
    return len(undoing)
