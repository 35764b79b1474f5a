"""Holding people in their place while something is given to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from blueprints.access.models import User
from core.bulk import chunks
from core.db import db

_LOCKED = select(User.deactivated_at).where(User.id == bindparam("id")).with_for_update()


def stays(user_id: int) -> bool:
    """Whether a person may own things; nobody can deactivate them until this transaction has ended."""
    return db.session.scalars(_LOCKED, {"id": user_id}).one() is None


def leaver_among(user_ids: Iterable[int]) -> str | None:
    """The name of one of these people who may own nothing; nobody can deactivate the others until this ends."""
    for chunk in chunks(sorted(user_ids)):
        locked = select(User.name, User.deactivated_at).where(User.id.in_(chunk)).order_by(User.id)
        for name, deactivated_at in db.session.execute(locked.with_for_update()):
            if deactivated_at is not None:
                return str(name)
    return None
