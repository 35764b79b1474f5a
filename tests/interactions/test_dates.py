"""The dates on the customer row: recomputed by grade, owner, undo and repair, in constant statements."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import Team
from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.interactions import cadence, planning, queries
from blueprints.interactions.models import PlannedContact
from blueprints.interactions.refreshing import refresh
from blueprints.office import actions as office
from blueprints.office.models import TeamCalendar, WorkingCalendar
from core import changes, clock, deriving, events, settings, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from tests.company import a_customer, the_user, the_viewer
from tests.interactions.contacts import a_contact, a_plan
from tests.statements import counted

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 11, 18)


def an_a_customer(name: str = "华兴科技有限公司", **values: Any) -> Customer:
    return a_customer(name, **{"status": "active", "tier": "a", **values})


def undo_last() -> None:
    newest = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
    assert newest is not None
    undo.undo(newest, the_viewer("manager"))
    db.session.commit()


def test_a_customer_that_nobody_met_is_due_at_once_and_never_overdue(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        assert (customer.next_contact_on, customer.latest_contact_on) == (TODAY, None)
        assert customer.last_contact_on is None


def test_a_customer_without_an_owner_is_due_for_nobody(app: Flask) -> None:
    with app.app_context():
        assert an_a_customer(owner=None).next_contact_on is None


def test_made_on_a_day_of_rest_a_customer_is_due_on_the_next_working_day(app: Flask) -> None:
    with app.app_context(), clock.frozen(datetime(2026, 10, 3, 4, tzinfo=UTC)):
        assert an_a_customer().next_contact_on == date(2026, 10, 8)


def test_another_grade_is_another_rhythm(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer)
        customers.update(customer, {"tier": "c"})
        db.session.commit()
        assert (customer.next_contact_on, customer.latest_contact_on) == (
            date(2027, 1, 18),
            date(2027, 2, 16),
        )


def test_graded_in_bulk_and_taken_back(app: Flask) -> None:
    with app.app_context():
        made = [an_a_customer(f"客户{n}") for n in range(3)]
        for customer in made:
            a_contact(customer)
        before = [(c.next_contact_on, c.latest_contact_on, c.version) for c in made]
        customers.change_many([c.id for c in made], {"tier": "d"}, by=the_viewer("manager"))
        db.session.commit()
        assert {c.next_contact_on for c in made} == {date(2027, 3, 18)}
        undo_last()
        assert [(c.next_contact_on, c.latest_contact_on) for c in made] == [entry[:2] for entry in before]


def test_a_recorded_contact_is_taken_back_with_what_it_planned(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_plan(customer, TODAY, purpose="quote")
        a_contact(customer, next_on=date(2026, 11, 27), next_purpose="contract")
        undo_last()
        plans = db.session.scalars(select(PlannedContact)).all()
        assert [(plan.state, plan.on_day) for plan in plans] == [("open", TODAY)]
        assert (customer.last_contact_on, customer.next_contact_on) == (None, TODAY)


def test_the_intervals_are_settings(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer)
        chosen = {"rhythm.tier_a.standard": 7, "rhythm.tier_a.longest": None}
        office.change_settings(chosen, opened={})
        assert (customer.next_contact_on, customer.latest_contact_on) == (date(2026, 11, 25), None)


def test_a_team_has_its_own_calendar(app: Flask) -> None:
    with app.app_context():
        changes.record("customer.updated")
        days = {str(day): [["08:30", "20:00"]] for day in range(7)}
        desk = WorkingCalendar(slug="desk", name="Service desk", frames=days, pattern="seven", holidays=False)
        db.session.add(desk)
        db.session.flush()
        team = db.session.scalars(select(Team).where(Team.slug == "sales1")).one()
        db.session.add(TeamCalendar(team_id=team.id, calendar_id=desk.id))
        db.session.commit()
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer, at=datetime(2026, 11, 14, 4, tzinfo=UTC))
        assert customer.next_contact_on == date(2026, 11, 28)  # a Saturday


def test_areas_on_the_right_may_answer_with_another_rhythm(app: Flask) -> None:
    own = cadence.rhythm_of

    with app.app_context():
        customer = an_a_customer()
        events.listen("rhythms")(weekly := lambda customers: {customer.id: own("high")})
        try:
            a_contact(customer)
            assert customer.next_contact_on == date(2026, 11, 23)
        finally:
            events._listeners["rhythms"].remove(weekly)


def test_wrong_dates_are_found_and_repaired(app: Flask) -> None:
    with app.app_context():
        made = [an_a_customer(f"客户{n}") for n in range(3)]
        deriving.write(Customer, [{"id": made[1].id, "next_contact_on": date(2000, 1, 1)}])
        db.session.commit()
        assert (refresh(), refresh()) == (1, 0)
        db.session.expire_all()
        assert made[1].next_contact_on == TODAY


def test_refreshing_takes_the_same_statements_for_any_number(app: Flask) -> None:
    with app.app_context():
        made = [an_a_customer(f"客户{n}") for n in range(6)]
        for customer in made:
            a_contact(customer)
        settings.get("company.zone"), cadence.calendar_of(None)

        def cost(some: list[Customer]) -> int:
            deriving.write(Customer, [{"id": c.id, "next_contact_on": None} for c in some])
            with counted() as seen:
                assert refresh([c.id for c in some]) == len(some)
            return len(seen)

        assert cost(made[:1]) == cost(made) <= 5


def test_only_derived_columns_are_written_without_a_record(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="tier"):
        deriving.write(Customer, [{"id": 1, "tier": "a"}])


def test_first_contacts_of_many_are_spread(app: Flask) -> None:
    with app.app_context():
        made = [
            a_customer(f"客户{n}", status="active", tier="a" if n % 3 else "c", owner=None) for n in range(60)
        ]
        customers.assign_many(
            [c.id for c in made], the_user("sales1a"), by=the_viewer("manager"), reason="new"
        )
        db.session.commit()
        load = Counter(c.next_contact_on for c in made)
        assert max(load.values()) <= 8
        a_days = [c.next_contact_on or date.max for c in made if c.tier == "a"]
        assert max(a_days) < TODAY + timedelta(days=14)
        assert all(c.latest_contact_on is None for c in made)
        assert refresh() == 0


@pytest.mark.parametrize(
    "moment", [datetime(2026, 11, 18, 4, tzinfo=UTC), datetime(2026, 10, 3, 4, tzinfo=UTC)]
)
def test_files_made_one_by_one_are_met_on_the_days_that_all_their_facts_give(
    app: Flask, moment: datetime
) -> None:
    with app.app_context(), clock.frozen(moment):
        made = [a_customer(f"客户{n}", tier="a", owner="sales1a" if n else None) for n in range(20)]
        load = Counter(c.next_contact_on for c in made if c.owner_id)
        assert sorted(load.values()) == [3, 8, 8]
        first = min(day for day in load if day)
        plans = db.session.execute(select(PlannedContact.customer_id, PlannedContact.on_day)).all()
        assert dict(plans) == {c.id: c.next_contact_on for c in made if (c.next_contact_on or first) > first}
        assert refresh() == 0
        undo_last()
        assert len(db.session.scalars(select(PlannedContact)).all()) == len(plans) - 1


def test_taking_the_owner_back_takes_the_first_contacts_back(app: Flask) -> None:
    with app.app_context():
        made = [a_customer(f"客户{n}", owner=None) for n in range(20)]
        customers.assign_many(
            [c.id for c in made], the_user("sales1a"), by=the_viewer("manager"), reason="new"
        )
        db.session.commit()
        undo_last()
        assert db.session.scalars(select(PlannedContact)).all() == []
        assert {c.next_contact_on for c in made} == {None}


def test_a_better_grade_brings_a_first_contact_forward(app: Flask) -> None:
    with app.app_context():
        made = [a_customer(f"客户{n}", status="active", owner=None) for n in range(60)]
        customers.assign_many(
            [c.id for c in made], the_user("sales1a"), by=the_viewer("manager"), reason="new"
        )
        last = max(made, key=lambda c: c.next_contact_on or TODAY)
        late = last.next_contact_on
        customers.change_many([last.id], {"tier": "a"}, by=the_viewer("manager"))
        db.session.commit()
        assert late is not None and last.next_contact_on is not None
        assert last.next_contact_on < late


def test_any_contact_is_the_first_one(app: Flask) -> None:
    with app.app_context():
        made = [a_customer(f"客户{n}", status="active", owner=None) for n in range(20)]
        customers.assign_many(
            [c.id for c in made], the_user("sales1a"), by=the_viewer("manager"), reason="new"
        )
        db.session.commit()
        late = max(made, key=lambda c: c.next_contact_on or TODAY)
        a_contact(late, by="service1")
        assert late.next_contact_on == date(2026, 12, 18)
        assert queries.open_plans([late.id]) == {}


def test_postponing_plans_another_day(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        planning.postpone(customer, date(2026, 11, 20), None, by=the_viewer("sales1a"))
        db.session.commit()
        assert customer.next_contact_on == date(2026, 11, 20)
        planning.postpone(customer, date(2026, 11, 23), "09:30", by=the_viewer("sales1a"))
        db.session.commit()
        plan = db.session.scalars(select(PlannedContact)).one()
        assert (plan.on_day, plan.at_time, plan.version) == (date(2026, 11, 23), "09:30", 2)
        with pytest.raises(RuleBroken):
            planning.postpone(customer, date(2026, 11, 17), None, by=the_viewer("sales1a"))


def test_skipping_leaves_it_to_the_rhythm(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer)
        plan = a_plan(customer, date(2026, 11, 20))
        assert customer.next_contact_on == date(2026, 11, 20)
        planning.skip(plan)
        db.session.commit()
        assert (plan.state, customer.next_contact_on) == ("skipped", date(2026, 12, 2))


def test_what_a_leaver_planned_goes_to_the_successor(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer(helpers={"sales1b": False})
        plan = a_plan(customer, date(2026, 11, 20), by="sales1b", who="me")
        assert queries.count_plans(the_user("sales1b").id) == 1
        changes.record("user.deactivated")
        events.ask("user.replaced", user=the_user("sales1b"), successor=the_user("lead1"), most=200)
        db.session.commit()
        assert plan.user_id == the_user("lead1").id
