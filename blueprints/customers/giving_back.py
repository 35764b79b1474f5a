"""What an undo must not leave behind: customers with a leaver or in a closed team, owners who help themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from blueprints.access.models import Team, User
from blueprints.customers.models import Customer, CustomerHelper
from core import changes
from core.bulk import chunks
from core.db import db
from core.effects import Effect
from core.errors import RuleBroken
from core.undo import Plan
from core.words import _


def hold_owners(plan: Plan) -> None:
    """Nobody who gets customers back is deactivated before the undo is through."""
    if ids := {effect.before["owner_id"] for effect in _given(plan)}:
        db.session.execute(select(User.id).where(User.id.in_(ids)).order_by(User.id).with_for_update())


def settle(plan: Plan) -> None:
    """Let go of helpers who own by now. Raises RuleBroken for an owner or a team that is no more."""
    given = {effect.change.record_id for effect in _given(plan)}
    for chunk in chunks(sorted(given)):
        _check(chunk)
    helped = {
        e.change.root_id or 0 for e in plan.effects if e.table == CustomerHelper.__tablename__ and e.before
    }
    for chunk in chunks(sorted(given | helped)):
        own = select(CustomerHelper.id).join(Customer, Customer.id == CustomerHelper.customer_id)
        mine = own.where(Customer.id.in_(chunk), CustomerHelper.user_id == Customer.owner_id)
        changes.bulk_delete(CustomerHelper, db.session.scalars(mine).all())


def _given(plan: Plan) -> Iterable[Effect]:
    """The customers that the plan gives to another owner, or makes again with theirs."""
    return (e for e in plan.effects if e.table == Customer.__tablename__ and e.before.get("owner_id"))


def _check(ids: Sequence[int]) -> None:
    living = Customer.id.in_(ids) & Customer.deleted_at.is_(None)
    leavers = select(User.name).join(Customer, Customer.owner_id == User.id)
    if name := db.session.scalar(leavers.where(living, User.deactivated_at.is_not(None)).limit(1)):
        raise RuleBroken(_("%(name)s is deactivated and can own nothing.", name=name))
    closed = select(Team.name).join(Customer, Customer.team_id == Team.id)
    if name := db.session.scalar(closed.where(living, Team.closed_at.is_not(None)).limit(1)):
        raise RuleBroken(_("%(name)s is closed. Open it first, or choose another team.", name=name))
