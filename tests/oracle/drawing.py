"""A company drawn by chance: teams, roles, people, customers. Plain values that know nothing of the application."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

TODAY = date(2026, 11, 18)
OWN, TEAM, BRANCH, ALL = 1, 2, 3, 4
RIGHTS = (
    "customers:see", "customers:clear", "customers:edit", "customers:edit-points", "customers:assign",
    "customers:reveal", "customers:reveal-papers", "customers:export", "customers:bin", "customers:bulk",
    "customers:lookup",
    "interactions:log",
    "office:notes", "office:files", "customers:create", "customers:erase", "customers:import", "customers:merge",
    "sales:see", "sales:edit", "sales:pay",
)  # fmt: skip


@dataclass(frozen=True)
class Role:
    """Right → scope; None: may only be asked for."""

    grants: dict[str, int | None]


@dataclass(frozen=True)
class Person:
    """Somebody with roles; the first of the teams is the main one."""

    name: str
    teams: tuple[int, ...]
    roles: tuple[int, ...]


@dataclass(frozen=True)
class File:
    """A customer: `word` finds it, `phone` is its number; helpers by person → may write."""

    word: str
    phone: str
    owner: int | None
    team: int | None
    helpers: dict[int, bool]
    deleted: bool
    due: date | None
    tier: str
    made_by: int


@dataclass(frozen=True)
class Company:
    """Everything by number; a team's parent stands before it."""

    seed: int
    parents: tuple[int | None, ...]
    roles: tuple[Role, ...]
    people: tuple[Person, ...]
    files: tuple[File, ...]
    notes: list[str] = field(default_factory=list)


def draw(seed: int, *, people: int = 5, files: int = 9) -> Company:
    """The company of a seed, always the same one."""
    chance = Random(seed)
    parents = tuple(None if n == 0 else chance.choice([None, *range(n)]) for n in range(chance.randint(2, 6)))
    roles = tuple(_role(chance) for _n in range(chance.randint(2, 4)))
    staff = tuple(_person(chance, n, len(parents), len(roles)) for n in range(people))
    words = _words(chance, files)
    drawn = tuple(_file(chance, words[n], len(parents), people) for n in range(files))
    return Company(seed, parents, roles, staff, drawn)


def _role(chance: Random) -> Role:
    likely = chance.choice([0.3, 0.6, 0.9])
    grants: dict[str, int | None] = {}
    for right in RIGHTS:
        if chance.random() < likely or (right == "customers:see" and chance.random() < 0.7):
            grants[right] = chance.choice([OWN, TEAM, BRANCH, ALL]) if chance.random() < 0.9 else None
    return Role(grants)


def _person(chance: Random, number: int, teams: int, roles: int) -> Person:
    places = tuple(chance.sample(range(teams), chance.randint(1, min(2, teams))))
    held = tuple(chance.sample(range(roles), chance.choice([0, 1, 1, 1, 2])))
    return Person(f"drawn{number}", places, held)


def _file(chance: Random, word: str, teams: int, people: int) -> File:
    helping = chance.sample(range(people), chance.choice([0, 0, 1, 2]))
    owner = chance.choice([None, *range(people), *range(people)])
    return File(
        word=word,
        phone=f"13{chance.randint(100_000_000, 999_999_999)}",
        owner=owner,
        team=chance.choice([None, *range(teams), *range(teams)]),
        helpers={person: chance.random() < 0.5 for person in helping if person != owner},
        deleted=chance.random() < 0.12,
        due=chance.choice([None, TODAY - timedelta(3), TODAY, TODAY + timedelta(40)]),
        tier=chance.choice(["a", "b", "none"]),
        made_by=chance.randrange(people),
    )


def _words(chance: Random, number: int) -> list[str]:
    """Words of which none begins, ends or hides in another."""
    letters = "bcdfghjklmnpqrstvwxz"
    found: set[str] = set()
    while len(found) < number:
        found.add("Q" + "".join(chance.choice(letters) for _n in range(7)))
    return sorted(found)
