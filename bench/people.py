"""Whom the benchmarks sign in as, and which customers they look at; read from the filled database."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from bench.floors.database import Database, Row

# The employee in the middle by number of customers; leads of branches, who see all teams below
EMPLOYEE = """
    SELECT u.id, u.username, count(*) AS customers FROM customers c JOIN users u ON u.id = c.owner_id
    JOIN user_roles ur ON ur.user_id = u.id JOIN roles r ON r.id = ur.role_id WHERE r.code = 'employee'
    GROUP BY u.id, u.username ORDER BY customers, u.id
"""
OF_ROLE = """
    SELECT u.id, u.username FROM users u
    JOIN user_roles ur ON ur.user_id = u.id JOIN roles r ON r.id = ur.role_id
    JOIN memberships m ON m.user_id = u.id
    WHERE r.code = :role AND m.lead = :lead AND (:role <> 'lead'
        OR EXISTS (SELECT 1 FROM teams t WHERE t.parent_id = m.team_id)) ORDER BY u.id
"""
LEAD_OF_A_TEAM = """
    SELECT u.username FROM users u JOIN memberships m ON m.user_id = u.id
    WHERE m.lead = :lead AND NOT EXISTS (SELECT 1 FROM teams t WHERE t.parent_id = m.team_id) ORDER BY u.id LIMIT 1
"""
CUSTOMERS = """
    SELECT c.id, c.name, c.name_key, c.number,
        (SELECT min(value) FROM contact_points p WHERE p.customer_id = c.id AND kind = 'mobile') AS phone,
        (SELECT min(value) FROM contact_points p WHERE p.customer_id = c.id AND kind = 'email') AS mail
    FROM customers c WHERE c.deleted_at IS NULL AND (:owner = 0 OR c.owner_id = :owner)
        AND c.id BETWEEN :first AND :last ORDER BY c.id LIMIT :most
"""
SPREAD = 40


@dataclass(frozen=True)
class Somebody:
    """A person to sign in as, with some of the customers they may see."""

    username: str
    customers: list[Row] = field(default_factory=list)


def cast(database: Database) -> dict[str, Somebody]:
    """employee, lead (of a branch) and manager."""
    with database.transaction(writing=False):
        owners = database.rows(EMPLOYEE)
        employee = owners[len(owners) // 2]
        size = int(database.rows("SELECT max(id) AS n FROM customers")[0]["n"])
        lead = database.rows(OF_ROLE, role="lead", lead=True)[0]
        manager = database.rows(OF_ROLE, role="manager", lead=False)[0]
        everybody = _some(database, size)
        own = database.rows(CUSTOMERS, owner=employee["id"], first=0, last=size, most=SPREAD)
        return {
            "employee": Somebody(employee["username"], own),
            "lead": Somebody(lead["username"], everybody),
            "manager": Somebody(manager["username"], everybody),
        }


def lead_of_a_team(database: Database) -> str:
    """Who leads the first team without teams below it, as a user name."""
    with database.transaction(writing=False):
        return str(database.rows(LEAD_OF_A_TEAM, lead=True)[0]["username"])


def _some(database: Database, size: int) -> list[Row]:
    """Customers from all over the table."""
    random = Random(size)
    found = []
    for first in sorted(random.randrange(1, size + 1) for _ in range(SPREAD)):
        found += database.rows(CUSTOMERS, owner=0, first=first, last=size, most=1)
    return found
