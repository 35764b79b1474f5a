"""`flask bench pages`: what each page of a filled company takes, whoever opens it; the table of docs/performance.md.

The milliseconds of a page are those of this process on SQLite, where the database is a part of it, and those of the
clock on PostgreSQL. Its statements are then asked again by themselves. The work is what no other load changes:
thousands of steps of SQLite's machine, or hundreds of blocks that PostgreSQL looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from bench.floors.database import Database
from bench.journeys import cursors
from bench.people import cast, lead_of_a_team
from blueprints.access import actions
from blueprints.access import queries as access
from core.db import db, reading

TIMES = 3
STEPS = 1_000
BLOCKS = 100
EMPTY = 'class="hf-empty"'
PAGES = {
    "Today": "/",
    "Today of the team": "/?of=team",
    "Today, what is done": "/?of=team&show=done",
    "list by name": "/customers",
    "by next contact, the last first": "/customers?sort=-next_contact",
    "by tier, the last first": "/customers?sort=-tier",
    "tier A and active": "/customers?tier=a&status=active",
    "tier B or C, persons": "/customers?tier=b&tier=c&kind=person",
    "intent high, latest next contact first": "/customers?intent=high&sort=-next_contact",
    "active, latest next contact first": "/customers?status=active&sort=-next_contact",
    "a common tag": "/customers?tag=重点项目",
    "a rare tag": "/customers?tag=Key+account",
    "two tags": "/customers?tag=重点项目&tag=老客户",
    "list filtered by 科技": "/customers?q=科技",
    "a choice of a custom field": "/customers?where=custom_first_source:is:1",
    "a rare choice of a custom field": "/customers?where=custom_first_source:is:5",
    "1,000 employees or more, in their order": "/customers?where=custom_employees:least:1000&sort=-custom_employees",
    "a choice, and 50 employees or more": "/customers?where=custom_first_source:is:2&where=custom_employees:least:50",
    "without a custom field": "/customers?where=custom_employees:empty",
    "by groups of tiers": "/customers?group=tier",
    "active, by groups of owners": "/customers?status=active&group=owner",
    "by months of the next contact": "/customers?group=next_contact",
    "tag by groups of teams": "/customers?tag=重点项目&group=team",
    "by groups of a custom field": "/customers?group=custom_first_source",
    "search 华兴": "/search?q=华兴",
    "search h": "/search?q=h",
    "search huaxing": "/search?q=huaxing",
    "search hxkj": "/search?q=hxkj",
    "search KH": "/search?q=KH",
    "search 8888": "/search?q=8888",
    "search example": "/search?q=example",
    "texts 报价": "/search/texts?q=报价",
    "texts 样品收到 试用": "/search/texts?q=样品收到+试用",
    "texts sampl": "/search/texts?q=sampl",
    "texts 无此": "/search/texts?q=无此",
    "file": "/customers/{id}",
    "its history": "/customers/{id}/history",
    "a family of 500": "/customers/1/family",
    "its timeline": "/customers/{id}/interactions",
    "form of a contact": "/customers/{id}/interactions/new",
    "form of a customer": "/customers/new",
}

Statement = tuple[str, Any]


@dataclass(frozen=True)
class Cost:
    """What opening a page took, and those of its statements that took long by themselves, with their plans."""

    ms: float
    statements_ms: float
    work: float
    statements: int
    narrow: bool
    slow: list[str]

    def __str__(self) -> str:
        said = "narrow: " if self.narrow else ""
        return f"{said}{self.ms:.0f} ({self.statements_ms:.0f}, {self.work:,.0f})"


def measured(app: Flask, only: str, slow_ms: float) -> Iterator[tuple[str, dict[str, Cost]]]:
    """Every page whose name has this part: its name, and what it takes each of the cast."""
    database = Database(str(app.config["SQLALCHEMY_DATABASE_URI"]))
    people = cast(database)
    names = {
        "employee": people["employee"].username,
        "lead of a team": lead_of_a_team(database),
        "lead of a branch": people["lead"].username,
        "manager": people["manager"].username,
    }
    id = people["employee"].customers[0]["id"]
    pages = PAGES | {"behind half of all": f"/customers?after={cursors(database)[0]}"}
    for name, path in pages.items():
        if only.lower() in name.lower():
            asked = (app, path.format(id=id), slow_ms)
            # Each in a context of its own: within that of the command all would be the first
            yield name, {who: Context().run(_cost, username, *asked) for who, username in names.items()}


def _cost(username: str, app: Flask, path: str, slow_ms: float) -> Cost:
    client = _signed_in(app, username)
    client.get(path)
    with app.app_context():
        clock = time.process_time if _on_sqlite() else time.perf_counter
    took: list[float] = []
    for _ in range(TIMES):
        sent: list[Statement] = []
        with _noted(sent) as stopped:
            begin = clock()
            page = client.get(path).get_data(as_text=True)
            took.append((clock() - begin) * 1_000)
    with app.app_context(), reading():
        asked = [_asked(statement) for statement in sent]
        slow = [
            f"{ms:.0f} ms, {work:,.0f}: {statement}\n{parameters}\n{_plan(statement, parameters)}"
            for (statement, parameters), (ms, work) in zip(sent, asked, strict=True)
            if ms >= slow_ms
        ]
    ms, work = (sum(each) for each in zip(*asked, strict=True))
    return Cost(min(took), ms, work, len(sent), bool(stopped) and EMPTY in page, slow)


def _signed_in(app: Flask, username: str) -> FlaskClient:
    """A browser with a session of this person."""
    with app.app_context():
        user = access.user_named(username)
        assert user is not None, username
        token, person = actions.start_session(user.id), user.id
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["person"] = token, True, person
    return client


@contextmanager
def _noted(sent: list[Statement]) -> Iterator[list[Any]]:
    """Note the statements that read, without the frame of the transaction; yields those that were stopped."""
    stopped: list[Any] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    listeners = (("before_cursor_execute", note), ("handle_error", stopped.append))
    for name, told in listeners:
        event.listen(Engine, name, told)
    try:
        yield stopped
    finally:
        for name, told in listeners:
            event.remove(Engine, name, told)


def _asked(statement: Statement) -> tuple[float, float]:
    """Milliseconds and work of a statement asked alone, the least of some times: other load only adds."""
    ask: Callable[[Statement], tuple[float, float]] = _stepped if _on_sqlite() else _explained
    found = [ask(statement) for _ in range(TIMES)]
    return min(ms for ms, _ in found), min(work for _, work in found)


def _stepped(statement: Statement) -> tuple[float, float]:
    connection = db.session.connection()
    driver: Any = connection.connection.dbapi_connection
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver.set_progress_handler(count, STEPS)
    begin = time.thread_time()
    connection.exec_driver_sql(*statement).fetchall()
    ms = (time.thread_time() - begin) * 1_000
    driver.set_progress_handler(None, 0)
    return ms, steps


def _explained(statement: Statement) -> tuple[float, float]:
    text, parameters = statement
    explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {text}"
    told = db.session.connection().exec_driver_sql(explain, parameters).scalar_one()[0]
    looked = sum(told["Plan"][f"Shared {kind} Blocks"] for kind in ("Hit", "Read"))
    return told["Planning Time"] + told["Execution Time"], looked / BLOCKS


def _plan(statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if _on_sqlite() else "EXPLAIN (ANALYZE, BUFFERS)"
    rows = db.session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
    return "\n".join(f"    {row[-1]}" for row in rows)


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
