"""Empty cells that empty lists: tags, numbers, and what is noted of contact persons; told before, and taken back."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer, the_viewer
from tests.core.undos import business_tables
from tests.customers.imports import counts, imported, only_customer, sentences, tried

pytestmark = pytest.mark.usefixtures("in_context")

HEADER = "客户编号,公司,电话,手机,邮箱,标签,联系人,称呼,职务,联系人手机\n"


@pytest.fixture
def on_file() -> Customer:
    """A customer with numbers of its own, tags, and two people with a number each."""
    customer = a_customer("华兴科技有限公司", number="K1", tags=["VIP", "展会"])
    changes.record("customer.updated")
    for kind, value in (("phone", "010-88886666"), ("mobile", "13912346680"), ("email", "a@hx.example")):
        actions.add_point(customer, value, kind=kind)
    for name, number in (("王敏", "13912346681"), ("李雷", "13912346682")):
        actions.add_person(
            customer, {"name": name, "form_of_address": "王总", "position": "采购", "phone": number}
        )
    db.session.commit()
    return customer


def left() -> tuple[list[str], list[str], list[tuple[str, str | None, str | None]]]:
    """Numbers, tags and people of the one customer."""
    db.session.expire_all()
    customer = only_customer()
    return (
        [point.value for point in customer.points],
        [tag.name for tag in customer.tags],
        [(p.person.name, p.person.form_of_address, p.position) for p in customer.affiliations],
    )


ALL = ["010-88886666", "13912346680", "a@hx.example", "13912346681", "13912346682"]
TAGS, PEOPLE = ["VIP", "展会"], [("王敏", "王总", "采购"), ("李雷", "王总", "采购")]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("header", "row", "numbers", "tags", "people"),
    [
        # nothing is named but the customer: its own numbers go, those of people stay
        (HEADER, "K1,华兴科技有限公司,,,,,,,,\n", ALL[3:], [], PEOPLE),
        # of a named person everything that the row has a column for
        (HEADER, "K1,华兴科技有限公司,010-88886666,,,VIP,王敏,,,\n", [*ALL[:3], ALL[4]], TAGS,
         [("王敏", None, None), PEOPLE[1]]),
        # a column without a cell that is empty takes nothing away
        (HEADER, "K1,华兴科技有限公司,010-88886667,139 1234 6680,a@hx.example,新,李雷,李工,财务,13912346682\n",
         [*ALL, "010-88886667"], [*TAGS, "新"], [PEOPLE[0], ("李雷", "李工", "财务")]),
        # without a column for mobiles they stood in the one for phones
        ("客户编号,公司,电话\n", "K1,华兴科技有限公司,\n", ["a@hx.example", *ALL[3:]], TAGS, PEOPLE),
        ("客户编号,公司,客户自有座机\n", "K1,华兴科技有限公司,\n", ["a@hx.example", *ALL[3:]], TAGS, PEOPLE),
        ("客户编号,公司,城市\n", "K1,华兴科技有限公司,\n", ALL, TAGS, PEOPLE),
        # somebody new has nothing to lose
        ("客户编号,公司,联系人,称呼\n", "K1,华兴科技有限公司,韩梅,\n", ALL, TAGS, [*PEOPLE, ("韩梅", None, None)]),
    ],
)  # fmt: skip
def test_empty_cells_empty_lists(
    on_file: Customer, header: str, row: str, numbers: list[str], tags: list[str], people: list[object]
) -> None:
    before = business_tables()
    assert tried(header + row, clear=True).refused == 0
    assert business_tables() == before
    account = imported(header + row, clear=True)
    assert left() == (numbers, tags, people)
    if account.taken:
        made = db.session.scalars(select(ChangeSet).where(ChangeSet.verb == "customer.imported")).one()
        assert not undo.undo(made, the_viewer("manager")).conflicts
        db.session.commit()
    assert left() == (ALL, TAGS, PEOPLE)


def test_empty_cells_say_nothing_unless_they_shall(on_file: Customer) -> None:
    assert counts(imported(HEADER + "K1,华兴科技有限公司,,,,,王敏,,,\n")) == (0, 0, 1, 0)
    assert left() == (ALL, TAGS, PEOPLE)


def test_a_dry_run_says_what_goes(on_file: Customer) -> None:
    [row] = tried(HEADER + "K1,华兴科技有限公司,,,,,王敏,,采购,\n", clear=True).head
    with force_locale("en"):
        said = [(str(change.field), change.old, change.new) for change in row.changes]
    assert said == [
        ("Form of address", "王总", ""),
        ("Landline", "010 **** 6666", ""),
        ("Mobile", "139 **** 6681", ""),
        ("Tags", "VIP、展会", ""),
    ]


def test_what_another_row_of_the_file_gives_stays(on_file: Customer) -> None:
    """Lists of one row for each person repeat the customer, with some cells empty."""
    rows = "K1,华兴科技有限公司,010-1111222,,,新,王敏,,,13912346681\nK1,华兴科技有限公司,,,,,李雷,,,\n"
    imported(HEADER + rows, clear=True)
    assert left()[:2] == ([*ALL[:4], "010-1111222"], [*TAGS, "新"])


def test_whoever_may_not_touch_numbers_removes_none(on_file: Customer) -> None:
    account = tried("客户编号,公司,电话\nK1,华兴科技有限公司,\n", by="auditor", clear=True)
    assert (account.refused, account.updated) == (1, 0), sentences(account)
