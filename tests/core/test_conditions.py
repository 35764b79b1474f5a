"""Conditions in each database's own words find the same rows as plain ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, or_, select, text

from blueprints.customers.models import Customer, CustomerTag, Tag
from core import kinds, lists
from core.budget import TooLong
from core.conditions import among, listed, tried
from core.db import db
from core.lists import Count, Order
from core.rights import Right
from tests.company import a_customer, the_viewer

pytestmark = pytest.mark.both_databases


@pytest.fixture
def some(app: Flask) -> Flask:
    with app.app_context():
        for number in range(12):
            a_customer(
                f"华兴{number}号有限公司", tags=["展会"] if number % 3 == 0 else [], tier="ab"[number % 2]
            )
    return app


def names(statement: object) -> list[str]:
    return list(db.session.scalars(statement))  # type: ignore[call-overload]


def test_among_is_in(some: Flask) -> None:
    with some.app_context():
        worn = select(CustomerTag.customer_id).join(Tag).where(Tag.name == "展会")
        plain = or_(Customer.tier == "a", Customer.id.in_(worn))
        quick = or_(Customer.tier == "a", among(Customer.id, worn.scalar_subquery()))
        wanted = select(Customer.name).order_by(Customer.id)
        assert names(wanted.where(quick)) == names(wanted.where(plain))
        assert len(names(wanted.where(quick))) == 8
        none = select(CustomerTag.customer_id).where(CustomerTag.id == 0).scalar_subquery()
        assert names(wanted.where(among(Customer.id, none))) == []


@pytest.mark.parametrize("places", [(), (3,), (0, 3, 3, 11)])
def test_listed_is_in(some: Flask, places: tuple[int, ...]) -> None:
    with some.app_context():
        ids = db.session.scalars(select(Customer.id).order_by(Customer.id)).all()
        few = [ids[place] for place in places] + [2**40]
        wanted = select(Customer.name).order_by(Customer.id)
        assert names(wanted.where(listed(Customer.id, few))) == names(wanted.where(Customer.id.in_(few)))
        assert len(names(wanted.where(listed(Customer.id, few)))) == len(set(places))


def test_an_index_serves_what_is_listed(some: Flask) -> None:
    with some.app_context():
        plan = explained(select(Customer.name).where(listed(Customer.id, range(40))))
        assert "SCAN customers" not in plan


def test_indexes_serve_every_way_to_reach_a_customer(app: Flask) -> None:
    """An OR of which one part cannot use an index has to look at all rows."""
    with app.app_context():
        viewer = the_viewer("sales1a")
        wanted = select(Customer.id).where(kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE))
        plan = explained(wanted)
        assert "SCAN customers" not in plan
        assert "Seq Scan on customers" not in plan


def explained(statement: Select[Any]) -> str:
    """How the database would look for the rows; PostgreSQL as if there were many."""
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    on_sqlite = db.engine.dialect.name == "sqlite"
    if not on_sqlite:
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    rows = db.session.execute(text(f"EXPLAIN {'QUERY PLAN ' if on_sqlite else ''}{compiled}"))
    return "\n".join(str(row[-1]) for row in rows)


def test_what_is_unknown_does_not_hold(some: Flask) -> None:
    with some.app_context():
        unknown = select(Customer.name).where(tried(Customer.credit_code == "91"))
        assert names(unknown) == []


@pytest.mark.parametrize("descending", [False, True])
def test_many_rows_are_paged_through_alike(some: Flask, descending: bool) -> None:
    with some.app_context():
        wanted, order = select(Customer).where(Customer.tier == "a"), Order(Customer.name_key, descending)
        quick = lists.quick(wanted, Customer, Count(1_000, capped=True))
        assert quick is not wanted
        seen: list[str] = []
        after = None
        while True:
            page = lists.page(quick, Customer, order, after, size=4)
            seen += [customer.name for customer in page.rows]
            if (after := page.after) is None:
                break
        assert seen == [
            customer.name for customer in db.session.scalars(wanted.order_by(*order.by(Customer.id)))
        ]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", [Customer.name_key, Customer.next_sort, Customer.created_at])
def test_rows_far_behind_are_sorted_alike(
    some: Flask, monkeypatch: pytest.MonkeyPatch, column: Any, descending: bool
) -> None:
    """Going along the index of the order has taken too long."""

    @contextmanager
    def stopped(ms: int) -> Iterator[None]:
        yield
        raise TooLong

    monkeypatch.setattr(lists, "within_budget", stopped)
    monkeypatch.setattr(lists.page, "__defaults__", (4,))
    with some.app_context():
        wanted, order = select(Customer).where(Customer.tier == "a"), Order(column, descending)
        seen: list[str] = []
        after = None
        while True:
            many = Count(1_000, capped=True)
            page = lists.page_of_many(wanted, Customer, order, after, many, lambda rows: rows)
            seen += [customer.name for customer in page.rows]
            if (after := page.after) is None:
                break
        assert seen == [
            customer.name for customer in db.session.scalars(wanted.order_by(*order.by(Customer.id)))
        ]


def test_counting_further_tells_whether_they_are_many(some: Flask) -> None:
    with some.app_context():
        wanted = select(Customer).where(Customer.tier == "a")
        assert lists.count(wanted, 4) == Count(4, capped=True, many=True)
        assert lists.count(wanted, 4, further=6) == Count(4, capped=True, many=False)
        assert lists.count(wanted, 4, further=5) == Count(4, capped=True, many=True)
        assert lists.count(wanted, 6) == Count(6, capped=False, many=False)


def test_few_rows_are_left_to_the_database(some: Flask) -> None:
    with some.app_context():
        wanted = select(Customer).where(Customer.tier == "a")
        assert lists.quick(wanted, Customer, Count(6, capped=False)) is wanted
