"""The floor of the customer list: one page by keyset, tags, people and phones of its rows, a capped count."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from bench.floors import pages
from bench.floors.database import Database, Row
from bench.floors.people import Person, within

PAGE, CAP = 50, 1_000
COLUMNS = {"name": "name_key", "next_contact": "next_sort", "updated": "updated_at"}
SHOWN = ("tier", "name", "status", "last_contact_on", "next_contact_on", "owner", "tags", "person", "phone")
ROWS = """
    SELECT c.id, c.name, c.short_name, c.tier, c.status, c.last_contact_on, c.last_contact_channel,
        c.next_contact_on, c.latest_contact_on, c.{order} AS place, o.name AS owner, t.name AS team
    FROM customers c LEFT JOIN users o ON o.id = c.owner_id LEFT JOIN teams t ON t.id = c.team_id
    WHERE {where} ORDER BY c.{order} {way}, c.id {way} LIMIT 51
"""
COUNT = "SELECT count(*) AS n FROM (SELECT 1 FROM customers c WHERE {where} LIMIT 1001) AS capped"
TAGS = """
    SELECT ct.customer_id, g.name FROM customer_tags ct JOIN tags g ON g.id = ct.tag_id
    WHERE ct.customer_id IN :ids
"""
TAGGED = """ AND c.id IN
    (SELECT ct.customer_id FROM customer_tags ct JOIN tags g ON g.id = ct.tag_id WHERE g.shadow = :tag)
"""
PEOPLE = """
    SELECT a.customer_id, p.name FROM affiliations a JOIN people p ON p.id = a.person_id
    WHERE a.customer_id IN :ids AND a."primary"
"""
PHONES = (
    "SELECT customer_id, value FROM contact_points WHERE customer_id IN :ids AND kind IN ('mobile', 'phone')"
)
CLEAR = "SELECT c.id FROM customers c WHERE c.id IN :ids AND {where}"
OWNERS = "SELECT username, name FROM users WHERE deactivated_at IS NULL ORDER BY name_key, id"


def customers(database: Database, person: Person, args: Mapping[str, str]) -> str:
    """The page that an address asks for."""
    where, values = _conditions(database, person, args)
    order, way = (
        COLUMNS[args.get("sort", "name").lstrip("-")],
        "DESC" if args.get("sort", "").startswith("-") else "ASC",
    )
    paged = where
    if args.get("after"):
        values["place"], values["last"] = json.loads(base64.urlsafe_b64decode(args["after"] + "==="))
        paged += f" AND (c.{order}, c.id) {'<' if way == 'DESC' else '>'} (:place, :last)"
    rows = database.rows(ROWS.format(order=order, way=way, where=paged), **values)
    total = database.rows(COUNT.format(where=where), **values)[0]["n"]
    shown = rows[:PAGE]
    _complete(database, person, shown)
    owners = database.rows(OWNERS)
    note = f"{min(total, CAP)} {' '.join(owner['name'] for owner in owners)}"
    return pages.listed("客户", shown, SHOWN, note=note, after=_cursor(shown[-1]) if len(rows) > PAGE else "")


def _conditions(database: Database, person: Person, args: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    where, values = within(person, "customers:see")
    for name in ("tier", "status"):
        if args.get(name):
            where += f" AND c.{name} = :{name}"
            values[name] = args[name]
    if args.get("tag"):
        where += TAGGED
        values["tag"] = args["tag"]
    if args.get("owner"):
        owner = database.one("SELECT id FROM users WHERE username = :name", name=args["owner"])
        where += " AND c.owner_id = :owner"
        values["owner"] = owner["id"] if owner else 0
    return where, values


def _complete(database: Database, person: Person, rows: list[Row]) -> None:
    """Tags, first contact person and phone, masked where it may not be seen in clear."""
    ids = [row["id"] for row in rows]
    where, values = within(person, "customers:clear")
    clear = {row["id"] for row in database.rows(CLEAR.format(where=where), ids=ids, **values)}
    tags: dict[int, list[str]] = {}
    for tag in database.rows(TAGS, ids=ids):
        tags.setdefault(tag["customer_id"], []).append(tag["name"])
    people = {row["customer_id"]: row["name"] for row in database.rows(PEOPLE, ids=ids)}
    phones = {row["customer_id"]: row["value"] for row in database.rows(PHONES, ids=ids)}
    for row in rows:
        phone = phones.get(row["id"], "")
        row["tags"], row["person"] = " ".join(tags.get(row["id"], ())), people.get(row["id"])
        row["phone"] = phone if row["id"] in clear else f"{phone[:3]} **** {phone[-4:]}"


def _cursor(row: Row) -> str:
    text = row["place"] if isinstance(row["place"], str) else row["place"].isoformat()
    return (
        base64.urlsafe_b64encode(json.dumps([text, row["id"]], ensure_ascii=False).encode())
        .decode()
        .rstrip("=")
    )
