"""What becomes of customers when their owner leaves, and what stands in the way of closing a team."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from blueprints.access import queries as access
from blueprints.access.models import Team, User
from blueprints.customers import actions
from blueprints.customers.models import Customer, CustomerHelper
from core import changes, events
from core.db import db


def owned(user: User) -> int:
    """How many living customers a person owns."""
    mine = select(func.count()).where(Customer.owner_id == user.id, Customer.deleted_at.is_(None))
    return db.session.scalar(mine) or 0


def held(team: Team) -> int:
    """How many living customers belong to a team."""
    theirs = select(func.count()).where(Customer.team_id == team.id, Customer.deleted_at.is_(None))
    return db.session.scalar(theirs) or 0


def hand_over(user: User, successor: User, most: int) -> int:
    """Give customers of a person, those in the bin too, to a successor and their main team, at most so many at a time.

    Answers how many there still were, up to `most`. The leaver helps nobody any more, and the successor does not
    help with what they own.
    """
    owned = select(Customer.id).where(Customer.owner_id == user.id)
    ids = db.session.scalars(owned.order_by(Customer.id).limit(most)).all()
    if ids:
        _give(ids, user, successor)
    helping = select(CustomerHelper.id).where(CustomerHelper.user_id == user.id)
    helped = db.session.scalars(helping.order_by(CustomerHelper.id).limit(most - len(ids))).all()
    changes.bulk_delete(CustomerHelper, helped)
    return len(ids) + len(helped)


def _give(ids: Sequence[int], user: User, successor: User) -> None:
    actions.let_helper_go(ids, successor.id)
    mine = (Customer.owner_id == user.id) & Customer.id.in_(ids)
    team_id = access.main_team_ids([successor.id]).get(successor.id)
    changes.bulk_update(Customer, mine, {"owner_id": successor.id, "team_id": team_id})
    events.tell("customer.assigned", ids=ids)
