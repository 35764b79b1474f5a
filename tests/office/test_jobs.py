"""The pages of jobs: one's own, all of them for the administrator, and files that only the starter may fetch."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import exporting
from blueprints.customers.models import Customer
from core import changes, jobs, uploads, working
from core.db import db
from core.jobs import Job
from tests.company import a_customer, the_user
from tests.pages import Client
from tests.working import worked

SignedIn = Callable[[str], Client]


@pytest.fixture
def exported(app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an export that the manager asked for, of more customers than are taken at once."""
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    monkeypatch.setattr(exporting, "BATCH", 2)
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)
    with app.app_context():
        for name in ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司"):
            a_customer(name, phone="13900001111")
    page = signed_in("manager").post("/customers/export?sort=-created")
    assert page.status == 303
    return str(page.response.location)


def test_a_large_export_is_made_behind_the_page(app: Flask, signed_in: SignedIn, exported: str) -> None:
    client = signed_in("manager")
    assert "等待中" in client.get(exported).words
    worked(app)
    page = client.get(exported)
    assert "已导出5个客户" in page.words
    assert not page.soup.select("#job[hx-trigger]")
    file = client.get(f"{exported}/file")
    assert file.status == 200
    assert file.response.headers["Content-Disposition"].startswith(
        "attachment; filename=customers-20261118.csv"
    )
    *rows, mark = csv.DictReader(io.StringIO(file.response.data.decode("utf-8-sig")))
    assert [row["名称"] for row in rows] == ["甲公司", "乙公司", "丙公司", "丁公司", "戊公司"]
    assert "陈岚" in mark["编号"]


def test_an_interrupted_export_holds_each_customer_once(
    app: Flask, signed_in: SignedIn, exported: str
) -> None:
    with app.app_context():
        id = db.session.scalars(select(Job.id)).one()
        whole = uploads.append

        def torn(name: str, size: int, data: bytes) -> int:
            whole(name, size, data + b"half a line")
            raise OSError("the disk went away")

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(uploads, "append", torn)
            working.work_on(id)
        job = db.session.get_one(Job, id, populate_existing=True)
        assert job.state == jobs.FAILED
        jobs.go_on(job)
        db.session.commit()
    worked(app)
    lines = fetched(signed_in, exported).splitlines()
    assert len(lines) == 1 + 5 + 1  # head, customers, who took them
    assert not any("half" in line for line in lines)


def test_whoever_is_renamed_meanwhile_is_not_left_out(app: Flask, signed_in: SignedIn, exported: str) -> None:
    def rename(name: str, size: int, data: bytes) -> int:
        changes.record("customer.updated")
        last = db.session.scalars(select(Customer).order_by(Customer.id.desc()).limit(1)).one()
        last.name, last.name_key = "A company", "0"
        return whole(name, size, data)

    whole = uploads.append
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uploads, "append", rename)
        worked(app)
    *rows, _mark = csv.DictReader(io.StringIO(fetched(signed_in, exported)))
    assert [row["名称"] for row in rows] == ["甲公司", "乙公司", "丙公司", "丁公司", "A company"]


def fetched(signed_in: SignedIn, exported: str) -> str:
    return signed_in("manager").get(f"{exported}/file").response.data.decode("utf-8-sig")


@pytest.mark.parametrize("who", ["lead1", "sales1a", "auditor"])
def test_others_do_not_know_of_the_job(signed_in: SignedIn, exported: str, who: str) -> None:
    client = signed_in(who)
    assert client.get(exported).status == 404
    assert client.get(f"{exported}/file").status == 404
    assert client.post(f"{exported}/cancellation").status == 404


def test_the_administrator_sees_the_job_but_never_its_file(
    app: Flask, signed_in: SignedIn, exported: str
) -> None:
    worked(app)
    client = signed_in("admin")
    page = client.get("/admin/jobs")
    assert the_name(app) in page.words
    assert client.get(exported).status == 200
    assert client.get(f"{exported}/file").status == 404
    assert not client.get(exported).soup.select(f'a[href="{exported}/file"]')


def the_name(app: Flask) -> str:
    with app.app_context():
        return the_user("manager").name


def test_whoever_may_not_export_any_more_cannot_fetch_the_file(
    app: Flask, signed_in: SignedIn, exported: str
) -> None:
    worked(app)
    without_roles(app)
    assert signed_in("manager").get(f"{exported}/file").status == 404


def test_rights_are_those_of_the_moment_at_which_it_is_made(
    app: Flask, signed_in: SignedIn, exported: str
) -> None:
    without_roles(app)
    worked(app)
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        assert job.state == jobs.FAILED
        assert not job.file


def without_roles(app: Flask) -> None:
    with app.app_context():
        changes.record("user.updated")
        manager = the_user("manager")
        for role in list(manager.roles):
            manager.roles.remove(role)
        db.session.commit()


def test_a_job_is_paused_goes_on_and_is_cancelled(app: Flask, signed_in: SignedIn, exported: str) -> None:
    client = signed_in("manager")
    for act, state in (("pause", "已暂停"), ("continuation", "等待中"), ("cancellation", "已取消")):
        assert client.post(f"{exported}/{act}").response.location == exported
        assert state in client.get(exported).words
    assert client.post(f"{exported}/pause").status == 422
    worked(app)
    assert "已取消" in client.get(exported).words


def test_the_lists_say_what_there_is(signed_in: SignedIn, exported: str) -> None:
    assert client_words(signed_in("manager"), "/jobs").count("导出客户") == 1
    assert "还没有" in client_words(signed_in("sales1a"), "/jobs")
    assert "没有这种状态" in client_words(signed_in("admin"), "/admin/jobs?state=failed")
    assert "导出客户" in client_words(signed_in("admin"), "/admin/jobs?state=waiting")


def client_words(client: Client, path: str) -> str:
    return client.get(path).words
