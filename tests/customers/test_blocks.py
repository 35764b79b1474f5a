"""The blocks of a file: each is changed by itself, on a page of its own or in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from blueprints.customers.blocks import BLOCKS
from blueprints.customers.export_columns import HEADER, Wording
from blueprints.customers.export_rows import rows
from blueprints.customers.forms import CustomerForm
from blueprints.customers.models import Customer
from core.db import db
from core.rights import Right
from tests.company import a_customer, without_right
from tests.customers.custom import a_field, fill
from tests.customers.imports import imported
from tests.pages import Client

SignedIn = Callable[[str], Client]


def test_every_fact_stands_in_one_block(app: Flask) -> None:
    blocks = sorted(name for block in BLOCKS.values() for name in block.fields)
    with app.test_request_context():
        form = CustomerForm(formdata=None)
    assert blocks == sorted(field.name for field in form if field.name != "csrf_token")


@pytest.mark.parametrize(
    ("block", "sent", "column"),
    [
        ("basics", {"short_name": "华兴"}, "short_name"),
        ("reaching", {"preferred_time": "上午十点后"}, "preferred_time"),
        ("facts", {"industry": "电子"}, "industry"),
        ("address", {"city": "苏州"}, "city"),
        ("person", {"gender": "female"}, "gender"),
        ("note", {"note": "两行\n备注"}, "note"),
    ],
)
def test_a_block_changes_itself_alone(
    app: Flask, signed_in: SignedIn, block: str, sent: dict[str, str], column: str
) -> None:
    with app.app_context():
        id = a_customer(size="50", note="备注", city="杭州", tags=["月结"]).id
    person, at = signed_in("sales1a"), f"/customers/{id}/blocks/{block}"
    form = person.get(at).form()
    assert set(form) - {"csrf_token", "version"} <= {*BLOCKS[block].fields}
    assert person.post(at, form | sent).status == 303
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        kept = {"size": "50", "note": "备注", "city": "杭州"} | {column: sent[column]}
        assert {name: getattr(customer, name) for name in kept} == kept
        assert [tag.name for tag in customer.tags] == ["月结"]
    said = {"female": "女"}.get(sent[column], sent[column])
    assert said.split("\n")[-1] in person.get(f"/customers/{id}/history").text


def test_in_place_the_answer_is_the_block(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person, at = signed_in("sales1a"), f"/customers/{id}/blocks/facts"
    page = person.get(f"{at}?block=facts&within=facts")
    assert page.one("section#facts form")["hx-target"] == "#facts"
    form = page.form(at)
    assert "facts-industry" in {str(field["id"]) for field in page.soup.select("#facts input[id]")}
    wrong = person.post(at, form | {"website": "no address at all: x"})
    assert wrong.status == 422 and wrong.one("section#facts #facts-website-error")
    assert wrong.one("#facts-website")["value"] == "no address at all: x"
    answer = person.post(at, form | {"industry": "电子"})
    assert answer.status == 303
    assert answer.response.headers["Location"] == f"/customers/{id}?saved=facts"
    fresh = person.get(f"/customers/{id}?saved=facts", headers={"HX-Request": "true"})
    assert "电子" in fresh.one("#facts").get_text()
    assert {str(one.get("id", "")) for one in fresh.soup.select("[hx-swap-oob]")} >= {
        "page-head",
        "file-facts",
    }
    assert "已保存" in fresh.text


@pytest.mark.parametrize("block", ["../x", "x y", "", '"><script>', "a" * 70])
def test_a_block_of_the_address_is_an_id_or_nothing(app: Flask, signed_in: SignedIn, block: str) -> None:
    with app.app_context():
        id = a_customer().id
    page = signed_in("sales1a").get(f"/customers/{id}/blocks/facts", query_string={"block": block})
    assert page.status == 200 and not page.soup.select("[data-in-place]")


def test_what_others_change_elsewhere_is_no_conflict(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer(industry="机械").id
    one, other = signed_in("sales1a"), signed_in("lead1")
    at = f"/customers/{id}/blocks"
    facts, address = one.get(f"{at}/facts").form(), one.get(f"{at}/address").form()
    assert other.post(f"{at}/facts", other.get(f"{at}/facts").form() | {"industry": "电子"}).status == 303
    assert one.post(f"{at}/address", address | {"city": "苏州"}).status == 303
    conflict = one.post(f"{at}/facts", facts | {"industry": "汽车"})
    assert conflict.status == 409 and "电子" in conflict.text and "汽车" in conflict.text
    again = conflict.form(f"{at}/facts")
    assert one.post(f"{at}/facts", again | {"keep-industry": "theirs", "size": "20"}).status == 303
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        assert (customer.industry, customer.size, customer.city) == ("电子", "20", "苏州")


def test_tags_that_others_put_on_meanwhile_are_not_lost(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer(tags=["月结"]).id
    one, other, at = signed_in("sales1a"), signed_in("lead1"), f"/customers/{id}/blocks/tags"
    form = one.get(at).form()
    assert form["tags"] == ["月结"]
    assert other.post(at, other.get(at).form() | {"tags": "月结，样品敏感"}).status == 303
    conflict = one.post(at, form | {"tags": "月结，VIP"})
    assert conflict.status == 409 and "样品敏感" in conflict.text and "VIP" in conflict.text
    assert (
        one.post(at, conflict.form(at) | {"tags": "月结，样品敏感，VIP", "keep-tags": "yours"}).status == 303
    )


def test_a_lost_customer_needs_a_reason_there_too(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer(status="active").id
    person, at = signed_in("sales1a"), f"/customers/{id}/blocks/basics"
    refused = person.post(at, person.get(at).form() | {"status": "lost"})
    assert refused.status == 422 and refused.one("#lost_reason-error")


def test_a_masked_value_is_no_input(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer(kind="person", birthday=date(1980, 5, 4))
        a_field("身份证", en="id_card", sensitive=True)
        a_field("爱好", en="hobby")
        fill(customer, id_card="330101", hobby="钓鱼")
        without_right("lead", Right.CUSTOMERS_CLEAR)
        id = customer.id
    lead, owner, at = signed_in("lead1"), signed_in("sales1a"), f"/customers/{id}/blocks"
    sensitive = {"birthday": "person", "custom_id_card": "more"}
    for name, block in sensitive.items():
        assert name in owner.get(f"{at}/{block}").form()
        page = lead.get(f"{at}/{block}")
        assert name not in page.form()
        assert "1980" not in page.text and "330101" not in page.text
        forced = page.form() | {name: "1999-01-01"}
        assert lead.post(f"{at}/{block}", forced).status == 303
    with app.app_context():
        assert db.session.get_one(Customer, id).birthday == date(1980, 5, 4)
    assert owner.get(f"{at}/more").form()["custom_id_card"] == ["330101"]


@pytest.mark.parametrize(("who", "status"), [("service1", 403), ("sales2a", 404), ("sales1a", 200)])
def test_who_may_change_a_block(app: Flask, signed_in: SignedIn, who: str, status: int) -> None:
    with app.app_context():
        id = a_customer().id
    person = signed_in(who)
    assert person.get(f"/customers/{id}/blocks/facts").status == status
    if status == 200:
        assert person.get(f"/customers/{id}/blocks/nothing").status == 404
        assert person.get(f"/customers/{id}").one('#facts a[data-opens="facts"]')
    if status == 403:
        assert not person.get(f"/customers/{id}").soup.select("[data-opens]:not([data-opens=people])")


def test_what_a_person_likes_is_on_the_file_and_in_the_history(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    person = signed_in("sales1a")
    new = person.get(f"/customers/{id}/people/new").form(f"/customers/{id}/people")
    liked = {
        "name": "王敏",
        "preferred_channel": "wechat",
        "likes": "钓鱼",
        "taboos": "不喝酒",
        "language": "粤语",
    }
    assert person.post(f"/customers/{id}/people", new | liked).status == 303
    page = person.get(f"/customers/{id}")
    assert all(word in page.one("#people").get_text() for word in ("微信", "钓鱼", "不喝酒", "粤语"))
    link = str(page.one('#people .contact-person a[href$="/edit"]')["href"])
    edit = person.get(link).form(link.removesuffix("/edit"))
    assert edit["preferred_channel"] == ["wechat"] and edit["taboos"] == ["不喝酒"]
    assert person.post(link.removesuffix("/edit"), edit | {"likes": "登山"}).status == 303
    assert "登山" in person.get(f"/customers/{id}/history").text


@pytest.mark.both_databases
def test_preferences_go_out_and_come_back(app: Flask) -> None:
    given = {
        "language": "英语",
        "likes": "红茶",
        "taboos": "周一上午",
        "preferred_channel": "wechat",
        "preferred_time": "下午",
    }
    with app.app_context():
        customer = a_customer(**given)
        cells = dict(zip(HEADER, rows(customer, Wording(), clear=True)[0], strict=True))
        assert {name: cells[name] for name in given} == given
        imported(",".join(["name", *given]) + "\n" + ",".join(["青禾", *given.values()]) + "\n")
        taken = db.session.query(Customer).filter_by(name="青禾").one()
        assert {name: getattr(taken, name) for name in given} == given
