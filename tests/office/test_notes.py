"""Notes on a customer's file: who reads and writes them, pinned ones first, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from blueprints.access.models import Role, RoleGrant
from blueprints.customers.models import Customer
from blueprints.office import noting, rules
from blueprints.office.models import Note, NoteMention
from core import changes, kinds, undo
from core.changes import Change, ChangeSet
from core.db import db
from tests.company import a_customer, the_user, the_viewer
from tests.pages import Client, Page
from tests.statements import Counter
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]
SEEING = ("sales1a", "lead1", "leader", "manager", "assistant1", "service1", "callback1", "auditor")


def made(app: Flask, **values: Any) -> int:
    with app.app_context():
        return a_customer(**values).id


def a_note(
    app: Flask, id: int, text: str = "交期要写进合同", *, by: str = "sales1a", pinned: bool = False
) -> int:
    """A note on a customer's file, committed; answers its id."""
    with app.app_context():
        viewer = the_viewer(by)
        with changes.acting(changes.Actor(viewer.id, viewer.name, "web")):
            note = noting.write_note(
                kinds.kind_of(Customer), db.session.get_one(Customer, id), text, by=viewer
            )
            if pinned:
                noting.pin_note(note, pinned=True)
            db.session.commit()
        return note.id


def texts(page: Page) -> list[str]:
    return [text.get_text() for text in page.soup.select(".file-note-text")]


def stored(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Note.text).order_by(Note.id)))


def at(id: int, rest: str = "") -> str:
    return f"/notes/customer/{id}{rest}"


def last_set(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.max(ChangeSet.id))) or 0


# --- writing and reading


