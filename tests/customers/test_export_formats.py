"""The formats in which a list is taken: each holds what the CSV holds, none runs anything."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from blueprints.customers import cardfiles, exporting, queries
from blueprints.customers.export_columns import HEADER
from core import tablefiles
from core.cardrows import read as read_cards
from core.csvtables import ON_DISK
from core.db import db
from core.jobs import DONE
from core.journal import JournalEntry
from core.rowfiles import open_rows
from core.tablefiles import FORMATS
from tests.company import a_customer
from tests.pages import Client
from tests.working import killed, the_job, worked

SignedIn = Callable[[str], Client]
BESIDE = ("completeness", "bought", "balance", "last_purchase")
NAMES = ["=1+1", '王氏, "引号"\n换行', "O'Neil & <Co>", "𠮷田商店", "+86 13912346688"]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv-gb18030": "text/csv; charset=gb18030",
    "xlsx": "spreadsheetml",
}


def table_of(data: bytes, format: str) -> list[list[str]]:
    """The cells of a file."""
    if format == "xlsx":
        return cells_of(zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml"))
    encoding = {"csv": "utf-8-sig", "csv-gb18030": "gb18030"}[format]
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


def cells_of(sheet: bytes) -> list[list[str]]:
    """The texts of a sheet; fails on a cell that is anything else."""
    table = []
    for row in ElementTree.fromstring(sheet).iter(f"{SHEET}row"):
        cells = [""] * (len(HEADER) + len(BESIDE))
        for cell in row.iter(f"{SHEET}c"):
            assert cell.get("t") == "inlineStr"
            assert cell.find(f"{SHEET}f") is None
            cells[column_of(str(cell.get("r")))] = "".join(cell.itertext())
        table.append(cells)
    return table


def column_of(reference: str) -> int:
    """A1 → 0, AB7 → 27."""
    number = 0
    for letter in filter(str.isalpha, reference):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_holds_what_the_csv_holds(app: Flask, signed_in: SignedIn, format: str) -> None:
    with app.app_context():
        for name in NAMES:
            a_customer(name, phone="139 1234 6688", note="第一行\n第二行\t=2")
    manager = signed_in("manager")
    token = manager.token()
    plain, answer = (
        manager.http.post("/customers/export", data={"csrf_token": token, **more})
        for more in ({}, {"format": format})
    )
    table = table_of(answer.get_data(), format)
    assert table == table_of(plain.get_data(), "csv")
    mark = table.pop()
    assert "manager" in mark[0] and f"共{len(NAMES)}行" in mark[0] and not any(mark[1:])
    assert {row[1] for row in table[1:]} == {"'=1+1", *NAMES[1:4], "'+86 13912346688"}
    assert TYPES[format] in answer.headers["Content-Type"]
    assert f".{FORMATS[format].suffix}" in answer.headers["Content-Disposition"]


def test_another_format_is_refused_beside_the_field(signed_in: SignedIn) -> None:
    page = signed_in("manager").post("/customers/export", {"format": "exe"})
    assert page.status == 422
    assert "请选择一项。" in page.words


def test_more_rows_than_a_sheet_holds_are_refused(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        for name in NAMES:
            a_customer(name)
    few = tablefiles.Format("Excel", "xlsx", "x", most_rows=4, convert=FORMATS["xlsx"].convert)
    monkeypatch.setitem(cardfiles.FORMATS, "xlsx", few)
    manager = signed_in("manager")
    page = manager.post("/customers/export", {"format": "xlsx"})
    assert page.status == 422
    assert "4" in page.words
    assert manager.post("/customers/export", {"format": "csv"}).status == 200


@pytest.mark.both_databases
@pytest.mark.parametrize("format", ["csv-gb18030", "xlsx"])
def test_a_large_list_is_made_behind_the_page_also_after_an_interruption(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    for name, size in {"AT_ONCE": 2, "BEAT": 2, "BATCH": 2}.items():
        monkeypatch.setattr(exporting, name, size)
    with app.app_context():
        for name in NAMES:
            a_customer(name)
    manager = signed_in("manager")
    assert manager.post("/customers/export", {"format": format}).status == 303
    batches = -(-len(NAMES) // 2)
    killed(app, the_job(app, exporting.JOB).id, after=batches + 1)  # while it is made into the format
    worked(app)
    job = the_job(app, exporting.JOB)
    assert job.state == DONE
    answer = manager.http.get(f"/jobs/{job.id}/file")
    assert f".{FORMATS[format].suffix}" in answer.headers["Content-Disposition"]
    names = [row[1] for row in table_of(answer.get_data(), format)[1:-1]]
    assert sorted(names) == sorted(["'=1+1", *NAMES[1:4], "'+86 13912346688"])


@pytest.mark.parametrize("format", FORMATS)
def test_the_command_writes_each_format(app: Flask, tmp_path: Path, format: str) -> None:
    with app.app_context():
        a_customer(NAMES[0])
    out = tmp_path / "out"
    command = ["customers", "export", str(out), "--as", "manager", "--format", format]
    done: Result = app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 0, done.output
    assert table_of(out.read_bytes(), format)[1][1] == "'=1+1"


# --- contact cards


def a_card(**cells: str) -> list[str]:
    """The lines of a card, unfolded."""
    lines, made = io.StringIO(newline=""), io.BytesIO()
    writer = csv.DictWriter(lines, HEADER, restval="")
    writer.writeheader()
    writer.writerow({"kind": "company", "name": "华兴科技有限公司", "number": "KH000001", **cells})
    cardfiles.write(io.StringIO(lines.getvalue(), newline=""), made)
    return made.getvalue().decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"person_name": "王敏"}, ["N:王敏;;;;", "FN:王敏", "ORG:华兴科技有限公司", "UID:KH000001-王敏"]),
        ({"person_name": "王敏", "person_department": "采购"}, ["ORG:华兴科技有限公司;采购"]),
        ({"person_name": "Mary Ann Lee"}, ["N:Lee;Mary Ann;;;", "FN:Mary Ann Lee"]),
        ({}, ["FN:华兴科技有限公司", "X-ABShowAs:COMPANY"]),
        ({"kind": "person", "name": "李静"}, ["N:李静;;;;", "FN:李静"]),
        (
            {"company_mobile": "13912346688", "company_phone": "010-88886666转801"},
            ["TEL;TYPE=CELL:13912346688", "TEL;TYPE=WORK:010-88886666转801"],
        ),
        ({"note": "a;b,c\\d\n第二行"}, ["NOTE:a\\;b\\,c\\\\d\\n第二行"]),
        ({"tags": "VIP、展会"}, ["CATEGORIES:VIP,展会"]),
        ({"city": "深圳", "address": "科苑路1号", "postal_code": "5"}, ["ADR;TYPE=WORK:;;科苑路1号;深圳;;5;"]),
        ({"district": "南山区", "address": "科苑路1号"}, ["ADR;TYPE=WORK:;;南山区科苑路1号;;;;"]),
        ({"name": "'=1+1"}, ["FN:=1+1"]),
    ],
)  # fmt: skip
def test_a_card_holds_what_telephones_read(cells: dict[str, str], expected: list[str]) -> None:
    lines = a_card(**cells)
    assert [line for line in expected if line not in lines] == []
    assert (lines[:2], lines[-3:]) == (
        ["BEGIN:VCARD", "VERSION:3.0"],
        ["X-HUIFANG-NUMBER:KH000001", "END:VCARD", ""],
    )


def test_what_is_masked_is_not_on_a_card() -> None:
    lines = a_card(company_mobile="139 **** 6688", company_email="m***@hx.example", company_wechat="****")
    assert not [line for line in lines if line.startswith(("TEL", "EMAIL", "X-WECHAT"))]


def test_no_line_of_a_card_is_too_long_or_breaks_a_character() -> None:
    made = io.BytesIO()
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, HEADER, restval="")
    writer.writeheader()
    writer.writerow({"kind": "company", "name": "长" * 200, "number": "K1"})
    cardfiles.write(io.StringIO(lines.getvalue(), newline=""), made)
    pieces = made.getvalue().split(b"\r\n")
    assert max(map(len, pieces)) <= 75
    assert all(piece.decode() or True for piece in pieces)


def test_our_cards_come_back_by_our_import(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_customer(
            "华兴科技有限公司", phone="139 1234 6688", email="wm@hx.example", city="深圳", tags=["VIP"]
        )
    cards = tmp_path / "out.vcf"
    command = ["customers", "export", str(cards), "--as", "manager", "--format", "vcard"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    rows = tmp_path / "rows"
    read_cards(cards, rows, ON_DISK)
    table = open_rows(rows, "vcard", None, ON_DISK)
    [row] = [row.cells for row in table.rows()]
    wanted = {
        "Company": "华兴科技有限公司",
        "Mobile": "139 1234 6688",
        "Email": "wm@hx.example",
        "City": "深圳",
    }
    assert {name: row[name] for name in wanted} == wanted


@pytest.mark.both_databases
@pytest.mark.parametrize("at_once", [2, 2_000])
def test_the_journal_tells_the_true_number_of_rows(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Of a file at once, and of one that is made behind the page, when it is asked for and when it is fetched."""
    monkeypatch.setattr(queries, "MOST_EXPORT", 1)
    monkeypatch.setattr(exporting, "AT_ONCE", at_once)
    with app.app_context():
        for n in range(4):
            a_customer(f"客户{n}")
    manager = signed_in("manager")
    answer = manager.post("/customers/export", {"format": "csv"})
    if at_once == 2:
        worked(app)
        job = the_job(app, exporting.JOB)
        assert (job.total, job.done) == (4, 4)
        assert manager.get(f"/jobs/{job.id}/file").status == 200
    else:
        assert len(table_of(answer.response.get_data(), "csv")) == 1 + 4 + 1
    with app.app_context():
        wanted = select(JournalEntry).where(JournalEntry.kind.in_(("exported", "fetched_file")))
        entries = db.session.scalars(wanted.order_by(JournalEntry.id)).all()
        told = [(entry.kind, entry.details["rows"]) for entry in entries]
        assert told == [("exported", 4), ("fetched_file", 4)][: len(told)] and len(told) == 1 + (at_once == 2)
