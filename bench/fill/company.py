"""Teams and people of the synthetic company: a tree of branches and teams, made by the actions of access."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from random import Random

from bench.fill import fields, words
from blueprints.access import actions
from blueprints.access.models import Role, Team, User
from core import changes
from core.db import db

CUSTOMERS_A_USER = 250
FEWEST_USERS, MOST_USERS = 20, 2_000
USERS_A_TEAM = 40
MOST_TEAMS = 48
TEAMS_A_BRANCH = 5


@dataclass(frozen=True)
class Owner:
    """Who owns customers: their id, the team that comes with them, and how many they take beside others."""

    id: int
    name: str
    team_id: int
    weight: float


@dataclass
class Company:
    """What customers are spread over, and the one password of everybody."""

    password: str
    owners: list[Owner] = field(default_factory=list)
    helpers: list[int] = field(default_factory=list)
    fields: list[tuple[int, str, float]] = field(
        default_factory=list
    )  # id, type, share of those that have it


def found(customers: int, random: Random) -> Company:
    """Make roles, teams, people and custom fields for so many customers; the session is committed."""
    password = secrets.token_urlsafe(12)
    founding = _Founding(random, actions.hash_password(password), Company(password))
    actions.make_builtin_roles()
    founding.roles = {role.code: role for role in db.session.query(Role)}
    founding.build(max(FEWEST_USERS, min(MOST_USERS, customers // CUSTOMERS_A_USER)))
    founding.company.fields = fields.define()
    db.session.commit()
    return founding.company


@dataclass
class _Founding:
    random: Random
    password_hash: str
    company: Company
    roles: dict[str, Role] = field(default_factory=dict)
    made: int = 0

    def build(self, users: int) -> None:
        """A root, branches below it, teams below those, and everybody in their place."""
        root = self._team("company", "公司", None)
        for code in ("admin", "manager", "auditor", "finance"):
            self._person(root, code)
        service = self._team("service", "客服部", root)
        for code in ("service", "callback"):
            self._person(service, code)
        teams = self._sales_teams(root, max(3, min(MOST_TEAMS, users // USERS_A_TEAM)))
        for number in range(max(users - self.made, 2 * len(teams))):
            self._employee(teams[number % len(teams)])

    def _sales_teams(self, root: Team, wanted: int) -> list[Team]:
        teams: list[Team] = []
        for number in range(1, wanted + 1):
            if number % TEAMS_A_BRANCH == 1:
                place = number // TEAMS_A_BRANCH + 1
                branch = self._team(f"branch-{place}", f"第{place}大区", root)
                self._person(branch, "lead")
            team = self._team(f"sales-{number}", f"销售{number}部", branch)
            for code in ("lead", "assistant"):
                self._person(team, code)
            teams.append(team)
        return teams

    def _team(self, slug: str, name: str, parent: Team | None) -> Team:
        return actions.create_team(slug, name, parent)

    def _person(self, team: Team, role: str) -> User:
        self.made += 1
        name = words.person_name(self.random, latin=self.random.random() < 0.1)
        user = actions.create_user(
            f"{role}{self.made}", name, password_hash=self.password_hash, team=team, roles=[self.roles[role]],
            must_change=False,
        )  # fmt: skip
        changes.record("user.updated")
        user.memberships[0].lead = role == "lead"
        self.company.helpers.append(user.id)
        return user

    def _employee(self, team: Team) -> None:
        user = self._person(team, "employee")
        self.company.owners.append(Owner(user.id, user.name, team.id, 0.5 + self.random.paretovariate(3)))
