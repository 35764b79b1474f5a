"""What customers have in the custom fields of the company: read, written, and shown in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from sqlalchemy import and_, bindparam, exists, select

from blueprints.customers.models import Customer, CustomerValue
from blueprints.office import custom_fields, field_rules
from blueprints.office.custom_fields import Definition
from blueprints.office.models import CustomField
from core import deriving, events, journal, kinds, parts, settings
from core.db import db
from core.errors import NotFound, Stale
from core.masking import masked
from core.parts import Part
from core.words import _, _l

TABLE = Customer.__tablename__
Held = Sequence[tuple[Definition, Sequence[str]]]
Given = Mapping[str, Sequence[str]]  # name of a field → its stored values
_OF_ONE: Any = (
    select(CustomField, CustomerValue.value)
    .outerjoin(
        CustomerValue,
        and_(CustomerValue.field_id == CustomField.id, CustomerValue.customer_id == bindparam("id")),
    )
    .where(CustomField.record_table == TABLE, ~CustomField.retired)
    .order_by(CustomField.position, CustomField.id, CustomerValue.id)
)
_OF_MANY: Any = select(CustomerValue.customer_id, CustomerValue.field_id, CustomerValue.value).where(
    CustomerValue.customer_id.in_(bindparam("ids", expanding=True))
)

_KEYS: Any = select(CustomerValue.id, CustomerValue.field_id, CustomerValue.value, CustomerValue.key).where(
    CustomerValue.customer_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class Sent:
    """What somebody wants to stand in custom fields, and what stood there when their form was opened."""

    values: Given
    opened: Given = default(default_factory=dict)


def fields() -> Sequence[Definition]:
    """The fields in use, in their order."""
    return custom_fields.fields_of(TABLE)


def are_there() -> bool:
    """Whether the company has fields of its own."""
    return bool(settings.get(custom_fields.MARK))


def of_one(customer_id: int) -> Held:
    """The fields in use with what a customer has in each, in one statement; none where the company has no fields."""
    if not are_there():
        return ()
    found: dict[int, tuple[Definition, list[str]]] = {}
    for row, value in db.session.execute(_OF_ONE, {"id": customer_id}):
        _field, values = found.setdefault(row.id, (custom_fields.definition(row), []))
        if value is not None:
            values.append(value)
    return [(field, _ordered(field, values)) for field, values in found.values()]


def of_many(ids: Sequence[int], wanted: Collection[int]) -> dict[int, dict[int, list[str]]]:
    """Customer id → field id → stored values, of these fields; one statement, none where no field is wanted."""
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    if not wanted or not ids:
        return found
    for customer_id, field_id, value in db.session.execute(_OF_MANY, {"ids": list(ids)}):
        if field_id in wanted:
            found[customer_id][field_id].append(value)
    return found


def texts_of(ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """What these customers are found by; one statement, none where no field is searched."""
    wanted = _searched()
    held = of_many(ids, wanted)
    return {id: texts_in(held[id], wanted) if id in held else () for id in ids}


def texts_in(
    values: Mapping[int, Sequence[str]], wanted: Mapping[int, Definition] | None = None
) -> Sequence[str]:
    """What is found of these values, by the id of the field."""
    fields = _searched() if wanted is None else wanted
    return [text for id, texts in values.items() if id in fields for text in texts]


def _searched() -> dict[int, Definition]:
    if not custom_fields.is_searched():
        return {}
    return {field.id: field for field in fields() if field.searchable}


def rekey(ids: Sequence[int]) -> int:
    """Mend the keys of these customers' values; answers how many were wrong. One statement, none without fields."""
    known = {field.id: field for field in custom_fields.all_of(TABLE)}
    if not known or not ids:
        return 0
    rows = db.session.execute(_KEYS, {"ids": list(ids)}).all()
    right = [(row, field_rules.key_of(known[row.field_id].type, row.value)) for row in rows]
    wrong = [{"id": row.id, "key": key} for row, key in right if row.key != key]
    deriving.write(CustomerValue, wrong)
    return len(wrong)


def _ordered(field: Definition, values: Sequence[str]) -> list[str]:
    """Several choices stand in the order in which they are offered."""
    places = {choice.id: place for place, choice in enumerate(field.choices)}
    return sorted(values, key=lambda value: places.get(value, 0)) if field.is_chosen else list(values)


def facts_of(customer: Customer, held: Held) -> dict[str, Sequence[str]]:
    """What the conditions of fields are judged by: codes of the customer by column, and values by id of the field."""
    columns = kinds.kind_of(Customer).conditions or {}
    codes = {name: [str(getattr(customer, name))] for name in columns}
    return {**codes, **{str(field.id): values for field, values in held}}


def shown_of(customer: Customer) -> Held:
    """What the file shows: the fields with a value whose condition holds. One statement."""
    held = of_one(customer.id)
    facts = facts_of(customer, held) if held else {}
    return [
        (field, values) for field, values in held if values and field_rules.holds(field.shown_when, facts)
    ]


