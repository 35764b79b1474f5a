"""The demonstration company: whole, the same every time, and only where nothing else is."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from app import create_app
from blueprints.access.incidents import Incident
from blueprints.access.models import Credential, User
from blueprints.customers import family, search
from blueprints.customers import rules as customer_rules
from blueprints.customers.models import ContactPoint, Customer, Person
from blueprints.home.demo import company, endings
from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.history import group_of
from blueprints.home.demo.plain import PACES, File
from blueprints.home.demo.script import Script
from blueprints.interactions import refreshing, rhythms, rules
from blueprints.interactions.models import Interaction, PlannedContact
from blueprints.office import queries as office
from blueprints.sales import refreshing as amounts
from blueprints.sales.models import Purchase
from core import clock, config, demonstration, kinds, notifications, upkeep, working
from core.changes import Change, ChangeSet
from core.db import db
from core.erasures import Erasure
from core.journal import JournalEntry
from core.notifications import Notification
from tests.company import the_user, the_viewer
from tests.conftest import NOW, installation
from tests.pages import Client, Page

TODAY = clock.day_of(NOW)
SIGN_INS = (
    "admin",
    "manager",
    "lead1",
    "lead2",
    "sales1a",
    "sales1b",
    "sales2a",
    "service1",
    "service2",
    "finance",
    "auditor",
)
ALARMS = select(Notification).where(Notification.kind == "customers.unusual_reading")
SALES = ("sales1a", "sales1b", "sales2a", "lead1", "lead2", "manager")


def empty(folder: Path, **settings: str) -> Flask:
    """An application over a migrated database without a company."""
    url = f"sqlite:///{folder / 'huifang.db'}"
    app = create_app(config.load({"HUIFANG_DATA": str(folder), "HUIFANG_DATABASE_URL": url, **settings}))
    with app.app_context():
        upgrade()
    return app


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demonstration, filled on the tests' day."""
    app = empty(tmp_path_factory.mktemp("demo"))
    with clock.frozen(NOW):
        answer = app.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 0, answer.output
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def company_of(filled: Flask) -> Iterator[Flask]:
    with filled.test_request_context():
        yield filled


def customers(username: str | None = None) -> list[Customer]:
    wanted = select(Customer).where(Customer.deleted_at.is_(None)).order_by(Customer.id)
    if username is not None:
        wanted = wanted.where(Customer.owner_id == the_user(username).id)
    return list(db.session.scalars(wanted))


def state(customer: Customer) -> str:
    return customer_rules.contact_state(
        TODAY, customer.last_contact_on, customer.next_contact_on, customer.latest_contact_on
    )


def the_customer(short_name: str) -> Customer:
    found = select(Customer).where(func.coalesce(Customer.short_name, Customer.name) == short_name)
    return db.session.scalars(found).one()


# What is there


def test_it_has_its_people_and_some_400_customers(company_of: Flask) -> None:
    assert set(db.session.scalars(select(User.username))) == set(SIGN_INS)
    assert 380 <= len(customers()) <= 420
    assert not db.session.scalars(select(Credential).where(Credential.must_change)).all()


def test_the_register_of_incidents_shows_one_settled_and_one_that_runs(filled: Flask) -> None:
    with filled.app_context():
        rows = db.session.scalars(select(Incident).order_by(Incident.found_at)).all()
        assert [(row.state, row.closed_on is not None) for row in rows] == [("told", True), ("due", False)]


def test_names_and_numbers_are_given_once(company_of: Flask) -> None:
    names = Counter(customer.name_shadow for customer in customers())
    assert not [name for name, times in names.items() if times > 1]
    mobiles = Counter(db.session.scalars(select(ContactPoint.normal).where(ContactPoint.kind == "mobile")))
    assert sorted(times for times in mobiles.values() if times > 1) == [
        2,
        3,
    ]  # 恒达餐饮 twice, 老李 three times


def test_nobody_has_the_numbers_and_addresses(company_of: Flask) -> None:
    for point in db.session.scalars(select(ContactPoint)):
        if point.kind == "email":
            assert point.value.endswith(".example"), point.value
        elif point.kind in ("mobile", "phone"):
            assert "0000" in point.value, point.value


