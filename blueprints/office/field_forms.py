"""What is typed about custom fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import Field
from wtforms.validators import ValidationError

from blueprints.office import custom_fields, field_rules, words
from blueprints.office.custom_fields import Choice, Definition
from blueprints.office.models import CustomField
from core import fields
from core.errors import RuleBroken
from core.fields import YesNoField
from core.forms import Form, Versioned
from core.kinds import Kind
from core.words import _, _l

MOST = field_rules.MOST_LABEL
CONDITION = "when_"
COLUMNS = ("type", "label_zh", "label_en", "help_zh", "help_en", "required", "sensitive", "searchable")


def _lines(_form: Any, field: Field) -> None:
    try:
        rows = field_rules.choices_typed(field.data or "")
        if rows:
            field_rules.check_choices([{"zh": zh, "en": en, "retired": False} for zh, en in rows])
    except RuleBroken as broken:
        raise ValidationError(str(broken.message)) from broken


class FieldForm(Form):
    """A custom field. `when_<column>` are the codes by which it is asked for, `of_field` another field."""

    offered: ClassVar[Sequence[Choice]] = ()
    columns: ClassVar[Sequence[str]] = ()

    type = fields.choice(words.FIELD["type"], list(words.FIELD_TYPES.items()), default="text", required=True)
    label_zh = fields.text(words.FIELD["label_zh"], most=MOST, required=True)
    label_en = fields.text(words.FIELD["label_en"], most=MOST, required=True)
    help_zh = fields.text(words.FIELD["help_zh"], most=200)
    help_en = fields.text(words.FIELD["help_en"], most=200)
    required = YesNoField(words.FIELD["required"])
    sensitive = YesNoField(
        words.FIELD["sensitive"],
        description=_l("Masked like phone numbers, and shown in clear to those who see these in clear."),
    )
    searchable = YesNoField(
        words.FIELD["searchable"],
        description=_l("Only for text, long text and links, and not for what is sensitive."),
    )
    more_choices = fields.long_text(
        _l("More choices"),
        most=20_000,
        validators=[_lines],
        description=_l("One on each line: Chinese | English."),
    )

    def facts(self) -> dict[str, Any]:
        """What was sent of the columns of a field, and its choices: those on file by id, and those to add."""
        return {name: value for name, value in self.values.items() if name in COLUMNS} | {
            "shown_when": self._shown_when(),
            "choices": {choice.id: self._choice(choice) for choice in self.offered},
            "more_choices": field_rules.choices_typed(self.more_choices.data or ""),
        }

    def _choice(self, choice: Choice) -> tuple[str, str] | None:
        if not self[f"keep_{choice.id}"].data:
            return None
        zh, en = (self[f"{language}_{choice.id}"].data for language in ("zh", "en"))
        return zh or en or choice.zh, en or zh or choice.en

    def _shown_when(self) -> dict[str, list[str]]:
        found = {name: self[f"{CONDITION}{name}"].data for name in self.columns}
        other, _bar, value = (self["of_field"].data or "").partition("=")
        return {name: codes for name, codes in {**found, other: [value]}.items() if name and codes}


class EditFieldForm(Versioned, FieldForm):
    """… that is there already."""


def field_form(kind: Kind, field: CustomField | None, *, sent: bool) -> FieldForm:
    """The form for a field of these records; with `sent` as it was sent, else with what the field says."""
    offered = custom_fields.choices_of(field.choices) if field else []
    columns = list(kind.conditions or {})
    made: dict[str, Any] = {"offered": offered, "columns": columns}
    for name in columns:
        made[f"{CONDITION}{name}"] = fields.ManyField(
            kind.field_labels[name], choices=list((kind.conditions or {})[name].items())
        )
    made["of_field"] = fields.choice(_l("Another field"), [("", "—"), *_ways(kind, field)])
    for choice in offered:
        made[f"zh_{choice.id}"] = fields.text(_l("Chinese"), most=MOST)
        made[f"en_{choice.id}"] = fields.text(_l("English"), most=MOST)
        made[f"keep_{choice.id}"] = YesNoField(_l("offered"))
    base = EditFieldForm if field else FieldForm
    form: Any = type(base.__name__, (base,), made)
    return form() if sent else form(formdata=None, data=_shown(field, columns, offered))


def _ways(kind: Kind, field: CustomField | None) -> list[tuple[str, str]]:
    """What can be asked of the other fields: that there is a value, or that it is a certain one.

    Not of sensitive ones: that another field is there would tell of them.
    """
    found = []
    for other in custom_fields.fields_of(kind.table):
        if other.sensitive or (field is not None and other.id == field.id):
            continue
        found.append((f"{other.id}=", _("%(first)s: %(second)s", first=other.label, second=_("any value"))))
        found += [(f"{other.id}={value}", _named(other, value)) for value in _values(other)]
    return found


def _values(other: Definition) -> list[str]:
    if other.type == field_rules.YES_NO:
        return [field_rules.YES, field_rules.NO]
    return [choice.id for choice in other.choices if not choice.retired]


def _named(other: Definition, value: str) -> str:
    return _("%(first)s: %(second)s", first=other.label, second=other.word(value))


def _shown(field: CustomField | None, columns: Sequence[str], offered: Sequence[Choice]) -> dict[str, Any]:
    if field is None:
        return {}
    shown: dict[str, Any] = {name: getattr(field, name) for name in (*COLUMNS, "version")}
    shown["searchable"] = field.searchable and not field.sensitive
    for what, wanted in field.shown_when.items():
        if what in columns:
            shown[f"{CONDITION}{what}"] = wanted
        else:
            shown["of_field"] = f"{what}={wanted[0]}"
    for choice in offered:
        shown[f"zh_{choice.id}"], shown[f"en_{choice.id}"] = choice.zh, choice.en
        shown[f"keep_{choice.id}"] = not choice.retired
    return shown
