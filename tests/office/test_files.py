"""Files on a customer's file: what is taken, who sees and sends them, how they are handed out, and when they go."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from blueprints.access.models import Role, RoleGrant
from blueprints.customers.models import Customer
from blueprints.office import attaching, attachments, filing
from blueprints.office.attaching import Sent
from blueprints.office.models import Attachment, StoredFile
from core import changes, checkup, clock, filekinds, kinds, settings, uploads, working
from core import jobs as core_jobs
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.headers import FILE_POLICY
from tests.company import a_customer, the_viewer
from tests.conftest import NOW
from tests.office.filesamples import KEPT, NAMES, PDF, PNG, REFUSED
from tests.pages import Client, Page
from tests.statements import Counter
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]
SEEING = ("sales1a", "lead1", "leader", "manager", "assistant1", "service1", "callback1", "auditor")


def made(app: Flask, **values: Any) -> int:
    with app.app_context():
        return a_customer(**values).id


def a_file(
    app: Flask, id: int, name: str = "报价单.pdf", content: bytes = PDF, *, by: str = "sales1a"
) -> int:
    """A file on a customer's file, committed; answers its id."""
    with app.app_context():
        viewer = the_viewer(by)
        with changes.acting(changes.Actor(viewer.id, viewer.name, "web")):
            kind, record = kinds.kind_of(Customer), db.session.get_one(Customer, id)
            [attachment] = attaching.attach(kind, record, [Sent(name, io.BytesIO(content))], by=viewer)
            db.session.commit()
        return attachment.id


def at(id: int, rest: str = "") -> str:
    return f"/files/customer/{id}{rest}"


def send(client: Client, id: int, *files: tuple[str, bytes], **fields: Any) -> Page:
    sent = [(io.BytesIO(content), name) for name, content in files]
    return client.post(at(id), {"files": sent, **fields}, content_type="multipart/form-data")


def names(page: Page) -> list[str]:
    return [name.get_text() for name in page.soup.select("#files-list .file-name")]


def stored(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Attachment.name).order_by(Attachment.id)))


def on_disk(app: Flask) -> list[Path]:
    with app.app_context():
        return list(uploads.lasting())


def last_set(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.max(ChangeSet.id))) or 0


def chosen(app: Flask, name: str, value: Any) -> None:
    with app.app_context():
        changes.record("settings.changed")
        db.session.add(settings.SettingValue(name=name, value={"value": value}))
        db.session.commit()


# --- what is taken


@pytest.mark.parametrize("name", KEPT)
def test_what_a_file_is_is_told_by_its_content(name: str) -> None:
    content, code = KEPT[name]
    assert filekinds.kind_of(name, io.BytesIO(content), filekinds.USUAL).code == code


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_are_refused_with_a_sentence_and_nothing_stays(
    app: Flask, signed_in: SignedIn, name: str
) -> None:
    id, (content, word) = made(app), REFUSED[name]
    page = send(signed_in("sales1a"), id, ("fine.pdf", PDF), (name, content), remark="第三版")
    assert page.status == 422 and word in page.one(".field .form-error").get_text()
    assert page.one("[name=remark]")["value"] == "第三版"
    assert (stored(app), on_disk(app)) == ([], [])


