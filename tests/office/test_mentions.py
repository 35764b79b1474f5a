"""Mentions in notes: only of whoever may see the file, each told once, and nothing leaks to whoever may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import User
from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.office import rules
from core import changes, clock
from core.db import db
from core.errors import RuleBroken
from core.notifications import Notification
from tests.company import the_user, the_viewer
from tests.office.test_notes import a_note, at, made, stored, texts
from tests.pages import Client, Page
from tests.statements import Counter
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]
NAMES = {"sales1a": "李雷", "lead1": "周正", "wang@firm.cn": "王"}


# --- the rule


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("请@lead1看一下", ["lead1"]),
        ("＠Lead1，@lead1 和 @sales1a。", ["lead1", "sales1a"]),
        ("@wang@firm.cn 你好", ["wang@firm.cn"]),
        ("发到 wm@huaxing.example 或 a.b@c", []),
        ("单价 @ 5，@ 和 @a", []),
        ("@lead1.@sales1a", ["lead1.@sales1a"]),
        ("@lead1. @sales1a-", ["lead1", "sales1a"]),
        ("", []),
    ],
)
def test_whom_a_text_mentions(text: str, names: list[str]) -> None:
    assert rules.mentioned(text) == names


def test_a_note_mentions_not_everybody() -> None:
    rules.mentioned(" ".join(f"@user{n}" for n in range(rules.MOST_MENTIONED)))
    with pytest.raises(RuleBroken) as broken:
        rules.mentioned(" ".join(f"@user{n}" for n in range(rules.MOST_MENTIONED + 1)))
    assert broken.value.field == "text"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请@lead1看", [("请", ""), ("@lead1", "周正"), ("看", "")]),
        ("@LEAD1", [("@LEAD1", "周正")]),
        ("@nobody 和 a@lead1", [("@nobody 和 a@lead1", "")]),
        ("@lead1@sales1a", [("@lead1@sales1a", "")]),
    ],
)
def test_a_text_is_cut_at_its_mentions(text: str, found: list[tuple[str, str]]) -> None:
    assert rules.pieces(text, NAMES) == found
    assert "".join(piece for piece, _name in rules.pieces(text, NAMES)) == text


# --- who is told


def told(app: Flask) -> list[str]:
    """The user names of those who were told, in order."""
    with app.app_context():
        who = select(User.username).join(Notification, Notification.recipient_id == User.id)
        return list(db.session.scalars(who.order_by(Notification.id)))


def notices(page: Page) -> list[str]:
    return [" ".join(name.get_text(" ").split()) for name in page.soup.select("#list .list-name")]


@pytest.mark.both_databases
def test_whoever_is_mentioned_is_told_once_and_led_to_the_note(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app, short_name="华兴科技"), signed_in("sales1a")
    answer = owner.post(at(id), {"text": "@lead1 @sales1a @lead1 请看\n合同"})
    assert answer.status == 303
    assert told(app) == ["lead1"], "nobody is told of themselves"
    lead = signed_in("lead1")
    page = lead.get("/notifications")
    assert notices(page) == ["李雷在华兴科技的笔记里提到了你"] and "请看 合同" in page.words
    opened = lead.post(str(page.one("#list form")["action"]))
    shown = lead.get(opened.response.location)
    assert shown.status == 303
    file = lead.get(shown.response.location.split("#")[0])
    assert [mark.get_text() for mark in file.soup.select("#notes .mention")] == ["@周正", "@李雷", "@周正"]


@pytest.mark.both_databases
def test_an_edit_tells_only_whom_it_mentions_anew(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    note = a_note(app, id, "@lead1 请看")
    for version, text in enumerate(("@lead1 @manager 请看", "@manager 请看", "@lead1 @manager 再看"), 1):
        assert owner.post(at(id, f"/{note}"), {"text": text, "version": str(version)}).status == 303
    assert told(app) == ["lead1", "manager"]
    assert len(owner.get(at(id)).soup.select("#notes .mention")) == 2


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["sales2a", "sales1b", "admin", "finance", "nobody", "gone"])
def test_who_may_not_see_the_file_is_as_nobody_there(app: Flask, signed_in: SignedIn, name: str) -> None:
    id, owner = made(app), signed_in("sales1a")
    with app.app_context():
        changes.record("user.deactivated")
        leaver = the_user("callback1")
        leaver.username, leaver.deactivated_at = "gone", clock.now()
        db.session.commit()
    before = snapshot(app)
    page = owner.post(at(id), {"text": f"@lead1 @{name} 请看", "create_key": "k"})
    assert page.status == 422 and difference(before, snapshot(app)) == ""
    sentence = page.one(".field .form-error").get_text(" ", strip=True)
    assert sentence.replace(name, "…") == (
        "“@…”不是能看到此档案的人。请从输入@后出现的名单里选择，或在@后加一个空格。"
    )
    assert page.one("textarea[name=text]").get_text().strip() == f"@lead1 @{name} 请看"


def test_a_helper_may_be_mentioned_and_stays_so_when_they_help_no_more(
    app: Flask, signed_in: SignedIn
) -> None:
    id = made(app, helpers={"sales2a": False})
    note = a_note(app, id, "@sales2a 帮忙看看")
    assert told(app) == ["sales2a"]
    end_help(app, id)
    owner = signed_in("sales1a")
    assert owner.post(at(id, f"/{note}"), {"text": "@sales2a 谢谢", "version": "1"}).status == 303
    assert owner.get(at(id)).one("#notes .mention").get_text() == "@韩雪"
    assert owner.post(at(id), {"text": "@sales2a 又来"}).status == 422


def end_help(app: Flask, id: int) -> None:
    with app.app_context():
        customers.set_helpers(db.session.get_one(Customer, id), {})
        db.session.commit()


@pytest.mark.both_databases
@pytest.mark.parametrize("lost", ["sight", "customer", "note"])
def test_a_notification_tells_nothing_of_what_its_reader_sees_no_more(
    app: Flask, signed_in: SignedIn, lost: str
) -> None:
    id = made(app, helpers={"sales2a": False}, short_name="华兴科技")
    note, helper = a_note(app, id, "@sales2a 秘密"), signed_in("sales2a")
    assert notices(helper.get("/notifications")) == ["李雷在华兴科技的笔记里提到了你"]
    if lost == "sight":
        end_help(app, id)
    elif lost == "customer":
        signed_in("lead1").post(f"/customers/{id}/deletion")
    else:
        signed_in("sales1a").post(at(id, f"/{note}/deletion"))
    page = helper.get("/notifications")
    assert not [word for word in ("华兴", "秘密", "李雷", "notes/") if word in page.one("#list").decode()]
    assert len(notices(page)) == 1
    assert helper.get(at(id, f"/{note}")).status == 404


def test_the_page_of_notifications_costs_the_same_for_any_number(
    app: Flask, signed_in: SignedIn, statements: Counter
) -> None:
    lead, costs = signed_in("lead1"), []
    for n in range(1, 4):
        for k in range(n):
            a_note(app, made(app, name=f"客户{n}{k}"), "@lead1 请看", by="manager" if k % 2 else "sales1a")
        lead.get("/notifications")
        with statements() as sent:
            page = lead.get("/notifications")
        costs.append(len(sent))
    assert len(set(costs)) == 1 and len(notices(page)) == 6


# --- the colleagues that are offered


def offered(page: Page) -> list[str]:
    return [str(row["data-colleague"]) for row in page.soup.select("[data-colleague]")]


@pytest.mark.both_databases
def test_only_colleagues_who_may_see_the_file_are_offered(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, helpers={"sales2a": False})
    page = signed_in("sales1a").get(at(id, "/colleagues"))
    near = ["assistant1", "lead1"]
    others = {"leader", "manager", "sales2a", "service1", "callback1", "auditor"}
    found = offered(page)
    assert sorted(found[:2]) == near and set(found[2:]) == others
    assert "sales1b" not in page.one("main").decode() and "林小满" not in page.words


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("周正", ["lead1"]), ("zhou", ["lead1"]), ("LEAD1", ["lead1"]), ("lead2", []), ("%", []), ("李雷", []),
        ("林小满", []), ("x" * 200, []),
    ],
)  # fmt: skip
def test_colleagues_are_found_by_name_sound_and_user_name(
    app: Flask, signed_in: SignedIn, q: str, found: list[str]
) -> None:
    id, owner = made(app), signed_in("sales1a")
    assert offered(owner.get(at(id, "/colleagues"), query_string={"q": q})) == found


@pytest.mark.both_databases
def test_offering_costs_the_same_for_any_number_of_colleagues(
    app: Flask, signed_in: SignedIn, statements: Counter
) -> None:
    id, owner, costs = made(app), signed_in("sales1a"), []
    for q in ("zhou", ""):
        owner.get(at(id, "/colleagues"))
        with statements() as sent:
            owner.get(at(id, f"/colleagues?q={q}"))
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_rights_are_read_afresh_when_somebody_is_mentioned(app: Flask, signed_in: SignedIn) -> None:
    id, owner = made(app), signed_in("sales1a")
    assert owner.post(at(id), {"text": "@service1 请看"}).status == 303
    with app.app_context():
        service = the_user("service1")
        with changes.acting(changes.Actor(the_viewer("admin").id, "admin", "web")):
            changes.record("user.updated")
            service.roles.clear()
            db.session.commit()
    assert owner.post(at(id), {"text": "@service1 又来"}).status == 422
    assert "service1" not in offered(owner.get(at(id, "/colleagues")))
    assert stored(app) == ["@service1 请看"] and texts(owner.get(at(id))) == ["@何平 请看"]
