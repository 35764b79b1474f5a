"""The headers that real programs write map themselves, and no spelling is claimed twice."""

import pytest

from blueprints.customers.columns import CHOICES, SYNONYMS
from core.csvfiles import open_csv
from core.mapping import Field
from core.suggesting import folded, suggest
from tests.core.realdata import real

MANY = {"phone", "mobile", "email", "fax", "tags"}
FIELDS = [
    Field(name, name, words, required=name == "name", many=name in MANY) for name, words in SYNONYMS.items()
]


def suggested(path: str) -> dict[str, str]:
    """What is suggested for a real file, or for one of the header lines with a row beneath."""
    data = real(path).read_bytes() + (b"\r\nx" if path.endswith(".txt") else b"")
    table = open_csv(data)
    samples = None if path.endswith(".txt") else table.samples()
    return {column: field for column, field in suggest(table.header, FIELDS, samples).items() if field}


OUTLOOK = (
    {"单位": "name", "姓": "person_family_name", "名": "person_given_name", "中文称谓": "person_title"}
    | {"部门": "person_department", "职务": "person_position", "移动电话": "mobile", "商务电话 2": "phone"}
    | {"商务地址 市/县": "city", "商务地址 省/市/自治区": "province", "商务地址 街道": "address"}
    | {"商务地址 邮政编码": "postal_code", "附注": "note", "类别": "tags", "电子邮件 3 地址": "email"}
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("contact-csv-headers/outlook-zh-CN.txt", OUTLOOK),
        ("contact-csv-headers/outlook-zh-CN.gbk.txt", OUTLOOK),
        (
            "contact-csv-headers/outlook-en.txt",
            {"Company": "name", "Last Name": "person_family_name", "Job Title": "person_position"}
            | {"Business Street": "address", "Business City": "city", "Business Country/Region": "country"},
        ),
        (
            "contact-csv-headers/google-contacts-2024.txt",
            {"Organization Name": "name", "E-mail 4 - Value": "email", "Phone 3 - Value": "phone"}
            | {"Address 1 - Region": "province", "Labels": "tags", "First Name": "person_given_name"},
        ),
        (
            "contact-csv-headers/google-contacts-legacy.txt",
            {"Name": "name", "E-mail 1 - Value": "email", "Phone 2 - Value": "phone", "Notes": "note"},
        ),
        (
            "contact-csv-headers/seeyon-oa-zh-CN.txt",
            {"单位": "name", "单位主要电话": "phone", "移动电话": "mobile", "住宅地址 街道": "address"},
        ),
        (
            "crm-exports/samples/accountData.csv",
            {"ID": "number", "NAME": "name", "BILLINGCITY": "city", "PHONE": "phone"}
            | {"BILLINGSTATE": "province", "BILLINGPOSTALCODE": "postal_code", "RATING": "intent"},
        ),
        (
            "northwind/customers.csv",
            {"customerID": "number", "companyName": "name", "contactName": "person_name"}
            | {"contactTitle": "person_position", "postalCode": "postal_code", "region": "province"},
        ),
    ],
)
def test_the_headers_of_real_programs_map_themselves(path: str, expected: dict[str, str]) -> None:
    found = suggested(path)
    assert {column: found.get(column) for column in expected} == expected
    single = [field for field in found.values() if field not in MANY]
    assert len(single) == len(set(single))


@pytest.mark.parametrize(
    "column", ["OWNERID", "CREATEDDATE", "PARENTID", "SESSION_ID__C", "ACCOUNTNUMBER", "SHIPPINGCITY", "TYPE"]
)
def test_what_only_resembles_a_field_is_left_out(column: str) -> None:
    assert column not in suggested("crm-exports/samples/accountData.csv")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["姓名", "手机"], ["name", "mobile"]),
        (["姓名", "公司"], ["person_name", "name"]),
        (["Customer Name", "Name"], ["name", "person_name"]),
        (["客戶名稱*", "聯絡電話", "電話2", "備註（選填）"], ["name", "phone", "phone", "note"]),
        (["COMPANY_NAME", "e-mail", "Postal-Code:"], ["name", "email", "postal_code"]),
        (["Customer Nmae", "Industrry"], ["name", "industry"]),
        (["#1", "Frobnication"], [None, None]),
    ],
)
def test_spelling_does_not_matter(header: list[str], expected: list[str | None]) -> None:
    assert list(suggest(header, FIELDS).values()) == expected


def test_no_header_is_the_first_choice_of_two_fields() -> None:
    first = [folded(words[0]) for words in SYNONYMS.values()]
    assert len(first) == len(set(first))


@pytest.mark.parametrize("field", CHOICES)
def test_no_spelling_means_two_codes(field: str) -> None:
    spellings = [folded(word) for code, words in CHOICES[field].items() for word in {code, *words}]
    own = [{folded(word) for word in (code, *words)} for code, words in CHOICES[field].items()]
    assert len(set(spellings)) == sum(map(len, own))
