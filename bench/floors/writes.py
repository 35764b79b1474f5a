"""The floors of logging a contact and of making a customer: the rows that are finally written, by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.floors.database import Database
from bench.floors.doors import written
from bench.floors.people import Person, within

CUSTOMER = "SELECT c.id, c.team_id, c.tier, c.owner_id FROM customers c WHERE c.id = :id AND {where}"
RECENT = """
    SELECT id, channel, outcome, happened_at FROM interactions
    WHERE customer_id = :id ORDER BY happened_at DESC, id DESC LIMIT 10
"""
PLANS = "SELECT id, on_day FROM planned_contacts WHERE customer_id = :id AND state = 'open' ORDER BY on_day"
INTERACTION = """
    INSERT INTO interactions (customer_id, author_id, recorded_by_id, team_id, channel, direction, outcome,
        happened_at, on_day, summary, counts, late, version, created_at, updated_at)
    VALUES (:id, :me, :me, :team, :channel, 'we', :outcome, :now, :today, :summary, :yes, :no, 1, :now, :now)
    RETURNING id
"""
SAID = "INSERT INTO interaction_search (interaction_id, terms) VALUES (:id, :terms)"
SETTLED = """
    UPDATE planned_contacts SET state = 'done', done_by_id = :contact, version = version + 1
    WHERE id IN :plans
"""
DATES = """
    UPDATE customers SET last_contact_at = :now, last_contact_on = :today, last_contact_channel = :channel,
        next_contact_on = :next, latest_contact_on = :latest WHERE id = :id
"""
SET = """
    INSERT INTO change_sets (at, on_day, user_id, actor, source, address, verb)
    VALUES (:now, :today, :me, :name, 'web', '127.0.0.1', :verb) RETURNING id
"""
CHANGE = """
    INSERT INTO changes (set_id, action, record_table, record_id, root_table, root_id, record_version)
    VALUES (:set, 'insert', :table, :record, 'customers', :root, 1)
"""
SAME_NAME = "SELECT id FROM customers WHERE deleted_at IS NULL AND name_shadow = :shadow LIMIT 10"
SAME_PHONE = "SELECT customer_id FROM contact_points WHERE normal = :normal LIMIT 10"
KEY = 'SELECT url FROM create_keys WHERE user_id = :me AND "key" = :key'
KEPT = 'INSERT INTO create_keys (user_id, "key", body, url, at) VALUES (:me, :key, :body, :url, :now)'
NUMBER = "UPDATE counters SET value = value + 1 WHERE name = 'customers' RETURNING value AS id"
MADE = """
    INSERT INTO customers (number, kind, relationship, name, name_shadow, name_key, tier, intent, status,
        at_risk, won_back, owner_id, team_id, next_contact_on, version, created_at, updated_at)
    VALUES (:number, 'company', 'customer', :name, :name, :name, 'none', 'none', 'lead',
        :no, :no, :me, :team, :today, 1, :now, :now)
    RETURNING id
"""
PERSON = """
    INSERT INTO people (customer_id, name, version, created_at, updated_at)
    VALUES (:id, :name, 1, :now, :now) RETURNING id
"""
PLACE = """
    INSERT INTO affiliations (customer_id, person_id, "primary", version, created_at, updated_at)
    VALUES (:id, :person, :yes, 1, :now, :now) RETURNING id
"""
POINT = """
    INSERT INTO contact_points (customer_id, person_id, kind, value, normal, reversed, bad, version,
        created_at, updated_at)
    VALUES (:id, :person, 'mobile', :value, :value, :value, :no, 1, :now, :now) RETURNING id
