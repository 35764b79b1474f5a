"""Files without a header: seen by their first row, said and chosen on the page, kept until the file is sent again."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from blueprints.customers import import_batches
from core.csvfiles import open_csv
from core.csvheaders import NO_HEADER, lettered
from core.titles import is_headless
from tests.core.workbooks import workbook
from tests.customers.imports import customers
from tests.customers.test_import_command import a_file, run
from tests.customers.test_import_pages import lead as lead
from tests.customers.test_import_pages import opened, tried
from tests.customers.test_import_titles import words as words
from tests.customers.wizard import counted
from tests.pages import Client

ROWS = "华兴科技,王敏,13912346688\n瑞丰贸易,李雷,13912346689\n东方食品,韩梅,13912346690\n"
BY_HAND = {"column-0": "name", "column-1": "person_name", "column-2": "mobile"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["华兴科技", "13912346688"], ["瑞丰", ""]], True),
        ([["华兴科技", "010-8888 6666"]], True),
        ([["华兴科技", "info@huaxing.example"], ["瑞丰", ""]], True),
        ([["王敏", "1990-05-03"], ["李雷", "1991-06-04"]], True),
        # a column of figures may be headed by a day, and a year or a count is no number of anybody
        ([["项目", "2026-01-01"], ["甲", "300"]], False),
        ([["甲", "2026"], ["乙", "1200"]], False),
        ([["户号", "单位", "出生"], ["C1", "王敏", "1990-05-03"]], False),
        # one known word, or a header below, is enough to be none
        ([["客户名称", "13912346688"], ["华兴", "13912346689"]], False),
        ([["张三 制表", "13912346688"], ["客户名称", "联系人", "手机", "地址", "备注"]], False),
        ([[]], False),
        ([], False),
    ],
)
def test_when_a_file_has_no_header(words: frozenset[str], rows: list[list[str]], expected: bool) -> None:
    assert is_headless(rows, words) is expected


def test_columns_are_called_by_their_places(app: Flask, words: frozenset[str]) -> None:
    table = open_csv(("华兴,13912346688\n" + ROWS).encode(), words=words)
    assert (table.is_headless, table.begins, table.header) == (True, NO_HEADER, ["#1", "#2", "#3"])
    assert [row.line for row in table.rows()] == [1, 2, 3, 4]
    assert not open_csv(ROWS.encode()).is_headless  # who knows no words guesses nothing
    with app.test_request_context(), force_locale("en"):
        assert [str(lettered(name)) for name in ("#1", "#26", "#27", "Name")][1:3] == [
            "Column Z",
            "Column AA",
        ]


def test_no_row_of_such_a_file_is_lost(app: Flask, lead: Client) -> None:
    at = opened(lead, ROWS)
    page = lead.get(at)
    assert "no header: the first row is taken as well" in page.words
    assert "No line of this file names the columns" in page.words
    heads = [row.get_text(strip=True) for row in page.soup.select("#columns tbody th")]
    assert heads == ["Column A", "Column B", "Column C"]
    assert page.form(f"{at}/columns")["column-2"] == ["mobile"]  # told by its cells
    assert page.form(f"{at}/reading")["header"] == [str(NO_HEADER)]
    assert counted(tried(lead, at, **BY_HAND))[0] == 3
    assert lead.post(f"{at}/run").status == 303
    with app.app_context():
        assert [customer.name for customer in customers()] == ["华兴科技", "瑞丰贸易", "东方食品"]


def test_it_is_chosen_and_taken_back_by_hand(lead: Client) -> None:
    at = opened(lead, "甲,一\n乙,二\n")
    reading = lead.get(at).form(f"{at}/reading")
    assert reading["header"] == ["1"]
    assert lead.post(f"{at}/reading", reading | {"header": str(NO_HEADER)}).status == 303
    assert counted(tried(lead, at, **{"column-0": "name"}))[0] == 2
    assert lead.post(f"{at}/reading", reading | {"header": "1"}).status == 303
    assert "line 1 is the header" in lead.get(at).words
    assert counted(tried(lead, at, **{"column-0": "name"}))[0] == 1


def test_refused_rows_come_back_under_what_they_were_matched_with(app: Flask, lead: Client) -> None:
    at = opened(lead, ROWS + ",,13912346691\n华兴,a,b,c,d\n")
    page = tried(lead, at, **BY_HAND)
    assert "has 5 cells, those before have 3" not in page.words  # the first rows tell how wide it is
    lead.post(f"{at}/run")
    text = lead.http.get(f"{at}/refused.csv").get_data(as_text=True)
    assert text.splitlines()[0].endswith("Line,Reason,Name,Contact person,Mobile,Column D,Column E")
    again = opened(lead, text.replace(",,13912346691", "补名,,13912346691"))
    form = lead.get(again).form(f"{again}/columns")
    assert [form[f"column-{n}"] for n in range(2, 5)] == [["name"], ["person_name"], ["mobile"]]


def test_a_kept_mapping_is_for_files_without_a_header_alone(lead: Client) -> None:
    tried(lead, opened(lead, ROWS), **BY_HAND, keep_as="月单")
    page = lead.get(opened(lead, ROWS.replace("1391", "1381")))
    assert "matched as in your mapping “月单”" in page.words
    other = opened(lead, "Firma,Ort,Zahl\nx,y,z\n")
    page = lead.get(other)
    assert "月单" not in page.words.split("Kept mapping")[0] and "line 1 is the header" in page.words
    chosen = page.soup.select_one("select[name=kept] option[value]:not([value=''])")
    assert chosen is not None
    assert lead.post(f"{other}/mapping", {"kept": str(chosen["value"])}).status == 303
    page = lead.get(other)
    assert "no header" in page.words and page.form(f"{other}/columns")["column-0"] == ["name"]


def test_a_workbook_without_a_header(app: Flask, lead: Client) -> None:
    rows = [["华兴", "王敏", 13912346688], ["瑞丰", None, None], ["东方", "韩梅", 13912346690, "备"]]
    at = opened(lead, workbook(rows, Zwei=[["客户名称", "手机"], ["甲", "1"]]))
    page = lead.get(at)
    assert "sheet Sheet1 · no header" in page.words
    assert [row.get_text(strip=True) for row in page.soup.select("#columns tbody th")][-1] == "Column D"
    assert counted(tried(lead, at, **BY_HAND))[0] == 3
    reading = lead.get(at).form(f"{at}/reading")
    assert lead.post(f"{at}/reading", reading | {"sheet": "1"}).status == 303
    assert "sheet Zwei · line 1 is the header" in lead.get(at).words


@pytest.mark.parametrize("many", [False, True])
def test_the_command(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    """Found by itself or named, in one piece or in batches."""
    if many:
        monkeypatch.setattr(import_batches, "AT_ONCE", 1)
    mapping = a_file(tmp_path, '{"#1": "name", "#3": "mobile"}', "mapping.json")
    found = run(app, "import", a_file(tmp_path, ROWS), "--as", "manager", "--mapping", mapping)
    assert found.exit_code == 0, found.output
    named = a_file(tmp_path, "甲,一,\n乙,二,\n", "named.csv")
    done = run(app, "import", named, "--as", "manager", "--mapping", mapping, "--no-header")
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert [one.name for one in customers()] == ["华兴科技", "瑞丰贸易", "东方食品", "甲", "乙"]


def test_a_header_that_is_named_is_believed_in_batches_too(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "AT_ONCE", 1)
    mapping = a_file(tmp_path, '{"华兴科技": "name"}', "mapping.json")
    done = run(
        app, "import", a_file(tmp_path, ROWS), "--as", "manager", "--mapping", mapping, "--header", "1"
    )
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert [one.name for one in customers()] == ["瑞丰贸易", "东方食品"]
