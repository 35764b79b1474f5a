"""No write goes around the mechanism: not in the source, and not at run time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from blueprints.access.models import SignIn, Team
from core import changes
from core.changes import Change, Unrecorded
from core.db import Model, db, reading
from core.tracked import Tracked
from tests.shape.sources import area_sources, sources
from tests.shape.test_imports import told

STATEMENTS = frozenset({"insert", "update", "delete"})
# Ways to write rows, or to speak to the database, that the recorder does not see.
BYPASSES = frozenset(
    {
        "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings", "connection", "exec_driver_sql",
        "executemany", "executescript", "get_bind", "raw_connection",
    }
)  # fmt: skip
COMMITTING = frozenset(
    f"core/{name}.py"
    for name in ("requests", "journal", "commands", "working", "upkeep", "sealing", "backup_commands")
)


@pytest.fixture(scope="module", autouse=True)
def all_models(sqlite_app: Flask) -> None:
    """The areas are loaded, and with them the models of all of them."""


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node, node.func.id if isinstance(node.func, ast.Name) else node.func.attr


def from_sqlalchemy(tree: ast.AST) -> dict[str, str]:
    """Name in the file → name in SQLAlchemy, of what the file takes from there."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }


def journals() -> set[str]:
    """The models that are not recorded themselves."""
    return {m.class_.__name__ for m in Model.registry.mappers if not issubclass(m.class_, Tracked)}


def around(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of what writes, or could write, a business table without the recorder."""
    taken = from_sqlalchemy(tree)
    for node, name in calls(tree):
        if isinstance(node.func, ast.Name):
            if taken.get(name) in STATEMENTS and not _on_journal(node):
                yield node.lineno, ast.unparse(node)
        elif name in BYPASSES or (name in STATEMENTS and _on_query_or_table(node)):
            yield node.lineno, ast.unparse(node)


def _on_journal(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id in journals()


def _on_query_or_table(node: ast.Call) -> bool:
    called = ast.unparse(node.func)
    return "query(" in called or "__table__" in called or called.startswith(("sa.", "sqlalchemy."))


def as_text(tree: ast.AST) -> Iterator[int]:
    """Lines of SQL that is written as text."""
    taken = from_sqlalchemy(tree)
    for node, name in calls(tree):
        if isinstance(node.func, ast.Name) and taken.get(name) in {"text", "literal_column"}:
            yield node.lineno


def test_no_area_writes_around_the_recorder() -> None:
    told(
        [
            f"{source.name}:{line}: {code[:70]}"
            for source in area_sources()
            for line, code in around(source.tree())
        ],
        "Write through the session, or with changes.bulk_update; only journals take statements.",
    )


AROUND = [
    "from sqlalchemy import update\nupdate(Customer)",
    "from sqlalchemy import delete as gone\ngone(Customer)",
    "from sqlalchemy import insert\ninsert(models.Customer)",
    "from sqlalchemy.dialects.postgresql import insert\ninsert(Customer)",
    "db.session.query(Customer).update({})",
    "Customer.__table__.delete()",
    "db.session.bulk_save_objects(rows)",
    "db.session.connection().execute(x)",
]


@pytest.mark.parametrize("code", AROUND)
def test_the_ways_around_are_known(code: str) -> None:
    assert list(around(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import update\nupdate(SignIn)",
        "values.update(more)",
        "changes.bulk_update(Customer, here, {})",
        "db.session.delete(row)",
    ],
)
def test_the_ways_that_are_meant_are_let_through(code: str) -> None:
    assert not list(around(ast.parse(code)))


def test_no_area_writes_sql_as_text() -> None:
    told(
        [f"{s.name}:{line}" for s in area_sources() if s.part != "models" for line in as_text(s.tree())],
        "Say it with SQLAlchemy, or put it into core/, for both databases.",
    )


def test_only_the_request_and_commands_commit() -> None:
    allowed = {source.name for source in sources("core", "blueprints") if source.path.stem in {"cli", "jobs"}}
    faults = [
        f"{source.name}:{node.lineno}"
        for source in [*sources("core"), *area_sources()]
        if source.name not in COMMITTING | allowed
        for node, name in calls(source.tree())
        if name == "commit"
    ]
    told(
        faults,
        "Actions flush; core/requests.py commits, core/working.py the batches of jobs, and commands do.",
    )


def tracked_team() -> Team:
    return db.session.scalars(select(Team).where(Team.slug == "sales1")).one()


def by_model() -> None:
    db.session.execute(update(Team).values(name="x"))


def by_table() -> None:
    db.session.execute(update(Team.__table__).values(name="x"))


def by_insert() -> None:
    db.session.execute(insert(Team).values(slug="x", name="x"))


def by_delete() -> None:
    db.session.execute(delete(Team))


def by_query() -> None:
    db.session.query(Team).update({"name": "x"})


WAYS = [by_model, by_table, by_insert, by_delete, by_query]


@pytest.mark.both_databases
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_write_around_the_recorder_is_refused(app: Flask, way: Callable[[], None]) -> None:
    with app.app_context():
        changes.record("team.updated")
        with pytest.raises(Unrecorded):
            way()


@pytest.mark.both_databases
def test_a_write_without_a_verb_is_refused(app: Flask) -> None:
    with app.app_context():
        tracked_team().name = "x"
        with pytest.raises(Unrecorded, match="name the verb"):
            db.session.flush()


@pytest.mark.both_databases
def test_a_named_write_is_recorded(app: Flask) -> None:
    with app.app_context():
        changes.record("team.updated")
        team = tracked_team()
        team.name = "销售三部"
        db.session.flush()
        row = db.session.scalars(
            select(Change).where(Change.record_table == "teams").order_by(Change.id.desc())
        ).first()
        assert row is not None
        assert (row.before, row.after) == ({"name": "销售一部"}, {"name": "销售三部"})
        assert (team.version, row.record_version) == (2, 2)


@pytest.mark.both_databases
def test_a_reading_transaction_cannot_write(app: Flask) -> None:
    with app.app_context(), reading():
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            db.session.execute(update(SignIn).values(address="x"))
        db.session.rollback()
