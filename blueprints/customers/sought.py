"""Whether what somebody typed into a list finds but those who are being erased.

It does if it is a name or a number of theirs, what only they have in a custom field, or a part of their name that
stands in the name of nobody else: a given name alone finds one person in one company and ten in another. Of a
company's name the parts are those with which its brand begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from blueprints.customers.company_names import parsed
from blueprints.customers.models import Customer, CustomerValue, Person
from blueprints.office import custom_fields, field_rules
from core.db import db
from core.erasing import Past
from core.querytraces import SEARCH, is_one_of
from core.traces import traces_in
from core.wholes import Whole

# Columns of names and numbers that somebody types to find just this one, and what they may be asked of in a list
NAMES = {"customers": ("name", "short_name"), "people": ("name",)}
NUMBERS = {"customers": ("number", "credit_code"), "contact_points": ("value", "normal")}
ASKED_OF = frozenset({"name", "number", "phone"})
VALUES = CustomerValue.__tablename__
DIGITS = 7


class Sought:
    """What may have been typed to find records that are going, and their rows of now and of earlier days."""

    def __init__(self, whole: Whole, past: Past) -> None:
        self._gone = {table: set(whole.get(table, {})) for table in NAMES}
        self._rows = [*((table, row) for table in whole for row in whole[table].values()), *past]
        self._names = self._texts(NAMES)
        self._verdicts: dict[str, bool] = {}

    @cached_property
    def called(self) -> list[str]:
        """Their names and numbers, and the phones and mails that stand, or stood, in custom fields."""
        values = (str(row.get("value") or "") for table, row in self._rows if table == VALUES)
        return traces_in([*self._names, *self._texts(NUMBERS), *filter(_is_contact, values)])

    def __call__(self, field: str, text: str) -> bool:
        """Whether a search, or what is asked of a field, finds but them."""
        if field == SEARCH or field in ASKED_OF:
            return is_one_of(text, self.called) or (field != "number" and self._is_part(text))
        return field in self._own and is_one_of(text, [*self.called, *traces_in(self._own[field])])

    @cached_property
    def _own(self) -> Mapping[str, Collection[str]]:
        """Name of a custom field in words → what they have in it, and nobody else."""
        every = custom_fields.all_of(Customer.__tablename__)
        fields = {field.id: field for field in every if field.type in field_rules.WORDED}
        own: dict[str, set[str]] = {field.name: set() for field in fields.values()}
        for table, row in self._rows:
            field = fields.get(row.get("field_id", 0)) if table == VALUES else None
            value = str(row.get("value") or "")
            if field and traces_in([value]) and self._is_alone(field, value):
                own[field.name].add(value)
        return own

    def _is_alone(self, field: custom_fields.Definition, value: str) -> bool:
        same = CustomerValue.field_id == field.id, CustomerValue.key == field_rules.key_of(field.type, value)
        others = CustomerValue.customer_id.not_in(self._gone["customers"])
        return not _there_is(*same, others)

    def _is_part(self, text: str) -> bool:
        """Whether a text stands in one of their names, and in that of nobody else."""
        said = text.strip().casefold()
        if not traces_in([said]) or not (self._is_of_person(said) or self._is_of_company(said)):
            return False
        if said not in self._verdicts:
            self._verdicts[said] = not self._is_in_others(said)
        return self._verdicts[said]

    def _is_of_person(self, said: str) -> bool:
        people = (
            row for table, row in self._rows
            if table == "people" or (table == "customers" and row.get("kind") == "person")
        )  # fmt: skip
        return any(
            said in str(row.get(name) or "").casefold() for row in people for name in NAMES["customers"]
        )

    def _is_of_company(self, said: str) -> bool:
        brand = parsed(said).core
        return bool(brand) and any(
            said in name.casefold() and parsed(name).core.startswith(brand) for name in self._names
        )

    def _is_in_others(self, said: str) -> bool:
        named = or_(
            *(column.icontains(said, autoescape=True) for column in (Customer.name, Customer.short_name))
        )
        if _there_is(named, Customer.id.not_in(self._gone["customers"])):
            return True
        return _there_is(Person.name.icontains(said, autoescape=True), Person.id.not_in(self._gone["people"]))

    def _texts(self, by: Mapping[str, Iterable[str]]) -> list[str]:
        found = (row.get(column) for table, row in self._rows for column in by.get(table, ()))
        return sorted({text for text in found if isinstance(text, str) and text})


def _is_contact(value: str) -> bool:
    """Whether a value looks like a phone number or a mail address."""
    digits = sum(sign.isdigit() for sign in value)
    return ("@" in value and " " not in value.strip()) or (
        digits >= DIGITS and all(sign.isdigit() or sign in "+-() ." for sign in value)
    )


def _there_is(*conditions: ColumnElement[bool]) -> Any:
    return db.session.scalar(select(exists().where(*conditions)))
