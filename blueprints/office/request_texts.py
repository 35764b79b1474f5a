"""What somebody typed into a request about something else, when the record is erased of which it speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from blueprints.office.models import Approval
from core import erasing
from core.change_sets import Change
from core.db import db
from core.traces import hidden

TABLE = Approval.__tablename__
TEXTS = ("reason", "remark")


def forget_in_requests(traces: Sequence[str]) -> set[tuple[int, int]]:
    """Make these traces unreadable in the reasons and remarks of requests. The requests stay whose they are.

    Answers set and id of the changes that tell of such a text. Two statements, and one for each such request.
    """
    if not traces:
        return set()
    says = or_(*(getattr(Approval, name) != "" for name in TEXTS))
    rows = db.session.execute(select(Approval.id, Approval.reason, Approval.remark).where(says))
    news = {id: _without({"reason": reason, "remark": remark}, traces) for id, reason, remark in rows}
    erasing.blank(Approval, {id: values for id, values in news.items() if values})
    told = select(Change.set_id, Change.id, Change.before, Change.after).where(Change.record_table == TABLE)
    return {
        (row.set_id, row.id)
        for row in db.session.execute(told)
        if any(_without(state or {}, traces) for state in (row.before, row.after))
    }


def _without(row: Mapping[str, Any], traces: Sequence[str]) -> dict[str, str]:
    """What of a request, or of what a change says of one, is to be written over."""
    said = {name: row[name] for name in TEXTS if row.get(name)}
    return {name: new for name, text in said.items() if (new := hidden(text, traces)) != text}
