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

from blueprints.customers import exporting
from core import tablefiles
from core.jobs import DONE
from core.tablefiles import FORMATS
from tests.company import a_customer
from tests.pages import Client
from tests.working import killed, the_job, worked

SignedIn = Callable[[str], Client]
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
        cells = [""] * len(exporting.HEADER)
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
    monkeypatch.setitem(FORMATS, "xlsx", few)
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
    names = [row[1] for row in table_of(answer.get_data(), format)[1:]]
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
