"""Conditions of the list of customers: what each finds, alone and together, for whom, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import filtering, queries
from blueprints.customers.listing import Listing
from blueprints.customers.models import Affiliation, Customer, Person, Relation
from blueprints.customers.particulars import Consent, Need
from core import changes, clock, filters, grouping, lists
from core.db import db
from core.filterlines import Line, Lines, moved
from tests.company import a_customer, a_wechat, the_viewer
from tests.customers.test_listing import all_names, names
from tests.pages import Client

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]


@pytest.fixture
def particular(app: Flask) -> Flask:
    """Customers with rows that hang on them, each of its own kind, and one without any."""
    with app.app_context():
        first = a_customer(
            "甲", short_name="甲", website="https://jia.example", email="li@jia.example", gender="female",
            preferred_channel="wechat", likes="茶", credit_code="91320594MA1WXYZ123",
        )  # fmt: skip
        a_wechat(first, "jia_li")
        second, hidden = (
            a_customer("乙", kind="person", email="yi@jia.example"),
            a_customer("丙", owner="sales2a"),
        )
        a_customer("丁", owner="sales2a")
        manager = the_viewer("manager")
        with changes.acting(changes.Actor(manager.id, manager.name, "web")):
            changes.record("customer.updated")
            person = Person(customer_id=first.id, name="王建国")
            db.session.add(person)
            db.session.flush()
            place = {"position": "采购经理", "decision_role": "decider", "primary": True}
            db.session.add(Affiliation(customer_id=first.id, person_id=person.id, **place))
            today = clock.today()
            db.session.add(Need(customer_id=first.id, what="会议室扩容", since=today))
            db.session.add(Need(customer_id=second.id, what="会议室投影", since=today, met_on=today))
            for customer, states in ((first, ("given", "withdrawn")), (second, ("refused", "given"))):
                for state in states:
                    said = {
                        "purpose": "marketing",
                        "state": state,
                        "on_day": today,
                        "recorded_by_id": manager.id,
                    }
                    db.session.add(Consent(customer_id=customer.id, **said))
                    db.session.flush()
            db.session.add(Relation(customer_id=first.id, other_id=hidden.id, kind="partner"))
            first.special_on = today + timedelta(days=5)
            db.session.commit()
    return app


@pytest.mark.parametrize(
    ("who", "query", "found"),
    [
        ("manager", "where=short_name:is:甲", "甲"),
        ("manager", "where=credit_code:begins:91320594", "甲"),
        ("manager", "where=website:filled", "甲"),
        ("manager", "where=gender:is:female", "甲"),
        ("manager", "where=preferred_channel:empty", "乙丙丁"),
        ("manager", "where=likes:has:茶", "甲"),
        ("manager", "where=special:next:7d", "甲"),
        ("service1", "where=special:next:7d", ""),
        ("manager", "where=email:has:jia.example", "甲乙"),
        ("manager", "where=email:not:li@jia.example", "乙丙丁"),
        ("manager", "where=email:empty", "丙丁"),
        ("service1", "where=email:has:jia.example", ""),
        ("service1", "where=email:empty", ""),
        ("service1", "where=wechat:not:jia_li", ""),
        ("manager", "where=wechat:is:JIA_LI", "甲"),
        ("manager", "where=person:is:王建国", "甲"),
        ("manager", "where=person:empty", "乙丙丁"),
        ("manager", "where=position:has:采购", "甲"),
        ("manager", "where=decision_role:is:decider", "甲"),
        ("manager", "where=decision_role:not:decider", "乙丙丁"),
        ("manager", "where=need:filled", "甲"),
        ("manager", "where=need:has:会议室", "甲"),
        ("manager", "where=consent:is:marketing", "乙"),
        ("manager", "where=consent:empty", "丙丁"),
        ("manager", "where=relation:filled", "甲丙"),
        ("manager", "where=relation:is:partner", "甲丙"),
        ("manager", "where=relation:is:parent", ""),
        ("manager", "where=relation:not:partner", "乙丁"),
        ("sales1a", "where=relation:filled", ""),  # the other one is out of sight
        ("sales1a", "where=relation:empty", "甲乙"),
    ],
)
def test_what_hangs_on_customers(
    particular: Flask, signed_in: SignedIn, who: str, query: str, found: str
) -> None:
    assert sorted(names(signed_in(who).get(f"/customers?{query}"))) == sorted(found)


@pytest.fixture
def company(app: Flask) -> Flask:
    """A few customers that differ in everything there is to filter by."""
    with app.app_context():
        today = clock.today()
        a_customer("甲", tier="a", status="active", city="Suzhou", tags=["月结"], phone="13912346688")
        a_customer("乙", tier="b", intent="high", city="上海", source="fair", owner="sales1b")
        a_customer("丙", kind="person", status="lost", lost_reason="price", helpers={"sales1b": False})
        a_customer("丁", owner="sales2a", industry="100%_棉", birthday=date(1980, 5, 3), phone="13987654321")
        contacts = {"甲": (70, -3), "乙": (10, 5), "丁": (1, None)}
        changes.record("customer.updated")
        for customer in db.session.scalars(select(Customer)):
            if customer.name in contacts:
                ago, ahead = contacts[customer.name]
                customer.last_contact_on = today - timedelta(days=ago)
                customer.next_contact_on = None if ahead is None else today + timedelta(days=ahead)
                customer.latest_contact_on = today - timedelta(days=1) if ago == 70 else None
            if customer.name == "丙":
                customer.next_contact_on = None
                customer.checked_on, customer.at_risk = moved(today, -13, "m"), True
        db.session.commit()
    return app


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("where=tier:is:a", "甲"),
        ("where=tier:is:a,b", "甲乙"),
        ("where=tier:not:a,b", "丙丁"),
        ("where=tier:is:a&tier=b", ""),
        ("where=status:is:lost&where=lost_reason:is:price", "丙"),
        ("where=lost_reason:empty", "甲乙丁"),
        ("where=city:is:suzhou", "甲"),
        ("where=city:has:海", "乙"),
        ("where=city:not:上海", "甲丙丁"),
        ("where=city:empty", "丙丁"),
        ("where=industry:has:%25_", "丁"),
        ("where=industry:begins:100", "丁"),
        ("where=source:is:fair", "乙"),
        ("where=source:not:fair", "甲丙丁"),
        ("where=kind:is:person", "丙"),
        ("where=owner:is:sales1b,sales2a", "乙丁"),
        ("where=owner:is:@me", ""),
        ("where=owner:not:sales1a", "乙丁"),
        ("where=owner:is:nobody", ""),
        ("where=helper:is:sales1b", "丙"),
        ("where=team:is:sales1", "甲乙丙"),
        ("where=team:is:sales", "甲乙丙丁"),
        ("where=tag:is:月结", "甲"),
        ("where=tag:not:月结", "乙丙丁"),
        ("where=tag:filled", "甲"),
        ("where=mark:is:at_risk", "丙"),
        ("where=mark:empty", "甲乙丁"),
        ("where=last_contact:older:60d", "甲"),
        ("where=last_contact:silent:60d", "甲丙"),
        ("where=last_contact:last:2w", "乙丁"),
        ("where=last_contact:empty", "丙"),
        ("where=next_contact:next:7d", "乙"),
        ("where=next_contact:before:2100-01-01", "甲乙"),
        ("where=next_contact:empty", "丙丁"),
        ("where=checked:silent:12m", "甲乙丙丁"),
        ("where=checked:older:12m", "丙"),
        ("where=created:in:this_month", "甲乙丙丁"),
        ("where=created:in:last_month", ""),
        ("where=created:older:1d", ""),
        ("where=contact:is:overdue", "甲"),
        ("where=contact:is:unmet", "丙"),
        ("where=contact:is:ok,due", "乙丁"),
        ("where=birthday:is:5", "丁"),
        ("where=phone:ends:4321", "丁"),
        ("where=phone:empty", "乙丙"),
        ("where=city:is:上海|city:is:Suzhou", "甲乙"),
        ("where=city:is:上海|tier:is:a&where=owner:is:sales1b", "乙"),
        ("where=city:is:上海|tier:is:a&where=owner:is:sales1b&match=any", "乙"),
        ("where=tier:is:b|owner:is:sales1b&where=kind:is:person&match=any", "乙丙"),
    ],
)
def test_conditions(company: Flask, signed_in: SignedIn, query: str, found: str) -> None:
    page = signed_in("manager").get(f"/customers?{query}")
    assert sorted(names(page)) == sorted(found)
    assert "客户" in page.words


@pytest.mark.parametrize(
    "where",
    [
        "nonsense", "nonsense:is:a", "tier", "tier:like:a", "tier:is", "tier:is:x", "tier:is:a,x", "city:is",
        "city:is:" + "长" * 201, "last_contact:older:60", "last_contact:older:99999999d", "last_contact:older:9999y",
        "last_contact:on:2026-02-30", "last_contact:on:0000-00-00", "last_contact:since:9999-12-31",
        "last_contact:in:2026-13", "last_contact:in:sometime", "created:silent:3d", "phone:ends:1", "phone:is:139",
        "birthday:is:13", ":::", "\\",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_finds_nothing_and_says_so(
    company: Flask, signed_in: SignedIn, where: str
) -> None:
    page = signed_in("manager").get("/customers", query_string={"where": where, "match": "x"})
    assert page.status == 200
    assert names(page) == []
    assert page.soup.select(".filter-problems li")


def test_too_many_conditions_are_refused(company: Flask, signed_in: SignedIn) -> None:
    page = signed_in("manager").get("/customers?" + "&".join(["where=tier:is:a"] * 21))
    assert names(page) == [] and "20" in page.one(".filter-problems").get_text()


@pytest.mark.parametrize(
    ("who", "query", "found"),
    [
        ("sales1a", "where=owner:not:sales1b", "甲丙"),
        ("sales1b", "where=tier:is:a,b,none", "乙丙"),
        ("sales1b", "where=owner:is:@me", "乙"),
        ("lead2", "where=last_contact:silent:1d", ""),
        ("service1", "where=phone:filled", ""),
        ("service1", "where=phone:empty", ""),
        ("service1", "where=phone:ends:6688|tier:is:b", "乙"),
        ("service1", "where=birthday:is:5", ""),
        ("service1", "where=birthday:not:5", ""),
        ("auditor", "where=birthday:empty", ""),
        ("sales1a", "where=phone:ends:6688", "甲"),
        ("sales1b", "where=phone:ends:6688", ""),
        ("sales2a", "where=birthday:is:5", "丁"),
    ],
)
def test_nobody_finds_more_than_they_may(
    company: Flask, signed_in: SignedIn, who: str, query: str, found: str
) -> None:
    assert sorted(names(signed_in(who).get(f"/customers?{query}"))) == sorted(found)


# --- against a plain evaluation


CITIES, DAYS = ("上海", "Suzhou", "suzhou", "", None, "100%"), range(-400, 30)


def drawn(chance: random.Random, n: int) -> Customer:
    """A random customer; not flushed."""
    today = clock.today()

    def day() -> date | None:
        return today + timedelta(days=chance.choice(DAYS)) if chance.random() < 0.7 else None

    return Customer(
        number=f"T{n}", name=f"客户{n}", name_shadow=f"客户{n}", name_key=f"客户{n}", points=[], affiliations=[],
        tier=chance.choice("abcd"), intent=chance.choice(("high", "none")), status=chance.choice(("lead", "lost")),
        lost_reason=chance.choice(("price", None)), source=chance.choice(("fair", "website", "", None)),
        city=chance.choice(CITIES), last_contact_on=day(), next_contact_on=day(), latest_contact_on=day(),
        checked_on=day(), at_risk=chance.random() < 0.3, won_back=chance.random() < 0.3,
    )  # fmt: skip


def a_line(chance: random.Random) -> Line:
    """A random condition of a field whose plain meaning `fits` knows."""
    name = chance.choice(
        ("tier", "source", "city", "last_contact", "next_contact", "checked", "mark", "contact")
    )
    if name == "city":
        operator = chance.choice(("is", "not", "has", "begins", "empty", "filled"))
        value = chance.choice(("上海", "SUZHOU", "%", "su"))
    elif name in ("last_contact", "next_contact", "checked"):
        known = {field.name: field for field in filtering.fields()}[name]
        operator = chance.choice(list(known.operators))
        spans = operator in filters.SPANS
        value = chance.choice(("30d", "3m", "1y", "2w")) if spans else str(clock.today() - timedelta(days=20))
        value = chance.choice(("this_month", "last_year", "last_quarter")) if operator == "in" else value
    else:
        operator = chance.choice(("is", "not"))
        values = {
            "tier": ("a", "a,c"), "source": ("fair", "website,fair"), "mark": ("at_risk", "won_back,at_risk"),
            "contact": ("ok", "due,overdue", "unmet"),
        }  # fmt: skip
        value = chance.choice(values[name])
    return Line(name, operator, "" if operator in filters.WITHOUT_VALUE else value)


def fits(customer: Customer, line: Line) -> bool:
    """Whether a customer fulfils a condition, worked out without SQL."""
    columns = {"last_contact": "last_contact_on", "next_contact": "next_contact_on", "checked": "checked_on"}
    value: Any = getattr(customer, columns.get(line.field, line.field), None)
    if line.operator in ("empty", "filled"):
        return (value in (None, "")) is (line.operator == "empty")
    if line.field in columns:
        first, last = filters.Day.range(line.operator, line.value)
        if value is None:
            return line.operator == "silent"
        return (first is None or value >= first) and (last is None or value <= last)
    if line.field == "city":
        text, wanted = filters.lowered(value or ""), filters.lowered(line.value)
        found = {"is": text == wanted, "not": text != wanted, "has": wanted in text}
        return found.get(line.operator, text.startswith(wanted))
    held = {value}
    if line.field == "mark":
        held = {name for name in ("at_risk", "won_back") if getattr(customer, name)}
    elif line.field == "contact":
        held = {queries.contact_state(customer)}
    return bool(held & set(line.value.split(","))) is (line.operator == "is")


def some_lines(chance: random.Random) -> Iterator[Lines]:
    for _n in range(150):
        groups = (
            tuple(a_line(chance) for _m in range(chance.randint(1, 3))) for _k in range(chance.randint(1, 3))
        )
        yield Lines(tuple(groups), chance.random() < 0.5)


@pytest.mark.parametrize("seed", range(3))
def test_sql_and_plain_evaluation_agree(app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    with app.app_context():
        changes.record("customer.created")
        db.session.add_all(drawn(chance, n) for n in range(60))
        db.session.commit()
        viewer, everybody = the_viewer("manager"), db.session.scalars(select(Customer)).all()
        for lines in some_lines(chance):
            whole, part = (any, all) if lines.any else (all, any)
            expected = {
                customer.id
                for customer in everybody
                if whole(part(fits(customer, line) for line in group) for group in lines.groups)
            }
            asked = Listing.read(queries.MultiDict(lines.written()))
            assert asked.where.lines == lines
            found = set(db.session.scalars(asked.select(viewer).with_only_columns(Customer.id)))
            assert found == expected, lines


def test_every_page_of_a_filtered_list_comes_once(
    company: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists.page, "__defaults__", (2,))
    for query in ("where=tier:not:a", "where=last_contact:silent:1d", "where=city:not:x|tier:is:a"):
        for sort in ("name", "-last_contact", "next_contact"):
            found = all_names(signed_in("manager"), f"/customers?{query}&sort={sort}")
            assert len(found) == len(set(found)) == {"where=tier:not:a": 3}.get(query, len(found)), (
                query,
                sort,
            )


@pytest.mark.parametrize(
    ("who", "by", "counts"),
    [
        ("manager", "tier", {"A 重点": 1, "B 重要": 1, "未定级": 2}),
        ("manager", "owner", {"李雷": 2, "吴桐": 1, "韩雪": 1}),
        ("sales1a", "owner", {"李雷": 2}),
        ("manager", "tag", {"月结": 1, "无": 3}),
        ("manager", "next_contact", None),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_groups_count_their_rows_and_lead_to_them(
    company: Flask,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    by: str,
    counts: dict[str, int] | None,
    many: bool,
) -> None:
    """Read in one pass, or, if they are too many for that, each group by its index."""
    if many:
        monkeypatch.setattr(grouping, "_in_one_pass", lambda *_asked: None)
    client = signed_in(who)
    page = client.get(f"/customers?group={by}&status=active&status=lead&status=lost")
    found = {}
    for place, item in enumerate(page.soup.select(".groups > li")):
        count = int(item.select_one("b").get_text())
        if place == 0:  # its rows come with the page
            assert item.select_one("details").has_attr("open")
            listed = [link.get_text(strip=True) for link in item.select(".list-name")]
        else:
            listed = names(client.get(str(item.select_one("details")["hx-get"])))
        assert len(listed) == count
        found[item.select_one(".group-name").get_text(strip=True)] = count
    assert found == counts if counts is not None else sum(found.values()) == 4


def test_conditions_are_put_together_without_script(company: Flask, signed_in: SignedIn) -> None:
    client, path = signed_in("manager"), "/lists/customers/conditions"
    page = client.get(f"{path}?where=tier:is:a&sort=-created")
    assert len(page.soup.select(".builder-line")) == 1
    sent = {
        "lines": "1",
        "group-0": "0",
        "was-0": "tier",
        "field-0": "tier",
        "op-0": "is",
        "value-0": ["a", "b"],
    }
    page = client.get(path, query_string={**sent, "do": "add"})
    assert len(page.soup.select(".builder-line")) == 2
    sent |= {
        "lines": "2",
        "group-1": "0",
        "was-1": "last_contact",
        "field-1": "last_contact",
        "op-1": "older",
    }
    answer = client.get(
        path, query_string={**sent, "value-1": "60", "unit-1": "d", "sort": "-created", "do": "apply"}
    )
    assert answer.response.location == (
        "/customers?sort=-created&where=tier%3Ais%3Aa%2Cb%7Clast_contact%3Aolder%3A60d"
    )
    page = client.get(path, query_string={**sent, "value-1": "soon", "do": "apply"})
    assert page.status == 200 and page.soup.select(".builder-problem")
    assert client.get("/lists/nothing/conditions").status == signed_in("finance").get(path).status == 404
