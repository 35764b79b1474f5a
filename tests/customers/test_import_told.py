"""What an import tells of other people's customers: as many look-ups as it tells of, each counted once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import Team
from blueprints.customers import import_batches
from blueprints.customers.models import Customer
from core import changes, working
from core.db import db
from core.jobs import Job
from core.journal import JournalEntry
from tests.company import a_customer
from tests.customers.test_import_pages import opened, tried
from tests.pages import Client


@pytest.fixture
def lead(signed_in: Callable[[str], Client]) -> Client:
    """The lead of a sales team, reading English."""
    client = signed_in("lead1")
    client.post("/me/language", {"language": "en", "back": "/customers/import"})
    return client


def finished(app: Flask) -> None:
    """The jobs that wait are done."""
    with app.app_context():
        for job in db.session.scalars(select(Job.id).where(Job.kind.startswith("customers.import"))).all():
            working.work_on(job)


def looked_up(app: Flask) -> list[int]:
    """How many look-ups each entry of the journal counts."""
    with app.app_context():
        wanted = select(JournalEntry.details).where(JournalEntry.kind == "looked_up")
        return [details["found"] for details in db.session.scalars(wanted.order_by(JournalEntry.id))]


def theirs(app: Flask, count: int) -> str:
    """The rows of so many customers of another team."""
    with app.app_context():
        for n in range(count):
            a_customer(f"客户{n}", phone=f"139123466{n:02}", owner="sales2a")
    return "".join(f"客户{n},139123466{n:02}\n" for n in range(count))


@pytest.mark.both_databases
@pytest.mark.parametrize("at_once", [2_000, 1])
def test_what_the_dry_run_told_counts_once(
    app: Flask, lead: Client, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Trying once more and importing tell just that again; what else they tell counts."""
    monkeypatch.setattr(import_batches, "AT_ONCE", at_once)
    url = opened(lead, f"公司,手机\n{theirs(app, 3)}丁丁科技,13912346699\n")
    for _time in range(2):
        tried(lead, url)
        finished(app)
    assert looked_up(app) == [3]
    with app.app_context():  # what is told of this one is something else by now
        changes.record("customer.updated")
        moved = db.session.scalars(select(Customer).where(Customer.name == "客户0")).one()
        moved.team_id = db.session.scalars(select(Team.id).where(Team.slug == "service")).one()
        db.session.commit()
    assert lead.post(f"{url}/run").status == 303
    finished(app)
    assert looked_up(app) == [3, 1]
    page = lead.get(url)
    assert page.words.count("Already looked after by team 销售二部.") == 2
    assert page.words.count("Already looked after by team 客服部.") == 1


@pytest.mark.parametrize("at_once", [2_000, 1])
def test_under_another_mapping_what_is_told_counts_anew(
    app: Flask, lead: Client, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """The row asks something else: whether the other name is on file, too."""
    monkeypatch.setattr(import_batches, "AT_ONCE", at_once)
    theirs(app, 1)
    url = opened(lead, "公司,旧名,手机\n客户0,客户0,13912346600\n客户甲,客户乙,\n")
    for columns in ({"column-1": ""}, {"column-0": "", "column-1": "name"}):
        tried(lead, url, **columns)
        finished(app)
    assert looked_up(app) == [1, 1]


def test_a_day_tells_no_more_than_its_look_ups(app: Flask, lead: Client) -> None:
    """With all of them made, a dry run is told of once more, and of nobody else."""
    named, unnamed = "Already looked after by team 销售二部.", "Not imported: already on file, or not yours."
    rows = theirs(app, 33).splitlines(keepends=True)
    first, other = (opened(lead, "公司,手机\n" + "".join(some)) for some in (rows[:30], rows[30:]))
    for url, told in ((first, (30, 0)), (first, (30, 0)), (other, (0, 3)), (other, (0, 3))):
        page = tried(lead, url)
        assert (page.words.count(named), page.words.count(unnamed)) == told
    assert sum(looked_up(app)) == 30
