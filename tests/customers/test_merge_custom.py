"""Custom fields of files that are merged: each that differs is chosen, none is lost, all of it comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers.models import Customer, CustomerValue
from core import undo
from core.db import db
from core.rights import Right
from tests.company import a_customer, the_viewer, without_right
from tests.core.undos import business_tables
from tests.customers.custom import a_field, fill, present, values_of
from tests.customers.test_merge import merged_into
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def pair(app: Flask) -> tuple[int, int]:
    """Two files with fields that differ, are the same, and stand on one side alone."""
    with app.app_context():
        a_field("打印机", "number", en="printers")
        a_field("付款", "single_choice", en="payment", choices=["现金", "预付"])
        a_field("产品", "multiple_choice", en="goods", choices=["墨", "纸", "机"])
        for label, en in (("仓库", "store"), ("楼层", "floor")):
            a_field(label, en=en)
        one, two = a_customer("恒达餐饮"), a_customer("恒达餐饮公司", owner="sales1b")
        fill(one, printers="2", payment="1", goods=["1", "2"], floor="三楼")
        fill(two, "sales1b", printers="9", payment="2", goods=["2", "3"], store="北仓", floor="三楼")
        return one.id, two.id


def test_each_field_that_differs_is_offered_and_taken(
    app: Flask, signed_in: SignedIn, pair: tuple[int, int]
) -> None:
    one, two = pair
    manager = signed_in("manager")
    page = manager.get(f"/customers/merge?id={one}&id={two}&into={one}")
    offered = {str(box["name"]) for box in page.soup.select('#fields input[type="radio"]')}
    assert {"field-custom_printers", "field-custom_payment", "field-custom_store"} <= offered
    assert not {"field-custom_floor", "field-custom_goods"} & offered
    assert "预付" in page.one("#fields").get_text() and "墨、纸、机" in page.one("#fields").get_text()
    assert "自定义字段" not in page.one("#parts").get_text()
    form = page.form("/customers/merge")
    assert form["field-custom_printers"] == [str(one)] and form["field-custom_store"] == [str(two)]
    assert manager.post("/customers/merge", form | {"field-custom_printers": str(two)}).status == 303
    assert values_of(app, one) == {
        "printers": ["9"], "payment": ["1"], "goods": ["1", "2", "3"], "store": ["北仓"], "floor": ["三楼"],
    }  # fmt: skip


def test_what_nobody_chose_of_is_kept_and_all_comes_back(in_context: None) -> None:
    a_field("打印机", "number", en="printers")
    a_field("仓库", en="store")
    one, two, three = (a_customer(name) for name in ("一", "二", "三"))
    fill(one, printers="2")
    fill(two, printers="9", store="北仓")
    fill(three, store="南仓")
    ids, before = (one.id, two.id, three.id), business_tables()
    act = merged_into(one, two, three)
    assert present(ids[0]) == {"printers": ["2"], "store": ["北仓"]}
    assert db.session.scalar(select(func.count()).select_from(CustomerValue)) == 2
    assert not undo.plan(act).conflicts
    undo.undo(act, the_viewer("manager"))
    db.session.commit()
    assert business_tables() == before


def test_an_empty_one_may_be_chosen(in_context: None) -> None:
    a_field("仓库", en="store")
    one, two = a_customer("一"), a_customer("二")
    fill(two, store="北仓")
    merged_into(one, two, whose={"custom_store": one.id})
    assert present(one.id) == {}


def test_a_masked_one_is_offered_masked(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_field("身份证", en="id_card", sensitive=True)
        one, two, three = (a_customer(name) for name in ("一", "二", "三"))
        for file in (one, two):
            fill(file, id_card="330101199001011234")
        fill(three, id_card="440101199001011234")
        without_right("lead", Right.CUSTOMERS_CLEAR)
        ids = [file.id for file in (one, two, three)]
    lead = signed_in("lead1")
    for other in ids[1:]:  # the same and another: what is masked does not tell which
        page = lead.get(f"/customers/merge?id={ids[0]}&id={other}")
        assert page.soup.select('input[name="field-custom_id_card"]')
        assert "1990" not in page.text and "3301" not in page.text
    assert lead.post("/customers/merge", page.form("/customers/merge")).status == 303
    with app.app_context():
        assert db.session.get_one(Customer, ids[2]).deleted_at is not None
