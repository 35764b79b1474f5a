"""Finding what notes and contacts say, and files by name: who finds what, and that nothing is found that is gone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, insert, inspect, select, text

from blueprints.customers import actions, erasing
from blueprints.customers.models import Customer
from blueprints.interactions.models import Interaction, InteractionSearch
from blueprints.office import attaching, noting
from blueprints.office.models import Attachment, AttachmentSearch, Note, NoteSearch
from core import changes, clock, events, fulltext, kinds, textsearch, undo
from core.changes import ChangeSet
from core.db import db
from core.textsearch import Section
from tests.company import a_customer, the_viewer
from tests.core.undos import as_manager, last_set
from tests.customers import wizard
from tests.customers.keeping import acted
from tests.customers.test_merge import merged_into
from tests.interactions.contacts import a_contact, made
from tests.interactions.test_import import HEADER
from tests.office.filesamples import PDF
from tests.office.test_files import a_file
from tests.office.test_notes import a_note
from tests.pages import Client
from tests.security.test_secrecy import plain
from tests.statements import Counter

SignedIn = Callable[[str], Client]
SEEING = ("sales1a", "lead1", "leader", "manager", "assistant1", "service1", "callback1", "auditor")

pytestmark = pytest.mark.both_databases


@pytest.fixture
def entered(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def found(q: str, by: str = "sales1a") -> dict[str, list[str]]:
    """What a person finds, by section: what stands around the words, the words in brackets."""
    return {section.name: shown(section) for section in sections(q, by) if section.hits}


def shown(section: Section) -> list[str]:
    return [
        "".join(f"[{piece}]" if is_found else piece for piece, is_found in hit.pieces) for hit in section.hits
    ]


def sections(q: str, by: str = "sales1a") -> Sequence[Section]:
    with current_app.test_request_context():
        return textsearch.find(the_viewer(by), q) or ()


def kept() -> int:
    """How many rows of terms there are."""
    tables = (NoteSearch, AttachmentSearch, InteractionSearch)
    counts = (db.session.scalar(select(func.count()).select_from(table)) for table in tables)
    return sum(count or 0 for count in counts)


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize(
    ("said", "q", "shown"),
    [
        ("样品收到，下周答复", "样品", "[样品]收到，下周答复"),
        ("样品收到，下周答复", "品收", "样[品收]到，下周答复"),
        ("样品收到，下周答复", "答复 样品", "[样品]收到，下周[答复]"),
        ("樣品收到", "样品", "[樣品]收到"),
        ("Großer Café-Tisch", "cafe GROSS", "[Groß]er [Café]-Tisch"),
        ("Price list, 2nd ed.", "pric", "[Pric]e list, 2nd ed."),
        ("订单ABC-123缺货", "abc 缺货", "订单[ABC]-123[缺货]"),
        ("見積もりの件", "積もり", "見[積もり]の件"),
        ("Ответ завтра", "ответ", "[Ответ] завтра"),
        ("say \"AND\" 'x' 100%", "and", "say \"[AND]\" 'x' 100%"),
    ],
)
def test_in_any_language(said: str, q: str, shown: str) -> None:
    a_contact(a_customer(), summary=said)
    a_contact(a_customer("别家"), summary="别的，无关")
    assert found(q) == {"contacts": [shown]}
    assert found(q, "manager") == {"contacts": [shown]}


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize(
    "q", ["样本", "品样", "样品 报价", "tisch", "样", "", "%", "*", "' OR 1=1 --", "字" * 9_000]
)
def test_what_nobody_said(q: str) -> None:
    a_contact(a_customer(), summary="样品收到", feedback="再问问")
    assert found(q) == found(q, "manager") == {}


@pytest.mark.parametrize("person", SEEING)
def test_whoever_sees_the_file_finds_its_texts(app: Flask, person: str) -> None:
    id = made(app)
    a_note(app, id, "交期要写进合同")
    a_file(app, id, "交期与价格_2026.pdf")
    with app.app_context():
        a_contact(db.session.get_one(Customer, id), summary="谈了交期", feedback="嫌交期长")
        assert found("交期", person) == {
            "notes": ["[交期]要写进合同"],
            "files": ["[交期]与价格_2026.pdf"],
            "contacts": ["谈了[交期]"],
        }
        for q in ("2026", "价格 pdf", "期与"):
            assert [*found(q, person)] == ["files"], q
        assert found("嫌", person) == {}
        assert found("交期长", person) == {"contacts": ["嫌[交期长]"]}


@pytest.mark.parametrize("person", ["sales1b", "sales2a", "lead2", "finance", "admin"])
def test_nobody_else_does(app: Flask, signed_in: SignedIn, person: str) -> None:
    id = made(app)
    a_note(app, id, "alpha")
    a_file(app, id, "alpha.pdf")
    with app.app_context():
        a_contact(db.session.get_one(Customer, id), summary="alpha")
        assert found("alpha", person) == {}
    http = signed_in(person).http
    pages = [plain(http.get("/search/texts", query_string={"q": q}), q) for q in ("alpha", "omega")]
    assert pages[0] == pages[1], "not even that there is something"


def test_a_helper_and_one_with_very_many_files(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one's own are too many to be read, the index chooses."""
    id = made(app)
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        acted(actions.set_helpers, customer, {the_viewer("sales2a").id: False})
        a_contact(customer, summary="谈了交期")
        a_contact(a_customer("别家", owner="sales2a"), by="sales2a", summary="也谈交期")
        expected = {"contacts": ["也谈[交期]", "谈了[交期]"]}
        assert found("交期", "sales2a") == expected
        monkeypatch.setattr(textsearch, "_first", too_long)
        assert found("交期", "sales2a") == expected
        assert found("交期", "sales1a") == {"contacts": ["谈了[交期]"]}


