"""What is noted of numbers on file: an import changes it, tells so before, and it is taken back."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from blueprints.customers import actions
from blueprints.customers.models import ContactPoint
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer, the_viewer
from tests.customers.imports import counts, imported, tried

pytestmark = pytest.mark.usefixtures("in_context")
HEADER = "客户编号,客户名称,电话,微信,号码标签,号码添加账号\n"


def noted() -> list[tuple[str, str | None, str | None]]:
    db.session.expire_all()
    points = db.session.scalars(select(ContactPoint).order_by(ContactPoint.id))
    return [(point.value, point.label, point.added_by) for point in points]


@pytest.mark.both_databases
def test_labels_and_accounts_of_numbers_on_file() -> None:
    customer = a_customer("华兴科技", number="K1")
    changes.record("customer.updated")
    actions.add_point(customer, "010-88886666", kind="phone", label="前台")
    actions.add_point(customer, "wangmin", kind="wechat", added_by="小李")
    db.session.commit()
    before = noted()
    row = "K1,华兴科技,010-88886666,wangmin,010-88886666: 仓库,wangmin: 小王\n"
    with force_locale("en"):
        [told] = tried(HEADER + row).head
        assert [(str(c.field), str(c.old), str(c.new)) for c in told.changes] == [
            ("Labels of numbers", "前台", "仓库"), ("Accounts that hold the friend", "小李", "小王"),
        ]  # fmt: skip
    assert (noted(), counts(imported(HEADER + row))) == (before, (0, 1, 0, 0))
    assert noted() == [("010-88886666", "仓库", None), ("wangmin", None, "小王")]
    silent = "K1,华兴科技,010-88886666,wangmin,,\n"
    assert [counts(imported(HEADER + again)) for again in (row, silent)] == [(0, 0, 1, 0)] * 2
    assert noted()[0][1] == "仓库"
    done = db.session.scalars(select(ChangeSet).where(ChangeSet.verb == "customer.imported")).first()
    assert done is not None
    changes.record("customer.updated")
    undo.undo(done, the_viewer("manager"))
    db.session.commit()
    assert noted() == before


def test_of_two_rows_the_later_says_it() -> None:
    customer = a_customer("华兴科技", number="K1")
    changes.record("customer.updated")
    actions.add_point(customer, "010-88886666", kind="phone")
    db.session.commit()
    rows = "".join(f"K1,华兴科技,010-88886666,,010-88886666: {label},\n" for label in ("前台", "仓库"))
    assert counts(imported(HEADER + rows)) == (0, 2, 0, 0)
    assert noted() == [("010-88886666", "仓库", None)]
