"""People with their rights compiled, as they are now: one person, or many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select

from blueprints.access.leads import below, parents
from blueprints.access.models import Membership, RoleGrant, Team, User, UserRole
from core.db import db
from core.rights import Grant, Right, Scope, Viewer

RIGHTS = {str(right): right for right in Right}
CELLS = select(RoleGrant.right, RoleGrant.scope, RoleGrant.ask, RoleGrant.most).where(
    RoleGrant.role_id.in_(bindparam("role_ids", expanding=True))
)
CELLS_OF_USER = select(RoleGrant.right, RoleGrant.scope, RoleGrant.ask, RoleGrant.most).where(
    RoleGrant.role_id.in_(select(UserRole.role_id).where(UserRole.user_id == bindparam("user_id")))
)
TEAMS_OF_USER = select(Team.id, Team.parent_id, Membership.main).outerjoin(
    Membership, (Membership.team_id == Team.id) & (Membership.user_id == bindparam("user_id"))
)
CELLS_OF_USERS = (
    select(UserRole.user_id, RoleGrant.right, RoleGrant.scope, RoleGrant.ask, RoleGrant.most)
    .join(RoleGrant, RoleGrant.role_id == UserRole.role_id)
    .where(UserRole.user_id.in_(bindparam("user_ids", expanding=True)))
)
TEAMS_OF_USERS = select(Membership.user_id, Membership.team_id, Membership.main).where(
    Membership.user_id.in_(bindparam("user_ids", expanding=True))
)


def viewer_of(user: User, *, token: str = "", must_change: bool = False, must_set_up: bool = False) -> Viewer:
    """A person with compiled rights; two statements."""
    grants, asks = _grants(user.id)
    main, teams, branch = teams_of(user.id)
    return Viewer(
        id=user.id, username=user.username, name=user.name, session_token=token, language=user.language,
        theme=user.theme, must_change_password=must_change, must_set_up_second_factor=must_set_up,
        team_id=main, team_ids=teams, branch_ids=branch, grants=grants, asks=asks,
    )  # fmt: skip


def _grants(user_id: int) -> tuple[dict[Right, Grant], frozenset[Right]]:
    return _added_up(db.session.execute(CELLS_OF_USER, {"user_id": user_id}))


def grants_of_roles(role_ids: Iterable[int]) -> dict[Right, Grant]:
    """What these roles hold together."""
    return _added_up(db.session.execute(CELLS, {"role_ids": list(role_ids)}))[0]


def _added_up(cells: Iterable[Any]) -> tuple[dict[Right, Grant], frozenset[Right]]:
    """What several cells give together, and what may only be asked for."""
    held: dict[Right, Grant] = {}
    asks: set[Right] = set()
    for name, scope, ask, most in cells:
        right = RIGHTS.get(name)
        if right is None:  # of another version
            continue
        if ask or scope is None:
            asks.add(right)
        else:
            grant = Grant(Scope(scope), most)
            held[right] = held[right].with_other(grant) if right in held else grant
    return held, frozenset(asks - held.keys())


def teams_of(user_id: int) -> tuple[int | None, frozenset[int], frozenset[int]]:
    """Main team, all own teams, and those with all teams below them."""
    rows = db.session.execute(TEAMS_OF_USER, {"user_id": user_id})
    parents: dict[int, int | None] = {}
    own: dict[int, bool] = {}
    for id, parent_id, main in rows:
        parents[id] = parent_id
        if main is not None:
            own[id] = main
    return next((id for id, main in own.items() if main), None), frozenset(own), below(own, parents)


def viewers_of(users: Sequence[User]) -> list[Viewer]:
    """Many people with compiled rights; three statements for any number."""
    ids = [user.id for user in users]
    cells: defaultdict[int, list[Any]] = defaultdict(list)
    for id, *cell in db.session.execute(CELLS_OF_USERS, {"user_ids": ids}):
        cells[id].append(cell)
    places: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    for id, team_id, main in db.session.execute(TEAMS_OF_USERS, {"user_ids": ids}):
        places[id][team_id] = main
    tree = parents()
    return [_compiled(user, _added_up(cells[user.id])[0], places[user.id], tree) for user in users]


def _compiled(
    user: User, grants: dict[Right, Grant], places: dict[int, bool], tree: dict[int, int | None]
) -> Viewer:
    main = next((id for id, is_main in places.items() if is_main), None)
    return Viewer(
        id=user.id, username=user.username, name=user.name, team_id=main, team_ids=frozenset(places),
        branch_ids=below(places, tree), grants=grants,
    )  # fmt: skip


def meant(q: str, near: Viewer, most: int) -> Sequence[User]:
    """Active people whose name, sound of the name or user name holds what was typed, all of them for nothing.

    Those of one's own teams come first.
    """
    columns = (User.name, User.name_key, User.username)
    holding = or_(*(func.lower(column).contains(q.lower(), autoescape=True) for column in columns))
    close = select(Membership.user_id).where(Membership.team_id.in_(sorted(near.team_ids)))
    people = select(User).where(User.deactivated_at.is_(None), holding)
    order = case((User.id.in_(close), 0), else_=1), User.name_key, User.id
    return db.session.scalars(people.order_by(*order).limit(most)).all()