@pytest.mark.parametrize("q", ["wm", "王敏", "6688", "华兴"])
def test_the_first_search_finds_one_customer(company_of: Flask, q: str) -> None:
    found = search.find(the_viewer("sales1a"), q)
    assert [customer.shown_name for customer in found] == ["华兴科技"]


@pytest.mark.parametrize(
    "q", ["shan", "zeng", "qiu", "xie", "yuchi", "Søndergaard", "Lodzka", "северный", "さくら", "한빛"]
)
def test_rare_surnames_and_other_scripts_are_found(company_of: Flask, q: str) -> None:
    assert search.find(the_viewer("manager"), q)


def test_two_people_are_called_zhang_wei(company_of: Flask) -> None:
    assert len(db.session.scalars(select(Person).where(Person.name == "张伟")).all()) == 2


def test_stories_stand_as_they_are_told(company_of: Flask) -> None:
    huaxing, ruifeng = the_customer("华兴科技"), the_customer("瑞丰贸易")
    assert (huaxing.tier, state(huaxing), huaxing.last_contact_on) == ("a", "overdue", TODAY - timedelta(24))
    assert (ruifeng.tier, state(ruifeng), ruifeng.last_contact_on) == ("a", "due", TODAY - timedelta(16))
    lost, back = the_customer("东升塑胶"), the_customer("新锐设计")
    assert (lost.status, lost.lost_reason, back.status, back.won_back) == (
        "lost",
        "competitor",
        "active",
        True,
    )
    group = [customer for customer in customers() if customer.name.find("鼎盛") >= 0]
    assert (len(group), len({customer.owner_id for customer in group})) == (5, 3)
    found = family.of(the_customer("鼎盛集团"), the_viewer("manager"))
    assert found.members[0].customer.id == the_customer("鼎盛集团").id
    assert {member.customer.id for member in found.members} == {customer.id for customer in group}


def test_what_an_older_system_knew_has_its_own_author_and_day(company_of: Flask) -> None:
    huaxing = the_customer("华兴科技")
    past = select(Interaction).where(
        Interaction.customer_id == huaxing.id, Interaction.on_day < TODAY - timedelta(INTRODUCED)
    )
    said = db.session.scalars(past.order_by(Interaction.on_day)).all()
    assert [row.author.username for row in said] == ["sales1a", "sales1a", "sales1b"]
    assert {row.recorded_by.username for row in said} == {"manager"}
    assert all(huaxing.created_at > row.happened_at for row in said)


def test_one_file_is_put_away_and_one_was_erased(company_of: Flask) -> None:
    (closed,) = db.session.scalars(select(Customer).where(Customer.archived_at.is_not(None)))
    assert (closed.owner.username, closed.status, closed.next_contact_on) == ("lead2", "lost", None)
    (stub,) = db.session.scalars(select(Customer).where(Customer.deleted_at.is_not(None)))
    assert (stub.name, stub.number) == ("—", f"erased-{stub.id}")
    (erasure,) = db.session.scalars(select(Erasure))
    assert (erasure.record_id, erasure.ground) == (stub.id, "asked")
    told = (*db.session.scalars(select(Change.before)), *db.session.scalars(select(Change.after)))
    assert not [row for row in told if endings.GUEST["name"] in str(row)]


def test_five_messages_without_an_answer_reset_nothing(company_of: Flask) -> None:
    cloud = the_customer("云帆软件")
    said = db.session.scalars(
        select(Interaction)
        .where(Interaction.customer_id == cloud.id)
        .order_by(Interaction.happened_at.desc())
    ).all()
    assert [row.outcome for row in said[:6]] == ["sent_no_reply"] * 5 + ["reached"]
    assert (cloud.last_contact_on, state(cloud)) == (said[5].on_day, "overdue")


def test_a_lead_is_told_of_unusual_reading(company_of: Flask) -> None:
    (row,) = db.session.scalars(ALARMS).all()
    lead, reader = the_user("lead1"), the_user("sales1a")
    opened = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "opened")).all()
    assert {entry.user_id for entry in opened} == {reader.id}
    assert len({entry.record_id for entry in opened}) == len(opened) == row.facts["files"] > 80
    assert (row.recipient_id, row.record_id, row.read_at) == (lead.id, reader.id, None)
    assert row.created_at > max(entry.at for entry in opened) and clock.day_of(row.created_at) < TODAY
    assert "李雷" in notifications.told([row], the_viewer("lead1"))[row.id].text


