"""National numbers of other countries: read by the country that a row, or the file of its customer, names."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers.models import ContactPoint, Customer
from core.countries import region_of
from core.db import db
from core.phones import abroad, normalise
from tests.core.realdata import real
from tests.customers.imports import counts, imported, only_customer, tried


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Germany", "DE"), ("Deutschland", "DE"), ("德国", "DE"), ("de", "DE"), ("UK", "GB"), ("英国", "GB"),
        ("United Kingdom", "GB"), ("U.S.A.", "US"), ("USA", "US"), ("美国", "US"), ("United States", "US"),
        ("France", "FR"), ("法國", "FR"), ("中国", "CN"), ("P.R. China", "CN"), ("中国香港", "HK"), ("日本", "JP"),
        ("México", "MX"), ("España", "ES"), ("", ""), (None, ""), ("Atlantis", ""), ("Berlin", ""), ("NULL", ""),
    ],
)  # fmt: skip
def test_which_country_a_text_names(text: str | None, region: str) -> None:
    assert region_of(text) == region


@pytest.mark.parametrize(
    ("typed", "region", "normal"),
    [
        ("030-0074321", "DE", "+49300074321"),
        ("(0) 89 6649-0", "DE", "+498966490"),
        ("0171 1234567", "DE", "+491711234567"),
        ("(1) 42.34.22.66", "FR", "+33142342266"),
        ("01 42 34 22 66", "FR", "+33142342266"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("(206) 555-4112", "US", "+12065554112"),
        ("15012345678", "US", "+8615012345678"),
        ("0921-12 34 65", "SE", "+46921123465"),
        ("03-3555-5011", "JP", "+81335555011"),
        ("2345 6789", "HK", "+85223456789"),
        # written for the world, of China, or of nobody: as before
        ("+49 30 0074321", "FR", "+49300074321"),
        ("0049 30 0074321", "US", "+49300074321"),
        ("13912346688", "DE", "+8613912346688"),
        ("010-88886666", "", "+861088886666"),
        ("010-88886666", "CN", "+861088886666"),
        ("12", "DE", "12"),
    ],
)
def test_how_a_number_is_read_by_its_country(typed: str, region: str, normal: str) -> None:
    assert normalise(abroad(typed, region)).number == normal


def test_what_stands_around_a_number_stays() -> None:
    assert abroad("(206) 555-4112 ext. 12", "US") == "+1 206-555-4112 ext. 12"
    assert normalise(abroad("(206) 555-4112 ext. 12", "US")).extension == "12"
    assert abroad("030 901820 (Zentrale)", "DE") == "+49 30 901820 (Zentrale)"
    assert abroad("2.07E+09", "DE") == "2.07E+09"


def _normals() -> set[str]:
    return set(db.session.scalars(select(ContactPoint.normal)))


def test_the_country_of_the_row(app: Flask) -> None:
    with app.app_context():
        imported("Company,Country,Phone\nHuber,Germany,030-901820\nJones,,030-901820\n")
        values = dict(
            db.session.execute(select(Customer.name, ContactPoint.value).join(Customer.points)).all()
        )
    assert values == {"Huber": "+49 30 901820", "Jones": "030-901820"}


def test_the_country_of_a_further_address(app: Flask) -> None:
    with app.app_context():
        header = "Company,Business Country/Region,Home Street,Home Country/Region,Business Phone"
        imported(f"{header}\nHuber,,Weg 1,Germany,030-901820\n")
        assert _normals() == {"+4930901820"}


def test_the_same_file_twice_changes_nothing(app: Flask) -> None:
    text = "Company,Country,Phone\nHuber,Germany,030-901820\n"
    with app.app_context():
        imported(text)
        assert counts(imported(text)) == (0, 0, 1, 0)
        assert counts(tried(text.replace("030-901820", "+49 (30) 901820"))) == (0, 0, 1, 0)


def test_a_row_without_a_country_takes_that_of_its_customer(app: Flask) -> None:
    """By number or by name: the number is the one on file, and a new one is of the same country."""
    with app.app_context():
        imported("Customer ID,Company,Country,Phone\nH1,Huber,Germany,030-901820\n")
        assert counts(imported("Customer ID,Company,Phone\nH1,Huber,030 901820\n")) == (0, 0, 1, 0)
        assert counts(imported("Company,Phone,Industry\nHuber,030 901820,Bau\n")) == (0, 1, 0, 0)
        imported("Customer ID,Company,Fax\nH1,Huber,030 901821\n")
        assert _normals() == {"+4930901820", "+4930901821"}
        assert only_customer().industry == "Bau"


def test_the_second_row_of_a_customer_that_the_file_makes(app: Flask) -> None:
    rows = "Company,Contact,Country,Phone\nHuber,A,Germany,030-901820\nHuber,B,,030-901820\n"
    with app.app_context():
        imported(rows)
        assert only_customer() and _normals() == {"+4930901820"}


def test_a_number_that_came_before_its_country_was_known_is_no_second_one(app: Flask) -> None:
    with app.app_context():
        imported("Company,Phone\nHuber,030-901820\n")
        [before] = _normals()
        assert counts(imported("Company,Country,Phone\nHuber,Germany,030-901820\n")) == (0, 1, 0, 0)
        assert _normals() == {before} and only_customer().country == "Germany"


def test_a_spreadsheet_takes_no_zero_from_a_number_that_has_none(app: Flask) -> None:
    with app.app_context():
        imported("Company,Country,Phone\nAcme,USA,2065554112\n")
        assert _normals() == {"+12065554112"}


def test_the_numbers_of_a_real_list(app: Flask) -> None:
    """Every number that is one by the rules of its country is on file as such, and the list twice changes nothing."""
    data = real("northwind/customers.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    expected = {
        normal.number
        for row in rows
        for number in (row["phone"], row["fax"])
        if (normal := normalise(number, region_of(row["country"]))).valid
    }
    with app.app_context():
        imported(data)
        found = _normals()
        again = tried(data)
    countries = {row["country"] for row in rows}
    assert len([country for country in countries if region_of(country)]) >= 19
    assert len(expected) > 60 and expected <= found
    assert {number[:3] for number in expected} >= {"+49", "+46", "+12"}
    assert not [number for number in found - expected if number.startswith("+")]
    assert (again.created, again.updated) == (0, 0)
