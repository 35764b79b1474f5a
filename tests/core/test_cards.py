"""Contact cards as clients write them: each a row, whatever its version and encoding."""

from __future__ import annotations

import quopri
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.csvrecords import FileProblem
from core.csvtables import IN_A_REQUEST, ON_DISK, Limits, Row
from core.intake import open_table, taken_in
from tests.core.realdata import real


def rows(data: bytes | str) -> list[Row]:
    with taken_in(data if isinstance(data, bytes) else data.encode()) as (kept, kind):
        assert kind == "vcard"
        return list(open_table(kept, kind).rows())


def card(*lines: str, version: str = "3.0", codec: str = "utf-8") -> dict[str, str]:
    """What one card says, without what is empty."""
    text = "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])
    [row] = rows(text.encode(codec))
    assert row.problem is None, str(row.problem)
    return {column: cell for column, cell in row.cells.items() if cell}


REAL = {
    "John_Doe_ANDROID": (6, {"Email": "john.doe@company.com", "Categories": "My Contacts"}),
    "John_Doe_BLACK_BERRY": (1, {"Company": "Acme Solutions", "Contact Person": "john Doe", "Mobile": "+96123456789"}),
    "John_Doe_EVOLUTION": (1, {"Company": "IBM", "Department": "Accounting Dungeon", "Mobile": "905-666-1234"}),
    "John_Doe_GMAIL": (1, {"Contact Person": "John Richter, James Doe", "Website": "http://www.ibm.com"}),
    "John_Doe_IPHONE": (1, {"Fax": "905-888-1234\n905-999-1234", "City": "New York", "Country": "USA"}),
    "John_Doe_LOTUS_NOTES": (1, {"Company": "IBM", "Email": "john.doe@ibm.com\nbilly_bob@gmail.com"}),
    "John_Doe_MAC_ADDRESS_BOOK": (1, {"Phone": "905-777-1234\n905-222-1234", "Birthday": "2012-06-06"}),
    "John_Doe_MS_OUTLOOK": (1, {"Phone": "(905) 555-1234", "Contact Phone": "(905) 666-1234", "City": "Albaney"}),
    "fullcontact": (1, {"Company": "Organization1", "Mobile": "555-555-1113\n555-555-1114", "Gender": "M"}),
    "gmail-list": (3, {"Contact Person": "Arnold Smith", "Email": "asmithk@gmail.com"}),
    "gmail-single": (1, {"Phone": "555 555 2222", "Street Address": "123 Home St\nHome City, HM 12345"}),
    "gmail-single2": (1, {"QQ": "IM6", "Street Address": "113 Main St", "Contact Phone": "5555551112"}),
    "outlook-2003": (1, {"Company": "Company, The", "Birthday": "19800321", "Postal Code": "12345"}),
    "outlook-2007": (1, {"Company": "TheCompany", "Mobile": "(111) 555-4444", "Birthday": "19220310"}),
    "rfc2426-example": (2, {"Contact Person": "Frank Dawson", "Street Address": "6544 Battleford Drive"}),
    "rfc6350-example": (1, {"Phone": "+1-418-656-9254 ext. 102", "Mobile": "+1-418-262-6501", "City": "Quebec"}),
    "thunderbird-MoreFunctionsForAddressBook-extension": (1, {"Categories": "category1, category2, category3"}),
}  # fmt: skip


def test_no_case_is_forgotten() -> None:
    assert {path.stem for path in real("vcard/ez-vcard/io/text").glob("*.vcf")} == REAL.keys()


@pytest.mark.parametrize("name", REAL)
def test_real_cards(name: str) -> None:
    found = rows(real(f"vcard/ez-vcard/io/text/{name}.vcf").read_bytes())
    count, said = REAL[name]
    assert (len(found), [row.problem for row in found]) == (count, [None] * count)
    assert found[0].cells.items() >= said.items()
    assert not any("\ufffd" in cell or "=C3" in cell for row in found for cell in row.written)


def test_notes_keep_their_lines() -> None:
    [row] = rows(real("vcard/ez-vcard/io/text/outlook-2003.vcf").read_bytes())
    assert row.cells["Note"] == "This is the note field!!\nSecond line\n\nThird line is empty"


def test_a_label_that_is_not_quoted_does_not_run_into_the_address() -> None:
    [row] = rows(real("vcard/ez-vcard/issue/issue114.vcf").read_bytes())
    assert (row.cells["Company"], row.cells["City"]) == ("Dummy GmbH", "Bad Homburg")
    assert row.cells["Street Address"] == "Dummy-Dummy-Strasse 1 BHG01:"


def test_quoted_printable_in_the_encoding_that_it_names() -> None:
    name = quopri.encodestring("华兴科技有限公司".encode("gbk")).decode().strip()
    assert "=" in name
    said = card(
        f"ORG;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:{name}", "N;CHARSET=nonsense:Lee;Ann", version="2.1"
    )
    assert said == {"Company": "华兴科技有限公司", "Contact Person": "Ann Lee"}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_encodings_are_found(codec: str) -> None:
    said = card(
        "N:王;敏;;女士;", "FN:王敏", "ORG:华兴科技有限公司;采购部", "NOTE:" + "老客户，" * 20, codec=codec
    )
    assert (said["Company"], said["Contact Person"], said["Salutation"]) == (
        "华兴科技有限公司",
        "王敏",
        "女士",
    )
    assert said["Department"] == "采购部"


