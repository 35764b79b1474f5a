"""What is open about a customer, as the head of the file says it: as far as the viewer may see each of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, null, select, union_all

from blueprints.customers import words
from blueprints.customers.models import Customer
from blueprints.customers.particulars import ExitTalk, Need, SpecialDay
from blueprints.office import queries as office
from core import clock, languages, panels
from core.addresses import url_for
from core.db import db
from core.panels import Matter
from core.prepared import prepared
from core.rights import Right, Viewer
from core.words import _, ngettext

SOON = timedelta(days=30)
MOST_REQUESTS = 9


def matters(customer: Customer, viewer: Viewer, rights: Collection[Right]) -> list[Matter]:
    """What other areas know of, then unmet needs, the next special day and open requests; one statement for those.

    Of a lost customer whoever edits the file is asked for the exit talk. Whoever does not see birthdays in clear is not
    told that one comes.
    """
    today = clock.today()
    # An archived file is congratulated by nobody
    until = today - SOON if customer.archived_at else today + SOON
    asked = {"id": customer.id, "today": today, "until": until}
    left = customer.status == "lost" and not customer.archived_at and Right.CUSTOMERS_EDIT in rights
    rows = db.session.execute(_open(viewer, Right.CUSTOMERS_CLEAR in rights, left), asked).all()
    found: dict[str, list[Any]] = {"exit": [], "need": [], "day": [], "request": []}
    for row in rows:
        found[row.what].append(row)
    return [
        *panels.matters("customer", customer, viewer, rights),
        *(Matter(_("exit talk not noted yet"), "#exit-talks") for row in found["exit"] if not row.number),
        *(_needs(row.number) for row in found["need"] if row.number),
        *(_day(row) for row in found["day"]),
        *(_request(row) for row in sorted(found["request"], key=lambda row: int(row.number))),
    ]


def _needs(count: int) -> Matter:
    return Matter(ngettext("%(num)s unmet need", "%(num)s unmet needs", count), "#needs")


def _day(row: Any) -> Matter:
    told = _("%(what)s on %(day)s", what=words.DAY_KINDS[row.code], day=languages.day(row.on_day))
    return Matter(told, "#special-days")


def _request(row: Any) -> Matter:
    told = _("Request") + _(": ") + str(office.label_of(row.code) or "")
    return Matter(told, url_for("approvals.show", id=row.number))


@prepared
def _open(viewer: Viewer, clear: bool, left: bool) -> Select[Any]:
    id: Any = bindparam("id")
    days: Any = select(SpecialDay.id, SpecialDay.kind, SpecialDay.next_on).where(
        SpecialDay.customer_id == id, SpecialDay.next_on.between(bindparam("today"), bindparam("until"))
    )
    if not clear:
        days = days.where(SpecialDay.kind != "birthday")
    day = days.order_by(SpecialDay.next_on, SpecialDay.id).limit(1).subquery()
    unmet: Any = select(func.count()).select_from(Need).where(Need.customer_id == id, Need.met_on.is_(None))
    requests = office.open_about(Customer.__tablename__, id, viewer).limit(MOST_REQUESTS).subquery()
    talks: Any = select(ExitTalk.id).where(ExitTalk.customer_id == id).limit(1).subquery()
    talked: Any = select(func.count()).select_from(talks).scalar_subquery()
    told: Any = union_all(
        *(
            [select(_what("exit"), talked.label("number"), null().label("code"), null().label("on_day"))]
            if left
            else []
        ),
        select(
            _what("day"), day.c.id.label("number"), day.c.kind.label("code"), day.c.next_on.label("on_day")
        ),
        select(_what("need"), unmet.scalar_subquery(), null(), null()),
        select(_what("request"), requests.c.id, requests.c.kind, null()),
    )
    return told


def _what(name: str) -> Any:
    return literal(name).label("what")