"""
TERMS = "INSERT INTO customer_search (customer_id, terms) VALUES (:id, :terms)"
INTERVAL, LONGEST = timedelta(days=30), timedelta(days=45)


def log(database: Database, person: Person, id: int, form: Mapping[str, str]) -> str:
    """Write a contact down, settle what was planned, set the next dates."""
    where, values = within(person, "interactions:log")
    customer = database.rows(CUSTOMER.format(where=where), id=id, **values)[0]
    database.rows(RECENT, id=id)
    stamp = _stamp(database)
    contact = database.run(
        INTERACTION, id=id, me=person.id, team=customer["team_id"], channel=form["channel"],
        outcome=form["outcome"], summary=form["summary"], yes=True, no=False, **stamp,
    )  # fmt: skip
    if terms := " ".join(_pairs(form["summary"])):
        database.run(SAID, id=contact, terms=terms)
    due = [plan["id"] for plan in database.rows(PLANS, id=id) if str(plan["on_day"]) <= str(stamp["today"])]
    if due:
        database.run(SETTLED, contact=contact, plans=due)
    database.run(
        DATES,
        id=id,
        channel=form["channel"],
        next=_day(stamp, INTERVAL),
        latest=_day(stamp, LONGEST),
        **stamp,
    )
    _trail(database, person, stamp, "interaction.logged", id, [("interactions", contact)])
    return f"/customers/{id}"


def create(database: Database, person: Person, form: Mapping[str, str]) -> str:
    """Make a customer with a person, a phone, and what they are found by."""
    stamp = _stamp(database)
    if again := database.one(KEY, me=person.id, key=form["create_key"]):
        return str(again["url"])
    if database.rows(SAME_NAME, shadow=form["name"]) or database.rows(SAME_PHONE, normal=form["phone"]):
        return "/customers"
    number = f"KH{database.run(NUMBER):06d}"
    team = person.teams[0] if person.teams else None
    id = database.run(MADE, number=number, name=form["name"], me=person.id, team=team, no=False, **stamp)
    human = database.run(PERSON, id=id, name=form["person_name"], now=stamp["now"])
    place = database.run(PLACE, id=id, person=human, yes=True, now=stamp["now"])
    point = database.run(POINT, id=id, person=human, value=form["phone"], no=False, now=stamp["now"])
    database.run(TERMS, id=id, terms=_terms(number, form))
    rows = [("customers", id), ("people", human), ("affiliations", place), ("contact_points", point)]
    _trail(database, person, stamp, "customer.created", id, rows)
    body = hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()
    database.run(
        KEPT, me=person.id, key=form["create_key"], body=body, url=f"/customers/{id}", now=stamp["now"]
    )
    return f"/customers/{id}"


def _trail(
    database: Database,
    person: Person,
    stamp: dict[str, Any],
    verb: str,
    root: int,
    rows: list[tuple[str, int]],
) -> None:
    made = database.run(SET, me=person.id, name=person.name, verb=verb, **stamp)
    for table, record in rows:
        database.run(CHANGE, set=made, table=table, record=record, root=root)


def _terms(number: str, form: Mapping[str, str]) -> str:
    """Characters and pairs of the names, threes of the phone."""
    tokens = [number.lower()]
    for name in (form["name"], form["person_name"]):
        run = "".join(re.findall("[一-鿿]", name))
        tokens += [*run, *(run[place : place + 2] for place in range(len(run) - 1))]
    digits = re.sub(r"\D", "", form["phone"])
    tokens += ["__p" + digits[place : place + 3] for place in range(len(digits) - 2)]
    return " ".join(dict.fromkeys(tokens))


def _pairs(text: str) -> list[str]:
    """Each two neighbours of each run of characters."""
    runs = re.findall("[一-鿿]+", text)
    return list(dict.fromkeys(run[place : place + 2] for run in runs for place in range(len(run) - 1)))


def _stamp(database: Database) -> dict[str, Any]:
    now = datetime.now(UTC)
    today = (now + timedelta(hours=8)).date()
    return {"now": written(database, now), "today": today.isoformat() if database.on_sqlite else today}


def _day(stamp: dict[str, Any], later: timedelta) -> date | str:
    today = stamp["today"]
    return (date.fromisoformat(today) + later).isoformat() if isinstance(today, str) else today + later
