"""Which of our accounts holds a friend on WeChat: noted, shown, told, and moved with its contact point."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.customers import actions, everything
from blueprints.customers.models import ContactPoint
from core.db import db
from tests.company import a_customer
from tests.core.undos import as_manager
from tests.customers.test_merge import merged_into
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def test_the_account_is_noted_shown_and_in_the_history(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person, at = signed_in("sales1a"), f"/customers/{id}/points"
    friend = {"kind": "wechat", "value": "wangmin88", "added_by": "销售一部工作微信"}
    assert person.post(at, person.get(f"{at}/new").form(at) | friend).status == 303
    assert "销售一部工作微信" in person.get(f"/customers/{id}").one("#people").get_text()
    link = str(person.get(f"/customers/{id}").one('#people .point a[href$="/edit"]')["href"])
    action = link.removesuffix("/edit")
    form = person.get(link).form(action)
    assert form["added_by"] == ["销售一部工作微信"]
    assert person.post(action, form | {"added_by": "赵敏的企业微信"}).status == 303
    told = person.get(f"/customers/{id}/history").text
    assert "添加账号" in told and "赵敏的企业微信" in told and "销售一部工作微信" in told
    refused = person.post(action, person.get(link).form(action) | {"kind": "mobile", "value": "13900000007"})
    assert refused.status == 422 and refused.one("#added_by-error") and "13900000007" in refused.text


def test_only_a_friend_has_an_account(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    point = {"kind": "mobile", "value": "13900000007", "added_by": "工作微信"}
    answer = signed_in("sales1a").post(f"/customers/{id}/points", point)
    assert answer.status == 422 and answer.one("#added_by-error")


def test_a_merge_keeps_the_account_and_all_that_is_told_names_it(in_context: None) -> None:
    one, two = a_customer("一"), a_customer("二")
    as_manager("customer.updated")
    actions.add_point(one, "wangmin88", kind="wechat")
    actions.add_point(two, "wangmin88", kind="wechat", added_by="工作微信")
    actions.add_point(two, "limin66", kind="wecom", added_by="二号企业微信")
    db.session.commit()
    merged_into(one, two)
    kept = db.session.query(ContactPoint).filter_by(customer_id=one.id)
    assert {point.value: point.added_by for point in kept} == {
        "wangmin88": "工作微信", "limin66": "二号企业微信",
    }  # fmt: skip
    row = {"id": 1, "kind": "wechat", "value": "wangmin88", "added_by": "工作微信"}
    assert everything.section("contact_points", [row])["rows"][0]["添加账号"] == "工作微信"
