"""Undo puts every row back as it was, and tells what stands in the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from blueprints.access import queries as access
from blueprints.customers import actions
from blueprints.customers.models import Customer, CustomerHelper, CustomerTag, Person, Tag
from core import changes, clock, undo
from core.changes import ChangeSet
from core.db import Model, db
from core.errors import Refused, RuleBroken
from core.rights import Right
from core.tracked import Tracked, model_of, recorded_columns
from tests.company import a_customer, the_user, the_viewer
from tests.conftest import NOW
from tests.customers.imports import imported

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()


def last_set() -> ChangeSet:
    db.session.flush()
    return db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()


def business_tables() -> dict[str, dict[int, tuple[Any, ...]]]:
    """Every row of every business table, but for versions and derived columns, as the database has it."""
    db.session.flush()
    dump = {}
    for mapper in Model.registry.mappers:
        if issubclass(mapper.class_, Tracked):
            columns = [mapper.class_.__table__.c.id, *recorded_columns(mapper.class_)]
            rows = db.session.execute(select(*columns).order_by(columns[0])).all()
            dump[mapper.class_.__tablename__] = {row[0]: tuple(map(repr, row)) for row in rows}
    return dump


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are executed inside."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def as_manager(verb: str = "customer.bulk_changed") -> None:
    manager = the_viewer("manager")
    changes.set_actor(changes.Actor(manager.id, manager.name, "web"))
    changes.record(verb)


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


def actions_tag(name: str) -> Tag:
    as_manager()
    [tag] = actions.tags_for([name])
    db.session.commit()
    return tag


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


def test_a_later_edit_of_the_same_field_is_a_conflict_and_stays_unless_chosen() -> None:
    one, two = a_customer("客户1", tier="a"), a_customer("客户2", tier="a")
    as_manager()
    changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})
    db.session.commit()
    bulk = last_set()
    as_manager("customer.updated")
    one.tier = "c"
    db.session.commit()
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
    as_manager()
    changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})
    db.session.commit()
    bulk = last_set()
    as_manager("customer.updated")
    customer.tier = "c"
    db.session.commit()
    undo.undo(bulk, the_viewer("manager"), overwrite=[c.key for c in undo.plan(bulk).conflicts])
    assert customer.tier == "a"


def test_a_later_edit_of_another_field_is_none_and_stays() -> None:
    customer = a_customer(tier="a")
    as_manager()
    changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})
    db.session.commit()
    bulk = last_set()
    as_manager("customer.updated")
    customer.city = "深圳"
    db.session.commit()
    assert undo.plan(bulk).conflicts == []
    undo.undo(bulk, the_viewer("manager"))
    assert (customer.tier, customer.city) == ("a", "深圳")


def test_what_was_put_back_by_hand_meanwhile_is_no_conflict() -> None:
    customer = a_customer(tier="a")
    as_manager()
    changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})
    db.session.commit()
    bulk = last_set()
    as_manager("customer.updated")
    customer.tier = "a"
    db.session.commit()
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
    as_manager("customer.updated")
    customer.city = "深圳"
    db.session.commit()
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


# --- the acceptance case: a bulk change of owner over 300 customers, undone after 20 later edits


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


# --- any sequence of writes of one set is taken back


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


def test_every_business_table_is_found_by_its_name() -> None:
    assert model_of("customers") is Customer
