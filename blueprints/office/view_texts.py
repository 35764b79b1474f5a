"""What somebody typed into a view to find just one record, when that record is erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from blueprints.office.models import SavedView
from core import erasing
from core.change_sets import Change
from core.db import db
from core.querytraces import SEARCH, Seeks, without
from core.traces import SIGN

TABLE = SavedView.__tablename__


def forget_in_views(list: str, seeks: Seeks) -> set[tuple[int, int]]:
    """Make names of views of a list, and what they ask, unreadable where that finds but one record. The views stay
    whose they are.

    Answers set and id of the changes that tell of such a text. Two statements, and one for each such view.
    """
    wanted = select(SavedView.id, SavedView.name, SavedView.query).where(SavedView.list == list)
    views = db.session.execute(wanted).all()
    news = {id: _without({"name": name, "query": query}, seeks) for id, name, query in views}
    erasing.blank(SavedView, {id: values for id, values in news.items() if values})
    told = select(Change.set_id, Change.id, Change.before, Change.after).where(Change.record_table == TABLE)
    return {
        (row.set_id, row.id)
        for row in db.session.execute(told)
        if any(_without(state or {}, seeks) for state in (row.before, row.after))
    }


def _without(row: Mapping[str, Any], seeks: Seeks) -> dict[str, str]:
    """What of a view, or of what a change says of one, is to be written over."""
    name, query = str(row.get("name") or ""), str(row.get("query") or "")
    news = {"name": SIGN * len(name)} if seeks(SEARCH, name) else {}
    if (hidden := without(query, seeks)) != query:
        news["query"] = hidden
    return news