def test_the_worker_tells_nobody_of_it_again(company_of: Flask) -> None:
    with clock.frozen(NOW):
        upkeep.ask_frequent()
        for id in upkeep.sweep():
            working.work_on(id)
    assert len(db.session.scalars(ALARMS).all()) == 1


# Today


def test_today_is_alive_for_whoever_sells(company_of: Flask) -> None:
    states = {username: Counter(state(customer) for customer in customers(username)) for username in SALES}
    assert states["sales1a"]["overdue"] == 3
    assert 7 <= states["sales1a"]["due"] <= 12
    assert all(states[username]["due"] >= 2 for username in SALES)
    assert all(1 <= states[username]["overdue"] <= 3 for username in SALES if username != "manager")


def test_imported_customers_wait_for_a_first_contact_and_are_spread(company_of: Flask) -> None:
    waiting = [customer for customer in customers() if customer.source == "import"]
    assert len(waiting) == 12
    assert {state(customer) for customer in waiting} == {"unmet"}
    assert len({customer.next_contact_on for customer in waiting}) >= 6


# Nothing that the application itself would not have made


def test_derived_columns_are_right(company_of: Flask) -> None:
    assert refreshing.refresh() == 0
    refresh = kinds.kind_of(Customer).refresh
    assert refresh is not None and refresh(None) == 0


def test_contacts_obey_the_rules(company_of: Flask) -> None:
    for row in db.session.scalars(select(Interaction)):
        rules.check_combination(row.channel, row.outcome)
        assert row.happened_at <= NOW
        assert row.counts == (row.outcome in rules.RESETTING)
        assert (row.outcome == "refused") == bool(row.refusal_reason)


def test_plans_lie_ahead_and_one_at_a_time(company_of: Flask) -> None:
    plans = db.session.scalars(select(PlannedContact).where(PlannedContact.state == "open")).all()
    assert plans and all(plan.on_day >= TODAY for plan in plans)
    assert max(Counter(plan.customer_id for plan in plans).values()) == 1


def test_the_trail_runs_in_the_order_of_time(company_of: Flask) -> None:
    moments = list(db.session.scalars(select(ChangeSet.at).order_by(ChangeSet.id)))
    assert moments == sorted(moments) and moments[-1] == NOW
    assert not db.session.scalar(select(func.count()).where(Change.set_id.is_(None)))


def test_paces_are_those_of_the_defaults() -> None:
    default = {rhythm.group.removeprefix("tier_"): rhythm for rhythm in rhythms.DEFAULTS}
    for group, pace in PACES.items():
        assert pace.standard == default[group].standard
        assert default[group].longest in (pace.longest, None)


# The same every time, on whatever day


def files_on(day: date) -> tuple[Days, tuple[File, ...]]:
    script = Script(day, "")
    return Days.before(day, office.calendar_for(None)), script.files


@pytest.mark.extra
def test_one_day_always_makes_the_same(company_of: Flask) -> None:
    assert files_on(TODAY) == files_on(TODAY)


DAYS = [TODAY + timedelta(days=3), date(2027, 2, 8)]  # a Saturday, and a holiday
MORE_DAYS = [TODAY + timedelta(days=n) for n in range(7) if n != 3] + [
    date.fromisoformat(day) for day in ("2026-10-05", "2026-10-09", "2027-02-15", "2028-02-29", "2031-01-01")
]


@pytest.mark.parametrize(
    "day", [*DAYS, *(pytest.param(day, marks=pytest.mark.extra) for day in MORE_DAYS)], ids=str
)
def test_any_day_will_do(company_of: Flask, day: date) -> None:
    days, files = files_on(day)
    assert days.calendar.is_workday(days.today) and days.today <= day
    assert endings.closed(files).said[-1].ago >= 1
    for file in files:
        assert 0 < file.born <= INTRODUCED, file.name
        assert group_of(file) in PACES
        for said in file.said:
            assert said.ago > 0, (file.name, said)
            assert said.ago <= file.born, (file.name, said)
            assert said.next is None or said.next.ahead >= 0, (file.name, said)


