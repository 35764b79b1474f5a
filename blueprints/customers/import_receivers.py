"""To whom the rows of an import go: owners and teams as files name them, within the reach of the importer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from blueprints.access import queries as access
from blueprints.access.models import Team, User
from core.db import db
from core.errors import RuleBroken
from core.names import shadow
from core.rights import Right, Scope, Viewer
from core.words import _l


class Somebody(NamedTuple):
    """A person whom a cell may mean."""

    id: int
    username: str
    name: str
    is_living: bool


class Receivers:
    """The people and teams that a person may give customers to by a right, as far as rows name them."""

    def __init__(self, by: Viewer, right: Right) -> None:
        self.by, self.right = by, right
        self._team_ids = _reach(by, right)
        self._expected: Set[str] = frozenset()
        self._known: dict[str, list[Somebody]] = {}
        self._owners: set[int] = {by.id}
        self._main_teams: dict[int, int] = {}

    def expect(self, written: Set[str]) -> None:
        """Who is looked for next; they are read when the first of them is, in a few statements for all."""
        self._expected = written

    def owner(self, written: str, present: int | None = None) -> int:
        """The id of the owner whom a cell names by user name, or by a name that one person has.

        Raises RuleBroken for nobody, several, and, unless it is the present owner, for somebody who has left
        or is beyond the importer's reach.
        """
        user = self._only(written)
        if user.id == present:
            return user.id
        if not user.is_living:
            raise RuleBroken(_l("%(name)s is deactivated and can own nothing.", name=user.name), "owner")
        if user.id not in self._owners:
            raise RuleBroken(_l("You may not import customers for %(name)s.", name=user.name), "owner")
        return user.id

    def helper(self, written: str) -> int:
        """The id of the colleague whom a cell names, who may be anybody. Raises RuleBroken as `owner` does."""
        user = self._only(written)
        if not user.is_living:
            raise RuleBroken(_l("%(name)s is deactivated and can help with nothing.", name=user.name))
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

    def name(self, user_id: int | None) -> str:
        """How a person is called, empty for none."""
        return self._names.get(user_id or 0, "")

    def main_team(self, owner_id: int) -> int | None:
        """The main team of an owner."""
        if owner_id not in self._main_teams:
            self._main_teams |= access.main_team_ids(self._owners | {owner_id})
        return self._main_teams.get(owner_id)

    def _only(self, written: str) -> Somebody:
        if written not in self._known:
            self._read({*self._expected, written} - self._known.keys())
        found = self._known[written]
        living = [user for user in found if user.is_living] or found
        if len(living) == 1:
            return living[0]
        if living:
            raise RuleBroken(
                _l("Several people are called “%(value)s”. Write the user name.", value=written[:60]), "owner"
            )
        raise RuleBroken(_l("Nobody here is called “%(value)s”.", value=written[:60]), "owner")

    def _read(self, written: Set[str]) -> None:
        usernames = {cell: cell.strip().lower() for cell in written}
        by_username = {user.username: user for user in _people(User.username.in_(usernames.values()))}
        self._known |= {cell: [by_username[name]] for cell, name in usernames.items() if name in by_username}
        if others := written - self._known.keys():
            by_name = defaultdict(list)
            for user in _people():
                by_name[shadow(user.name, company=False)].append(user)
            self._known |= {cell: by_name[shadow(cell, company=False)] for cell in others}
        found = {user.id for cell in written for user in self._known[cell]}
        self._owners |= access.owners_among(found, self.by, self.right)

    @cached_property
    def _names(self) -> dict[int, str]:
        return {user.id: user.name for user in _people()}

    @cached_property
    def _teams(self) -> dict[str, Team]:
        """Teams by slug, else by name."""
        teams = access.teams()
        by_name = {shadow(team.name, company=False): team for team in teams}
        return by_name | {shadow(team.slug, company=False): team for team in teams}


def _people(*conditions: ColumnElement[bool]) -> list[Somebody]:
    columns = select(User.id, User.username, User.name, User.deactivated_at.is_(None))
    return [Somebody(*row) for row in db.session.execute(columns.where(*conditions).order_by(User.id))]


def _reach(by: Viewer, right: Right) -> frozenset[int] | None:
    """The teams within the scope of a right; None: all."""
    scope = by.scope(right) or Scope.OWN
    if scope is Scope.ALL:
        return None
    own = frozenset({by.team_id} if by.team_id else ())
    return {Scope.OWN: own, Scope.TEAM: by.team_ids, Scope.BRANCH: by.branch_ids}[scope]
