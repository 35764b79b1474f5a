"""The custom fields of the company in the forms of customers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, TypeVar

from flask import request
from wtforms import HiddenField

from blueprints.customers.custom_values import Held, Sent
from blueprints.customers.models import Customer
from blueprints.office import custom_fields, field_rules
from blueprints.office.custom_fields import Definition
from blueprints.office.field_rules import DATE, LINK, LONG_TEXT, MONEY, NO, NUMBER, ONE, SEVERAL, YES, YES_NO
from core import fields, kinds
from core.errors import RuleBroken
from core.fields import ManyField
from core.forms import Form
from core.words import _, _l

Made = TypeVar("Made", bound="CustomFields")
NEEDED = _l("Fill this in.")


class CustomFields(Form):
    """A form that may be given custom fields by `with_fields`."""

    held: ClassVar[Held] = ()
    present: ClassVar[Mapping[str, str]] = {}
    is_new: ClassVar[bool] = False

    def __init__(self, *given: Any, **data: Any) -> None:
        super().__init__(*given, **data)
        for field in self.custom:
            self[field.name].flags.required = field.required

    @property
    def custom(self) -> list[Definition]:
        """The custom fields of the form, those left out that its person must not see."""
        return [field for field, _values in self.held if field.name in self]

    @property
    def given(self) -> Sent:
        """What was sent of custom fields, in the stored form, and what they had when the form was opened."""
        sent, facts = self.values, self._facts()
        return Sent(
            {
                field.name: self._stored(field)
                for field in self.custom
                if field.name in sent and field_rules.holds(field.shown_when, facts)
            },
            _opened(self),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Of a field that is not asked for, nothing is said."""
        valid = super().validate(extra_validators)
        facts = self._facts()
        for field in self.custom:
            if field_rules.holds(field.shown_when, facts) and not self[field.name].errors:
                valid = self._is_usable(field) and valid
        return valid

    def _is_usable(self, field: Definition) -> bool:
        sent = field.name in request.form
        try:
            if field.required and (sent or self.is_new) and not self._stored(field):
                raise RuleBroken(NEEDED)
            if sent:
                self._stored(field)
        except RuleBroken as broken:
            self.complain(RuleBroken(broken.message, field.name))
            return False
        return True

    def _stored(self, field: Definition) -> list[str]:
        data = self[field.name].data
        if field.type == SEVERAL:
            return list(dict.fromkeys(data or ()))
        if data is None or data == "":
            return []
        return [data] if field.type == ONE else [field_rules.stored(field.type, str(data))]

    def _facts(self) -> dict[str, Sequence[str]]:
        """What the record has once this is saved."""
        columns, values = kinds.kind_of(Customer).conditions or {}, self.values
        sent = {name: values[name] for name in columns if name in values}
        shown = {name: self[name].data for name in columns if name in self}
        codes = {name: [str(value)] for name, value in {**shown, **self.present, **sent}.items()}
        typed = {
            str(field.id): self._typed(field) if field.name in values else had for field, had in self.held
        }
        return {**codes, **typed}

    def _typed(self, field: Definition) -> Sequence[str]:
        try:
            return self._stored(field)
        except RuleBroken:
            return [str(self[field.name].data)]


def with_fields(form: type[Made], held: Held, *, clear: bool, customer: Customer | None = None) -> type[Made]:
    """The form with a field for each custom field, masked ones left out; it says what it showed when it was opened."""
    if not held:
        return form
    made: dict[str, Any] = {
        field.name: _field(field, values) for field, values in held if clear or not field.sensitive
    }
    columns = kinds.kind_of(Customer).conditions or {}
    present = {name: str(getattr(customer, name)) for name in columns} if customer else {}
    if customer is not None:
        made["opened"] = HiddenField()
    return type(
        form.__name__, (form,), {**made, "held": held, "present": present, "is_new": customer is None}
    )


def _field(field: Definition, values: Sequence[str]) -> Any:
    label, help = field.label, _help(field)
    offered = [(c.id, c.word) for c in field.choices if not c.retired or c.id in values]
    flags: dict[str, Any] = {"description": help}
    if field.type == SEVERAL:
        return ManyField(label, choices=offered, **flags)
    if field.type in (ONE, YES_NO):
        choices = offered if field.type == ONE else [(YES, _("yes")), (NO, _("no"))]
        return fields.choice(label, [("", "—"), *choices], **flags)
    if field.type == LONG_TEXT:
        return fields.long_text(label, most=field_rules.MOST_SIGNS[LONG_TEXT], **flags)
    if field.type == DATE:
        return fields.day(label, **flags)
    keys = {"inputmode": "decimal"} if field.type in (NUMBER, MONEY) else {}
    keys = {"type": "url", "inputmode": "url"} if field.type == LINK else keys
    most = field_rules.MOST_SIGNS.get(field.type, 40)
    return fields.text(label, most=most, render_kw=keys, **flags)


def _help(field: Definition) -> str:
    """What an administrator says of the field, and where it is asked for."""
    where = custom_fields.condition_words(Customer.__tablename__, field.shown_when)
    hint = _("Only where: %(condition)s.", condition=where) if where else ""
    return " ".join(part for part in (field.help, hint) if part)


def shown(held: Held) -> dict[str, Any]:
    """What the fields of a form show of these values, by name."""
    return {field.name: _shown(field, values) for field, values in held}


def _shown(field: Definition, values: Sequence[str]) -> Any:
    if field.type == SEVERAL:
        return list(values)
    typed = field_rules.typed(field.type, values[0]) if values else None
    return date.fromisoformat(typed) if typed and field.type == DATE else typed


def _opened(form: CustomFields) -> dict[str, list[str]]:
    try:
        values = json.loads(form["opened"].data or "{}") if "opened" in form else {}
    except ValueError:
        return {}
    known = values if isinstance(values, dict) else {}
    return {name: kept for name, value in known.items() if (kept := _kept(form, name, value)) is not None}


def _kept(form: Any, name: str, value: Any) -> list[str] | None:
    field = next((field for field in form.custom if field.name == name), None)
    if field is None:
        return None
    typed = value if isinstance(value, list) else [value] if value else []
    try:
        return [v if field.is_chosen else field_rules.stored(field.type, v) for v in map(str, typed)]
    except RuleBroken:
        return None


def words(held: Held) -> dict[str, Callable[[Any], Any]]:
    """How a conflict shows what stands in a field: by its name."""
    return {field.name: partial(_spoken, field) for field, _values in held}


def _spoken(field: Definition, value: Any) -> str:
    typed = value if isinstance(value, list) else [value] if value else []
    try:
        return field.words([v if field.is_chosen else field_rules.stored(field.type, str(v)) for v in typed])
    except RuleBroken:
        return _(", ").join(map(str, typed))


def is_asked(field: Definition, customer: Customer) -> bool:
    """Whether a field is for such a customer, as far as that follows from the columns of the file."""
    columns = kinds.kind_of(Customer).conditions or {}
    wanted = {name: values for name, values in field.shown_when.items() if name in columns}
    return field_rules.holds(wanted, {name: [str(getattr(customer, name))] for name in wanted})


def conditions(form: CustomFields, field: Definition) -> str:
    """The condition of a field as the script of the form reads it: names of inputs → values that show the field."""
    names = {str(other.id): other.name for other, _values in form.held}
    wanted = {names.get(what, what): list(values) for what, values in field.shown_when.items()}
    present = {name: values for name, values in wanted.items() if name in form}
    return json.dumps(present, ensure_ascii=False) if present else ""
