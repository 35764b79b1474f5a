"""What tests of undo share: all rows as the database has them, and what was done last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from blueprints.customers import actions
from blueprints.customers.models import Tag
from core import changes
from core.changes import ChangeSet
from core.db import Model, db
from core.tracked import Tracked, recorded_columns
from tests.company import the_viewer


def last_set() -> ChangeSet:
    db.session.flush()
    return db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()


def business_tables() -> dict[str, dict[int, tuple[Any, ...]]]:
    """Every row of every business table, but for versions and derived columns, as the database has it."""
    db.session.flush()
    dump = {}
    for mapper in Model.registry.mappers:
        if issubclass(mapper.class_, Tracked):
            columns = [mapper.class_.__table__.c.id, *recorded_columns(mapper.class_)]
            rows = db.session.execute(select(*columns).order_by(columns[0])).all()
            dump[mapper.class_.__tablename__] = {row[0]: tuple(map(repr, row)) for row in rows}
    return dump


def as_manager(verb: str = "customer.bulk_changed") -> None:
    manager = the_viewer("manager")
    changes.set_actor(changes.Actor(manager.id, manager.name, "web"))
    changes.record(verb)


def actions_tag(name: str) -> Tag:
    as_manager()
    [tag] = actions.tags_for([name])
    db.session.commit()
    return tag
