"""Workbooks of Excel through the pages, the jobs and the command of every import."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import import_batches, importing
from blueprints.customers.models import Customer, CustomerImport
from core import workbooks, working
from core.csvtables import Limits, Row
from core.db import db
from core.importing import emptied
from core.mapping import Mapping
from core.workbooks import Bounds
from tests.company import a_customer
from tests.core.realdata import real
from tests.core.undos import business_tables
from tests.core.workbooks import from_1904, workbook
from tests.customers.test_import_command import a_file, run
from tests.customers.test_import_pages import left, opened, sent, tried
from tests.customers.test_import_real import figures
from tests.customers.wizard import counted
from tests.pages import Client

SignedIn = Callable[[str], Client]

ROWS = [
    ["客户编号", "公司名称", "手机", "电话", "生日", "级别"],
    ["K1", "华兴科技有限公司", 13912346688, 2088886666, date(1990, 5, 31), "A"],
    ["K2", "瑞丰贸易", "13800138000.0", "1.38E+10", 32874, "B"],
    ["K3", "永安制造", None, None, None, "Z"],
]


@pytest.fixture
def lead(signed_in: SignedIn) -> Client:
    """The lead of a sales team, reading English."""
    client = signed_in("lead1")
    client.post("/me/language", {"language": "en", "back": "/customers/import"})
    return client


@pytest.mark.both_databases
def test_the_whole_way(app: Flask, lead: Client) -> None:
    url = opened(lead, workbook(ROWS), name="misnamed.csv")
    page = lead.get(url)
    assert "Excel workbook · sheet Sheet1 · line 1 is the header" in page.words
    page = tried(lead, url)
    for sentence in (
        "“2088886666” was made a number by a spreadsheet. It is taken as 02088886666.",
        "“13800138000.0” was made a number by a spreadsheet. It is taken as 13800138000.",
        "“1.38E+10” lost its last digits in a spreadsheet. It is left out.",
        "“32874” is how Excel counts days. It is taken as 1990-01-01.",
        "“Z” is none of:",
    ):
        assert sentence in page.words
    assert lead.post(f"{url}/run").status == 303
    with app.app_context():
        one, two = db.session.scalars(select(Customer).order_by(Customer.number))
        assert [(p.value, p.normal) for p in one.points] == [
            ("02088886666", "+862088886666"), ("13912346688", "+8613912346688"),
        ]  # fmt: skip
        assert (one.birthday, two.birthday) == (date(1990, 5, 31), date(1990, 1, 1))
        assert [p.value for p in two.points] == ["13800138000"]
    answer = lead.http.get(f"{url}/refused.csv").get_data(as_text=True).removeprefix("\ufeff")
    [_header, row] = csv.reader(io.StringIO(answer))
    assert (row[0], row[3]) == ("4", "永安制造")


@pytest.mark.parametrize("says", ["1", "true"])
def test_a_workbook_that_counts_days_from_1904(app: Flask, lead: Client, says: str) -> None:
    """A typed day is right by itself; a plain number counts from 1904, also in the refused rows that are sent again."""
    rows = [
        ["客户编号", "公司名称", "生日", "级别", "备注"],
        ["K1", "华兴科技", date(1990, 5, 31) - timedelta(days=1_462), "A", 32874],
        ["K2", "瑞丰贸易", 32874 - 1_462, "B", 32874],
        ["K3", "永安制造", f"{32875 - 1_462}.5", "Z", 31413],
        ["K4", "长城印刷", "1990-01-03", "A", None],
        ["K5", "东方纸业", 79_999, "A", None],
    ]
    url = opened(lead, from_1904(workbook(rows), says))
    page = tried(lead, url)
    for sentence in (
        "“31412” is a number of days. This workbook counts them from 1904: it is taken as 1990-01-01.",
        "“79999” is not a date.",
    ):
        assert sentence in page.words
    assert lead.post(f"{url}/run").status == 303
    answer = lead.http.get(f"{url}/refused.csv").get_data(as_text=True).removeprefix("\ufeff")
    [_header, third, fifth] = csv.reader(io.StringIO(answer))
    assert (third[4], third[6], fifth[4]) == ("1990-01-02", "31413", "79999")
    url = opened(lead, answer.replace(",Z,", ",A,"))
    tried(lead, url)
    lead.post(f"{url}/run")
    with app.app_context():
        born = dict(db.session.execute(select(Customer.name, Customer.birthday)).all())
        assert born == {
            "华兴科技": date(1990, 5, 31), "瑞丰贸易": date(1990, 1, 1), "永安制造": date(1990, 1, 2),
            "长城印刷": date(1990, 1, 3),
        }  # fmt: skip


def test_a_workbook_that_says_that_it_does_not_count_from_1904(app: Flask, lead: Client) -> None:
    url = opened(lead, from_1904(workbook(ROWS), "0"))
    assert "“32874” is how Excel counts days. It is taken as 1990-01-01." in tried(lead, url).words


def test_another_sheet_can_be_chosen(app: Flask, lead: Client) -> None:
    url = opened(lead, workbook([], 客户=ROWS, 供应商=[["name"], ["Acme"], ["Bolt"]]))
    page = lead.get(url)
    assert "sheet 客户" in page.words
    options = page.soup.select("#reading-sheet option")
    assert [o.get_text(strip=True) for o in options if o["value"]] == ["Sheet1", "客户", "供应商"]
    answer = lead.post(f"{url}/reading", {"sheet": "0"})
    assert (answer.status, "The file is empty." in answer.words) == (422, True)
    assert lead.post(f"{url}/reading", {"sheet": "7"}).status == 422
    assert lead.post(f"{url}/reading", {"sheet": "2"}).status == 303
    tried(lead, url)
    lead.post(f"{url}/run")
    with app.app_context():
        assert set(db.session.scalars(select(Customer.name))) == {"Acme", "Bolt"}


def test_a_text_is_never_taken_for_rows_of_a_workbook(app: Flask, lead: Client, tmp_path: Path) -> None:
    lines = '[0,1,["name"]]\n[0,2,["Acme"]]\n{"sheets":[["x",2]]}\n'
    url = opened(lead, lines)
    assert lead.get(url).form(f"{url}/columns")["column-0"] == [""]
    assert lead.post(f"{url}/reading", {"encoding": "xlsx", "separator": "0"}).status == 422
    done = run(app, "import", a_file(tmp_path, "name\nAcme\n"), "--encoding", "xlsx", "--as", "lead1")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)


FAR = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
)


def test_where_the_reader_is_killed_nothing_is_kept(app: Flask, lead: Client) -> None:
    answer = sent(lead, workbook(FAR))
    assert answer.status == 422
    said = answer.one(".field .form-error").get_text(" ", strip=True)
    assert "The sheet “Sheet1” would take too much memory." in said
    assert left(app) == (0, 0, 0)


def test_where_the_reader_must_stop_nothing_is_kept(
    app: Flask, lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(source: Path, target: Path, limits: Limits) -> None:
        workbooks.read(source, target, limits, Bounds(output=1_000))

    monkeypatch.setitem(importing.READERS, "xlsx", read)
    answer = sent(lead, workbook([["name"], *([f"n{n}"] for n in range(1_000))]))
    assert (answer.status, "The sheet “Sheet1” is too large." in answer.words) == (422, True)
    assert left(app) == (0, 0, 0)


def test_the_sentences_are_there_in_chinese(signed_in: SignedIn) -> None:
    assert "工作表“Sheet1”占用的内存太多" in sent(signed_in("lead1"), workbook(FAR)).words


@pytest.mark.both_databases
def test_a_large_one_is_imported_behind_the_page(
    app: Flask, lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "AT_ONCE", 2)
    url = opened(lead, workbook([ROWS[0], *([f"N{n}", f"公司{n}"] for n in range(300))]))
    for step in ("columns", "run"):
        lead.post(f"{url}/{step}", lead.get(url).form(f"{url}/columns") if step == "columns" else {})
        with app.app_context():
            made = db.session.scalars(select(CustomerImport)).one()
            assert made.job_id is not None
            working.work_on(made.job_id)
    assert figures(lead.get(url))["new"] == 300


def test_northwind_as_a_workbook_is_what_it_is_as_text(app: Flask, lead: Client) -> None:
    with real("northwind/customers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == 11]
    url = opened(lead, workbook(rows))
    tried(lead, url)
    lead.post(f"{url}/run")
    assert figures(lead.get(url))["new"] == 67
    again = opened(lead, real("northwind/customers.csv").read_bytes())
    tried(lead, again)
    lead.post(f"{again}/run")
    assert figures(lead.get(again))["unchanged"] == 67


def test_our_export_for_excel_imported_again_changes_nothing(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_customer("=华兴科技", phone="+86 139 1234 6688", note="第一行\n第二行", tags=["VIP"])
        a_customer("王敏", kind="person", phone="010-88886666转801", birthday=date(1990, 5, 31))
        before = business_tables()
    out = tmp_path / "out.xlsx"
    assert run(app, "export", out, "--format", "xlsx", "--as", "manager").exit_code == 0
    done = run(app, "import", out, "--as", "manager")
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert business_tables() == before


@pytest.mark.parametrize("at_once", [1, 2_000])
def test_the_command_reads_the_sheet_that_is_named(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(import_batches, "AT_ONCE", at_once)
    file = a_file(tmp_path, workbook(ROWS, Two=[["name"], ["Acme"], ["Bolt"]]), "in.xlsx")
    done = run(app, "import", file, "--sheet", "Two", "--as", "lead1")
    assert done.exit_code == 0, done.output
    done = run(app, "import", file, "--sheet", "Three", "--as", "lead1")
    assert (done.exit_code, done.stderr) == (1, "Error: 文件中没有工作表“Three”。\n")
    with app.app_context():
        assert set(db.session.scalars(select(Customer.name))) == {"Acme", "Bolt"}


def test_only_a_number_to_calculate_with_gets_its_zero_back(app: Flask, lead: Client) -> None:
    rows = [["公司名称", "电话"], ["华兴", 2125551115], ["瑞丰", "2125551115"]]
    url = opened(lead, workbook(rows), name="客户.xlsx")
    tried(lead, url)
    assert lead.post(f"{url}/run").status == 303
    with app.app_context():
        found = db.session.scalars(select(Customer).order_by(Customer.number))
        assert [one.points[0].value for one in found] == ["02125551115", "2125551115"]


@pytest.mark.parametrize("result", ["", "<v></v>", "<v/>"])
def test_formulas_without_a_result_are_told_and_empty_nothing(app: Flask, lead: Client, result: str) -> None:
    def text(place: str, words: str) -> str:
        return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'

    headers = "".join(
        text(f"{letter}1", head)
        for letter, head in zip("ABCD", ("公司名称", "电话", "备注", "城市"), strict=True)
    )
    cells = f'{text("A2", "华兴")}<c r="B2"><f>"010-"&amp;E2</f>{result}</c>'
    cells += f'<c r="C2"><f t="shared" si="0"/>{result}</c><c r="D2" t="str"><f>""</f><v></v></c>'
    rows = f'<row r="1">{headers}</row><row r="2">{cells}</row>'
    page = tried(lead, opened(lead, workbook(rows), name="客户.xlsx"))
    assert counted(page)[:4] == (1, 0, 0, 1)
    assert [cell.get_text() for cell in page.soup.select('td[data-label="Column"]')] == ["电话", "备注"]
    assert page.words.count("the file does not hold its result") == 2


def test_a_formula_without_a_result_clears_nothing(app: Flask) -> None:
    table = Row(2, {"name": "A", "note": ""}, ["A", ""], None, (), ["note"])
    assert emptied(table, Mapping({"name": "name", "note": "note"})) == set()
