"""Workbooks of Excel: read as meant, or refused in bounded time and memory with a sentence that says where."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest

from core import workbooks
from core.csvrecords import FileProblem
from core.csvtables import IN_A_REQUEST, Limits
from core.intake import open_table, taken_in
from core.workbooks import Bounds
from tests.core.workbooks import packed, parts, sheet, workbook

ROWS = [["公司", "手机", "生日"], ["华兴科技", 13912346688, date(1990, 5, 31)], ["瑞丰贸易", "010-88886666"]]


def read(data: bytes, sheet: str | None = None) -> list[list[str]]:
    """Header and rows."""
    with taken_in(data) as (kept, kind):
        assert kind == "xlsx"
        table = open_table(kept, kind, sheet)
        return [table.header, *(list(row.cells.values()) for row in table.rows())]


def refusal(data: bytes, limits: Limits = IN_A_REQUEST) -> str:
    began = time.monotonic()
    with pytest.raises(FileProblem) as caught, taken_in(data, limits) as (kept, kind):
        list(open_table(kept, kind).rows())
    assert time.monotonic() - began < 30
    return str(caught.value.message)


def spoiled(part: str, text: str | bytes) -> bytes:
    """A workbook of which one part is something else."""
    return packed({**parts({"Sheet1": ROWS}), part: text})


def test_cells_become_what_a_text_table_would_say() -> None:
    assert read(workbook(ROWS)) == [
        ["公司", "手机", "生日"],
        ["华兴科技", "13912346688", "1990-05-31"],
        ["瑞丰贸易", "010-88886666", ""],
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A2"><v>1.38001380000000E+10</v></c>', "13800138000"),
        ('<c r="A2"><v>0.30000000000000004</v></c>', "0.3"),
        ('<c r="A2"><v>110101199003070000</v></c>', "1.1010119900307e+17"),
        ('<c r="A2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A2" s="1"><v>45000.5</v></c>', "2023-03-15 12:00:00"),
        ('<c r="A2"><f>SUM(B1:B9)</f><v>42</v></c>', "42"),
        ('<c r="A2" t="str"><f>WEBSERVICE("http://127.0.0.1/")</f><v>x</v></c>', "x"),
        ('<c r="A2" t="inlineStr"><is><t>=cmd|/c</t></is></c>', "=cmd|/c"),
        ('<c r="A2" t="inlineStr"><is><t>0139</t></is></c>', "0139"),
    ],
)
def test_values_are_taken_and_no_formula_runs(cell: str, text: str) -> None:
    named = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
    assert read(workbook(f'{named}<row r="2">{cell}</row>')) == [["name"], [text]]


def test_rows_know_their_place_and_empty_ones_are_left_out() -> None:
    with taken_in(workbook([[None], ["name"], [], ["a"], [" "], ["b"]])) as (kept, kind):
        table = open_table(kept, kind)
        assert (table.begins, [row.line for row in table.rows()]) == (2, [4, 6])


def test_a_merged_title_above_the_table_is_no_header() -> None:
    text = sheet([["客户名单"], ["公司", "城市"], ["甲", "上海"]])
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    data = spoiled("xl/worksheets/sheet1.xml", text.replace("</sheetData>", merged))
    assert read(data) == [["公司", "城市"], ["甲", "上海"]]


def test_a_column_without_a_header_has_a_name() -> None:
    assert read(workbook([["a"], ["1", "2"]])) == [["a", "#2"], ["1", "2"]]


def test_of_several_sheets_the_first_with_rows_is_read_and_others_can_be() -> None:
    data = workbook([], 说明=[["只有一行"]], 客户=ROWS, 供应商=[["name"], ["x"]])
    assert read(data)[0] == ROWS[0]
    assert read(data, "3") == [["name"], ["x"]]
    with taken_in(data) as (kept, kind):
        table = open_table(kept, kind)
        assert (table.sheets, table.delimiter) == (("Sheet1", "说明", "客户", "供应商"), "2")
        with pytest.raises(FileProblem, match="cannot be read"):
            open_table(kept, kind, "9")


def test_hidden_sheets_come_last() -> None:
    book = parts({"Secret": ROWS, "Open": [["name"], ["x"]]})
    book["xl/workbook.xml"] = book["xl/workbook.xml"].replace(
        'name="Secret"', 'name="Secret" state="veryHidden"'
    )
    assert read(packed(book)) == [["name"], ["x"]]


def test_a_claim_of_a_million_rows_is_not_believed() -> None:
    claimed = sheet([["name"], *([f"n{n}"] for n in range(200))], '<dimension ref="A1:XFD1048576"/>')
    assert len(read(spoiled("xl/worksheets/sheet1.xml", claimed))) == 201


def test_a_cell_at_the_end_of_the_sheet_is_refused() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(workbook([["name"], ["x"]], 客户=far)).startswith(
        "The sheet “客户” would take too much memory."
    )


def test_a_cell_at_the_end_of_the_header_is_refused() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    assert refusal(workbook(far)) == "The file has more than 200 columns."


@pytest.mark.parametrize(
    "entity",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!doctype x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_entities_are_refused_with_their_part(part: str, entity: str, codec: str) -> None:
    text = f"{entity}{sheet(ROWS)}".encode(codec)
    assert (
        refusal(spoiled(part, text))
        == f"The part “{part}” of this Excel file declares entities of its own, which no spreadsheet needs."
    )


def test_a_bomb_is_refused_by_what_the_archive_says_of_itself() -> None:
    assert refusal(spoiled("xl/worksheets/sheet1.xml", b" " * 30_000_000)) == (
        "The part “xl/worksheets/sheet1.xml” of this Excel file is packed so tightly that it cannot be a table."
    )


def test_an_archive_that_lies_about_its_sizes_is_bounded_all_the_same() -> None:
    data = bytearray(spoiled("xl/sharedStrings.xml", "<sst><si><t>" + "x" * 50_000_000 + "</t></si></sst>"))
    [part] = [p for p in zipfile.ZipFile(io.BytesIO(data)).infolist() if p.filename.endswith("Strings.xml")]
    honest = part.file_size.to_bytes(4, "little")
    while (at := data.find(honest)) >= 0:
        data[at : at + 4] = (1000).to_bytes(4, "little")
    book = bytes(data)
    with pytest.raises(FileProblem), taken_in(book) as (kept, kind):
        open_table(kept, kind)


def test_too_large_a_cell_refuses_its_row_and_no_more() -> None:
    with taken_in(workbook([["name", "note"], ["a", "x" * 40_000], ["b", "y"]])) as (kept, kind):
        rows = list(open_table(kept, kind).rows())
    assert str(rows[0].problem) == "A cell of this row is longer than 32768 characters."
    assert (len(rows[0].written[1]), rows[1].problem) == (32_769, None)
    with taken_in(workbook([["name"], ["x" * 30_000] * 60])) as (kept, kind):
        [row] = open_table(kept, kind).rows()
    assert str(row.problem) == "This row is too long to be part of a table."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (workbook(ROWS)[:400], "This Excel file is damaged."),
        (workbook(ROWS)[:-30], "This Excel file is damaged."),
        (spoiled("xl/workbook.xml", "<workbook"), "This Excel file is damaged."),
        (spoiled("xl/worksheets/sheet1.xml", sheet(ROWS)[:-60]), "The sheet “Sheet1” of this Excel file is damaged."),
        (workbook([]), "The file is empty."),
        (workbook([["name"]]), "The file has a header but no rows."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "This is a file of an old Excel (.xls)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * (1 << 20) + "EncryptedPackage".encode("utf-16-le"),
            "This Excel file is protected by a password.",
        ),
        (packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"}), "This is a file of an old Excel"),
        (packed({"a.csv": "name\nx\n"}), "This is an archive."),
        (packed({**parts({"S": ROWS}), **{f"xl/x{n}.xml": "" for n in range(2000)}}), "This Excel file consists of"),
    ],
    ids=["head", "cut", "book", "sheet", "empty", "header", "xls", "password", "word", "zip", "parts"],
)  # fmt: skip
def test_what_cannot_be_read_is_a_sentence(data: bytes, sentence: str) -> None:
    assert refusal(data).startswith(sentence)


def test_an_encrypted_part_is_a_password() -> None:
    data = bytearray(workbook(ROWS))
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refusal(bytes(data)).startswith("This Excel file is protected by a password.")


def test_a_file_of_more_bytes_than_allowed_is_not_opened() -> None:
    assert refusal(workbook(ROWS), Limits(bytes=1000)).startswith("The file is larger than")


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [
        (Bounds(memory=200_000_000), "The sheet “Sheet1” would take too much memory."),
        (Bounds(seconds=1), "The sheet “Sheet1” takes too long to read."),
        (Bounds(output=100_000), "The sheet “Sheet1” is too large."),
    ],
)
def test_the_process_is_held_to_its_bounds(tmp_path: Path, bounds: Bounds, sentence: str) -> None:
    wide = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="AZZ{0}"><v>1</v></c></row>'
    (tmp_path / "whole").write_bytes(workbook("".join(wide.format(n) for n in range(1, 12_000))))
    with pytest.raises(FileProblem) as caught:
        workbooks.read(tmp_path / "whole", tmp_path / "rows", IN_A_REQUEST, bounds)
    assert str(caught.value.message).startswith(sentence)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with taken_in(workbook(ROWS)) as (kept, _kind):
        assert isinstance(kept, Path) and kept.is_relative_to(tmp_path)
        assert {len(json.loads(line)) for line in kept.read_bytes().splitlines()} == {6, 3, 1}
    refusal(workbook(ROWS)[:400])
    assert list(tmp_path.iterdir()) == []
