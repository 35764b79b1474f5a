"""Ways of taking rows on the page of an import, and the mappings that a person keeps."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from blueprints.customers import import_mappings
from tests.customers.imports import customers
from tests.customers.test_import_pages import SignedIn, opened, tried
from tests.customers.test_import_pages import lead as lead
from tests.pages import Client


def test_ways_and_mappings_on_the_page(app: Flask, lead: Client) -> None:
    columns = {"column-0": "number", "column-1": "name", "column-2": "birthday"}
    at = opened(lead, "户号,单位,出生\nC1,王敏,03/05/1990\n")
    page = tried(lead, at, **columns)
    assert "may be 1990-03-05 or 1990-05-03" in page.words
    page = tried(lead, at, **columns, days="day", mode="create", keep_as="老系统")
    assert "may be" not in page.words
    assert lead.post(f"{at}/run").status == 303
    with app.app_context():
        made = [(customer.number, customer.birthday) for customer in customers()]
    assert made == [("C1", date(1990, 5, 3))]
    # the next file with these columns needs no matching
    at = opened(lead, "单位,户号,出生,其他\n李雷,C2,25/05/1990,x\n")
    form = lead.get(at).form(f"{at}/columns")
    chosen = {name: form[name][0] for name in ("column-0", "column-1", "column-2", "days", "mode")}
    assert chosen == {
        "column-0": "name", "column-1": "number", "column-2": "birthday", "days": "day", "mode": "create",
    }  # fmt: skip


def test_a_kept_mapping_is_used_replaced_and_forgotten(lead: Client, signed_in: SignedIn) -> None:
    at = opened(lead, "户号,单位\nC1,华兴\n")
    for match in ("number", "name"):
        tried(lead, at, **{"column-0": "number", "column-1": "name"}, keep_as="老系统", match=match)
    other = opened(lead, "单位,电话\n瑞丰,13900000001\n")
    [(id, name)] = [
        (option["value"], option.get_text())
        for option in lead.get(other).soup.select("[name=kept] option")
        if option["value"]
    ]
    assert name == "老系统"
    assert lead.post(f"{other}/mapping", {"kept": str(id)}).status == 303
    form = lead.get(other).form(f"{other}/columns")
    assert [form[name] for name in ("column-0", "column-1", "match")] == [["name"], [""], ["name"]]
    assert signed_in("manager").post(f"/customers/import/mappings/{id}/deletion").status == 404
    assert lead.post(f"/customers/import/mappings/{id}/deletion").status == 303
    assert "老系统" not in lead.get("/customers/import").words
    assert lead.post(f"{other}/mapping", {"kept": str(id)}).status == 422


def test_nobody_keeps_more_than_fifty(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_mappings, "MOST", 1)
    at = opened(lead, "户号,单位\nC1,华兴\n")
    fields = lead.get(at).form(f"{at}/columns") | {"column-0": "number", "column-1": "name"}
    assert lead.post(f"{at}/columns", fields | {"keep_as": "一"}).status == 303
    refused = lead.post(f"{at}/columns", fields | {"keep_as": "二"})
    assert refused.status == 422 and "at most 1 mappings" in refused.words
