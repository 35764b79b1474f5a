"""Several customers changed in the same way: at once, or behind the page where there are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from blueprints.access.models import User
from blueprints.customers import actions, archiving, bulk_parts, rules
from blueprints.customers.models import Customer
from core import jobs, kinds
from core.db import db
from core.errors import Refused
from core.jobs import Job
from core.kinds import refusal
from core.rights import Right, Viewer
from core.working import Work

AT_ONCE = 200  # customers; beyond, they are changed behind the page
BATCH = 200
JOB = "customers.bulk_changed"


@dataclass(frozen=True)
class Wish:
    """What is to become of the customers: another owner, for a reason; tags on or off; somebody's help or no more of
    it; the bin; the archive, or the way out of it; or these values.
    """

    owner_id: int | None = None
    reason: str = ""
    tags: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    untags: Sequence[str] = ()
    helper_id: int | None = None
    helps: bool = True
    may_write: bool = False
    binned: bool = False
    archived: bool = False
    brought_back: bool = False

    @property
    def rights(self) -> tuple[Right, Right]:
        """What is needed over each customer."""
        own = Right.CUSTOMERS_EDIT if self.owner_id is None else Right.CUSTOMERS_ASSIGN
        if self.binned or self.archived or self.brought_back:
            own = Right.CUSTOMERS_BIN
        return Right.CUSTOMERS_BULK, own

    @property
    def verb(self) -> str:
        if self.binned:
            return bulk_parts.BULK_BINNED
        if self.archived:
            return archiving.BULK_ARCHIVED
        if self.brought_back:
            return archiving.BULK_BROUGHT_BACK
        return actions.BULK_CHANGED if self.owner_id is None else actions.BULK_ASSIGNED

    def check(self, ids: Sequence[int], by: Viewer) -> None:
        """Raises what carrying it out for all of them would raise."""
        if self.owner_id is not None:
            actions.check_assign_many(ids, self._owner(self.owner_id), by=by, reason=self.reason)
        elif self.tags:
            actions.check_tag_many(ids, self.tags, by=by)
        elif self.binned:
            bulk_parts.check_bin_many(ids, by=by)
        elif self.archived:
            actions.check_all(ids, by, *self.rights)
            archiving.check_many(ids, by=by, reason=self.reason)
        elif self.brought_back:
            actions.check_all(ids, by, *self.rights)
            archiving.check_back_many(ids, by=by)
        elif self.untags or self.helper_id is not None:
            bulk_parts.check_many(ids, by)
            if self.helper_id is not None and self.helps:
                bulk_parts.check_helper(self.helper_id)
        else:
            actions.check_change_many(ids, self.values, by=by)

    def carry_out(self, ids: Sequence[int], by: Viewer) -> int:
        """Change these customers; answers how many there was something to change of. Raises Refused, RuleBroken."""
        if self.owner_id is not None:
            return actions.assign_many(ids, self._owner(self.owner_id), by=by, reason=self.reason)
        if self.tags:
            return actions.tag_many(ids, self.tags, by=by)
        if self.untags:
            return bulk_parts.untag_many(ids, self.untags, by=by)
        if self.helper_id is not None and self.helps:
            return bulk_parts.help_many(ids, self.helper_id, may_write=self.may_write, by=by)
        if self.helper_id is not None:
            return bulk_parts.unhelp_many(ids, self.helper_id, by=by)
        if self.binned:
            return bulk_parts.bin_many(ids, by=by)
        if self.archived:
            actions.check_all(ids, by, *self.rights)
            return archiving.archive_many(ids, by=by, reason=self.reason)
        if self.brought_back:
            actions.check_all(ids, by, *self.rights)
            return archiving.bring_back_many(ids, by=by)
        return actions.change_many(ids, self.values, by=by)

    @staticmethod
    def _owner(id: int) -> User:
        return db.session.get_one(User, id)


def ask(ids: Sequence[int], wish: Wish, *, by: Viewer) -> Job:
    """Have many customers changed behind the page. Raises what the change would raise as things are now."""
    wish.check(ids, by)
    return jobs.ask(JOB, total=len(ids), ids=list(ids), wish=asdict(wish))


def make(work: Work) -> dict[str, Any]:
    """Change them a batch at a time, each under the rights of that moment.

    Who is not within reach any more is left out and counted.
    """
    ids, wish = work.asked["ids"], Wish(**work.asked["wish"])
    while work.done < len(ids):
        batch = ids[work.done : work.done + BATCH]
        by = work.by
        rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))
        work.record(wish.verb, reason=wish.reason)
        mine = _within_reach(batch, wish, by)
        changed = wish.carry_out(mine, by) if mine else 0
        so_far = (
            work.place.get("changed", 0) + changed,
            work.place.get("left_out", 0) + len(batch) - len(mine),
        )
        work.advance(work.done + len(batch), changed=so_far[0], left_out=so_far[1])
    return {}


def _within_reach(ids: Sequence[int], wish: Wish, by: Viewer) -> list[int]:
    held = set(ids)
    for right in wish.rights:
        if not by.may(right):
            raise Refused(refusal(right))
        held &= kinds.held(Customer, by, right, ids)
    if wish.binned:
        held &= bulk_parts.may_be_binned(ids, by)
    return [id for id in ids if id in held]
