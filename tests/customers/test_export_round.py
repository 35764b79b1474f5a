"""What is exported comes back by our own import as it was, in an empty company and in the same."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from datetime import date
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
    export_beside,
    export_columns,
    exporting,
    import_fields,
    import_rows,
    importing,
    rules,
    special_days,
    yearly,
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
from core.names import nfc
from core.suggesting import suggest
from tests.company import a_customer, the_user, the_viewer
from tests.customers.custom import a_field
from tests.customers.imports import counts, imported, sentences

FORMATS = ("csv", "csv-gb18030", "xlsx", "vcard")
# What stands in texts: formulas, separators, quotation marks, guards, breaks of lines
TEXTS = (
    "普通的字", "=1+1", "'=1", "-5 折", "@王敏", '说"好"', '"quoted"', "a,b;c、d", "一\n二\n\n三", "'t Hart",
    "\\n; \\,",
    "a|b", "x: y", "  两边 ", "# 井", "***", "ＡＢＣ", "😀 é ß", "1.38E+10", "2026-01-02", "0012", "C:\\temp",
)  # fmt: skip
TAGS = ("VIP", "a,b", "甲、乙", "* 星", '"引"', "=和", "半;分", "x|y", "-减", "c: d", "空 格", '6" 管')
ONE_LINE = [" ".join(text.split()) for text in TEXTS]
NUMBERS = (
    ("mobile", "139 1234 66{:02}"), ("mobile", "+1 202 555 01{:02}"), ("phone", "021-5888 77{:02} 转 801"),
    ("phone", "010-888866{:02}/7"), ("fax", "0571-876543{:02}"), ("email", "a{:02}|b@hx.example"),
    ("wechat", "wx,{:02}"),
    ("wecom", "和;{:02}"), ("qq", "1234567{:02}"), ("wechat", "=wx{:02}"), ("mobile", "(852) 9123 45{:02}"),
)  # fmt: skip


@pytest.fixture
def company(app: Flask) -> Iterator[Flask]:
    """With a field of every type, and as whoever may do all."""
    with app.app_context():
        for number, type in enumerate(
            (
                "text",
                "long_text",
                "number",
                "money",
                "date",
                "yes_no",
                "single_choice",
                "multiple_choice",
                "link",
            )
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
            helping = dice.sample(("lead1", "service1", "sales1b"), dice.randrange(3))
            actions.set_helpers(customer, {the_user(name).id: dice.random() < 0.5 for name in helping})
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
    names = [
        *dice.sample(("王敏", "Mary Ann Lee", "=O'Neil", "李,四", "Cher"), dice.randrange(4)),
        customer.name,
    ]
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
        _days(dice, customer, person)
        account = dice.choice((None, "企微：销售一部", "a, b")) if kind in rules.FRIEND_KINDS else None
        value = form.format(count)
        point = actions.add_point(customer, value, kind=kind, person=person, label=label, added_by=account)
        actions.change_point(customer, point, {"bad": dice.random() < 0.2})


def _days(dice: random.Random, customer: Customer, person: Person | None) -> None:
    """Some special days, none of them twice."""
    calendar, year = dice.choice(("solar", "lunar")), dice.choice((None, 1980))
    present = [(day.kind, day.person_id) for day in special_days.days_of(customer)]
    kind = dice.choice(yearly.KINDS)
    whose = person.id if person else None
    if dice.random() < 0.4 and (kind, whose) not in present:
        values = {"kind": kind, "calendar": calendar, "year": year, "month": dice.randrange(1, 13), "day": 28}
        remark = dice.choice((None, *map(nfc, ONE_LINE)))
        special_days.note_day(customer, {**values, "person_id": whose, "remark": remark})


def _custom(dice: random.Random, fields: list[CustomField]) -> dict[str, list[str]]:
    stored = {
        "text": ONE_LINE, "long_text": ["一\n二", "=a\n-b", "'"], "number": ["-1234.5", "7"],
        "money": ["1250001", "-5"],
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


def file_of(
    tmp_path: Path, format: str, by: str = "manager", language: str = "zh_Hans_CN", **how: Any
) -> Path:
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
            known = import_fields.suggested(table.header, table.samples(200), who)
            columns = import_fields.checked(known, table.header, Way(**way))
            rows = list(import_rows.read(table.rows(), columns, Way(**way)))
        account = importing.carry_out(rows, by=who)
        db.session.commit()
    return account


def emptied() -> None:
    """Nobody is left."""
    db.session.rollback()
    gone = {Customer.__table__, Person.__table__}
    tables = db.metadata.sorted_tables
    while more := {
        t for t in tables if t not in gone and {key.column.table for key in t.foreign_keys} & gone
    }:
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
            "helpers": {helper.user.username: helper.may_write for helper in customer.helpers},
            "days": sorted(
                [
                    (places[day.person_id].person.name if day.person_id else "", columns_of(day))
                    for day in special_days.days_of(customer)
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
            "points": [
                (whose, point["kind"], point["value"], point["normal"]) for whose, point in held["points"]
            ],
            "tags": held["tags"],
        }
        for number, held in everyone.items()
    }


def changed(before: dict[str, dict[str, Any]], seen: Any = dict) -> dict[str, Any]:
    """What is otherwise by now, by customer and what it is: as it was, and as it is."""
    now, then = seen(present()), seen(before)
    parts = {(number, what) for held in (now, then) for number in held for what in held[number]}
    pairs = {
        f"{number} {what}": (then.get(number, {}).get(what), now.get(number, {}).get(what))
        for number, what in parts
    }
    return {name: _unlike(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _unlike(then: Any, now: Any) -> Any:
    if not (isinstance(then, dict) and isinstance(now, dict)):
        return then, now
    return {name: (then.get(name), now.get(name)) for name in then | now if then.get(name) != now.get(name)}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_exported_makes_the_same_customers(
    company: Flask, tmp_path: Path, format: str, seed: int
) -> None:
    specimen(seed)
    before = present()
    out, back = ("en", "zh_Hans_CN") if seed % 2 else ("zh_Hans_CN", "en")
    file = file_of(tmp_path, format, language=out)
    again = taken(file, language=back)
    assert changed(before) == {}
    assert counts(again)[:2] == (0, 0), sentences(again)
    emptied()
    account = taken(file, language=back)
    assert (account.created, account.refused, sentences(account)) == (len(before), 0, [])
    assert changed(before, on_cards if format == "vcard" else dict) == {}


def of_two_people() -> Customer:
    """A company with a number of its own, and two people with one each."""
    customer = a_customer(
        "华兴科技有限公司", tier="a", district="越城区", address="文昌路142号", tags=["VIP"]
    )
    with changes.acting(changes.Actor(the_user("manager").id, "x", "web")):
        for name, phone in (("甲", "13877770011"), ("乙", "13877770012")):
            actions.add_person(customer, {"name": name, "phone": phone})
        actions.add_point(customer, "021-58880000 转 801", kind="phone", label="前台")
        db.session.commit()
    return customer


def cells_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))


def test_each_person_has_a_row_with_their_own_numbers(app: Flask, tmp_path: Path) -> None:
    """The customer's own stands in the first row alone, so that who changes that one changes the customer."""
    with app.app_context():
        of_two_people()
        first, second, mark = cells_of(file_of(tmp_path, "csv"))
        assert (first["编号"], first["名称"]) == (second["编号"], second["名称"])
        assert [(row["联系人"], row["联系人手机"]) for row in (first, second)] == [
            ("甲", "13877770011"),
            ("乙", "13877770012"),
        ]
        own = [
            (row["客户自有座机"], row["号码标签"], row["客户级别"], row["标签"]) for row in (first, second)
        ]
        assert own == [
            ("021-58880000 转 801", "021-58880000 转 801: 前台", "A 重点", "VIP"),
            ("", "", "", ""),
        ]
        assert "共2行" in mark["编号"]


