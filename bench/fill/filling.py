"""Fill an empty database: the company by its actions, its customers in batches around the recorder."""

from __future__ import annotations

import gc
from collections.abc import Callable
from random import Random
from typing import Any

from sqlalchemy import func, select

from bench.fill import company, customers
from bench.fill.loading import Loader
from blueprints.access.models import User
from blueprints.customers.models import Customer
from core import clock, counters
from core.db import Model, db

BATCH = 2_000
# Parents before children
TABLES = (
    "customers", "people", "affiliations", "contact_points", "customer_tags", "customer_helpers",
    "customer_values", "relations", "customer_search", "interactions", "interaction_search", "planned_contacts",
    "change_sets", "changes",
)  # fmt: skip


class NotEmpty(Exception):
    """The database holds people or customers; only an empty one is filled."""


def fill(count: int, seed: int, told: Callable[[int], None] = lambda done: None) -> str:
    """Make a company of so many customers; answers the password of all its people.

    The same size, seed and day give the same rows, but for the password. Needs a migrated database without
    people. Memory does not grow with the size. Raises NotEmpty.
    """
    if db.session.scalar(select(func.count(User.id))) or db.session.scalar(select(func.count(Customer.id))):
        raise NotEmpty("The database is not empty: a synthetic company is only put into a new one.")
    random = Random(seed)
    founded = company.found(count, random)
    making = customers.Making(founded, random, clock.today(), _taken())
    counters.take("customers", count)
    db.session.commit()
    _load({"tags": customers.tags(clock.now())})
    gc.freeze()
    for first in range(1, count + 1, BATCH):
        last = min(first + BATCH - 1, count)
        _load(making.batch(first, last))
        told(last)
    gc.unfreeze()
    _settle()
    return founded.password


def _taken() -> dict[str, int]:
    """The highest id of the tables that founding the company has written to."""
    tables = [Model.metadata.tables[name] for name in ("change_sets", "changes")]
    return {table.name: db.session.scalar(select(func.max(table.c.id))) or 0 for table in tables}


def _load(rows: customers.Rows) -> None:
    tables = Model.metadata.tables
    with db.engine.begin() as connection:
        loader = Loader(connection)
        for name in [name for name in ("tags", *TABLES) if name in rows]:
            loader.load(tables[name], rows[name])


def _settle() -> None:
    """Let PostgreSQL go on counting behind the given ids, and both databases know how much lies where."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            for name in ("tags", *TABLES):
                table: Any = Model.metadata.tables[name]
                if "id" in table.c:
                    last = select(func.setval(func.pg_get_serial_sequence(name, "id"), func.max(table.c.id)))
                    connection.execute(last.having(func.max(table.c.id).is_not(None)))
            connection.exec_driver_sql("VACUUM ANALYZE")
