"""The pages of personal data: all of it as a file, the legal hold, and the erasure with its confirmation."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask

from blueprints.access.defaults import BRANCH
from blueprints.customers import actions, erasing, everything, merge_requests, merging, owner_requests
from blueprints.office.models import Approval
from core import uploads
from core.db import db
from core.rights import Right
from tests.company import PASSWORD, a_customer, the_user, the_viewer, with_right
from tests.customers.keeping import acted
from tests.pages import Client
from tests.security.world import a_full_customer
from tests.working import the_job, worked

SignedIn = Callable[[str], Client]


@pytest.mark.both_databases
def test_everything_is_in_the_file(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        sample = a_full_customer(lambda column: f"值{column}")
    person = signed_in("manager")
    page = person.get(f"/customers/{sample.id}/personal-data")
    asked = page.form(f"/customers/{sample.id}/full-export") | {"reason": "本人要求"}
    assert person.post(f"/customers/{sample.id}/full-export", asked).status == 303
    worked(app)
    job = the_job(app, everything.JOB)
    with app.app_context():
        data = uploads.path_of(str(job.file)).read_bytes()
    with ZipFile(BytesIO(data)) as zip:
        told = zip.read("everything.json").decode()
        assert any(name.startswith("files/") for name in zip.namelist())
    missing = [
        place
        for text, place in sample.texts.items()
        if text not in told and not place.startswith(("tags.", "note_mentions"))
    ]
    assert not missing
    found = json.loads(told)
    assert found["history"] and {"customers", "people", "contact_points", "purchases"} <= {
        part["table"] for part in found["sections"]
    }


@pytest.mark.both_databases
def test_of_one_person_only_what_is_theirs(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer("甲公司", phone="13900000001")
        person = acted(actions.add_person, customer, {"name": "王敏", "phone": "13812345678"})
        id, person_id = customer.id, person.id
    manager = signed_in("manager")
    said = {"about": str(person_id), "reason": "x"}
    assert manager.post(f"/customers/{id}/full-export", said).status == 303
    worked(app)
    with app.app_context(), ZipFile(uploads.path_of(str(the_job(app, everything.JOB).file))) as zip:
        told = zip.read("everything.json").decode()
    assert "王敏" in told and "13812345678" in told and "13900000001" not in told


def the_file(app: Flask, person: Client, id: int) -> dict[str, Any]:
    """The file of everything that somebody asks for, read."""
    assert person.post(f"/customers/{id}/full-export", {"reason": "x"}).status == 303
    worked(app)
    with app.app_context(), ZipFile(uploads.path_of(str(the_job(app, everything.JOB).file))) as zip:
        return dict(json.loads(zip.read("everything.json")))


@pytest.mark.both_databases
def test_what_was_asked_about_the_customer_is_in_the_file(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        with_right("lead", Right.CUSTOMERS_EXPORT_FILE, BRANCH)
        mine, gone, far = (a_customer(f"{name}公司", owner=who) for name, who in
                           (("甲", "sales1a"), ("乙", "sales1a"), ("丙", "sales2a")))  # fmt: skip
        service = the_viewer("service1")
        for customer, reason in ((mine, "就近服务"), (gone, "换人跟进"), (far, "无关")):
            acted(owner_requests.ask_for_owner, customer, the_user("sales1b"), by=service, reason=reason)
        acted(merge_requests.ask_to_merge, far, mine, by=service, reason="同一家")
        acted(merging.merge, [mine, gone], mine, {}, versions={mine.id: mine.version, gone.id: gone.version},
              owners_help=False, by=the_viewer("manager"))  # fmt: skip
        id = mine.id
    for who, meant in (("manager", {"就近服务", "换人跟进", "同一家"}), ("lead1", {"就近服务", "换人跟进"})):
        told = the_file(app, signed_in(who), id)
        [rows] = [part["rows"] for part in told["sections"] if part["table"] == "approvals"]
        assert {row["原因"] for row in rows} == meant
        assert {row["申请事项"] for row in rows} <= {"更换负责人", "合并档案"}, rows
        asked = [
            entry for entry in told["history"] if (entry["did"], entry["what"]) == ("提交了审批", "申请")
        ]
        assert len(asked) == len(meant), told["history"]


@pytest.mark.both_databases
def test_a_request_to_merge_goes_with_either_of_its_files(in_context: None) -> None:
    mine, other = a_customer("甲公司"), a_customer("乙公司")
    asked = acted(merge_requests.ask_to_merge, other, mine, by=the_viewer("sales1a"), reason="和甲公司是一家")
    acted(erasing.erase, [mine.id], ground="asked")
    assert db.session.get(Approval, asked.id) is None


def test_an_erasure_asks_for_number_ground_and_password(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer("宏图广告有限公司")
        id, number = customer.id, customer.number
    person, at = signed_in("manager"), f"/customers/{id}/erasure"
    form = person.get(at).form()
    right = form | {"ground": "asked", "number": number, "old": PASSWORD}
    for wrong in (
        {"ground": ""},
        {"number": "KH999"},
        {"old": "not my password"},
        {"reason": "宏图广告有限公司来函"},
    ):
        assert person.post(at, right | wrong).status == 422
    assert person.post(at, right).status == 303
    assert person.get(f"/customers/{id}").status == 404
    assert "宏图" not in person.get("/customers/bin").one("main").get_text()


def test_a_hold_is_put_seen_and_lifted(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person = signed_in("manager")
    assert person.post(f"/customers/{id}/hold", {"reason": " "}).status == 422
    assert person.post(f"/customers/{id}/hold", {"reason": "仲裁中"}).status == 303
    assert "仲裁中" in person.get(f"/customers/{id}/personal-data").one("main").get_text()
    assert person.post(f"/customers/{id}/deletion").status == 422
    assert "legal" in person.get(f"/customers/{id}").text or "保全" in person.get(f"/customers/{id}").text
    assert "仲裁中" not in signed_in("sales1a").get(f"/customers/{id}").text
    assert person.post(f"/customers/{id}/hold-release").status == 303
    assert person.post(f"/customers/{id}/deletion").status == 303


@pytest.mark.parametrize("username", ["sales1a", "lead1", "service1", "auditor", "admin"])
def test_nobody_else_may(app: Flask, signed_in: SignedIn, username: str) -> None:
    with app.app_context():
        id = a_customer().id
    person = signed_in(username)
    assert person.get(f"/customers/{id}/erasure").status in (403, 404)
    assert person.post(f"/customers/{id}/erasure", {"number": "x"}).status in (403, 404)
    assert person.post(f"/customers/{id}/full-export", {"reason": "x"}).status in (403, 404)
