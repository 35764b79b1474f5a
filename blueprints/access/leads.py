"""The tree of teams: who belongs where in it, who leads whom, and who holds a right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, select

from blueprints.access import rules
from blueprints.access.models import Membership, RoleGrant, Team, User, UserRole
from core.db import db
from core.rights import Right, Scope, Viewer

_MAIN_TEAMS = select(Membership.user_id, Membership.team_id).where(
    Membership.main, Membership.user_id.in_(bindparam("ids", expanding=True))
)


def leads_of(user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Person → the active people who lead their main team or the nearest one above, never they themselves.

    Three statements for any number of people.
    """
    leads: defaultdict[int, set[int]] = defaultdict(set)
    active = select(Membership.team_id, Membership.user_id).join(User).where(User.deactivated_at.is_(None))
    for team_id, user_id in db.session.execute(active.where(Membership.lead)):
        leads[team_id].add(user_id)
    teams, above = main_team_ids(user_ids), parents()
    return {id: rules.nearest_leads(teams.get(id), above, leads, but=id) for id in user_ids}


def led_by(viewer: Viewer, user_ids: Collection[int]) -> set[int]:
    """Those of these people whose main team this person leads, or a team above it; three statements at most."""
    mine = select(Membership.team_id).where(Membership.user_id == viewer.id, Membership.lead)
    led = set(db.session.scalars(mine))
    if not led:
        return set()
    reached, teams = below(led, parents()), main_team_ids(user_ids)
    return {id for id in user_ids if id != viewer.id and teams.get(id) in reached}


def leads_above(team_id: int | None) -> list[frozenset[int]]:
    """The active people who lead a team, then those who lead the one above it, and so on; two statements."""
    leads: defaultdict[int, set[int]] = defaultdict(set)
    active = select(Membership.team_id, Membership.user_id).join(User).where(User.deactivated_at.is_(None))
    for id, user_id in db.session.execute(active.where(Membership.lead)):
        leads[id].add(user_id)
    return [found for id in upwards(team_id, parents()) if (found := frozenset(leads[id]))]


def upwards(team_id: int | None, parents: Mapping[int, int | None]) -> list[int]:
    """A team, the one above it, and so on to the top."""
    way: list[int] = []
    while team_id is not None:
        way.append(team_id)
        team_id = parents.get(team_id)
    return way


def holder_ids(right: Right, least: Scope = Scope.OWN) -> frozenset[int]:
    """The active people who hold a right, of whatever scope, or of no narrower one than `least`."""
    holding = (
        select(UserRole.user_id)
        .join(RoleGrant, RoleGrant.role_id == UserRole.role_id)
        .join(User, User.id == UserRole.user_id)
        .where(RoleGrant.right == str(right), RoleGrant.scope >= least, User.deactivated_at.is_(None))
    )
    return frozenset(db.session.scalars(holding))


def below(roots: Iterable[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """The teams named and all beneath them, from a table of team → parent."""
    reached = set(roots)
    growing = True
    while growing:
        more = {id for id, parent in parents.items() if parent in reached} - reached
        reached |= more
        growing = bool(more)
    return frozenset(reached)


def parents() -> dict[int, int | None]:
    """The whole tree: team → the team above."""
    return dict(db.session.execute(select(Team.id, Team.parent_id)).all())


def main_team_ids(user_ids: Iterable[int]) -> dict[int, int]:
    """User id → id of the main team."""
    return dict(db.session.execute(_MAIN_TEAMS, {"ids": list(user_ids)}).all())
