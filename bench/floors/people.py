"""Who is signed in, and on which customers they hold a right: three statements, as for the application."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from bench.floors.database import Database

SESSION = """
    SELECT u.id, u.username, u.name, u.language, c.must_change, s.expires_at, s.last_seen_at,
        EXISTS (SELECT 1 FROM user_roles h JOIN roles r ON r.id = h.role_id WHERE h.user_id = u.id AND r.second_factor)
        AND NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id) AS must_set_up
    FROM sign_ins s JOIN users u ON u.id = s.user_id JOIN credentials c ON c.user_id = u.id
    WHERE s.token_hash = :hash AND s.ended_at IS NULL AND u.deactivated_at IS NULL
"""
GRANTS = """
    SELECT "right", scope FROM role_grants
    WHERE scope IS NOT NULL AND role_id IN (SELECT role_id FROM user_roles WHERE user_id = :user)
"""
TEAMS = """
    SELECT t.id, t.parent_id, m.id AS membership FROM teams t
    LEFT JOIN memberships m ON m.team_id = t.id AND m.user_id = :user
"""
OWN, TEAM, BRANCH, ALL = 1, 2, 3, 4


@dataclass(frozen=True)
class Person:
    """Somebody with scopes by right, own teams and those with all beneath."""

    id: int
    name: str
    scopes: dict[str, int]
    teams: list[int]
    branch: list[int]


def person_of(database: Database, token: str | None) -> Person | None:
    """The person behind a session's token, None for nobody."""
    found = database.one(SESSION, hash=hashlib.sha256((token or "").encode()).hexdigest())
    if found is None:
        return None
    scopes: dict[str, int] = {}
    for grant in database.rows(GRANTS, user=found["id"]):
        scopes[grant["right"]] = max(grant["scope"], scopes.get(grant["right"], 0))
    teams = database.rows(TEAMS, user=found["id"])
    own = [team["id"] for team in teams if team["membership"]]
    return Person(
        found["id"], found["name"], scopes, own, _below(own, {t["id"]: t["parent_id"] for t in teams})
    )


def _below(own: list[int], parents: dict[int, int | None]) -> list[int]:
    reached = set(own)
    while more := {id for id, parent in parents.items() if parent in reached} - reached:
        reached |= more
    return sorted(reached)


def within(person: Person, right: str) -> tuple[str, dict[str, Any]]:
    """The condition on customers `c` for those on which the person holds the right, with its values."""
    scope = person.scopes.get(right, 0)
    if scope == ALL:
        return "c.deleted_at IS NULL", {}
    parts = [
        "SELECT id FROM customers WHERE owner_id = :me",
        "SELECT customer_id FROM customer_helpers WHERE user_id = :me",
    ]
    values: dict[str, Any] = {"me": person.id}
    if scope >= TEAM:
        parts.append("SELECT id FROM customers WHERE team_id IN :within_teams")
        values["within_teams"] = person.branch if scope == BRANCH else person.teams
    return f"c.deleted_at IS NULL AND c.id IN ({' UNION ALL '.join(parts)})", values
