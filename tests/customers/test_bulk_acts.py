"""A bulk change: what its preview tells, each of its acts, and that each is taken back as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import bulk
from blueprints.customers.models import Customer
from core import jobs
from core.db import db
from tests.company import a_customer
from tests.pages import Client, Page
from tests.working import the_job, undone, worked

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
NOTHING = {"tier": "none", "intent": "none", "status": "lead"}


@pytest.fixture
def ids(app: Flask) -> list[int]:
    """Three of sales1a, of which the first has a tag and a helper, and one of another team."""
    with app.app_context():
        first = a_customer("甲", tags=["展会"], tier="b", helpers={"sales1b": False}).id
        return [first, a_customer("乙").id, a_customer("丙").id, a_customer("丁", owner="sales2a").id]


def asked(client: Client, ids: list[int], to: str = "", **fields: str) -> Page:
    return client.post(f"/customers/bulk{to}", {"id": [str(id) for id in ids], **NOTHING, **fields})


def state(app: Flask) -> dict[str, Any]:
    """Of each living customer what a bulk change may change, by name."""
    with app.app_context():
        found = db.session.scalars(select(Customer).where(Customer.deleted_at.is_(None)))
        return {
            customer.name: (
                customer.tier,
                sorted(tag.name for tag in customer.tags),
                sorted((helper.user.username, helper.may_write) for helper in customer.helpers),
            )
            for customer in found
        }


ACTS = [
    ({"act": "tags", "tags": "展会"}, "乙丙", "1个已有这些标签", ("none", ["展会"], []), "添加标签 展会"),
    ({"act": "untags", "untags": "展会"}, "甲", "2个没有这些标签", ("b", [], [("sales1b", False)]), "去掉标签 展会"),
    (
        {"act": "help", "help": "sales1b", "may_write": "1"}, "乙丙", "1个的负责人或协作人已经是此人",
        ("none", [], [("sales1b", True)]), "添加协作人 吴桐，也可编辑",
    ),
    ({"act": "unhelp", "unhelp": "sales1b"}, "甲", "2个没有这位协作人", ("b", ["展会"], []), "移除协作人 吴桐"),
    (
        {"act": "tier", "tier": "b"}, "乙丙", "1个已经如此（客户级别：B 重要）", ("b", [], []),
        "客户级别 B 重要 （现为：未定级 × 2）",
    ),
    ({"act": "bin"}, "甲乙丙", "", None, "回收站 移入回收站"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "ready", "already", "becomes", "said"), ACTS, ids=[act[0]["act"] for act in ACTS]
)
def test_the_preview_says_which_and_the_change_is_taken_back_as_one(
    app: Flask,
    signed_in: SignedIn,
    ids: list[int],
    fields: dict[str, str],
    ready: str,
    already: str,
    becomes: Any,
    said: str,
) -> None:
    lead, before = signed_in("lead1"), state(app)
    page = asked(lead, ids, "/check", **fields)
    assert all(name in page.one(".page-sub").get_text() for name in ready)
    assert "丁" not in page.words  # of another team: it is not even told that it is left out
    assert already in page.words and ("保持不变" in page.words) is bool(already)
    assert " ".join(page.one("#news dl").get_text(" ").split()) == said
    assert state(app) == before
    sent = page.form("/customers/bulk")
    assert len(sent["id"]) == len(ready)
    answer = lead.post("/customers/bulk", sent)
    assert answer.status == 303
    after = state(app)
    assert {name: after.get(name) for name in ready} == dict.fromkeys(ready, becomes)
    others = before.keys() - set(ready)
    assert {name: after[name] for name in others} == {name: before[name] for name in others}
    change = int(answer.response.location.rpartition("/")[2])
    assert lead.post(f"/changes/{change}/undo").status == 303
    assert state(app) == before


def test_the_preview_of_a_new_owner_names_the_team_that_follows(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    page = asked(signed_in("manager"), ids, "/check", act="owner", owner="sales2a", reason="转区")
    said = " ".join(page.one("#news").get_text(" ").split())
    assert "负责人 韩雪 （现为：李雷 × 3）" in said and "部门 销售二部 （现为：销售一部 × 3）" in said
    assert "原因 转区" in said and "1个的负责人已经是此人" in page.words and "丁" in page.words


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"act": "status", "status": "lost"}, "lost_reason", "请说明流失原因。"),
        ({"act": "owner", "owner": "sales2a"}, "reason", "请说明更换负责人的原因。"),
    ],
)
def test_what_would_be_refused_is_refused_by_the_preview_and_nothing_typed_is_lost(
    app: Flask, signed_in: SignedIn, ids: list[int], fields: dict[str, str], name: str, sentence: str
) -> None:
    page = asked(signed_in("manager"), ids, "/check", **fields)
    assert page.status == 422
    assert sentence in page.one(f"#{name}-error").get_text()
    sent = page.form("/customers/bulk")
    assert {key: sent[key] for key in fields} == {key: [value] for key, value in fields.items()}
    assert len(sent["id"]) == len(ids)


def test_a_status_other_than_lost_takes_no_reason_of_a_loss_along(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    page = asked(signed_in("manager"), ids, "/check", act="status", status="active", lost_reason="price")
    assert "流失原因" not in page.one("#news").get_text()


def test_what_somebody_may_not_change_is_left_out_of_the_preview(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    own = signed_in("sales1b")
    page = asked(own, ids, "/check", act="tier", tier="a")
    assert "1个你不能这样修改" in page.words and "甲" in page.words
    assert not page.soup.select('form[action="/customers/bulk"]')
    assert asked(own, ids, act="tier", tier="a").status == 403


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        ("lead1", {"act": "status", "status": "lost"}, 422),
        ("lead1", {"act": "help", "help": "finance"}, 422),
        ("lead1", {"act": "help"}, 422),
        ("lead1", {"act": "untags", "untags": " "}, 422),
        ("assistant1", {"act": "bin"}, 422),
        ("sales1a", {"act": "bin"}, 422),  # made by somebody else
        ("auditor", {"act": "tags", "tags": "展会"}, 403),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    app: Flask, signed_in: SignedIn, ids: list[int], who: str, fields: dict[str, str], status: int
) -> None:
    before = state(app)
    assert asked(signed_in(who), ids[:3], **fields).status == status
    assert state(app) == before


@pytest.mark.parametrize(
    "fields", [{"act": "untags", "untags": "展会"}, {"act": "bin"}, {"act": "help", "help": "sales2a"}]
)
def test_many_are_changed_behind_the_page_and_taken_back(
    app: Flask, signed_in: SignedIn, ids: list[int], monkeypatch: pytest.MonkeyPatch, fields: dict[str, str]
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "BATCH", 1)
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)
    before, lead = state(app), signed_in("manager")
    assert "/jobs/" in str(asked(lead, ids, **fields).response.location)
    worked(app)
    assert state(app) != before
    undone(app, lead, int(the_job(app, bulk.JOB).place["act"]))
    assert state(app) == before


def test_all_of_a_filtered_list_are_those_that_its_conditions_find(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    page = signed_in("manager").post(
        "/customers/bulk/preview", {"all": "1", "back": "/customers?where=tag:is:展会"}
    )
    assert page.form("/customers/bulk")["id"] == [str(ids[0])]


def test_a_new_owner_who_helped_helps_no_more(app: Flask, signed_in: SignedIn, ids: list[int]) -> None:
    with app.app_context():
        other = a_customer("戊", helpers={"sales1b": True, "sales2a": False}).id
    lead, before = signed_in("lead1"), state(app)
    chosen = [ids[0], ids[1], other]
    sent = asked(lead, chosen, act="owner", owner="sales1b", reason="分工调整")
    after = state(app)
    assert (after["甲"][2], after["乙"][2], after["戊"][2]) == ([], [], [("sales2a", False)])
    change = int(sent.response.location.rpartition("/")[2])
    assert lead.post(f"/changes/{change}/undo").status == 303
    assert state(app) == before
