"""Recording a contact by page: who may, what a form asks, what it proposes, and what it never does twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers import actions as customers
from blueprints.customers import reaching
from blueprints.customers.models import Customer
from blueprints.interactions.models import Interaction, PlannedContact
from core import changes
from core.db import db
from tests.company import a_customer, the_user
from tests.conftest import NOW
from tests.interactions.contacts import a_contact, a_plan, in_english, made
from tests.pages import Client
from tests.tables import snapshot

SignedIn = Callable[[str], Client]
REACHED = {"channel": "phone", "outcome": "reached", "summary": "The sample has arrived."}
HTMX = {"HX-Request": "true"}


def recorded(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Interaction.id))) or 0


PERSONAS = [
    ("sales1a", 303),  # the owner
    ("sales1b", 404),  # a colleague
    ("sales2a", 404),  # a stranger
    ("lead1", 303),
    ("lead2", 404),
    ("leader", 303),
    ("manager", 303),
    ("service1", 303),
    ("callback1", 303),
    ("assistant1", 303),
    ("auditor", 403),
    ("finance", 403),
    ("admin", 403),
]


@pytest.mark.both_databases
@pytest.mark.parametrize(("who", "status"), PERSONAS)
def test_who_records_a_contact(app: Flask, signed_in: SignedIn, who: str, status: int) -> None:
    id = made(app)
    client = signed_in(who)
    before = snapshot(app)
    assert client.post(f"/customers/{id}/interactions", dict(REACHED)).status == status
    if status == 303:
        assert recorded(app) == 1
    else:
        assert snapshot(app) == before
    assert client.get(f"/customers/{id}/interactions/new").status == {303: 200}.get(status, status)


def test_a_helper_records_a_contact(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, helpers={"sales2a": False})
    assert signed_in("sales2a").post(f"/customers/{id}/interactions", dict(REACHED)).status == 303


@pytest.mark.parametrize(
    "path", ["interactions", "interactions/new", "interactions/proposal", "postponement"]
)
def test_what_a_stranger_sees_of_it(app: Flask, signed_in: SignedIn, path: str) -> None:
    assert signed_in("sales2a").get(f"/customers/{made(app)}/{path}").status == 404


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("planned-contacts", {"on_day": "2026-11-20"}),
        ("postponement", {"on_day": "2026-11-20"}),
        ("planned-contacts/{plan}/skip", {}),
    ],
)
def test_a_stranger_plans_nothing(app: Flask, signed_in: SignedIn, path: str, data: dict[str, str]) -> None:
    id = made(app)
    with app.app_context():
        plan = a_plan(db.session.get_one(Customer, id), date(2026, 11, 20)).id
    stranger = signed_in("sales2a")
    before = snapshot(app)
    assert stranger.post(f"/customers/{id}/{path.format(plan=plan)}", data).status == 404
    assert snapshot(app) == before


def test_the_form_is_filled_in_and_proposes_what_is_next(app: Flask, signed_in: SignedIn) -> None:
    form = in_english(signed_in("sales1a")).get(f"/customers/{made(app)}/interactions/new").form()
    assert (form["channel"], form["outcome"]) == (["phone"], ["reached"])
    assert form["happened_at"] == ["2026-11-18T10:30"]
    assert form["next_on"] == form["proposed_on"] == ["2026-12-02"]
    assert form["next_channel"] == form["proposed_channel"] == ["visit"]


@pytest.fixture
def two_people(app: Flask) -> tuple[int, list[str]]:
    """A customer who likes visits, with somebody who likes WeChat and somebody who has said nothing."""
    with app.app_context(), changes.acting(changes.SYSTEM):
        customer = a_customer(preferred_channel="visit", owner="sales1a")
        changes.record("customer.updated")
        for person in ({"name": "王敏", "preferred_channel": "wechat"}, {"name": "李明"}):
            customers.add_person(customer, person)
        db.session.commit()
        return customer.id, [str(place.person_id) for place in reaching.places([customer.id])]


def test_the_person_one_speaks_with_is_reached_as_they_like(
    two_people: tuple[int, list[str]], signed_in: SignedIn
) -> None:
    id, (first, second) = two_people
    client = in_english(signed_in("sales1a"))
    form = client.get(f"/customers/{id}/interactions/new").form()
    assert (form["person"], form["channel"], form["outcome"]) == ([first], ["wechat"], ["reached"])

    def followed(**chosen: str) -> list[str]:
        asked = {"channel": "wechat", "proposed_way": "wechat", "outcome": "reached", **chosen}
        page = client.get(f"/customers/{id}/interactions/proposal", query_string=asked)
        return page.form()["channel"]

    assert followed(person=second) == ["visit"]
    assert followed(person=first) == ["wechat"]
    assert followed(person=second, channel="phone") == ["phone"], "what somebody chose stays"
    assert followed(person=first, channel="visit", proposed_way="visit") == ["wechat"]


def test_a_saved_form_says_what_is_next(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = in_english(signed_in("sales1a"))
    form = client.get(f"/customers/{id}/interactions/new").form()
    answer = client.post(f"/customers/{id}/interactions", {**form, "summary": "x"})
    assert answer.response.location == f"/customers/{id}/interactions"
    page = client.get(answer.response.location)
    assert "Saved. Next: visit on Wed 2 Dec" in page.words
    with app.app_context():
        assert db.session.scalars(select(PlannedContact)).all() == []


def test_back_is_where_the_form_was_opened_from(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = signed_in("sales1a")
    for back, to in (
        ("/?show=overdue", "/?show=overdue"),
        ("https://evil.example/", f"/customers/{id}/interactions"),
    ):
        answer = client.post(f"/customers/{id}/interactions", {**REACHED, "back": back})
        assert answer.response.location == to


def test_another_outcome_brings_another_proposal(app: Flask, signed_in: SignedIn) -> None:
    client = in_english(signed_in("sales1a"))
    address = f"/customers/{made(app)}/interactions/proposal"
    asked = {"channel": "phone", "outcome": "no_answer", "next_on": "2026-12-02", "proposed_on": "2026-12-02"}
    page = client.get(address, query_string=asked)
    form = page.form()
    assert form["outcome"] == ["no_answer"]
    assert form["next_on"] == form["proposed_on"] == ["2026-11-19"]
    assert "other half of the next working day" in page.words


def test_a_day_that_was_typed_stays(app: Flask, signed_in: SignedIn) -> None:
    address = f"/customers/{made(app)}/interactions/proposal"
    asked = {"channel": "phone", "outcome": "no_answer", "next_on": "2026-11-25", "proposed_on": "2026-12-02"}
    form = signed_in("sales1a").get(address, query_string=asked).form()
    assert (form["next_on"], form["proposed_on"]) == (["2026-11-25"], ["2026-11-19"])


def test_another_channel_has_other_outcomes(app: Flask, signed_in: SignedIn) -> None:
    address = f"/customers/{made(app)}/interactions/proposal"
    page = signed_in("sales1a").get(address, query_string={"channel": "wechat", "outcome": "no_answer"})
    offered = [str(field["value"]) for field in page.soup.select("input[name=outcome]")]
    assert offered == ["reached", "sent_no_reply", "call_later", "refused", "mass"]
    assert page.form()["outcome"] == ["reached"]


@pytest.mark.parametrize(
    ("outcome", "field"), [("refused", "refusal_reason"), ("wrong_number", "point"), ("reached", "")]
)
def test_an_outcome_asks_for_what_it_needs(app: Flask, signed_in: SignedIn, outcome: str, field: str) -> None:
    id = made(app)
    signed_in("sales1a").post(f"/customers/{id}/points", {"kind": "phone", "value": "13900000008"})
    asked = {"channel": "phone", "outcome": outcome}
    page = signed_in("sales1a").get(f"/customers/{id}/interactions/proposal", query_string=asked)
    shown = {str(f["name"]) for f in page.soup.select("[name=refusal_reason], [name=point]")}
    assert shown == ({field} if field else set())


def test_a_day_beyond_the_longest_interval_is_told(app: Flask, signed_in: SignedIn) -> None:
    client = in_english(signed_in("sales1a"))
    asked = {"channel": "phone", "outcome": "reached", "next_on": "2027-01-15", "proposed_on": "2026-12-02"}
    page = client.get(f"/customers/{made(app)}/interactions/proposal", query_string=asked)
    assert "Later than the longest interval allows: Wed 9 Dec." in page.words


BAD = [
    ({}, "channel"),
    ({"channel": "phone"}, "outcome"),
    ({"channel": "pigeon", "outcome": "reached"}, "channel"),
    ({"channel": "phone", "outcome": "mass"}, "outcome"),
    ({**REACHED, "outcome": "refused"}, "refusal_reason"),
    ({**REACHED, "outcome": "refused", "refusal_reason": "x"}, "refusal_reason"),
    ({**REACHED, "outcome": "call_later", "next_on": "2026-11-20"}, "next_time"),
    ({**REACHED, "next_on": "yesterday"}, "next_on"),
    ({**REACHED, "next_on": "2026-11-17"}, "next_on"),
    ({**REACHED, "next_on": "9999-12-31"}, "next_on"),
    ({**REACHED, "next_on": "2026-11-20", "next_time": "25:00"}, "next_time"),
    ({**REACHED, "happened_at": "2026-11-18T10:31"}, "happened_at"),
    ({**REACHED, "happened_at": "0001-01-01T00:00"}, "happened_at"),
    ({**REACHED, "happened_at": "9999-12-31T23:59"}, "happened_at"),
    ({**REACHED, "happened_at": "now"}, "happened_at"),
    ({**REACHED, "happened_at": "2026-11-11T10:00"}, "late_reason"),
    ({**REACHED, "minutes": "-1"}, "minutes"),
    ({**REACHED, "minutes": "99999"}, "minutes"),
    ({**REACHED, "minutes": "x"}, "minutes"),
    ({**REACHED, "person": "999999"}, "person"),
    ({**REACHED, "person": "x"}, "person"),
    ({**REACHED, "mood": "x"}, "mood"),
    ({**REACHED, "purpose": "x"}, "purpose"),
    ({**REACHED, "summary": "长" * 4_001}, "summary"),
    ({**REACHED, "next_purpose": "x" * 201, "next_on": "2026-11-20"}, "next_purpose"),
    *(
        ({**REACHED, "next_on": "2026-11-20", name: nothing}, name)
        for name in ("next_channel", "person", "mood", "purpose", "direction")
        for nothing in ("  ", "\t", "\u3000", "pigeon")
    ),
    ({**REACHED, "outcome": "refused", "refusal_reason": "  "}, "refusal_reason"),
]


@pytest.mark.parametrize(("data", "field"), BAD)
def test_bad_input_is_told_beside_its_field(
    app: Flask, signed_in: SignedIn, data: dict[str, str], field: str
) -> None:
    id = made(app)
    client = signed_in("sales1a")
    before = snapshot(app)
    page = client.post(f"/customers/{id}/interactions", data)
    assert page.status == 422
    assert page.soup.select(f".error-summary a[href='#contact-{id}-{field}']"), page.words
    assert page.soup.select(f"#contact-{id}-{field}")
    assert snapshot(app) == before


BLANK = {
    Customer: (
        "kind",
        "relationship_kind",
        "status",
        "tier",
        "intent",
        "source",
        "gender",
        "preferred_channel",
    ),
    PlannedContact: ("channel", "purpose"),
    Interaction: ("direction", "mood", "purpose"),
}


@pytest.mark.parametrize("status", ["  ", "active", "prospect"])
@pytest.mark.parametrize(
    "path", ["/", "/customers", "", "edit", "history", "interactions", "interactions/new", "interactions/proposal",
             "planned-contacts/new", "postponement"],
)  # fmt: skip
def test_codes_that_were_stored_as_spaces_break_no_page(
    app: Flask, signed_in: SignedIn, path: str, status: str
) -> None:
    id = made(app)
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        a_contact(customer, at=NOW - timedelta(days=90))
        a_plan(customer, NOW.date())
        changes.record("customer.updated")
        for model, names in BLANK.items():
            for row in db.session.scalars(select(model)):
                for name in names:
                    setattr(row, name, "  ")
        customer.status = status
        db.session.commit()
    client = signed_in("sales1a")
    page = client.get(path if path.startswith("/") else f"/customers/{id}/{path}".rstrip("/"))
    assert page.status == 200
    if path == "interactions/new":
        form = page.form()
        assert form["channel"] == ["phone"]
        answer = client.post(f"/customers/{id}/interactions", {**form, **REACHED})
        assert answer.status == 303 and client.get(answer.response.location).status == 200


@pytest.mark.parametrize("nothing", ["  ", "\t", "\u3000", "pigeon"])
@pytest.mark.parametrize("name", ["channel", "purpose"])
def test_a_plan_holds_no_code_that_there_is_not(
    app: Flask, signed_in: SignedIn, name: str, nothing: str
) -> None:
    id = made(app)
    client = signed_in("sales1a")
    before = snapshot(app)
    page = client.post(f"/customers/{id}/planned-contacts", {"on_day": "2026-11-20", name: nothing})
    assert page.status == 422 and page.soup.select(f".error-summary a[href='#{name}']")
    assert snapshot(app) == before


@pytest.mark.parametrize("garbled", ["x", "0000-00-00", "  ", "2026-12-02" * 30])
def test_what_a_form_says_by_itself_and_cannot_be_read_counts_as_not_sent(
    app: Flask, signed_in: SignedIn, garbled: str
) -> None:
    id = made(app)
    data = {**REACHED, "next_on": "2026-12-02", "next_channel": "wechat"}
    hidden = {"proposed_on": garbled, "proposed_channel": garbled}
    assert signed_in("sales1a").post(f"/customers/{id}/interactions", {**data, **hidden}).status == 303
    with app.app_context():
        plan = db.session.scalars(select(PlannedContact)).one()
        assert (plan.on_day, plan.channel) == (date(2026, 12, 2), "wechat")


@pytest.mark.parametrize("name", ["next_who", "point", "refusal_reason"])
def test_a_fault_of_what_the_page_does_not_show_leads_nowhere(
    app: Flask, signed_in: SignedIn, name: str
) -> None:
    client = in_english(signed_in("sales1a"))
    page = client.post(f"/customers/{made(app)}/interactions", {**REACHED, name: "x", "minutes": "x"})
    assert page.status == 422
    told = [item for item in page.soup.select(".error-summary li") if not item.a]
    assert [item.get_text().endswith(": Choose one of these.") for item in told] == [True]
    assert len(page.soup.select(".error-summary li a")) == 1


def test_which_number_is_wrong_is_asked_beside_the_field(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = signed_in("sales1a")
    client.post(f"/customers/{id}/points", {"kind": "phone", "value": "13900000008"})
    page = client.post(f"/customers/{id}/interactions", {**REACHED, "outcome": "wrong_number"})
    assert page.status == 422
    assert page.soup.select(f".error-summary a[href='#contact-{id}-point']")
    assert page.one(f"#contact-{id}-point")["aria-invalid"] == "true"


def test_what_was_typed_is_not_lost(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    data = {**REACHED, "outcome": "refused", "next_on": "2026-11-27", "next_purpose": "order 2087"}
    form = signed_in("sales1a").post(f"/customers/{id}/interactions", data).form()
    assert form["summary"] == ["The sample has arrived."]
    assert (form["next_on"], form["next_purpose"]) == (["2026-11-27"], ["order 2087"])


def test_absurd_fields_of_a_proposal_do_no_harm(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    id = made(app)
    for name, value in (
        ("channel", "x"), ("outcome", "x"), ("happened_at", "0001-01-01T00:00"), ("happened_at", "x"),
        ("next_on", "x"), ("proposed_on", "9999-12-31"), ("person", "x"), ("point", "-1"),
        ("channel", " "), ("outcome", " "), ("next_channel", " "), ("next_channel", "x"), ("purpose", " "),
        ("proposed_on", "x"), ("proposed_channel", "x" * 300), ("next_who", "x"), ("person", " "),
    ):  # fmt: skip
        asked = {"channel": "phone", "outcome": "reached", name: value}
        assert client.get(f"/customers/{id}/interactions/proposal", query_string=asked).status == 200


@pytest.mark.both_databases
def test_a_form_sent_twice_records_once(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = signed_in("sales1a")
    form = client.get(f"/customers/{id}/interactions/new?back=/").form()
    first = client.post(f"/customers/{id}/interactions", form)
    again = client.post(f"/customers/{id}/interactions", form)
    assert (first.response.location, again.response.location, recorded(app)) == ("/", "/", 1)
    other = client.post(f"/customers/{id}/interactions", {**form, "summary": "something else"})
    assert (other.status, recorded(app)) == (409, 1)
    assert client.post(f"/customers/{id}/interactions", other.form()).status == 303
    assert recorded(app) == 2


def test_an_assistant_records_for_the_owner(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = in_english(signed_in("assistant1"))
    form = client.get(f"/customers/{id}/interactions/new").form()
    assert form["for_user"] == ["sales1a"]
    assert client.post(f"/customers/{id}/interactions", form).status == 303
    with app.app_context():
        entry = db.session.scalars(select(Interaction)).one()
        assert (entry.author_id, entry.recorded_by_id) == (the_user("sales1a").id, the_user("assistant1").id)
    page = client.get(f"/customers/{id}/interactions")
    assert "李雷" in page.words and "recorded by 唐佳" in page.words


@pytest.mark.parametrize("name", ["sales1b", "nobody", "x" * 300])
def test_nobody_records_for_others_without_the_right(app: Flask, signed_in: SignedIn, name: str) -> None:
    id = made(app)
    client = signed_in("sales1a")
    before = snapshot(app)
    assert client.post(f"/customers/{id}/interactions", {**REACHED, "for_user": name}).status == 403
    assert snapshot(app) == before


def test_a_number_is_masked_for_whoever_may_not_see_it(app: Flask, signed_in: SignedIn) -> None:
    address = f"/customers/{made(app)}/interactions/new"
    assert "13900000007" in signed_in("sales1a").get(address).text
    page = signed_in("service1").get(address)
    assert "13900000007" not in page.text and "139 **** 0007" in page.words


def test_in_a_row_the_form_answers_with_the_folded_row(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = in_english(signed_in("sales1a"))
    page = client.get(f"/customers/{id}/interactions/new?back=/&row=1")
    assert page.one(f"#contact-{id}")["hx-target"] == f"#row-{id}"
    answer = client.post(f"/customers/{id}/interactions", page.form(), headers=HTMX)
    assert answer.status == 200
    assert "Saved. Next: visit on Wed 2 Dec" in answer.one(f"#row-{id}.work-done").get_text(" ")
    assert answer.response.headers["HX-Trigger"] == "contact-logged"
    assert "Saved." not in client.get("/me").words


def test_in_a_row_a_refused_form_comes_back_as_such(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    client = signed_in("sales1a")
    form = client.get(f"/customers/{id}/interactions/new?back=/&row=1").form()
    page = client.post(f"/customers/{id}/interactions", {**form, "outcome": "refused"}, headers=HTMX)
    assert page.status == 422
    assert page.one(f"#contact-{id}")["hx-target"] == f"#row-{id}"
    assert page.form()["row"] == ["1"]
