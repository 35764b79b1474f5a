"""The company itself: teams, people with their roles, and its settings."""

from __future__ import annotations

from collections.abc import Mapping

from blueprints.access import actions as access
from blueprints.access.models import Membership, Role, Team, User
from blueprints.access.queries import user_named
from core import changes, settings
from core.db import db
from core.settings import SettingValue

NAME = "青禾办公设备有限公司"
TEAMS = (
    ("company", NAME, None),
    ("sales", "销售中心", "company"),
    ("sales1", "销售一部", "sales"),
    ("sales2", "销售二部", "sales"),
    ("service", "客服部", "company"),
    ("finance", "财务部", "company"),
)
# User name, name, title, team, role, staff number; whoever has the role of a lead leads the team.
PEOPLE = (
    ("admin", "系统管理员", "", "company", "admin", None),
    ("manager", "陈岚", "总经理", "company", "manager", "0001"),
    ("lead1", "周正", "主管", "sales1", "lead", "0102"),
    ("lead2", "林小满", "主管", "sales2", "lead", "0103"),
    ("sales1a", "李雷", "业务员", "sales1", "employee", "0115"),
    ("sales1b", "吴桐", "业务员", "sales1", "employee", "0118"),
    ("service1", "何平", "客服", "service", "service", "0201"),
    ("service2", "苏晴", "回访员", "service", "callback", "0202"),
    ("finance", "钱会计", "财务", "finance", "finance", "0301"),
    ("auditor", "郑审", "审计", "company", "auditor", "0302"),
)
NEWCOMER = ("sales2a", "韩雪", "业务员", "sales2", "employee", "0127")


def found(password_hash: str) -> None:
    """Roles, teams and all people but the newcomer."""
    access.make_builtin_roles()
    teams: dict[str, Team] = {}
    for slug, name, parent in TEAMS:
        teams[slug] = access.create_team(slug, name, teams[parent] if parent else None)
    for person in PEOPLE:
        engage(person, password_hash)


def engage(person: tuple[str, str, str, str, str, str | None], password_hash: str) -> None:
    """An account for one of the people, ready to be used."""
    username, name, _title, slug, code, number = person
    team = db.session.query(Team).filter_by(slug=slug).one()
    role = db.session.query(Role).filter_by(code=code).one()
    user = access.create_user(
        username, name, password_hash=password_hash, team=team, roles=[role], must_change=False
    )
    user.staff_number = number
    place = db.session.query(Membership).filter_by(user_id=user.id).one()
    place.lead = code == "lead"
    db.session.flush()


def set_up() -> None:
    """The company's name, and that this is a demonstration."""
    changes.record("company.installed")
    _set({"company.name": NAME, "company.demonstration": True})


def show_people() -> None:
    """List the sign-ins at the door: the last thing done, and the sign that nothing is missing."""
    changes.record("company.installed")
    people = [*PEOPLE[:6], NEWCOMER, *PEOPLE[6:]]
    _set({"company.demonstration_people": [[person[0], _introduced(*person[1:4])] for person in people]})


def _introduced(name: str, title: str, slug: str) -> str:
    """Somebody with title and team, as the door lists them."""
    places = {code: team for code, team, parent in TEAMS if parent}
    who = f"{name} {title}".strip()
    return f"{who} · {places[slug]}" if slug in places else who


def _set(values: Mapping[str, object]) -> None:
    db.session.add_all(SettingValue(name=name, value={"value": value}) for name, value in values.items())
    db.session.flush()
    settings.forget()


def is_begun() -> bool:
    """Whether there is a company already."""
    return db.session.query(User.id).first() is not None


def is_half_made() -> bool:
    """Whether the filling of a demonstration was broken off."""
    return bool(settings.get("company.demonstration")) and not settings.get("company.demonstration_people")


def the(username: str) -> User:
    """One of the people. Raises LookupError before they came."""
    user = user_named(username)
    if user is None:
        raise LookupError(username)
    return user
