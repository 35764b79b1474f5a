"""What tests of archive, bin and erasure share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from blueprints.customers import archiving
from blueprints.customers.models import Customer
from core import changes
from core.db import Model, db
from core.tracked import Tracked
from tests.company import the_viewer


def acted(action: Callable[..., Any], *args: Any, as_whom: str = "manager", **values: Any) -> Any:
    """An act of a person, committed."""
    person = the_viewer(as_whom)
    with changes.acting(changes.Actor(person.id, person.name, "web")):
        made = action(*args, **values)
        db.session.commit()
    return made


def put_away(customer: Customer) -> None:
    acted(archiving.archive, customer, by=the_viewer("manager"), reason="停业")


def whole_tables() -> dict[str, list[Any]]:
    """All business rows with what is derived of them, but for versions and times of change."""
    db.session.flush()
    dump = {}
    for mapper in Model.registry.mappers:
        if issubclass(mapper.class_, Tracked):
            table: Any = mapper.class_.__table__
            columns = [c for c in table.c if c.name not in ("version", "updated_at")]
            dump[table.name] = [
                tuple(map(repr, row)) for row in db.session.execute(select(*columns).order_by(table.c.id))
            ]
    return dump
