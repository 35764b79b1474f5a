"""Files as real programs wrote them, by the command: what lies on file afterwards is what stands in them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import queries
from blueprints.customers.models import Customer
from core.db import db
from tests.company import a_customer
from tests.core.realdata import real
from tests.core.workbooks import workbook
from tests.customers.test_import_command import run
from tests.customers.test_import_real import CASES, lines_of
from tests.customers.test_import_real_ways import CARDS, command, copy_of, told

JOHN, IBM = "John Richter,James Doe", "IBM"
# Card → counts, and of each customer: name, contact person, city, numbers and addresses, day of birth
REAL: dict[str, tuple[tuple[int, ...], list[tuple[str, str, str, set[str], str]]]] = {
    "John_Doe_ANDROID": (
        (4, 0, 0, 2, 2),  # two cards hold nothing but a mail address
        [
            ("Ñ Ñ Ñ Ñ", "", "", {"123456789"}, ""),
            ("Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ", "", "", {"123456", "3456789", "234567", "45678901"}, ""),
            ("Ñ" * 12, "Ñ Ñ Ñ Ñ Ñ", "", {"123456", "bob@company.com"}, ""),
            ("Ñ" * 44, "ÑÑÑÑ", "", {"55556666", "henry@company.com"}, ""),
        ],
    ),
    "John_Doe_BLACK_BERRY": ((1, 0, 0, 0, 0), [("Acme Solutions", "john Doe", "", {"+96123456789"}, "")]),
    "John_Doe_EVOLUTION": (
        (1, 0, 0, 0, 0),
        [(IBM, "John Richter, James Doe", "Albaney",
          {"+1 905-555-1234", "+1 905-666-1234", "john.doe@ibm.com"}, "1980-03-22")],
    ),
    "John_Doe_GMAIL": (
        (1, 0, 0, 0, 0),
        [(IBM, "John Richter, James Doe", "", {"905-555-1234", "905-666-1234", "john.doe@ibm.com"}, "1980-03-22")],
    ),
    "John_Doe_IPHONE": (
        (1, 0, 0, 0, 0),
        [(IBM, JOHN, "New York", {"+1 905-777-1234", "+1 905-222-1234", "+1 905-555-1234", "+1 905-888-1234",
                                  "+1 905-999-1234", "+1 905-666-1234", "john.doe@ibm.com"}, "2012-06-06")],
    ),
    "John_Doe_LOTUS_NOTES": (
        (1, 0, 0, 0, 0),
        [(IBM, "John Johny Doe", "New York", {"+1 (212) 204-34456", "00-1-212-555-7777", "john.doe@ibm.com",
                                              "billy_bob@gmail.com"}, "1980-05-21")],
    ),
    "John_Doe_MAC_ADDRESS_BOOK": (
        (1, 0, 0, 0, 0),
        [(IBM, JOHN, "New York", {"+1 905-777-1234", "+1 905-222-1234", "+1 905-555-1234", "+1 905-888-1234",
                                  "+1 905-999-1234", "+1 905-666-1234", "john.doe@ibm.com"}, "2012-06-06")],
    ),
    "John_Doe_MS_OUTLOOK": (
        (1, 0, 0, 0, 0),
        [(IBM, JOHN, "Albaney", {"+1 905-555-1234", "+1 905-666-1234", "john.doe@ibm.cm"}, "1980-03-22")],
    ),
    "fullcontact": (
        (1, 0, 0, 0, 0),
        [("Organization1", "FirstName MiddleName LastName", "WorkCity",
          {f"555-555-111{n}" for n in range(1, 10)}
          | {f"{kind}@example.com" for kind in ("home", "work", "school", "other", "custom")}, "2016-08-01")],
    ),
    "gmail-list": (
        (3, 0, 0, 0, 0),
        [
            ("Arnold Smith", "", "", {"asmithk@gmail.com"}, ""),
            ("Chris Beatle", "", "", {"chrisy55d@yahoo.com"}, ""),
            ("Doug White", "", "", {"dwhite@gmail.com"}, ""),
        ],
    ),
    "gmail-single": (
        (1, 0, 0, 0, 0),
        [("TheCompany", "Greg Dartmouth", "",
          {"555 555 2222", "555 555 1111", "gdartmouth@hotmail.com"}, "1960-09-10")],
    ),
    "gmail-single2": (
        (1, 0, 0, 0, 0),
        [("TheCompany", "VCard Test", "NY",
          {f"5555551{n}" for n in (111, 112, 113, 114, 115, 116, 117, 118, 119, 121)} | {"IM6"}
          | {f"{kind}@example.com" for kind in ("email", "homeemail", "workemail", "otheremail", "customcategory")},
          "1912-06-23")],
    ),
    "outlook-2003": (
        (1, 0, 0, 1, 0),  # its numbers are words
        [("Company, The", "John Doe", "Austin", {"jdoe@hotmail.com"}, "1980-03-21")],
    ),
    "outlook-2007": (
        (1, 0, 0, 0, 0),
        [("TheCompany", "Michael Angstadt", "New York", {f"(111) 555-{n}" for n in (1111, 2222, 3333, 4444)}
          | {"mike.angstadt@gmail.com"}, "1922-03-10")],
    ),
    "rfc2426-example": (
        (2, 0, 0, 0, 0),
        [
            ("Lotus Development Corporation", "Frank Dawson", "Raleigh",
             {"+1-919-676-9515", "+1-919-676-9564", "Frank_Dawson@Lotus.com", "fdawson@earthlink.net"}, ""),
            ("Netscape Communications Corp.", "Tim Howes", "Mountain View",
             {"+1-415-937-3419", "+1-415-528-4164", "howes@netscape.com"}, ""),
        ],
    ),
    "rfc6350-example": (
        (1, 0, 0, 0, 0),  # its birthday names no year: a special day
        [("Viagenie", "Simon Perreault", "Quebec",
          {"+1-418-656-9254 ext. 102", "+1-418-262-6501", "simon.perreault@viagenie.ca"}, "")],
    ),
    "thunderbird-MoreFunctionsForAddressBook-extension": (
        (1, 0, 0, 0, 0),
        [("TheOrganization", "John Doe", "New York",
          {"555-555-1111", "555-555-2222", "555-555-3333", "555-555-5555", "doe.john@hotmail.com"}
          | {f"additional-email{n}@company.com" for n in ("", 1, 2, 3)}, "1970-09-21")],
    ),
    "issue114": (
        (1, 0, 0, 0, 0),
        [("Dummy GmbH", "Dummy Dummy", "Bad Homburg",
          {"+49 9876 54321", "+49 1234 56789", "dummy.dummy@dummy.com"}, "")],
    ),
}  # fmt: skip


def on_file(app: Flask) -> list[tuple[str, str, str, set[str], str]]:
    """Of each customer what is told of them in REAL."""
    with app.app_context():
        found = db.session.scalars(select(Customer).options(*queries.WHOLE).order_by(Customer.id)).all()
        return [
            (
                each.name, "".join(place.person.name for place in each.affiliations), each.city or "",
                {point.value for point in each.points}, str(each.birthday or ""),
            )
            for each in found
        ]  # fmt: skip


def names(app: Flask) -> dict[str, str]:
    with app.app_context():
        return dict(db.session.execute(select(Customer.number, Customer.name)).all())


def as_workbook(rows: list[list[str]], folder: Path) -> Path:
    """The same rows as a sheet, all of it texts."""
    file = folder / "list.xlsx"
    file.write_bytes(workbook(rows))
    return file


def test_no_card_is_forgotten() -> None:
    real("vcard")
    assert {card.stem for card in CARDS} == REAL.keys()


@pytest.mark.parametrize("name", REAL)
def test_a_card_lies_on_file_and_goes_out_and_comes_back(app: Flask, tmp_path: Path, name: str) -> None:
    card = next(iter(real("vcard").rglob(f"{name}.vcf")))
    counts, meant = REAL[name]
    done = run(app, "import", card, "--as", "manager")
    assert (told(done), on_file(app)) == (counts, meant)
    assert done.exit_code == (1 if counts[4] else 0)
    out = tmp_path / "out.vcf"
    assert run(app, "export", out, "--as", "manager").exit_code == 0
    cards = out.read_bytes().count(
        b"BEGIN:VCARD\r\n"
    )  # one for each person, and for what is the customer's own
    assert cards >= len(meant)
    back = run(app, "import", out, "--as", "manager")
    assert told(back)[:3] == (0, 0, cards) and back.exit_code == 0, back.output
    assert on_file(app) == meant


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("case", CASES)
def test_csv_spectrum(app: Flask, tmp_path: Path, case: str, form: str) -> None:
    """Its last column as the name, the one before as a note, against the JSON beside it."""
    file = copy_of(real(f"csv/csv-spectrum/csvs/{case}.csv"), tmp_path)
    expected = json.loads(real(f"csv/csv-spectrum/json/{case}.json").read_text())
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({rows[0][-1]: "name", rows[0][-2]: "note"}))
    sent = as_workbook(rows, tmp_path) if form == "xlsx" else file
    done = run(app, "import", sent, "--mapping", mapping, "--as", "manager")
    wanted = [tuple(row.values())[-2:] for row in expected]
    with app.app_context():
        found = {tuple(row) for row in db.session.execute(select(Customer.note, Customer.name))}
    meant = {(lines_of(note) or None, " ".join(name.split())) for note, name in wanted if name.strip()}
    assert (found, told(done)[0]) == (meant, len(meant))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_of_a_crm(app: Flask, tmp_path: Path, form: str) -> None:
    file = real("crm-exports/samples/accountData.csv")
    rows = list(csv.reader(io.StringIO(file.read_text("cp1252"), newline="")))
    done = run(app, "import", as_workbook(rows, tmp_path) if form == "xlsx" else file, "--as", "manager")
    assert (told(done), done.exit_code) == ((423, 0, 0, 5, 0), 0)
    number, name = rows[0].index("ID"), rows[0].index("NAME")
    assert names(app) == {row[number]: " ".join(row[name].split()) for row in rows[1:]}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_northwind(app: Flask, tmp_path: Path, form: str) -> None:
    """Rows with a stray comma are refused; a workbook is made of the others."""
    file = real("northwind/customers.csv")
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
    whole = [row for row in rows if len(row) == len(rows[0])]
    done = run(app, "import", as_workbook(whole, tmp_path) if form == "xlsx" else file, "--as", "manager")
    assert told(done) == ((67, 0, 0, 0, 0) if form == "xlsx" else (67, 0, 0, 0, 24))
    assert done.exit_code == (0 if form == "xlsx" else 1)
    assert names(app) == {row[0]: " ".join(row[1].split()) for row in whole[1:]}
    with app.app_context():
        assert (
            db.session.scalars(select(Customer.city).where(Customer.number == "ANATR")).one() == "México D.F."
        )


@pytest.mark.parametrize(
    ("name", "options", "begins"),
    [
        ("all.vcf", (), b"BEGIN:VCARD"), ("all.VCF", (), b"BEGIN:VCARD"), ("all.xlsx", (), b"PK"),
        ("all.csv", (), b"\xef\xbb\xbf"), ("all", (), b"\xef\xbb\xbf"), ("all.txt", ("vcf",), b"BEGIN:VCARD"),
        ("all.txt", ("vcard",), b"BEGIN:VCARD"), ("all.vcf", ("csv",), b"\xef\xbb\xbf"),
    ],
)  # fmt: skip
def test_the_name_of_the_file_says_its_format(
    app: Flask, tmp_path: Path, name: str, options: tuple[str, ...], begins: bytes
) -> None:
    with app.app_context():
        a_customer("甲公司")
    chosen = ("--format", *options) if options else ()
    done = command(app, "customers", "export", tmp_path / name, "--as", "manager", *chosen)
    assert done.exit_code == 0 and (tmp_path / name).read_bytes().startswith(begins)
