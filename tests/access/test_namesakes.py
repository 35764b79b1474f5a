"""People who share a name are told apart wherever one of them is chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.access import queries
from blueprints.access.namesakes import Person, told_apart
from core import changes
from core.db import db
from core.rights import Right
from tests.company import a_customer, the_user, the_viewer
from tests.pages import Client, Page
from tests.statements import counted

SignedIn = Callable[[str], Client]


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ([("a", "张伟", "客服部", "01"), ("b", "李雷", "客服部", "02")], ["张伟", "李雷"]),
        ([("a", "张伟", "客服部", "01"), ("b", "张伟", "财务部", "02")], ["张伟(客服部)", "张伟(财务部)"]),
        (
            [("a", "张伟", "客服部", "01"), ("b", "张伟", "客服部", "02"), ("c", "张伟", "财务部", None)],
            ["张伟(01)", "张伟(02)", "张伟(财务部)"],
        ),
        ([("a", "张伟", "客服部", None), ("b", "张伟", "客服部", "02")], ["张伟(a)", "张伟(02)"]),
        ([("a", "张伟", None, "01"), ("b", "张伟", None, "01")], ["张伟(a)", "张伟(b)"]),
    ],
)
def test_a_name_that_occurs_twice_is_followed_by_what_tells(
    people: list[tuple[str, str, str | None, str | None]], shown: list[str]
) -> None:
    told = told_apart([Person(*person) for person in people])
    assert told == [(person[0], name) for person, name in zip(people, shown, strict=True)]


def rename(**names: str) -> None:
    changes.record("user.updated")
    for username, name in names.items():
        the_user(username).name = name
    db.session.commit()


@pytest.mark.both_databases
def test_owners_of_one_name_show_their_team_in_one_statement(app: Flask) -> None:
    with app.app_context():
        rename(sales1a="张伟", sales2a="张伟", sales1b="张伟1")
        viewer = the_viewer("manager")
        with counted() as sent:
            names = dict(queries.owner_names(viewer, Right.CUSTOMERS_SEE))
        assert len([one for one in sent if one.lstrip().upper().startswith("SELECT")]) == 1
    assert (names["sales1a"], names["sales2a"]) == ("张伟(销售一部)", "张伟(销售二部)")
    assert names["sales1b"] == "张伟1" and not names.keys() & {"admin", "finance"}


@pytest.mark.parametrize("address", ["/customers/new", "/customers/{id}/owner", "/customers"])
def test_each_list_of_owners_tells_them_apart(app: Flask, signed_in: SignedIn, address: str) -> None:
    with app.app_context():
        id = a_customer().id
        rename(sales1a="张伟", sales2a="张伟")
    check(signed_in("manager").get(address.format(id=id)))


def test_the_change_of_many_tells_them_apart(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
        rename(sales1a="张伟", sales2a="张伟")
    check(signed_in("manager").post("/customers/bulk/preview", {"id": str(id)}))


HELPERS = "/customers/{id}/helpers"
LOGGING = "/customers/{id}/interactions/new"
LEAVING = "/admin/users/{owner}/deactivation"


@pytest.mark.parametrize(
    ("who", "address", "choices"),
    [
        ("manager", HELPERS, "input[name=readers] + span"),
        ("manager", HELPERS, "input[name=writers] + span"),
        ("admin", LEAVING, "select[name=successor] option"),
    ],
)
def test_each_list_of_colleagues_tells_them_apart(
    app: Flask, signed_in: SignedIn, who: str, address: str, choices: str
) -> None:
    with app.app_context():
        id, owner = a_customer(owner="sales1b").id, the_user("sales1b").id
        rename(sales1a="张伟", sales2a="张伟")
    check(signed_in(who).get(address.format(id=id, owner=owner)), choices)


def test_those_for_whom_one_records_are_told_apart(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer(owner="lead1").id
        rename(sales1a="张伟", sales1b="张伟")
    shown = texts(signed_in("assistant1").get(LOGGING.format(id=id)), "select[name=for_user] option")
    assert {"张伟(sales1a)", "张伟(sales1b)"} <= set(shown) and "张伟" not in shown


@pytest.mark.parametrize(
    ("who", "same", "address", "choices"),
    [
        ("manager", "sales1b", HELPERS, "input[name=readers] + span"),
        ("assistant1", "assistant1", LOGGING, "select[name=for_user] option"),
        ("admin", "sales1b", LEAVING, "select[name=successor] option"),
    ],
)
def test_others_are_told_apart_from_who_is_left_out(
    app: Flask, signed_in: SignedIn, who: str, same: str, address: str, choices: str
) -> None:
    """The owner, oneself, or who leaves: a bare name could be taken for theirs."""
    with app.app_context():
        id, owner = a_customer(owner="sales1b").id, the_user("sales1b").id
        rename(**{"sales1a": "张伟", same: "张伟"})
    shown = texts(signed_in(who).get(address.format(id=id, owner=owner)), choices)
    assert [name for name in shown if "张伟" in name] == ["张伟(sales1a)"]


def check(page: Page, choices: str = "select[name=owner] option") -> None:
    shown = texts(page, choices)
    assert {"张伟(销售一部)", "张伟(销售二部)"} <= set(shown) and "张伟" not in shown


def texts(page: Page, choices: str) -> list[str]:
    return [" ".join(choice.text.split()) for choice in page.soup.select(choices)]
