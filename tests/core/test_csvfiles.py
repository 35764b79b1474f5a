"""CSV files as people really send them: read as meant, or refused with a sentence that says where."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cells import neutralise, restore
from core.csvfiles import FileProblem, Limits, Table, open_csv, write_csv
from tests.core.realdata import real


def cells(table: Table) -> list[list[str]]:
    return [list(row.cells.values()) for row in table.rows()]


def refusal(data: bytes, **options: str | Limits) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        list(open_csv(data, **options).rows())  # type: ignore[arg-type]
    return caught.value


SPECTRUM = [
    *("comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf"),
    *("quotes_and_newlines", "simple", "simple_crlf", "utf8"),
]


@pytest.mark.parametrize("name", SPECTRUM)
def test_it_reads_csv_spectrum_as_its_json_says(name: str) -> None:
    folder = real("csv/csv-spectrum")
    data = (folder / "csvs" / f"{name}.csv").read_bytes()
    if name.endswith("_crlf"):  # line ends that a checkout may have changed
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    rows = [row.cells for row in open_csv(data).rows()]
    assert rows == json.loads((folder / "json" / f"{name}.json").read_text())


def test_quotes_inside_an_unquoted_cell_are_text() -> None:
    [row] = open_csv(real("csv/csv-spectrum") / "csvs/location_coordinates.csv").rows()
    assert row.problem is None
    assert row.cells["Location Coordinates"].endswith("2'17.9\"W")


@pytest.mark.parametrize(
    ("path", "encoding", "delimiter", "columns", "rows"),
    [
        ("northwind/customers.csv", "utf-8", ",", 11, 91),
        ("crm-exports/samples/accountData.csv", "windows-1252", ",", 38, 423),
        ("febrl/dataset1.csv", "utf-8", ",", 11, 1000),
        ("complaints/Comcast_telecom_complaints_data.csv", "utf-8", ",", 11, 2224),
    ],
)
def test_real_files(path: str, encoding: str, delimiter: str, columns: int, rows: int) -> None:
    table = open_csv(real(path))
    assert (table.encoding, table.delimiter, len(table.header)) == (encoding, delimiter, columns)
    assert sum(1 for _ in table.rows()) == rows


def test_comma_and_blank_leaves_no_blanks() -> None:
    table = open_csv(real("febrl/dataset1.csv"))
    assert table.header[:3] == ["rec_id", "given_name", "surname"]
    assert next(table.rows()).cells["surname"] == "waller"


def test_accents_of_a_windows_export_are_intact() -> None:
    names = [row.cells["NAME"] for row in open_csv(real("crm-exports/samples/accountData.csv")).rows()]
    assert {"Crédito Inmobiliario Terras", "Pébéo of America"} <= set(names)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_northwind_reads_the_same_in_every_encoding(codec: str) -> None:
    text = real("northwind/customers.csv").read_text("utf-8")
    assert cells(open_csv(text.encode(codec))) == cells(open_csv(text.encode()))


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "gb18030", "utf-16"])
def test_chinese_names_read_the_same_in_every_encoding(codec: str) -> None:
    names = real("cn-names/company-short-names-20k.txt").read_text("utf-8").split()[:4000]
    table = open_csv("\r\n".join(["简称", *names]).encode(codec))
    assert [row.cells["简称"] for row in table.rows()] == names


def test_outlook_headers_in_gbk() -> None:
    folder = real("contact-csv-headers")
    gbk = open_csv((folder / "outlook-zh-CN.gbk.txt").read_bytes() + b"\r\nx")
    assert gbk.encoding == "gb18030"
    assert gbk.header == open_csv((folder / "outlook-zh-CN.txt").read_bytes() + b"\r\nx").header


@pytest.mark.parametrize(
    ("text", "delimiter", "rows"),
    [
        ("a,b\n1,2\n", ",", [["1", "2"]]),
        ("a;b\n1,5;2,5\n", ";", [["1,5", "2,5"]]),
        ("a\tb\nx, y\tz\n", "\t", [["x, y", "z"]]),
        ("a|b\n1|2\n", "|", [["1", "2"]]),
        ("a;b;c\n\"x;y\";2;3\n", ";", [["x;y", "2", "3"]]),
        ("name;place\nA;1 Road, Town\nB;2 Road, X\n", ";", [["A", "1 Road, Town"], ["B", "2 Road, X"]]),
        ("公司名称\n华兴科技\n", ",", [["华兴科技"]]),
        ("name\nAcme, Inc.\n", ";", [["Acme, Inc."]]),
        ("sep=;\na;b\n1;2\n", ";", [["1", "2"]]),
        ("a, b\n1, \"2, 3\"\n", ",", [["1", "2, 3"]]),
        ("a,b\r1,2\r3,4", ",", [["1", "2"], ["3", "4"]]),
    ],
)  # fmt: skip
def test_delimiters_are_found(text: str, delimiter: str, rows: list[list[str]]) -> None:
    table = open_csv(text.encode())
    assert (table.delimiter, cells(table)) == (delimiter, rows)


def test_encoding_and_delimiter_that_are_given_are_believed() -> None:
    table = open_csv("姓名;a,b\n张三;1,2\n".encode("gbk"), encoding="gbk", delimiter=",")
    assert (table.encoding, table.header) == ("gb18030", ["姓名;a", "b"])


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("\ufeff\ufeff Name ,City", ["Name", "City"]),
        ("电话,电话,电话 (2),电话", ["电话", "电话 (2)", "电话 (2) (2)", "电话 (3)"]),
        ("a,,b,", ["a", "#2", "b", "#4"]),
        ('"two\nlines",Cafe\u0301', ["two lines", "Café"]),
    ],
)
def test_headers_become_distinct_names(header: str, names: list[str]) -> None:
    assert open_csv(f"{header}\n1,2,3,4\n".encode()).header == names


def test_rows_know_their_line_and_blank_ones_are_left_out() -> None:
    table = open_csv(b'a,b\n\n1,"x\ny"\n,,\n  \n2\n')
    assert [(row.line, list(row.cells.values())) for row in table.rows()] == [
        (3, ["1", "x\ny"]),
        (7, ["2", ""]),
    ]


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"a,b\n1,2,3\n4,5\n", 2, "This row has 3 cells, the header has 2."),
        (b"a,b\n1,x, y\n4,5\n", 2, "This row has 3 cells, the header has 2: “x, y” needs quotation marks."),
        (b'a,b\n"1" x,2\n4,5\n', 2, "A quotation mark in this row is in the wrong place."),
        ("a,b\n华兴科技有限公司,张三\n".encode() + b"\xb1,x\n4,5", 3, "This row cannot be read as utf-8."),
        (b"a,b\n" + b"4,5\n" * 3000 + b"\x001,2\n4,5\n", 3002, "This row cannot be read as utf-8."),
        (b"a,b\n" + b"x" * 33_000 + b",2\n4,5\n", 2, "A cell of this row is longer than 32768 characters."),
    ],
)
def test_a_bad_row_is_refused_alone(data: bytes, line: int, sentence: str) -> None:
    rows = list(open_csv(data).rows())
    [refused] = [row for row in rows if row.problem]
    assert refused.line == line
    assert str(refused.problem).startswith(sentence)
    assert rows[-1].problem is None


def test_a_refused_row_can_be_shown() -> None:
    *_, row = open_csv(b"a,b\n" + b"1,2\n" * 2100 + b"\xff\xfe\x00,2\n", encoding="utf-8").rows()
    assert row.written == ["\ufffd\ufffd\ufffd", "2"]


def test_surplus_empty_cells_do_no_harm() -> None:
    [row] = open_csv(b"a,b\n1,2,,,\n").rows()
    assert row.problem is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "The file is empty."),
        (b"name,phone\r\n", "The file has a header but no rows."),
        (b"name,phone\r\n,,\r\n", "The file has a header but no rows."),
        (b"PK\x03\x04" + b"\x00" * 26 + b"customers.csv", "This is an archive."),
        (b"%PDF-1.7\n", "This is a document"),
        (b"\x89PNG\r\n\x1a\n", "This is a picture"),
        (b"\xff\xd8\xff\xe0", "This is a picture"),
        (b"\x1f\x8b\x08", "This is an archive."),
        (b"\n<html><table><tr><td>1", "This is a web page"),
        (b"MZ\x90\x00\x03\x00\x00\x01\x04", "This is not a text file."),
        (b'\xb1,b\n"1,2\n', "The file cannot be read as utf-8."),
        (b"\xff\xfea", "The file cannot be read as utf-16."),
    ],
)
def test_files_that_are_no_table_are_refused(data: bytes, sentence: str) -> None:
    encoding = "utf-8" if data.startswith(b"\xb1") else ""
    assert str(refusal(data, encoding=encoding).message).startswith(sentence)


def test_utf_16_without_a_mark_is_read_when_said_so() -> None:
    assert open_csv("名,b\n张三,1\n".encode("utf-16-le"), encoding="utf-16-le").header == ["名", "b"]


def test_options_that_make_no_sense_are_refused() -> None:
    assert str(refusal(b"a,b\n1,2\n", encoding="klingon").message) == "There is no encoding klingon."
    assert str(refusal(b"a,b\n1,2\n", encoding="base64").message) == "There is no encoding base64."
    assert str(refusal(b"a,b\n1,2\n", delimiter="::").message) == "The separator must be one character."


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'a,b\n1,2\n"3,4\n5,6\n', 3),
        (b'a,b\n1,2\n"x\ny",4\n5,"6\n7\n8', 5),
        (b'a,b\r\n1,"2\r\n3\r\n', 2),
        (b'a,b\n1,2\n3,"', 3),
    ],
)
def test_an_unclosed_quotation_mark_is_found_where_it_opens(data: bytes, line: int) -> None:
    problem = refusal(data)
    assert problem.line == line
    assert str(problem.message) == f"The quotation mark that opens in line {line} is never closed."


def test_a_cell_without_end_is_found_where_it_begins() -> None:
    problem = refusal(b'a,b\n1,2\n3,"' + b"x,y\n" * 100_000)
    assert problem.line == 3
    assert str(problem.message).startswith("The cell that begins in line 3 is too long,")


def test_a_huge_line_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.write_bytes(b"a,b\n1," + b"x" * 100_000_000)
    tracemalloc.start()
    with pytest.raises(FileProblem) as caught:
        open_csv(path, limits=Limits(bytes=200_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.line == 2
    assert peak < 30_000_000


def test_limits_are_told() -> None:
    assert refusal(b"a\n1\n2\n3\n", limits=Limits(rows=2)).line == 4
    assert "more than 2 columns" in str(refusal(b"a,b,c\n1\n", limits=Limits(columns=2)).message)
    assert "larger than 1 MB" in str(refusal(b"a\n" * 600_000, limits=Limits(bytes=1_000_000)).message)


def test_rows_may_be_read_again() -> None:
    table = open_csv(b"a,b\n1,2\n")
    assert cells(table) == cells(table) == [["1", "2"]]
    assert table.samples() == {"a": ["1"], "b": ["2"]}


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1))
def test_what_is_written_reads_back_exactly(rows: list[tuple[str, str]]) -> None:
    kept = [row for row in rows if any(neutralise(cell).strip() for cell in row)]
    if kept:
        table = open_csv(b"".join(write_csv(["名称", "b"], rows)))
        assert [tuple(map(restore, row.cells.values())) for row in table.rows()] == kept


def test_what_is_written_opens_in_excel() -> None:
    assert b"".join(write_csv(["客户"], [["=1+1"], ["张三"]])) == "\ufeff客户\r\n'=1+1\r\n张三\r\n".encode()


def test_writing_streams() -> None:
    pieces = list(write_csv(["a"], ([str(number) * 10] for number in range(10_000))))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 70_000


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        for row in open_csv(data).rows():
            "".join(row.written).encode()
    except FileProblem as problem:
        assert str(problem.message)
