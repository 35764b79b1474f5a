"""Requests as somebody may read them: those that wait for them, those they made, and those they may look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.office import approval_kinds
from blueprints.office.approval_kinds import ApprovalKind, Chain, Title, kind_of
from blueprints.office.approval_rules import OPEN
from blueprints.office.models import Approval, ApprovalReader, ApprovalStep
from core import lists
from core.conditions import tried
from core.db import db
from core.errors import NotFound
from core.kinds import holding
from core.lists import Order, Page
from core.rights import Right, Scope, Viewer
from core.wholes import Whole
from core.words import _

WAITING_ORDER = Order(Approval.due_at)
REQUESTED_ORDER = Order(Approval.created_at, descending=True)
DECIDED_ORDER = Order(Approval.decided_at, descending=True)
PEOPLE = (joinedload(Approval.requester), joinedload(Approval.approver))


def waiting_for(viewer: Viewer, after: str | None) -> Page[Approval]:
    """The requests that wait for a person, what is due first on top."""
    mine = select(Approval).where(Approval.approver_id == viewer.id, Approval.state == OPEN)
    return lists.page(mine.options(*PEOPLE), Approval, WAITING_ORDER, after)


def requested_by(viewer: Viewer, after: str | None) -> Page[Approval]:
    """The requests that a person made, the newest first."""
    mine = select(Approval).where(Approval.requester_id == viewer.id)
    return lists.page(mine.options(*PEOPLE), Approval, REQUESTED_ORDER, after)


def decided_by(viewer: Viewer, after: str | None) -> Page[Approval]:
    """The requests that a person decided, the last decision first."""
    mine = select(Approval).where(Approval.decided_by_id == viewer.id)
    return lists.page(mine.options(*PEOPLE), Approval, DECIDED_ORDER, after)


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition for the requests that a person may read."""
    shared = exists().where(ApprovalReader.approval_id == Approval.id, ApprovalReader.user_id == viewer.id)
    return or_(Approval.requester_id == viewer.id, Approval.approver_id == viewer.id, shared)


def open_about(table: str, id: ColumnElement[int], viewer: Viewer) -> Select[Any]:
    """Selects id and kind of the open requests about a record that a person may read, the oldest first."""
    named = select(Approval.id).where(Approval.record_table == table, Approval.record_id == id)
    found = named.union_all(*(_named_beside(kind, table, id) for kind in approval_kinds.naming_another()))
    wanted: Any = select(Approval.id, Approval.kind).where(Approval.id.in_(found), Approval.state == OPEN)
    return wanted.where(readable(viewer)).order_by(Approval.id)


def _named_beside(kind: approval_kinds.ApprovalKind, table: str, id: ColumnElement[int]) -> Select[Any]:
    """Selects the open requests that name a record as their other one: few are open at a time, each is looked at."""
    mine = Approval.kind == kind.name, Approval.state == OPEN, Approval.record_table == table
    return select(Approval.id).where(*mine, tried(Approval.payload[kind.also].as_integer() == id))


def the_approval(id: int, viewer: Viewer) -> Approval:
    """A request that the person may read. Raises NotFound for any other."""
    asked = select(Approval).where(Approval.id == id, readable(viewer)).options(*PEOPLE)
    found = db.session.scalar(asked) if 0 < id <= lists.LARGEST else None
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def titles(rows: Sequence[Approval], viewer: Viewer) -> dict[int, Title]:
    """What each of these requests is about; as many statements for many as for one, of each kind."""
    found: dict[int, Title] = {}
    for name in dict.fromkeys(row.kind for row in rows):
        alike = [row for row in rows if row.kind == name]
        found |= kind_of(alike[0]).titles(alike, viewer)
    return found


def gather_requests(whole: Whole, table: str, ids: Iterable[int]) -> None:
    """Put to the rows that hang on some records the requests about these."""
    about = select(Approval.__table__).where(approval_kinds.about(table, ids)).order_by(Approval.id)
    whole[Approval.__tablename__].update(
        (row["id"], dict(row)) for row in db.session.execute(about).mappings()
    )


def chain_of(kind: ApprovalKind, approval: Approval) -> Chain:
    """Whom to ask, nearest first."""
    if kind.chain is not None:
        return kind.chain(approval)
    return access.leads_above(access.main_team_ids([approval.requester_id]).get(approval.requester_id))


def steps(approval: Approval) -> Sequence[ApprovalStep]:
    """With whom a request came to be, the first one first; one statement."""
    people = joinedload(ApprovalStep.user), joinedload(ApprovalStep.instead_of)
    mine = select(ApprovalStep).where(ApprovalStep.approval_id == approval.id).order_by(ApprovalStep.id)
    return db.session.scalars(mine.options(*people)).all()


def passing_choices(approval: Approval) -> list[tuple[int, str]]:
    """Id and name of those to whom a request may be passed on."""
    may = kind_of(approval).deciders(approval).keys() - {approval.requester_id, approval.approver_id}
    return access.named(access.living_users().where(User.id.in_(may)), User.id)


def people_over(model: Any, id: int, right: Right, *also: int | None) -> dict[int, Viewer]:
    """Active people who hold a right on a living record: of a wider scope than their own, and `also` these.

    Five statements for any number.
    """
    ids = access.holder_ids(right, Scope.TEAM) | {user_id for user_id in also if user_id is not None}
    people = access.viewers_of(db.session.scalars(access.living_users().where(User.id.in_(ids))).all())
    held = holding(model, id, people, right)
    return {person.id: person for person in people if person.id in held}


def scopes(people: Mapping[int, Viewer], right: Right) -> dict[int, Scope]:
    """With which scope these people hold a right that they do hold."""
    return {id: person.scope(right) or Scope.OWN for id, person in people.items()}
