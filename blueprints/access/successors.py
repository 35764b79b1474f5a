"""Who can take over what somebody owns who leaves."""

from __future__ import annotations

from blueprints.access import queries
from blueprints.access.models import User
from core.db import db


def successors(leaver: User) -> list[tuple[str, str]]:
    """User name and name of all who may see customers but the leaver: what nobody sees is as good as lost."""
    people = queries.named(queries.seeing_customers())
    return [(username, name) for username, name in people if username != leaver.username]


def can_succeed(user: User) -> bool:
    """Whether somebody is active and may see customers, of whatever scope."""
    return (
        db.session.scalar(queries.seeing_customers().with_only_columns(User.id).where(User.id == user.id))
        is not None
    )
