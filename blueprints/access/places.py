"""A person's places: the main team, further teams, and the teams that the person leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blueprints.access import queries
from blueprints.access.models import Membership, Team, User
from core.db import db
from core.errors import RuleBroken
from core.words import _


def set_places(user: User, values: Mapping[str, Any]) -> bool:
    """Set main team, further teams and the teams led, as far as named. Answers whether any changed."""
    if not {"team", "teams", "leads"} & values.keys():
        return False
    present = {place.team.slug: place for place in user.memberships}
    main = values.get("team") or next(slug for slug, place in present.items() if place.main)
    further = (
        values["teams"] if "teams" in values else [slug for slug, place in present.items() if not place.main]
    )
    leads = values["leads"] if "leads" in values else [slug for slug, place in present.items() if place.lead]
    wanted = {slug: (slug == main, slug in leads) for slug in (main, *further, *leads)}
    if wanted == {slug: (place.main, place.lead) for slug, place in present.items()}:
        return False
    _replace_places(user, present, wanted)
    return True


def _replace_places(
    user: User, present: Mapping[str, Membership], wanted: Mapping[str, tuple[bool, bool]]
) -> None:
    teams = {slug: present[slug].team if slug in present else open_team(slug) for slug in wanted}
    for slug, place in present.items():
        if slug not in wanted:
            user.memberships.remove(place)
        elif place.main and not wanted[slug][0]:
            place.main = False
    # The old main team gives up its place before the new one takes it: there is one at any moment.
    db.session.flush()
    for slug, (main, lead) in wanted.items():
        if slug in present:
            present[slug].main, present[slug].lead = main, lead
        else:
            user.memberships.append(Membership(team=teams[slug], main=main, lead=lead))
    db.session.flush()


def open_team(slug: str | None) -> Team:
    team = queries.team_named(slug or "")
    if team is None or team.closed_at is not None:
        raise RuleBroken(_("Choose one of the open teams."), "team")
    return team
