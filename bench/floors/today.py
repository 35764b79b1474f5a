"""The floor of Today: the own customers that are due, with plans, people and phones, and their number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench.floors import pages
from bench.floors.database import Database
from bench.floors.people import Person

DUE = """
    SELECT c.id, c.name, c.short_name, c.tier, c.intent, c.status, c.last_contact_on, c.last_contact_channel,
        c.next_contact_on, c.latest_contact_on, c.preferred_channel, c.preferred_time
    FROM customers c WHERE c.owner_id = :me AND c.next_contact_on <= :today AND c.deleted_at IS NULL
    ORDER BY
        CASE WHEN c.last_contact_on IS NOT NULL AND c.latest_contact_on < :today THEN 0
            WHEN EXISTS (
                SELECT 1 FROM planned_contacts p WHERE p.customer_id = c.id AND p.state = 'open'
                    AND p.on_day <= :today AND p.at_time LIKE '%:%'
            ) THEN 1 ELSE 2 END,
        CASE WHEN c.last_contact_on IS NOT NULL AND c.latest_contact_on < :today
            THEN c.latest_contact_on END,
        c.tier, c.next_contact_on, c.id
    LIMIT 20
"""
COUNTS = """
    SELECT sum(CASE WHEN latest_contact_on < :today THEN 1 ELSE 0 END) AS overdue, count(*) AS due
    FROM customers WHERE owner_id = :me AND next_contact_on <= :today AND deleted_at IS NULL
"""
PLANS = """
    SELECT customer_id, on_day, at_time, purpose FROM planned_contacts
    WHERE customer_id IN :ids AND state = 'open'
"""
PEOPLE = """
    SELECT a.customer_id, p.name, p.form_of_address FROM affiliations a JOIN people p ON p.id = a.person_id
    WHERE a.customer_id IN :ids AND a."primary"
"""
PHONES = (
    "SELECT customer_id, value FROM contact_points WHERE customer_id IN :ids AND kind IN ('mobile', 'phone')"
)
DONE = "SELECT count(*) AS n FROM interactions WHERE author_id = :me AND on_day = :today"
SHOWN = ("tier", "last_contact_on", "next_contact_on", "plan", "person", "phone")


def today(database: Database, person: Person) -> str:
    """The page of this person."""
    day = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
    rows = database.rows(DUE, me=person.id, today=day)
    counts = database.rows(COUNTS, me=person.id, today=day)[0]
    done = database.rows(DONE, me=person.id, today=day)[0]["n"]
    ids = [row["id"] for row in rows]
    plans = {plan["customer_id"]: plan for plan in database.rows(PLANS, ids=ids)}
    people = {row["customer_id"]: row["name"] for row in database.rows(PEOPLE, ids=ids)}
    phones = {row["customer_id"]: row["value"] for row in database.rows(PHONES, ids=ids)}
    for row in rows:
        plan = plans.get(row["id"])
        row["plan"] = f"{plan['on_day']} {plan['purpose'] or ''}" if plan else ""
        row["person"], row["phone"] = people.get(row["id"]), phones.get(row["id"])
    return pages.listed("今天", rows, SHOWN, note=f"{counts['overdue']} / {counts['due']} / {done}")
