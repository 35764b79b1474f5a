"""Who somebody is, what they may, and who may something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, false, func, select, true, update
from sqlalchemy.orm import joinedload, selectinload

from blueprints.access import namesakes, rules
from blueprints.access.history import History as History
from blueprints.access.history import changers as changers
from blueprints.access.history import changes_of as changes_of
from blueprints.access.history import history_of as history_of
from blueprints.access.holding import leaver_among as leaver_among
from blueprints.access.holding import stays as stays
from blueprints.access.leads import below as below
from blueprints.access.leads import holder_ids as holder_ids
from blueprints.access.leads import leads_above as leads_above
from blueprints.access.leads import leads_of as leads_of
from blueprints.access.leads import led_by as led_by
from blueprints.access.leads import main_team_ids as main_team_ids
from blueprints.access.leads import parents as parents
from blueprints.access.leads import upwards as upwards
from blueprints.access.models import (
    Credential,
    Membership,
    Role,
    RoleGrant,
    SecondFactor,
    SignIn,
    SignInAttempt,
    Team,
    User,
    UserRole,
)
from blueprints.access.trail import change_is_open as change_is_open
from blueprints.access.viewers import grants_of_roles as grants_of_roles
from blueprints.access.viewers import meant as meant
from blueprints.access.viewers import teams_of
from blueprints.access.viewers import viewer_of as viewer_of
from blueprints.access.viewers import viewers_of as viewers_of
from core import clock, journal
from core.db import db
from core.policy import Clause, Policy
from core.prepared import prepared
from core.rights import Right, Scope, Viewer
from core.words import _l

USERS = Policy(
    User,
    (Clause("company", Scope.ALL, lambda v: true(), _l("the right reaches the whole company")),),
)
TEAMS = Policy(Team, USERS.clauses)
ROLES = Policy(Role, USERS.clauses)


# What each request asks is built once.
_NAMED = select(User).where(User.username == bindparam("username"))
REQUIRED = exists().where(UserRole.user_id == User.id, UserRole.role_id == Role.id, Role.second_factor)
MUST_SET_UP = and_(REQUIRED, ~exists().where(SecondFactor.user_id == User.id)).label("must_set_up")
SESSION = (
    select(
        User, Credential.must_change, MUST_SET_UP,
        SignIn.id, SignIn.created_at, SignIn.expires_at, SignIn.last_seen_at,
    )
    .join(SignIn, SignIn.user_id == User.id)
    .join(Credential, Credential.user_id == User.id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None))
    .where(User.deactivated_at.is_(None))
)  # fmt: skip


def viewer_of_session(token_hash: str, token: str) -> Viewer | None:
    """The person behind a living session, with rights as they are now; None if it has ended."""
    now = clock.now()
    row = db.session.execute(SESSION, {"token_hash": token_hash}).one_or_none()
    if row is None or row.expires_at <= now or row.created_at > now + rules.SESSION_IDLE:
        return None  # the last was begun while the clock was wrong: it would outlive the others
    if abs(now - row.last_seen_at) >= rules.SEEN_EVERY:
        _seen(row.id, row.created_at)
    return viewer_of(row.User, token=token, must_change=row.must_change, must_set_up=row.must_set_up)


def _seen(sign_in_id: int, created_at: datetime) -> None:
    """The session lives on: seen now, expiring later, but never beyond its longest life."""
    now = clock.now()
    expires = min(now + rules.SESSION_IDLE, created_at + rules.SESSION_LONGEST)
    journal.alive(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now, expires_at=expires))


def person_of_session(token_hash: str) -> User:
    """Whose session it is."""
    return db.session.scalars(
        select(User).join(SignIn, SignIn.user_id == User.id).where(SignIn.token_hash == token_hash)
    ).one()


def account(username: str) -> tuple[User | None, str | None]:
    """The account of a user name as it is typed in lower case, and the hash of its password."""
    row = db.session.execute(
        select(User, Credential.password_hash)
        .join(Credential, Credential.user_id == User.id)
        .where(User.username == username)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (row.User, row.password_hash) if row else (None, None)


def credential(user_id: int) -> Credential:
    """The secret of an account."""
    return db.session.scalars(
        select(Credential).where(Credential.user_id == user_id).execution_options(populate_existing=True)
    ).one()


def viewer_of_account(user_id: int) -> Viewer | None:
    """A person with rights as they are now; None for an account that is deactivated."""
    living = select(User).where(User.id == user_id, User.deactivated_at.is_(None))
    user = db.session.scalars(living.execution_options(populate_existing=True)).one_or_none()
    return None if user is None else viewer_of(user)


def branch_of(team_id: int) -> frozenset[int]:
    """A team with all teams beneath it."""
    return below([team_id], parents())


def holders(
    right: Right, *, team_id: int | None = None, but: int | None = None, most: int = 3
) -> Sequence[str]:
    """Names of people who hold a right over a team: those of the nearest scope first, `but` left out."""
    rows = db.session.execute(
        select(User.id, User.name, RoleGrant.scope)
        .join(UserRole, UserRole.user_id == User.id)
        .join(RoleGrant, RoleGrant.role_id == UserRole.role_id)
        .where(RoleGrant.right == str(right), RoleGrant.scope >= Scope.TEAM)
        .where(User.deactivated_at.is_(None), User.id != but)
        .order_by(RoleGrant.scope, User.name_key)
        .limit(20)
    )
    reaching = (
        name for id, name, scope in rows if scope and (team_id is None or _reaches(id, Scope(scope), team_id))
    )
    return list(islice(dict.fromkeys(reaching), most))


def _reaches(user_id: int, scope: Scope, team_id: int) -> bool:
    _main, own, branch = teams_of(user_id)
    return scope is Scope.ALL or team_id in (branch if scope is Scope.BRANCH else own)


def whole(user_id: int) -> User:
    """A person with teams and roles, in a constant number of statements; one who exists."""
    return db.session.get_one(
        User,
        user_id,
        options=[
            selectinload(User.memberships).joinedload(Membership.team),
            selectinload(User.roles).joinedload(UserRole.role),
        ],
        populate_existing=True,
    )


def user_named(username: str) -> User | None:
    """The account of a user name, deactivated ones too."""
    return db.session.scalar(_NAMED, {"username": username.strip().lower()})


def viewer_named(username: str) -> Viewer | None:
    """A person who may sign in, with their rights; None if there is nobody of this user name."""
    user = user_named(username)
    return viewer_of(user) if user and user.is_living else None


def team_named(slug: str) -> Team | None:
    """The team of a slug."""
    return db.session.scalar(select(Team).where(Team.slug == slug.strip().lower()))


def living_users() -> Select[User]:
    """All people who may own things, by name."""
    return select(User).where(User.deactivated_at.is_(None)).order_by(User.name_key, User.id)


def owners_among(ids: Iterable[int], viewer: Viewer, right: Right) -> set[int]:
    """Of these people those whom this person may give a record by a right: their main team is within its scope."""
    within = _within(viewer, right, main=True).with_only_columns(User.id).order_by(None)
    return set(db.session.scalars(within.where(User.id.in_(ids))))


def owner_names(viewer: Viewer, right: Right) -> list[tuple[str, str]]:
    """User name and name of the same people; those who share a name are told apart."""
    return _named(_owners(viewer, right))


@prepared
def _owners(viewer: Viewer, right: Right) -> Select[Any]:
    return _told_apart(_within(viewer, right, main=True), User.username)


def is_owner_within(viewer: Viewer, right: Right, user_id: int) -> bool:
    """Whether somebody is one of the same people."""
    wanted = _within(viewer, right, main=True).with_only_columns(User.id).where(User.id == user_id)
    return db.session.scalar(wanted) is not None


def colleague_names(viewer: Viewer, right: Right) -> list[tuple[str, str]]:
    """User name and name of the people whom a right reaches: themselves, everybody in their teams, or everybody."""
    return named(_within(viewer, right))


def names_within(viewer: Viewer, right: Right, usernames: Collection[str]) -> dict[str, str]:
    """User name → name of those of these people whom a right reaches, and of oneself."""
    reached = select(_within(viewer, right).with_only_columns(User.id).order_by(None).subquery().c.id)
    wanted = select(User.username, User.name).where(
        User.username.in_(usernames), User.id.in_(reached) | (User.id == viewer.id)
    )
    return dict(db.session.execute(wanted).all())


def named(people: Select[Any], by: Any = User.username) -> list[tuple[Any, str]]:
    """People to choose from: their user names (or another column of theirs) and names; namesakes are told apart.

    Leave out of the answer, not of `people`, who is of them but not to be chosen: others are told apart from them too.
    """
    return _named(_told_apart(people, by))


def _told_apart(people: Select[Any], by: Any) -> Select[Any]:
    return (
        people.outerjoin(Membership, and_(Membership.user_id == User.id, Membership.main))
        .outerjoin(Team, Team.id == Membership.team_id)
        .with_only_columns(by, User.username, User.name, Team.name, User.staff_number)
    )


def _named(wanted: Select[Any]) -> list[tuple[Any, str]]:
    rows = db.session.execute(wanted).all()
    told = namesakes.told_apart([namesakes.Person(*facts) for _by, *facts in rows])
    return [(row[0], name) for row, (_username, name) in zip(rows, told, strict=True)]


def seeing_customers() -> Select[Any]:
    """Active people who may see customers, of whatever scope: what others own is as good as lost."""
    holding = (
        select(UserRole.user_id)
        .join(RoleGrant, RoleGrant.role_id == UserRole.role_id)
        .where(RoleGrant.right == str(Right.CUSTOMERS_SEE), RoleGrant.scope.is_not(None))
    )
    return living_users().where(User.id.in_(holding))


def people_within(viewer: Viewer, right: Right) -> Select[Any]:
    """The active people whom a right reaches, by name."""
    return _within(viewer, right)


def _within(viewer: Viewer, right: Right, *, main: bool = False) -> Select[Any]:
    """`main` leaves out those who have only a further team within the scope, or see no customers."""
    scope = viewer.scope(right)
    people = seeing_customers() if main else living_users()
    if scope is None:
        return people.where(false())
    if scope is Scope.OWN:
        return people.where(User.id == viewer.id)
    if scope is Scope.ALL:
        return people
    teams = viewer.team_ids if scope is Scope.TEAM else viewer.branch_ids
    theirs = select(Membership.user_id).where(Membership.team_id.in_(teams))
    return people.where(User.id.in_(theirs.where(Membership.main) if main else theirs))


def teams() -> Sequence[Team]:
    """All teams by name."""
    return db.session.scalars(select(Team).order_by(Team.name, Team.id)).all()


def team_names(within: Collection[int] | None = None) -> list[tuple[str, str]]:
    """Slug and name of all teams, or of those with these ids, by name."""
    rows = db.session.execute(select(Team.slug, Team.name, Team.id).order_by(Team.name, Team.id))
    return [(slug, name) for slug, name, id in rows if within is None or id in within]


def tree() -> list[tuple[Team, int]]:
    """All open teams from the top down, each behind the one above it, with its depth."""
    children: dict[int | None, list[Team]] = defaultdict(list)
    open_teams = db.session.scalars(
        select(Team).where(Team.closed_at.is_(None)).order_by(Team.name, Team.id)
    ).all()
    known = {team.id for team in open_teams}
    for team in open_teams:
        children[team.parent_id if team.parent_id in known else None].append(team)
    return _walked(children, None, 0)


def _walked(
    children: Mapping[int | None, Sequence[Team]], above: int | None, depth: int
) -> list[tuple[Team, int]]:
    found = []
    for team in children.get(above, ()):
        found += [(team, depth), *_walked(children, team.id, depth + 1)]
    return found


def administrators() -> int:
    """How many active people may manage roles."""
    return db.session.scalar(
        select(func.count(User.id.distinct()))
        .join(UserRole, UserRole.user_id == User.id)
        .join(RoleGrant, RoleGrant.role_id == UserRole.role_id)
        .where(RoleGrant.right == str(Right.ACCESS_ROLES), RoleGrant.scope.is_not(None), User.deactivated_at.is_(None))
    ) or 0  # fmt: skip


def roles() -> Sequence[Role]:
    """All roles with their grants, in the order of the matrix."""
    return db.session.scalars(
        select(Role).options(joinedload(Role.grants)).order_by(Role.position, Role.id)
    ).unique().all()  # fmt: skip


def roles_of_codes(codes: Iterable[str]) -> Sequence[Role]:
    """The roles of these codes; unknown ones are left out."""
    return db.session.scalars(
        select(Role).where(Role.code.in_(list(codes))).order_by(Role.position, Role.id)
    ).all()


def lock_roles() -> None:
    """Let nobody else give, take or change roles until this transaction has ended."""
    db.session.execute(select(Role.id).order_by(Role.id).with_for_update())


def lock_teams() -> None:
    """Let nobody else change the tree of teams until this transaction has ended."""
    db.session.execute(select(Team.id).order_by(Team.id).with_for_update())


def lock(record: User | Team) -> None:
    """Let nobody else change or come to point at a record until this transaction has ended; it is read again."""
    db.session.refresh(record, with_for_update=True)


def failures(account: str, address: str, since: datetime) -> tuple[int, int]:
    """Failed attempts since an instant: for the account, and from the address.

    Those made while the clock was far ahead do not count, or nobody could sign in before it is that late.
    """
    recent = SignInAttempt.at > since, SignInAttempt.at < clock.now() + rules.FAILURE_WINDOW

    def counted(condition: object) -> int:
        return db.session.scalar(select(func.count()).where(condition, *recent)) or 0  # type: ignore[arg-type]

    return counted(SignInAttempt.account == account), counted(SignInAttempt.address == address)


def sessions_of(user_id: int) -> Sequence[SignIn]:
    """The living sessions of a person, newest first."""
    now = clock.now()
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.last_seen_at.desc())
    ).all()
