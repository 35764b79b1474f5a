"""Many customers changed behind the page: in batches, under the rights of each moment, taken back as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers import actions, bulk
from blueprints.customers.models import Customer
from core import changes, jobs, sealing, undoing
from core.changes import Change, ChangeSet
from core.db import db
from core.jobs import Job
from tests.company import a_customer, the_user, the_viewer
from tests.pages import Client, Page
from tests.working import killed, the_job, undone, worked

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
COUNT = 7  # customers, in batches of two


@pytest.fixture
def ids(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """More customers of one owner than are changed at once."""
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "BATCH", 2)
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)
    with app.app_context():
        return [a_customer(f"客户{n}", tier="c").id for n in range(COUNT)]


def asked(client: Client, ids: list[int], **fields: str) -> Page:
    nothing = {"tier": "none", "intent": "none", "status": "lead"}
    return client.post("/customers/bulk", {"id": [str(id) for id in ids], **nothing, **fields})


def graded(client: Client, ids: list[int]) -> str:
    """The address of the job that gives another tier to all of them."""
    return str(asked(client, ids, act="tier", tier="b").response.location)


def column(app: Flask, ids: list[int], name: str) -> list[Any]:
    with app.app_context():
        rows = db.session.scalars(select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id))
        return [getattr(customer, name) for customer in rows]


def owners(app: Flask, ids: list[int]) -> list[str]:
    with app.app_context():
        rows = db.session.scalars(select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id))
        return [customer.owner.username for customer in rows]


def the_act(app: Flask) -> int:
    return int(the_job(app, bulk.JOB).place["act"])


MOVED = {"act": "owner", "owner": "sales2a", "reason": "转区"}


@pytest.mark.parametrize(
    ("fields", "name", "becomes"),
    [
        ({"act": "tier", "tier": "b"}, "tier", "b"),
        ({"act": "status", "status": "lost", "lost_reason": "price"}, "lost_reason", "price"),
        ({"act": "tags", "tags": "展会"}, "tag_names", ["展会"]),
        (MOVED, "owner", "sales2a"),
    ],
    ids=["tier", "status", "tags", "owner"],
)
def test_many_are_changed_behind_the_page(
    app: Flask, signed_in: SignedIn, ids: list[int], fields: dict[str, str], name: str, becomes: Any
) -> None:
    client = signed_in("manager")
    answer = asked(client, ids, **fields)
    assert answer.response.location == f"/jobs/{the_job(app, bulk.JOB).id}"
    assert column(app, ids, "tier") == ["c"] * COUNT
    worked(app)
    with app.app_context():
        rows = db.session.scalars(select(Customer).where(Customer.id.in_(ids))).all()
        found = {"owner": lambda c: c.owner.username, "tag_names": lambda c: [tag.name for tag in c.tags]}
        assert [found.get(name, lambda c: getattr(c, name))(c) for c in rows] == [becomes] * COUNT
    page = client.get(answer.response.location)
    assert f"已修改{COUNT}个客户" in page.words
    assert page.soup.select(f'#job a[href="/changes/{the_act(app)}"]')


def test_what_a_job_does_is_one_act(app: Flask, signed_in: SignedIn, ids: list[int]) -> None:
    asked(signed_in("manager"), ids, **MOVED)
    worked(app)
    rows = signed_in("auditor").get("/admin/audit?kind=customer.bulk_assigned").soup.select("#list tbody tr")
    assert len(rows) == 1 and "4" in rows[0].get_text()
    with app.app_context():
        sets = db.session.scalars(select(ChangeSet).where(ChangeSet.verb == "customer.bulk_assigned")).all()
        first, *others = sorted(sets, key=lambda change_set: change_set.id)
        assert (len(others), first.part_of_id) == (3, None)
        assert {other.part_of_id for other in others} == {first.id}
        assert {change_set.reason for change_set in sets} == {"转区"}
        assert {change_set.source for change_set in sets} == {"job"}
        sealing.seal()
        chain = sealing.check()
        assert (chain.broken, chain.unsealed) == (None, 0)
        db.session.execute(
            ChangeSet.__table__.update().where(ChangeSet.id == others[0].id).values(part_of_id=None)
        )
        db.session.commit()
        assert sealing.check().broken is not None


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        ("sales1a", {"act": "owner", "owner": "sales1b", "reason": "x"}, 422),
        ("lead1", {"act": "owner", "owner": "sales1b", "reason": " "}, 422),
        ("lead1", {"act": "status", "status": "lost"}, 422),
        ("lead1", {"act": "tags", "tags": "长" * 41}, 422),
        ("lead1", {"act": "tags", "tags": " "}, 422),
        ("lead2", {"act": "tier", "tier": "b"}, 403),
    ],
)
def test_what_would_be_refused_is_refused_at_once(
    app: Flask, signed_in: SignedIn, ids: list[int], who: str, fields: dict[str, str], status: int
) -> None:
    assert asked(signed_in(who), ids, **fields).status == status
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_who_left_the_scope_meanwhile_is_left_out_and_counted(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    client = signed_in("lead1")
    to = graded(client, ids)

    def move() -> None:
        last = db.session.get_one(Customer, ids[-1])
        actions.assign(last, the_user("sales2a"), by=the_viewer("manager"), reason="x")
        actions.put_into_bin(db.session.get_one(Customer, ids[-2]), by=the_viewer("manager"))
        db.session.commit()

    worked(app, between=move)
    assert column(app, ids, "tier") == ["b"] * (COUNT - 2) + ["c"] * 2
    assert "已修改5个客户；2个" in client.get(to).words


def test_rights_are_those_of_each_batch(app: Flask, signed_in: SignedIn, ids: list[int]) -> None:
    graded(signed_in("lead1"), ids)

    def lose() -> None:
        changes.record("user.updated")
        the_user("lead1").roles.clear()
        db.session.commit()

    worked(app, between=lose)
    assert (the_job(app, bulk.JOB).state, column(app, ids, "tier")) == (jobs.FAILED, ["b"] * 2 + ["c"] * 5)


def test_a_cancelled_job_says_what_it_did_and_that_can_be_taken_back(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    client = signed_in("manager")
    to = graded(client, ids)
    worked(app, between=lambda: cancelled(app, the_job(app, bulk.JOB)))
    page = client.get(to)
    assert "已取消" in page.words and "已修改4个客户" in page.words
    undone(app, client, the_act(app))
    assert column(app, ids, "tier") == ["c"] * COUNT


def cancelled(app: Flask, job: Job) -> None:
    """Somebody cancels a job."""
    with app.app_context():
        jobs.cancel(db.session.get_one(Job, job.id, populate_existing=True))
        db.session.commit()


# --- taken back as one


@pytest.fixture
def moved(app: Flask, signed_in: SignedIn, ids: list[int]) -> int:
    """The change set that leads a bulk change of owner of many customers."""
    asked(signed_in("manager"), ids, **MOVED)
    worked(app)
    return the_act(app)


def test_it_is_taken_back_as_one_and_again(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int
) -> None:
    client = signed_in("manager")
    for becomes in ("sales1a", "sales2a", "sales1a"):
        page = undone(app, client, moved)
        assert f"已撤销{COUNT}条记录" in page.words
        assert owners(app, ids) == [becomes] * COUNT
        moved = int(the_job(app, undoing.JOB).place["act"])
        assert page.soup.select(f'#job a[href="/changes/{moved}"]')
    rows = signed_in("auditor").get("/admin/audit?kind=undone").soup.select("#list tbody tr")
    assert len(rows) == 3


def test_what_was_taken_back_says_so_and_cannot_be_again(app: Flask, signed_in: SignedIn, moved: int) -> None:
    client = signed_in("manager")
    undone(app, client, moved)
    page = client.get(f"/changes/{moved}")
    assert "已于" in page.words and not page.soup.select(f'form[action="/changes/{moved}/undo"]')
    assert client.post(f"/changes/{moved}/undo").status == 422


def test_a_part_leads_to_the_whole(app: Flask, signed_in: SignedIn, ids: list[int], moved: int) -> None:
    client = signed_in("manager")
    with app.app_context():
        part = db.session.scalars(select(ChangeSet.id).where(ChangeSet.part_of_id == moved)).first()
    page = client.get(f"/changes/{part}")
    assert page.soup.select(f'a[href="/changes/{moved}"]')
    assert page.soup.select(f'form[action="/changes/{moved}/undo"]')
    client.post(f"/changes/{part}/undo")
    worked(app)
    assert owners(app, ids) == ["sales1a"] * COUNT


def test_the_page_of_an_act_shows_a_set_at_a_time(
    signed_in: SignedIn, statements: Any, ids: list[int], moved: int
) -> None:
    client, seen, counts = signed_in("manager"), [], set()
    url: str | None = f"/changes/{moved}"
    while url is not None:
        with statements() as sent:
            page = client.get(url)
        counts.add(len(sent))
        seen += [section.get_text() for section in page.soup.select("section[id^=record-] h2")]
        further = page.soup.select_one('a[rel="next"]')
        url = str(further["href"]) if further else None
    assert len(seen) == COUNT
    assert len(counts) == 1


def a_later_edit(app: Flask, id: int) -> None:
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        actions.assign(customer, the_user("lead1"), by=the_viewer("manager"), reason="x")
        db.session.commit()


@pytest.mark.parametrize("overwritten", [False, True])
def test_later_edits_are_shown_and_stay_unless_chosen(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int, overwritten: bool
) -> None:
    client = signed_in("manager")
    a_later_edit(app, ids[0])
    page = undone(app, client, moved)
    assert "1处" in page.words
    assert owners(app, ids) == ["lead1"] + ["sales2a"] * (COUNT - 1)
    decision = client.get(str(page.soup.select_one("#job a.btn-primary")["href"]))
    boxes = [str(box["value"]) for box in decision.soup.select("input[name=overwrite]")]
    assert len(boxes) == 1
    undone(app, client, moved, decided="1", overwrite=boxes if overwritten else [])
    assert owners(app, ids) == ["sales1a" if overwritten else "lead1"] + ["sales1a"] * (COUNT - 1)


def test_nobody_else_decides_on_what_the_job_found(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int
) -> None:
    a_later_edit(app, ids[0])
    undone(app, signed_in("manager"), moved)
    job = the_job(app, undoing.JOB).id
    assert (
        signed_in("auditor").get(f"/changes/{moved}/undo?job={job}").response.location == f"/changes/{moved}"
    )
    assert signed_in("sales1b").get(f"/changes/{moved}/undo?job={job}").status == 404


def test_an_undo_needs_the_right_over_every_record_before_the_first_is_touched(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    graded(signed_in("lead1"), ids)
    worked(app)
    act = the_act(app)
    with app.app_context():
        last = db.session.get_one(Customer, ids[2])
        actions.assign(last, the_user("sales2a"), by=the_viewer("manager"), reason="x")
        db.session.commit()
    page = undone(app, signed_in("lead1"), act)
    assert the_job(app, undoing.JOB).state == jobs.FAILED, page.words
    assert column(app, ids, "tier") == ["b"] * COUNT


def half_undone(app: Flask, client: Client, act: int) -> None:
    """Somebody has an act taken back, and the worker dies on the way."""
    client.post(f"/changes/{act}/undo")
    killed(app, the_job(app, undoing.JOB).id, after=6)  # four looks, and two of four sets taken back


def test_an_interrupted_undo_goes_on_and_takes_back_each_once(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int
) -> None:
    client = signed_in("manager")
    half_undone(app, client, moved)
    assert 0 < owners(app, ids).count("sales1a") < COUNT
    assert client.post(f"/changes/{moved}/undo").status == 422
    worked(app)
    assert owners(app, ids) == ["sales1a"] * COUNT
    with app.app_context():
        taken = select(Change.record_id).join(ChangeSet).where(ChangeSet.verb == "undone")
        assert sorted(db.session.scalars(taken)) == ids


def test_a_failed_job_does_not_go_on_with_what_was_taken_back(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    client = signed_in("manager")
    graded(client, ids)

    def fail() -> None:
        raise ValueError

    worked(app, between=fail)
    job = the_job(app, bulk.JOB)
    assert job.state == jobs.FAILED
    undone(app, client, the_act(app))
    assert client.post(f"/jobs/{job.id}/continuation").status == 303
    worked(app)
    assert (the_job(app, bulk.JOB).state, column(app, ids, "tier")) == (jobs.FAILED, ["c"] * COUNT)


def test_an_act_that_is_half_undone_says_so(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int
) -> None:
    client, auditor = signed_in("manager"), signed_in("auditor")
    half_undone(app, client, moved)
    page = client.get(f"/changes/{moved}")
    assert "4批中的2批已撤销" in page.words and "等待中" in page.words
    assert page.soup.select(f'main a[href="/jobs/{the_job(app, undoing.JOB).id}"]')
    assert not auditor.get(f"/changes/{moved}").soup.select('main a[href^="/jobs/"]')
    cancelled(app, the_job(app, undoing.JOB))
    for reader in (client, auditor):
        page = reader.get(f"/changes/{moved}")
        assert "4批中的2批已撤销" in page.words and "已取消" in page.words
    undone(app, client, moved)
    page = client.get(f"/changes/{moved}")
    assert "4批中" not in page.words and "已取消" not in page.words


def test_parts_of_an_undo_that_is_taken_back_count_again(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int
) -> None:
    client = signed_in("manager")
    undone(app, client, moved)
    back = int(the_job(app, undoing.JOB).place["act"])
    half_undone(app, client, back)
    assert "4批中的2批已撤销" in client.get(f"/changes/{back}").words
    assert "4批中的2批已撤销" in client.get(f"/changes/{moved}").words
    worked(app)
    assert "批已撤销" not in client.get(f"/changes/{moved}").words
    assert owners(app, ids) == ["sales2a"] * COUNT


def test_an_act_says_what_waits_for_a_decision_and_what_stayed(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int
) -> None:
    client, auditor = signed_in("manager"), signed_in("auditor")
    a_later_edit(app, ids[0])
    undone(app, client, moved)
    job = the_job(app, undoing.JOB).id
    decision = f'main a[href="/changes/{moved}/undo?job={job}"]'
    page = client.get(f"/changes/{moved}")
    assert "还没有撤销任何内容" in page.words and "1处后来又有改动，等待决定" in page.words
    assert page.soup.select(decision)
    page = auditor.get(f"/changes/{moved}")
    assert "等待决定" in page.words and not page.soup.select(decision)
    assert "1处后来又有改动，保留不变" in undone(app, client, moved, decided="1").words
    for reader in (client, auditor):
        page = reader.get(f"/changes/{moved}")
        assert "等待决定" not in page.words and "1处因后来又有改动而保留" in page.words


def test_even_a_single_set_of_many_changes_is_taken_back_behind_the_page(
    app: Flask, signed_in: SignedIn, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", COUNT)
    client = signed_in("manager")
    act = int(asked(client, ids, **MOVED).response.location.rpartition("/")[2])
    monkeypatch.setattr(undoing, "AT_ONCE", COUNT - 1)
    page = undone(app, client, act)
    assert f"已撤销{COUNT}条记录" in page.words
    assert owners(app, ids) == ["sales1a"] * COUNT
    back = int(the_job(app, undoing.JOB).place["act"])
    monkeypatch.setattr(undoing, "AT_ONCE", COUNT)
    assert client.post(f"/changes/{back}/undo").response.location != f"/jobs/{the_job(app, undoing.JOB).id}"
    assert owners(app, ids) == ["sales2a"] * COUNT


def test_whoever_sees_a_change_reads_why_it_cannot_be_taken_back(
    app: Flask, signed_in: SignedIn, ids: list[int], moved: int
) -> None:
    page = signed_in("auditor").get(f"/changes/{moved}")
    assert not page.soup.select(f'form[action="/changes/{moved}/undo"]')
    assert "你没有这项权限。请找陈岚。" in page.words
