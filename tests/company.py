"""The standing people of all tests, and plain functions that make records for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blueprints.access import actions, queries, roles
from blueprints.access.defaults import ASK, Cell
from blueprints.access.models import Membership, Role, Team, User
from blueprints.customers import actions as customer_actions
from blueprints.customers import search
from blueprints.customers.models import ContactPoint, Customer
from core import changes
from core.db import db
from core.rights import Right, Viewer

PASSWORD = "correct horse 77 battery"
_HASH = actions.hash_password(PASSWORD)

TEAMS = (
    ("company", "公司", None),
    ("sales", "销售中心", "company"),
    ("sales1", "销售一部", "sales"),
    ("sales2", "销售二部", "sales"),
    ("service", "客服部", "company"),
    ("finance", "财务部", "company"),
)
PEOPLE = (
    ("admin", "系统管理员", "company", ("admin",)),
    ("manager", "陈岚", "company", ("manager",)),
    ("leader", "方总监", "sales", ("lead",)),
    ("lead1", "周正", "sales1", ("lead",)),
    ("lead2", "林小满", "sales2", ("lead",)),
    ("sales1a", "李雷", "sales1", ("employee",)),
    ("sales1b", "吴桐", "sales1", ("employee",)),
    ("sales2a", "韩雪", "sales2", ("employee",)),
    ("assistant1", "唐佳", "sales1", ("assistant",)),
    ("service1", "何平", "service", ("service",)),
    ("callback1", "苏晴", "service", ("callback",)),
    ("finance", "钱会计", "finance", ("finance",)),
    ("auditor", "郑审", "company", ("auditor",)),
)


def found_company() -> None:
    """Teams, roles and people, committed."""
    actions.make_builtin_roles()
    teams: dict[str | None, Team | None] = {None: None}
    for slug, name, parent in TEAMS:
        teams[slug] = actions.create_team(slug, name, teams[parent])
    roles = {role.code: role for role in db.session.query(Role)}
    for username, name, slug, codes in PEOPLE:
        actions.create_user(
            username,
            name,
            password_hash=_HASH,
            team=teams[slug],
            roles=[roles[c] for c in codes],
            must_change=False,
        )
    for slug, username in (("sales", "leader"), ("sales1", "lead1"), ("sales2", "lead2")):
        place = db.session.query(Membership).join(User).filter(User.username == username).one()
        assert place.team_id == teams[slug].id
        place.lead = True
    db.session.commit()


def the_user(username: str) -> User:
    """A standing person's account."""
    user = queries.user_named(username)
    assert user is not None, username
    return user


def the_viewer(username: str) -> Viewer:
    """A standing person with compiled rights."""
    return queries.viewer_of(the_user(username))


def without_right(code: str, right: Right) -> None:
    """A role loses a right; committed."""
    _with_cells(code, lambda cells: {held: cell for held, cell in cells.items() if held != right})


def that_asks(code: str, right: Right) -> None:
    """A role may ask for what a right allows, no more; committed."""
    with_right(code, right, ASK)


def with_right(code: str, right: Right, cell: Cell) -> None:
    """A role holds a right so; committed."""
    _with_cells(code, lambda cells: {**cells, right: cell})


def _with_cells(code: str, changed: Callable[[roles.Cells], roles.Cells]) -> None:
    role = db.session.query(Role).filter(Role.code == code).one()
    with changes.acting(changes.SYSTEM):
        roles.update(role, {}, changed(roles.cells_of(role)), version=None)
        db.session.commit()


def a_customer(name: str = "华兴科技有限公司", *, owner: str | None = "sales1a", **values: Any) -> Customer:
    """A customer file, committed. Made by the manager unless `by` names somebody else."""
    by = the_viewer(values.pop("by", "manager"))
    helpers: dict[str, bool] = values.pop("helpers", {})
    given = {"name": name, "owner": the_user(owner) if owner else None, **values}
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        customer = customer_actions.create(given, by)
        if helpers:
            customer_actions.set_helpers(
                customer, {the_user(name).id: write for name, write in helpers.items()}
            )
        db.session.commit()
    return customer


def a_wechat(customer: Customer, account: str) -> None:
    """A customer's WeChat; committed."""
    manager = the_viewer("manager")
    with changes.acting(changes.Actor(manager.id, manager.name, "web")):
        changes.record("customer.updated")
        point = {"kind": "wechat", "value": account, "normal": account, "reversed": account[::-1]}
        db.session.add(ContactPoint(customer_id=customer.id, **point))
        db.session.flush()
        db.session.expire(customer, ["points"])
        search.refresh([customer.id])
        db.session.commit()
