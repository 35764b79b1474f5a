"""Undo of any sequence of writes of one set."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from blueprints.customers import actions
from blueprints.customers.models import Customer, CustomerTag, Person
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer, the_user, the_viewer
from tests.core.undos import as_manager, business_tables, last_set

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]


Act = Callable[[random.Random], None]


def _some(model: type[Any], chance: random.Random) -> Any:
    found = db.session.scalars(select(model).order_by(model.id)).all()
    return chance.choice(found) if found else None


def _create(chance: random.Random) -> None:
    tags = chance.sample(["甲", "乙", "丙"], chance.randint(0, 2))
    phone = f"139{chance.randint(0, 99_999_999):08d}" if chance.random() < 0.5 else None
    actions.create(
        {"name": f"客户{chance.random()}", "owner": None, "phone": phone, "tags": tags}, the_viewer("manager")
    )


def _change(chance: random.Random) -> None:
    if customer := _some(Customer, chance):
        values = {
            "tier": chance.choice("abcd"),
            "city": chance.choice(["深圳", None]),
            "birthday": date(1980, 1, chance.randint(1, 28)),
        }
        actions.update(customer, {name: values[name] for name in chance.sample(sorted(values), 2)})


def _tag(chance: random.Random) -> None:
    if customer := _some(Customer, chance):
        actions.set_tags(customer, chance.sample(["甲", "乙", "丁"], chance.randint(0, 3)))


def _help(chance: random.Random) -> None:
    if customer := _some(Customer, chance):
        people = chance.sample(["sales1b", "sales2a", "service1"], chance.randint(0, 3))
        actions.set_helpers(customer, {the_user(name).id: chance.random() < 0.5 for name in people})


def _meet(chance: random.Random) -> None:
    if (customer := _some(Customer, chance)) and db.session.scalar(select(func.count(Person.id))) < 5:  # type: ignore[operator]
        actions.add_person(customer, {"name": "王敏", "position": "采购"})


def _part(chance: random.Random) -> None:
    if (customer := _some(Customer, chance)) and customer.affiliations:
        actions.remove_person(customer, chance.choice(customer.affiliations))


def _bulk(chance: random.Random) -> None:
    limit = chance.randint(0, 3)
    changes.bulk_update(
        Customer,
        Customer.id % 2 == limit % 2,
        {"status": chance.choice(["lead", "active"]), "at_risk": chance.random() < 0.5},
    )


def _delete_tags(chance: random.Random) -> None:
    if tagging := _some(CustomerTag, chance):
        changes.bulk_delete(CustomerTag, [tagging.id])


ACTS: list[Act] = [_create, _change, _tag, _help, _meet, _part, _bulk, _delete_tags]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 999)), min_size=1, max_size=8))
def test_any_sequence_of_writes_is_taken_back(acts: list[tuple[Act, int]]) -> None:
    if db.session.scalar(select(func.count(Customer.id))) == 0:
        a_customer("第一", tags=["甲"], helpers={"sales1b": True}, phone="13900000001")
        a_customer("第二", owner=None, tags=["乙"])
    before = business_tables()
    manager = the_viewer("manager")
    as_manager()
    for act, seed in acts:
        act(random.Random(seed))
        db.session.flush()
        db.session.expire_all()
    wrote = changes.set_id()
    after = business_tables()
    db.session.commit()
    if wrote is not None:
        undo.undo(db.session.get_one(ChangeSet, wrote), manager)
        db.session.commit()
        assert business_tables() == before
        undo.undo(last_set(), manager)
        db.session.commit()
        assert business_tables() == after
        undo.undo(last_set(), manager)
        db.session.commit()
    assert business_tables() == before
