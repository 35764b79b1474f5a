"""Custom fields in an import: what fills them, how their cells are read, what a row changes, and writing that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from blueprints.customers import custom_values
from blueprints.customers.custom_values import TABLE
from blueprints.customers.models import CustomerValue
from blueprints.office import custom_fields, field_rules
from blueprints.office.custom_fields import Definition
from core import changes, converting
from core.bulk import chunks
from core.converting import Doubt
from core.dates import day
from core.db import db
from core.errors import RuleBroken
from core.mapping import Field
from core.names import nfc
from core.words import _l, listed

if TYPE_CHECKING:
    from blueprints.customers.import_targets import Target

Given = list[tuple[Definition, list[str]]]
_HIDDEN, _SHOWN = "***", 40
_DEFAULTS = {"kind": "company", "status": "lead", "tier": "none", "intent": "none"}


def fields() -> list[Field]:
    """What a column can fill."""
    return [_field(definition) for definition in custom_values.fields()]


def readable() -> list[Field]:
    """The same with the retired ones, which a mapping from before may name."""
    return [_field(definition) for definition in custom_fields.all_of(TABLE)]


def given(values: Mapping[str, Any], known: Mapping[str, Definition]) -> Given:
    """What a row says of custom fields; of those in use only, and nothing of empty cells."""
    named = [(known[name], value) for name, value in values.items() if name in known]
    return [(field, value if isinstance(value, list) else [value]) for field, value in named]


def _field(definition: Definition) -> Field:
    words = tuple(dict.fromkeys((definition.zh, definition.en, definition.key)))
    many = definition.type == field_rules.SEVERAL
    dated = definition.type == field_rules.DATE
    return Field(
        definition.name, definition.label, words, many=many, convert=_reader(definition), dated=dated
    )


def _reader(definition: Definition) -> Callable[[str], Any]:
    def read(cell: str, order: str = "") -> Any:
        if definition.sensitive and _HIDDEN in cell:
            return Doubt(None, _l("“%(value)s” is masked. It is left out.", value=cell[:_SHOWN]))
        if definition.is_chosen:
            return _choices(definition, cell)
        return _stored(definition.type, cell, order)

    return read


def _stored(type: str, cell: str, order: str) -> Any:
    if type == field_rules.YES_NO:
        return field_rules.YES if converting.yes_no(cell) else field_rules.NO
    if type == field_rules.DATE:
        found = day(cell, order)
        meant = found.value if isinstance(found, Doubt) else found
        kept = field_rules.stored(type, meant.isoformat())
        return Doubt(kept, found.message) if isinstance(found, Doubt) else kept
    if type == field_rules.LONG_TEXT:
        return field_rules.stored(type, "\n".join(nfc(row) for row in cell.split("\n")).strip())
    return field_rules.stored(type, nfc(cell))


def _choices(definition: Definition, cell: str) -> str | list[str]:
    """By either name; several as our own file writes them, or as people do."""
    named = {word.casefold(): choice.id for choice in definition.choices for word in (choice.zh, choice.en)}
    if definition.type == field_rules.ONE:
        return _meant(definition, named, nfc(cell))
    own = [nfc(part) for part in cell.split("、") if nfc(part)]
    known = all(part.casefold() in named for part in own)
    parts = own if known else converting.parted(cell, lambda text: nfc(text).casefold() in named)
    return [_meant(definition, named, nfc(part)) for part in parts]


def _meant(definition: Definition, named: Mapping[str, str], word: str) -> str:
    found = named.get(word.casefold())
    if found is None:
        choices = listed(choice.word for choice in definition.choices if not choice.retired)
        raise RuleBroken(_l("“%(value)s” is none of: %(choices)s.", value=word[:60], choices=choices))
    return found


def changed(
    row: Given, present: Mapping[int, Sequence[str]], codes: Mapping[str, Any], *, clear: bool
) -> dict[int, list[str]]:
    """Field id → values, of what the row says otherwise than the file does, and may say."""
    facts = _facts(row, present, codes)
    return {
        field.id: values
        for field, values in row
        if set(values) != set(present.get(field.id, ()))
        and (clear or not field.sensitive)
        and field_rules.holds(field.shown_when, facts)
    }


def left_out(row: Given, present: Mapping[int, Sequence[str]], *, clear: bool) -> Iterator[tuple[Any, str]]:
    """Why what a row says is not taken over, and the name of the field; `present` is what is kept in the end."""
    for field, values in row:
        if set(values) == set(present.get(field.id, ())):
            continue
        if field.sensitive and not clear:
            message = _l(
                "You do not see “%(field)s” of this customer, so it stays as it is.", field=field.label
            )
        else:
            where = custom_fields.condition_words(TABLE, field.shown_when)
            message = _l(
                "“%(field)s” is asked for only where %(condition)s. It is left out.",
                field=field.label,
                condition=where,
            )
        yield message, field.name


def lacking(
    fields: Iterable[Definition], values: Mapping[int, Sequence[str]], codes: Mapping[str, Any]
) -> Iterator[Definition]:
    """The required fields that a new customer is asked for and has nothing in."""
    facts = _facts([], values, codes)
    for field in fields:
        if field.required and not values.get(field.id) and field_rules.holds(field.shown_when, facts):
            yield field


def write(targets: Iterable[Target], changed: Iterable[Target]) -> None:
    """Make, change and delete values as planned; `changed` are those who may have values already."""
    known = {field.id: field for field in custom_values.fields()}
    wanted = {
        (target.on_file, field.id, custom_values.part_of(field, value)): value
        for target in targets
        for field in known.values()
        for value in target.news.custom.get(field.id, ())
    }
    touched = {(target.on_file, id) for target in changed for id in target.news.custom}
    gone: list[int] = []
    other: list[tuple[dict[str, Any], dict[str, str]]] = []
    for row in _present({id for id, _field_id in touched}):
        if (row["customer_id"], row["field_id"]) not in touched:
            continue
        value = wanted.pop((row["customer_id"], row["field_id"], row["part"]), None)
        if value is None:
            gone.append(row["id"])
        elif value != row["value"]:
            other.append((row, {"value": value}))
    changes.bulk_delete(CustomerValue, gone)
    changes.bulk_restore(CustomerValue, other)
    fresh = [_row(known[key[1]], key, value) for key, value in wanted.items()]
    changes.bulk_insert(CustomerValue, fresh)


def _present(ids: Iterable[int]) -> Iterator[dict[str, Any]]:
    table: Any = CustomerValue.__table__
    for chunk in chunks(sorted(ids)):
        rows = db.session.execute(select(table).where(table.c.customer_id.in_(chunk))).mappings()
        yield from map(dict, rows)


def _row(field: Definition, key: tuple[int, int, int], value: str) -> dict[str, Any]:
    customer_id, field_id, part = key
    return {
        "customer_id": customer_id, "field_id": field_id, "part": part, "value": value,
        "key": field_rules.key_of(field.type, value),
    }  # fmt: skip


def _facts(
    row: Given, present: Mapping[int, Sequence[str]], codes: Mapping[str, Any]
) -> dict[str, Sequence[str]]:
    """What the customer has once the row is taken over."""
    columns = {name: [str(codes.get(name) or default)] for name, default in _DEFAULTS.items()}
    kept = {str(id): values for id, values in present.items()}
    return {**columns, **kept, **{str(field.id): values for field, values in row}}