def too_long(*_given: object) -> None:
    raise textsearch.TooLong


@pytest.mark.usefixtures("entered")
def test_the_newest_of_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is asked stretch by stretch, and for no more than a page can bear."""
    customer, now = a_customer(), clock.now()
    for number in range(8):
        a_contact(customer, at=now + timedelta(minutes=number), summary=f"样品{number}号")
    monkeypatch.setattr(textsearch, "MOST", 3)
    for named, expected, ended in ((100, "765 432 10", False), (2, "76", True)):
        monkeypatch.setattr(textsearch, "NAMED", named)
        pages = leafed("样品", "manager")
        assert " ".join("".join(hit[-2] for hit in shown(page)) for page in pages) == expected
        assert [page.ended for page in pages] == [False] * (len(pages) - 1) + [ended]
        # who sees less is not told what there is beyond it
        assert not any(page.ended for page in leafed("样品", "lead1"))
    [notes, files, contacts] = sections("样品")
    assert contacts.older and not notes.older and not notes.hits and not files.hits


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize("person", ["sales1a", "lead1", "manager"])
@pytest.mark.parametrize("most", [1, 2, 3, 4, 7])
def test_each_is_on_one_page(monkeypatch: pytest.MonkeyPatch, person: str, most: int) -> None:
    """Whole words come before those that begin so; on one page, what happened last stands first."""
    customer, now = a_customer(), clock.now()
    for minutes, said in (
        (1, "sample"),
        (5, "sample two"),
        (3, "samples"),
        (3, "sampler"),
        (3, "Sample"),
        (9, "same"),
    ):
        a_contact(customer, at=now + timedelta(minutes=minutes), summary=said)
    a_contact(a_customer("别家", owner="service1"), by="service1", summary="sample of others")
    monkeypatch.setattr(textsearch, "MOST", most)
    monkeypatch.setattr(textsearch, "READ", 2)
    pages = leafed("sample", person)
    hits = ["".join(text for text, _found in hit.pieces) for page in pages for hit in page.hits]
    others = ["sample of others"] if person == "manager" else []
    assert sorted(hits) == ["Sample", "sample", *others, "sample two", "sampler", "samples"]
    for page in pages:
        assert page.hits == sorted(page.hits, key=lambda hit: hit.at, reverse=True) and len(page.hits) <= most


def leafed(q: str, by: str) -> list[Section]:
    """All pages of the contacts that a person finds."""
    pages: list[Section] = []
    while not pages or pages[-1].older:
        with current_app.test_request_context():
            after = pages[-1].older if pages else None
            found = textsearch.find(the_viewer(by), q, "contacts", after)
        assert found is not None and len(pages) < 30
        pages += found
    return pages


@pytest.mark.usefixtures("entered")
def test_older_stretches_are_asked_where_the_newest_have_too_few() -> None:
    """On PostgreSQL by what the index says of ids; SQLite reads its index from behind anyway."""
    customer = a_customer()
    ids = [a_contact(customer, summary="样品").interaction.id for _ in range(3)]
    far = [ids[0], 5 * fulltext.STRETCH, 40 * fulltext.STRETCH + 7, 900 * fulltext.STRETCH]
    table = Interaction.__table__
    for id in far[1:]:
        row = db.session.execute(select(table).where(table.c.id == ids[0])).mappings().one()
        copied = insert(Interaction).values({**row, "id": id})
        db.session.execute(copied, execution_options={"recorded": True})
    assert events.ask("records.refresh", table="customers")[0] >= 0
    asked = textsearch.sought("样品").passes[0]
    expected = [*reversed(far[1:]), *reversed(ids)]
    assert fulltext.newest(InteractionSearch, "interaction_search_fts", asked, 100) == (expected, False)
    assert fulltext.newest(InteractionSearch, "interaction_search_fts", asked, 2) == (expected[:2], False)
    db.session.rollback()


@pytest.mark.usefixtures("entered")
def test_what_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found until then is shown."""
    customer = a_customer()
    a_contact(customer, summary="样品 sampling")
    a_contact(customer, summary="样品 sample")
    begun = fulltext.newest

    def stopped(table: Any, index: str, asked: Any, most: int) -> tuple[list[int], bool]:
        return begun(table, index, asked, 1)[0], True

    monkeypatch.setattr(fulltext, "newest", stopped)
    *_others, contacts = sections("样品", "manager")
    assert contacts.late and len(contacts.hits) == 1
    monkeypatch.setattr(textsearch, "_read", too_long)
    *_others, contacts = sections("样品", "manager")
    assert contacts.late and not contacts.hits


