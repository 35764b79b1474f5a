"""To whom the rows of an import go: owners and teams as files name them, within the reach of the importer."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import Team, User
from core.db import db
from core.errors import RuleBroken
from core.names import shadow
from core.rights import Right, Scope, Viewer
from core.words import _l


class Receivers:
    """The people and teams that a person may give customers to by a right, read once for a whole file."""

    def __init__(self, by: Viewer, right: Right) -> None:
        self.by = by
        self._users, self._people = _named_users()
        self._owners = {by.id} | {user.id for user in access.owners_within(by, right)}
        self._teams = _named_teams()
        self._team_ids = _reach(by, right)
        self._main_teams = access.main_team_ids(self._owners)

    def owner(self, written: str, present: int | None = None) -> int:
        """The id of the owner whom a cell names by user name, or by a name that one person has.

        Raises RuleBroken for nobody, several, and, unless it is the present owner, for somebody who has left
        or is beyond the importer's reach.
        """
        user = self._users.get(written.strip().lower()) or self._only(written)
        if user.id == present:
            return user.id
        if not user.is_living:
            raise RuleBroken(_l("%(name)s is deactivated and can own nothing.", name=user.name), "owner")
        if user.id not in self._owners:
            raise RuleBroken(_l("You may not import customers for %(name)s.", name=user.name), "owner")
        return user.id

    def team(self, written: str, present: int | None = None) -> int:
        """The id of the team that a cell names by slug or name; raises RuleBroken as `owner` does."""
        team = self._teams.get(shadow(written, company=False))
        if team is None or (team.closed_at is not None and team.id != present):
            raise RuleBroken(_l("There is no team “%(value)s”.", value=written[:60]), "team")
        if team.id != present and self._team_ids is not None and team.id not in self._team_ids:
            raise RuleBroken(
                _l("You may not import customers for the team %(name)s.", name=team.name), "team"
            )
        return team.id

    def team_name(self, team_id: int | None) -> str:
        """How a team is called, empty for none."""
        return next((team.name for team in self._teams.values() if team.id == team_id), "")

    def main_team(self, owner_id: int) -> int | None:
        """The main team of an owner."""
        return self._main_teams.get(owner_id)

    def _only(self, written: str) -> User:
        found = self._people[shadow(written, company=False)]
        living = [user for user in found if user.is_living] or found
        if len(living) == 1:
            return living[0]
        if living:
            raise RuleBroken(
                _l("Several people are called “%(value)s”. Write the user name.", value=written[:60]), "owner"
            )
        raise RuleBroken(_l("Nobody here is called “%(value)s”.", value=written[:60]), "owner")


def _named_users() -> tuple[dict[str, User], defaultdict[str, list[User]]]:
    by_name: defaultdict[str, list[User]] = defaultdict(list)
    users = db.session.scalars(select(User).order_by(User.id)).all()
    for user in users:
        by_name[shadow(user.name, company=False)].append(user)
    return {user.username: user for user in users}, by_name


def _named_teams() -> dict[str, Team]:
    """Teams by slug, else by name."""
    teams = access.teams()
    by_name = {shadow(team.name, company=False): team for team in teams}
    return by_name | {shadow(team.slug, company=False): team for team in teams}


def _reach(by: Viewer, right: Right) -> frozenset[int] | None:
    """The teams within the scope of a right; None: all."""
    scope = by.scope(right) or Scope.OWN
    if scope is Scope.ALL:
        return None
    own = frozenset({by.team_id} if by.team_id else ())
    return {Scope.OWN: own, Scope.TEAM: by.team_ids, Scope.BRANCH: by.branch_ids}[scope]
