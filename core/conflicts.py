"""Lost updates: what somebody else changed since a form was opened, beside what was typed into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import select

from core.changes import Change, ChangeSet
from core.db import db
from core.forms import TECHNICAL, Form, refused
from core.tracked import Tracked, attribute_of, encoded


@dataclass(frozen=True)
class Row:
    """One field that others changed. `keep` is what is proposed: theirs where the person left the field alone."""

    name: str
    label: Any
    theirs: Any
    yours: Any
    keep: str


@dataclass(frozen=True)
class Conflict:
    """All that stands between a stale form and saving it."""

    rows: list[Row]
    who: str
    when: datetime | None


def conflict(form: Form, record: Tracked, words: Mapping[str, Callable[[Any], Any]] | None = None) -> Conflict:
    """Compare a form opened at an earlier version with the record as it is; `words` shows stored codes in words."""
    version = form["version"].data or 0
    since = db.session.execute(
        select(Change, ChangeSet)
        .join(ChangeSet)
        .where(Change.record_table == record.__tablename__, Change.record_id == record.id)
        .where(Change.record_version > version, Change.action == "update")
        .order_by(Change.id)
    ).all()
    base: dict[str, Any] = {}
    for change, _set in since:
        for column, before in (change.before or {}).items():
            base.setdefault(attribute_of(type(record), column), before)
    rows = [_row(form, record, name, base[name], words or {}) for name in base if name in form and name not in TECHNICAL]
    last = since[-1][1] if since else None
    return Conflict([row for row in rows if row], last.actor if last else "", last.at if last else None)


def _row(form: Form, record: Tracked, name: str, base: Any, words: Mapping[str, Callable[[Any], Any]]) -> Row | None:
    field = form[name]
    yours, theirs = encoded(field.data) or None, encoded(getattr(record, name)) or None
    if yours == theirs or name not in request.form:
        return None
    show = words.get(name, lambda value: value)
    return Row(name, field.label.text, show(theirs), show(yours), "theirs" if yours == (base or None) else "yours")


def stale(form: Form, record: Tracked, template: str, /, *, words: Any = None, **context: Any) -> Any:
    """The page again with both values of each field, and a form that may be sent for the present version."""
    db.session.rollback()
    db.session.refresh(record)
    found = conflict(form, record, words)
    form["version"].data = record.version
    form["version"].raw_data = None
    return refused(form, template, status=409, conflict=found, **context)
