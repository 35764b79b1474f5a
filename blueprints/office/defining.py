"""Make, change, order and retire custom fields. Nothing here touches the values: those belong to the records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from blueprints.office import custom_fields, field_rules
from blueprints.office.custom_fields import MARK, SEARCHED, SHOWN
from blueprints.office.models import CustomField
from core import changes, events, settings, versions
from core.db import db
from core.errors import RuleBroken
from core.names import sort_key
from core.settings import SettingValue
from core.words import _

CREATED, UPDATED, MOVED, RETIRED, BROUGHT_BACK = (
    "custom_field.created",
    "custom_field.updated",
    "custom_field.moved",
    "custom_field.retired",
    "custom_field.brought_back",
)
_COLUMNS = ("type", "label_zh", "label_en", "help_zh", "help_en", "required", "sensitive", "searchable")
_NO_KEY = re.compile("[^a-z0-9]+")


def create_field(table: str, values: Mapping[str, Any]) -> CustomField:
    """Give the records of a table a field, behind the others. Raises RuleBroken."""
    changes.record(CREATED)
    present = custom_fields.rows_of(table)
    _check_room(present)
    last = max((field.position for field in present), default=0)
    fresh = CustomField(record_table=table, key=_fresh_key(values, present), position=last + 1, retired=False)
    fresh.required = fresh.sensitive = fresh.searchable = False
    fresh.choices = {"next": 1, "rows": []}
    _set(fresh, values, present, removed=())
    db.session.add(fresh)
    return _kept(fresh)


def update_field(field: CustomField, values: Mapping[str, Any], *, version: int) -> CustomField:
    """Change a field; `choices` are {id: (Chinese, English) or None, where it is taken away}. Raises Stale, RuleBroken.

    Its type stays once there are values. A choice in use that is taken away is retired: who has it keeps it.
    """
    changes.record(UPDATED)
    # Whoever writes a first value of the field meanwhile holds its row
    versions.check(field, version, _("Somebody else has changed this field since you opened it."))
    used, found_by = values_used(field), _found_by(field)
    if used and values.get("type", field.type) != field.type:
        raise RuleBroken(_("There are values in this field already, so its type stays."), "type")
    _set(field, values, custom_fields.rows_of(field.record_table), removed=used)
    return _kept(field, searched_otherwise=_found_by(field) != found_by)


def _set(
    field: CustomField, values: Mapping[str, Any], present: Sequence[CustomField], *, removed: Sequence[str]
) -> None:
    for name in _COLUMNS:
        if name in values:
            setattr(field, name, values[name])
    _check_labels(field, present)
    field.searchable = field.searchable and field.type in field_rules.WORDED
    if field.searchable and field.sensitive:
        raise RuleBroken(_("What is masked cannot be found by search. Choose one of the two."), "searchable")
    field.choices = _choices(field, values, kept=removed)
    field.shown_when = values["shown_when"]
    if field.id is not None:
        waiting = {str(other.id): other.shown_when for other in present if other.id != field.id}
        if field.sensitive and any(str(field.id) in conditions for conditions in waiting.values()):
            raise RuleBroken(_("Other fields are asked for by this one, and would tell of it."), "sensitive")
        field_rules.check_circle(str(field.id), {**waiting, str(field.id): field.shown_when})


def _check_labels(field: CustomField, present: Sequence[CustomField]) -> None:
    """A column of a file is known by its label: no two fields in use share one."""
    for name in ("label_zh", "label_en"):
        mine = getattr(field, name).casefold()
        others = [other for other in present if other.id != field.id and not other.retired]
        if any(mine in (other.label_zh.casefold(), other.label_en.casefold()) for other in others):
            raise RuleBroken(_("There is a field of this name already."), name)


def _choices(field: CustomField, values: Mapping[str, Any], *, kept: Sequence[str]) -> dict[str, Any]:
    if field.type not in field_rules.CHOOSING:
        return {"next": 1, "rows": []}
    following, rows = int(field.choices.get("next", 1)), []
    named: Mapping[str, Any] = values.get("choices", {})
    for row in field.choices.get("rows", ()):
        names = named.get(str(row["id"]), (row["zh"], row["en"]))
        if names is not None:
            rows.append({"id": row["id"], "zh": names[0], "en": names[1], "retired": False})
        elif str(row["id"]) in kept:
            rows.append({**row, "retired": True})
    for zh, en in values.get("more_choices", ()):
        rows.append({"id": following, "zh": zh, "en": en, "retired": False})
        following += 1
    field_rules.check_choices(rows)
    return {"next": following, "rows": rows}


def move_field(field: CustomField, *, up: bool) -> None:
    """Let a field change places with the one before or behind it."""
    changes.record(MOVED)
    ordered = [row for row in custom_fields.rows_of(field.record_table) if not row.retired]
    at = ordered.index(field)
    other = at - 1 if up else at + 1
    if 0 <= other < len(ordered):
        ordered.insert(other, ordered.pop(at))
        for place, row in enumerate(ordered, 1):
            row.position = place
    _kept(field)


def retire_field(field: CustomField) -> None:
    """Hide a field everywhere; its values are kept."""
    changes.record(RETIRED)
    field.retired = True
    _kept(field, searched_otherwise=field.searchable)


def bring_field_back(field: CustomField) -> None:
    """Show a retired field again, behind the others. Raises RuleBroken."""
    changes.record(BROUGHT_BACK)
    present = custom_fields.rows_of(field.record_table)
    _check_room(present)
    _check_labels(field, present)
    field.retired, field.position = False, max(row.position for row in present) + 1
    _kept(field, searched_otherwise=field.searchable)


def values_used(field: CustomField) -> list[str]:
    """The stored values of a field that occur, "" for others than choices; empty where it has none."""
    found = events.ask("custom_field.used", field=field)
    return [value for values in found for value in values]


def settle() -> None:
    """Keep the mark that says whether there are fields true to what there is."""
    in_use = select(func.count(), func.max(CustomField.searchable.cast(db.Integer)))
    count, searched = db.session.execute(in_use.where(~CustomField.retired)).one()
    any_at_all = db.session.scalar(select(CustomField.id).limit(1)) is not None
    wanted = SEARCHED if count and searched else SHOWN if any_at_all else ""
    row = db.session.scalar(select(SettingValue).where(SettingValue.name == MARK))
    if row is None and wanted:
        db.session.add(SettingValue(name=MARK, value={"value": wanted}))
    elif row is not None and row.value != {"value": wanted}:
        row.value = {"value": wanted}
    db.session.flush()
    custom_fields.forget()


def undone(ids: Sequence[int]) -> None:
    """Settle what follows from fields that an undo has changed."""
    settle()
    for field in db.session.scalars(select(CustomField).where(CustomField.id.in_(ids))):
        events.tell("custom_field.searched_otherwise", field=field)


def _check_room(present: Sequence[CustomField]) -> None:
    if sum(not field.retired for field in present) >= field_rules.MOST_FIELDS:
        raise RuleBroken(_("There are %(n)s fields already, and no more may be.", n=field_rules.MOST_FIELDS))


def _fresh_key(values: Mapping[str, Any], present: Sequence[CustomField]) -> str:
    """A name for files and addresses that no other field of these records has, from the English label if it can."""
    english = _NO_KEY.sub("_", values["label_en"].lower()).strip("_")
    base = (english or _NO_KEY.sub("_", sort_key(values["label_zh"]).lower()).strip("_"))[:50] or "field"
    taken = {field.key for field in present}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 10_000))) if key not in taken)


def _found_by(field: CustomField) -> bool:
    """Whether search goes by it."""
    return field.searchable and not field.sensitive


def _kept(field: CustomField, *, searched_otherwise: bool = False) -> CustomField:
    db.session.flush()
    settle()
    if searched_otherwise:
        events.tell("custom_field.searched_otherwise", field=field)
    return field


settings.declare(settings.Text(MARK, default="", group="hidden"))
