"""Recording a contact: what is stored, what counts, what is next, and for whom one may."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.interactions import queries
from blueprints.interactions.models import Interaction, PlannedContact
from core import changes, clock
from core.changes import Change, ChangeSet
from core.db import db
from core.errors import Refused, RuleBroken
from tests.company import a_customer, the_user
from tests.interactions.contacts import a_contact, a_plan

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 11, 18)


def an_a_customer(**values: Any) -> Customer:
    return a_customer(**{"status": "active", "tier": "a", **values})


def plans(customer: Customer) -> list[tuple[str, date]]:
    rows = select(PlannedContact).where(PlannedContact.customer_id == customer.id).order_by(PlannedContact.id)
    return [(plan.state, plan.on_day) for plan in db.session.scalars(rows)]


def test_a_call_that_reached_resets_the_rhythm(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        logged = a_contact(customer, summary="The sample has arrived.")
        assert (logged.interaction.counts, logged.interaction.late, logged.interaction.on_day) == (
            True,
            False,
            TODAY,
        )
        assert (logged.next_on, logged.next_channel) == (date(2026, 12, 2), "visit")
        assert customer.last_contact_at == clock.now()
        assert (customer.last_contact_on, customer.last_contact_channel) == (TODAY, "phone")
        assert (customer.next_contact_on, customer.latest_contact_on) == (
            date(2026, 12, 2),
            date(2026, 12, 9),
        )
        assert customer.next_sort == date(2026, 12, 2)
        assert plans(customer) == []


def test_the_dates_of_a_customer_are_no_change_of_the_file(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        version = customer.version
        a_contact(customer)
        db.session.expire_all()
        assert customer.version == version
        newest = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert newest is not None and newest.verb == "interaction.logged"
        touched = db.session.scalars(select(Change.record_table).where(Change.set_id == newest.id)).all()
        assert set(touched) == {"interactions"}


def test_the_preferred_channel_comes_before_the_usual_one(app: Flask) -> None:
    with app.app_context():
        assert a_contact(an_a_customer(preferred_channel="wecom")).next_channel == "wecom"


def test_a_try_resets_nothing_and_is_tried_again(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer, at=clock.now() - timedelta(days=16))
        due = customer.next_contact_on
        logged = a_contact(customer, outcome="no_answer")
        assert not logged.interaction.counts
        assert (logged.next_on, logged.next_at, logged.next_channel) == (date(2026, 11, 19), "pm", "phone")
        assert customer.last_contact_on == date(2026, 11, 2)
        assert due == date(2026, 11, 16)
        assert customer.next_contact_on == date(2026, 11, 19)


def test_the_third_try_proposes_another_way(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        for days in (3, 2):
            a_contact(customer, outcome="no_answer", at=clock.now() - timedelta(days=days))
        logged = a_contact(customer, outcome="off")
        assert (logged.next_channel, logged.next_at) == ("wechat", None)
        assert [state for state, _day in plans(customer)] == ["replaced", "replaced", "open"]


def test_another_outcome_ends_the_row_of_tries(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        for outcome, days in (("no_answer", 4), ("no_answer", 3), ("reached", 2), ("no_answer", 1)):
            a_contact(customer, outcome=outcome, at=clock.now() - timedelta(days=days))
        assert a_contact(customer, outcome="no_answer").next_channel == "phone"


def test_a_message_without_an_answer_proposes_another_channel(app: Flask) -> None:
    with app.app_context():
        logged = a_contact(an_a_customer(), channel="wechat", outcome="sent_no_reply")
        assert (logged.next_on, logged.next_channel) == (date(2026, 11, 20), "phone")


def test_an_a_customer_is_called_after_two_texts(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer, channel="wechat", at=clock.now() - timedelta(days=10))
        assert a_contact(customer, channel="wecom").next_channel == "phone"
        assert plans(customer) == [("open", date(2026, 12, 2))]


def test_an_agreed_hour_is_kept_even_on_a_day_of_rest(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        logged = a_contact(customer, outcome="call_later", next_on=date(2026, 11, 21), next_time="15:00")
        assert (logged.next_on, logged.next_at) == (date(2026, 11, 21), "15:00")
        assert customer.last_contact_on is None
        assert customer.next_contact_on == date(2026, 11, 21)


def test_an_agreed_day_that_equals_the_proposal_is_still_agreed(app: Flask) -> None:
    with app.app_context():
        day = date(2026, 12, 2)
        said: dict[str, Any] = {"next_on": day, "proposed_on": day, "next_time": "09:00"}
        assert a_contact(an_a_customer(), outcome="call_later", **said).next_on == day


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "refused"}, "refusal_reason"),
        ({"outcome": "call_later"}, "next_on"),
        ({"channel": "visit", "outcome": "no_answer"}, "outcome"),
        ({"next_on": date(2026, 11, 17)}, "next_on"),
        ({"next_on": TODAY, "next_time": "08:00"}, "next_time"),
        ({"happened_at": datetime(2026, 11, 18, 2, 31, tzinfo=UTC)}, "happened_at"),
        ({"happened_at": datetime(2026, 10, 18, 2, 30, tzinfo=UTC)}, "happened_at"),
        ({"happened_at": datetime(2026, 11, 11, 2, 30, tzinfo=UTC)}, "late_reason"),
        ({"channel": "wechat", "outcome": "mass", "next_purpose": "quote"}, "next_on"),
    ],
)
def test_what_cannot_be_recorded(app: Flask, values: dict[str, Any], field: str) -> None:
    with app.app_context():
        customer = an_a_customer()
        with pytest.raises(RuleBroken) as broken:
            a_contact(customer, **values)
        assert broken.value.field == field


def test_a_refusal_is_a_contact_with_a_reason(app: Flask) -> None:
    with app.app_context():
        logged = a_contact(an_a_customer(), outcome="refused", refusal_reason="price")
        assert (logged.interaction.counts, logged.interaction.refusal_reason) == (True, "price")
        assert logged.next_on == date(2026, 12, 2)


def test_a_reason_of_refusal_without_a_refusal_is_not_kept(app: Flask) -> None:
    with app.app_context():
        assert a_contact(an_a_customer(), refusal_reason="price").interaction.refusal_reason is None


def test_a_mass_message_changes_nothing_that_is_planned(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_plan(customer, TODAY, purpose="quote")
        logged = a_contact(customer, channel="wechat", outcome="mass")
        assert (logged.next_on, customer.last_contact_on) == (TODAY, None)
        assert plans(customer) == [("open", TODAY)]


def test_a_wrong_number_is_marked_and_a_new_one_is_to_be_found(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer(phone="13900000007")
        a_contact(customer, outcome="wrong_number")
        assert [point.bad for point in customer.points] == [True]
        plan = queries.plan_of(customer, customer.owner_id)
        assert plan is not None
        assert (plan.purpose, plan.channel, plan.on_day) == ("find_number", "wechat", date(2026, 11, 19))


def test_of_several_numbers_one_says_which_is_wrong(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer(phone="13900000007")
        with changes.acting(changes.SYSTEM):
            other = customers.add_point(customer, "13900000008", kind="phone")
            db.session.commit()
        with pytest.raises(RuleBroken) as broken:
            a_contact(customer, outcome="wrong_number")
        assert broken.value.field == "point"
        db.session.rollback()
        a_contact(customer, outcome="wrong_number", point_id=other.id)
        assert {point.value: point.bad for point in customer.points} == {
            "13900000007": False,
            "13900000008": True,
        }


@pytest.mark.parametrize(
    ("typed", "code", "points"), [("quote", "quote", None), ("Order 2087", None, "Order 2087")]
)
def test_what_the_next_contact_is_for(app: Flask, typed: str, code: str | None, points: str | None) -> None:
    with app.test_request_context():
        customer = an_a_customer()
        a_contact(customer, next_on=date(2026, 11, 27), next_channel="visit", next_purpose=typed)
        plan = queries.plan_of(customer, customer.owner_id)
        assert plan is not None
        assert (plan.purpose, plan.talking_points, plan.channel) == (code, points, "visit")
        assert customer.next_contact_on == date(2026, 11, 27)


def test_what_a_form_had_filled_in_gives_way_to_the_outcome(app: Flask) -> None:
    """Without script the proposed day stays in the form though another outcome was chosen."""
    with app.app_context():
        filled = date(2026, 12, 2)
        said: dict[str, Any] = {
            "next_on": filled,
            "proposed_on": filled,
            "next_channel": "visit",
            "proposed_channel": "visit",
        }
        logged = a_contact(an_a_customer(), outcome="no_answer", **said)
        assert (logged.next_on, logged.next_channel) == (date(2026, 11, 19), "phone")


def test_a_contact_fulfils_what_was_planned_for_today(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer, at=clock.now() - timedelta(days=9))
        a_plan(customer, TODAY, purpose="quote")
        logged = a_contact(customer)
        plan = db.session.scalars(select(PlannedContact).where(PlannedContact.purpose == "quote")).one()
        assert (plan.state, plan.done_by_id) == ("done", logged.interaction.id)
        assert customer.next_contact_on == date(2026, 12, 2)


def test_a_contact_leaves_what_is_planned_for_later(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_plan(customer, date(2026, 11, 27), channel="visit", purpose="contract")
        logged = a_contact(customer)
        assert (logged.next_on, logged.next_channel) == (date(2026, 11, 27), "visit")
        assert plans(customer) == [("open", date(2026, 11, 27))]


def test_a_chosen_day_replaces_what_is_planned_for_later(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_plan(customer, date(2026, 11, 27), purpose="contract", talking_points="Clause 7")
        a_contact(customer, next_on=date(2026, 11, 25))
        assert plans(customer) == [("replaced", date(2026, 11, 27)), ("open", date(2026, 11, 25))]
        plan = queries.plan_of(customer, customer.owner_id)
        assert plan is not None and (plan.purpose, plan.talking_points) == ("contract", "Clause 7")


def test_a_try_takes_along_what_was_to_be_talked_about(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_plan(customer, TODAY, purpose="quote", talking_points="Order 2087")
        a_contact(customer, outcome="no_answer")
        plan = queries.plan_of(customer, customer.owner_id)
        assert plan is not None
        assert (plan.on_day, plan.purpose, plan.talking_points) == (date(2026, 11, 19), "quote", "Order 2087")


def test_a_late_entry_is_marked_and_closes_no_later_plan(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_plan(customer, TODAY, purpose="quote")
        logged = a_contact(
            customer, happened_at=clock.now() - timedelta(days=2), summary="forgot to write it down"
        )
        assert (logged.interaction.late, logged.interaction.on_day) == (True, date(2026, 11, 16))
        assert plans(customer) == [("open", TODAY)]


def test_an_entry_older_than_the_last_one_plans_nothing(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer, at=clock.now() - timedelta(days=1))
        a_contact(customer, outcome="no_answer", happened_at=clock.now() - timedelta(days=2))
        assert plans(customer) == []
        assert customer.last_contact_on == date(2026, 11, 17)


def test_late_beyond_three_working_days_needs_a_reason(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        week_ago = clock.now() - timedelta(days=7)
        logged = a_contact(customer, happened_at=week_ago, late_reason="Travelled without a computer.")
        assert (logged.interaction.late, logged.interaction.late_reason) == (
            True,
            "Travelled without a computer.",
        )


def test_an_assistant_records_for_a_colleague(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        logged = a_contact(customer, by="assistant1", for_user="sales1a")
        assert logged.interaction.author_id == the_user("sales1a").id
        assert logged.interaction.recorded_by_id == the_user("assistant1").id


@pytest.mark.parametrize(
    ("by", "for_user", "owner", "error"),
    [
        ("sales1a", "sales1b", "sales1a", Refused),  # an employee for a colleague
        ("assistant1", "sales2a", "sales1a", Refused),  # beyond the team
        ("assistant1", "sales1b", "sales1a", RuleBroken),  # of the team, but a stranger to the customer
        ("service1", "sales1a", "sales1a", Refused),
    ],
)
def test_who_may_not_be_recorded_for(
    app: Flask, by: str, for_user: str, owner: str, error: type[Exception]
) -> None:
    with app.app_context():
        customer = an_a_customer(owner=owner)
        with pytest.raises(error):
            a_contact(customer, by=by, for_user=for_user)
        db.session.rollback()
        assert db.session.scalars(select(Interaction)).all() == []


def test_what_service_plans_is_its_own(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer, by="service1", next_on=date(2026, 11, 20))
        plan = db.session.scalars(select(PlannedContact)).one()
        assert plan.user_id == the_user("service1").id
        assert customer.next_contact_on == date(2026, 12, 2)


def test_what_a_lead_plans_is_the_owners_unless_said_otherwise(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        a_contact(customer, by="lead1", next_on=date(2026, 11, 20))
        assert customer.next_contact_on == date(2026, 11, 20)
        a_contact(customer, by="lead1", next_on=date(2026, 11, 24), next_who="me")
        assert queries.plan_of(customer, the_user("lead1").id) is not None


def test_service_talking_of_a_complaint_is_no_regular_contact(app: Flask) -> None:
    with app.app_context():
        customer = an_a_customer()
        logged = a_contact(customer, by="service1", purpose="complaint")
        assert not logged.interaction.counts
        assert customer.last_contact_on is None
        assert a_contact(customer, purpose="complaint").interaction.counts
