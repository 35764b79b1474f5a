"""Files with a title, a date or headings of groups above their header: found, said, corrected by hand, kept."""

from __future__ import annotations

import csv
import io
import random

import pytest
from flask import Flask

from blueprints.customers import import_fields
from core.csvfiles import open_csv
from core.encodings import ENCODINGS
from core.suggesting import known_words
from core.titles import rows_above
from tests.core.realdata import real
from tests.core.workbooks import workbook
from tests.customers.imports import customers
from tests.customers.test_import_command import a_file, run
from tests.customers.test_import_pages import lead as lead
from tests.customers.test_import_pages import opened, sent, tried
from tests.customers.wizard import counted
from tests.pages import Client

HEADER = "客户名称,联系人,手机,地址"
ROWS = "华兴科技,王敏,13912346688,文昌路1号\n瑞丰贸易,李雷,13912346689,\n"


@pytest.fixture
def words(app: Flask) -> frozenset[str]:
    """The headers that an import of customers knows."""
    with app.app_context():
        return known_words(import_fields.FIELDS)


@pytest.mark.parametrize(
    ("above", "count"),
    [
        ("", 0),
        ("客户名单 2026年\n", 1),
        ("\n\n客户名单 2026年,,,\n,,,\n", 1),
        ('"客户名单\n2026年"\n制表人：张三,2026-11-01\n', 2),
        (",联系,,\n", 1),
        ("客户\n", 1),
        ("Exported on 2026-11-01, by a\n", 1),
        ("销售部,制表人,张三\n", 1),
        # as wide as the header: nothing is guessed
        ("f_name,f_person,f_mobile,f_address\n", 0),
        ("Customer Name,Contact,Mobile,Address\n", 0),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_stands_above_a_header(words: frozenset[str], above: str, count: int, delimiter: str) -> None:
    text = (above + HEADER + "\n" + ROWS).replace(",", delimiter)
    table = open_csv(text.encode(), words=words)
    assert (table.above, table.delimiter) == (count, delimiter if count or not above else table.delimiter)
    if count:
        assert table.header[:4] == HEADER.split(",")
        assert [row.line for row in table.rows()] == [table.begins + 1, table.begins + 2]
        assert text.split("\n")[table.begins - 1].startswith("客户名称")


@pytest.mark.parametrize(
    "text",
    [
        "客户名称\n华兴\n瑞丰, 上海, 手机\n",
        "Firma,Ort\nPhone,Mobile\n",
        "户号,单位,出生\n电话,手机,地址\n",
        "甲,乙,丙,丁\n公司,客户,官网,微信\n",
        "a,b,c,d,e,f\nname,phone,c,d,e,f\n",
        "客户名称,电话,,,,\n华兴,1,2,3,4,5\n",
    ],
)
def test_an_ordinary_file_is_read_from_its_first_line(words: frozenset[str], text: str) -> None:
    table = open_csv(text.encode(), words=words)
    assert (table.above, table.begins) == (0, 1)
    assert (table.header, table.delimiter) == (
        (plain := open_csv(text.encode())).header,
        plain.delimiter,
    )


@pytest.mark.parametrize(
    "file",
    ["google-contacts-2024.txt", "google-contacts-legacy.txt", "outlook-en.txt", "outlook-zh-CN.gbk.txt",
     "outlook-zh-CN.txt", "seeyon-oa-zh-CN.txt"],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(20))
def test_the_headers_of_real_programs_stay_in_the_first_line(
    words: frozenset[str], file: str, seed: int
) -> None:
    """Whatever rows follow: empty ones, full ones, some that look like headers, and with a title above."""
    dice = random.Random(seed)
    encoding = "gb18030" if "gbk" in file else "utf-8-sig"
    header = next(csv.reader([real(f"contact-csv-headers/{file}").read_bytes().decode(encoding).strip()]))
    some = ["", "", "王敏", "13912346688", "电话", "Company", "1990-01-01", "客户名称", "x@y.example"]
    text = io.StringIO()
    rows = [[dice.choice(some) for _name in header] for _row in range(dice.randrange(1, 30))]
    csv.writer(text).writerows([header, *rows, ["王"] * len(header)])
    table = open_csv(text.getvalue().encode(encoding), words=words)
    assert (table.above, table.begins, table.header[0]) == (0, 1, header[0])
    titled = open_csv(("通讯录\n" + text.getvalue()).encode(encoding), words=words)
    assert (titled.above, titled.header) == (1, table.header)


@pytest.mark.parametrize(
    "path",
    ["northwind/customers.csv", "northwind/suppliers.csv", "crm-exports/samples/accountData.csv",
     "febrl/dataset1.csv", "northwind/employees.csv", "complaints/Comcast_telecom_complaints_data.csv"],
)  # fmt: skip
def test_real_lists_stay_as_they_are(words: frozenset[str], path: str) -> None:
    data = real(path).read_bytes()
    known, plain = open_csv(data, words=words), open_csv(data)
    assert (known.above, known.header, known.delimiter) == (0, plain.header, plain.delimiter)


def test_nothing_is_a_header_where_little_is_known(words: frozenset[str]) -> None:
    assert rows_above([], words) == rows_above([["a"], ["b", "c", "d"]], words) == 0
    assert rows_above([["客户名单"], ["名称", "b", "d"]], words) == 0


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_title_in_every_encoding(app: Flask, lead: Client, encoding: str) -> None:
    title = "Clients 2026" if encoding == "windows-1252" else "客戶名單 2026年"
    header = "Company Name,Phone,Note" if encoding == "windows-1252" else "客戶名稱,電話,備註"
    at = opened(lead, f"{title}\r\n\r\n{header}\r\nCafé,010-88886666,x\r\n".encode(encoding, "replace"))
    page = lead.get(at)
    assert "the header was taken from line 3; what stands above it is left out" in page.words
    assert page.form(f"{at}/columns")["column-0"] == ["name"]


def test_a_title_is_said_and_corrected_by_hand(app: Flask, lead: Client) -> None:
    at = opened(lead, f"客户名单 2026年\n\n{HEADER}\n{ROWS},,,无名\n")
    page = tried(lead, at)
    assert "the header was taken from line 3" in page.words
    assert "6 – 客户名称 not taken “Name” is empty." in page.words
    choices = [option.get_text() for option in page.soup.select("[name=header] option")]
    assert choices[:2] == ["line 1: 客户名单 2026年", "line 3: 客户名称 · 联系人 · 手机 · 地址"]
    reading = page.form(f"{at}/reading")
    assert reading["header"] == ["3"]
    assert lead.post(f"{at}/reading", reading | {"header": "1"}).status == 303
    page = lead.get(at)
    assert "line 1 is the header" in page.words
    assert [row.get_text(strip=True) for row in page.soup.select("#columns tbody th")] == ["客户名单 2026年"]
    assert lead.post(f"{at}/reading", reading | {"header": "2"}).status == 422
    assert lead.post(f"{at}/reading", reading | {"header": "3"}).status == 303
    tried(lead, at)
    assert lead.post(f"{at}/run").status == 303
    with app.app_context():
        assert [customer.name for customer in customers()] == ["华兴科技", "瑞丰贸易"]
    refused = lead.http.get(f"{at}/refused.csv").get_data(as_text=True)
    assert refused.splitlines()[1].startswith("6,")


def test_a_header_that_nobody_knows_is_chosen_once(app: Flask, lead: Client) -> None:
    """A mapping that is kept knows the line; another file, whose header stands elsewhere, is still read rightly."""
    text = "月报\n部：一\n户号,单位,出生\nC1,王敏,1990-05-03\n"
    at = opened(lead, text)
    reading = lead.get(at).form(f"{at}/reading")
    assert reading["header"] == ["1"]
    assert lead.post(f"{at}/reading", reading | {"header": "3", "separator": ","}).status == 303
    tried(lead, at, **{"column-0": "number", "column-1": "name", "column-2": "birthday"}, keep_as="月报")
    at = opened(lead, text.replace("C1", "C2"))
    page = lead.get(at)
    assert "the header was taken from line 3" in page.words
    assert counted(tried(lead, at))[0] == 1
    at = opened(lead, "户号,单位,出生\nC3,李雷,1990-05-03\n")
    page = lead.get(at)
    assert "line 1 is the header" in page.words
    assert page.form(f"{at}/columns")["column-1"] == ["name"]


@pytest.mark.parametrize("title", [["客户名单 2026年"], ["客户", None, "联系", None, None, None]])
def test_a_title_in_a_workbook(app: Flask, lead: Client, title: list[str | None]) -> None:
    header = ["客户名称", "联系人", "手机", "地址", "备注"]
    rows = [title, [], [None], header, ["华兴", "王敏", 13912346688, "文昌路", "x", "多"], ["瑞丰"]]
    at = opened(lead, workbook(rows))
    page = lead.get(at)
    assert "Excel workbook · sheet Sheet1 · the header was taken from line 4" in page.words
    page = tried(lead, at)
    assert counted(page)[0] == 2 and "has 6 cells" not in page.words
    reading = page.form(f"{at}/reading")
    assert (reading["sheet"], reading["header"]) == (["0"], ["4"])
    assert lead.post(f"{at}/reading", reading | {"header": "1"}).status == 303
    assert "line 1 is the header" in lead.get(at).words


def test_another_sheet_has_its_header_elsewhere(app: Flask, lead: Client) -> None:
    one, two = [["客户名称", "手机"], ["华兴", "1"]], [["名单"], ["客户名称", "手机"], ["瑞丰", "2"]]
    at = opened(lead, workbook(one, Zwei=two))
    reading = lead.get(at).form(f"{at}/reading")
    assert lead.post(f"{at}/reading", reading | {"sheet": "1"}).status == 303
    assert "sheet Zwei · the header was taken from line 2" in lead.get(at).words


def test_a_title_for_the_command(app: Flask, tmp_path: object) -> None:
    text = f"客户名单 2026年\n{HEADER}\n{ROWS}"
    assert "2" in run(app, "import", a_file(tmp_path, text), "--as", "manager").output  # type: ignore[arg-type]
    with app.app_context():
        assert [customer.name for customer in customers()] == ["华兴科技", "瑞丰贸易"]


def test_a_file_of_nothing_but_a_title_is_no_list(lead: Client) -> None:
    page = sent(lead, f"客户名单\n{HEADER}\n")
    assert page.status == 422 and "a header but no rows" in page.words