@pytest.mark.parametrize("way", [{"clear": True}, {"match": "reach"}, {"match": "name"}, {"mode": "create"}])
def test_rows_of_further_people_join_however_rows_are_taken(
    app: Flask, tmp_path: Path, way: dict[str, Any]
) -> None:
    with app.app_context():
        of_two_people()
        before, file = present(), file_of(tmp_path, "csv")
        taken(file, **way)
        assert changed(before) == {}
        emptied()
        assert counts(taken(file, **way)) == (1, 1, 0, 0)
        assert changed(before) == {}


def test_what_one_does_not_see_in_clear_is_masked_and_comes_back_as_nothing(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        of_two_people()
        a_customer("李静", kind="person", birthday=date(1980, 5, 3), gender="female")
        before, file = present(), file_of(tmp_path, "csv", clear=False)
        rows = cells_of(file)
        assert {(row["联系人手机"], row["号码标签"], row["生日"]) for row in rows[:-1]} == {
            ("138 **** 0011", "", ""),
            ("138 **** 0012", "", ""),
            ("", "", "****-**-**"),
        }
        assert counts(taken(file)) == (0, 0, 3, 0)
        assert changed(before) == {}


def test_cards_are_of_one_person_each(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        of_two_people()
        file = file_of(tmp_path, "vcard").read_bytes().decode().replace("\r\n ", "")
        cards = [card.split("\r\n") for card in file.split("BEGIN:VCARD")[1:]]
        found = {
            line.removeprefix("FN:"): [one.rpartition(":")[2] for one in card if one.startswith("TEL")]
            for card in cards
            for line in card
            if line.startswith("FN:")
        }
        assert found == {
            "华兴科技有限公司": ["021-58880000 转 801"],
            "甲": ["13877770011"],
            "乙": ["13877770012"],
        }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", LANGUAGES)
def test_each_word_of_a_file_is_understood(app: Flask, language: str, reader: str) -> None:
    """Also alone, when somebody has taken the other columns out, and by who reads the other language."""
    with app.app_context():
        with force_locale(language):
            heads = export_columns.heads([], codes=False)
            coded = export_columns.wording(codes=False).coded
        with force_locale(reader):
            assert len(set(heads)) == len(heads)
            known = dict(zip(heads, export_columns.HEADER, strict=True))
            wanted = {
                head: name for head, name in known.items() if name not in ("last_contact", "next_contact")
            }
            assert import_fields.suggested(heads, {}) == wanted
            alone = {head: suggest([head], FIELDS)[head] for head in wanted}
            assert {head: pair for head in wanted if len(set(pair := (alone[head], wanted[head]))) > 1} == {}
            readers = {target.name: target.convert for target in FIELDS}
            days = {word: f"{word}: --05-03" for word in coded["special_days"].values()}
            kinds = {word: [day.kind for day in readers["special_days"](cell)] for word, cell in days.items()}
            assert kinds == {word: [code] for code, word in coded.pop("special_days").items()}
            unread = [
                (column, word)
                for column, words in coded.items()
                for code, word in words.items()
                if code != "guardian" and readers[column](word) not in (code, [code])
            ]
            assert unread == []


def test_files_of_earlier_versions_are_still_taken(app: Flask) -> None:
    """Their people and numbers stood in one row: those of the person there belong to that person."""
    text = (
        "number,name,kind,person_name,person_title,phone,email,wechat,tags\n"
        "KH000009,华兴科技,company,甲,王总,13877770011、021-58880000,a@hx.example,wx1,VIP\n"
    )
    with app.app_context():
        assert counts(imported(text)) == (1, 0, 0, 0)
        points = {(whose, point["kind"]) for whose, point in present()["KH000009"]["points"]}
        assert points == {("甲", "mobile"), ("", "phone"), ("甲", "email"), ("甲", "wechat")}


def test_a_field_called_like_one_of_ours_is_headed_by_its_name(company: Flask) -> None:
    columns = export_beside.custom()
    heads = export_columns.heads(columns, codes=False)[len(export_columns.HEADER) :]
    assert heads[-1] == columns[-1] and heads[0] != columns[0]
    with force_locale("en"):
        assert import_fields.suggested([*export_columns.HEADER, *heads], {})[columns[-1]] == columns[-1]


def test_special_days_are_masked_like_a_birthday(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        customer = a_customer("李静", kind="person")
        with changes.acting(changes.Actor(the_user("manager").id, "x", "web")):
            special_days.note_day(customer, {"kind": "birthday", "calendar": "lunar", "month": 8, "day": 15})
            db.session.commit()
        before = present()
        assert cells_of(file_of(tmp_path, "csv"))[0]["重要日子"] == "生日: 农历八月十五"
        file = file_of(tmp_path, "csv", clear=False)
        assert cells_of(file)[0]["重要日子"] == "****-**-**"
        taken(file)
        assert changed(before) == {}
