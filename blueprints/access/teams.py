"""The verbs of teams: changed, closed when nothing is left in them, opened again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from blueprints.access import actions, queries, rules
from blueprints.access.models import Membership, Team, User
from core import changes, clock, events
from core.db import db
from core.errors import RuleBroken, Stale
from core.names import nfc
from core.words import _


def create(values: Mapping[str, Any]) -> Team:
    """Make a team. `values`: name, slug, parent (slug; None: at the top). Raises RuleBroken."""
    slug = str(values["slug"]).lower()
    rules.check_slug(slug)
    return actions.create_team(slug, nfc(values["name"]), _above(values.get("parent")))


def update(team: Team, values: Mapping[str, Any], *, version: int | None) -> None:
    """Change what `values` names (see `create`) and nothing else. Raises Stale, RuleBroken."""
    changes.record("team.updated")
    queries.lock_teams()
    if version is not None and team.version != version:
        raise Stale(_("Somebody else has changed this team since you opened it."))
    if "slug" in values and (slug := str(values["slug"]).lower()) != team.slug:
        _rename(team, slug)
    if "parent" in values:
        above = _above(values["parent"])
        rules.check_parent(team.id, above.id if above else None, queries.parents())
        team.parent_id = above.id if above else None
    team.name = nfc(values.get("name", team.name))
    db.session.flush()


def _rename(team: Team, slug: str) -> None:
    rules.check_slug(slug)
    if queries.team_named(slug) is not None:
        raise RuleBroken(_("There is a team with this short name already."), "slug")
    team.slug = slug


def _above(slug: str | None) -> Team | None:
    if not slug:
        return None
    team = queries.team_named(slug)
    if team is None or team.closed_at is not None:
        raise RuleBroken(_("Choose one of the open teams."), "parent")
    return team


def held(team: Team) -> list[tuple[Any, int]]:
    """What stands in the way of closing a team: words and number."""
    people = select(func.count()).select_from(Membership).join(User).where(Membership.team_id == team.id)
    below = select(func.count()).where(Team.parent_id == team.id, Team.closed_at.is_(None))
    own = [
        (_("people"), db.session.scalar(people.where(User.deactivated_at.is_(None))) or 0),
        (_("teams below"), db.session.scalar(below) or 0),
    ]
    return [(label, count) for label, count in [*own, *events.ask("team.holds", team=team)] if count]


def close(team: Team) -> None:
    """Close a team in which nothing is left. Raises RuleBroken."""
    changes.record("team.closed")
    queries.lock_teams()
    if left := held(team):
        names = _(", ").join(_("%(count)s %(label)s", count=count, label=label) for label, count in left)
        raise RuleBroken(_("This team still holds %(what)s. Move them first.", what=names))
    team.closed_at = clock.now()
    db.session.flush()


def reopen(team: Team) -> None:
    """Open a closed team again. Raises RuleBroken while the team above is closed."""
    changes.record("team.reopened")
    if team.parent is not None and team.parent.closed_at is not None:
        raise RuleBroken(_("Open the team above first."))
    team.closed_at = None
    db.session.flush()


def people() -> dict[int, tuple[int, list[str]]]:
    """Team → how many active people it has, and the names of its leads."""
    rows = db.session.execute(
        select(Membership.team_id, Membership.lead, User.name)
        .join(User)
        .where(User.deactivated_at.is_(None))
        .order_by(User.name_key)
    )
    found: dict[int, tuple[int, list[str]]] = defaultdict(lambda: (0, []))
    for team_id, lead, name in rows:
        count, leads = found[team_id]
        found[team_id] = (count + 1, [*leads, name] if lead else leads)
    return found
