"""What a bulk change would do: which customers it changes, which it leaves out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from blueprints.customers import bulk_parts, bulk_words, queries
from blueprints.customers.bulk import Wish
from blueprints.customers.models import Customer
from core import kinds
from core.db import db
from core.names import shadow
from core.rights import Right, Viewer
from core.words import ngettext


@dataclass(frozen=True)
class Outlook:
    """The customers that would be changed, and those left out: not this person's to change so, or so already."""

    ready: Sequence[int]
    beyond: Sequence[int]
    already: Sequence[int]
    wish: Wish

    def left_out(self) -> list[tuple[str, Sequence[int]]]:
        """Why some are left out, and which."""
        beyond = len(self.beyond)
        not_theirs = ngettext(
            "%(num)s is not yours to change so", "%(num)s are not yours to change so", beyond
        )
        reasons = [
            (not_theirs, self.beyond),
            (bulk_words.already(self.wish, len(self.already)), self.already),
        ]
        return [(str(reason), ids) for reason, ids in reasons if ids]


def outlook(ids: Sequence[int], wish: Wish, by: Viewer) -> Outlook:
    """What would become of these customers; those that the person does not see are in none of its parts."""
    seen = kinds.held(Customer, by, Right.CUSTOMERS_SEE, ids)
    within = set(seen)
    for right in wish.rights:
        within &= kinds.held(Customer, by, right, ids)
    if wish.binned:
        within &= bulk_parts.may_be_binned(ids, by)
    known = [id for id in ids if id in seen]
    so = _already([id for id in known if id in within], wish)
    return Outlook(
        [id for id in known if id in within - so],
        [id for id in known if id not in within],
        [id for id in known if id in so],
        wish,
    )


def _already(ids: Sequence[int], wish: Wish) -> set[int]:
    """Which of them are as they are to become."""
    if wish.binned:
        return set()
    if wish.archived or wish.brought_back:
        away = Customer.archived_at.is_not(None) if wish.archived else Customer.archived_at.is_(None)
        return set(db.session.scalars(select(Customer.id).where(Customer.id.in_(ids), away)))
    if wish.tags:
        tags = queries.tags_named([shadow(name) for name in wish.tags])
        wanted = {shadow(name) for name in wish.tags}
        worn = queries.tagged(ids, [tag.id for tag in tags.values()])
        whole = len(tags) == len(wanted)
        return {id for id in ids if whole and all((id, tag.id) in worn for tag in tags.values())}
    if wish.untags:
        return set(ids) - {id for id, _tagging in bulk_parts.worn_by(ids, wish.untags)}
    if wish.helper_id is not None:
        helped = set(bulk_parts.helped_by(ids, wish.helper_id))
        return helped | bulk_parts.owned_by(ids, wish.helper_id) if wish.helps else set(ids) - helped
    values = {"owner_id": wish.owner_id} if wish.owner_id is not None else wish.values
    same = and_(*(getattr(Customer, name).is_not_distinct_from(value) for name, value in values.items()))
    return set(db.session.scalars(select(Customer.id).where(Customer.id.in_(ids), same)))