@pytest.mark.extra
def test_on_a_day_of_rest_there_is_still_what_is_overdue(tmp_path: Path) -> None:
    saturday = NOW + timedelta(days=3)
    app = empty(tmp_path)
    with clock.frozen(saturday):
        assert app.test_cli_runner().invoke(args=["demo"]).exit_code == 0
        with app.test_request_context():
            late = [
                c for c in customers("sales1a") if c.latest_contact_on and c.latest_contact_on < clock.today()
            ]
            assert "华兴科技" in {customer.shown_name for customer in late}


@pytest.mark.extra
@pytest.mark.usefixtures("postgresql_rows")  # what the tests behind it begin with is read before
def test_it_fills_postgresql_too(postgresql_app: Flask) -> None:
    with postgresql_app.app_context():
        names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        db.session.commit()
    code, output = demo(postgresql_app)
    assert code == 0, output
    with postgresql_app.test_request_context():
        assert len(customers()) >= 380
        assert refreshing.refresh() == 0
        assert [found.shown_name for found in search.find(the_viewer("sales1a"), "wm")] == ["华兴科技"]


# Its door


def test_everybody_signs_in_with_the_one_password(filled: Flask) -> None:
    with filled.app_context():
        door = demonstration.sign_ins()
    assert door is not None and tuple(dict(door.people)) == SIGN_INS
    for username, _words in door.people:
        client = Client(filled)
        answer = client.post("/sign-in", {"username": username, "password": door.password})
        assert answer.status == 303, (username, answer.words[:200])


def test_the_door_lists_the_people(filled: Flask) -> None:
    page = Page(filled.test_client().get("/sign-in"))
    assert "李雷 业务员" in page.words and "sales1a" in page.words


def test_the_password_is_for_the_owner_of_the_files_alone(filled: Flask) -> None:
    with filled.app_context():
        mode = demonstration.password_file().stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


# Where it refuses


def demo(app: Flask, *options: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["demo", *options])
    return answer.exit_code, answer.output


def test_it_does_not_touch_what_is_there(app: Flask) -> None:
    code, output = demo(app)
    assert code == 1 and "fills only an empty one" in output
    assert demo(app, "--if-empty") == (0, "")
    with app.app_context():
        assert not db.session.scalars(select(Customer)).all()


def test_it_needs_the_loopback_address(tmp_path: Path) -> None:
    app = empty(tmp_path, HUIFANG_HOST="0.0.0.0", HUIFANG_INSECURE_HTTP="1")
    code, output = demo(app)
    assert code == 1 and "HUIFANG_HOST is 0.0.0.0" in output
    with app.app_context():
        assert not company.is_begun()


def test_it_says_what_to_do_without_tables(tmp_path: Path) -> None:
    app = create_app(installation(tmp_path, f"sqlite:///{tmp_path / 'huifang.db'}"))
    code, output = demo(app, "--if-empty")
    assert code == 1 and "flask db upgrade" in output


def test_half_a_company_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    app = empty(tmp_path)
    with app.app_context():
        company.set_up()
        db.session.commit()
    code, output = demo(app, "--if-empty")
    assert code == 1 and "broken off" in output and "huifang.db" in output


def test_what_was_bought(company_of: Flask) -> None:
    buyers = db.session.scalar(select(func.count(Purchase.customer_id.distinct()))) or 0
    customers = db.session.scalar(select(func.count(Customer.id))) or 0
    assert 0.4 < buyers / customers < 0.75
    days = db.session.execute(select(func.min(Purchase.on_day), func.max(Purchase.on_day))).one()
    assert (days[1] - days[0]).days > 600 and days[1] <= TODAY
    late = db.session.scalars(select(Purchase).where(Purchase.balance > 0, Purchase.due_on < TODAY)).all()
    assert "华兴科技" in {each.customer.short_name for each in late}
    (back,) = db.session.scalars(select(Purchase).where(Purchase.kind == "return"))
    assert (back.customer.short_name, back.amount) == ("瑞丰贸易", 19_800)
    assert amounts.refresh() == 0
