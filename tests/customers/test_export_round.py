"""What is exported comes back by our own import as it was, in an empty company and in the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from blueprints.customers import (
    actions,
    consents,
    custom_values,
    export_columns,
    exporting,
    import_fields,
    import_rows,
    importing,
    rules,
)
from blueprints.customers.columns import CHOICES
from blueprints.customers.custom_values import Sent
from blueprints.customers.import_fields import FIELDS
from blueprints.customers.import_report import Account
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer, Person
from blueprints.office.models import CustomField
from core import changes, clock
from core.db import db
from core.importways import Way
from core.intake import open_table, taken_in
from core.languages import LANGUAGES
from core.names import nfc, shadow
from core.suggesting import suggest
from tests.company import TEAMS, a_customer, the_user, the_viewer, without_right
from tests.customers.custom import a_field
from tests.customers.imports import counts, imported, sentences


FORMATS = ("csv", "csv-gb18030", "xlsx", "vcard")
# What stands in texts: formulas, separators, quotation marks, guards, breaks of lines
TEXTS = (
    "普通的字", "=1+1", "'=1", "-5 折", "@王敏", '说"好"', '"quoted"', "a,b;c、d", "一\n二\n\n三", "'t Hart", "\\n; \\,",
    "a|b", "x: y", "  两边 ", "# 井", "***", "ＡＢＣ", "😀 é ß", "1.38E+10", "2026-01-02", "0012", "C:\\temp",
)  # fmt: skip
TAGS = ("VIP", "a,b", "甲、乙", "* 星", '"引"', "=和", "半;分", "x|y", "-减", "c: d", "空 格", '6" 管')
ONE_LINE = [" ".join(text.split()) for text in TEXTS]
NUMBERS = (
    ("mobile", "139 1234 66{:02}"), ("mobile", "+1 202 555 01{:02}"), ("phone", "021-5888 77{:02} 转 801"),
    ("phone", "010-888866{:02}/7"), ("fax", "0571-876543{:02}"), ("email", "a{:02}|b@hx.example"), ("wechat", "wx,{:02}"),
    ("wecom", "和;{:02}"), ("qq", "1234567{:02}"), ("wechat", "=wx{:02}"), ("mobile", "(852) 9123 45{:02}"),
)  # fmt: skip


@pytest.fixture
def company(app: Flask) -> Iterator[Flask]:
    """With a field of every type, and as whoever may do all."""
    with app.app_context():
        for number, type in enumerate(
            ("text", "long_text", "number", "money", "date", "yes_no", "single_choice", "multiple_choice", "link")
        ):
            a_field(f"列{number}", type, en=f"col{number}", choices=["红, 绿", "蓝; 白", '"黑"'])
        a_field("行业", en="Industry two")  # called like a field of ours
        yield app


def specimen(seed: int) -> None:
    """Some customers, in all that they may have."""
    dice = random.Random(seed)
    manager = the_viewer("manager")
    fields = list(db.session.scalars(select(CustomField).order_by(CustomField.id)))
    for count in range(12):
        with changes.acting(changes.Actor(manager.id, manager.name, "web")):
            customer = _customer(dice, seed * 100 + count)
            _people_and_points(dice, customer)
            actions.update(customer, {"custom": Sent(_custom(dice, fields))})
            for purpose in dice.sample(("marketing", "surveys", "greetings"), dice.randrange(3)):
                said = {"purpose": purpose, "state": "refused", "on_day": clock.today()}
                consents.note_consent(customer, said, by=manager)
            db.session.commit()


def _customer(dice: random.Random, count: int) -> Customer:
    def some(values: Any, most: int = 60) -> Any:
        return dice.choice([None, *(value[:most].strip() for value in values)])

    status, kind = dice.choice(rules.STATUSES), dice.choice(rules.KINDS)
    given = {
        "kind": kind,
        "name": f"{dice.choice(ONE_LINE)} 第{count}号",
        "status": status,
        "lost_reason": dice.choice(rules.LOST_REASONS) if status == "lost" else None,
        "relationship_kind": dice.choice(rules.RELATIONSHIPS),
        "owner": the_user(dice.choice(("manager", "sales1a", "sales2a"))),
        "tier": dice.choice(rules.TIERS),
        "intent": dice.choice(rules.INTENTS),
        "source": some(CHOICES["source"]),
        "preferred_channel": some(rules.CHANNELS),
        "website": some(("https://hx.example/?a=1,2", "hx.example")),
        "credit_code": None,
        "gender": some(("female", "male")) if kind == "person" else None,
        "birthday": dice.choice((None, clock.today().replace(year=1980))) if kind == "person" else None,
        "note": some(TEXTS, 400),
        "tags": dice.sample(TAGS, dice.randrange(4)),
    }
    texts = (
        "short_name", "industry", "size", "country", "province", "city", "district", "address", "postal_code",
        "preferred_time", "language", "likes", "taboos",
    )  # fmt: skip
    return actions.create({**given, **{name: some(ONE_LINE, 18) for name in texts}}, the_viewer("manager"))


def _people_and_points(dice: random.Random, customer: Customer) -> None:
    numbers = dice.sample(NUMBERS, dice.randrange(len(NUMBERS)))
    people: list[Person | None] = [None]
    names = [*dice.sample(("王敏", "Mary Ann Lee", "=O'Neil", "李,四", "Cher"), dice.randrange(4)), customer.name]
    for name in names[: dice.randrange(len(names) + 1)]:
        details = {
            "name": name[:120],
            "decision_role": dice.choice([None, *rules.DECISION_ROLES]),
            "preferred_channel": dice.choice([None, *rules.CHANNELS]),
            "note": dice.choice([None, *map(nfc, ONE_LINE)]),
        }
        texts = ("form_of_address", "position", "department", "preferred_time", "language", "likes", "taboos")
        details |= {text: dice.choice([None, *ONE_LINE]) for text in texts}
        people.append(actions.add_person(customer, details))
    for count, (kind, form) in enumerate(numbers):
        label = dice.choice((None, "前台", "a: b", "x、y"))
        person = dice.choice(people)
        point = actions.add_point(customer, form.format(count), kind=kind, person=person, label=label)
        actions.change_point(customer, point, {"bad": dice.random() < 0.2})


def _custom(dice: random.Random, fields: list[CustomField]) -> dict[str, list[str]]:
    stored = {
        "text": ONE_LINE, "long_text": ["一\n二", "=a\n-b", "'"], "number": ["-1234.5", "7"], "money": ["1250001", "-5"],
        "date": ["2027-03-31"], "yes_no": ["0", "1"], "single_choice": ["1", "2", "3"],
        "link": ["https://example.com/a,b"],
    }  # fmt: skip
    found = {}
    for field in fields:
        if field.type == "multiple_choice":
            found[f"custom_{field.key}"] = sorted(dice.sample(("1", "2", "3"), dice.randrange(4)))
        else:
            some = dice.choice([None, *stored[field.type]])
            found[f"custom_{field.key}"] = [some] if some else []
    return found


def file_of(tmp_path: Path, format: str, by: str = "manager", language: str = "zh_Hans_CN", **how: Any) -> Path:
    """The export of all that somebody sees."""
    made = tmp_path / f"out.{format}"
    with force_locale(language):
        made.write_bytes(b"".join(exporting.file(Listing.read(MultiDict()), the_viewer(by), format, **how)))
    return made


def taken(file: Path, by: str = "manager", language: str = "zh_Hans_CN", **way: Any) -> Account:
    """The import of a file whose columns map themselves."""
    who = the_viewer(by)
    with force_locale(language), changes.acting(changes.Actor(who.id, who.name, "web")):
        with taken_in(file) as (kept, kind):
            table = open_table(kept, kind)
            columns = import_fields.checked(
                import_fields.suggested(table.header, table.samples(200), who), table.header
            )
            rows = list(import_rows.read(table.rows(), columns, Way(**way)))
        account = importing.carry_out(rows, by=who)
        db.session.commit()
    return account


def emptied() -> None:
    """Nobody is left."""
    db.session.rollback()
    gone = {Customer.__table__, Person.__table__}
    tables = db.metadata.sorted_tables
    while more := {t for t in tables if t not in gone and {key.column.table for key in t.foreign_keys} & gone}:
        gone |= more
    for table in reversed(tables):
        if table in gone:
            db.session.execute(delete(table), execution_options={"recorded": True})
    db.session.commit()
    db.session.expunge_all()


LEFT_OUT = {
    "id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id", "customer_id", "person_id",
    "special_on", "next_contact_on", "latest_contact_on", "next_sort",
}  # fmt: skip


def columns_of(row: Any) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs if c.key not in LEFT_OUT}


def present() -> dict[str, dict[str, Any]]:
    """All that is kept of each customer, by number."""
    db.session.expire_all()
    found = {}
    for customer in db.session.scalars(select(Customer)):
        places = {place.person_id: place for place in customer.affiliations}
        found[customer.number] = {
            "customer": columns_of(customer),
            "people": {p.person.name: {**columns_of(p.person), **columns_of(p)} for p in places.values()},
            "points": sorted(
                [
                    (places[point.person_id].person.name if point.person_id else "", columns_of(point))
                    for point in customer.points
                ],
                key=str,
            ),
            "tags": {tag.name for tag in customer.tags},
            "custom": {field.key: sorted(v) for field, v in custom_values.of_one(customer.id) if v},
        }
    return found


def on_cards(everyone: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What of it contact cards hold."""
    columns = (
        "number", "name", "short_name", "kind", "website", "country", "province", "city", "district", "address",
        "postal_code", "gender", "birthday", "note",
    )  # fmt: skip
    return {
        number: {
            "customer": {name: held["customer"][name] for name in columns},
            "people": {
                name: {what: person[what] for what in ("position", "department")}
                for name, person in held["people"].items()
            },
            "points": [(whose, point["kind"], point["value"], point["normal"]) for whose, point in held["points"]],
            "tags": held["tags"],
        }
        for number, held in everyone.items()
    }


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_exported_makes_the_same_customers(
    company: Flask, tmp_path: Path, format: str, seed: int
) -> None:
    specimen(seed)
    before = present()
    out, back = ("en", "zh_Hans_CN") if seed % 2 else ("zh_Hans_CN", "en")
    file = file_of(tmp_path, format, language=out)
    assert counts(again := taken(file, language=back))[:2] == (0, 0), sentences(again)
    assert present() == before
    emptied()
    account = taken(file, language=back)
    assert (account.created, account.refused, sentences(account)) == (len(before), 0, [])
    seen = on_cards if format == "vcard" else dict
    assert seen(present()) == seen(before)


def test_each_person_has_a_row_with_their_own_numbers(company: Flask, tmp_path: Path) -> None:
    """And the customer's own stand in the first row alone."""
