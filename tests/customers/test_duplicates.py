"""The sweep for duplicates and its inbox: what is found, who sees it, and what becomes of a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from blueprints.customers import actions, duplicate_sweep, duplicates, relations
from blueprints.customers.models import ContactPoint, Customer
from blueprints.customers.pairs import Duplicate, DuplicateRuling
from core import changes, clock, jobs, schema, working
from core.db import db
from core.jobs import Job
from tests.company import a_customer, the_user, the_viewer
from tests.conftest import NOW
from tests.pages import Client
from tests.plans import faults
from tests.statements import Counter, asked

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases
MOBILE = "13500002030"


def swept() -> Job:
    """What the next sweep does."""
    job_id = jobs.ask(duplicate_sweep.JOB).id
    db.session.commit()
    working.work_on(job_id)
    job = db.session.get_one(Job, job_id, populate_existing=True)
    assert job.state == jobs.DONE, job.failure
    return job


def pairs() -> list[tuple[str, str, int]]:
    """All pairs on file."""
    rows = db.session.scalars(
        select(Duplicate).order_by(Duplicate.id).execution_options(populate_existing=True)
    )
    return [(row.customer.name, row.other.name, row.score) for row in rows]


def seen(who: str, likelihood: str = "") -> list[tuple[str, str]]:
    """The pairs in somebody's inbox."""
    page = duplicates.page_of(the_viewer(who), likelihood, None)
    return [(pair.files[0].name, pair.files[1].name) for pair in page.pairs]


def told_apart(who: str = "manager") -> None:
    """Somebody says of the first pair that it is none."""
    by = the_viewer(who)
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        duplicates.tell_apart(db.session.scalars(select(Duplicate)).first())  # type: ignore[arg-type]
        db.session.commit()


@pytest.fixture
def two(in_context: None) -> tuple[Customer, Customer]:
    """One company in two files, of sales1a and sales1b: their lead may merge them."""
    return (
        a_customer("恒达餐饮", phone=MOBILE),
        a_customer("恒达餐饮管理有限公司", owner="sales1b", phone="135 0000 2030"),
    )


def test_the_sweep_finds_and_explains(two: tuple[Customer, Customer]) -> None:
    a_customer("大海门窗厂", phone=MOBILE)  # a shared phone alone is no duplicate
    a_customer("宏图广告")
    job = swept()
    assert pairs() == [("恒达餐饮", "恒达餐饮管理有限公司", 15)]
    reasons = db.session.scalars(select(Duplicate)).one().reasons
    assert [(code, detail) for code, _weight, detail in reasons] == [
        ("mobile_same", ""), ("name_part", "管理有限公司"),
    ]  # fmt: skip
    assert job.result is not None
    assert (job.result["found"], job.result["all"]) == (1, True)


def test_a_later_sweep_looks_at_what_was_changed_alone(two: tuple[Customer, Customer]) -> None:
    swept()
    with clock.frozen(NOW + timedelta(hours=6)):
        swept()
    with clock.frozen(NOW + timedelta(hours=9)):
        assert swept().result["compared"] == 0  # type: ignore[index]
        point = db.session.scalars(select(ContactPoint).where(ContactPoint.customer_id == two[1].id)).one()
        actions.remove_point(two[1], point)
        db.session.commit()
        assert swept().result["all"] is False  # type: ignore[index]
        assert pairs() == []
    with clock.frozen(NOW + timedelta(hours=12)):
        a_customer("宏图广告传媒", phone="13700001111")
        a_customer("宏图广告传媒有限公司", phone="13700001111")
        swept()
        assert [pair[:2] for pair in pairs()] == [("宏图广告传媒", "宏图广告传媒有限公司")]


def test_a_sweep_keeps_the_pairs_of_what_was_not_changed(two: tuple[Customer, Customer]) -> None:
    swept()
    known = db.session.scalars(select(Duplicate.id)).all()
    with clock.frozen(NOW + timedelta(hours=6)):
        a_customer("别的公司")
        swept()
    assert db.session.scalars(select(Duplicate.id)).all() == known


def test_two_that_are_related_are_two(two: tuple[Customer, Customer]) -> None:
    swept()
    relations.relate(two[0], two[1], {"role": "subsidiary"})
    db.session.commit()
    swept()
    assert pairs() == []


def test_what_is_in_the_bin_is_left_out(two: tuple[Customer, Customer]) -> None:
    actions.put_into_bin(two[0], by=the_viewer("manager"))
    db.session.commit()
    swept()
    assert pairs() == []


def test_a_key_that_too_many_have_is_left_out_and_counted(in_context: None) -> None:
    for n in range(duplicate_sweep.MOST_IN_BLOCK + 2):
        a_customer(f"甲乙{n}", phone=MOBILE)
    result = swept().result
    assert result is not None
    assert result["left_out"] >= 1


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("manager", True), ("leader", True), ("lead1", True), ("lead2", False), ("sales1a", False),
        ("service1", False), ("auditor", False),
    ],
)  # fmt: skip
def test_whoever_may_merge_both_sees_the_pair(two: tuple[Customer, Customer], who: str, sees: bool) -> None:
    swept()
    assert bool(seen(who)) is sees
    pair = db.session.scalars(select(Duplicate)).one()
    assert (duplicates.the_pair(pair.id, the_viewer(who)) is not None) is sees


def test_filters_by_likelihood(two: tuple[Customer, Customer]) -> None:
    swept()
    assert [bool(seen("manager", band)) for band in ("certain", "likely", "possible", "odd")] == [
        False, True, False, True,
    ]  # fmt: skip