@pytest.mark.parametrize("raw", NAMES)
def test_a_name_is_kept_as_far_as_it_does_no_harm(app: Flask, raw: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        shown = filekinds.plain_name(raw)
        name = filekinds.clean_name(shown, filekinds.KINDS["pdf"])
    assert name == NAMES[raw]
    assert len(name.encode()) <= filekinds.MOST_NAME_BYTES


def test_an_archive_is_taken_where_the_company_wants_it(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    chosen(app, attachments.FILE_KINDS, "zip, jpeg")
    assert send(client, id, ("a.zip", REFUSED["a.zip"][0])).status == 303
    assert send(client, id, ("a.pdf", PDF)).status == 422
    assert "zip" in client.get(at(id)).one(".hint").get_text()


@pytest.mark.parametrize(("typed", "word"), [("pdf, exe", "exe"), ("svg", "svg"), (" , ", "一种")])
def test_only_kinds_that_do_no_harm_can_be_chosen(
    app: Flask, signed_in: SignedIn, typed: str, word: str
) -> None:
    admin = signed_in("admin")
    form = admin.get("/admin/settings/company").form()
    page = admin.post("/admin/settings/company", form | {"company-file_kinds": typed})
    assert page.status == 422 and word in page.one(".field .form-error").get_text()


@pytest.mark.parametrize(("more", "status"), [(0, 303), (1, 422)])
def test_the_most_bytes_of_a_file_are_said_before_and_kept_to(
    app: Flask, signed_in: SignedIn, more: int, status: int
) -> None:
    id, client = made(app), signed_in("sales1a")
    chosen(app, attachments.MEGABYTES, 1)
    page = client.get(at(id))
    assert "1 MB" in page.one(".hint").get_text() and page.one("[data-files]")["data-most"] == str(2**20)
    answer = send(client, id, ("a.txt", b"x" * (2**20 + more)))
    assert answer.status == status
    assert len(on_disk(app)) == (status == 303)
    assert status == 303 or "1 MB" in answer.one(".field .form-error").get_text()


def test_what_is_too_large_to_be_read_is_refused_beside_the_field(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    page = send(client, id, ("a.txt", b"x" * app.config["MAX_CONTENT_LENGTH"]))
    assert page.status == 413 and "20 MB" in page.one(".field .form-error").get_text()
    assert send(signed_in("auditor"), id, ("a.txt", b"x" * app.config["MAX_CONTENT_LENGTH"])).status == 413
    assert send(signed_in("sales1b"), id, ("a.txt", b"x" * app.config["MAX_CONTENT_LENGTH"])).status == 404
    assert (stored(app), on_disk(app)) == ([], [])


def test_a_stream_without_a_length_is_bounded_too(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    read = 0

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, room: Any) -> int:
            nonlocal read
            head = b"--b\r\nContent-Disposition: form-data; name=files; filename=a.txt\r\n\r\n"
            piece = b"x" * min(len(room), 65_536) if read else head
            room[: len(piece)] = piece
            read += len(piece)
            return len(piece)

    answer = client.http.post(
        at(id),
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"wsgi.input": io.BufferedReader(Endless()), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert read < app.config["MAX_CONTENT_LENGTH"] + 2**20
    assert on_disk(app) == []


def test_files_of_a_record_have_a_limit_together(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    chosen(app, attachments.MEGABYTES_IN_ALL, 1)
    half = b"x" * 600_000
    assert send(client, id, ("a.txt", half)).status == 303
    page = send(client, id, ("small.pdf", PDF), ("b.txt", half + b"y"))
    assert page.status == 422 and "1 MB" in page.one(".field .form-error").get_text()
    assert (stored(app), len(on_disk(app))) == (["a.txt"], 1)


def test_a_form_without_a_file_says_so(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    for page in (send(client, id), send(client, id, ("", b""))):
        assert page.status == 422 and "文件" in page.one(".field .form-error").get_text()
    many = [(f"{n}.txt", b"%d" % n) for n in range(attaching.MOST_AT_ONCE + 1)]
    assert send(client, id, *many).status == 422
    assert stored(app) == []


# --- kept, listed, handed out


@pytest.mark.both_databases
def test_files_are_kept_under_names_of_ours_and_told_with_theirs(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    answer = send(
        client, id, ("报价单.pdf", PDF), ("../门头.png", PNG), remark="第三版", back=f"/customers/{id}"
    )
    assert (answer.status, answer.response.location) == (303, f"/customers/{id}")
    page = client.get(at(id))
    assert names(page) == ["门头.png", "报价单.pdf"]
    for word in ("第三版", "李雷", "PDF", "图片", f"{len(PDF)}字节", "2个文件"):
        assert word in page.words, word
    for path in on_disk(app):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 and path.parent.name == path.name[:2]
    with app.app_context():
        rows = db.session.execute(select(StoredFile.size, StoredFile.kind).order_by(StoredFile.id)).all()
        assert [tuple(row) for row in rows] == [(len(PDF), "pdf"), (len(PNG), "png")]


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_a_download_has_no_power_in_a_browser(app: Flask, signed_in: SignedIn, kind: str) -> None:
    id, name, content = made(app), f'合同 "x"; a=b.{kind}', {"pdf": PDF, "png": PNG}[kind]
    file, client = a_file(app, id, name, content), signed_in("auditor")
    answer = client.http.get(at(id, f"/{file}"))
    assert (answer.status_code, answer.get_data()) == (200, content)
    headers = {name.lower(): value for name, value in answer.headers}
    assert headers["content-disposition"].startswith("attachment; ")
    assert f"filename*=UTF-8''{quote(name, safe='')}" in headers["content-disposition"].replace("%3D", "%3D")
    assert answer.headers.getlist(FILE_POLICY[0]) == ["sandbox; default-src 'none'; frame-ancestors 'none'"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["content-type"] == {"pdf": "application/pdf", "png": "image/png"}[kind]
    assert not headers.keys() & {"etag", "last-modified", "accept-ranges"}
    shown = client.http.get(at(id, f"/{file}/view"))
    assert shown.status_code == (200 if kind == "png" else 404)
    if kind == "png":
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert shown.headers.getlist(FILE_POLICY[0]) == [FILE_POLICY[1]]


def test_a_name_is_text_on_the_page(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    a_file(app, id, '"><img src=x onerror=alert(1)>.pdf')
    page = signed_in("sales1a").get(at(id))
    assert not page.soup.select("img[src=x]") and names(page) == ['"><img src=x onerror=alert(1)>.pdf']


@pytest.mark.both_databases
def test_the_same_file_sent_twice_is_attached_once(app: Flask, signed_in: SignedIn) -> None:
    id, client = made(app), signed_in("sales1a")
    for _time in range(2):
        assert send(client, id, ("a.pdf", PDF)).status == 303
    assert send(client, id, ("b.pdf", PDF)).status == 303
    assert (stored(app), len(on_disk(app))) == (["a.pdf", "b.pdf"], 2)


@pytest.mark.both_databases
def test_files_cost_the_page_the_same_statements_however_many(
    app: Flask, signed_in: SignedIn, statements: Counter
) -> None:
    id, client = made(app), signed_in("manager")
    costs = set()
    for more in (0, 1, 6):
        for n in range(more):
            a_file(app, id, f"{more}-{n}.txt", b"%d" % n)
        client.get(at(id))
        with statements() as sent:
            client.get(at(id))
        costs.add(len(sent))
    assert len(costs) == 1, costs


# --- who


@pytest.mark.parametrize("who", ["admin", "finance", "sales1b", "sales2a", "lead2", *SEEING])
def test_whoever_sees_the_file_sees_what_is_attached_and_nobody_else(
    app: Flask, signed_in: SignedIn, who: str
) -> None:
    id = made(app)
    file, client = a_file(app, id, "机密.png", PNG), signed_in(who)
    for path in ("", f"/{file}", f"/{file}/view"):
        answer = client.get(at(id, path))
        assert answer.status == (200 if who in SEEING else 404), path
        assert who in SEEING or "机密" not in answer.text


@pytest.mark.parametrize(
    ("who", "refused"),
    [("auditor", 403), ("finance", 403), ("admin", 403), ("sales1b", 404), ("sales2a", 404), ("lead2", 404)],
)
def test_whoever_may_attach_nothing_changes_nothing(
    app: Flask, signed_in: SignedIn, who: str, refused: int
) -> None:
    id = made(app)
    file, client = a_file(app, id), signed_in(who)
    token, before = client.token(), snapshot(app)
    assert send(client, id, ("a.png", PNG), csrf_token=token).status == refused
    assert client.post(at(id, f"/{file}/deletion"), {"csrf_token": token}).status == refused
    assert difference(before, snapshot(app)) == "" and len(on_disk(app)) == 1
    assert who != "auditor" or not client.get(at(id)).soup.select("main form")


@pytest.mark.parametrize(
    ("who", "status"),
    [("sales1a", 303), ("lead1", 303), ("manager", 303), ("service1", 403), ("assistant1", 403)],
)
def test_who_deletes_the_file_of_the_owner(app: Flask, signed_in: SignedIn, who: str, status: int) -> None:
    id = made(app)
    file, client = a_file(app, id), signed_in(who)
    offered = client.get(at(id)).soup.select(f'form[action="{at(id, f"/{file}/deletion")}"]')
    assert bool(offered) == (status == 303)
    assert client.post(at(id, f"/{file}/deletion")).status == status
    assert len(stored(app)) == (status != 303)


def test_a_file_is_found_only_on_its_own_record(app: Flask, signed_in: SignedIn) -> None:
    mine, theirs = made(app), made(app, name="瑞丰贸易", owner="sales2a")
    file, client = a_file(app, theirs, by="sales2a"), signed_in("sales1a")
    for path in (f"/{file}", f"/{file}/view", f"/{2**70}", "/0"):
        assert client.get(at(mine, path)).status == 404, path
    assert client.post(at(mine, f"/{file}/deletion")).status == 404
    assert send(client, theirs, ("a.pdf", PDF)).status == 404
    for path in (f"/files/user/{mine}", "/files/calendar/1", f"/files/x/{mine}"):
        assert signed_in("admin").get(path).status == 404
    assert len(on_disk(app)) == 1


# --- taken back, and gone


@pytest.mark.both_databases
def test_a_deleted_file_is_taken_back_with_its_content(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    file = a_file(app, id)
    answer = owner.post(at(id, f"/{file}/deletion"), headers={"HX-Request": "true"})
    change = last_set(app)
    assert answer.one("[data-toast] a")["href"] == f"/changes/{change}"
    assert stored(app) == [] and owner.get(at(id, f"/{file}")).status == 404
    swept(app, NOW + timedelta(days=29))
    assert owner.post(f"/changes/{change}/undo").status == 303
    assert owner.http.get(at(id, f"/{file}")).get_data() == PDF
    swept(app, NOW + timedelta(days=200))
    assert owner.http.get(at(id, f"/{file}")).get_data() == PDF


@pytest.mark.both_databases
def test_an_upload_is_taken_back_and_once_more(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    file = a_file(app, id)
    assert owner.post(f"/changes/{last_set(app)}/undo").status == 303
    assert stored(app) == [] and len(on_disk(app)) == 1
    assert owner.post(f"/changes/{last_set(app)}/undo").status == 303
    assert owner.http.get(at(id, f"/{file}")).get_data() == PDF


def test_whose_file_it_is_not_takes_nothing_of_it_back(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    file = a_file(app, id)
    attached = last_set(app)
    signed_in("sales1a").post(at(id, f"/{file}/deletion"))
    deleted = last_set(app)
    for change in (attached, deleted):
        assert signed_in("service1").post(f"/changes/{change}/undo").status == 403
    assert signed_in("lead1").post(f"/changes/{deleted}/undo").status == 303
    assert stored(app) == ["报价单.pdf"]


def test_the_history_of_the_file_tells_of_what_was_attached(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    owner.post(at(id, f"/{a_file(app, id)}/deletion"))
    words = owner.get(f"/customers/{id}/history").words
    for word in ("上传了附件", "删除了附件", "报价单.pdf"):
        assert word in words, word


def test_files_come_back_with_their_customer_from_the_bin(app: Flask, signed_in: SignedIn) -> None:
    id, lead = made(app), signed_in("lead1")
    file = a_file(app, id)
    lead.post(f"/customers/{id}/deletion")
    for path in ("", f"/{file}"):
        assert lead.get(at(id, path)).status == 404, path
    lead.post(f"/customers/{id}/restoration")
    assert lead.http.get(at(id, f"/{file}")).get_data() == PDF


def swept(app: Flask, moment: Any) -> None:
    """The job of a night."""
    with app.app_context(), clock.frozen(moment):
        core_jobs.ask("office.swept")
        db.session.commit()
        [waiting] = db.session.scalars(select(core_jobs.Job.id).where(core_jobs.Job.state == "waiting"))
        working.work_on(waiting)
        assert db.session.get_one(core_jobs.Job, waiting).state == "done"


@pytest.mark.both_databases
def test_the_disk_is_freed_when_no_undo_can_ask_any_more(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    a_file(app, id, "stays.pdf")
    signed_in("sales1a").post(at(id, f"/{a_file(app, id, 'goes.png', PNG)}/deletion"))
    swept(app, NOW + timedelta(days=1))
    swept(app, NOW + timedelta(days=60))
    assert len(on_disk(app)) == 2
    swept(app, NOW + timedelta(days=62))
    [left] = on_disk(app)
    assert left.read_bytes() == PDF


def test_a_file_that_no_row_names_goes_after_a_day(app: Flask) -> None:
    a_file(app, made(app))
    with app.app_context():
        fresh, old, brief = (
            uploads.keep(b"x", lasting=True),
            uploads.keep(b"x", lasting=True),
            uploads.keep(b"x"),
        )
        os.utime(uploads.path_of(fresh), (NOW.timestamp(),) * 2)
        for name in (old, brief):
            os.utime(uploads.path_of(name), ((NOW - timedelta(days=2)).timestamp(),) * 2)
        with clock.frozen(NOW):
            assert filing.drop_nameless() == 1
        assert [uploads.path_of(name).exists() for name in (fresh, old, brief)] == [True, False, True]
    assert len(on_disk(app)) == 2


def test_the_doctor_finds_files_that_are_missing_or_changed(app: Flask) -> None:
    id = made(app)
    a_file(app, id, "a.pdf")
    a_file(app, id, "b.png", PNG)

    def said() -> list[str]:
        with app.app_context():
            findings = checkup.checkup(app.extensions["huifang"], repair=False)
            db.session.rollback()
        return [f.text for f in findings if not f.ok and "attached" in f.text]

    assert said() == []
    one, other = on_disk(app)
    one.write_bytes(b"")
    other.unlink()
    assert "2 of 2" in said()[0]


@pytest.mark.parametrize("fault", ["copy", "row"])
def test_what_goes_wrong_leaves_no_file(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    id, client = made(app), signed_in("sales1a")

    def full(*_any: Any) -> None:
        raise OSError(errno.ENOSPC, "no space")

    place = (uploads.shutil, "copyfileobj") if fault == "copy" else (attachments, "counted")
    with monkeypatch.context() as patched:
        patched.setattr(*place, full)
        page = send(client, id, ("a.pdf", PDF))
    assert page.status == 503 and "磁盘已满" in page.words
    assert (stored(app), on_disk(app)) == ([], [])
    assert send(client, id, ("a.pdf", PDF)).status == 303


def test_a_file_missing_on_the_disk_is_said(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    file = a_file(app, id)
    on_disk(app)[0].unlink()
    page = signed_in("sales1a").get(at(id, f"/{file}"))
    assert page.status == 404 and "服务器" in page.words


def test_rights_are_asked_again_after_the_file_was_read(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one takes the customer over while a large file arrives."""
    id, client = made(app), signed_in("sales1a")
    whole = attaching._checked

    def meanwhile(*facts: Any) -> Any:
        with app.app_context():
            changes.record("customer.updated")
            customer = db.session.get_one(Customer, id)
            customer.owner_id, customer.team_id = the_viewer("sales2a").id, the_viewer("sales2a").team_id
            db.session.commit()
        return whole(*facts)

    monkeypatch.setattr(attaching, "_checked", meanwhile)
    assert send(client, id, ("a.pdf", PDF)).status == 403
    assert (stored(app), on_disk(app)) == ([], [])


# --- an upgrade


@pytest.mark.both_databases
def test_an_upgrade_lets_roles_attach_files_that_write_notes(app: Flask) -> None:
    def cells(rights: str) -> dict[str, dict[str, int | None]]:
        held = select(Role.code, RoleGrant.right, RoleGrant.scope).join(RoleGrant)
        found: dict[str, dict[str, int | None]] = {}
        for code, right, scope in db.session.execute(held.where(RoleGrant.right.like(rights))):
            found.setdefault(code, {})[right.partition(":")[2].replace("notes", "files")] = scope
        db.session.rollback()
        return found

    id = made(app)
    a_file(app, id)
    with app.app_context():
        before = cells("office:files%")
        db.session.remove()
        db.engine.dispose()
        downgrade(revision="0013")
        upgrade()
        assert cells("office:files%") == before == cells("office:notes%") and len(before) == 6
    assert stored(app) == []


def test_no_more_than_what_may_be_kept_is_named(app: Flask) -> None:
    with pytest.raises(RuleBroken):
        filekinds.codes_typed("pdf exe")
    assert filekinds.codes_typed("JPEG，.pdf") == ["pdf", "jpg"]
