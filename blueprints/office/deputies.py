"""Who answers for whom, who is away, and whose deputy somebody may name: their own, or those of people below them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import selectinload

from blueprints.access import queries as access
from blueprints.access.models import Membership, User
from blueprints.office import queries
from blueprints.office.models import Absence, Cover
from core import clock, lists
from core.db import db
from core.errors import NotFound
from core.lists import LARGEST, Order, Page
from core.policy import Clause, Policy
from core.rights import Right, Scope, Viewer
from core.words import _, _l
from core.workdays import NoWorkingDay

RIGHT = Right.OFFICE_DEPUTIES
BY_NAME = Order(User.name_key)


def _in_teams(ids: Iterable[int]) -> ColumnElement[bool]:
    return Cover.user_id.in_(select(Membership.user_id).where(Membership.team_id.in_(sorted(ids))))


POLICY = Policy(
    Cover,
    (
        Clause("self", Scope.OWN, lambda v: Cover.user_id == v.id, _l("it is their own")),
        Clause(
            "team", Scope.TEAM, lambda v: _in_teams(v.team_ids), _l("the person is in one of their teams")
        ),
        Clause(
            "branch",
            Scope.BRANCH,
            lambda v: _in_teams(v.branch_ids),
            _l("the person is in one of their teams or a team below"),
        ),
        Clause("company", Scope.ALL, lambda v: true(), _l("the right reaches the whole company")),
    ),
)


def the_person(id: int, viewer: Viewer) -> User:
    """An active person whose deputy this one may name. Raises NotFound for any other."""
    reached = access.people_within(viewer, RIGHT).where(User.id == id)
    found = db.session.scalar(reached) if 0 < id <= LARGEST else None
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def people(viewer: Viewer, q: str, after: str | None) -> Page[User]:
    """The people whose deputy this one may name and means by what they typed, by name."""
    reached = access.people_within(viewer, RIGHT)
    if q:
        columns = (User.name, User.name_key, User.username)
        reached = reached.where(
            or_(*(func.lower(column).contains(q.lower(), autoescape=True) for column in columns))
        )
    main = selectinload(User.memberships).joinedload(Membership.team)
    return lists.page(reached.options(main), User, BY_NAME, after)


def choices(person: User) -> list[tuple[str, str]]:
    """User name and name of all who could answer for a person."""
    return [
        (username, name)
        for username, name in access.named(access.living_users())
        if username != person.username
    ]


def called(username: str | None) -> User | None:
    """The account of a user name; None for nobody."""
    return access.user_named(username) if username else None


def history_of(cover: Cover | None, viewer: Viewer, after: str) -> access.History | None:
    """What was changed in deputy and times away; None while neither was ever noted."""
    return access.history_of(Cover.__tablename__, cover.id, viewer, after) if cover is not None else None


def cover_of(user_id: int) -> Cover | None:
    """Deputy and times away of a person; None while neither is noted."""
    return db.session.scalar(select(Cover).where(Cover.user_id == user_id))


def covers_of(user_ids: Collection[int]) -> dict[int, Cover]:
    """Person → the same, of many; one statement."""
    return {
        cover.user_id: cover for cover in db.session.scalars(select(Cover).where(Cover.user_id.in_(user_ids)))
    }


def ahead(cover: Cover | None) -> Sequence[Absence]:
    """The times away of a person that are not over, the next first."""
    if cover is None:
        return ()
    mine = Absence.cover_id == cover.id, Absence.last_on >= clock.today()
    return db.session.scalars(select(Absence).where(*mine).order_by(Absence.first_on, Absence.id)).all()


def deputies() -> dict[int, int]:
    """Person → who answers for them, for all who have an active deputy; one statement."""
    named = select(Cover.user_id, Cover.deputy_id).join(User, User.id == Cover.deputy_id)
    rows: Any = db.session.execute(named.where(User.deactivated_at.is_(None)))
    return dict(rows.all())


def named_by(deputy_id: int) -> Sequence[Cover]:
    """Whose deputy somebody is: active people."""
    active = select(User.id).where(User.deactivated_at.is_(None))
    mine = select(Cover).where(Cover.deputy_id == deputy_id, Cover.user_id.in_(active))
    return db.session.scalars(mine.order_by(Cover.id)).all()


def away(user_ids: Collection[int] | None = None) -> dict[int, date]:
    """Person → last day of the time away, of those (of all) who are not there when they are next expected to work."""
    day = next_workday()
    then = Absence.last_on >= day, Absence.first_on <= day
    found = (
        select(Cover.user_id, func.max(Absence.last_on)).join(Absence).where(*then).group_by(Cover.user_id)
    )
    if user_ids is not None:
        found = found.where(Cover.user_id.in_(user_ids))
    rows: Any = db.session.execute(found)
    return dict(rows.all())


def next_workday() -> date:
    """Today, or the next day on which the company works: what comes on a day of rest is read then."""
    today = clock.today()
    try:
        return queries.calendar_for(None).on_or_after(today)
    except NoWorkingDay:
        return today


def panel_of(person: User, viewer: Viewer) -> dict[str, Any] | None:
    """Deputy and times away for the page of a person; None where they are not this viewer's to change."""
    reached = access.people_within(viewer, RIGHT).where(User.id == person.id)
    if not viewer.may(RIGHT) or db.session.scalar(reached.with_only_columns(User.id)) is None:
        return None
    cover = cover_of(person.id)
    last = away([person.id]).get(person.id)
    coming = [each for each in ahead(cover) if each.first_on > clock.today()]
    return {"id": person.id, "cover": cover, "last_away": last, "next": coming[0] if coming else None}
