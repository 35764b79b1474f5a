"""Files as real programs wrote them, through the pages: nothing is lost that could be read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers import queries, search
from blueprints.customers.models import Customer
from core.db import db
from tests.company import the_viewer
from tests.core.realdata import real
from tests.customers.test_import_pages import opened, tried
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]


@pytest.fixture
def manager(signed_in: SignedIn) -> Client:
    """The manager, reading English."""
    client = signed_in("manager")
    client.post("/me/language", {"language": "en", "back": "/customers/import"})
    return client


def brought_in(client: Client, data: bytes | str, **columns: str) -> Page:
    """The page after a file was imported."""
    url = opened(client, data)
    tried(client, url, **columns)
    assert client.post(f"{url}/run").status == 303
    return client.get(url)


def figures(page: Page) -> dict[str, int]:
    """What the strip of figures says."""
    terms = page.soup.select("#result .facts dt")
    return {term.get_text(): int(term.find_next("dd").get_text().replace(",", "")) for term in terms}


def stored(app: Flask) -> dict[str, Customer]:
    """All customers by number, with all that hangs on them."""
    with app.app_context():
        found = db.session.scalars(select(Customer).options(*queries.WHOLE)).all()
        return {customer.number: customer for customer in found}


@pytest.mark.both_databases
def test_northwind(app: Flask, manager: Client) -> None:
    data = real("northwind/customers.csv").read_bytes()
    page = brought_in(manager, data)
    assert figures(page) == {
        "new": 67,
        "updated": 0,
        "unchanged": 0,
        "taken with a warning": 0,
        "refused rows": 24,
    }
    assert "“24, place Kléber” needs quotation marks." in page.words
    found = stored(app)
    whole = [row for row in csv.reader(io.StringIO(data.decode())) if len(row) == 11][1:]
    assert {(row[0], " ".join(row[1].split())) for row in whole} == {
        (c.number, c.name) for c in found.values()
    }
    ana = found["ANATR"]
    assert (ana.city, ana.address, ana.province) == ("México D.F.", "Avda. de la Constitución 2222", None)
    [place] = ana.affiliations
    assert (place.person.name, place.position) == ("Ana Trujillo", "Owner")
    assert [(point.kind, point.value) for point in ana.points] == [
        ("phone", "(5) 555-4729"),
        ("fax", "(5) 555-3745"),
    ]

    again = figures(brought_in(manager, data))
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 67)
    assert len(stored(app)) == 67


def test_northwinds_accents_are_found(app: Flask, manager: Client) -> None:
    brought_in(manager, real("northwind/customers.csv").read_bytes())
    with app.app_context():
        for q, name in (
            ("berglunds snabbkop", "Berglunds snabbköp"),
            ("Maria Anders", "Alfreds Futterkiste"),
        ):
            assert name in [customer.name for customer in search.find(the_viewer("manager"), q)]
        assert search.find(the_viewer("sales1a"), "Alfreds") == []


def test_the_export_of_a_crm(app: Flask, manager: Client) -> None:
    data = real("crm-exports/samples/accountData.csv").read_bytes()
    page = brought_in(manager, data)
    assert figures(page) == {
        "new": 423,
        "updated": 0,
        "unchanged": 0,
        "taken with a warning": 5,
        "refused rows": 0,
    }
    assert "Windows-1252" in page.words
    assert page.words.count("cannot be read: another program spoiled it.") == 5
    found = stored(app)
    rows = list(csv.DictReader(io.StringIO(data.decode("cp1252"))))
    assert {row["ID"]: " ".join(row["NAME"].split()) for row in rows} == {n: c.name for n, c in found.items()}
    assert {c.owner.username for c in found.values()} == {"manager"}
    assert figures(brought_in(manager, data))["unchanged"] == 423


@pytest.mark.parametrize(
    "file", [pytest.param("outlook-zh-CN.gbk.txt", marks=pytest.mark.extra), "outlook-zh-CN.txt"]
)
def test_an_address_book_of_outlook(app: Flask, manager: Client, file: str) -> None:
    data = real(f"contact-csv-headers/{file}").read_bytes()
    encoding = "gb18030" if "gbk" in file else "utf-8-sig"
    header = next(csv.reader([data.decode(encoding).strip()]))
    cells = {"姓": "王", "名": "敏", "中文称谓": "王姐", "单位": "华兴科技有限公司", "职务": "采购经理"}
    cells |= {
        "移动电话": "13912346688",
        "商务电话": "010-88886666",
        "商务地址 市/县": "深圳",
        "类别": "VIP;展会",
    }
    text = io.StringIO()
    csv.writer(text).writerows([header, [cells.get(name, "") for name in header]])
    page = brought_in(manager, text.getvalue().encode(encoding))
    assert figures(page)["new"] == 1
    [customer] = stored(app).values()
    assert (customer.name, customer.kind, customer.city) == ("华兴科技有限公司", "company", "深圳")
    [place] = customer.affiliations
    assert (place.person.name, place.position) == ("王敏", "采购经理")
    assert {point.normal for point in customer.points} == {"+8613912346688", "+861088886666"}


def test_an_address_book_of_google(app: Flask, manager: Client) -> None:
    header = next(csv.reader([real("contact-csv-headers/google-contacts-2024.txt").read_text().strip()]))
    ann = {
        "First Name": "Ann",
        "Last Name": "Lee",
        "Organization Name": "Acme Ltd",
        "Organization Title": "CEO",
    }
    ann |= {"E-mail 1 - Value": "ann@acme.example ::: lee@acme.example", "Labels": "* myContacts ::: VIP"}
    bob = {
        "First Name": "Bob",
        "Last Name": "Ray",
        "Phone 1 - Value": "+44 7700 900123",
        "Birthday": "1988-05-01",
    }
    text = io.StringIO()
    csv.writer(text).writerows([header, *([row.get(name, "") for name in header] for row in (ann, bob))])
    assert figures(brought_in(manager, text.getvalue()))["new"] == 2
    acme, person = stored(app).values()
    assert (acme.name, acme.kind, acme.affiliations[0].person.name) == ("Acme Ltd", "company", "Ann Lee")
    assert [point.value for point in acme.points] == ["ann@acme.example", "lee@acme.example"]
    assert (person.name, person.kind, str(person.birthday)) == ("Bob Ray", "person", "1988-05-01")


CASES = ["comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "newlines", "newlines_crlf",
         "quotes_and_newlines", "simple", "simple_crlf", "utf8"]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_csv_spectrum(app: Flask, manager: Client, case: str) -> None:
    """Each file with its last column as the name and the one before as a note, against the JSON beside it."""
    data = real(f"csv/csv-spectrum/csvs/{case}.csv").read_bytes()
    expected = json.loads(real(f"csv/csv-spectrum/json/{case}.json").read_text())
    last = len(expected[0]) - 1
    columns = {f"column-{n}": "" for n in range(last + 1)} | {
        f"column-{last}": "name",
        f"column-{last - 1}": "note",
    }
    page = brought_in(manager, data, **columns)
    wanted = [tuple(row.values())[-2:] for row in expected]
    with app.app_context():
        found = {tuple(row) for row in db.session.execute(select(Customer.note, Customer.name))}
    assert found == {
        (lines_of(note) or None, " ".join(name.split())) for note, name in wanted if name.strip()
    }
    assert figures(page)["refused rows"] == sum(not name.strip() for _note, name in wanted)


def lines_of(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def test_people_of_a_register(app: Flask, manager: Client) -> None:
    """Of 1,000 people those whose birthday is no date are refused; namesakes have numbers of their own."""
    page = brought_in(manager, real("febrl/dataset1.csv").read_bytes())
    assert figures(page)["new"] + figures(page)["refused rows"] == 1000
    with app.app_context():
        assert (
            db.session.scalar(select(func.count()).where(Customer.kind == "person")) == figures(page)["new"]
        )
