"""Undo puts every row back as it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import changes, clock, undo
from core.db import db
from core.errors import Refused, RuleBroken
from core.rights import Right
from core.tracked import model_of
from tests.company import a_customer, the_viewer
from tests.conftest import NOW
from tests.core.undos import actions_tag, as_manager, business_tables, last_set

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]


def test_an_update_is_put_back() -> None:
    customer = a_customer(city="深圳")
    before = business_tables()
    as_manager()
    customer.city, customer.birthday, customer.at_risk, customer.owner_id = (
        None,
        date(1980, 2, 29),
        True,
        None,
    )
    db.session.commit()
    undo.undo(last_set(), the_viewer("manager"))
    db.session.commit()
    assert business_tables() == before
    assert (last_set().verb, customer.version) == ("undone", 3)


def test_a_creation_is_taken_away_with_what_was_made_along_with_it() -> None:
    before = business_tables()
    a_customer(phone="13900000007", tags=["VIP", "展会"], helpers={"sales1b": True})
    undo.undo(last_set(), the_viewer("manager"))
    db.session.commit()
    assert business_tables() == before


def test_what_was_deleted_is_made_again_with_its_old_number() -> None:
    customer = a_customer(phone="13900000007", tags=["VIP"], helpers={"sales1b": True})
    before = business_tables()
    as_manager()
    actions.remove_point(customer, customer.points[0])
    actions.set_helpers(customer, {})
    actions.set_tags(customer, [])
    db.session.commit()
    assert business_tables() != before
    undo.undo(last_set(), the_viewer("manager"))
    db.session.commit()
    assert business_tables() == before


def test_a_row_changed_twice_in_one_set_gets_back_what_it_held_first() -> None:
    customer = a_customer(city="深圳")
    as_manager()
    for city in ("广州", "上海"):
        customer.city = city
        db.session.flush()
    db.session.commit()
    assert undo.plan(last_set()).conflicts == []
    undo.undo(last_set(), the_viewer("manager"))
    assert db.session.get_one(Customer, customer.id).city == "深圳"


def test_a_row_changed_and_then_deleted_comes_back_as_it_was_first() -> None:
    customer = a_customer(tags=["VIP"])
    tagging = customer.taggings[0]
    other = actions_tag("other")
    before = business_tables()
    as_manager()
    tagging.tag_id = other.id
    db.session.flush()
    db.session.delete(tagging)
    db.session.commit()
    undo.undo(last_set(), the_viewer("manager"))
    db.session.commit()
    assert business_tables() == before


def test_a_row_taken_away_and_put_there_anew_in_one_set() -> None:
    customer = a_customer(tags=["VIP"])
    before = business_tables()
    as_manager()
    actions.set_tags(customer, [])
    actions.set_tags(customer, ["VIP"])
    db.session.commit()
    undo.undo(last_set(), the_viewer("manager"))
    db.session.commit()
    assert business_tables() == before


def test_an_undo_can_itself_be_taken_back_and_so_on() -> None:
    customer = a_customer(tier="a")
    as_manager()
    changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})
    db.session.commit()
    bulk, manager = last_set(), the_viewer("manager")
    undo.undo(bulk, manager)
    db.session.commit()
    first = last_set()
    with pytest.raises(RuleBroken):
        undo.undo(bulk, manager)
    undo.undo(first, manager)
    db.session.commit()
    assert customer.tier == "b" and undo.undone_by(bulk) is None
    undo.undo(bulk, manager)
    db.session.commit()
    assert customer.tier == "a" and undo.right_for(last_set()) is Right.CUSTOMERS_EDIT


def test_a_creation_that_was_taken_back_can_be_made_again() -> None:
    a_customer(phone="13900000007", tags=["VIP"])
    made, manager, before = last_set(), the_viewer("manager"), business_tables()
    undo.undo(made, manager)
    db.session.commit()
    undo.undo(last_set(), manager)
    db.session.commit()
    assert business_tables() == before


def test_it_needs_the_right_over_every_record() -> None:
    a_customer("客户1", owner="sales1a")
    a_customer("客户2", owner="sales2a")
    as_manager()
    changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})
    db.session.commit()
    bulk = last_set()
    for name in ("sales1a", "lead1", "auditor", "admin", "service1"):
        with pytest.raises(Refused):
            undo.check(bulk, the_viewer(name))
    undo.check(bulk, the_viewer("leader"))


def test_it_is_possible_for_thirty_days() -> None:
    a_customer()
    made, manager = last_set(), the_viewer("manager")
    with clock.frozen(NOW + timedelta(days=30)):
        undo.check(made, manager)
    with clock.frozen(NOW + timedelta(days=30, seconds=1)), pytest.raises(RuleBroken):
        undo.check(made, manager)


def test_a_verb_that_names_no_right_cannot_be_undone() -> None:
    as_manager("company.installed")
    actions.tags_for(["x"])
    with pytest.raises(RuleBroken):
        undo.check(last_set(), the_viewer("manager"))


def test_derived_columns_follow() -> None:
    customer = a_customer("华兴科技有限公司")
    key = customer.name_key
    as_manager("customer.updated")
    actions.update(customer, {"name": "瑞丰贸易"})
    db.session.commit()
    undo.undo(last_set(), the_viewer("manager"))
    db.session.commit()
    assert db.session.get_one(Customer, customer.id).name_key == key
    from blueprints.customers import search

    assert [found.id for found in search.find(the_viewer("manager"), "huaxing")] == [customer.id]
    assert search.find(the_viewer("manager"), "ruifeng") == []


def test_every_business_table_is_found_by_its_name() -> None:
    assert model_of("customers") is Customer
