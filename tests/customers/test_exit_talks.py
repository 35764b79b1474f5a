"""Exit talks: offered where a customer is lost, noted, shown, changed, removed and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import exit_talks
from blueprints.customers.particulars import ExitTalk
from blueprints.customers.parts import the_part
from core import changes, clock
from core.db import db
from core.errors import NotFound
from tests.company import a_customer, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]
SAID: dict[str, Any] = {
    "on_day": "2026-11-17", "reason": "price", "competitor": "恒达", "why": "租金涨了两次", "back_if": "按张计费",
    "with_whom": "王敏",
}  # fmt: skip


def lost(app: Flask) -> int:
    with app.app_context():
        return a_customer(status="lost", lost_reason="competitor").id


@pytest.mark.parametrize(("status", "offered"), [("lost", 1), ("active", 0)])
def test_it_is_offered_where_a_customer_is_lost(
    app: Flask, signed_in: SignedIn, status: str, offered: int
) -> None:
    with app.app_context():
        id = a_customer(status=status, lost_reason="price" if status == "lost" else None).id
    person = signed_in("sales1a")
    assert len(person.get(f"/customers/{id}").soup.select("#exit-talks-part")) == offered
    assert person.get(f"/customers/{id}/exit-talks/new").form()["on_day"] == ["2026-11-18"]


@pytest.mark.both_databases
def test_noting_changing_removing_and_taking_back(app: Flask, signed_in: SignedIn) -> None:
    id, person = lost(app), signed_in("sales1a")
    at = f"/customers/{id}/exit-talks"
    form = person.get(f"{at}/new").form()
    assert form["reason"] == ["competitor"]  # as it stands on the file
    assert person.post(at, form | SAID).status == 303
    told = person.get(at).one("#exit-talks-part").get_text()
    assert all(text in told for text in ("租金涨了两次", "按张计费", "恒达", "李雷", "王敏"))
    assert "租金涨了两次" in person.get(f"/customers/{id}/interactions?kind=exit").one("#timeline").get_text()
    assert "租金涨了两次" in person.get(f"/customers/{id}/history").text
    link = str(person.get(at).one('a[href$="/edit"]')["href"])
    edit, action = person.get(link), link.removesuffix("/edit")
    assert person.post(action, edit.form() | {"reason": "quality"}).status == 303
    conflict = person.post(action, edit.form() | {"reason": "service"})
    assert conflict.status == 409 and "质量" in conflict.text
    assert person.post(f"{action}/deletion").status == 303
    assert "租金" not in person.get(at).one("#exit-talks-part").get_text()
    removal = str(person.get(f"/customers/{id}/history").soup.select("#history details p.small a")[0]["href"])
    assert person.post(f"{removal}/undo").status == 303
    assert "租金涨了两次" in person.get(at).one("#exit-talks-part").get_text()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on_day": "2026-11-19"}, "on_day"),
        ({"why": " "}, "why"),
        ({"reason": ""}, "reason"),
        ({"reason": "x"}, "reason"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    app: Flask, signed_in: SignedIn, values: dict[str, str], field: str
) -> None:
    id, person = lost(app), signed_in("sales1a")
    form = person.get(f"/customers/{id}/exit-talks/new").form()
    answer = person.post(f"/customers/{id}/exit-talks", form | SAID | values)
    assert answer.status == 422 and answer.one(f"#{field}-error")
    assert answer.form()["competitor"] == ["恒达"]
    with app.app_context():
        assert db.session.query(ExitTalk).count() == 0


@pytest.mark.parametrize(
    ("who", "reads", "writes"), [("sales1a", 200, 200), ("auditor", 200, 403), ("sales2a", 404, 404)]
)
def test_who_reads_and_writes(app: Flask, signed_in: SignedIn, who: str, reads: int, writes: int) -> None:
    id, person = lost(app), signed_in(who)
    assert person.get(f"/customers/{id}/exit-talks").status == reads
    assert person.get(f"/customers/{id}/exit-talks/new").status == writes
    if reads == 200 and writes == 403:
        assert not person.get(f"/customers/{id}/exit-talks").soup.select('a[href$="/new"]')


def test_another_file_has_other_talks(in_context: None) -> None:
    mine, other = a_customer(), a_customer("别家")
    by = the_viewer("sales1a")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        talk = exit_talks.note_talk(mine, {**SAID, "on_day": clock.today()}, by=by)
        db.session.commit()
    assert the_part(mine, ExitTalk, talk.id) is talk
    with pytest.raises(NotFound):
        the_part(other, ExitTalk, talk.id)
