"""Whom not to contact, and numbers of children, in imports and exports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from blueprints.customers import consents
from blueprints.customers.models import Customer
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer, the_viewer
from tests.customers.imports import counts, customers, imported, only_customer, sentences, tried
from tests.customers.test_consents import said
from tests.customers.test_custom_lists import cells, exported
from tests.pages import Client

pytestmark = pytest.mark.both_databases
SignedIn = Callable[[str], Client]
HEAD = "客户名称,手机,勿扰\n"


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("是", "all"), ("yes", "all"), ("全部", "all"), ("否", None), ("", None), ("营销", "marketing"),
        ("marketing、greetings", "marketing,greetings"), ("调查；营销", "marketing,surveys"), ("营销,全部", "all"),
    ],
)  # fmt: skip
def test_a_list_says_whom_not_to_contact(app: Flask, cell: str, mark: str | None) -> None:
    with app.app_context():
        assert counts(imported(f'客户名称,手机,勿扰\n华兴,13800138000,"{cell}"\n')) == (1, 0, 0, 0)
        assert only_customer().do_not_contact == mark
        assert counts(imported(f'客户名称,手机,勿扰\n华兴,13800138000,"{cell}"\n')) == (0, 0, 1, 0)


def test_an_unknown_word_is_refused_and_a_list_lifts_nothing(app: Flask) -> None:
    with app.app_context():
        [sentence] = sentences(tried(HEAD + "华兴,13800138000,也许\n"))
        assert "也许" in sentence and "Marketing" in sentence
        customer = a_customer("华兴", phone="13800138000")
        said(customer, "all")
        assert counts(imported(HEAD + "华兴,13800138000,否\n")) == (0, 0, 1, 0)
        assert counts(imported(HEAD + "华兴,13800138000,营销\n")) == (0, 0, 1, 0)
        assert only_customer().do_not_contact == "all"


def test_it_is_exported_and_imported_again_and_taken_back(app: Flask) -> None:
    with app.app_context():
        customer = a_customer("华兴", phone="13800138000")
        said(customer, "marketing")
        said(customer, "greetings")
        text = exported()
        assert cells(text)[0]["do_not_contact"] == "marketing、greetings"
        assert counts(imported(text)) == (0, 0, 1, 0)
        other = text.replace("KH000001", "X1").replace("华兴", "瑞丰").replace("13800138000", "13900139000")
        assert counts(imported(other)) == (1, 0, 0, 0)
        assert [c.do_not_contact for c in customers()] == ["marketing,greetings"] * 2
        imported(HEAD + "华兴,13800138000,调查\n")
        taken = db.session.scalars(db.select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        who = the_viewer("manager")
        assert taken is not None
        with changes.acting(changes.Actor(who.id, who.name, "web")):
            undo.undo(taken, who)
            db.session.commit()
        assert [c.do_not_contact for c in customers()] == ["marketing,greetings"] * 2


@pytest.mark.parametrize("born", ["2015-03-02", "2012-11-19"])
def test_no_number_of_a_child_without_a_guardian(app: Flask, born: str) -> None:
    row = f"姓名,手机,生日\n小明,13800138000,{born}\n"
    with app.app_context():
        [sentence] = sentences(imported(row))
        assert "under 14" in sentence and "guardian" in sentence
        assert customers() == []
        imported(f"姓名,生日,客户编号\n小明,{born},K1\n")
        child = only_customer()
        again = "姓名,手机,客户编号\n小明,13800138000,K1\n"
        assert counts(imported(again)) == (0, 0, 0, 1)
        said(child, "guardian", "given", remark="妈妈 王芳")
        assert counts(imported(again)) == (0, 1, 0, 0)


def test_a_birthday_that_makes_a_child_of_who_has_numbers(app: Flask) -> None:
    with app.app_context():
        a_customer("小明", kind="person", phone="13800138000")
        row = "姓名,手机,生日\n小明,13800138000,"
        assert counts(imported(row + "2015-03-02\n")) == (0, 0, 0, 1)
        assert counts(imported(row + "2012-01-02\n")) == (0, 1, 0, 0)
        assert db.session.get_one(Customer, 1).birthday == date(2012, 1, 2)


def test_where_a_wish_comes_from_is_said_to_each_in_their_language(app: Flask, signed_in: SignedIn) -> None:
    """What an earlier version noted, in the language of who imported, stays as it is."""
    with app.app_context():
        imported(HEAD + "华兴,,营销\n")
        customer = only_customer()
        who = the_viewer("manager")
        with changes.acting(changes.Actor(who.id, who.name, "web")):
            said_before = {
                "state": "refused",
                "on_day": customer.created_at.date(),
                "remark": "来自导入的名单",
            }
            consents.note_consent(customer, {"purpose": "surveys", **said_before}, by=who)
            db.session.commit()
        pages = [f"/customers/{customer.id}/consents", f"/customers/{customer.id}/history"]
    client = signed_in("manager")
    for language, words in (("en", "From an imported list"), ("zh_Hans_CN", "来自导入的名单")):
        client.post("/me/language", {"language": language, "back": "/"})
        for page in pages:
            shown = client.get(page).words
            assert words in shown and "来自导入的名单" in shown and "@list" not in shown, page
