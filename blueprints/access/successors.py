"""Who can take over what somebody owns who leaves."""

from __future__ import annotations

from collections.abc import Sequence

from blueprints.access import queries
from blueprints.access.models import User
from core.db import db


def successors(leaver: User) -> Sequence[User]:
    """The people who may see customers, by name, without the leaver: what nobody sees is as good as lost."""
    return db.session.scalars(queries.seeing_customers().where(User.id != leaver.id)).all()


def can_succeed(user: User) -> bool:
    """Whether somebody is active and may see customers, of whatever scope."""
    return (
        db.session.scalar(queries.seeing_customers().with_only_columns(User.id).where(User.id == user.id))
        is not None
    )
