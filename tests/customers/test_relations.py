"""Relations between customers: stored once, read from both sides, by whoever sees both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from blueprints.customers import actions, relations
from blueprints.customers.models import Customer, Relation
from core import changes, schema
from core.db import db
from core.errors import RuleBroken
from tests.company import a_customer, the_user, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def related(own: Customer, other: Customer, role: str, **values: Any) -> Relation:
    """A relation, noted by the manager and committed."""
    by = the_viewer("manager")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        made = relations.relate(own, other, {"role": role, **values})
        db.session.commit()
    return made


def told(customer: Customer, who: str = "manager") -> list[tuple[str, str, str]]:
    """What a person reads on a file: other side, role, state."""
    page = relations.page_of(customer, the_viewer(who), None)
    return [(side.other.name, side.role, side.state) for side in page.sides]


@pytest.fixture
def two(in_context: None) -> tuple[Customer, Customer]:
    """A group of sales1a and a company of sales1b: their lead sees both."""
    return a_customer("鼎盛集团"), a_customer("鼎盛物流", owner="sales1b")


def test_it_is_read_from_both_sides(two: tuple[Customer, Customer]) -> None:
    group, company = two
    related(company, group, "parent")
    assert told(group) == [("鼎盛物流", "subsidiary", "running")]
    assert told(company) == [("鼎盛集团", "parent", "running")]


def test_what_is_the_same_to_each_other_is_stored_once(two: tuple[Customer, Customer]) -> None:
    related(two[1], two[0], "partner")
    with pytest.raises(RuleBroken, match="已有这种关系"):
        related(two[0], two[1], "partner")
    db.session.rollback()
    assert told(two[0]) == [("鼎盛物流", "partner", "running")]
    assert told(two[1]) == [("鼎盛集团", "partner", "running")]


def test_nobody_is_above_itself(two: tuple[Customer, Customer]) -> None:
    group, company = two
    branch = a_customer("鼎盛分公司")
    related(group, company, "subsidiary")
    related(company, branch, "subsidiary", since=date(2026, 1, 1))
    with pytest.raises(RuleBroken, match="自己的上级公司"):
        relations.relate(branch, group, {"role": "subsidiary"})
    relations.relate(branch, group, {"role": "subsidiary", "until": date(2026, 1, 1)})  # before it was below
    db.session.rollback()


def test_over_and_to_come_are_told_apart(two: tuple[Customer, Customer]) -> None:
    related(*two, "dealer", since=date(2025, 1, 1), until=date(2026, 11, 18))
    related(*two, "supplier", since=date(2026, 11, 19))
    related(*two, "buyer", since=date(2026, 11, 18))
    assert told(two[0]) == [
        ("鼎盛物流", "buyer", "running"), ("鼎盛物流", "supplier", "to_come"), ("鼎盛物流", "dealer", "ended"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", True), ("leader", True), ("lead1", True), ("service1", True), ("auditor", True),
        ("sales1a", False), ("sales1b", False), ("lead2", False), ("sales2a", False),
    ],
)  # fmt: skip
def test_only_who_sees_both_sides_knows_of_it(two: tuple[Customer, Customer], who: str, seen: bool) -> None:
    related(*two, "subsidiary", remark="占股六成")
    viewer = the_viewer(who)
    assert bool(told(two[0], who)) is seen
    assert bool(relations.page_of(two[0], viewer, None).sides) is seen
    made = db.session.scalars(select(Relation)).one()
    assert (relations.the_relation(two[0], made.id, viewer) is not None) is seen


def test_a_stranger_to_one_side_reads_nothing_of_it(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        own, hidden = a_customer("明面公司"), a_customer("暗处公司", owner="sales2a")
        made = related(own, hidden, "subsidiary", remark="隐语")
        related(own, a_customer("明面分公司"), "subsidiary", remark="明语")
        number, hidden_id, change = own.id, hidden.id, made.id
    person = signed_in("sales1a")
    for path in ("", "/relations", "/family", "/history"):
        page = person.get(f"/customers/{number}{path}")
        assert page.status == 200
        assert not any(
            word in page.text for word in ("暗处", "隐语", f"customers/{hidden_id}", f"#{hidden_id}")
        ), path
    history = person.get(f"/customers/{number}/history")
    assert len(history.soup.select("#history details")) == 2  # made the file, and the relation in sight
    assert person.get(f"/customers/{number}/relations/{change}/edit").status == 404
    assert (
        "暗处"
        not in person.get(f"/customers/{number}/relations/new?q=暗处")
        .soup.select("#picked-results")
        .__str__()
    )
    assert person.get(f"/customers/{number}/relations/new?other={hidden_id}").status == 404
    body = {"other": str(hidden_id), "role": "partner"}
    assert person.post(f"/customers/{number}/relations", body).status == 404
    seen_by_both = signed_in("manager").get(f"/customers/{hidden_id}/history")
    assert "隐语" in seen_by_both.text and "明面公司" in seen_by_both.text


def test_the_change_set_tells_only_who_sees_both(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        own, hidden = a_customer("明面公司"), a_customer("暗处公司", owner="sales2a")
        related(own, hidden, "subsidiary", remark="隐语")
        set_id = db.session.scalars(
            select(changes.ChangeSet.id).order_by(changes.ChangeSet.id.desc())
        ).first()
    assert signed_in("sales1a").get(f"/changes/{set_id}").status == 404
    assert signed_in("sales2a").get(f"/changes/{set_id}").status == 404
    assert "隐语" in signed_in("manager").get(f"/changes/{set_id}").text


def test_in_the_bin_it_is_out_of_sight_and_comes_back(two: tuple[Customer, Customer]) -> None:
    related(*two, "subsidiary")
    changes.record("customer.binned")
    actions.put_into_bin(two[1], by=the_viewer("manager"))
    db.session.commit()
    assert told(two[0]) == []
    changes.record("customer.restored")
    actions.take_out_of_bin(two[1])
    db.session.commit()
    assert told(two[0]) == [("鼎盛物流", "subsidiary", "running")]


# --- pages


@pytest.fixture
def pair(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return a_customer("鼎盛集团").id, a_customer("鼎盛物流").id


def test_noting_changing_ending_removing_and_taking_back(
    app: Flask, signed_in: SignedIn, pair: tuple[int, int]
) -> None:
    own, other = pair
    person = signed_in("sales1a")
    picked = person.get(f"/customers/{own}/relations/new?q=鼎盛")
    links = [str(a["href"]) for a in picked.soup.select("#picked-results a")]
    assert links == [f"/customers/{own}/relations/new?other={other}"]
    fields = person.get(links[0]).form()
    made = person.post(f"/customers/{own}/relations", fields | {"role": "subsidiary", "since": "2026-01-02"})
    assert made.status == 303
    assert "子公司" in person.get(f"/customers/{own}/relations").one("#relations-part").get_text()
    assert "上级公司" in person.get(f"/customers/{other}/relations").one("#relations-part").get_text()
    assert (
        person.post(f"/customers/{own}/relations", fields | {"role": "subsidiary"}).status == 409
    )  # a second click
    id = relation_id(app)
    at = f"/customers/{other}/relations/{id}"
    opened = person.get(f"{at}/edit").form()
    assert person.post(at, opened | {"remark": "全资"}).status == 303
    conflict = person.post(at, opened | {"remark": "控股"})
    assert conflict.status == 409 and "全资" in conflict.text and "控股" in conflict.text
    assert person.post(at, conflict.form() | {"remark": "控股", "keep-remark": "yours"}).status == 303
    assert person.post(f"{at}/ending").status == 303
    assert "已结束" in person.get(f"/customers/{own}/relations").one("#relations-part").get_text()
    assert person.post(f"{at}/deletion").status == 303
    assert "全资" not in person.get(f"/customers/{own}/relations").text
    for file in pair:
        history = person.get(f"/customers/{file}/history")
        assert len(history.soup.select("#history details")) == 6, file
        removal = str(history.soup.select_one("#history details p.small a")["href"])  # type: ignore[index]
        assert removal.startswith("/changes/")
    assert person.post(f"{removal}/undo").status == 303
    assert "控股" in person.get(f"/customers/{own}/relations").text
    assert "控股" in person.get(f"/customers/{other}/relations").text


def relation_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Relation.id)).one()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"role": "subsidiary", "since": "2026-02-01", "until": "2026-01-01"}, "结束日期不能早于开始日期"),
        ({"role": ""}, "请填写"),
        ({"role": "spouse"}, ""),
        ({"role": "nonsense"}, ""),
        ({"role": "partner", "since": "soon"}, ""),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    app: Flask, signed_in: SignedIn, pair: tuple[int, int], fields: dict[str, str], said: str
) -> None:
    page = signed_in("sales1a").post(f"/customers/{pair[0]}/relations", {"other": str(pair[1]), **fields})
    assert page.status == 422
    assert page.one(".error-summary")
    assert said in page.text or said == "请填写"


def test_no_relation_with_oneself(signed_in: SignedIn, pair: tuple[int, int]) -> None:
    body = {"other": str(pair[0]), "role": "partner"}
    assert signed_in("sales1a").post(f"/customers/{pair[0]}/relations", body).status == 422


@pytest.mark.parametrize("other", ["", "x", "0", "-1", str(10**30)])
def test_no_other_side_is_no_fault(signed_in: SignedIn, pair: tuple[int, int], other: str) -> None:
    answer = signed_in("sales1a").post(f"/customers/{pair[0]}/relations", {"other": other, "role": "partner"})
    assert answer.status == 404


@pytest.mark.parametrize("who", ["service1", "auditor", "helper"])
def test_it_takes_the_right_to_edit_both(app: Flask, signed_in: SignedIn, who: str) -> None:
    """A helper who only reads one side sees the relation and does not change it."""
    helps = who == "helper"
    with app.app_context():
        own = a_customer("鼎盛集团", owner="sales1a" if helps else "sales2a")
        other = a_customer("鼎盛物流", owner="sales2a", helpers={"sales1a": False})
        made = related(own, other, "subsidiary")
        at, ids = f"/customers/{own.id}/relations", (other.id, made.id)
    person = signed_in("sales1a" if helps else who)
    shown = person.get(at)
    assert "鼎盛物流" in shown.text and not shown.soup.select(".relations a[href$=edit]")
    assert person.post(at, {"other": str(ids[0]), "role": "partner"}).status == 403
    for act in ("", "/ending", "/deletion"):
        assert person.post(f"{at}/{ids[1]}{act}", {"remark": "x"}).status == 403
    assert person.get(f"{at}/{ids[1]}/edit").status == 403


def test_an_undo_obeys_the_rules_of_today(app: Flask, signed_in: SignedIn, pair: tuple[int, int]) -> None:
    """What was removed does not come back where the same has been noted anew."""
    person = signed_in("sales1a")
    fields = {"other": str(pair[1]), "role": "subsidiary"}
    assert person.post(f"/customers/{pair[0]}/relations", fields).status == 303
    assert person.post(f"/customers/{pair[0]}/relations/{relation_id(app)}/deletion").status == 303
    page = person.get(f"/customers/{pair[1]}/history")
    removal = str(page.soup.select_one("#history details p.small a")["href"])  # type: ignore[index]
    assert person.post(f"/customers/{pair[0]}/relations", fields).status == 303
    assert person.post(f"{removal}/undo").status == 422
    relation_id(app)


def test_a_long_list_is_paged(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        own = a_customer("大厂")
        changes.record(relations.VERB)
        for number in range(55):
            relations.relate(own, a_customer(f"经销商{number}"), {"role": "dealer"})
            db.session.commit()
            changes.record(relations.VERB)
        db.session.rollback()
        id = own.id
    person = signed_in("sales1a")
    first = person.get(f"/customers/{id}/relations")
    after = person.get(str(first.one('a[rel="next"]')["href"]))
    assert len(first.soup.select(".relations > li")) + len(after.soup.select(".relations > li")) == 55


def test_statements_do_not_grow_with_relations(app: Flask, signed_in: SignedIn, statements: Any) -> None:
    with app.app_context():
        one, many = a_customer("一个"), a_customer("许多")
        related(one, a_customer("甲"), "dealer")
        for name in "乙丙丁戊己":
            related(many, a_customer(name), "dealer")
        ids = one.id, many.id
        assert the_user("sales1a")
    person = signed_in("sales1a")
    person.get(f"/customers/{ids[0]}/relations")
    counts = []
    for id in ids:
        with statements() as sent:
            person.get(f"/customers/{id}/relations")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_down_and_up_again(app: Flask) -> None:
    """What the trail says of relations stays; customers do not notice."""
    with app.app_context():
        related(a_customer("鼎盛集团"), a_customer("鼎盛物流"), "subsidiary")
        before = db.session.scalar(select(db.func.count(changes.Change.id)))
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0009")
        assert not db.inspect(db.engine).has_table("relations")
        upgrade()
        assert schema.present() == schema.expected()
        assert db.session.scalar(select(db.func.count(changes.Change.id))) == before
        assert db.session.scalar(select(db.func.count(Customer.id))) == 2
        related(*db.session.scalars(select(Customer).order_by(Customer.id)).all(), "subsidiary")
        db.session.rollback()
        db.engine.dispose()


def test_beside_the_family_page_stands_how_many_it_has(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        top, below, hidden = a_customer("集团"), a_customer("子公司"), a_customer("别队的", owner="sales2a")
        alone = a_customer("独一家").id
        related(top, below, "subsidiary")
        related(below, hidden, "subsidiary")
        id = top.id
    assert "共2家" in signed_in("sales1a").get(f"/customers/{id}/relations").one("#relations-part").get_text()
    assert "共3家" in signed_in("manager").get(f"/customers/{id}/relations").one("#relations-part").get_text()
    assert (
        "家"
        not in signed_in("sales1a").get(f"/customers/{alone}/relations").one("#relations-part").get_text()
    )
