"""The settings page: every declared setting, its default, who changed it; and that it is watched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.office import queries
from core import settings, undo
from core.changes import ChangeSet
from core.db import db
from core.effects import effects_of
from core.settings import SettingValue
from tests.company import a_customer, the_viewer
from tests.pages import Client, Page
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]


def chosen(app: Flask, name: str) -> Any:
    with app.app_context():
        return settings.get(name)


def sent(client: Client, group: str, **changes: Any) -> Page:
    """The form of a group as it was opened, with these fields changed."""
    form = client.get(f"/admin/settings/{group}").form()
    return client.post(f"/admin/settings/{group}", {**form, **changes})


@pytest.mark.parametrize("who", ["manager", "lead1", "sales1a", "auditor", "finance"])
def test_it_is_the_administrators(signed_in: SignedIn, who: str) -> None:
    client = signed_in(who)
    assert client.get("/admin/settings").status == 403
    assert client.get("/admin/settings/company").status == 403
    assert client.post("/admin/settings/company", {"company-name": "x"}).status == 403


def test_every_declared_setting_has_its_field(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    names = set()
    with app.app_context():
        groups = queries.groups()
    for group in groups:
        page = client.get(f"/admin/settings/{group}")
        names |= {str(f["name"]) for f in page.soup.select("main form [name]")}
    expected = {s.name.replace(".", "-") for s in settings.declared().values() if s.group != "hidden"}
    assert expected <= names
    assert not {name for name in names if "demonstration" in name}


@pytest.mark.parametrize("group", ["hidden", "nothing", "Company"])
def test_a_group_without_a_page_is_not_found(signed_in: SignedIn, group: str) -> None:
    client = signed_in("admin")
    assert client.get(f"/admin/settings/{group}").status == 404
    assert client.post(f"/admin/settings/{group}", {"company-demonstration": "1"}).status == 404


@pytest.mark.both_databases
def test_a_change_is_kept_and_recorded(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    answer = sent(client, "company", **{"company-name": "青禾办公设备有限公司"})
    assert answer.status == 303
    assert chosen(app, "company.name") == "青禾办公设备有限公司"
    page = client.get("/admin/settings/company")
    assert "系统管理员" in page.words
    with app.app_context():
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert last is not None and (last.verb, last.actor) == ("settings.changed", "系统管理员")
        id = last.id
    trail = signed_in("auditor").get(f"/changes/{id}")
    assert "青禾办公设备有限公司" in trail.words


def test_what_was_not_changed_leaves_no_row(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        before = len(db.session.scalars(select(ChangeSet)).all())
    assert sent(signed_in("admin"), "customers").status == 303
    with app.app_context():
        assert db.session.scalars(select(SettingValue)).all() == []
        assert len(db.session.scalars(select(ChangeSet)).all()) == before


def test_the_default_is_no_choice(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    sent(client, "customers", **{"customers-bin_days": "90"})
    assert chosen(app, "customers.bin_days") == 90
    sent(client, "customers", **{"customers-bin_days": "60"})
    with app.app_context():
        assert db.session.scalars(select(SettingValue)).all() == []


@pytest.mark.parametrize(
    ("group", "field", "value"),
    [
        ("customers", "customers-bin_days", "0"), ("customers", "customers-bin_days", "many"),
        ("customers", "customers-bin_days", ""), ("customers", "customers-bin_days", "9" * 30),
        ("company", "company-language", "fr"), ("company", "company-zone", "Mars/Olympus"),
        ("company", "company-zone", "../../etc/passwd"), ("company", "company-name", "x" * 121),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(
    app: Flask, signed_in: SignedIn, group: str, field: str, value: str
) -> None:
    client = signed_in("admin")
    form = client.get(f"/admin/settings/{group}").form()
    before = snapshot(app)
    page = client.post(f"/admin/settings/{group}", {**form, field: value})
    assert page.status == 422 and page.soup.select(f"#{field}-error")
    assert difference(before, snapshot(app)) == ""


def test_a_field_that_was_not_sent_stays(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    sent(client, "customers", **{"customers-bin_days": "90"})
    assert client.post("/admin/settings/customers", {"customers-number_prefix": "QH"}).status == 303
    assert (chosen(app, "customers.bin_days"), chosen(app, "customers.number_prefix")) == (90, "QH")


def test_only_settings_of_the_page_are_taken(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    sent(
        client, "customers", **{"company-name": "x", "company-demonstration": "1", "customers.bin_days": "1"}
    )
    assert (chosen(app, "company.name"), chosen(app, "company.demonstration")) == ("", False)


def test_the_zone_is_fixed_once_there_are_customers(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    assert sent(client, "company", **{"company-zone": "Europe/Berlin"}).status == 303
    with app.app_context():
        a_customer()
    page = client.get("/admin/settings/company")
    assert not page.soup.select("[name=company-zone]") and "Europe/Berlin" in page.words
    answer = client.post("/admin/settings/company", {"company-zone": "Asia/Tokyo"})
    assert answer.status == 422 and chosen(app, "company.zone") == "Europe/Berlin"


def test_two_who_change_the_same_are_told_of_each_other(app: Flask, signed_in: SignedIn) -> None:
    first, second = signed_in("admin"), signed_in("admin")
    opened = first.get("/admin/settings/customers").form()
    sent(second, "customers", **{"customers-bin_days": "90"})
    page = first.post("/admin/settings/customers", {**opened, "customers-bin_days": "30"})
    assert page.status == 409 and chosen(app, "customers.bin_days") == 90
    assert "90" in page.one("#customers-bin_days-error").get_text()
    again = first.post("/admin/settings/customers", page.form())
    assert again.status == 303 and chosen(app, "customers.bin_days") == 30


@pytest.mark.both_databases
def test_a_change_of_settings_is_taken_back(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    sent(client, "company", **{"company-name": "青禾", "company-language": "en"})
    with app.app_context():
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert last is not None and len(effects_of(last)) == 2
        undo.undo(last, the_viewer("admin"))
        db.session.commit()
        settings.forget()
        assert (settings.get("company.name"), settings.get("company.language")) == ("", "zh_Hans_CN")