def in_words(field: Definition, values: Sequence[str], *, clear: bool) -> str:
    """What a person may read of it."""
    words = field.words(_ordered(field, values))
    return words if clear or not field.sensitive else masked("other", words)


def cell(field: Definition, values: Sequence[str], *, clear: bool, codes: bool = False) -> str:
    """What of it may stand in a person's file."""
    text = field.cell(_ordered(field, values), codes=codes)
    return text if clear or not field.sensitive else masked("other", text)


def put(customer: Customer, sent: Sent | None) -> None:
    """Set the fields that are named, and leave the others; a field whose condition does not hold is left as it is."""
    if sent is None or not sent.values or not fields():
        return
    wanted = sent.values
    rows = defaultdict[int, list[CustomerValue]](list)
    for row in db.session.scalars(select(CustomerValue).where(CustomerValue.customer_id == customer.id)):
        rows[row.field_id].append(row)
    after = [(field, wanted.get(field.name, [row.value for row in rows[field.id]])) for field in fields()]
    facts = facts_of(customer, after)
    for field, values in after:
        if field.name in wanted and field_rules.holds(field.shown_when, facts):
            _put(customer, field, values, rows[field.id])
    db.session.flush()


def _put(customer: Customer, field: Definition, values: Sequence[str], rows: Iterable[CustomerValue]) -> None:
    new = {part_of(field, value): value for value in values}
    for row in rows:
        if row.part not in new:
            db.session.delete(row)
        elif (value := new.pop(row.part)) != row.value:
            row.value, row.key = value, field_rules.key_of(field.type, value)
    for part, value in new.items():
        key = field_rules.key_of(field.type, value)
        db.session.add(
            CustomerValue(customer_id=customer.id, field_id=field.id, part=part, value=value, key=key)
        )


def part_of(field: Definition, value: str) -> int:
    """What tells the rows of one field apart."""
    return int(value) if field.type == field_rules.SEVERAL else 0


def check_opened(customer: Customer, sent: Sent | None) -> None:
    """Raises Stale if somebody else has changed, since the form was opened, what it would overwrite."""
    if sent is None or not sent.opened:
        return
    for definition, values in of_one(customer.id):
        mine, before = sent.values.get(definition.name), sent.opened.get(definition.name)
        if mine is not None and before is not None and list(values) not in (list(before), list(mine)):
            raise Stale(_("Somebody else has changed this file since you opened it."))


def the_sensitive(customer: Customer, field_id: int) -> tuple[Definition, Sequence[str]]:
    """A sensitive field in which a customer has something. Raises NotFound for any other."""
    for field, values in shown_of(customer):
        if field.id == field_id and field.sensitive:
            return field, values
    raise NotFound(_("This page does not exist, or it is not yours to see."))


def note_reveal(customer: Customer, field: Definition, *, reason: str) -> None:
    """Journal that a masked value is shown."""
    journal.note("revealed", record=customer, custom_field=field.id, field=field.label, reason=reason)


def _field(row: Mapping[str, Any]) -> Definition | None:
    return next((field for field in custom_fields.all_of(TABLE) if field.id == row.get("field_id")), None)


def _named(row: Mapping[str, Any]) -> Any:
    field = _field(row)
    return field.label if field else _("Custom field")


def _mask(row: Mapping[str, Any]) -> str | None:
    """What is not known to be open is masked."""
    field = _field(row)
    return None if field is not None and not field.sensitive else "other"


def _worded(value: str, row: Mapping[str, Any]) -> str:
    field = _field(row)
    return field.word(value) if field else value


parts.declare(
    Part(
        CustomerValue.__tablename__,
        _l("Custom field"),
        {"value": _l("Value")},
        by_row={"value": _worded},
        named=_named,
        masks={"value": _mask},
    )
)


@events.listen("custom_field.used")
def used(field: CustomField) -> list[str] | None:
    """Whether there are values in a field: its choices in use, or a word that there is something."""
    if field.record_table != TABLE:
        return None
    mine = CustomerValue.field_id == field.id
    choices = [choice.id for choice in custom_fields.choices_of(field.choices)]
    if field.type not in field_rules.CHOOSING or not choices:
        some = db.session.scalar(select(CustomerValue.id).where(mine).limit(1))
        return [""] if some is not None else []
    # Each asked of the index by itself: a million customers may have the same one
    keys = (field_rules.key_of(field.type, choice) for choice in choices)
    row = db.session.execute(select(*(exists().where(mine, CustomerValue.key == key) for key in keys))).one()
    return [choice for choice, held in zip(choices, row, strict=True) if held]


@events.listen("record.made_again")
def derive(record: Any) -> None:
    """Fill the derived column of a value that comes back."""
    if isinstance(record, CustomerValue):
        field = _field({"field_id": record.field_id})
        record.key = field_rules.key_of(field.type, record.value) if field else ""
