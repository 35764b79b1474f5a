"""Every real file beside the project through the dry run of the wizard: encoding, separator, what its rows would do.

Whoever changes a figure has looked into the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import queries
from blueprints.customers.models import Customer, CustomerImport
from core.db import db
from tests.core.realdata import ROOT, real
from tests.customers import wizard
from tests.pages import Client, Page

DATA = ROOT.parent / "shared" / "data"
NO_NAME = "No column is mapped to “Name”."
CUSTOMERS, UTF_8 = "customers", "utf-8"
# File → list, encoding, rows, and new, updated, unchanged, with a warning, refused, or why it cannot be tried
FILES: dict[str, tuple[str, str, int, tuple[int, ...] | str]] = {
    "northwind/customers.csv": (CUSTOMERS, UTF_8, 91, (67, 0, 0, 0, 24)),  # 24 lack quotation marks
    "northwind/suppliers.csv": (CUSTOMERS, UTF_8, 29, (20, 0, 0, 0, 9)),
    "northwind/employees.csv": (CUSTOMERS, UTF_8, 9, (9, 0, 0, 0, 0)),
    "northwind/shippers.csv": (CUSTOMERS, UTF_8, 3, (3, 0, 0, 0, 0)),
    "northwind/orders.csv": (CUSTOMERS, UTF_8, 830, NO_NAME),
    "northwind/order-details.csv": (CUSTOMERS, UTF_8, 2155, NO_NAME),
    "northwind/products.csv": ("products", UTF_8, 77, (77, 0, 0, 0, 0)),
    "northwind/categories.csv": (CUSTOMERS, UTF_8, 8, NO_NAME),
    "northwind/regions.csv": (CUSTOMERS, UTF_8, 4, NO_NAME),
    "northwind/territories.csv": (CUSTOMERS, UTF_8, 53, NO_NAME),
    "northwind/employee-territories.csv": (CUSTOMERS, UTF_8, 49, NO_NAME),
    "crm-exports/samples/accountData.csv": (CUSTOMERS, "windows-1252", 423, (423, 0, 0, 5, 0)),
    "crm-exports/samples/opportunityData.csv": (
        CUSTOMERS,
        UTF_8,
        38,
        (38, 0, 0, 20, 0),
    ),  # sources of their own
    "crm-exports/samples/success0413060133.csv": (CUSTOMERS, UTF_8, 9, (9, 0, 0, 5, 0)),
    "crm-exports/samples/error0413060133.csv": (
        CUSTOMERS,
        UTF_8,
        11,
        (10, 1, 0, 5, 0),
    ),  # an id stands there twice
    "febrl/dataset1.csv": (
        CUSTOMERS,
        UTF_8,
        1000,
        (997, 0, 0, 0, 3),
    ),  # 3 were born on no day of the calendar
    "cdnow/CDNOW_sample.txt": ("purchases", UTF_8, 6918, "No column is mapped to “Number”."),
    "cdnow/cdnow_customers_summary.csv": (CUSTOMERS, UTF_8, 2357, NO_NAME),
    "complaints/Comcast_telecom_complaints_data.csv": (CUSTOMERS, UTF_8, 2224, NO_NAME),
    "complaints/cfpb_148_full_columns.csv": (
        CUSTOMERS,
        UTF_8,
        145,
        (68, 0, 1, 0, 76),
    ),  # the same banks again
    "cn-names/company-short-names-20k.txt": (CUSTOMERS, UTF_8, 19_999, NO_NAME),
    "csv/csv-spectrum/csvs/comma_in_quotes.csv": (CUSTOMERS, UTF_8, 1, (1, 0, 0, 0, 0)),
    "csv/csv-spectrum/csvs/location_coordinates.csv": (CUSTOMERS, UTF_8, 1, NO_NAME),
    "csv/csv-spectrum/csvs/json.csv": (CUSTOMERS, UTF_8, 1, NO_NAME),
}
ELSEWHERE = (
    "vcard",
    "csv",
    "contact-csv-headers",
    "febrl/dataset2.csv",
    "cn-holidays",
)  # tests of their own, or none
PEOPLE = {
    "First Name": ("Ann", "Bob"), "Given Name": ("Ann", "Bob"), "Middle Name": ("Marie", ""),
    "Additional Name": ("Marie", ""), "Last Name": ("Lee", "Ray"), "Family Name": ("Lee", "Ray"),
    "Name": ("Ann Marie Lee", "Bob Ray"), "Birthday": ("1985-03-02", "0/0/00"),
    "名": ("Ann", "Bob"), "中间名": ("Marie", ""), "姓": ("Lee", "Ray"), "生日": ("1985/3/2", "0:00"),
}  # fmt: skip


@pytest.fixture
def manager(signed_in: Callable[[str], Client]) -> Client:
    client = signed_in("manager")
    client.post("/me/language", {"language": "en", "back": "/customers/import"})
    return client


def on_file(app: Flask) -> list[Customer]:
    with app.app_context():
        return list(db.session.scalars(select(Customer).options(*queries.WHOLE).order_by(Customer.id)))


def tried(app: Flask, client: Client, path: str, data: bytes) -> tuple[Page, CustomerImport]:
    page = wizard.tried(client, wizard.sent(client, f"/{FILES[path][0]}/import", data, Path(path).name))
    with app.app_context():
        return page, db.session.scalars(select(CustomerImport)).one()


def test_no_file_is_forgotten() -> None:
    real("README.md")
    there = {str(path.relative_to(DATA)) for path in DATA.rglob("*.*") if path.suffix in (".csv", ".txt")}
    assert {path for path in there if not path.startswith(ELSEWHERE) and "licen" not in path} == {
        path for path in FILES if not path.startswith("csv/")
    }


@pytest.mark.parametrize("path", FILES)
def test_a_dry_run(app: Flask, manager: Client, path: str) -> None:
    _at, encoding, rows, meant = FILES[path]
    page, made = tried(app, manager, path, real(path).read_bytes())
    assert (made.encoding, made.delimiter, made.rows, made.way.get("header", 0)) == (encoding, ",", rows, 0)
    if isinstance(meant, str):
        assert page.status == 422 and meant in page.words
    else:
        assert wizard.counted(page) == meant
    assert "No contact person is named" not in page.words
    assert on_file(app) == []


@pytest.mark.parametrize(
    "name",
    ["google-contacts-2024", "google-contacts-legacy", "outlook-en", "outlook-zh-CN", "outlook-zh-CN.gbk"],
)
def test_people_without_a_company_are_people(app: Flask, manager: Client, name: str) -> None:
    """Two believable people below each header: their whole names, no company, and a day that is none is none."""
    data = real(f"contact-csv-headers/{name}.txt").read_bytes()
    encoding = "gb18030" if "gbk" in name else "utf-8-sig"
    header = next(csv.reader([data.decode(encoding).strip()]))
    text = io.StringIO()
    rows = [[PEOPLE.get(column, ("", ""))[n] for column in header] for n in (0, 1)]
    csv.writer(text).writerows([header, *rows])
    page = wizard.sent(manager, "/customers/import", text.getvalue().encode(encoding))
    page = wizard.run(manager, wizard.tried(manager, page))
    assert wizard.counted(page) == (2, 0, 0, 0, 0)
    dated = "1985-03-02" if {"Birthday", "生日"} & {*header} else "None"
    assert [(c.name, c.kind, str(c.birthday)) for c in on_file(app)] == [
        ("Ann Marie Lee", "person", dated), ("Bob Ray", "person", "None"),
    ]  # fmt: skip


def test_employees_and_suppliers_as_they_stand_in_their_files(app: Flask, manager: Client) -> None:
    for name in ("employees", "suppliers"):
        page = wizard.sent(manager, "/customers/import", real(f"northwind/{name}.csv").read_bytes())
        wizard.run(manager, wizard.tried(manager, page))
    found = {customer.name: customer for customer in on_file(app)}
    [place] = found["Nancy Davolio"].affiliations
    assert (place.position, place.person.form_of_address) == ("Sales Representative", "Ms.")
    link = "http://www.microsoft.com/accessdev/sampleapps/mayumi.htm"
    assert found["Mayumi's"].website == link  # which Access wrote between what is shown and #


def test_a_report_of_a_crm_has_states_of_its_own(app: Flask, manager: Client) -> None:
    """“Item Created” is no state of a customer, and an id of 18 signs no credit code."""
    path = "crm-exports/samples/success0413060133.csv"
    page, made = tried(app, manager, path, real(path).read_bytes())
    assert not {"STATUS", "ACCOUNTID"} & {*made.mapping}
    assert "STATUS" in page.words.partition("Not imported: ")[2]
