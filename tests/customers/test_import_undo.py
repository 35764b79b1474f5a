"""An import is taken back as a whole, updates too, and the same file can be imported anew."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from blueprints.customers import actions, search
from blueprints.customers.models import Customer
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import Refused
from tests.company import a_customer, the_viewer
from tests.core.undos import business_tables
from tests.customers.imports import counts, customers, imported

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]

FILE = (
    "客户编号,公司,联系人,称呼,手机,邮箱,标签,城市,负责人\n"
    "K1,华兴印刷有限公司,王敏,王总,13912346688,wm@hx.example,VIP、展会,上海,sales1b\n"
    "K2,瑞丰贸易,李强,,13800138000,,展会,北京,\n"
    "K3,佳和物业,,,,,,,\n"
)


@pytest.fixture
def on_file() -> Customer:
    """The customer that the file changes: name, owner, city, person, points and tags."""
    customer = a_customer(
        "华兴科技有限公司", number="K1", city="深圳", tags=["老客户"], helpers={"sales1b": True}
    )
    changes.record("customer.updated")
    person = {"name": "王敏", "form_of_address": "王姐", "phone": "010-88886666"}
    actions.add_person(customer, person)
    db.session.commit()
    return customer


def the_import() -> ChangeSet:
    return db.session.scalars(select(ChangeSet).where(ChangeSet.verb == "customer.imported")).one()


def test_an_undone_import_leaves_all_business_tables_as_they_were(on_file: Customer) -> None:
    before = business_tables()
    assert counts(imported(FILE)) == (2, 1, 0, 0)
    assert business_tables() != before
    assert not undo.undo(the_import(), the_viewer("manager")).conflicts
    db.session.commit()
    assert business_tables() == before


def test_what_is_derived_comes_back_too(on_file: Customer) -> None:
    derived = (on_file.name_shadow, on_file.name_key)
    imported(FILE)
    undo.undo(the_import(), the_viewer("manager"))
    db.session.commit()
    db.session.expire_all()
    assert (on_file.name_shadow, on_file.name_key) == derived
    assert search.find(the_viewer("manager"), "华兴印刷") == []
    assert search.find(the_viewer("manager"), "瑞丰") == []
    assert search.find(the_viewer("manager"), "华兴科技") == [on_file]
    assert search.refresh() == 0


def test_afterwards_the_same_file_imports_anew(on_file: Customer) -> None:
    imported(FILE)
    undo.undo(the_import(), the_viewer("manager"))
    db.session.commit()
    assert counts(imported(FILE)) == (2, 1, 0, 0)
    assert [customer.number for customer in customers()] == ["K1", "K2", "K3"]


def test_later_edits_are_conflicts_that_are_kept(on_file: Customer) -> None:
    imported(FILE)
    changes.record("customer.updated")
    actions.update(on_file, {"city": "广州"})
    db.session.commit()
    plan = undo.undo(the_import(), the_viewer("manager"))
    db.session.commit()
    assert [(conflict.reason, conflict.field) for conflict in plan.conflicts] == [("edited", "city")]
    db.session.expire_all()
    assert (on_file.name, on_file.city) == ("华兴科技有限公司", "广州")


def test_the_importer_may_undo_and_a_stranger_may_not() -> None:
    imported("公司\n甲\n", by="lead1")
    with pytest.raises(Refused):
        undo.check(the_import(), the_viewer("lead2"))
    undo.undo(the_import(), the_viewer("lead1"))
    db.session.commit()
    assert customers() == []
