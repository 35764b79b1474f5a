"""The custom fields of a kind of record, as other areas ask for them; and their values in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from blueprints.office import field_rules
from blueprints.office.field_rules import ANY, CHOOSING, DATE, LINK, MONEY, NUMBER, YES, YES_NO
from blueprints.office.models import CustomField
from core import kinds, languages, settings
from core.db import db
from core.once import forget as forget_once
from core.once import once
from core.words import _

# Whether there are any: read with all settings, so that who has none pays nothing. Empty, "shown" or "searched"
MARK = "office.custom_fields"
SHOWN, SEARCHED = "shown", "searched"


@dataclass(frozen=True)
class Choice:
    """One of the choices of a field; a retired one is no longer offered."""

    id: str
    zh: str
    en: str
    retired: bool = False

    @property
    def word(self) -> str:
        """What it is called in the language of the reader."""
        return self.zh if languages.is_chinese() else self.en


@dataclass(frozen=True)
class Definition:
    """A custom field. `name` is what forms, columns and files call it. What is sensitive is never found by search."""

    id: int
    key: str
    type: str
    zh: str
    en: str
    help_zh: str
    help_en: str
    required: bool
    sensitive: bool
    searchable: bool
    retired: bool
    shown_when: Mapping[str, Sequence[str]]
    choices: Sequence[Choice]

    @property
    def name(self) -> str:
        return f"custom_{self.key}"

    @property
    def label(self) -> str:
        """What it is called in the language of the reader."""
        return self.zh if languages.is_chinese() else self.en

    @property
    def help(self) -> str:
        return self.help_zh if languages.is_chinese() else self.help_en

    @property
    def is_chosen(self) -> bool:
        """Whether its values are choices."""
        return self.type in CHOOSING

    @property
    def is_long(self) -> bool:
        """Whether it needs the whole width of a form."""
        return self.type in (field_rules.LONG_TEXT, field_rules.SEVERAL, LINK)

    def word(self, value: str) -> str:
        """One stored value in words."""
        if self.is_chosen:
            return next((choice.word for choice in self.choices if choice.id == value), "—")
        if self.type == YES_NO:
            return _("yes") if value == YES else _("no")
        if self.type == DATE:
            return languages.day(date.fromisoformat(value), year=True)
        if self.type in (MONEY, NUMBER):
            return _set_off(field_rules.typed(self.type, value), "¥" if self.type == MONEY else "")
        return value

    def words(self, values: Sequence[str]) -> str:
        """All that a record has in this field, in words."""
        return _(", ").join(self.word(value) for value in values)

    def cell(self, values: Sequence[str], *, codes: bool = False) -> str:
        """All that a record has in this field, for a file: plain, and such that an import reads the same."""
        return "、".join(self._plain(value, codes) for value in values)

    def _plain(self, value: str, codes: bool) -> str:
        if self.type == YES_NO and codes:
            return "yes" if value == YES else "no"
        return (
            self.word(value) if self.is_chosen or self.type == YES_NO else field_rules.typed(self.type, value)
        )


def _set_off(number: str, sign: str) -> str:
    minus, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, point, rest = digits.partition(".")
    return f"{minus}{sign}{int(whole):,}{point}{rest}"


def definition(row: Any) -> Definition:
    """A field as it was read, whole or as a row of its columns."""
    return Definition(
        row.id, row.key, row.type, row.label_zh, row.label_en, row.help_zh or "", row.help_en or "", row.required,
        row.sensitive, row.searchable and not row.sensitive, row.retired, row.shown_when, choices_of(row.choices),
    )  # fmt: skip


def choices_of(kept: Mapping[str, Any]) -> list[Choice]:
    """The choices of a field as they are kept."""
    rows = kept.get("rows", ())
    return [Choice(str(row["id"]), row["zh"], row["en"], row["retired"]) for row in rows]


def fields_of(table: str) -> Sequence[Definition]:
    """The fields of the records of a table, in their order. One statement a request, none where there are none."""
    return [found for found in all_of(table) if not found.retired]


def all_of(table: str) -> Sequence[Definition]:
    """The same with the retired ones: a history tells of them."""
    if not settings.get(MARK):
        return ()
    return once(f"custom fields of {table}", lambda: [definition(row) for row in rows_of(table)])


def is_searched() -> bool:
    """Whether records are found by what stands in some custom field."""
    return bool(settings.get(MARK) == SEARCHED)


def rows_of(table: str) -> Sequence[CustomField]:
    """The rows themselves, in their order."""
    ordered = select(CustomField).where(CustomField.record_table == table)
    return db.session.scalars(ordered.order_by(CustomField.position, CustomField.id)).all()


def forget() -> None:
    """Read them anew at the next question of this request."""
    settings.forget()
    for kind in carrying():
        forget_once(f"custom fields of {kind.table}")


def carrying() -> list[kinds.Kind]:
    """The kinds of records that can be given fields."""
    return [kind for kind in kinds.kinds() if kind.conditions is not None]


def condition_words(table: str, shown_when: Mapping[str, Sequence[str]]) -> str:
    """Where a field is asked for: "Status: active; Tier: A"."""
    conditions = kinds.kind_of(table).conditions or {}
    return _("; ").join(_one_condition(table, conditions, what, of) for what, of in shown_when.items())


def _one_condition(table: str, columns: Mapping[str, Any], what: str, wanted: Iterable[str]) -> str:
    if what in columns:
        label = kinds.kind_of(table).field_labels[what]
        return _(
            "%(first)s: %(second)s", first=label, second=_(", ").join(str(columns[what][v]) for v in wanted)
        )
    other = next((field for field in all_of(table) if str(field.id) == what), None)
    label = other.label if other else "—"
    if other is None or ANY in wanted:
        return _("%(first)s: %(second)s", first=label, second=_("any value"))
    return _("%(first)s: %(second)s", first=label, second=other.words(list(wanted)))