def test_what_cannot_be_read_refuses_its_card() -> None:
    text = "BEGIN:VCARD\r\nFN:华兴科技有限公司的王敏\r\nEND:VCARD\r\n" * 3
    first, *_more, last = rows(text.encode() + b"BEGIN:VCARD\nFN:\xb1\xffx\nEND:VCARD\n")
    assert first.problem is None and "cannot be read" in str(last.problem)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["FN:a\\, b\\; c\\nd"], {"Contact Person": "a, b; c\nd"}),
        (["FN:Ann", " ie", "\tLee"], {"Contact Person": "AnnieLee"}),
        (["item1.FN:Ann", "item1.X-ABLabel:x"], {"Contact Person": "Ann"}),
        (["fn:Ann", "email;type=internet:a@b.example"], {"Contact Person": "Ann", "Email": "a@b.example"}),
        (["FN:Ann", 'TEL;TYPE="cell,voice":1'], {"Contact Person": "Ann", "Mobile": "1"}),
        (["FN:Ann", "TEL;HOME;CELL:1", "TEL;PREF;CELL:2"], {"Contact Person": "Ann", "Mobile": "2\n1"}),
        (["FN:Acme", "ORG:Acme"], {"Company": "Acme"}),
        (["FN:Acme", "X-ABShowAs:COMPANY", "N:;;;;"], {"Company": "Acme"}),
        (["KIND:org", "FN:Acme"], {"Company": "Acme"}),
        (["N:王;敏;;;"], {"Contact Person": "王敏"}),
        (["FN:A", "X-QQ:12345", "IMPP:wechat:ann_lee"], {"Contact Person": "A", "QQ": "12345", "WeChat": "ann_lee"}),
        (["FN:Ann", "BDAY:1990-05-31T00:00:00Z"], {"Contact Person": "Ann", "Birthday": "1990-05-31"}),
        (["FN:Ann", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-31"], {"Contact Person": "Ann", "Birthday": "--05-31"}),
        (["FN:Ann", "nonsense", ":", ";", "NOTE:"], {"Contact Person": "Ann"}),
        (["FN:Ann", "AGENT:", "BEGIN:VCARD", "FN:Bob", "END:VCARD", "NOTE:x"], {"Contact Person": "Ann", "Note": "x"}),
        (["FN:Ann", "NOTE;ENCODING=B:" + "eA=="], {"Contact Person": "Ann", "Note": "x"}),
    ],
)  # fmt: skip
def test_the_ways_of_writing(lines: list[str], said: dict[str, str]) -> None:
    assert card(*lines) == said


def test_cards_know_their_line_and_what_is_wrong_with_them() -> None:
    text = "\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n\nBEGIN:VCARD\nFN:All\nKIND:group\nEND:VCARD\nBEGIN:VCARD\nFN:Bob\n"
    assert [(row.line, str(row.problem)) for row in rows(text)] == [
        (2, "None"),
        (6, "This card is a group of others, not somebody."),
        (10, "This card has no end (END:VCARD)."),
    ]


def test_a_large_picture_takes_no_room_and_a_large_note_refuses_its_card() -> None:
    picture = "PHOTO;ENCODING=b:" + "\r\n ".join(["A" * 72] * 50_000)
    assert card("FN:Ann", picture, "NOTE:x") == {"Contact Person": "Ann", "Note": "x"}
    [row] = rows("BEGIN:VCARD\nFN:Ann\nNOTE:" + "x" * 3_000_000 + "\nEND:VCARD\n")
    assert str(row.problem) == "A cell of this row is longer than 32768 characters."


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(junk: bytes) -> None:
    rows(b"BEGIN:VCARD\nFN:Ann\nEND:VCARD\nBEGIN:VCARD\n" + junk + b"\nEND:VCARD\n")


MANY = 30_000
WITHIN_S = 2.0  # of work; it took more


def test_many_empty_cards_take_little_time() -> None:
    began = time.process_time()
    with taken_in(b"BEGIN:VCARD\nEND:VCARD\n" * MANY):
        assert time.process_time() - began < WITHIN_S


def test_cards_begun_within_each_other_are_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(FileProblem) as refused, taken_in(b"BEGIN:VCARD\n" * 500_000):
        pass
    assert "Line 7 " in str(refused.value.message)
    assert time.process_time() - began < WITHIN_S
    nested = b"BEGIN:VCARD\nBEGIN:VCARD\nFN:x\nEND:VCARD\nEND:VCARD\n"
    assert [row.cells["Contact Person"] for row in rows(nested) if row.problem is None] == ["x"]


def test_nobody_waits_long_for_very_many_cards() -> None:
    many = b"BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n" * 2_000
    assert IN_A_REQUEST.seconds and ON_DISK.seconds is None
    with pytest.raises(FileProblem, match="Split it"), taken_in(many, Limits(seconds=0)):
        pass
    with taken_in(many, ON_DISK) as (kept, kind):
        assert len(list(open_table(kept, kind).rows())) == 2_000


@pytest.mark.parametrize("filler", [b"", b"X", b"X:1"])
def test_lines_without_a_card_take_no_longer(filler: bytes) -> None:
    lines = b"BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n" + (filler + b"\r\n") * 2_000
    with pytest.raises(FileProblem, match="Split it"), taken_in(lines, Limits(seconds=0)):
        pass


def test_a_card_that_does_not_end_is_refused() -> None:
    with pytest.raises(FileProblem, match="begins in line 1"):
        rows(b"BEGIN:VCARD\r\n" + b"TEL:1\r\n" * 6_000)
