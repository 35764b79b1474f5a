"""The page of an import, step by step: who may open it, what it says, that bad input leaves nothing behind."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers import unusual_reading
from blueprints.customers.models import Customer, CustomerImport
from core import changes, clock
from core.csvtables import ON_DISK
from core.db import db
from core.journal import JournalEntry
from core.settings import SettingValue
from tests.company import a_customer
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]

FILE = "客户编号,公司名称,手机,级别,role\nK1,华兴科技有限公司,13912346688,A,admin\nK2,瑞丰贸易,,Z,\n"


@pytest.fixture
def lead(signed_in: SignedIn) -> Client:
    """The lead of a sales team, reading English."""
    client = signed_in("lead1")
    client.post("/me/language", {"language": "en", "back": "/customers/import"})
    return client


def sent(client: Client, data: bytes | str, name: str = "客户.csv", **fields: str) -> Page:
    """What comes of choosing a file."""
    body = data.encode() if isinstance(data, str) else data
    return client.post("/customers/import", {"file": (io.BytesIO(body), name), **fields})


def opened(client: Client, data: bytes | str, **fields: str) -> str:
    """The address of the import that a file begins."""
    answer = sent(client, data, **fields)
    assert answer.status == 303, answer.words
    return str(answer.response.headers["Location"]).partition("#")[0]


def tried(client: Client, url: str, **columns: str) -> Page:
    """The page after a dry run; `columns` are chosen by hand."""
    fields = client.get(url).form(f"{url}/columns") | columns
    answer = client.post(f"{url}/columns", fields)
    assert answer.status == 303, answer.words
    return client.get(url)


def left(app: Flask) -> tuple[int, int, int]:
    """How many imports, customers and files there are."""
    with app.app_context():
        uploads = Path(app.extensions["huifang"].data) / "uploads"
        rows = [
            db.session.scalar(select(func.count()).select_from(model)) for model in (CustomerImport, Customer)
        ]
        return rows[0] or 0, rows[1] or 0, len(list(uploads.glob("*"))) if uploads.exists() else 0


@pytest.mark.extra
def test_a_file_of_one_row_more_than_a_million_is_refused(app: Flask, lead: Client) -> None:
    page = sent(lead, "name\n" + "a\n" * (ON_DISK.rows + 1))
    assert ON_DISK.rows == 1_000_000 and page.status == 422
    assert "The file has more than 1,000,000 rows. Split it." in page.words
    assert left(app) == (0, 0, 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead1", 200),
        ("manager", 200),
        ("admin", 200),
        ("assistant1", 200),
        ("sales1a", 403),
        ("auditor", 403),
    ],
)
def test_who_may_import(signed_in: SignedIn, who: str, status: int) -> None:
    assert signed_in(who).get("/customers/import").status == status


def test_who_sees_no_list_gets_there_from_the_side_bar(signed_in: SignedIn) -> None:
    link = 'nav a[href="/customers/import"]'
    assert signed_in("admin").get("/customers/import").soup.select(link)
    assert not signed_in("lead1").get("/customers/import").soup.select(link)


def test_who_may_not_even_ask_is_told_whom(signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    client.post("/me/language", {"language": "en", "back": "/"})
    assert "You may not do this yourself. Ask 方总监, 周正, 陈岚." in client.get("/customers/import").words


@pytest.mark.both_databases
def test_the_whole_way(app: Flask, lead: Client) -> None:
    url = opened(lead, FILE)
    page = lead.get(url)
    assert "2 rows" in page.words and "UTF-8" in page.words and "separator comma" in page.words
    assert page.form(f"{url}/columns")["column-0"] == ["number"]
    assert page.form(f"{url}/columns")["column-4"] == [""]
    assert left(app) == (1, 0, 1)

    page = tried(lead, url)
    assert "“Z” is none of:" in page.words
    assert "Import 1 row" in page.one(f'form[action="{url}/run"]').get_text(" ", strip=True)
    assert left(app) == (1, 0, 1)

    assert lead.post(f"{url}/run").status == 303
    page = lead.get(url)
    assert "Result" in page.words
    assert page.soup.select('a[href^="/changes/"]')
    with app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        assert (customer.number, customer.owner.username, customer.tier) == ("K1", "lead1", "a")


def test_it_is_done_once_however_often_it_is_sent(app: Flask, lead: Client) -> None:
    url = opened(lead, FILE)
    tried(lead, url)
    assert [lead.post(f"{url}/run").status for _ in range(3)] == [303, 303, 303]
    assert left(app)[1] == 1
    assert lead.post(f"{url}/columns", {"column-1": "name"}).status == 422


def test_refused_rows_are_downloaded_corrected_and_sent_again(app: Flask, lead: Client) -> None:
    url = opened(lead, FILE)
    tried(lead, url)
    lead.post(f"{url}/run")
    answer = lead.http.get(f"{url}/refused.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    [header, row] = csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert header == ["Line", "Reason", "客户编号", "公司名称", "手机", "级别", "role"]
    assert (row[0], row[3]) == ("3", "瑞丰贸易")
    assert row[1].startswith("级别: “Z” is none of")
    again = opened(lead, answer.get_data(as_text=True).replace(",Z,", ",B,"))
    tried(lead, again)
    lead.post(f"{again}/run")
    assert left(app)[1] == 2


def reading(client: Client, language: str) -> None:
    client.post("/me/language", {"language": language, "back": "/customers/import"})


def test_a_report_is_read_in_the_language_of_whoever_opens_it(lead: Client) -> None:
    url = opened(lead, "公司,级别,电话\n瑞丰贸易,Z,\n华兴科技,A,abc\n")
    tried(lead, url)
    lead.post(f"{url}/run")
    reading(lead, "zh_Hans_CN")
    for page in (lead.get(url), lead.get(f"{url}/problems")):
        assert "“Z”不在可选值之内：A 重点、" in page.words and "is none of" not in page.words
        assert "“abc”不是电话号码" in page.words
    answer = lead.http.get(f"{url}/refused.csv").get_data(as_text=True).removeprefix("\ufeff")
    header, row = csv.reader(io.StringIO(answer))
    assert header[:2] == ["行号", "原因"] and row[1].startswith("级别: “Z”不在可选值之内：A 重点、")


def test_a_report_of_finished_sentences_still_shows_them(app: Flask, lead: Client) -> None:
    url = opened(lead, FILE)
    with app.app_context():
        made = db.session.scalars(select(CustomerImport)).one()
        made.state = "done"
        made.report = {
            "counts": {"create": 1, "refuse": 1},
            "problems": [
                [3, "refuse", "瑞丰贸易", [["refused", "级别", "tier", "“Z” is not <b>known</b>."]]]
            ],
        }
        db.session.commit()
    reading(lead, "zh_Hans_CN")
    page = lead.get(f"{url}/problems")
    assert "“Z” is not <b>known</b>." in page.words and not page.soup.select("#problems-table b")
    answer = lead.http.get(f"{url}/refused.csv").get_data(as_text=True)
    assert "级别: “Z” is not <b>known</b>." in answer


def test_no_cell_is_taken_for_a_text_of_ours(lead: Client) -> None:
    """“Phone” is a text of the interface, and what a cell may say all the same."""
    url = opened(lead, "公司,级别\n瑞丰贸易,Phone\n")
    tried(lead, url)
    reading(lead, "zh_Hans_CN")
    assert "“Phone”不在可选值之内" in lead.get(url).words


def test_columns_are_corrected_by_hand(app: Flask, lead: Client) -> None:
    url = opened(lead, "a,b,c\n1,2,3\n4,5,ʤ\n")
    assert lead.get(url).form(f"{url}/columns")["column-2"] == [""]
    page = tried(lead, url, **{"column-2": "name", "column-0": "number"})
    assert "Import 2 rows" in page.words
    lead.post(f"{url}/run")
    with app.app_context():
        assert set(db.session.execute(select(Customer.number, Customer.name)).all()) == {
            ("1", "3"),
            ("4", "ʤ"),
        }


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"column-0": "name", "column-1": "name"}, "Two columns are mapped to “Name”."),
        ({"column-0": "city", "column-1": ""}, "No column is mapped to “Name”."),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_and_stays_as_chosen(
    app: Flask, lead: Client, columns: dict[str, str], sentence: str
) -> None:
    url = opened(lead, "a,b\nx,y\n")
    answer = lead.post(f"{url}/columns", columns)
    assert answer.status == 422
    assert sentence in answer.words
    assert answer.form(f"{url}/columns").items() >= {name: [value] for name, value in columns.items()}.items()
    with app.app_context():
        assert db.session.scalars(select(CustomerImport)).one().state == "open"


@pytest.mark.parametrize("field", ["role", "owner_id", "created_at", "id", "version"])
def test_only_fields_of_an_import_can_be_filled(lead: Client, field: str) -> None:
    url = opened(lead, "客户名称,b\nx,y\n")
    assert lead.post(f"{url}/columns", {"column-0": "name", "column-1": field}).status == 422


def test_a_wrong_encoding_is_seen_and_corrected(app: Flask, lead: Client) -> None:
    url = opened(lead, "客户名称,城市\n华兴科技有限公司,深圳市南山区\n".encode("gb18030"))
    page = lead.get(url)
    assert "GBK / GB18030" in page.words and "深圳市南山区" in page.words
    answer = lead.post(f"{url}/reading", {"encoding": "utf-8", "separator": ","})
    assert answer.status == 422
    assert "The file cannot be read as utf-8. Choose another encoding." in answer.words
    assert lead.post(f"{url}/reading", {"encoding": "windows-1252", "separator": ","}).status == 303
    assert "华兴科技" not in lead.get(url).one("#columns").get_text()
    assert lead.post(f"{url}/reading", {"encoding": "gb18030", "separator": ","}).status == 303
    assert lead.get(url).form(f"{url}/columns")["column-0"] == ["name"]


XLSX = b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml" + b"\0" * 100


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n", "The file is empty."),
        (b"a,b\n", "The file has a header but no rows."),
        (XLSX, "This Excel file is damaged. Open it in Excel, save it anew, and choose that."),
        (b"%PDF-1.7\n", "This is a document, not a table. Choose a CSV file."),
        (b"a,b\x00\xff\x01\n1,2\n", "This is not a text file. Choose a CSV file."),
        (b'name,note\nA,"open\nB,x\n', "The quotation mark that opens in line 2 is never closed."),
        (",".join(map(str, range(201))) + "\n1\n", "The file has more than 200 columns."),
        (b"name\n" + b"x" * 20_000_000, "The file is larger than 20 MB. Split it."),
    ],
    ids=["empty", "bom", "header", "xlsx", "pdf", "binary", "quote", "columns", "large"],
)
def test_a_file_that_cannot_be_read_leaves_a_sentence_and_nothing_else(
    app: Flask, lead: Client, data: bytes | str, sentence: str
) -> None:
    answer = sent(lead, data)
    assert answer.status == 422
    assert sentence in answer.one(".field .form-error").get_text(" ", strip=True)
    assert left(app) == (0, 0, 0)


def test_no_file_is_asked_for(lead: Client) -> None:
    answer = lead.post("/customers/import", {"encoding": ""})
    assert (answer.status, "Choose a file." in answer.words) == (422, True)


def test_more_than_a_request_may_hold_is_told_with_the_limit(app: Flask, lead: Client) -> None:
    answer = sent(lead, b"x" * 23_000_000)
    assert (answer.status, "20 MB" in answer.words) == (413, True)
    assert left(app) == (0, 0, 0)


@pytest.mark.parametrize("path", ["", "/problems", "/refused.csv"])
def test_others_do_not_see_an_import(lead: Client, signed_in: SignedIn, path: str) -> None:
    url = opened(lead, FILE)
    for who, status in (("manager", 404), ("lead2", 404), ("admin", 404), ("sales1a", 403)):
        assert signed_in(who).http.get(url + path).status_code == status
    assert lead.http.get(url + path).status_code == 200


@pytest.mark.parametrize("step", ["reading", "columns", "run", "deletion"])
def test_others_do_nothing_with_it(app: Flask, lead: Client, signed_in: SignedIn, step: str) -> None:
    url = opened(lead, FILE)
    tried(lead, url)
    assert signed_in("lead2").post(f"{url}/{step}", {"column-1": "name", "encoding": "utf-8"}).status == 404
    assert left(app) == (1, 0, 1)


def test_given_up_it_is_gone_with_its_file(app: Flask, lead: Client) -> None:
    url = opened(lead, FILE)
    assert lead.post(f"{url}/deletion").status == 303
    assert (lead.get(url).status, left(app)) == (404, (0, 0, 0))


def test_the_file_lies_under_a_name_of_ours_for_nobody_else_to_read(app: Flask, lead: Client) -> None:
    sent(lead, FILE, "../../etc/客户<b>.csv")
    [path] = (Path(app.extensions["huifang"].data) / "uploads").iterdir()
    assert (path.stat().st_mode & 0o777, len(path.name)) == (0o600, 32)
    page = lead.get("/customers/import")
    assert "客户<b>.csv" in page.words and "etc" not in page.words


def test_a_file_that_is_gone_says_so(app: Flask, lead: Client) -> None:
    url = opened(lead, FILE)
    [path] = (Path(app.extensions["huifang"].data) / "uploads").iterdir()
    path.unlink()
    assert "The file is no longer kept. Choose it once more." in lead.get(url).words
    assert lead.post(f"{url}/run").status == 422


def test_look_ups_are_journaled_once_with_their_count(app: Flask, lead: Client) -> None:
    with app.app_context():
        for number in range(3):
            a_customer(f"客户{number}", phone=f"1391234668{number}", owner="sales2a")
    rows = "".join(f"客户{number},1391234668{number}\n" for number in range(3))
    url = opened(lead, f"公司,手机\n{rows}")
    page = tried(lead, url)
    assert page.words.count("Already looked after by team 销售二部.") == 3
    with app.app_context():
        notes = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "looked_up")).all()
        assert [note.details for note in notes] == [{"by": "import", "found": 3}]


@pytest.mark.both_databases
def test_an_import_tells_no_more_of_the_customers_of_others_than_look_ups_would(
    app: Flask, lead: Client
) -> None:
    with app.app_context():
        for number in range(35):
            a_customer(f"客户{number}", phone=f"139123466{number:02}", owner="sales2a")
    file = "公司,手机\n" + "".join(f"客户{number},139123466{number:02}\n" for number in range(35))
    named, unnamed = "Already looked after by team 销售二部.", "Not imported: already on file, or not yours."
    page = tried(lead, opened(lead, file))
    assert (page.words.count(named), page.words.count(unnamed)) == (30, 5)
    page = tried(lead, opened(lead, file))
    assert (page.words.count(named), page.words.count(unnamed)) == (0, 35)
    assert "0 look-ups left today" in lead.get("/lookup").words
    with app.app_context():
        wanted = (
            select(JournalEntry.details).where(JournalEntry.kind == "looked_up").order_by(JournalEntry.id)
        )
        told = [(details["found"], details["beyond"]) for details in db.session.scalars(wanted)]
        assert told == [(30, 5), (0, 35)]
        changes.record("settings.changed")
        db.session.add(SettingValue(name=unusual_reading.MOST_FILES, value={"value": 69}))
        db.session.commit()
        [reader] = unusual_reading.unusual_readers(clock.today())
        assert (reader.files, reader.numbers, reader.met) == (0, 0, 70)


def test_all_problems_are_on_a_page_of_their_own(lead: Client) -> None:
    url = opened(lead, "公司,级别\n" + "".join(f"客户{n},Z\n" for n in range(250)))
    page = tried(lead, url)
    assert len(page.soup.select("#problems-table tbody tr")) == 50
    assert "All 250 rows" in page.words
    page = lead.get(f"{url}/problems")
    assert len(page.soup.select("#problems-table tbody tr")) == 200
    assert len(lead.get(f"{url}/problems?after=201").soup.select("#problems-table tbody tr")) == 50


def test_cells_are_text_wherever_they_are_shown(lead: Client) -> None:
    attack = '"<img src=x onerror=alert(1)>"'
    url = opened(lead, f"{attack},级别\n{attack},{attack}\n")
    page = tried(lead, url, **{"column-0": "name"})
    assert "<img src=x onerror=alert(1)>" in page.words
    assert not page.soup.select("main img")


def test_everything_works_on_the_list_of_earlier_imports(lead: Client) -> None:
    url = opened(lead, FILE)
    page = lead.get("/customers/import")
    assert page.one(f'a[href="{url}"]').get_text() == "客户.csv"
    assert "not imported yet" in page.words


def test_samples_of_a_wrong_encoding_hold_no_control_characters(lead: Client) -> None:
    url = opened(lead, "公司名称\n丙丁科技\n".encode("utf-16"))
    shown = lead.get(url).soup.get_text()
    assert "丙丁科技" in shown and "\ufffd" in shown
    assert [
        sign for sign in shown if (ord(sign) < 32 and sign not in "\n\t\r") or 0x7F <= ord(sign) < 0xA0
    ] == []


def test_the_page_says_which_columns_are_not_imported(lead: Client) -> None:
    page = lead.get(opened(lead, "客户名称,联系人,联系人10,联系人10电话\n华兴,王敏,李强,13912346688\n"))
    assert "Not imported: 联系人10, 联系人10电话." in page.words


def test_a_fourth_contact_person_is_imported_and_offered_where_a_column_is_theirs(
    app: Flask, lead: Client
) -> None:
    def offered(page: Page) -> bool:
        return page.soup.select_one('option[value="person4_name"]') is not None

    assert not offered(lead.get(opened(lead, "客户名称,联系人,联系人2\n华兴,王敏,李强\n")))
    url = opened(
        lead,
        "客户名称,联系人,联系人4,联系人4电话,联系人九,第九联系人手机\n华兴,王敏,李强,13912346688,钱九,13912346689\n",
    )
    assert offered(lead.get(url))
    tried(lead, url)
    assert lead.post(f"{url}/run").status == 303
    with app.app_context():
        [customer] = db.session.scalars(select(Customer)).all()
        assert {(point.person.name, point.value) for point in customer.points} == {
            ("李强", "13912346688"), ("钱九", "13912346689"),
        }  # fmt: skip
        assert {place.person.name for place in customer.affiliations} == {"王敏", "李强", "钱九"}
