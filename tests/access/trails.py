"""Change sets for the tests of the trail: made by people, committed."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import changes
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer, the_user, the_viewer


def a_file(app: Flask, *args: Any, **values: Any) -> int:
    """The id of a new customer file."""
    with app.app_context():
        return a_customer(*args, **values).id


def by(app: Flask, username: str, action: Any) -> int:
    """What a person does; answers the id of the change set."""
    with app.app_context():
        viewer = the_viewer(username)
        with changes.acting(changes.Actor(viewer.id, viewer.name, "web", "192.0.2.7")):
            action(viewer)
            db.session.commit()
        return last_id()


def last_id() -> int:
    """The id of the newest change set."""
    return db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()


def an_update(app: Flask, id: int, by_whom: str = "manager", **values: Any) -> int:
    """A change of a customer file; answers the id of the change set."""
    return by(app, by_whom, lambda viewer: actions.update(db.session.get_one(Customer, id), values))


def a_move(app: Flask, ids: list[int], to: str) -> int:
    """A bulk change of owner by the manager; answers the id of the change set."""
    return by(app, "manager", lambda v: actions.assign_many(ids, the_user(to), by=v, reason="区域调整"))
