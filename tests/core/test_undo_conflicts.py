"""Undo tells what stands in the way: it stays unless it is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from blueprints.customers import actions
from blueprints.customers.models import Customer, CustomerHelper, Person
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from tests.company import a_customer, the_user, the_viewer
from tests.core.undos import as_manager, business_tables, last_set

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]


def all_to_b() -> ChangeSet:
    """Give all customers tier B in one act."""
    as_manager()
    changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})
    db.session.commit()
    return last_set()


def later(customer: Customer, **values: Any) -> None:
    """Edit a customer in an act of its own."""
    as_manager("customer.updated")
    for name, value in values.items():
        setattr(customer, name, value)
    db.session.commit()


def test_a_later_edit_of_the_same_field_is_a_conflict_and_stays_unless_chosen() -> None:
    one, two = a_customer("客户1", tier="a"), a_customer("客户2", tier="a")
    bulk = all_to_b()
    later(one, tier="c")
    [conflict] = undo.plan(bulk).conflicts
    assert (conflict.field, conflict.reason) == ("tier", "edited")
    assert conflict.effect.before["tier"] == "a" and conflict.effect.after["tier"] == "b"
    assert conflict.effect.row is not None and conflict.effect.row["tier"] == "c"
    undo.undo(bulk, the_viewer("manager"))
    assert (one.tier, two.tier) == ("c", "a")


def test_what_follows_a_kept_field_stays_with_it() -> None:
    customer, manager = a_customer(owner="sales1a"), the_viewer("manager")
    actions.assign_many([customer.id], the_user("sales2a"), by=manager, reason="x")
    db.session.commit()
    bulk = last_set()
    actions.assign(customer, the_user("lead2"), by=manager, reason="y")
    db.session.commit()
    assert [conflict.field for conflict in undo.plan(bulk).conflicts] == ["owner_id"]
    undo.undo(bulk, manager)
    assert (customer.owner.username, customer.team.slug) == ("lead2", "sales2")


def test_a_conflict_that_was_chosen_is_taken_back_too() -> None:
    customer = a_customer(tier="a")
    bulk = all_to_b()
    later(customer, tier="c")
    undo.undo(bulk, the_viewer("manager"), overwrite=[c.key for c in undo.plan(bulk).conflicts])
    assert customer.tier == "a"


def test_a_later_edit_of_another_field_is_none_and_stays() -> None:
    customer = a_customer(tier="a")
    bulk = all_to_b()
    later(customer, city="深圳")
    assert undo.plan(bulk).conflicts == []
    undo.undo(bulk, the_viewer("manager"))
    assert (customer.tier, customer.city) == ("a", "深圳")


def test_what_was_put_back_by_hand_meanwhile_is_no_conflict() -> None:
    customer = a_customer(tier="a")
    bulk = all_to_b()
    later(customer, tier="a")
    assert undo.plan(bulk).conflicts == []


def test_what_others_use_by_now_stays_even_if_chosen() -> None:
    customer = a_customer()
    made = last_set()
    as_manager("customer.updated")
    actions.add_point(customer, "13900000007", kind="phone")
    db.session.commit()
    [conflict] = undo.plan(made).conflicts
    assert (conflict.reason, conflict.can_be_overwritten) == ("used", False)
    undo.undo(made, the_viewer("manager"), overwrite=[conflict.key])
    assert db.session.get(Customer, customer.id) is not None


def test_a_new_row_that_was_edited_since_goes_only_if_chosen() -> None:
    customer = a_customer()
    made = last_set()
    later(customer, city="深圳")
    [conflict] = undo.plan(made).conflicts
    assert (conflict.reason, conflict.can_be_overwritten) == ("edited", True)
    undo.undo(made, the_viewer("manager"), overwrite=[conflict.key])
    assert db.session.get(Customer, customer.id) is None


def a_file_with_a_person() -> Customer:
    lead = the_viewer("lead1")
    changes.set_actor(changes.Actor(lead.id, lead.name, "web"))
    facts = {"name": "瑞丰贸易", "owner": the_user("lead1"), "person_name": "王敏", "tags": ["VIP"]}
    customer = actions.create_with_person({**facts, "phone": "13900000007"}, by=lead)
    db.session.commit()
    return customer


def parts_of(customer: Customer) -> tuple[int, ...]:
    db.session.expire_all()
    people = db.session.query(Person).filter_by(customer_id=customer.id).count()
    return len(customer.points), len(customer.affiliations), len(customer.taggings), people


@pytest.mark.parametrize("later", ["edited", "used"])
def test_a_new_file_that_stays_keeps_what_was_made_with_it(later: str) -> None:
    customer = a_file_with_a_person()
    made = last_set()
    as_manager("customer.updated")
    if later == "edited":
        customer.city = "深圳"
    else:
        actions.set_helpers(customer, {the_user("sales1b").id: True})
    db.session.commit()
    assert [conflict.reason for conflict in undo.plan(made).conflicts] == [later]
    before = business_tables()
    undo.undo(made, the_viewer("manager"))
    db.session.commit()
    assert parts_of(customer) == (1, 1, 1, 1) and business_tables() == before


def test_a_new_file_stays_where_a_part_of_it_stays() -> None:
    customer = a_file_with_a_person()
    made = last_set()
    as_manager("customer.updated")
    actions.change_point(customer, customer.points[0], {"bad": True})
    db.session.commit()
    [conflict] = undo.plan(made).conflicts
    undo.undo(made, the_viewer("manager"))
    db.session.commit()
    assert parts_of(customer) == (1, 1, 1, 1)
    undo.undo(made, the_viewer("manager"), overwrite=[conflict.key])
    assert db.session.query(Customer).count() == 0


def test_a_part_that_was_chosen_goes_from_a_file_that_stays() -> None:
    customer = a_file_with_a_person()
    made = last_set()
    as_manager("customer.updated")
    customer.city = "深圳"
    actions.change_point(customer, customer.points[0], {"bad": True})
    db.session.commit()
    chosen = [c.key for c in undo.plan(made).conflicts if c.effect.table == "contact_points"]
    undo.undo(made, the_viewer("manager"), overwrite=chosen)
    db.session.commit()
    assert parts_of(customer) == (0, 1, 1, 1)


def test_a_changed_row_that_is_gone_is_told() -> None:
    customer = a_customer(phone="13900000007")
    as_manager("customer.updated")
    actions.change_point(customer, customer.points[0], {"bad": True})
    db.session.commit()
    marked = last_set()
    as_manager("customer.updated")
    actions.remove_point(customer, customer.points[0])
    db.session.commit()
    assert [c.reason for c in undo.plan(marked).conflicts] == ["gone"]


def test_what_takes_the_place_of_something_deleted_stops_the_undo() -> None:
    customer = a_customer(helpers={"sales1b": False})
    as_manager("customer.helpers_changed")
    actions.set_helpers(customer, {})
    db.session.commit()
    removed = last_set()
    as_manager("customer.helpers_changed")
    actions.set_helpers(customer, {the_user("sales1b").id: True})
    db.session.commit()
    with pytest.raises(RuleBroken):
        undo.undo(removed, the_viewer("manager"))
    db.session.rollback()
    assert db.session.scalars(select(CustomerHelper)).one().may_write
