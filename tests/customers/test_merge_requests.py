"""Asking that two files be merged: who may, whom it reaches, and that the yes leads to the merge."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers.models import Customer
from blueprints.office.models import Approval
from core import changes, clock
from core.db import db
from tests.company import a_customer
from tests.pages import Client

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return a_customer("恒达餐饮").id, a_customer("恒达餐饮管理有限公司").id


def asked(client: Client, files: tuple[int, int]) -> int:
    path = f"/customers/{files[0]}/merge-request"
    form = client.get(f"{path}?other={files[1]}").form(path)
    answer = client.post(path, {**form, "reason": "同一个电话"})
    assert answer.status == 303, answer.words
    return int(str(answer.response.location).rpartition("/")[2])


def approver(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Approval, id).approver.username


def test_who_says_yes_goes_on_to_merge(app: Flask, signed_in: SignedIn, two: tuple[int, int]) -> None:
    asker = signed_in("sales1a")
    assert "恒达餐饮管理有限公司" in asker.get(f"/customers/{two[0]}/merge-request?q=恒达").words
    id = asked(asker, two)
    lead = signed_in("lead1")
    assert {"恒达餐饮", "恒达餐饮管理有限公司"} <= set(
        lead.get(f"/approvals/{id}").one("#sides").stripped_strings
    )
    answer = lead.post(f"/approvals/{id}/approval", {})
    assert answer.status == 303
    assert lead.get(str(answer.response.location)).form("/customers/merge")
    with app.app_context():
        assert len(db.session.scalars(select(Customer).where(Customer.deleted_at.is_(None))).all()) == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [("auditor", 403), ("callback1", 403), ("sales1b", 404), ("finance", 403), ("lead1", 422)],
)
def test_who_cannot_ask(app: Flask, signed_in: SignedIn, two: tuple[int, int], who: str, status: int) -> None:
    sent = {"other": str(two[1]), "reason": "x", "create_key": "1"}
    assert signed_in(who).post(f"/customers/{two[0]}/merge-request", sent).status == status


def test_a_file_out_of_sight_is_no_choice(app: Flask, signed_in: SignedIn, two: tuple[int, int]) -> None:
    with app.app_context():
        hidden = a_customer("恒达餐饮分店", owner="sales2a").id
    client, path = signed_in("sales1a"), f"/customers/{two[0]}/merge-request"
    assert "分店" not in client.get(f"{path}?q=恒达").words
    assert client.get(f"{path}?other={hidden}").status == 404
    for other in (str(hidden), str(two[0]), "", "x"):
        assert client.post(path, {"other": other, "reason": "x", "create_key": "1"}).status in (404, 422)


def test_files_of_two_teams_go_to_who_may_merge_both(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        files = a_customer("恒达餐饮").id, a_customer("恒达餐饮管理有限公司", owner="sales2a").id
    assert approver(app, asked(signed_in("service1"), files)) == "leader"


def test_of_one_that_is_gone_there_is_nothing_to_approve(
    app: Flask, signed_in: SignedIn, two: tuple[int, int]
) -> None:
    id = asked(signed_in("sales1a"), two)
    with app.app_context():
        changes.record("customer.binned")
        db.session.get_one(Customer, two[1]).deleted_at = clock.now()
        db.session.commit()
    assert signed_in("lead1").post(f"/approvals/{id}/approval", {}).status == 422
    assert "恒达餐饮管理" not in signed_in("lead1").get(f"/approvals/{id}").words
