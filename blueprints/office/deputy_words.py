"""Deputies and times away in words: on pages, in the trail, and in what people are told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from blueprints.access.models import User
from blueprints.office import deputies, deputizing
from blueprints.office.models import Cover
from core.db import db
from core.languages import day
from core.notifications import Notification, Told
from core.rights import Right, Viewer
from core.words import _, _l

TITLE = _l("Deputies and times away")
COVER = {"user_id": _l("Colleague"), "deputy_id": _l("Deputy")}
ABSENCE = {"first_on": _l("First day away"), "last_on": _l("Last day away")}


def away_until(last: date | None) -> str:
    """Whether somebody is away, and until when; empty for who is there."""
    return _("away until %(day)s", day=day(last)) if last is not None else ""


def standing(cover: Cover | None, last: date | None) -> str:
    """What others are to know of somebody who is away; empty for who is there."""
    if last is None:
        return ""
    deputy = cover.deputy if cover is not None else None
    if deputy is None or not deputy.is_living:
        return away_until(last)
    return _("away until %(day)s, deputy: %(name)s", day=day(last), name=deputy.name)


def leaves(user_id: int) -> str | None:
    """What ends with somebody who leaves, for the page that asks; None if they are nobody's deputy."""
    names = [cover.user.name for cover in deputies.named_by(user_id)]
    if not names:
        return None
    return _("%(names)s are told to name another deputy.", names=_(", ").join(names))


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """Who chose whom as a deputy, and whose deputy has left. One statement."""
    people = {int(row.facts[name]) for row in rows for name in ("by", "of")}
    names = dict(db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return {row.id: _told(row.facts, names, viewer) for row in rows}


def _told(facts: Mapping[str, int | str], names: Mapping[int, str], viewer: Viewer) -> Told:
    by, of = (names.get(int(facts[name]), _("somebody")) for name in ("by", "of"))
    own = viewer.may(Right.OFFICE_DEPUTIES) and int(facts["of"]) == viewer.id
    at = ("team.show", {"id": viewer.id}) if own else (None, {})
    if facts["event"] == deputizing.CHOSEN:
        more = _("Requests that wait for %(name)s come to you while they are away or do not answer.", name=of)
        return Told(_("You are the deputy of %(name)s from now on", name=of), (more,))
    if facts["event"] == deputizing.GONE:
        return Told(_("Your deputy %(name)s has left. Name another one.", name=by), (), *at)
    return Told(_("%(name)s changed your deputy or your times away", name=by), (), *at)
