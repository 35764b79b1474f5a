"""Who can take over what somebody owns who leaves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from blueprints.access import queries
from blueprints.access.models import RoleGrant, User, UserRole
from core.db import db
from core.rights import Right


def successors(leaver: User) -> Sequence[User]:
    """The people who may see customers, by name, without the leaver: what nobody sees is as good as lost."""
    return db.session.scalars(_able().where(User.id != leaver.id)).all()


def can_succeed(user: User) -> bool:
    """Whether somebody is active and may see customers, of whatever scope."""
    return db.session.scalar(_able().with_only_columns(User.id).where(User.id == user.id)) is not None


def _able() -> Select[User]:
    holding = (
        select(UserRole.user_id)
        .join(RoleGrant, RoleGrant.role_id == UserRole.role_id)
        .where(RoleGrant.right == str(Right.CUSTOMERS_SEE), RoleGrant.scope.is_not(None))
    )
    return queries.living_users().where(User.id.in_(holding))
