"""Contact cards through the pages and the command of every import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import queries
from blueprints.customers.models import Customer
from blueprints.customers.particulars import SpecialDay
from blueprints.customers.requested import ImportMapping
from core.db import db
from tests.core.realdata import real
from tests.customers.test_import_command import a_file, run
from tests.customers.test_import_pages import opened, tried
from tests.customers.test_import_real import brought_in, figures
from tests.pages import Client

SignedIn = Callable[[str], Client]

CARDS = """BEGIN:VCARD
VERSION:3.0
N:王;敏;;;
FN:王敏
ORG:华兴科技有限公司;采购部
TITLE:采购经理
TEL;TYPE=CELL:139 1234 6688
TEL;TYPE=WORK:010-88886666
EMAIL:wm@hx.example
ADR;TYPE=WORK:;;科苑路1号;深圳;广东;518000;中国
CATEGORIES:VIP,展会
NOTE:第一行\\n第二行
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Ann Lee
TEL;VALUE=uri;TYPE=cell:tel:+44-7700-900123
BDAY:--0531
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:All
KIND:group
END:VCARD
"""


@pytest.fixture
def lead(signed_in: SignedIn) -> Client:
    """The lead of a sales team, reading English."""
    client = signed_in("lead1")
    client.post("/me/language", {"language": "en", "back": "/customers/import"})
    return client


def on_file(app: Flask) -> list[Customer]:
    with app.app_context():
        found = select(Customer).options(*queries.WHOLE).order_by(Customer.id)
        return list(db.session.scalars(found).all())


@pytest.mark.both_databases
def test_the_whole_way(app: Flask, lead: Client) -> None:
    url = opened(lead, CARDS, name="misnamed.xlsx")
    page = lead.get(url)
    assert "Contact cards (vCard)" in page.words and not page.soup.select("#reading")
    fields = page.form(f"{url}/columns")
    unmapped = [
        n for n, name in enumerate(page.soup.select("#columns tbody th")) if fields[f"column-{n}"] == [""]
    ]
    assert [page.soup.select("#columns tbody th")[n].get_text(strip=True) for n in unmapped] == ["Nickname"]
    page = tried(lead, url)
    assert "This card is a group of others, not somebody." in page.words
    lead.post(f"{url}/run")
    company, person = on_file(app)
    assert (company.name, company.kind, company.city, company.address) == (
        "华兴科技有限公司", "company", "深圳", "科苑路1号",
    )  # fmt: skip
    [place] = company.affiliations
    assert (place.person.name, place.position, place.department) == ("王敏", "采购经理", "采购部")
    assert {point.normal for point in company.points} == {"+8613912346688", "+861088886666", "wm@hx.example"}
    assert ({tag.name for tag in company.tags}, company.note) == ({"VIP", "展会"}, "第一行\n第二行")
    assert (person.name, person.kind, [p.normal for p in person.points]) == (
        "Ann Lee",
        "person",
        ["447700900123"],
    )
    with app.app_context():
        days = db.session.scalars(select(SpecialDay)).all()
        assert [(d.customer_id, d.kind, d.month, d.day, d.year) for d in days] == [
            (person.id, "birthday", 5, 31, None)
        ]
    again = opened(lead, CARDS)
    tried(lead, again)
    lead.post(f"{again}/run")
    assert figures(lead.get(again))["unchanged"] == 2


@pytest.mark.parametrize(
    ("file", "new", "refused"),
    [
        ("io/text/John_Doe_ANDROID", 4, 2), ("io/text/John_Doe_BLACK_BERRY", 1, 0),
        ("io/text/John_Doe_EVOLUTION", 1, 0),
        ("io/text/John_Doe_GMAIL", 1, 0), ("io/text/John_Doe_IPHONE", 1, 0), ("io/text/John_Doe_LOTUS_NOTES", 1, 0),
        ("io/text/John_Doe_MAC_ADDRESS_BOOK", 1, 0), ("io/text/John_Doe_MS_OUTLOOK", 1, 0),
        ("io/text/fullcontact", 1, 0), ("io/text/gmail-list", 3, 0), ("io/text/gmail-single", 1, 0),
        ("io/text/gmail-single2", 1, 0), ("io/text/outlook-2003", 1, 0), ("io/text/outlook-2007", 1, 0),
        ("io/text/rfc2426-example", 2, 0), ("io/text/rfc6350-example", 1, 0),
        ("io/text/thunderbird-MoreFunctionsForAddressBook-extension", 1, 0), ("issue/issue114", 1, 0),
    ],
)  # fmt: skip
def test_cards_of_real_clients(app: Flask, lead: Client, file: str, new: int, refused: int) -> None:
    page = brought_in(lead, real(f"vcard/ez-vcard/{file}.vcf").read_bytes())
    told = figures(page)
    assert (told["new"], told["refused rows"]) == (new, refused), page.one("#result").get_text(
        " ", strip=True
    )
    if refused:
        assert page.words.count("“Name” is empty.") == refused


def test_the_command_takes_cards_too(app: Flask, tmp_path: Path) -> None:
    done = run(app, "import", a_file(tmp_path, CARDS, "in.vcf"), "--as", "lead1")
    assert (done.exit_code, [customer.name for customer in on_file(app)]) == (
        1,
        ["华兴科技有限公司", "Ann Lee"],
    )


def test_no_number_of_a_card_is_put_right(app: Flask, lead: Client) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nTEL;TYPE=CELL:2125551115\nTEL:75588886666\nEND:VCARD\n"
    url = opened(lead, card)
    assert "made a number by a spreadsheet" not in tried(lead, url).words
    assert lead.post(f"{url}/run").status == 303
    [customer] = on_file(app)
    assert sorted(point.value for point in customer.points) == ["2125551115", "75588886666"]


def test_columns_of_cards_are_called_in_the_language_of_who_reads(app: Flask, signed_in: SignedIn) -> None:
    """A mapping that is kept means the same for both."""
    client, at = signed_in("lead1"), ""
    for language, called in (("zh-Hans-CN", "联系人手机"), ("en", "Contact person, mobile")):
        client.post("/me/language", {"language": language, "back": "/customers/import"})
        at = opened(client, CARDS, name="in.vcf")
        page = tried(client, at, keep_as=language, **{"column-0": "name"})
        heads = [cell.get_text(strip=True) for cell in page.soup.select("#columns tbody th")]
        assert called in heads and "Contact Mobile" not in page.words
    with app.app_context():
        kept = [mapping.mapping for mapping in db.session.scalars(select(ImportMapping))]
    assert len(kept) == 2 and kept[0] == kept[1] and "Contact Mobile" in kept[0]


def test_further_addresses_of_a_card_are_kept(app: Flask, lead: Client) -> None:
    card = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nADR;TYPE=HOME:;;2 Elm St;Bath;;BA1;UK\n"
        "ADR;TYPE=WORK:;;1 High St;Leeds;;;UK\nADR:;;;;;;\nEND:VCARD\n"
    )
    url = opened(lead, card)
    tried(lead, url)
    assert lead.post(f"{url}/run").status == 303
    [customer] = on_file(app)
    assert (customer.address, customer.city) == ("1 High St", "Leeds")
    assert customer.note == "Other Address: 2 Elm St Bath BA1 UK"
