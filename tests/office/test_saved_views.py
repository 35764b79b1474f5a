"""Saved views: kept, shared, opened by others with their own rights, taken back; and what they never tell."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.office.models import SavedView
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer
from tests.customers.test_listing import names
from tests.pages import Client, Page
from tests.statements import Counter

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
QUERY = "status=active&where=tag:is:月结&sort=-created&columns=tier,name,city"


@pytest.fixture
def company(app: Flask) -> Flask:
    with app.app_context():
        a_customer("甲", status="active", tags=["月结"], city="上海")
        a_customer("乙", owner="sales2a", status="active", tags=["月结", "秘密标签"])
        a_customer("丙", owner="sales1b")
    return app


def kept(client: Client, query: str = QUERY, **fields: str) -> int:
    """The number of a view that somebody keeps through the pages."""
    sent = client.get(f"/lists/customers/views/new?{query}").form("/lists/customers/views")
    answer = client.post("/lists/customers/views", {**sent, "name": "我的月结", **fields})
    assert answer.status == 303, answer.words
    return int(str(answer.response.location).rpartition("=")[2])


def opened(client: Client, id: int) -> Page:
    """The list as a view shows it; a view that may be spelled out leads to its address."""
    page = client.get(f"/customers?view={id}")
    return client.get(page.response.location) if page.status in (302, 303) else page


def test_a_view_keeps_filters_columns_and_order(company: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    id = kept(client)
    address = client.get(f"/customers?view={id}").response.location
    pairs = parse_qsl(urlsplit(address).query)
    assert pairs[0] == ("view", str(id))
    assert set(pairs[1:]) == set(parse_qsl(QUERY))
    page = client.get(address)
    assert sorted(names(page)) == ["乙", "甲"]
    assert page.one('.view-tabs a[aria-current="page"]').get_text(strip=True) == "我的月结"
    assert "负责人" not in page.one("#list thead").get_text()
    assert "保存修改" not in page.words
    assert "保存修改" in client.get(f"{address}&tier=a").words


def test_a_view_is_changed_renamed_and_deleted_and_each_is_taken_back(
    company: Flask, signed_in: SignedIn
) -> None:
    client = signed_in("sales1a")
    id = kept(client)
    client.post(f"/lists/customers/views/{id}/query", {"query": "tier=a&nonsense=1"})
    form = client.get(f"/lists/customers/views/{id}/edit").form(f"/lists/customers/views/{id}")
    client.post(f"/lists/customers/views/{id}", {**form, "name": "重点"})
    assert client.post(f"/lists/customers/views/{id}", {**form, "name": "旧"}).status == 409
    assert state(company) == [("重点", "tier=a", "nobody")]
    client.post(f"/lists/customers/views/{id}/deletion")
    assert state(company) == []
    for becomes in (("重点", "tier=a"), ("我的月结", "tier=a")):
        undo_last(company, client)
        assert [view[:2] for view in state(company)] == [becomes]


def state(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        return [(v.name, v.query, v.shared) for v in db.session.scalars(select(SavedView))]


def undo_last(app: Flask, client: Client) -> None:
    """Take back the newest change of a view that nobody has taken back."""
    with app.app_context():
        undone = select(ChangeSet.undoes_id).where(ChangeSet.undoes_id.is_not(None))
        mine = select(ChangeSet.id).where(ChangeSet.verb.like("view.%"), ChangeSet.id.not_in(undone))
        last = db.session.scalars(mine.order_by(ChangeSet.id.desc())).first()
    assert client.post(f"/changes/{last}/undo").status == 303


def test_a_shared_view_shows_each_their_own_and_no_names_they_may_not_know(
    company: Flask, signed_in: SignedIn
) -> None:
    id = kept(signed_in("manager"), "tag=秘密标签&where=owner:is:sales2a|tag:is:月结", shared="everybody")
    assert names(opened(signed_in("manager"), id)) == ["乙"]
    assert names(opened(signed_in("sales2a"), id)) == ["乙"]
    page = opened(signed_in("sales1a"), id)
    assert names(page) == [] and page.status == 200
    assert "秘密标签" not in page.text and "sales2a" not in page.text and "韩雪" not in page.one("#list").text
    assert "（不显示）" in page.words
    exported = signed_in("sales1a").post(
        "/customers/bulk/preview", {"all": "1", "back": f"/customers?view={id}"}
    )
    assert not exported.soup.select("input[name=id]")


def test_the_export_follows_the_view(company: Flask, signed_in: SignedIn) -> None:
    id = kept(signed_in("manager"), "tag=秘密标签")
    sent = signed_in("manager").http.get(f"/customers/export?view={id}").get_data(as_text=True)
    assert "1位客户" in sent or "1个客户" in sent


@pytest.mark.parametrize(
    ("who", "seen"), [("sales1a", True), ("lead1", True), ("sales2a", False), ("service1", False)]
)
def test_a_view_of_a_team_is_seen_by_the_team(
    company: Flask, signed_in: SignedIn, who: str, seen: bool
) -> None:
    id = kept(signed_in("lead1"), shared="team", team="sales1")
    assert (opened(signed_in(who), id).status == 200) is seen
    assert ("我的月结" in signed_in(who).get("/customers?view=0").words) is seen


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        ("sales1a", {"shared": "everybody"}, 422),
        ("lead1", {"shared": "everybody"}, 422),
        ("lead1", {"shared": "team", "team": "sales2"}, 422),
        ("lead1", {"shared": "team"}, 422),
        ("lead1", {"name": " "}, 422),
        ("lead1", {"name": "长" * 61}, 422),
        ("finance", {}, 403),
    ],
)
def test_nobody_shares_further_than_they_may(
    company: Flask, signed_in: SignedIn, who: str, fields: dict[str, str], status: int
) -> None:
    sent = {"name": "x", "shared": "nobody", "query": "tier=a", **fields}
    assert signed_in(who).post("/lists/customers/views", sent).status == status
    assert state(company) == []


def test_others_neither_open_nor_change_what_is_not_shared(company: Flask, signed_in: SignedIn) -> None:
    id, before = kept(signed_in("sales1a")), state(company)
    other = signed_in("manager")
    for answer in (
        other.get(f"/customers?view={id}"),
        other.get(f"/views/{id}"),
        other.get(f"/lists/customers/views/{id}/edit"),
        other.post(f"/lists/customers/views/{id}/deletion"),
        other.post(f"/lists/customers/views/{id}/query", {"query": ""}),
        other.post("/customers/bulk/preview", {"all": "1", "back": f"/customers?view={id}"}),
    ):
        assert answer.status == 404
    shared = kept(signed_in("manager"), shared="everybody")
    assert signed_in("sales1a").post(f"/lists/customers/views/{shared}/deletion").status == 403
    assert before[0] in state(company)


def test_a_list_opens_with_the_view_that_one_chose(company: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    id = kept(client, "tag=秘密标签")
    client.post("/lists/customers/views/default", {"view": str(id)})
    assert f"view={id}" in str(client.get("/customers").response.location)
    assert len(names(client.get("/customers?view=0"))) == 3
    assert sorted(names(client.get("/customers?tier=none"))) == ["丙", "乙", "甲"]
    assert len(names(signed_in("leader").get("/customers"))) == 3
    client.post("/lists/customers/views/default", {"view": ""})
    assert len(names(client.get("/customers"))) == 3


def test_views_cost_the_list_one_statement(company: Flask, signed_in: SignedIn, statements: Counter) -> None:
    client, counts = signed_in("manager"), []
    for _n in range(2):
        with statements() as sent:
            client.get("/customers")
        assert sum("saved_views" in statement for statement in sent) == 1
        counts.append(len(sent))
        for _m in range(3):
            kept(client)
    assert counts[0] == counts[1]
