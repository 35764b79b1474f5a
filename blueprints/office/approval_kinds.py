"""What can be asked for: any area declares kinds of requests, and what is particular to each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from blueprints.office.models import Approval
from core import fields
from core.forms import Form
from core.rights import Scope, Viewer
from core.words import _l

APPROVE = _l("Approve")


@dataclass(frozen=True)
class Title:
    """What a request is about, as a reader may know it, with the page of it if that is theirs to open."""

    text: str
    url: str | None = None


@dataclass(frozen=True)
class Facts:
    """What is shown to whoever decides: labels with values; and side by side, a head and rows of cells; and a hint."""

    rows: Sequence[tuple[Any, Any]] = ()
    head: Sequence[Any] = ()
    sides: Sequence[Sequence[Any]] = ()
    hint: str = ""


class ApprovalForm(Form):
    """A yes, with a remark if one likes."""

    remark = fields.text(_l("Remark"), most=300)


Chain = Sequence[frozenset[int]]


@dataclass(frozen=True)
class ApprovalKind:
    """One kind of request.

    `titles(rows, viewer)` says what each is about, `facts` what the viewer may be shown of it: both through the
    viewer's rights. `deciders` answers who may decide as things stand, with the scope of their right; `chain` whom to
    ask first, nearest first (else those who lead the requester's team, and up), `parties` whom the matter concerns, so
    that they are asked as nobody's deputy. `approve(request, by, values)` does
    what was asked for, in the transaction of the decision: it judges what may be done now, and raises RuleBroken or
    Refused. `stands` tells whether there still is what the request is about. `form` asks for more than a remark;
    `fill` puts choices in. `discreet`: the requester is not told who decides. `onward` is where the approver goes on
    to, `next_step` what a yes lets the requester do now, as its words and address (None: nothing, or not any more).
    `also` is the value of the payload that names another record of the same table.
    """

    name: str
    label: Any
    icon: str
    titles: Callable[[Sequence[Approval], Viewer], Mapping[int, Title]]
    facts: Callable[[Approval, Viewer], Facts]
    deciders: Callable[[Approval], Mapping[int, Scope]]
    approve: Callable[[Approval, Viewer, Mapping[str, Any]], None]
    stands: Callable[[Approval], bool]
    chain: Callable[[Approval], Chain] | None = None
    parties: Callable[[Approval], Collection[int]] = lambda approval: ()
    form: type[Form] = ApprovalForm
    fill: Callable[[Any, Approval], None] | None = None
    answer: Any = APPROVE
    days: int = 1
    discreet: bool = False
    onward: Callable[[Approval], str] | None = None
    next_step: Callable[[Approval], tuple[str, str] | None] | None = None
    also: str = ""


_kinds: dict[str, ApprovalKind] = {}


def declare_approvals(*kinds: ApprovalKind) -> None:
    """Make kinds of requests known; an area does this once when it is imported."""
    _kinds.update((kind.name, kind) for kind in kinds)


def kind_of(approval: Approval) -> ApprovalKind:
    """What a request asks for."""
    return _kinds[approval.kind]


def naming_another() -> list[ApprovalKind]:
    """The kinds of which a request names two records of a table."""
    return [kind for kind in _kinds.values() if kind.also]


def about(table: str, ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition for the requests that name one of these records."""
    wanted = list(ids)
    also = [
        and_(Approval.kind == kind.name, Approval.payload[kind.also].as_integer().in_(wanted))
        for kind in naming_another()
    ]
    return and_(Approval.record_table == table, or_(Approval.record_id.in_(wanted), *also))


def label_of(name: str) -> Any:
    """What a kind is called; None for one of a version before."""
    return _kinds[name].label if name in _kinds else None


def known() -> Sequence[str]:
    """The names of all kinds."""
    return list(_kinds)
