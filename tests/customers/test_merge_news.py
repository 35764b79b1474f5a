"""A merge is told to whoever looked after one of the files, once each, as far as they see what there is now."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import User
from blueprints.customers import erasing, merge_news
from blueprints.customers.models import Customer
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from core.notifications import Notification
from tests.company import a_customer, the_user, the_viewer
from tests.customers.keeping import acted
from tests.customers.test_merge import merged_into
from tests.pages import Client
from tests.statements import Counter

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def told(apart: bool = False) -> list[str]:
    """Who has a notification of a merge, or of its end; one a line."""
    rows = select(Notification, User.username).join(User, User.id == Notification.recipient_id)
    found = db.session.execute(rows.where(Notification.kind == merge_news.KIND))
    return sorted(who for row, who in found if row.facts["apart"] is apart)


def taken_back(change_set: ChangeSet, who: str = "manager") -> None:
    by = the_viewer(who)
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        undo.undo(change_set, by)
        db.session.commit()


@pytest.mark.parametrize(
    ("winner", "loser", "owners_help", "meant"),
    [
        # owner and helpers of each file
        (("sales1a", ()), ("sales1b", ()), True, ["sales1a", "sales1b"]),
        (("sales1a", ("sales2a",)), ("sales1b", ("sales1a",)), True, ["sales1a", "sales1b", "sales2a"]),
        # once for both files of one owner
        (("sales1a", ()), ("sales1a", ()), False, ["sales1a"]),
        # the owner of the file that is gone does not see the other, a helper comes along with the file
        (("sales1a", ()), ("sales1b", ("sales2a",)), False, ["sales1a", "sales2a"]),
        # a file of nobody
        ((None, ()), (None, ("sales2a",)), False, ["sales2a"]),
        # not whoever merges
        (("manager", ()), ("sales1b", ()), True, ["sales1b"]),
    ],
)
def test_who_is_told(
    in_context: None, winner: tuple[str | None, tuple[str, ...]], loser: tuple[str | None, tuple[str, ...]],
    owners_help: bool, meant: list[str],
) -> None:  # fmt: skip
    into, gone = (
        a_customer(name, owner=owner, helpers=dict.fromkeys(helpers, True))
        for name, (owner, helpers) in (("恒达餐饮", winner), ("恒达餐饮管理有限公司", loser))
    )
    merged_into(into, gone, help=owners_help)
    assert told() == meant


def test_who_left_is_not_told(in_context: None) -> None:
    into, gone = a_customer("恒达餐饮"), a_customer("恒达", owner="sales1b")
    changes.record("user.updated")
    the_user("sales1b").deactivated_at = the_user("sales1b").created_at
    db.session.commit()
    merged_into(into, gone, help=True)
    assert told() == ["sales1a"]


def test_those_who_were_told_are_told_of_the_undo(in_context: None) -> None:
    into = a_customer("恒达餐饮", owner="sales1a", helpers={"lead1": True})
    gone = a_customer("恒达", owner="sales1b")
    other = merged_into(a_customer("别家", owner="sales2a"), a_customer("别家二", owner="sales2a"))
    made = merged_into(into, gone, help=True)
    assert told() == ["lead1", "sales1a", "sales1b", "sales2a"]
    taken_back(made, "lead1")
    assert told(apart=True) == ["sales1a", "sales1b"]  # not whoever takes it back
    taken_back(other)
    assert told(apart=True) == ["sales1a", "sales1b", "sales2a"]


def test_what_each_reads(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        into, gone = a_customer("恒达餐饮", owner="sales1a"), a_customer("恒达管理", owner="sales1b")
        id, gone_id, number = into.id, gone.id, gone.number
        made = merged_into(into, gone, help=True).id
    mine, other = (signed_in(who).get("/notifications") for who in ("sales1a", "sales1b"))
    assert "陈岚把档案并入了恒达餐饮" in mine.words and "陈岚把档案并入了恒达餐饮" in other.words
    assert number not in mine.words and "恒达管理" not in mine.words  # never theirs to see
    assert f"恒达管理 · {number}" in other.words
    opened = signed_in("sales1b").post(other.soup.select_one('form[action$="/opening"]')["action"])
    assert opened.response.location.endswith(f"/customers/{id}")
    with app.app_context():
        taken_back(db.session.get_one(ChangeSet, made))
    other = signed_in("sales1b").get("/notifications")
    assert "陈岚撤销了合并" in other.words and "恒达餐饮" not in other.words
    opened = signed_in("sales1b").post(other.soup.select_one('form[action$="/opening"]')["action"])
    assert opened.response.location.endswith(f"/customers/{gone_id}")


def test_nothing_is_told_any_more_of_what_was_erased(in_context: None) -> None:
    into, gone = a_customer("恒达餐饮"), a_customer("恒达", owner="sales1b")
    merged_into(into, gone, help=True)
    acted(erasing.erase, [into.id], ground="asked")
    assert told() == [] and db.session.get_one(Customer, gone.id, populate_existing=True).name == "—"


def test_many_are_read_in_as_many_statements_as_one(in_context: None, statements: Counter) -> None:
    counts = []
    for name in ("甲", "乙", "丙"):
        merged_into(a_customer(f"{name}公司"), a_customer(f"{name}公司二"))
        rows = db.session.scalars(select(Notification).where(Notification.kind == merge_news.KIND)).all()
        viewer = the_viewer("sales1a")
        with statements() as sent:
            assert len(merge_news.tell(rows, viewer)) == len(rows)
        counts.append(len(sent))
    assert len(set(counts)) == 1, counts
