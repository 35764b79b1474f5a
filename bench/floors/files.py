"""The floor of a customer's file: the row, its people, numbers, tags, helpers, and its newest contacts."""

from __future__ import annotations

from bench.floors import pages
from bench.floors.database import Database
from bench.floors.people import Person, within

CUSTOMER = """
    SELECT c.*, o.name AS owner, t.name AS team
    FROM customers c LEFT JOIN users o ON o.id = c.owner_id LEFT JOIN teams t ON t.id = c.team_id
    WHERE c.id = :id AND {where}
"""
CLEAR = "SELECT c.id FROM customers c WHERE c.id = :id AND {where}"
PARTS = {
    "联系人": """
        SELECT p.name, p.form_of_address, a.position, a.department
        FROM affiliations a JOIN people p ON p.id = a.person_id
        WHERE a.customer_id = :id ORDER BY a."primary" DESC, a.id""",
    "号码": "SELECT kind, value, label, bad FROM contact_points WHERE customer_id = :id ORDER BY id",
    "标签": """
        SELECT g.name FROM customer_tags ct JOIN tags g ON g.id = ct.tag_id WHERE ct.customer_id = :id""",
    "协助": """
        SELECT u.name, h.may_write FROM customer_helpers h JOIN users u ON u.id = h.user_id
        WHERE h.customer_id = :id""",
    "计划": """
        SELECT on_day, at_time, channel, purpose FROM planned_contacts
        WHERE customer_id = :id AND state = 'open' ORDER BY on_day""",
    "沟通": """
        SELECT i.happened_at, i.channel, i.outcome, i.purpose, i.summary, u.name, p.name AS person
        FROM interactions i JOIN users u ON u.id = i.author_id LEFT JOIN people p ON p.id = i.person_id
        WHERE i.customer_id = :id ORDER BY i.happened_at DESC, i.id DESC LIMIT 31""",
}


def customer(database: Database, person: Person, id: int) -> str | None:
    """The page, None if the person may not know of the customer."""
    where, values = within(person, "customers:see")
    found = database.one(CUSTOMER.format(where=where), id=id, **values)
    if found is None:
        return None
    where, values = within(person, "customers:clear")
    clear = database.one(CLEAR.format(where=where), id=id, **values)
    parts = [(title, database.rows(statement, id=id)) for title, statement in PARTS.items()]
    if clear is None:
        for point in parts[1][1]:
            point["value"] = f"{point['value'][:3]} **** {point['value'][-4:]}"
    return pages.filed(found, parts)
