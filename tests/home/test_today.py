"""Today: whose customers, in which order, with which reason; rest days; what others see in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.home import queries
from core import changes, clock
from core.db import db
from tests.company import a_customer, the_viewer
from tests.interactions.contacts import a_contact, a_plan
from tests.pages import Client, Page
from tests.statements import counted

SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 18)
SATURDAY = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
HOLIDAY = datetime(2026, 10, 2, 2, 30, tzinfo=UTC)


def met(name: str, days: int, *, tier: str = "a", owner: str = "sales1a", **values: Any) -> Customer:
    """A customer whose last contact was so many days ago."""
    customer = a_customer(name, tier=tier, status="active", owner=owner, **values)
    a_contact(customer, by=owner, at=clock.now() - timedelta(days=days))
    return customer


def in_english(client: Client) -> Client:
    client.post("/language", {"language": "en"})
    return client


def rows(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("#due .list-name")]


def chips(page: Page) -> dict[str, int]:
    found = (chip.get_text(" ", strip=True).split(" ", 1) for chip in page.soup.select("#counts .chip"))
    return {word: int(count) for count, word in found}


@pytest.mark.both_databases
def test_the_most_urgent_stand_first(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        met("B due", 30, tier="b")
        met("A due", 16)
        met("A overdue", 24)
        met("A overdue longest", 40)
        met("C overdue", 100, tier="c")
        met("A within", 3)
        a_plan(met("D agreed", 10, tier="d"), TODAY, at_time="15:00")
        a_customer("A unmet", tier="a", status="active")
        met("of a colleague", 40, owner="sales1b")
    page = in_english(signed_in("sales1a")).get("/")
    assert rows(page) == [
        "A overdue longest", "C overdue", "A overdue", "D agreed", "A due", "A unmet", "B due",
    ]  # fmt: skip
    assert chips(page) == {"due": 7, "overdue": 3, "never met": 1, "planned": 1, "done today": 0}


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("show", "expected"),
    [("overdue", ["late"]), ("unmet", ["new"]), ("planned", ["planned"]), ("x", ["late", "planned", "new"])],
)
def test_each_count_is_a_filter(app: Flask, signed_in: SignedIn, show: str, expected: list[str]) -> None:
    with app.app_context():
        met("late", 40)
        a_plan(met("planned", 2), TODAY)
        a_customer("new", tier="c", status="active")
    assert rows(signed_in("sales1a").get(f"/?show={show}")) == expected


def test_a_row_says_who_how_why_and_what_about(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = met(
            "华兴科技有限公司", 24, short_name="华兴科技", preferred_channel="phone", preferred_time="上午"
        )
        with changes.acting(changes.SYSTEM):
            changes.record("customer.updated")
            customers.add_person(
                customer,
                {"name": "王敏", "form_of_address": "王姐", "position": "采购经理", "phone": "13900000007"},
            )
            db.session.commit()
        a_plan(customer, TODAY, talking_points="order 2087")
        id = customer.id
    page = in_english(signed_in("sales1a")).get("/")
    row = page.one(f"#row-{id}").get_text(" ", strip=True)
    for words in (
        "华兴科技", "王姐 王敏 · 采购经理", "phone · 上午", "13900000007",
        "A customer, last contact 24 days ago, longest 21", "Talk about: order 2087",
    ):  # fmt: skip
        assert words in row
    link = page.one(f"#row-{id} [data-row-log]")
    assert link["href"] == f"/customers/{id}/interactions/new?back=/"
    assert signed_in("sales1a").get(str(link["hx-get"])).soup.select(str(link["hx-select"]))


def test_what_was_recorded_is_done_and_the_next_one_is_set(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = met("华兴科技", 16).id
    client = in_english(signed_in("sales1a"))
    form = client.get(f"/customers/{id}/interactions/new?back=/").form()
    assert (
        client.post(f"/customers/{id}/interactions", {**form, "next_on": "2026-11-20"}).response.location
        == "/"
    )
    page = client.get("/")
    assert (rows(page), chips(page)["done today"]) == ([], 1)
    assert "Everyone due today has been contacted." in page.words
    assert [link.get_text() for link in page.soup.select("#beside summary")] == [
        " Later this week (1)", " Done today (1)",
    ]  # fmt: skip
    for name, part in zip(("later", "done"), page.soup.select("#beside details"), strict=True):
        fetched = client.get(str(part["hx-get"]))
        assert part.select_one(f'a[href="{part["hx-get"]}"]')
        assert fetched.soup.select(str(part["hx-select"]))
        assert [link.get_text() for link in fetched.soup.select(f"#{name} .list-name")] == ["华兴科技"]
    with clock.frozen(datetime(2026, 11, 20, 2, tzinfo=UTC)):
        assert rows(signed_in("sales1a").get("/")) == ["华兴科技"]


def test_what_is_left_out_of_later_is_told(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        for n in range(22):
            a_plan(met(f"客户{n:02}", 1), TODAY + timedelta(days=1))
    client = in_english(signed_in("sales1a"))
    page = client.get("/?show=later")
    assert len(page.soup.select("#later .list-name")) == 20
    more = page.one('#work a:-soup-contains("The other 2")')
    assert len(client.get(str(more["href"])).soup.select("#later .list-name")) == 22


def test_tomorrow_is_told_when_all_is_done(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        for n in range(3):
            a_plan(met(f"客户{n}", 1), TODAY + timedelta(days=1))
    page = in_english(signed_in("sales1a")).get("/")
    assert "Everyone due today has been contacted. 3 tomorrow." in page.words


def test_a_deleted_file_is_nobodys_work(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = met("deleted", 40)
        customers.put_into_bin(customer, by=the_viewer("manager"))
        db.session.commit()
    page = signed_in("sales1a").get("/")
    assert rows(page) == []


@pytest.mark.both_databases
def test_the_first_twenty_stand_there_and_the_rest_below(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        for n in range(23):
            met(f"客户{n:02d}", 40)
    client = in_english(signed_in("sales1a"))
    page = client.get("/")
    assert len(rows(page)) == 20
    assert chips(page)["due"] == 23
    rest = next(a for a in page.soup.select("main a.btn") if a.get_text(strip=True) == "The other 3")
    assert len(rows(client.get(str(rest["href"])))) == 23


def test_a_rest_day_says_so_and_shows_what_is_left(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        met("left over", 24)
        a_plan(met("on Monday", 1), date(2026, 11, 23))
    with clock.frozen(SATURDAY):
        page = in_english(signed_in("sales1a")).get("/")
        assert "A rest day. 2 customers are due on Mon 23 Nov." in page.words
        assert rows(page) == ["left over"]


def test_in_a_long_holiday_nobody_becomes_overdue(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer("A due before", tier="a", status="active")
        a_contact(customer, at=datetime(2026, 9, 9, 4, tzinfo=UTC))
        assert customer.latest_contact_on == date(2026, 9, 30)
        old = a_customer("A overdue before", tier="a", status="active")
        a_contact(old, at=datetime(2026, 9, 1, 4, tzinfo=UTC))
    with clock.frozen(HOLIDAY):
        page = in_english(signed_in("sales1a")).get("/")
        assert rows(page) == ["A overdue before", "A due before"]
        assert chips(page)["overdue"] == 1
        assert "A rest day." in page.words and "Thu 8 Oct" in page.words
    with clock.frozen(datetime(2026, 10, 8, 2, tzinfo=UTC)):
        assert chips(in_english(signed_in("sales1a")).get("/"))["overdue"] == 2


def test_a_lead_looks_at_the_team(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        met("of lead1", 24, owner="lead1")
        met("of sales1a", 27)
        met("of sales1b", 30, owner="sales1b")
        met("of sales2a", 33, owner="sales2a")
        a_contact(met("done by sales1b", 30, owner="sales1b"), by="sales1b")
    client = in_english(signed_in("lead1"))
    assert rows(client.get("/")) == ["of lead1"]
    page = client.get("/?of=team")
    assert rows(page) == ["of sales1b", "of sales1a", "of lead1"]
    assert "吴桐" in page.one("#due").get_text()
    assert chips(page) == {"due": 3, "overdue": 3, "never met": 0, "planned": 0, "done today": 1}
    assert rows(signed_in("manager").get("/?of=team"))[0] == "of sales2a"


@pytest.mark.both_databases
@pytest.mark.parametrize("few", [0, 12])
def test_the_day_of_a_team_is_that_of_all_whom_one_sees(
    app: Flask, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Read team by team, or along the days if the teams are many."""
    monkeypatch.setattr(queries, "FEW_TEAMS", few)
    with app.app_context():
        met("of sales1", 30)
        met("of sales2", 31, owner="sales2a")
        met("of service", 32, owner="service1")
        met("helped", 33, owner="service1", helpers={"leader": False})
        met("own", 34, owner="leader", team=None)
        met("within", 1)
        a_customer("nobody's", owner=None)
        for who, seen in (
            ("leader", {"of sales1", "of sales2", "helped", "own"}),
            ("lead1", {"of sales1"}),
            ("manager", {"of sales1", "of sales2", "of service", "helped", "own"}),
        ):
            days = {"today": TODAY, "silence": TODAY, "until": TODAY}
            found = db.session.scalars(queries.due(the_viewer(who), team=True), days)
            assert {customer.name for customer in found} == seen, who


