"""What is written is recorded: by the session, in bulk, and nothing around them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from blueprints.access.models import Team
from blueprints.customers.models import ContactPoint, Customer, CustomerHelper, CustomerTag, Tag
from core import changes, clock
from core.changes import Change, ChangeSet, Unrecorded
from core.db import db
from core.effects import difference
from tests.company import a_customer, the_user
from tests.conftest import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]
ANNA = changes.Actor(7, "Anna", "web", "192.0.2.7")


def the_changes(since: int = 0) -> list[Change]:
    return list(db.session.scalars(select(Change).where(Change.id > since).order_by(Change.id)))


def last_change() -> int:
    return db.session.scalar(select(Change.id).order_by(Change.id.desc())) or 0


def a_tag(name: str = "VIP") -> Tag:
    changes.record("customer.updated")
    tag = Tag(name=name, shadow=name.lower())
    db.session.add(tag)
    db.session.flush()
    return tag


def test_a_set_says_who_when_by_which_door_and_why() -> None:
    with changes.acting(ANNA):
        changes.record("customer.updated", reason="asked on the phone")
        a_tag()
    made = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
    assert made is not None
    assert (made.user_id, made.actor, made.source, made.address) == (7, "Anna", "web", "192.0.2.7")
    assert (made.verb, made.reason, made.at, made.on_day) == (
        "customer.updated",
        "asked on the phone",
        NOW,
        date(2026, 11, 18),
    )


def test_a_creation_keeps_no_copy() -> None:
    seen = last_change()
    tag = a_tag()
    [made] = the_changes(seen)
    assert (made.action, made.record_table, made.record_id, made.record_version) == (
        "insert",
        "tags",
        tag.id,
        1,
    )
    assert made.before is None and made.after is None


def test_an_update_keeps_what_was_before_and_after() -> None:
    customer = a_customer(city="深圳")
    seen = last_change()
    changes.record("customer.updated")
    customer.city, customer.birthday, customer.at_risk = "Zürich", date(1980, 2, 29), True
    db.session.flush()
    [made] = the_changes(seen)
    assert made.before == {"city": "深圳", "birthday": None, "at_risk": False}
    assert made.after == {"city": "Zürich", "birthday": "1980-02-29", "at_risk": True}
    assert (made.record_version, customer.version) == (2, 2)
    assert (made.root_table, made.root_id) == ("customers", customer.id)


def test_a_column_is_recorded_by_its_own_name_and_not_its_attribute() -> None:
    customer = a_customer()
    seen = last_change()
    changes.record("customer.updated")
    customer.relationship_kind = "dealer"
    db.session.flush()
    assert the_changes(seen)[0].after == {"relationship": "dealer"}


def test_a_value_set_without_having_been_read_is_compared_with_the_database() -> None:
    customer = a_customer(city="深圳")
    seen = last_change()
    changes.record("customer.updated")
    db.session.expire(customer, ["city", "district"])
    customer.city, customer.district = "深圳", "南山"
    db.session.flush()
    assert [c.before for c in the_changes(seen)] == [{"district": None}]


def test_a_deletion_keeps_the_row_as_it_was() -> None:
    customer = a_customer(phone="13900000007")
    seen = last_change()
    changes.record("customer.updated")
    db.session.delete(customer.points[0])
    db.session.flush()
    [gone] = the_changes(seen)
    assert gone.action == "delete" and gone.before is not None and gone.after is None
    assert gone.before["value"] == "13900000007" and gone.before["customer_id"] == customer.id
    assert (gone.root_table, gone.root_id) == ("customers", customer.id)


def test_a_row_that_its_parent_lets_go_of_is_recorded_as_deleted() -> None:
    customer = a_customer(helpers={"sales1b": True})
    seen = last_change()
    changes.record("customer.helpers_changed")
    customer.helpers.clear()
    db.session.flush()
    [gone] = the_changes(seen)
    assert (gone.action, gone.record_table, gone.root_id) == ("delete", "customer_helpers", customer.id)
    assert gone.before is not None and gone.before["user_id"] == the_user("sales1b").id
    assert db.session.scalar(select(CustomerHelper)) is None


def test_a_row_that_never_reached_the_database_is_not_recorded() -> None:
    customer = a_customer()
    seen = last_change()
    changes.record("customer.updated")
    customer.taggings.append(CustomerTag(tag_id=1))
    customer.taggings.clear()
    db.session.flush()
    assert the_changes(seen) == []


def test_a_record_given_by_relationship_is_recorded_by_its_key() -> None:
    customer, other = a_customer(), the_user("sales2a")
    seen = last_change()
    changes.record("customer.assigned")
    customer.owner = other
    db.session.flush()
    [made] = the_changes(seen)
    assert made.after == {"owner_id": other.id}
    assert (customer.owner_id, customer.version) == (other.id, 2)


def test_a_record_taken_away_by_relationship_is_recorded() -> None:
    customer = a_customer()
    seen = last_change()
    changes.record("customer.assigned")
    customer.owner = None
    db.session.flush()
    assert the_changes(seen)[0].after == {"owner_id": None}


def test_derived_columns_are_not_recorded_and_raise_no_version() -> None:
    customer = a_customer()
    seen = last_change()
    customer.last_contact_at, customer.last_contact_on, customer.name_key = NOW, date(2026, 11, 18), "zzz"
    db.session.flush()
    assert the_changes(seen) == [] and customer.version == 1


def test_setting_the_value_that_is_there_is_no_change() -> None:
    customer = a_customer(city="深圳")
    seen = last_change()
    customer.city = "深圳"
    db.session.flush()
    assert the_changes(seen) == [] and customer.version == 1


def test_the_first_verb_of_a_transaction_stays() -> None:
    changes.record("customer.assigned", reason="moves")
    changes.record("customer.updated")
    a_tag()
    made = db.session.get_one(ChangeSet, changes.set_id())
    assert (made.verb, made.reason) == ("customer.assigned", "moves")


def test_a_transaction_that_changes_nothing_leaves_no_set() -> None:
    count = len(db.session.scalars(select(ChangeSet)).all())
    changes.record("customer.updated")
    assert changes.set_id() is None
    db.session.commit()
    assert len(db.session.scalars(select(ChangeSet)).all()) == count


def test_the_verb_ends_with_its_transaction() -> None:
    a_tag("one")
    db.session.commit()
    db.session.add(Tag(name="two", shadow="two"))
    with pytest.raises(Unrecorded):
        db.session.flush()


def test_an_undeclared_verb_is_refused() -> None:
    with pytest.raises(KeyError):
        changes.record("customer.exploded")


@pytest.mark.parametrize("write", ["insert", "update", "delete"])
def test_a_write_without_a_verb_is_refused(write: str) -> None:
    tag = a_tag()
    db.session.commit()
    if write == "insert":
        db.session.add(Tag(name="another", shadow="another"))
    elif write == "update":
        tag.name = "another"
    else:
        db.session.delete(tag)
    with pytest.raises(Unrecorded):
        db.session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        update(Customer).values(tier="a"),
        delete(ContactPoint),
        insert(Tag).values(name="x", shadow="x"),
        update(Customer.__table__).values(tier="a"),
        delete(ContactPoint.__table__),
        insert(Tag.__table__).values(name="x", shadow="x"),
    ],
    ids=str,
)
def test_a_write_around_the_mechanism_is_refused(statement: Any) -> None:
    changes.record("customer.updated")
    with pytest.raises(Unrecorded):
        db.session.execute(statement)


def test_a_stale_version_is_refused() -> None:
    customer = a_customer()
    changes.record("customer.updated")
    statement = update(Customer.__table__).where(Customer.id == customer.id).values(version=5)
    db.session.execute(statement, execution_options={"recorded": True})
    customer.city = "Zürich"
    with pytest.raises(StaleDataError):
        db.session.flush()


def test_what_a_savepoint_took_back_is_not_recorded() -> None:
    seen = last_change()
    changes.record("customer.imported")
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Tag(name="a", shadow="a"))
        db.session.flush()
        db.session.add(Tag(name="b", shadow="a"))
        db.session.flush()
    with db.session.begin_nested():
        db.session.add(Tag(name="c", shadow="c"))
    db.session.commit()
    made = the_changes(seen)
    assert [c.action for c in made] == ["insert"]
    assert db.session.get_one(Tag, made[0].record_id).name == "c"
    assert db.session.get_one(ChangeSet, made[0].set_id).verb == "customer.imported"


def test_a_set_begun_before_a_savepoint_outlives_its_rollback() -> None:
    changes.record("customer.imported")
    a_tag("kept")
    begun = changes.set_id()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Tag(name="b", shadow="kept"))
        db.session.flush()
    a_tag("more")
    assert changes.set_id() == begun


def test_the_id_of_a_deleted_row_is_not_used_again() -> None:
    changes.record("customer.updated")
    first = a_tag("first").id
    changes.bulk_delete(Tag, [first])
    assert a_tag("second").id > first


def test_rows_made_in_bulk_are_what_the_session_would_have_made() -> None:
    customer = a_customer()
    given = {"customer_id": customer.id, "kind": "mobile", "value": "1", "normal": "1", "reversed": "1"}
    seen = last_change()
    changes.record("customer.imported")
    db.session.add(ContactPoint(**given))
    db.session.flush()
    ids = changes.bulk_insert(ContactPoint, [given, {**given, "bad": True}])
    db.session.add(ContactPoint(**given))
    db.session.flush()
    table: Any = ContactPoint.__table__
    rows = db.session.execute(
        select(table).where(table.c.customer_id == customer.id).order_by(table.c.id)
    ).all()
    assert [row.id for row in rows[1:3]] == ids
    assert [row.bad for row in rows] == [False, False, True, False]
    assert (
        len({tuple(value for key, value in row._mapping.items() if key not in ("id", "bad")) for row in rows})
        == 1
    )
    told = [(c.set_id, c.action, c.root_id, c.record_version, c.before, c.after) for c in the_changes(seen)]
    assert [c.record_id for c in the_changes(seen)] == [row.id for row in rows]
    assert len(set(told)) == 1


def test_a_bulk_update_is_recorded_like_any_other() -> None:
    one, two, three = (a_customer(f"客户{n}", tier=tier) for n, tier in ((1, "a"), (2, "b"), (3, "c")))
    seen = last_change()
    changes.record("customer.bulk_changed")
    changed = changes.bulk_update(
        Customer, Customer.id.in_([one.id, two.id]), {"tier": "b", "birthday": date(2000, 1, 2)}
    )
    assert changed == 2
    made = {c.record_id: c for c in the_changes(seen)}
    assert set(made) == {one.id, two.id}
    assert made[one.id].before == {"tier": "a", "birthday": None}
    assert made[one.id].after == {"tier": "b", "birthday": "2000-01-02"}
    assert {c.record_version for c in made.values()} == {2}
    assert (made[one.id].root_table, made[one.id].root_id) == ("customers", one.id)
    assert (one.version, one.tier, one.birthday, two.version, three.version) == (
        2,
        "b",
        date(2000, 1, 2),
        2,
        1,
    )


def test_a_bulk_update_leaves_alone_what_is_so_already() -> None:
    one, two = a_customer("客户1", tier="a"), a_customer("客户2", tier="b")
    changes.record("customer.bulk_changed")
    assert changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"}) == 1
    assert (one.version, two.version) == (2, 1)


def test_a_bulk_update_needs_a_verb() -> None:
    a_customer()
    with pytest.raises(Unrecorded):
        changes.bulk_update(Customer, Customer.id > 0, {"tier": "b"})


def test_a_bulk_update_of_a_part_shows_on_its_root() -> None:
    customer = a_customer(phone="13900000007")
    seen = last_change()
    changes.record("customer.updated")
    changes.bulk_update(ContactPoint, ContactPoint.customer_id == customer.id, {"bad": True})
    [made] = the_changes(seen)
    assert (made.root_table, made.root_id) == ("customers", customer.id)
    assert difference(made) == {"bad": (False, True)}


LATER = datetime(2026, 12, 24, 18, 5, 6, 789, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("birthday", None, date(1999, 12, 31)),
        ("birthday", date(1999, 12, 31), None),
        ("deleted_at", None, NOW),
        ("deleted_at", LATER, NOW + timedelta(microseconds=1)),
        ("deleted_at", NOW, None),
        ("at_risk", False, True),
        ("at_risk", True, False),
        ("owner_id", 1, 2),
        ("city", "深圳", 'a "quoted" \\ város'),
        ("city", None, "NULL"),
    ],
)
def test_before_and_after_of_a_bulk_update_come_back_as_they_were(column: str, old: Any, new: Any) -> None:
    """Whatever the database makes of them in JSON, both come back as the session would have kept them."""
    customer = a_customer()
    changes.record("customer.updated")
    setattr(customer, column, old)
    db.session.flush()
    seen = last_change()
    changes.bulk_update(Customer, Customer.id == customer.id, {column: new})
    [made] = the_changes(seen)
    assert difference(made) == {column: (old, new)}
    assert getattr(customer, column) == new


def test_rows_get_back_values_of_their_own() -> None:
    one, two = a_customer("客户1", tier="a", city="深圳"), a_customer("客户2", tier="b")
    seen = last_change()
    rows = {r["id"]: r for r in db.session.execute(select(Customer.__table__)).mappings()}
    changes.record("customer.bulk_changed")
    changes.bulk_restore(
        Customer, [(rows[one.id], {"tier": "c"}), (rows[two.id], {"city": "广州", "at_risk": True})]
    )
    assert (one.tier, one.city, two.tier, two.city, two.at_risk) == ("c", "深圳", "b", "广州", True)
    assert {c.record_id: difference(c) for c in the_changes(seen)} == {
        one.id: {"tier": ("a", "c")},
        two.id: {"city": (None, "广州"), "at_risk": (False, True)},
    }
    with pytest.raises(StaleDataError):
        changes.bulk_restore(Customer, [(rows[one.id], {"tier": "d"})])


def test_rows_deleted_in_bulk_leave_a_copy() -> None:
    customer = a_customer(phone="13900000007", email="wm@example.com")
    ids = [point.id for point in customer.points]
    seen = last_change()
    changes.record("customer.updated")
    assert changes.bulk_delete(ContactPoint, ids) == 2
    gone = the_changes(seen)
    assert {c.before["value"] for c in gone if c.before} == {"13900000007", "wm@example.com"}
    assert {(c.action, c.root_id) for c in gone} == {("delete", customer.id)}
    assert db.session.scalars(select(ContactPoint)).all() == []


def test_json_is_kept_as_json_by_every_writer() -> None:
    from blueprints.office.models import WorkingCalendar

    changes.record("team.updated")
    calendar = WorkingCalendar(slug="x", name="x", frames={"0": [["09:00", "12:00"]]})
    db.session.add(calendar)
    db.session.flush()
    seen = last_change()
    changes.bulk_update(WorkingCalendar, WorkingCalendar.id == calendar.id, {"frames": {"1": []}})
    assert difference(the_changes(seen)[0]) == {"frames": ({"0": [["09:00", "12:00"]]}, {"1": []})}


def test_a_team_moves_below_another_and_the_trail_says_so() -> None:
    sales2 = db.session.scalars(select(Team).where(Team.slug == "sales2")).one()
    service = db.session.scalars(select(Team).where(Team.slug == "service")).one()
    seen, before = last_change(), sales2.parent_id
    changes.record("team.updated")
    sales2.parent = service
    db.session.flush()
    assert difference(the_changes(seen)[0]) == {"parent_id": (before, service.id)}
    assert clock.now() == NOW
