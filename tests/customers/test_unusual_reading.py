"""The alarm on unusual reading: what counts, who is told, how often, and what they learn by it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from blueprints.access.models import Membership
from blueprints.customers import duplicate_sweep, unusual_reading
from blueprints.customers.models import Customer
from blueprints.customers.readings import OPENED
from core import changes, clock, jobs, upkeep, working
from core.db import db, reading
from core.jobs import Job
from core.journal import JournalEntry
from core.notifications import Notification
from core.settings import SettingValue
from tests.company import a_customer, the_user
from tests.conftest import NOW
from tests.customers.custom import a_field, fill
from tests.office.filesamples import PNG
from tests.office.test_files import a_file
from tests.pages import Client
from tests.plans import faults
from tests.statements import Counter, asked

SignedIn = Callable[[str], Client]
FIRST = 5_000  # of the ids of customers and numbers that are only named in the journal
TODAY = date(2026, 11, 18)


def read(who: str, *, files: int = 0, numbers: int = 0, at: Any = NOW, times: int = 1) -> None:
    """Let somebody have opened so many files and looked at so many numbers."""
    user = the_user(who)
    entry = {
        "at": at, "user_id": user.id, "actor": user.name, "address": "", "record_table": "customers",
        "details": {},
    }  # fmt: skip
    opened = [{**entry, "kind": "opened", "record_id": FIRST + n} for n in range(files)]
    seen = [
        {**entry, "kind": "revealed", "record_id": FIRST, "details": {"point": FIRST + n, "reason": "x"}}
        for n in range(numbers)
    ]
    if opened + seen:
        db.session.execute(insert(JournalEntry), (opened + seen) * times)
    db.session.commit()


def watched() -> Job:
    """What the next run of the worker does."""
    upkeep.ask_frequent()
    for id in upkeep.sweep():
        working.work_on(id)
    wanted = select(Job).where(Job.kind == unusual_reading.JOB).order_by(Job.id.desc()).limit(1)
    job = db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    assert job.state == jobs.DONE
    return job


def told() -> list[tuple[str, str, int, int]]:
    """Who was told about whom, and how many files and numbers."""
    names = {the_user(name).id: name for name in EVERYBODY}
    rows = db.session.scalars(select(Notification).order_by(Notification.id))
    return [
        (names[row.recipient_id], names[row.record_id or 0], row.facts["files"], row.facts["numbers"])
        for row in rows
    ]


EVERYBODY = (
    "admin", "manager", "leader", "lead1", "lead2", "sales1a", "sales1b", "sales2a", "assistant1", "service1",
    "callback1", "finance", "auditor",
)  # fmt: skip


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("files", "numbers", "times", "alarm"),
    [
        (80, 60, 1, False), (81, 0, 1, True), (0, 61, 1, True), (81, 61, 1, True), (0, 0, 1, False),
        (41, 31, 2, False),
    ],
)  # fmt: skip
def test_more_than_eighty_files_or_sixty_numbers_are_unusual(
    app: Flask, files: int, numbers: int, times: int, alarm: bool
) -> None:
    with app.app_context():
        read("sales1a", files=files, numbers=numbers, times=times)
        read("sales1b", files=3, numbers=3)
        watched()
        assert told() == ([("lead1", "sales1a", files, numbers)] if alarm else [])


@pytest.mark.parametrize(
    ("reader", "told_to"),
    [
        ("sales1a", ["lead1"]), ("assistant1", ["lead1"]), ("sales2a", ["lead2"]), ("lead1", ["leader"]),
        ("service1", ["admin", "auditor", "manager"]), ("leader", ["admin", "auditor", "manager"]),
        ("manager", ["admin", "auditor"]), ("auditor", ["admin", "manager"]),
    ],
)  # fmt: skip
def test_the_nearest_lead_is_told_else_whoever_reads_the_trail(
    app: Flask, reader: str, told_to: list[str]
) -> None:
    with app.app_context():
        read(reader, files=81)
        watched()
        assert sorted(to for to, _about, _files, _numbers in told()) == told_to


@pytest.mark.both_databases
def test_it_is_told_once_for_a_person_and_a_day(app: Flask) -> None:
    with app.app_context():
        read("sales1a", files=81)
        watched()
        read("sales1a", files=200, numbers=100)
        with clock.frozen(NOW + unusual_reading.EVERY):
            watched()
        assert told() == [("lead1", "sales1a", 81, 0)]
        tomorrow = NOW + timedelta(days=1)
        read("sales1a", numbers=61, at=tomorrow)
        with clock.frozen(tomorrow):
            watched()
        assert told()[1:] == [("lead1", "sales1a", 0, 61)]


def test_another_lead_is_not_told_of_it_again(app: Flask) -> None:
    with app.app_context():
        read("sales1a", files=81)
        watched()
        changes.record("user.updated")
        db.session.query(Membership).filter_by(user_id=the_user("sales1b").id).one().lead = True
        db.session.commit()
        with clock.frozen(NOW + unusual_reading.EVERY):
            watched()
        assert told() == [("lead1", "sales1a", 81, 0)]


def test_the_day_is_that_of_the_company(app: Flask) -> None:
    midnight = clock.at(TODAY, NOW.min.time())
    with app.app_context():
        read("sales1a", files=50, at=midnight - timedelta(seconds=1))
        read("sales1a", files=50, at=midnight)
        assert unusual_reading.unusual_readers(TODAY) == []
        read("sales1b", files=81, at=midnight)
        read("sales2a", files=81, at=midnight - timedelta(seconds=1))
        found = [
            [reader.user_id for reader in unusual_reading.unusual_readers(day)]
            for day in (TODAY - timedelta(days=1), TODAY)
        ]
        assert found == [[the_user("sales2a").id], [the_user("sales1b").id]]


def test_what_was_read_since_the_last_run_is_counted_though_the_day_is_over(app: Flask) -> None:
    with app.app_context():
        watched()
        read("sales1a", files=81, at=NOW + timedelta(hours=1))
        with clock.frozen(NOW + timedelta(days=3)):
            watched()
        row = db.session.scalars(select(Notification)).one()
        assert row.facts["day"] == str(TODAY)


def test_what_was_read_before_the_watch_began_is_no_news(app: Flask) -> None:
    with app.app_context():
        read("sales1a", files=81, at=NOW - timedelta(days=1))
        watched()
        assert told() == []


def test_the_company_says_what_is_usual(app: Flask) -> None:
    with app.app_context():
        changes.record("settings.changed")
        db.session.add(SettingValue(name=unusual_reading.MOST_FILES, value={"value": 2}))
        db.session.commit()
        read("sales1a", files=3)
        read("sales2a", files=2)
        watched()
        assert told() == [("lead1", "sales1a", 3, 0)]
        assert db.session.scalars(select(Notification)).one().facts["most_files"] == 2


@pytest.mark.both_databases
def test_counting_is_one_statement_served_by_an_index(app: Flask) -> None:
    with app.app_context():
        read("sales1a", files=81)
        unusual_reading._most()
        sent: list[tuple[str, Any]] = []
        with reading(), asked(lambda statement, parameters: sent.append((statement, parameters))):
            unusual_reading.unusual_readers(TODAY)
        assert len(sent) == 1
        assert faults(*sent[0]) == []


def test_counting_waits_for_nobody_who_writes(app: Flask) -> None:
    with app.app_context(), closing(sqlite3.connect(app.extensions["huifang"].data / "huifang.db")) as other:
        read("sales1a", files=80)
        other.execute("BEGIN IMMEDIATE")
        assert unusual_reading.watch(None) == {"told": 0}  # type: ignore[arg-type]


@pytest.mark.both_databases
def test_files_that_are_really_opened_and_numbers_really_revealed_count(
    app: Flask, signed_in: SignedIn
) -> None:
    with app.app_context():
        changes.record("settings.changed")
        for name in (unusual_reading.MOST_FILES, unusual_reading.MOST_NUMBERS):
            db.session.add(SettingValue(name=name, value={"value": 1}))
        db.session.commit()
        made = [a_customer(f"客户{n}", phone=f"1390000100{n}") for n in range(2)]
        ids = [(customer.id, customer.points[0].id) for customer in made]
    for customer, point in ids:
        for _time in range(2):
            assert signed_in("sales1a").get(f"/customers/{customer}").status == 200
            address = f"/customers/{customer}/points/{point}/reveal"
            assert signed_in("service1").post(address, {"reason": "回电"}).status == 200
    with app.app_context():
        watched()
        assert set(told()) == {
            ("lead1", "sales1a", 2, 0),
            *((name, "service1", 0, 2) for name in ("admin", "manager", "auditor")),
        }


PAGES = (
    "/customers?columns=phone", "/customers?columns=name,custom_secret", "/", "/customers/{id}",
    "/customers/{id}/interactions/new", "/customers/{id}/history", "/duplicates",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["sales1a", "lead1", "manager", "service1", "sales2a"])
def test_no_number_is_read_in_clear_without_an_entry(
    app: Flask, signed_in: SignedIn, who: str, path: str
) -> None:
    """Wherever it stands; once for a person, a customer and a day."""
    with app.app_context():
        a_field("暗号", en="secret", sensitive=True)
        made = [a_customer(f"客户{n}有限公司", phone="13900001007") for n in range(3)]
        for customer in made[:2]:
            fill(customer, secret="HF-7788")
        ids = [customer.id for customer in made]
        job_id = jobs.ask(duplicate_sweep.JOB).id
        db.session.commit()
        working.work_on(job_id)
    client = signed_in(who)
    pages = [client.get(path.format(id=ids[0])) for _time in range(2)]
    read = any(re.search(r"1390000\d{4}|139 0000 \d{4}|HF-7788", page.words) for page in pages)
    with app.app_context():
        opened = db.session.scalars(select(JournalEntry.record_id).where(JournalEntry.kind == OPENED)).all()
    assert bool(opened) is read, path
    assert len(opened) == len(set(opened))


@pytest.mark.both_databases
def test_attached_files_that_are_taken_or_looked_at_count_each_once(app: Flask, signed_in: SignedIn) -> None:
    usual(app, unusual_reading.MOST_FILES, 2)
    with app.app_context():
        id = a_customer("华兴科技有限公司").id
    taken = [a_file(app, id, f"{n}.png", PNG + bytes([n])) for n in range(3)]
    for file_id in taken[:2] * 2:
        signed_in("service1").get(f"/files/customer/{id}/{file_id}")
    assert signed_in("service1").get(f"/customers/{id}").status == 200
    with app.app_context():
        watched()
        assert told() == []
    signed_in("service1").get(f"/files/customer/{id}/{taken[2]}/view")
    with app.app_context(), clock.frozen(NOW + unusual_reading.EVERY):
        watched()
        assert {about for _to, about, _files, _numbers in told()} == {"service1"}
        row = db.session.scalars(select(Notification)).first()
        assert row is not None and (row.facts["files"], row.facts["attachments"]) == (0, 3)
    assert "下载或查看附件3个（一般不超过2个）" in shown(signed_in, "manager").words
    [id, *_others] = notification_ids(app, "auditor")
    answer = signed_in("auditor").post(f"/notifications/{id}/opening").response
    assert answer.location.endswith("&kind=took_attachment")
    assert len(signed_in("auditor").get(answer.location).soup.select("#list tbody tr")) == 3


@pytest.mark.both_databases
def test_masked_values_of_custom_fields_that_are_looked_at_count(app: Flask, signed_in: SignedIn) -> None:
    usual(app, unusual_reading.MOST_NUMBERS, 1)
    with app.app_context():
        field = a_field("开户行", en="bank", sensitive=True).id
        made = [a_customer(f"客户{n}") for n in range(2)]
        for customer in made:
            fill(customer, bank="工行9558")
        ids = [customer.id for customer in made]
    for id in (*ids, *ids):
        address = f"/customers/{id}/fields/{field}/reveal"
        assert signed_in("service1").post(address, {"reason": "回电"}).status == 200
    with app.app_context():
        watched()
        assert {row[1:] for row in told()} == {("service1", 0, 2)}


def test_a_file_made_of_everything_counts_as_one_that_is_opened(app: Flask) -> None:
    usual(app, unusual_reading.MOST_FILES, 1)
    with app.app_context():
        read("sales1a", files=1)
        entry = db.session.scalars(select(JournalEntry)).one()
        for record_id in (entry.record_id, FIRST + 1):
            row = {"kind": "exported_file", "record_id": record_id, "details": {"reason": "x"}}
            same = {
                "at": NOW,
                "user_id": entry.user_id,
                "actor": "",
                "address": "",
                "record_table": "customers",
            }
            db.session.execute(insert(JournalEntry), {**same, **row})
        db.session.commit()
        watched()
        assert told() == [("lead1", "sales1a", 2, 0)]


def usual(app: Flask, name: str, most: int) -> None:
    """Let so many be usual in a day."""
    with app.app_context():
        changes.record("settings.changed")
        db.session.add(SettingValue(name=name, value={"value": most}))
        db.session.commit()


def notification_ids(app: Flask, who: str) -> list[int]:
    with app.app_context():
        wanted = select(Notification.id).where(Notification.recipient_id == the_user(who).id)
        return list(db.session.scalars(wanted))


def shown(signed_in: SignedIn, who: str) -> Any:
    return signed_in(who).get("/notifications")


def test_a_lead_learns_how_much_and_whom_to_ask(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司")
        read("sales1a", files=83, numbers=2)
        watched()
    page = shown(signed_in, "lead1")
    assert "李雷在11月18日 周三查看的客户资料异常多" in page.words
    assert "83份（每天一般不超过80份）；查看脱敏号码2个（一般不超过60个）" in page.words
    assert "具体查看了哪些，安全日志里有记录，请找陈岚" in page.words
    assert not page.soup.select('#list a[href*="audit"]')
    assert not page.soup.select("#list button[data-row-link]")


def test_it_is_told_in_the_language_of_the_reader(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        read("sales1a", files=83)
        watched()
    lead = signed_in("lead1")
    lead.post("/me/language", {"language": "en"})
    words = lead.get("/notifications").words
    assert "李雷 read an unusual amount on Wed 18 Nov" in words
    assert "with their numbers in clear: 83 (usually up to 80 a day)" in words
    assert "Which they were is in the security journal: ask 陈岚" in words


@pytest.mark.parametrize(
    ("files", "numbers", "kind", "entries"),
    [(82, 1, "&kind=opened", 50), (1, 62, "&kind=revealed", 50), (81, 61, "", 50)],
)
def test_whoever_reads_the_trail_is_led_to_the_very_entries(
    app: Flask, signed_in: SignedIn, files: int, numbers: int, kind: str, entries: int
) -> None:
    with app.app_context():
        read("service1", files=files, numbers=numbers)
        read("sales1a", files=2)
        watched()
        id = db.session.scalars(
            select(Notification.id).where(Notification.recipient_id == the_user("auditor").id)
        ).one()
    auditor = signed_in("auditor")
    answer = auditor.post(f"/notifications/{id}/opening").response
    assert answer.status_code == 303
    assert answer.location == (
        f"/admin/audit/journal?person=service1&since=2026-11-18&until=2026-11-18{kind}"
    )
    page = auditor.get(answer.location)
    rows = page.soup.select("#list tbody tr")
    assert len(rows) == entries and all("何平" in row.get_text() for row in rows)


def test_the_administrator_learns_nothing_of_customers(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer("华兴科技有限公司", phone="13900000007").id
        changes.record("settings.changed")
        db.session.add(SettingValue(name=unusual_reading.MOST_NUMBERS, value={"value": 1}))
        db.session.commit()
        first, second = a_customer("瑞丰贸易", phone="13900000008"), db.session.get_one(Customer, customer)
        addresses = [f"/customers/{c.id}/points/{c.points[0].id}/reveal" for c in (first, second)]
    for address in addresses:
        signed_in("service1").post(address, {"reason": "回电"})
    with app.app_context():
        watched()
        id = db.session.scalars(
            select(Notification.id).where(Notification.recipient_id == the_user("admin").id)
        ).one()
    admin = signed_in("admin")
    pages = [
        admin.get("/notifications"),
        admin.get(admin.post(f"/notifications/{id}/opening").response.location),
    ]
    assert "何平" in pages[0].words and "何平" in pages[1].words
    for page in pages:
        assert not [word for word in ("华兴", "瑞丰", "0007", "0008") if word in page.text]


@pytest.mark.parametrize("loss", ["leads no more", "team moved", "deactivated reader"])
def test_rights_are_those_of_the_moment_at_which_it_is_read(
    app: Flask, signed_in: SignedIn, loss: str
) -> None:
    with app.app_context():
        read("sales1a", files=83)
        watched()
        changes.record("user.updated")
        if loss == "leads no more":
            db.session.query(Membership).filter_by(user_id=the_user("lead1").id).one().lead = False
        elif loss == "team moved":
            place = db.session.query(Membership).filter_by(user_id=the_user("sales1a").id).one()
            place.team_id = the_user("sales2a").memberships[0].team_id
        else:
            the_user("sales1a").deactivated_at = clock.now()
        db.session.commit()
    words = shown(signed_in, "lead1").words
    knows = loss == "deactivated reader"
    assert ("李雷" in words, "83" in words) == (knows, knows)
    assert ("你已无权查看" in words) is not knows


def test_whoever_may_not_read_the_trail_any_more_learns_nothing_more(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        read("service1", files=83)
        watched()
        changes.record("user.updated")
        the_user("auditor").roles = []
        db.session.commit()
        id = db.session.scalars(
            select(Notification.id).where(Notification.recipient_id == the_user("auditor").id)
        ).one()
    auditor = signed_in("auditor")
    assert "何平" not in auditor.get("/notifications").text
    assert auditor.post(f"/notifications/{id}/opening").response.location == "/notifications"


def test_namesakes_are_told_apart(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        changes.record("user.updated")
        the_user("sales2a").name = the_user("sales1a").name
        db.session.commit()
        read("sales1a", files=83)
        watched()
    assert "李雷(销售一部)在11月18日" in shown(signed_in, "lead1").words


@pytest.mark.parametrize("who", ["leader", "auditor"])
def test_the_statements_of_the_page_do_not_grow_with_its_rows(
    app: Flask, signed_in: SignedIn, statements: Counter, who: str
) -> None:
    with app.app_context():
        changes.record("user.updated")
        for name in ("lead1", "lead2"):
            db.session.query(Membership).filter_by(user_id=the_user(name).id).one().lead = False
        db.session.commit()
    client, costs = signed_in(who), []
    for readers in (["sales1a", "service1"], ["sales1b", "sales2a", "callback1", "assistant1"]):
        with app.app_context():
            for reader in readers:
                read(reader, files=81)
            with clock.frozen(NOW + unusual_reading.EVERY * (len(costs) + 1)):
                watched()
        client.get("/notifications")
        with statements() as sent:
            page = client.get("/notifications")
        costs.append((len(page.soup.select("#list tbody tr")), len(sent)))
    assert costs[0][0] < costs[1][0]
    assert costs[0][1] == costs[1][1]


def test_the_job_says_of_how_many_people_but_not_of_whom(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        read("sales1a", files=81)
        read("service1", numbers=61)
        watched()
    words = signed_in("admin").get("/admin/jobs").words
    assert "检查异常查看 2人查看的客户资料异常多" in words
    assert "李雷" not in words and "何平" not in words


def test_the_settings_are_on_the_page_of_customers(signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/admin/settings/customers")
    fields = {str(field["name"]): field.get("value") for field in page.soup.select("main input[type=number]")}
    assert fields["customers-most_files_a_day"] == "80"
    assert fields["customers-most_numbers_a_day"] == "60"
