"""Lost updates: what somebody else changed since a form was opened, beside what was typed into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import select

from core.changes import Change, ChangeSet
from core.db import db
from core.errors import Stale
from core.forms import TECHNICAL, Form, carry_out, refused
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


def conflict(
    form: Form, record: Tracked, words: Mapping[str, Callable[[Any], Any]] | None = None
) -> Conflict:
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
    rows = [
        _row(form, record, name, base[name], words or {})
        for name in base
        if name in form and name not in TECHNICAL
    ]
    last = since[-1][1] if since else None
    return Conflict([row for row in rows if row], last.who if last else "", last.at if last else None)


def _row(
    form: Form, record: Tracked, name: str, base: Any, words: Mapping[str, Callable[[Any], Any]]
) -> Row | None:
    field = form[name]
    yours, theirs = encoded(field.data) or None, encoded(getattr(record, name)) or None
    if yours == theirs or name not in request.form:
        return None
    show = words.get(name, lambda value: value)
    return Row(
        name, field.label.text, show(theirs), show(yours), "theirs" if yours == (base or None) else "yours"
    )


def stale(
    form: Form, record: Tracked, template: str, /, *, words: Any = None,
    present: Callable[[], Mapping[str, Any]] | None = None, told_by: Tracked | None = None, **context: Any,
) -> Any:  # fmt: skip
    """The page again with both values of each field, and a form that may be sent for the present version.

    `present` answers what the form would show now of fields that are no columns; a form that has such says in its
    field `opened` what it showed. Where they are columns of another row, `told_by` is that row.
    """
    db.session.rollback()
    db.session.refresh(record)
    found = conflict(form, record, words)
    if present is not None and "opened" in form:
        theirs, base = present(), opened_values(form)
        rows = [_row_since(form, name, base.get(name), value, words or {}) for name, value in theirs.items()]
        who, when = (found.who, found.when) if found.when else _last_change(told_by or record)
        found = Conflict([*found.rows, *(row for row in rows if row)], who, when)
        form["opened"].data = opened(theirs)
    form["version"].data = record.version
    form["version"].raw_data = None
    return refused(form, template, status=409, conflict=found, **context)


def save(
    form: Form, record: Tracked, template: str, change: Callable[[], str], /, *, words: Any = None,
    present: Callable[[], Mapping[str, Any]] | None = None, told_by: Tracked | None = None, **context: Any,
) -> Any:  # fmt: skip
    """Answer a form that changes a record as `carry_out` does, and with `stale` where `change` raises Stale."""
    try:
        return carry_out(form, template, change, **context)
    except Stale:
        return stale(form, record, template, words=words, present=present, told_by=told_by, **context)


def opened(values: Mapping[str, Any]) -> str:
    """What a form shows, for its hidden field `opened`: where parts of a record are rows of their own."""
    return json.dumps({name: _plain(value) for name, value in values.items()}, ensure_ascii=False)


def stale_since_opened(
    form: Form, record: Tracked, template: str, /, *, present: Callable[[], Mapping[str, Any]],
    words: Mapping[str, Callable[[Any], Any]], **context: Any,
) -> Any:  # fmt: skip
    """Like `stale`, for a form with a field `opened`; `present` answers what the form would show now."""
    db.session.rollback()
    db.session.refresh(record)
    theirs, base = present(), opened_values(form)
    rows = [_row_since(form, name, base.get(name), value, words) for name, value in theirs.items()]
    who, when = _last_change(record)
    form["version"].data, form["version"].raw_data = record.version, None
    form["opened"].data = opened(theirs)
    found = Conflict([row for row in rows if row], who, when)
    return refused(form, template, status=409, conflict=found, **context)


def check_opened(form: Form, present: Mapping[str, Any], sentence: str) -> None:
    """Raises Stale, with this sentence, if others have changed what a form would overwrite since it was `opened`."""
    base = opened_values(form)
    if any(_row_since(form, name, base.get(name), theirs, {}) for name, theirs in present.items()):
        raise Stale(sentence)


def opened_values(form: Form) -> dict[str, Any]:
    """What a form says in its field `opened` that it showed."""
    try:
        values = json.loads(form["opened"].data or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _row_since(
    form: Form, name: str, base: Any, theirs: Any, words: Mapping[str, Callable[[Any], Any]]
) -> Row | None:
    if name not in form or name not in request.form:
        return None
    yours, now = _plain(form[name].data), _plain(theirs)
    if now in (base, yours):
        return None
    show = words.get(name, lambda value: value)
    return Row(name, form[name].label.text, show(now), show(yours), "theirs" if yours == base else "yours")


def _plain(value: Any) -> Any:
    """A value as JSON gives it back, and such that equal contents are equal."""
    return sorted(value) if isinstance(value, list | tuple) else encoded(value) or None


def _last_change(record: Tracked) -> tuple[str, datetime | None]:
    own = Change.record_table == record.__tablename__, Change.record_id == record.id
    within = Change.root_table == record.__tablename__, Change.root_id == record.id
    last = db.session.scalar(
        select(ChangeSet)
        .join(Change)
        .where(*(own if record.root_column else within))
        .order_by(Change.id.desc())
        .limit(1)
    )
    return (last.who, last.at) if last else ("", None)
