"""The family page: who is connected, as far as the viewer may see, drawn, listed and added up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import family
from blueprints.customers.family_drawing import BOX_HEIGHT, Place, clipped, draw
from blueprints.customers.models import Customer, Relation
from core import changes, deriving
from core.db import db
from tests.company import a_customer, the_viewer
from tests.customers.test_relations import related
from tests.pages import Client

SignedIn = Callable[[str], Client]


def names(found: family.Family) -> list[str]:
    return [member.customer.name for member in found.members]


@pytest.fixture
def group(in_context: None) -> dict[str, Customer]:
    """集团 over 物流 (sales1a) and 酒店 (sales2a), a dealer under the one and a friend behind the other."""
    made = {
        "集团": a_customer("集团", tier="a", status="active"),
        "物流": a_customer("物流", tier="b", status="active"),
        "酒店": a_customer("酒店", owner="sales2a", status="lead"),
        "经销": a_customer("经销"),
        "朋友": a_customer("朋友"),
        "旧友": a_customer("旧友"),
    }
    related(made["集团"], made["物流"], "subsidiary")
    related(made["酒店"], made["集团"], "parent")
    related(made["物流"], made["经销"], "dealer")
    related(made["酒店"], made["朋友"], "partner")
    related(made["集团"], made["旧友"], "partner", until=date(2026, 1, 1))
    related(made["经销"], made["集团"], "supplier")
    return made


@pytest.mark.both_databases
def test_it_is_read_from_the_top_by_whoever_asks(group: dict[str, Customer]) -> None:
    for name in ("集团", "物流", "朋友"):
        found = family.of(group[name], the_viewer("manager"))
        assert names(found) == ["集团", "物流", "酒店", "朋友", "经销"], name
        assert found.whole
    told = {m.customer.name: (m.depth, m.under and m.under.name, m.roles) for m in found.members}
    assert told["朋友"] == (2, "酒店", ("partner",))
    assert told["酒店"] == (1, "集团", ("subsidiary",))
    assert told["经销"] == (1, "集团", ("buyer",))
    (dealer,) = (m for m in found.members if m.customer.name == "经销")
    assert [(row.name, roles) for row, roles in dealer.also] == [("物流", ("dealer",))]


@pytest.mark.both_databases
def test_what_one_may_not_see_is_no_bridge(group: dict[str, Customer]) -> None:
    """朋友 is theirs, but connected only through a file that is not."""
    found = family.of(group["集团"], the_viewer("sales1a"))
    assert names(found) == ["集团", "物流", "经销"]
    totals = family.totals(found)
    assert (totals.count, totals.statuses, totals.tiers) == (
        3, {"lead": 1, "active": 2}, {"a": 1, "b": 1, "none": 1},
    )  # fmt: skip


def test_last_and_next_contact_are_of_any(group: dict[str, Customer]) -> None:
    days = {"物流": (date(2026, 11, 2), date(2026, 11, 15)), "酒店": (date(2026, 11, 9), date(2026, 11, 10))}
    deriving.write(
        Customer,
        [
            {"id": group[name].id, "last_contact_on": last, "next_contact_on": ahead}
            for name, (last, ahead) in days.items()
        ],
    )
    seen = {who: family.totals(family.of(group["集团"], the_viewer(who))) for who in ("manager", "sales1a")}
    assert (seen["manager"].last.name, seen["sales1a"].last.name) == ("酒店", "物流")
    assert seen["manager"].next.next_contact_on == date(2026, 11, 10)


def many(count: int) -> Customer:
    """A group with so many subsidiaries."""
    top = a_customer("大集团")
    changes.record("customer.imported")
    base = {"owner_id": top.owner_id, "team_id": top.team_id, "kind": "company", "relationship": "customer"}
    rows = [
        {**base, "number": f"F{n}", "name": f"子公司{n}", "name_shadow": f"f{n}", "name_key": f"f{n:04}"}
        for n in range(count - 1)
    ]
    ids = changes.bulk_insert(Customer, rows)
    changes.bulk_insert(Relation, [{"customer_id": top.id, "other_id": id, "kind": "parent"} for id in ids])
    db.session.commit()
    return top


@pytest.mark.both_databases
@pytest.mark.parametrize(("count", "shown", "whole"), [(500, 500, True), (501, 500, False)])
def test_as_many_as_a_page_holds(
    app: Flask, signed_in: SignedIn, count: int, shown: int, whole: bool
) -> None:
    with app.app_context():
        id = many(count).id
    page = signed_in("manager").get(f"/customers/{id}/family")
    assert len(page.soup.select("#list-table tbody tr")) == shown
    assert len(page.soup.select("svg.family a")) == shown
    assert bool(page.soup.select(".note-amber")) is not whole


@pytest.mark.both_databases
def test_statements_do_not_grow_with_the_family(app: Flask, signed_in: SignedIn, statements: Any) -> None:
    with app.app_context():
        top = many(3)
        id = top.id
    person = signed_in("manager")
    person.get(f"/customers/{id}/family")
    with statements() as few:
        person.get(f"/customers/{id}/family")
    with app.app_context():
        for name in "甲乙丙":
            related(db.session.get_one(Customer, id), a_customer(name), "subsidiary")
    with statements() as more:
        person.get(f"/customers/{id}/family")
    assert len(more) == len(few)


def test_the_page_says_the_same_twice(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        own = a_customer("鼎盛集团", tier="a")
        related(own, a_customer("鼎盛物流"), "subsidiary")
        id = own.id
    page = signed_in("sales1a").get(f"/customers/{id}/family")
    drawn = [str(a["href"]) for a in page.soup.select("svg.family a")]
    listed = [str(a["href"]) for a in page.soup.select("#list-table a.list-name")]
    assert drawn == listed and len(drawn) == 2
    assert page.one("svg.family a[aria-current]")["href"] == f"/customers/{id}"


def test_alone_it_says_so(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer("独自").id
    page = signed_in("sales1a").get(f"/customers/{id}/family")
    assert not page.soup.select("svg.family") and page.one(".hf-empty")


# --- the drawing


def test_boxes_lie_apart_and_parents_beside_theirs() -> None:
    places = [Place(1, 0, None), Place(2, 1, 1), Place(3, 2, 2), Place(4, 2, 2), Place(5, 1, 1, (4,))]
    drawing = draw(places)
    tops = [drawing.boxes[id][1] for id in (3, 4, 5)]
    assert tops == sorted(tops) and min(b - a for a, b in pairwise(tops)) >= BOX_HEIGHT
    assert drawing.boxes[3][1] < drawing.boxes[2][1] < drawing.boxes[4][1]
    assert len(drawing.lines) == 4 and len(drawing.crossing) == 1
    assert all(left >= 0 and top + BOX_HEIGHT <= drawing.height for left, top in drawing.boxes.values())


@pytest.mark.parametrize(
    ("text", "shown"),
    [("鼎盛集团", "鼎盛集团"), ("鼎盛集团有限公司杭州", "鼎盛集团…"), ("Alfreds", "Alfreds")],
)
def test_names_have_room(text: str, shown: str) -> None:
    assert clipped(text, 8) == shown
