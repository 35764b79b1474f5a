"""Address books of Google and Outlook: numbered columns, labels beside numbers, further lines of an address."""

from __future__ import annotations

import csv

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import import_fields
from blueprints.customers.models import ContactPoint
from core.db import db
from tests.core.realdata import real
from tests.customers.imports import counts, imported, only_customer, sentences, tried


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Phone 7 - Label,Phone 7 - Value", ["value_label", "phone"]),
        ("E-mail 12 - Type,E-mail 12 - Value", ["value_label", "email"]),
        ("Phone 1 - Label", [None]),
        ("Website 1 - Label,Website 1 - Value", [None, "website"]),
        ("Organization 1 - Name,Organization 1 - Title", ["name", "person_position"]),
        ("Address 1 - Street,Address 1 - Extended Address,Address 1 - PO Box", ["address", *["address_line"] * 2]),
        ("Address 1 - Street,Address 2 - Street,Address 2 - City", ["address", *["further_address"] * 2]),
        ("Business Street,Business Street 2,Home Street", ["address", "address_line", "further_address"]),
        ("商务地址 街道,商务地址 街道 3,商务地址 - 邮箱", ["address", "address_line", "address_line"]),
        ("Address Line 1,Address Line 2", ["address", "address_line"]),
        ("Street,Street 2,Email", ["address", "address_line", "email"]),
        ("地址,邮箱", ["address", "email"]),
        ("地址,收货地址", ["address", "further_address"]),
        ("Home Fax,Car Phone,Hobby", ["fax", "phone", "likes"]),
    ],
)  # fmt: skip
def test_what_fills_what(app: Flask, header: str, expected: list[str | None]) -> None:
    columns = header.split(",")
    with app.app_context():
        found = import_fields.suggested(columns, {})
    assert [found.get(column) for column in columns] == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("google-contacts-2024.txt", {"value_label": 7, "email": 4, "phone": 3, "address_line": 2}),
        ("google-contacts-legacy.txt", {"value_label": 3, "email": 1, "phone": 2, "likes": 1}),
        ("outlook-en.txt", {"address": 1, "address_line": 2, "further_address": 11}),
        ("outlook-zh-CN.gbk.txt", {"address": 1, "address_line": 3, "fax": 3, "phone": 10, "email": 3, "likes": 1}),
        ("outlook-zh-CN.txt", {"address": 1, "address_line": 3, "fax": 3, "phone": 10, "email": 3, "likes": 1}),
        ("seeyon-oa-zh-CN.txt", {"address": 1, "phone": 1, "mobile": 1, "email": 1}),
    ],
)  # fmt: skip
def test_the_headers_of_real_programs(app: Flask, file: str, expected: dict[str, int]) -> None:
    data = real(f"contact-csv-headers/{file}").read_bytes()
    header = next(csv.reader([data.decode("gb18030" if "gbk" in file else "utf-8-sig").strip()]))
    with app.app_context():
        found = list(import_fields.suggested(header, {}).values())
    assert {name: found.count(name) for name in expected} == expected


GOOGLE = (
    "First Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Phone 2 - Label,Phone 2 - Value,Address 1 - Street,Address 1 - City,Address 1 - Country,"
    "Address 1 - Extended Address\n"
)
ROW = (
    "Anna,Huber,Huber GmbH,* Work,a@huber.example,Zentrale,030 901820 ::: 030 901821,,0171 1234567,"
    "Weg 1,Berlin,DE,2. OG\n"
)


def test_labels_stay_with_their_numbers(app: Flask) -> None:
    with app.app_context():
        account = imported(GOOGLE + ROW)
        assert counts(account) == (1, 0, 0, 0) and not sentences(account)
        found = dict(db.session.execute(select(ContactPoint.normal, ContactPoint.label)).all())
        assert found == {
            "a@huber.example": "Work", "+4930901820": "Zentrale", "+4930901821": "Zentrale", "+491711234567": None,
        }  # fmt: skip
        assert (only_customer().address, only_customer().note) == ("Weg 1, 2. OG", None)
        assert counts(tried(GOOGLE + ROW)) == (0, 0, 1, 0)
        assert counts(imported(GOOGLE + ROW.replace("Zentrale", "Büro"))) == (0, 1, 0, 0)
        assert set(db.session.scalars(select(ContactPoint.label))) == {"Work", "Büro", None}


def test_a_label_that_is_too_long_is_told(app: Flask) -> None:
    with app.app_context():
        account = imported(GOOGLE + ROW.replace("Zentrale", "Z" * 200))
    assert [text for text in sentences(account) if "too long to be a label" in text]


def test_an_address_of_several_lines_is_emptied_only_as_a_whole(app: Flask) -> None:
    header = "Company,Customer ID,Business Street,Business Street 2\n"
    with app.app_context():
        imported(header + "Huber,H1,Weg 1,Haus 2\n")
        imported(header + "Huber,H1,,Haus 3\n", clear=True)
        assert only_customer().address == "Haus 3"
        imported(header + "Huber,H1,,\n", clear=True)
        assert only_customer().address is None
        assert counts(tried(header + f"Huber,H1,{'a' * 200},{'b' * 200}\n"))[3] == 1
