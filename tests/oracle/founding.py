"""Puts a drawn company into the database, row by row, without asking any rule of the application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from blueprints.access.models import Credential, Membership, Role, RoleGrant, Team, User, UserRole
from blueprints.customers import search
from blueprints.customers.models import ContactPoint, Customer, CustomerHelper, Relation
from blueprints.interactions.models import Interaction
from core import changes
from core.change_sets import Actor
from core.db import db
from tests.oracle import beside
from tests.oracle.drawing import TODAY, Company, File


@dataclass(frozen=True)
class Founded:
    """Ids by drawn number."""

    people: list[int]
    files: list[int]
    points: list[int]
    beside: list[dict[str, int]]


def found(company: Company) -> Founded:
    """Everything drawn, committed."""
    changes.record("company.installed")
    teams = _teams(company)
    roles = [_role(number, role.grants) for number, role in enumerate(company.roles)]
    db.session.add_all(roles)
    db.session.flush()
    hashed = db.session.scalars(select(Credential.password_hash)).first() or ""
    people = [
        _person(p.name, [teams[t] for t in p.teams], [roles[r] for r in p.roles], hashed)
        for p in company.people
    ]
    db.session.commit()
    made = [_file(file, people, teams) for file in company.files]
    hanging = [
        beside.hang(customer, file.word, people[file.made_by])
        for customer, file in zip(made, company.files, strict=True)
    ]
    db.session.commit()
    changes.record("customer.related")
    for one, other in ring(made):
        first, second = sorted((one.id, other.id))
        db.session.add(Relation(customer_id=first, other_id=second, kind="partner"))
        beside.alike(one.id, other.id)
    search.refresh([customer.id for customer in made])
    db.session.commit()
    return Founded([p.id for p in people], [c.id for c in made], [c.points[0].id for c in made], hanging)


def ring(made: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each with the next one, and the last with the first: who is related in a drawn company."""
    return list(zip(made, [*made[1:], made[0]], strict=True))


def _teams(company: Company) -> list[Team]:
    teams: list[Team] = []
    for number, parent in enumerate(company.parents):
        above = teams[parent].id if parent is not None else None
        teams.append(Team(slug=f"drawn{number}", name=f"T{number}", parent_id=above))
        db.session.add(teams[-1])
        db.session.flush()
    return teams


def _role(number: int, grants: dict[str, int | None]) -> Role:
    role = Role(code=f"drawn{number}", name_zh=f"R{number}", name_en=f"R{number}")
    role.grants = [RoleGrant(right=right, scope=scope, ask=scope is None) for right, scope in grants.items()]
    return role


def _person(name: str, teams: list[Team], roles: list[Role], hashed: str) -> User:
    user = User(username=name, name=name, name_key=name)
    user.memberships = [Membership(team_id=team.id, main=place == 0) for place, team in enumerate(teams)]
    user.roles = [UserRole(role_id=role.id) for role in roles]
    db.session.add(user)
    db.session.flush()
    db.session.add(Credential(user_id=user.id, password_hash=hashed))
    return user


def _file(file: File, people: list[User], teams: list[Team]) -> Customer:
    maker = people[file.made_by]
    with changes.acting(Actor(maker.id, maker.name, "web")):
        changes.record("customer.created")
        customer = Customer(
            number=file.word,
            name=file.word,
            tier=file.tier,
            owner_id=people[file.owner].id if file.owner is not None else None,
            team_id=teams[file.team].id if file.team is not None else None,
            next_contact_on=file.due,
            last_contact_on=TODAY,
        )
        search.name(customer)
        point = ContactPoint(kind="phone")
        search.fill_point(point, file.phone)
        customer.points = [point]
        customer.helpers = [
            CustomerHelper(user_id=people[n].id, may_write=w) for n, w in file.helpers.items()
        ]
        db.session.add(customer)
        db.session.flush()
        said = {"customer_id": customer.id, "channel": "phone", "outcome": "reached", "on_day": TODAY}
        by = {"author_id": maker.id, "recorded_by_id": maker.id, "happened_at": customer.created_at}
        changes.record("interaction.logged")
        db.session.add(Interaction(**said, **by, summary=f"合同 {file.word}"))
        db.session.flush()
        if file.deleted:
            customer.deleted_at = customer.created_at
        db.session.commit()
    return customer