def test_whoever_owns_nothing_and_leads_begins_with_the_team(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        met("of sales1a", 25)
    assert rows(signed_in("lead1").get("/")) == ["of sales1a"]
    assert rows(signed_in("assistant1").get("/")) == ["of sales1a"]


@pytest.mark.parametrize("who", ["sales1a", "service1"])
def test_an_employee_looks_at_nobody_elses_day(app: Flask, signed_in: SignedIn, who: str) -> None:
    with app.app_context():
        met("of sales1b", 26, owner="sales1b")
    page = signed_in(who).get("/?of=team")
    assert rows(page) == []
    assert not page.soup.select("main .tabs")


def test_service_sees_what_it_has_planned(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = met("华兴科技", 24, phone="13900000007")
        a_plan(customer, TODAY, by="service1", who="me", purpose="complaint")
        a_plan(met("not theirs", 2), TODAY, by="sales1a")
    page = in_english(signed_in("service1")).get("/")
    assert rows(page) == ["华兴科技"]
    assert chips(page) == {"due": 1, "overdue": 0, "never met": 0, "planned": 1, "done today": 0}
    assert "Planned for today: complaint handling" in page.words
    assert "13900000007" not in page.text and "139 **** 0007" in page.words


def test_what_is_planned_with_an_invisible_customer_is_not_shown(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = met("华兴科技", 2, helpers={"sales2a": False})
        a_plan(customer, TODAY, by="sales2a", who="me")
    assert rows(signed_in("sales2a").get("/")) == ["华兴科技"]
    with app.app_context(), changes.acting(changes.SYSTEM):
        customers.set_helpers(db.session.get_one(Customer, customer.id), {})
        db.session.commit()
    assert rows(signed_in("sales2a").get("/")) == []


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("sales1a", "You have no customers yet."),
        ("callback1", "No contact is planned for you today."),
        ("admin", "What you work with is here:"),
        ("auditor", "What you work with is here:"),
        ("finance", "What you work with is here:"),
    ],
)
def test_whoever_has_nothing_to_contact_is_told_what_to_do(
    app: Flask, signed_in: SignedIn, who: str, words: str
) -> None:
    page = in_english(signed_in(who)).get("/")
    assert page.status == 200
    assert words in page.words
    assert page.soup.select("main a[href]")


def test_the_first_page_needs_a_person(client: Client) -> None:
    assert client.get("/").response.location == "/sign-in?next=/"


@pytest.mark.both_databases
def test_the_page_takes_the_same_statements_for_any_number(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    costs = []
    for more in (2, 15):
        with app.app_context():
            for n in range(more):
                met(f"客户{more}-{n}", 40, phone="13900000007")
                a_plan(met(f"后天{more}-{n}", 1), TODAY + timedelta(days=2))
                a_contact(met(f"今天{more}-{n}", 40))
        client.get("/")
        with counted() as sent:
            client.get("/")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 25


def test_the_rows_are_read_through_the_index_of_the_owner(app: Flask) -> None:
    with app.app_context():
        wanted = queries.due(the_viewer("sales1a"), False).params(until=TODAY)
        statement = wanted.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = " ".join(str(row) for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
        assert "ix_customers_owner_id_next_contact_on" in plan
        assert "SCAN customers" not in plan


@pytest.mark.parametrize("path", ["/search?q=zzzz", "/customers?q=zzzz", "/"])
def test_the_frame_is_left_out_where_the_script_takes_a_part(signed_in: SignedIn, path: str) -> None:
    client = signed_in("sales1a")
    whole, part = client.get(path), client.get(path, headers={"HX-Request": "true"})
    assert whole.soup.select("nav, header, dialog, script") != []
    assert part.soup.select("nav.side, header, dialog, script") == []
    assert part.one("title").text == whole.one("title").text
    assert len(part.one("main").find_all()) == len(whole.one("main").find_all())


@pytest.mark.parametrize("who", ["sales1a", "service1", "callback1", "admin", "finance", "auditor"])
def test_a_search_without_result_proposes_only_what_one_may(signed_in: SignedIn, who: str) -> None:
    client = in_english(signed_in(who))
    words = client.get("/search?q=zzzz").words
    assert "Nothing found for “zzzz”. It may be outside what you can see" in words
    assert ("check for duplicates" in words) is (client.get("/lookup").status == 200)
    assert ("or add it" in words) is (client.get("/customers/new").status == 200)


def test_whoever_owns_nothing_is_led_only_to_what_there_is(signed_in: SignedIn) -> None:
    page = in_english(signed_in("sales1a")).get("/")
    assert "You have no customers yet. Add one." in page.words and "pool" not in page.words