def test_what_was_decided_is_not_asked_again(two: tuple[Customer, Customer]) -> None:
    swept()
    told_apart()
    assert seen("manager") == []
    swept()
    assert seen("manager") == []


def test_much_new_evidence_asks_again(two: tuple[Customer, Customer]) -> None:
    swept()
    told_apart()
    for customer in two:
        actions.update(customer, {"short_name": "恒达", "city": "宁波", "address": "文昌路9号"})
    db.session.commit()
    swept()
    assert seen("manager") == [("恒达餐饮", "恒达餐饮管理有限公司")]
    told_apart()
    assert seen("manager") == []
    assert len(db.session.scalars(select(DuplicateRuling)).all()) == 1


def test_the_sweep_records_nothing_and_the_decision_does(two: tuple[Customer, Customer]) -> None:
    before = changes.latest()
    swept()
    assert changes.latest() == before
    told_apart()
    assert changes.latest() > before


def test_a_new_file_is_taken_back_with_its_pairs(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("恒达餐饮", phone=MOBILE)
        by = the_user("manager")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            a_customer("恒达餐饮有限公司", phone=MOBILE)
        swept()
        assert len(pairs()) == 1
        made = db.session.scalar(select(changes.ChangeSet.id).order_by(changes.ChangeSet.id.desc()).limit(1))
    assert signed_in("manager").post(f"/changes/{made}/undo", {}).status == 303
    with app.app_context():
        assert pairs() == []


def test_the_page_and_its_decision_and_undo(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        one = a_customer("恒达餐饮", phone=MOBILE)
        a_customer("恒达餐饮管理有限公司", owner="sales1b", phone="135 0000 2030")
        swept()
        pair, number = db.session.scalars(select(Duplicate.id)).one(), one.id
    lead = signed_in("lead1")
    page = lead.get("/customers/duplicates")
    assert "恒达餐饮管理有限公司" in page.words
    assert "手机相同" in page.words
    assert "名称相差“管理有限公司”" in page.words
    answer = lead.post(
        f"/customers/duplicates/{pair}/ruling", {"back": "/customers/duplicates?likelihood=likely"}
    )
    assert (answer.status, answer.response.location) == (303, "/customers/duplicates?likelihood=likely")
    assert "恒达餐饮管理有限公司" not in lead.get("/customers/duplicates").soup.select_one("#list").text  # type: ignore[union-attr]
    assert "不是同一客户" in lead.get(f"/customers/{number}/history").words
    assert lead.post(f"/customers/duplicates/{pair}/ruling", {}).status == 404
    with app.app_context():
        made = db.session.scalar(
            select(changes.ChangeSet.id).where(changes.ChangeSet.verb == duplicates.VERB)
        )
    assert lead.post(f"/changes/{made}/undo", {}).status == 303
    assert "恒达餐饮管理有限公司" in lead.get("/customers/duplicates").words


def test_who_may_not_merge_is_told_who_may(app: Flask, signed_in: SignedIn) -> None:
    page = signed_in("sales1a").get("/customers/duplicates")
    assert page.status == 403
    assert "陈岚" in page.words


def test_a_stranger_to_one_file_decides_nothing(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("恒达餐饮", phone=MOBILE)
        a_customer("恒达餐饮有限公司", owner="sales2a", phone=MOBILE)
        swept()
        pair = db.session.scalars(select(Duplicate.id)).one()
    lead = signed_in("lead1")
    assert "恒达" not in lead.get("/customers/duplicates").soup.select_one("#list").text  # type: ignore[union-attr]
    assert lead.post(f"/customers/duplicates/{pair}/ruling", {}).status == 404


def test_the_statements_do_not_grow(app: Flask, signed_in: SignedIn, statements: Counter) -> None:
    counts = []
    person = signed_in("manager")
    for times in (1, 6):
        with app.app_context():
            for n in range(times):
                a_customer(f"恒达餐饮{times}{n}", phone=f"1350000{times}{n:03d}")
                a_customer(f"恒达餐饮{times}{n}有限公司", phone=f"1350000{times}{n:03d}")
            swept()
        with statements() as sent:
            page = person.get("/customers/duplicates")
        counts.append(len(sent))
        assert len(page.soup.select(".pair")) in (1, 7)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["manager", "lead1"])
def test_the_inbox_reads_no_table_from_end_to_end(two: tuple[Customer, Customer], who: str) -> None:
    swept()
    told_apart()
    sent: list[tuple[str, Any]] = []
    with asked(lambda statement, parameters: sent.append((statement, parameters))):
        for likelihood in ("", "likely"):
            duplicates.page_of(the_viewer(who), likelihood, None)
    selects = [each for each in sent if each[0].startswith("SELECT")]
    assert [fault for each in selects for fault in faults(*each)] == []


def test_down_and_up_again(app: Flask) -> None:
    """What the trail says of decisions stays; customers do not notice."""
    with app.app_context():
        a_customer("恒达餐饮", phone=MOBILE)
        a_customer("恒达餐饮有限公司", phone=MOBILE)
        swept()
        told_apart()
        before = changes.latest()
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0016")
        assert not db.inspect(db.engine).has_table("duplicates")
        upgrade()
        assert schema.present() == schema.expected()
        assert changes.latest() == before
        assert len(db.session.scalars(select(Customer.id)).all()) == 2
        swept()
        assert len(pairs()) == 1
        db.session.rollback()
        db.engine.dispose()