# --- what is gone, and what comes back


def test_a_note_that_is_edited_or_deleted(app: Flask) -> None:
    id = made(app)
    note = a_note(app, id, "交期要写进合同")
    with app.app_context():
        customer, kind, by = db.session.get_one(Customer, id), kinds.kind_of(Customer), the_viewer("sales1a")
        mine = db.session.get_one(Note, note)
        acted(noting.edit_note, mine, kind, customer, "付款要写进合同", by=by, version=1, as_whom="sales1a")
        assert (found("交期"), found("付款")) == ({}, {"notes": ["[付款]要写进合同"]})
        undone(last_set())
        assert (found("交期"), found("付款")) == ({"notes": ["[交期]要写进合同"]}, {})
        acted(noting.delete_note, db.session.get_one(Note, note), customer, by=by, as_whom="sales1a")
        assert (found("交期"), kept()) == ({}, 0)
        undone(last_set())
        assert found("交期") == {"notes": ["[交期]要写进合同"]}


def test_a_file_that_is_deleted_and_comes_back(app: Flask) -> None:
    id = made(app)
    file = a_file(app, id, "报价单.pdf")
    with app.app_context():
        customer, by = db.session.get_one(Customer, id), the_viewer("sales1a")
        mine = db.session.get_one(Attachment, file)
        assert mine.remark is None and found("第三版") == {}
        acted(attaching.delete_attachment, mine, customer, by=by, as_whom="sales1a")
        assert (found("报价"), kept()) == ({}, 0)
        undone(last_set())
        assert found("报价") == {"files": ["[报价]单.pdf"]}


