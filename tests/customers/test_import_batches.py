"""Imports behind the page: they do in batches what one would do at once, and survive whatever interrupts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from blueprints.customers import actions, import_batches, import_fields, import_writing, importing
from blueprints.customers.import_report import Account, Lines
from blueprints.customers.models import Customer, CustomerImport, CustomerSearch
from core import changes, jobs, sealing, undoing, upkeep, uploads, working
from core.changes import Change, ChangeSet
from core.csvfiles import open_csv
from core.db import db
from core.importing import Action
from core.jobs import Job
from core.pacing import Pace
from tests.company import a_customer, the_user, the_viewer
from tests.core.undos import business_tables
from tests.customers.imports import counts, imported, sentences, tried
from tests.customers.test_import_command import a_file, run
from tests.customers.test_import_pages import opened
from tests.pages import Client

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
TRY, RUN = import_batches.TRY, import_batches.RUN


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large, and a batch is two rows."""
    monkeypatch.setattr(import_batches, "AT_ONCE", 1)
    monkeypatch.setattr(import_batches, "PACE", Pace(2, fewest=2, most=2))
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)


@pytest.fixture
def within(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()


def taken_in(data: str, by: str = "manager") -> CustomerImport:
    """A file that was sent, its columns mapped as they map themselves."""
    who = the_viewer(by)
    made = importing.receive("in.csv", data.encode(), by=who)
    made.mapping = import_fields.suggested(open_csv(data.encode()).header, {})
    db.session.commit()
    return made


def asked(made: CustomerImport, kind: str) -> int:
    who = db.session.get_one(type(the_user("manager")), made.user_id)
    with changes.acting(changes.Actor(who.id, who.name, "web")):
        id = import_batches.ask(made, kind).id
        db.session.commit()
    return id


def in_batches(data: str, kind: str = RUN, by: str = "manager") -> Account:
    made = taken_in(data, by)
    working.work_on(asked(made, kind))
    return the_account(made.id)


def the_account(id: int) -> Account:
    made = db.session.get_one(CustomerImport, id, populate_existing=True)
    job = importing.job_of(made)
    assert job is not None and job.state == jobs.DONE, job and (job.state, job.why)
    return Account.stored(made.report)


def picture() -> list[tuple[Any, ...]]:
    """The customers on file, but for ids and the numbers that we gave out."""
    db.session.expire_all()
    return [
        (
            customer.name, customer.short_name, customer.city, customer.status, customer.credit_code,
            customer.owner and customer.owner.username, sorted(tag.name for tag in customer.tags),
            sorted((point.kind, point.value) for point in customer.points),
            sorted((place.person.name, place.position or "") for place in customer.affiliations),
        )
        for customer in db.session.scalars(select(Customer).order_by(Customer.id))
    ]  # fmt: skip


FILES = {
    "one customer in rows far apart": (
        "公司,手机,城市,标签\n甲公司,13912346688,北京,展会\n乙公司,13912346689,,\n丙公司,13912346690,,\n甲公司,13912346688,上海,VIP\n"
        "丁公司,13912346691,,\n甲公司,13912346688,上海,VIP\n"
    ),
    "an address book": (
        "公司,联系人,手机\n甲公司,王敏,13912346688\n乙公司,李雷,13912346689\n丙公司,韩雪,\n甲公司,周正,13912346690\n"
        "乙公司,吴桐,13912346691\n甲公司,陈岚,\n"
    ),
    "names and codes that are there already": (
        "公司,统一社会信用代码,城市\n甲公司,91110000100000000A,北京\n乙公司,,\n丙公司,,\n丁公司,91110000100000000A,\n甲公司,,\n乙公司,,北京\n"
    ),
    "numbers of the house far down": (
        "客户编号,公司\n,甲公司\n,乙公司\nKH000001,丙公司\nKH000002,丁公司\nK9,戊公司\nK9,戊公司改\n"
    ),
    "two of one name": (
        "客户编号,公司\nK1,甲公司\nK2,乙公司\nK3,丙公司\nK4,甲公司\nK5,\nK1,甲公司新名\nK6,甲公司新名\n"
    ),
    "owners who are not the importer": (
        "公司,手机,负责人,城市\n甲公司,13912346688,sales2a,\n乙公司,13912346689,sales1a,\n丙公司,13912346690,nobody,\n"
        "甲公司,13912346688,sales2a,北京\n甲公司,13912346688,sales1a,北京\n"
    ),
    "those on file": (
        "客户编号,公司,手机,城市\nF1,老客户,,北京\nF1,老客户,,北京\nF2,别人的,,北京\nF1,老客户改名,13912346688,\n"
        "F1,,,上海\n,老客户,13900000001,广州\n,老客户,13900000001,广州\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("by", ["manager", "admin", "lead1"])
@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
@pytest.mark.usefixtures("within")
def test_batches_do_what_one_transaction_does(data: str, by: str) -> None:
    a_customer("老客户", number="F1", phone="13900000001")
    a_customer("别人的", number="F2", owner="sales2a")
    dry, dry_in_batches = tried(data, by=by), in_batches(data, TRY, by=by)
    assert (counts(dry_in_batches), sentences(dry_in_batches)) == (counts(dry), sentences(dry))
    assert dry_in_batches.tally == dry.tally
    at_once = imported_and_kept_open(data, by)
    expected = picture()
    db.session.rollback()
    found = in_batches(data, by=by)
    assert (counts(found), sentences(found)) == (counts(at_once), sentences(at_once))
    assert picture() == expected


APART = (
    "客户编号,公司,联系人,职位,手机,邮箱,标签,负责人,城市\n"
    + "".join(
        f"K{n},上海第{n}有限公司,王敏,采购,1391234{n:04d},m{n}@example.com,展会;VIP,sales{n % 2 + 1}a,北京\n"
        for n in range(5)
    )
    + "F1,,,,13912340099,,VIP,sales2a,广州\n"
)


def history() -> dict[str, list[tuple[Any, ...]]]:
    """Customer number → what was recorded of the customer and all parts, but for ids; and the search terms."""
    found = {}
    for id, number, terms in db.session.execute(
        select(Customer.id, Customer.number, CustomerSearch.terms).join(CustomerSearch)
    ):
        recorded = select(Change).where(Change.root_table == "customers", Change.root_id == id)
        found[number] = [(terms,)] + [
            (c.record_table, c.action, c.record_version, c.before, c.after)
            for c in db.session.scalars(recorded.order_by(Change.record_table, Change.id))
        ]
    return found


@pytest.mark.usefixtures("within")
def test_the_history_of_a_customer_does_not_tell_how_many_a_batch_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_customer("老客户", number="F1", phone="13900000001")
    imported_and_kept_open(APART, "manager")
    expected, at_once = picture(), history()
    db.session.rollback()
    monkeypatch.setattr(import_batches, "PACE", Pace(1, fewest=1, most=1))
    in_batches(APART)
    assert (picture(), history()) == (expected, at_once)
    assert {len(changes) for number, changes in at_once.items() if number != "F1"} == {8}


def imported_and_kept_open(data: str, by: str) -> Account:
    """An import in one transaction, which goes on."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db.session, "commit", lambda: None)
        return imported(data, by=by)


MANY = "客户编号,公司,手机\n" + "".join(f"K{n},公司{n},1391234{n:04d}\n" for n in range(9)) + "K99,,坏\n"


def numbers() -> list[str]:
    return sorted(db.session.scalars(select(Customer.number)))


class Killed(BaseException):
    """The process is no more."""


@contextmanager
def dying(where: Any, name: str, at: int) -> Iterator[None]:
    """Die after the `at`-th call of a function, what it did not being committed."""
    whole, calls = getattr(where, name), []

    def die(*args: Any, **kwargs: Any) -> Any:
        calls.append(whole(*args, **kwargs))
        if len(calls) == at:
            raise Killed
        return calls[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(where, name, die)
        with pytest.raises(Killed):
            yield
    db.session.rollback()
    db.session.execute(update(Job).where(Job.state == jobs.RUNNING).values(state=jobs.WAITING))
    db.session.commit()


@pytest.mark.parametrize("kind", [TRY, RUN])
@pytest.mark.parametrize(
    ("where", "name", "at"),
    [(uploads, "append", 1), (uploads, "append", 3), (uploads, "append", 4), (working.Work, "advance", 2)],
)
@pytest.mark.usefixtures("within")
def test_whoever_dies_in_between_leaves_nothing_out_and_nothing_twice(
    kind: str, where: Any, name: str, at: int
) -> None:
    made = taken_in(MANY)
    id = asked(made, kind)
    with dying(where, name, at):
        working.work_on(id)
    working.work_on(id)
    account = the_account(made.id)
    assert counts(account) == (9, 0, 0, 1)
    assert [outcome.line for outcome in account.problems] == [11]
    assert numbers() == ([] if kind == TRY else [f"K{n}" for n in range(9)])


@pytest.mark.usefixtures("within")
def test_a_batch_that_collides_with_somebody_else_is_tried_again() -> None:
    made, whole, calls = taken_in(MANY), import_writing.carry_out, []

    def collide(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            changes.bulk_insert(Customer, [{"name": "x", "number": "K0"}])
        whole(*given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(import_writing, "carry_out", collide)
        working.work_on(asked(made, RUN))
    assert counts(the_account(made.id)) == (9, 0, 0, 1)
    assert len(calls) == 6


@pytest.mark.usefixtures("within")
def test_what_others_wrote_since_a_batch_was_planned_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, whole, calls = taken_in("公司,手机\n甲公司,13912346688\n"), import_writing.prepare, []

    def meanwhile(plan: Any) -> Any:
        calls.append(plan)
        if len(calls) == 1:
            a_customer("甲公司", phone="13912346688")
            db.session.commit()
        return whole(plan)

    monkeypatch.setattr(import_writing, "prepare", meanwhile)
    working.work_on(asked(made, RUN))
    assert counts(the_account(made.id)) == (0, 0, 1, 0)
    assert len(calls) == 2 and len(picture()) == 1


@pytest.mark.usefixtures("within")
def test_a_batch_that_others_never_let_alone_is_planned_while_they_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "touched_since", lambda change_id, tables: True)
    assert counts(in_batches(MANY)) == (9, 0, 0, 1)


@pytest.mark.usefixtures("within")
def test_an_import_in_batches_is_one_act_and_taken_back_whole() -> None:
    before = business_tables()
    made = taken_in(MANY)
    working.work_on(asked(made, RUN))
    act = db.session.get_one(CustomerImport, made.id, populate_existing=True).change_set_id
    sets = db.session.scalars(select(ChangeSet).where(ChangeSet.verb == "customer.imported")).all()
    assert {change_set.part_of_id or change_set.id for change_set in sets} == {act}
    assert len(sets) == 5
    manager = the_viewer("manager")
    with changes.acting(changes.Actor(manager.id, manager.name, "web")):
        job = undoing.ask(db.session.get_one(ChangeSet, act))
        db.session.commit()
    working.work_on(job.id)
    assert business_tables() == before
    assert importing.is_undone(db.session.get_one(CustomerImport, made.id))
    sealing.seal()
    assert sealing.check().broken is None


@pytest.mark.usefixtures("within")
def test_a_file_that_was_edited_since_stays_whole_with_its_tags() -> None:
    made = taken_in(
        MANY.replace("手机\n", "手机,标签\n").replace("\n", ",展会\n").replace("标签,展会", "标签")
    )
    working.work_on(asked(made, RUN))
    changes.record("customer.updated")
    edited = db.session.scalars(select(Customer).where(Customer.number == "K5")).one()
    actions.update(edited, {"city": "深圳"})
    db.session.commit()
    manager = the_viewer("manager")
    act = db.session.get_one(CustomerImport, made.id, populate_existing=True).change_set_id
    with changes.acting(changes.Actor(manager.id, manager.name, "web")):
        job = undoing.ask(db.session.get_one(ChangeSet, act), decided=True)
        db.session.commit()
    working.work_on(job.id)
    db.session.expire_all()
    [left] = db.session.scalars(select(Customer)).all()
    assert (left.number, len(left.points), [tag.name for tag in left.tags]) == ("K5", 1, ["展会"])


@pytest.mark.parametrize("wish", [jobs.pause, jobs.cancel])
@pytest.mark.usefixtures("within")
def test_what_was_done_before_it_ended_stays(wish: Any) -> None:
    made, whole = taken_in(MANY), import_writing.carry_out
    id = asked(made, RUN)

    def stop(*given: Any) -> None:
        whole(*given)
        if len(numbers()) == 4:
            wish(db.session.get_one(Job, id))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(import_writing, "carry_out", stop)
        working.work_on(id)
    assert numbers() == ["K0", "K1", "K2", "K3"]
    if wish is jobs.pause:
        jobs.go_on(db.session.get_one(Job, id, populate_existing=True))
        db.session.commit()
        working.work_on(id)
        assert counts(the_account(made.id)) == (9, 0, 0, 1)
    else:
        report = db.session.get_one(CustomerImport, made.id, populate_existing=True).report
        assert Account.stored(report).tally.counts == {Action.CREATE: 4}


@pytest.mark.usefixtures("within")
def test_rights_are_those_of_each_batch() -> None:
    made = taken_in(MANY, by="lead1")
    id = asked(made, RUN)
    whole = import_writing.carry_out

    def lose(*given: Any) -> None:
        whole(*given)
        user = the_user("lead1")
        for role in list(user.roles):
            user.roles.remove(role)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(import_writing, "carry_out", lose)
        working.work_on(id)
    assert db.session.get_one(Job, id, populate_existing=True).state == jobs.FAILED
    assert numbers() == ["K0", "K1"]


# --- the pages


def worked(app: Flask) -> None:
    with app.app_context():
        for id in upkeep.sweep():
            working.work_on(id)


def test_the_whole_way_behind_the_page(app: Flask, signed_in: SignedIn) -> None:
    lead = signed_in("lead1")
    url = opened(lead, MANY)
    page = lead.get(url)
    forms = {act: page.form(f"{url}/{act}") for act in ("columns", "reading", "deletion")}
    job = lead.post(f"{url}/columns", forms["columns"]).response.location
    page = lead.get(url)
    assert page.soup.select(f'a[href="{job}"]') and not page.soup.select("main button[type=submit]")
    for act, fields in {**forms, "run": {}}.items():
        assert lead.post(f"{url}/{act}", fields).status == 422, act
    worked(app)
    assert "可导入9行；1行失败" in lead.get(job).words
    page = lead.get(url)
    assert "导入9行" in page.words
    job = lead.post(f"{url}/run").response.location
    worked(app)
    page = lead.get(job)
    assert "已导入9行；1行失败" in page.words
    assert page.soup.select(f'#job a[href="{url}"]')
    page = lead.get(url)
    assert page.soup.select('a[href^="/changes/"]')
    refused = lead.get(f"{url}/refused.csv").response.get_data(as_text=True)
    assert refused.count("\n") == 3 and "坏" in refused
    assert lead.get(f"{url}/problems").status == 200
    assert lead.post(f"{url}/run").response.location.startswith(url)


def test_given_up_nothing_of_it_is_left(app: Flask, signed_in: SignedIn) -> None:
    folder = Path(app.extensions["huifang"].data) / "uploads"
    lead, before = signed_in("lead1"), {*folder.glob("*")}
    url = opened(lead, MANY)
    lead.post(f"{url}/columns", lead.get(url).form(f"{url}/columns"))
    worked(app)
    assert lead.post(f"{url}/deletion").status == 303
    assert {*folder.glob("*")} == before


def test_a_cancelled_import_says_how_far_it_came(app: Flask, signed_in: SignedIn) -> None:
    lead = signed_in("lead1")
    url = opened(lead, MANY)
    lead.post(f"{url}/columns", lead.get(url).form(f"{url}/columns"))
    worked(app)
    job = lead.post(f"{url}/run").response.location
    whole = import_writing.carry_out

    def cancel(*given: Any) -> None:
        whole(*given)
        jobs.cancel(db.session.get_one(Job, int(job.rpartition("/")[2])))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(import_writing, "carry_out", cancel)
        worked(app)
    assert "已导入2行" in lead.get(job).words
    page = lead.get(url)
    assert "10" in page.words and page.soup.select('a[href^="/changes/"]')


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_command_takes_the_same_way(app: Flask, tmp_path: Path, dry_run: bool) -> None:
    arguments = ["import", a_file(tmp_path, MANY), "--as", "lead1", *(["--dry-run"] if dry_run else [])]
    done = run(app, *arguments)
    assert done.exit_code == 1 and "11" in done.stderr, done.output
    with app.app_context():
        assert len(numbers()) == (0 if dry_run else 9)


def test_an_account_that_is_replaced_while_it_is_read_has_no_rows(tmp_path: Path) -> None:
    assert list(Lines(tmp_path / "gone", 3)) == []
