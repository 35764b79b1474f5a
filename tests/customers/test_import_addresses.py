"""Several addresses in a row: one is the customer's, the others are lines of the remark, and none is lost."""

from __future__ import annotations

import csv

import pytest

from blueprints.customers import import_fields
from blueprints.customers.import_addresses import FIELD, grouped, noted, written
from core.db import db
from tests.company import a_customer
from tests.core.realdata import real
from tests.customers.imports import counts, customers, imported, only_customer, sentences, tried

pytestmark = pytest.mark.usefixtures("in_context")


@pytest.mark.parametrize(
    ("columns", "called"),
    [
        (["收货地址"], "收货地址"),
        (["住宅地址 街道", "住宅地址 市/县", "住宅地址 邮政编码"], "住宅地址"),
        (["收货省份", "收货城市"], "收货地址"),
        (["Home Street", "Home City", "Home Country/Region"], "Home address"),
        (["Address 2 - Street", "Address 2 - Postal Code"], "Address 2"),
        (["仓库"], "仓库"),
    ],
)
def test_columns_of_one_address_are_one(columns: list[str], called: str) -> None:
    assert grouped(columns) == {called: columns}


@pytest.mark.parametrize(
    ("main", "further"),
    [
        (["办公地址"], ["收货地址"]),
        (["地址"], ["收货地址", "注册地址", "仓库地址", "家庭住址"]),
        (["Business Street", "Business City"], ["Home Street", "Home City", "Other Street"]),
        (["Address 1 - Street", "Address 1 - City"], ["Address 2 - Street", "Address 2 - City"]),
    ],
)
def test_addresses_beside_the_first_go_to_the_remark(main: list[str], further: list[str]) -> None:
    found = import_fields.suggested(["客户名称", *main, *further], {})
    assert {column for column, name in found.items() if name == FIELD} == {*further}
    assert {*main} <= found.keys() and FIELD not in {found[column] for column in main}


@pytest.mark.parametrize(
    "column",
    ["邮箱地址", "电子邮件 2 地址", "Web address", "IP address", "其他地址 - 邮箱", "住宅电话", "City hall"],
)  # fmt: skip
def test_what_is_no_address_is_none(column: str) -> None:
    assert import_fields.suggested(["客户名称", "地址", "邮箱", column], {}).get(column) != FIELD


def test_an_address_book_of_outlook_loses_none() -> None:
    header = next(csv.reader([real("contact-csv-headers/outlook-en.txt").read_text("utf-8-sig").strip()]))
    cells = {"Company": "Acme", "Business Street": "1 High St", "Home Street": "2 Elm St", "Home City": "Bath",
             "Other Street": "3 Oak St", "Business Street 2": "Suite 5"}  # fmt: skip
    row = ",".join(cells.get(name, "") for name in header)
    assert counts(imported(",".join(header) + "\n" + row + "\n")) == (1, 0, 0, 0)
    customer = only_customer()
    assert (customer.address, customer.city) == ("1 High St, Suite 5", None)
    assert (customer.note or "").split("\n") == [
        "Home address: 2 Elm St, Bath", "Other address: 3 Oak St",
    ]  # fmt: skip


@pytest.mark.both_databases
def test_the_remark_on_file_stays_beside_them() -> None:
    a_customer("华兴", number="K1", note="老客户\n月结")
    header, mapping = "客户编号,公司,办公地址,收货地址\n", {"客户编号": "number", "公司": "name"}
    mapping |= {"办公地址": "address", "收货地址": FIELD}
    row = "K1,华兴,文昌路1号,仓前路2号\n"
    assert counts(imported(header + row)) == (0, 1, 0, 0)
    assert counts(imported(header + row)) == (0, 0, 1, 0)
    assert (only_customer().address, only_customer().note) == (
        "文昌路1号",
        "老客户\n月结\n收货地址：仓前路2号",
    )
    assert counts(imported(header + "K1,华兴,文昌路1号,\n")) == (0, 0, 1, 0)
    [told] = tried(header + "K1,华兴,,仓前路3号\n", mapping=mapping).head
    assert [(change.old, change.new) for change in told.changes] == [
        ("老客户 月结 收货地址：仓前路2号", "老客户 月结 收货地址：仓前路3号")
    ]
    imported(header + "K1,华兴,,仓前路3号\n", mapping=mapping)
    db.session.expire_all()
    assert only_customer().note == "老客户\n月结\n收货地址：仓前路3号"
    imported(header + "K1,华兴,,\n", mapping=mapping, clear=True)
    db.session.expire_all()
    assert (only_customer().address, only_customer().note) == (None, "老客户\n月结")


def test_a_remark_of_the_file_and_addresses_stand_together() -> None:
    text = "公司,手机,备注,办公地址,收货地址\n华兴,13912346688,新,文昌路1号,仓前路2号\n"
    imported(text)
    assert counts(imported(text)) == (0, 0, 1, 0)
    imported("公司,手机,备注,办公地址,收货地址\n华兴,13912346688,更新,文昌路1号,\n")
    db.session.expire_all()
    assert only_customer().note == "更新\n收货地址：仓前路2号"


def test_two_people_of_a_company_with_an_address_each_make_no_second_company() -> None:
    text = "公司,联系人,联系人手机,公司地址,家庭住址\n华兴,王敏,13912346681,a,甲路\n华兴,李雷,13912346682,a,乙路\n"
    for _time in range(2):
        imported(text)
        db.session.expire_all()
        assert [customer.note for customer in customers()] == ["家庭住址：甲路\n家庭住址：乙路"]


def test_a_remark_beyond_measure_is_refused() -> None:
    a_customer("华兴", number="K1", note="x" * 3_990)
    account = tried("客户编号,公司,地址,收货地址\nK1,华兴,a,仓前路2号仓前路2号\n")
    assert "longer than 4000 characters" in sentences(account)[0]


@pytest.mark.parametrize(
    ("note", "address", "kept", "further", "wanted"),
    [
        (None, "甲", None, (), "收货：甲"),
        ("a", "甲", "a", (), "a\n收货：甲"),
        ("a\n收货：乙\nb", "甲", "a\n收货：乙\nb", (), "a\n收货：甲\nb"),
        ("a\n收货：乙\nb", "甲", "a\n收货：乙\nb", ("收货",), "a\n收货：乙\n收货：甲\nb"),
        ("新", "", "a\n收货：乙", (), "新\n收货：乙"),
    ],
)
def test_lines_of_a_remark(note: str, address: str, kept: str, further: tuple[str, ...], wanted: str) -> None:
    assert noted(note, {"收货": address}, kept, clear=False, further=further) == wanted


def test_an_address_in_one_line() -> None:
    assert written(["2 Elm\nSt", "", "Bath"]) == "2 Elm St, Bath"
    assert written(["浙江", "绍兴", "绍兴"]) == "浙江 绍兴"