def test_the_remark_on_a_file_finds_it_with_its_name(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    sent = {"files": [(io.BytesIO(PDF), "报价单.pdf")], "remark": "第三版，含税"}
    assert client.post(f"/files/customer/{id}", sent, content_type="multipart/form-data").status == 303
    with app.app_context():
        assert found("含税 报价") == {"files": ["[报价]单.pdf · 第三版，[含税]"]}


@pytest.mark.usefixtures("entered")
def test_a_contact_that_is_taken_back() -> None:
    a_contact(a_customer(), summary="谈了交期")
    undone(last_set())
    assert (found("交期"), kept()) == ({}, 0)
    undone(last_set())
    assert found("交期") == {"contacts": ["谈了[交期]"]}


@pytest.mark.usefixtures("entered")
def test_the_bin_hides_and_gives_back() -> None:
    customer = a_customer()
    a_contact(customer, summary="谈了交期")
    acted(actions.put_into_bin, customer, by=the_viewer("manager"))
    assert found("交期") == found("交期", "manager") == {}
    acted(actions.take_out_of_bin, customer)
    assert found("交期") == {"contacts": ["谈了[交期]"]}


def test_a_merge_brings_its_texts_along(app: Flask) -> None:
    id = made(app, name="瑞丰贸易")
    a_note(app, id, "交期要写进合同")
    with app.app_context():
        gone, into = db.session.get_one(Customer, id), a_customer()
        a_contact(gone, summary="谈了交期")
        merged = merged_into(into, gone)
        assert [hit.name for section in sections("交期") for hit in section.hits] == ["华兴科技有限公司"] * 2
        undone(merged)
        assert [hit.name for section in sections("交期") for hit in section.hits] == ["瑞丰贸易"] * 2


def test_an_erasure_leaves_no_term(app: Flask) -> None:
    id = made(app)
    a_note(app, id, "甲丙戊庚 zqxkanarie")
    a_file(app, id, "甲丙戊庚 zqxkanarie.pdf")
    with app.app_context():
        a_contact(db.session.get_one(Customer, id), summary="甲丙戊庚", feedback="zqxkanarie")
        acted(erasing.erase, [id], ground="asked", by_id=the_viewer("manager").id)
        assert (found("甲丙", "manager"), kept()) == ({}, 0)
        assert db.session.scalar(select(func.count(Interaction.id))) == 1, "that there was one is kept"
        db.session.rollback()
    for path in Path(app.extensions["huifang"].data).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "丙戊".encode() not in content and b"zqxkanarie" not in content, path.name


@pytest.mark.usefixtures("entered")
def test_many_at_once_and_what_the_doctor_mends() -> None:
    customer = a_customer()
    contact = a_contact(customer, summary="谈了交期").interaction
    as_manager("interaction.imported")
    changes.bulk_update(Interaction, Interaction.id == contact.id, {"summary": "谈了付款"})
    db.session.commit()
    assert (found("交期"), found("付款")) == ({}, {"contacts": ["谈了[付款]"]})
    for damage in ("DELETE FROM interaction_search", "UPDATE interaction_search SET terms = '交期'"):
        db.session.execute(text(damage))
        assert found("付款") == {}
        wrong = events.ask("records.refresh", table="customers", ids=[customer.id])
        assert sum(wrong) == 1 and found("付款") == {"contacts": ["谈了[付款]"]}
        assert sum(events.ask("records.refresh", table="customers")) == 0
    db.session.rollback()


def test_past_contacts_from_a_file(app: Flask, signed_in: SignedIn) -> None:
    made(app)
    client = signed_in("manager")
    page = wizard.sent(
        client, "/interactions/import", f"{HEADER}华兴科技有限公司,2026-03-01,sales1a,电话,谈了交期,\n"
    )
    wizard.run(client, wizard.tried(client, page))
    with app.app_context():
        assert found("交期") == {"contacts": ["谈了[交期]"]}


def undone(change_set: ChangeSet) -> None:
    acted(undo.undo, change_set, the_viewer("manager"))


# --- pages


def test_the_page_leads_to_the_place_in_the_file(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    note = a_note(app, id, "@sales1a 交期要写进<合同>", by="lead1")
    files = [a_file(app, id, name) for name in ("早的.pdf", "交期.pdf", "晚的.pdf")]
    with app.app_context():
        customer, now = db.session.get_one(Customer, id), clock.now()
        contact = a_contact(customer, at=now - timedelta(days=3), summary="谈了交期").interaction.id
        for minute in range(40):
            a_contact(customer, at=now + timedelta(minutes=minute), summary="没人接")
    client = signed_in("sales1a")
    page = client.get("/search/texts?q=交期")
    notes, attached, contacts = page.soup.select(".text-hits")
    assert [mark.get_text() for mark in page.soup.select(".text-piece mark")] == ["交期"] * 3
    assert "周正" in notes.get_text() and "李雷" in contacts.get_text()
    assert "@李雷 交期要写进<合同>" in notes.get_text()
    assert notes.select_one("a")["href"] == f"/notes/customer/{id}/{note}"  # type: ignore[index]
    place, _hash, anchor = str(attached.select_one("a")["href"]).partition("#")  # type: ignore[index]
    shown_first = client.get(place).soup.select("#files-list .file-row")
    assert [row["id"] for row in shown_first] == [anchor, f"file-{files[0]}"] and anchor == f"file-{files[1]}"
    place, _hash, anchor = str(contacts.select_one("a")["href"]).partition("#")  # type: ignore[index]
    entries = client.get(place).soup.select("#timeline-entries > li")
    assert entries[0]["id"] == anchor == f"contact-made-{contact}"


def test_the_search_loads_the_texts_when_it_is_seen(app: Flask, signed_in: SignedIn) -> None:
    made(app)
    client = signed_in("sales1a")
    for q in ("华兴", "无此"):
        page = client.get(f"/search?q={q}")
        [further] = page.soup.select(
            "#search-results li.results-further a, #search-results a.results-further"
        )
        assert page.one("#texts-part")["hx-get"] == further["href"]
    assert not client.get("/search").soup.select("#texts-part")
    assert client.get("/search/texts?q=华").soup.select("#texts-part .hf-empty")
    assert not signed_in("admin").get("/search?q=华兴").soup.select("#texts-part, .results-further")


def test_what_is_older_is_on_further_pages(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, now = made(app), clock.now()
    for number in range(3):
        a_note(app, id, f"样品{number}")
    with app.app_context():
        for number in range(5):
            a_contact(
                db.session.get_one(Customer, id), at=now + timedelta(minutes=number), summary=f"样品{number}"
            )
    monkeypatch.setattr(textsearch, "MOST", 2)
    client = signed_in("sales1a")
    page = client.get("/search/texts?q=样品")
    assert (
        len(page.soup.select("#hits-notes .text-piece"))
        == len(page.soup.select("#hits-contacts .text-piece"))
        == 2
    )
    seen, path = [], str(page.one("#hits-contacts .results-older a")["href"])
    while path:
        page = client.get(path)
        assert not page.soup.select("#hits-notes")
        assert page.one(".text-hits > p a")["href"] == "/search/texts?q=%E6%A0%B7%E5%93%81"
        seen.append([piece.get_text() for piece in page.soup.select("#hits-contacts .text-piece")])
        first = page.soup.select("#hits-contacts > li")[0]
        assert f"after={str(first['id']).removeprefix('from-')}" in path, "where the link stood"
        older = page.soup.select("#hits-contacts .results-older a")
        path = str(older[0]["href"]) if older else ""
    assert seen == [["样品2", "样品1"], ["样品0"]] and page.soup.select("#hits-contacts .results-end")


def test_an_absurd_cursor_is_the_first_page(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    with app.app_context():
        a_contact(db.session.get_one(Customer, id), summary="谈了交期")
    client = signed_in("sales1a")
    absurd = "x 0. 9. -1. 1.WzFd 0.x 0.W251bGwsIDFd ٣.x 0.WyIyMDI2LTExLTE4IiwgMWUzMDld 0." + "W" * 3_000
    for after in absurd.split():
        for of in ("contacts", "nothing", ""):
            page = client.get(f"/search/texts?q=交期&of={of}&after={after}")
            assert len(page.soup.select("#hits-contacts .text-piece")) == 1, (of, after)
    assert client.get("/search/texts?of=contacts&after=0.x").soup.select("#texts-part .hf-empty")


@pytest.mark.parametrize("person", ["sales1a", "lead1", "manager"])
def test_statements_do_not_grow(app: Flask, signed_in: SignedIn, statements: Counter, person: str) -> None:
    client, counts = signed_in(person), []
    for number in range(3):
        for n in range(4 * number + 1):
            id = made(app, name=f"华兴{number}{n}", phone=None)
            a_note(app, id, "交期要写进合同")
            a_file(app, id, "交期.pdf")
            with app.app_context():
                a_contact(db.session.get_one(Customer, id), summary="谈了交期")
        with statements() as sent:
            client.get("/search/texts?q=交期")
        counts.append(len(sent))
    assert len(set(counts)) == 1 and counts[0] <= 21, counts


# --- the way there


def test_the_migration_fills_the_index_and_takes_it_away(app: Flask) -> None:
    id = made(app)
    a_note(app, id, "交期要写进合同")
    a_file(app, id, "交期.pdf")
    expected = {"notes": ["[交期]要写进合同"], "files": ["[交期].pdf"], "contacts": ["谈了[交期]"]}
    with app.app_context():
        a_contact(db.session.get_one(Customer, id), summary="谈了交期")
        db.session.remove()
        downgrade(revision="0027")
        assert "attachment_search" not in inspect(db.engine).get_table_names()
        upgrade()
        assert found("交期") == expected
        db.session.remove()
        downgrade(revision="0025")
        tables = inspect(db.engine).get_table_names()
        assert not [name for name in tables if "note_search" in name or "interaction_search" in name]
        upgrade()
        assert found("交期") == expected
        a_contact(db.session.get_one(Customer, id), summary="又谈交期")
        assert len(found("交期")["contacts"]) == 2
        db.session.remove()
    a_file(app, id, "又谈交期.pdf")
    with app.app_context():
        assert found("交期")["files"] == ["又谈[交期].pdf", "[交期].pdf"]