@pytest.mark.both_databases
def test_a_note_stands_in_the_file_as_it_was_typed(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    form = owner.get(at(id, f"/new?back=/customers/{id}")).form()
    answer = owner.post(at(id), form | {"text": " 第一行\n\n  <b>第三行</b> http://evil.example "})
    assert answer.status == 303
    assert re.fullmatch(rf"/customers/{id}\?note=(\d+)#note-\1", str(answer.response.location))
    page = owner.get(str(answer.response.location).split("#")[0])
    assert texts(page) == ["第一行\n\n<b>第三行</b> http://evil.example"]
    assert not page.soup.select(".file-note-text a, .file-note-text b")
    assert "李雷" in page.one(".file-note-head").get_text()


def test_a_note_sent_twice_is_written_once(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    form = owner.get(at(id, "/new")).form() | {"text": "一次"}
    assert [owner.post(at(id), form).status for _time in range(2)] == [303, 303]
    assert stored(app) == ["一次"]


@pytest.mark.parametrize(("text", "word"), [("", "填写"), ("   \n ", "填写"), ("长" * 4_001, "4000")])
def test_what_cannot_be_a_note_is_refused_beside_its_field(
    app: Flask, signed_in: SignedIn, text: str, word: str
) -> None:
    id, owner = made(app), signed_in("sales1a")
    page = owner.post(at(id), {"text": text})
    assert page.status == 422 and word in page.one(".field .form-error").get_text()
    assert page.one("textarea[name=text]").get_text().strip() == text.strip()
    assert stored(app) == []


def test_the_longest_note_is_taken(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    assert signed_in("sales1a").post(at(id), {"text": "长" * rules.MOST_TEXT}).status == 303


@pytest.mark.parametrize("who", ["admin", "finance", "sales1b", "sales2a", "lead2", *SEEING])
def test_whoever_sees_the_file_sees_its_notes_and_nobody_else(
    app: Flask, signed_in: SignedIn, who: str
) -> None:
    id = made(app)
    note = a_note(app, id, "只给看得到的人")
    client = signed_in(who)
    for path, status in (("", 200), (f"/{note}", 303)):
        answer = client.get(at(id, path))
        assert answer.status == (status if who in SEEING else 404), path
        assert who in SEEING or "只给看得到的人" not in answer.text


WRITES = ("", "/{note}", "/{note}/pin", "/{note}/pin/removal", "/{note}/deletion")


@pytest.mark.parametrize(
    ("who", "refused"),
    [("auditor", 403), ("finance", 403), ("admin", 403), ("sales1b", 404), ("sales2a", 404), ("lead2", 404)],
)
def test_whoever_may_write_none_changes_nothing(
    app: Flask, signed_in: SignedIn, who: str, refused: int
) -> None:
    id = made(app)
    note, client = a_note(app, id), signed_in(who)
    token, before = client.token(), snapshot(app)
    for path in WRITES:
        answer = client.post(
            at(id, path.format(note=note)), {"text": "换了", "version": "1", "csrf_token": token}
        )
        assert answer.status == refused, path
    assert difference(before, snapshot(app)) == ""
    for path in ("/new", "/colleagues", f"/{note}/edit"):
        assert client.get(at(id, path)).status == refused, path


@pytest.mark.parametrize(
    ("who", "status"),
    [("sales1a", 303), ("lead1", 303), ("manager", 303), ("service1", 403), ("assistant1", 403)],
)
@pytest.mark.parametrize("path", ["", "/deletion"])
def test_who_changes_the_note_of_the_owner(
    app: Flask, signed_in: SignedIn, who: str, status: int, path: str
) -> None:
    id = made(app)
    note, client = a_note(app, id), signed_in(who)
    assert client.post(at(id, f"/{note}{path}"), {"text": "换了", "version": "1"}).status == status
    assert stored(app) == ([] if path and status == 303 else ["换了" if status == 303 else "交期要写进合同"])
    offered = client.get(at(id)).soup.select(f'[href^="{at(id, f"/{note}/edit")}"]')
    assert bool(offered) == (status == 303 and not path)


def test_a_note_is_found_only_on_its_own_record(app: Flask, signed_in: SignedIn) -> None:
    mine, theirs = made(app), made(app, name="瑞丰贸易", owner="sales2a")
    note, client = a_note(app, theirs, by="sales2a"), signed_in("sales1a")
    for path in (f"/{note}/edit", f"/{note}", f"/{2**70}", "/0/edit"):
        assert client.get(at(mine, path)).status == 404, path
    assert client.post(at(mine, f"/{note}/deletion")).status == 404
    for path in (f"/notes/user/{the_id(app, 'sales1a')}", "/notes/calendar/1", f"/notes/x/{mine}"):
        assert signed_in("admin").get(path).status == 404


def the_id(app: Flask, who: str) -> int:
    with app.app_context():
        return the_user(who).id


# --- pinned first, by pages


@pytest.mark.both_databases
def test_pinned_notes_come_first_and_all_of_them_by_pages(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    notes = [a_note(app, id, f"第{n}条", pinned=n in (2, 20)) for n in range(23)]
    order = [20, 2, 22, 21, *range(19, 2, -1), 1, 0]
    page = client.get(f"/customers/{id}")
    assert texts(page) == [f"第{n}条" for n in order[:2]], "the others stand on the timeline"
    assert page.soup.select(f"#note-made-{notes[22]}")
    first = client.get(str(page.one(f'#notes a[href="{at(id)}"]')["href"]))
    assert texts(first) == [f"第{n}条" for n in order[:20]]
    second = client.get(str(first.one("a[rel=next]")["href"]))
    assert texts(second) == [f"第{n}条" for n in order[20:]]
    assert texts(client.get(at(id, "?after=x"))) == texts(first)


def test_a_note_that_is_asked_for_stands_before_the_others(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    notes = [a_note(app, id, f"第{n}条") for n in range(5)]
    answer = client.get(at(id, f"/{notes[0]}"))
    assert answer.response.location == f"/customers/{id}?note={notes[0]}#note-{notes[0]}"
    page = client.get(answer.response.location.split("#")[0])
    assert texts(page) == ["第0条"]
    assert page.one(".file-note-asked")["id"] == f"note-{notes[0]}"
    for strange in ("x", "-1", str(2**70), "0"):
        assert texts(client.get(f"/customers/{id}?note={strange}")) == []


def test_a_note_is_pinned_and_unpinned_in_place(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("service1")
    note, script = a_note(app, id), {"HX-Request": "true", "HX-Target": "notes"}
    a_note(app, id, "新的")
    back = {"back": f"/customers/{id}"}
    pinned = client.post(at(id, f"/{note}/pin"), back, headers=script)
    assert pinned.status == 200 and texts(pinned) == ["交期要写进合同"]
    assert texts(client.get(f"/customers/{id}")) == ["交期要写进合同"]
    assert texts(client.post(at(id, f"/{note}/pin/removal"), back, headers=script)) == ["交期要写进合同"]
    assert texts(client.get(f"/customers/{id}")) == []


@pytest.mark.both_databases
@pytest.mark.parametrize("who", ["sales1a", "manager", "auditor"])
def test_notes_cost_the_file_the_same_statements_however_many(
    app: Flask, signed_in: SignedIn, statements: Counter, who: str
) -> None:
    id, client = made(app), signed_in(who)
    costs = []
    for more in (1, 4, 8):
        for n in range(more):
            a_note(app, id, f"@sales1a @lead1 {n}", by="manager", pinned=bool(n % 2))
        for path in (f"/customers/{id}", at(id), f"/customers/{id}?note=1"):
            client.get(path)
            with statements() as sent:
                client.get(path)
            costs.append((path, len(sent), sum("FROM notes" in statement for statement in sent)))
    assert len(set(costs)) == 3, costs
    # On the file they stand by themselves and on the timeline, which asks beforehand whether there are any
    assert {(path == at(id), asked) for path, _all, asked in costs} == {(True, 1), (False, 3)}


# --- edits that meet, history, undo, the bin


@pytest.mark.both_databases
def test_two_edits_meet_and_nothing_typed_is_lost(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    note, mine, theirs = a_note(app, id, "旧"), signed_in("sales1a"), signed_in("lead1")
    form = mine.get(at(id, f"/{note}/edit")).form()
    assert theirs.post(at(id, f"/{note}"), {"text": "主管的", "version": "1"}).status == 303
    page = mine.post(at(id, f"/{note}"), form | {"text": "我的"})
    assert page.status == 409
    assert "主管的" in page.one(".conflict").get_text() and "我的" in page.one(".conflict").get_text()
    assert page.one("textarea[name=text]").get_text().strip() == "我的"
    again = page.form(at(id, f"/{note}"))
    assert mine.post(at(id, f"/{note}"), again | {"keep-text": "yours"}).status == 303
    assert stored(app) == ["我的"]
    assert "已编辑" in mine.get(at(id)).one(".file-note-head").get_text()


@pytest.mark.both_databases
def test_a_deleted_note_is_taken_back_with_its_mentions(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    note = a_note(app, id, "@lead1 请看")
    answer = owner.post(
        at(id, f"/{note}/deletion"), {"back": f"/customers/{id}"}, headers={"HX-Request": "true"}
    )
    change = last_set(app)
    assert answer.one("[data-toast] a")["href"] == f"/changes/{change}"
    assert stored(app) == []
    assert owner.post(f"/changes/{change}/undo").status == 303
    with app.app_context():
        again = db.session.get_one(Note, note)
        assert (again.text, again.author_id) == ("@lead1 请看", the_user("sales1a").id)
    assert owner.get(at(id)).one(".file-note .mention").get_text() == "@周正"


def test_the_history_of_the_file_tells_of_its_notes(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    note = a_note(app, id, "旧的话")
    owner.post(at(id, f"/{note}"), {"text": "新的话", "version": "1"})
    owner.post(at(id, f"/{note}/deletion"))
    words = owner.get(f"/customers/{id}/history").words
    for word in ("写了笔记", "编辑了笔记", "删除了笔记", "旧的话", "新的话"):
        assert word in words, word


def test_whose_note_it_is_not_takes_nothing_of_it_back(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    note = a_note(app, id, "旧")
    written = last_set(app)
    signed_in("sales1a").post(at(id, f"/{note}"), {"text": "新", "version": "1"})
    edited = last_set(app)
    token = signed_in("service1")
    for change in (written, edited):
        assert token.post(f"/changes/{change}/undo").status == 403
    assert stored(app) == ["新"]
    assert signed_in("lead1").post(f"/changes/{edited}/undo").status == 303
    assert stored(app) == ["旧"]


def test_notes_come_back_with_their_customer_from_the_bin(app: Flask, signed_in: SignedIn) -> None:
    id, lead = made(app), signed_in("lead1")
    note = a_note(app, id)
    lead.post(f"/customers/{id}/deletion")
    for path in ("", f"/{note}", "/new", f"/{note}/edit"):
        assert lead.get(at(id, path)).status == 404, path
    assert lead.post(at(id, f"/{note}/deletion")).status == 404
    lead.post(f"/customers/{id}/restoration")
    assert texts(lead.get(at(id))) == ["交期要写进合同"]


@pytest.mark.both_databases
def test_a_file_with_notes_is_not_unmade(app: Flask) -> None:
    """Notes hang on the file by no foreign key; undo knows of them all the same."""
    id = made(app, by="manager")
    created = last_set(app)
    with app.app_context():
        made_set, manager = db.session.get_one(ChangeSet, created), the_viewer("manager")
        assert not undo.plan(made_set).conflicts
    a_note(app, id, by="manager")
    with app.app_context():
        made_set = db.session.get_one(ChangeSet, created)
        reasons = {(c.effect.table, c.reason) for c in undo.plan(made_set).conflicts}
        assert ("customers", "used") in reasons
        undo.undo(made_set, manager)
        db.session.commit()
        assert db.session.get(Customer, id) is not None
    assert len(stored(app)) == 1


@pytest.mark.both_databases
def test_notes_are_recorded_on_the_history_of_what_they_are_about_in_bulk_too(app: Flask) -> None:
    id, other = made(app), made(app, name="瑞丰贸易")
    a_note(app, id, "@lead1 一")
    a_note(app, other, "二")
    with app.app_context():
        changes.record(noting.PINNED)
        changes.bulk_update(Note, Note.text != "", {"pinned": True})
        changes.bulk_delete(NoteMention, db.session.scalars(select(NoteMention.id)).all())
        db.session.commit()
        last = select(Change.record_table, Change.root_table, Change.root_id)
        rows = db.session.execute(last.where(Change.set_id == last_set(app)).order_by(Change.id)).all()
    assert [tuple(row) for row in rows] == [
        ("notes", "customers", id), ("notes", "customers", other), ("note_mentions", "customers", id),
    ]  # fmt: skip


# --- an upgrade


@pytest.mark.both_databases
def test_an_upgrade_lets_roles_write_notes_that_log_contacts(app: Flask) -> None:
    def cells() -> dict[str, dict[str, tuple[int | None, bool]]]:
        held = select(Role.code, RoleGrant.right, RoleGrant.scope, RoleGrant.ask).join(RoleGrant)
        found: dict[str, dict[str, tuple[int | None, bool]]] = {}
        for code, right, scope, ask in db.session.execute(held.where(RoleGrant.right.like("office:notes%"))):
            found.setdefault(code, {})[right] = (scope, ask)
        db.session.rollback()
        return found

    id = made(app)
    a_note(app, id, "@lead1 请看")
    with app.app_context():
        before = cells()
        db.session.remove()
        db.engine.dispose()
        downgrade(revision="0009")
        upgrade()
        assert cells() == before and len(before) == 6
        assert before["lead"] == {"office:notes": (3, False), "office:notes-of-others": (3, False)}
    assert stored(app) == []
