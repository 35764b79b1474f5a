"""A table with an encrypted column, in a process of its own: no table of a test stays among those of the rest.

`python -m tests.core.encrypted_cards FOLDER URL` writes, changes and deletes cards, and says what it found as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app import create_app
from core import changes, config, encrypted
from core.changes import Change, ChangeSet
from core.db import db, pk
from core.effects import copy_of, difference
from core.tracked import Tracked
from tests.core.test_encrypted import NUMBER, OTHER, THIRD


class Card(Tracked):
    __tablename__ = "test_cards"

    id: Mapped[int] = pk()
    holder: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = encrypted.encrypted("bank", unique=True)
    second: Mapped[str | None] = encrypted.encrypted("bank")


def written() -> dict[str, Any]:
    """Cards made, changed one by one and in bulk, looked up, and one deleted."""
    changes.record("company.installed")
    first = Card(holder="first", number=NUMBER, second=NUMBER)
    db.session.add_all([first, Card(holder="gone", number=THIRD)])
    db.session.flush()
    first.number = OTHER
    db.session.flush()
    changes.bulk_update(Card, Card.__table__.c.holder == "first", {"second": OTHER})
    changes.bulk_delete(Card, db.session.scalars(select(Card.id).where(Card.holder == "gone")).all())
    db.session.commit()
    found = db.session.scalars(select(Card).where(Card.number == OTHER)).one()
    return {"looked up": found.holder, "read": [found.number, found.second]}


def in_the_trail() -> dict[str, Any]:
    rows = db.session.scalars(select(Change).where(Change.record_table == "test_cards").order_by(Change.id))
    found = {row.action: row for row in rows if row.action != "update"}
    updates = select(Change).where(Change.record_table == "test_cards", Change.action == "update")
    return {
        "differences": [difference(row) for row in db.session.scalars(updates.order_by(Change.id))],
        "copy": copy_of(found["delete"])["number"],
    }


def in_clear() -> list[str]:
    """Which numbers stand somewhere in what the database holds."""
    tables = (Card.__table__, Change.__table__, ChangeSet.__table__)
    rows = [db.session.execute(text(f"SELECT * FROM {table.name}")).all() for table in tables]
    held = json.dumps(rows, default=str, ensure_ascii=False)
    return [number for number in (NUMBER, OTHER, THIRD) if number in held]


def moved() -> str:
    """A value that was copied to the other column."""
    db.session.execute(text("UPDATE test_cards SET second = number"))
    db.session.commit()
    try:
        return str(db.session.scalar(select(Card.__table__.c.second)))
    except encrypted.WrongKey:
        return "refused"


def with_another_key(app: Flask) -> str | None:
    settings: config.Config = app.extensions["huifang"]
    encrypted.key_file(settings).unlink()
    encrypted.register(app, settings)
    return encrypted.trouble(settings)


def main(folder: str, url: str) -> None:
    app = create_app(config.load({"HUIFANG_DATA": folder, "HUIFANG_DATABASE_URL": url}))
    with app.app_context():
        db.create_all()
        told = written() | in_the_trail() | {"clear": in_clear()}
        told["fits"] = encrypted.trouble(app.extensions["huifang"])
        told["moved"] = moved()
        told["another key"] = with_another_key(app)
    Path(folder, "told.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
