"""Who sees which customers, and the rows of the customer pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, select, true, union
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import merged, rules, search
from blueprints.customers.models import (
    Affiliation,
    ContactPoint,
    Customer,
    CustomerHelper,
    CustomerMerge,
    CustomerTag,
    Tag,
)
from blueprints.customers.reaching import by_customer as by_customer
from blueprints.customers.reaching import phones as phones
from blueprints.customers.reaching import places as places
from blueprints.customers.readings import note_shown as note_shown
from blueprints.customers.special_days import soon as soon
from blueprints.office import queries as office
from core import clock, kinds, settings
from core.changes import Change, ChangeSet
from core.conditions import among
from core.db import db
from core.journal import JournalEntry
from core.masking import HIDDEN, masked
from core.policy import Clause, Policy
from core.prepared import prepared
from core.rights import Right, Scope, Standing, Viewer
from core.words import _, _l

if TYPE_CHECKING:
    from blueprints.customers.listing import Listing

MOST_BULK = 5_000
MOST_EXPORT = 20_000
READING_HELPER = frozenset(
    {
        Right.CUSTOMERS_SEE, Right.CUSTOMERS_CLEAR, Right.INTERACTIONS_LOG, Right.OFFICE_FILES,
        Right.OFFICE_NOTES, Right.SALES_SEE,
    }
)  # fmt: skip
OVER_FILES = ("customers:", "interactions:", "office:files", "office:notes", "sales:")
WRITING_HELPER = frozenset({Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS, Right.SALES_EDIT})


def _helped(standing: Standing, *, writing: bool = False) -> ColumnElement[bool]:
    helped = select(CustomerHelper.customer_id).where(CustomerHelper.user_id == standing.id)
    found = helped.where(CustomerHelper.may_write) if writing else helped
    return among(Customer.id, found.scalar_subquery())


POLICY = Policy(
    Customer,
    (
        Clause(
            "owner", Scope.OWN, lambda v: Customer.owner_id == v.id, _l("is the owner"),
            otherwise=_l("is not the owner (that is %(owner)s)"),
        ),
        Clause(
            "helper", Scope.OWN, lambda v: _helped(v), _l("is a helper"), READING_HELPER,
            otherwise=_l("is no helper"),
        ),
        Clause(
            "writing_helper", Scope.OWN, lambda v: _helped(v, writing=True), _l("is a helper who may edit"),
            WRITING_HELPER, otherwise=_l("is no helper who may edit"),
        ),
        Clause(
            "team", Scope.TEAM, lambda v: Customer.team_id.in_(sorted(v.team_ids)),
            _l("the customer belongs to a team of theirs (%(team)s)"),
            otherwise=_l("the customer belongs to no team of theirs, but to %(team)s"),
        ),
        Clause(
            "branch", Scope.BRANCH, lambda v: Customer.team_id.in_(sorted(v.branch_ids)),
            _l("the customer belongs to a team of theirs or one below (%(team)s)"),
            otherwise=_l("the customer belongs neither to a team of theirs nor to one below, but to %(team)s"),
        ),
        Clause("company", Scope.ALL, lambda v: true(), _l("the right reaches the whole company")),
    ),
)  # fmt: skip


def visible_customers(viewer: Viewer, right: Right = Right.CUSTOMERS_SEE) -> Select[Customer]:
    """The living customers on which a person holds a right."""
    return kinds.visible(Customer, viewer, right)


def clear_ids(viewer: Viewer, ids: Sequence[int]) -> set[int]:
    """Of these customers, those whose numbers the person sees in clear."""
    return kinds.held(Customer, viewer, Right.CUSTOMERS_CLEAR, ids)


# What a customer is shown or exported with
WHOLE = (
    joinedload(Customer.owner),
    joinedload(Customer.team),
    selectinload(Customer.affiliations).joinedload(Affiliation.person),
    selectinload(Customer.points),
    selectinload(Customer.taggings).joinedload(CustomerTag.tag),
)

OF_FILE = (*WHOLE, selectinload(Customer.helpers).joinedload(CustomerHelper.user))
WHOLE_FILE = (
    select(Customer)
    .where(Customer.id == bindparam("id"))
    .options(*OF_FILE)
    .execution_options(populate_existing=True)
)


def whole(customer_id: int) -> Customer:
    """A customer with everything its file shows, in a constant number of statements."""
    return db.session.scalars(WHOLE_FILE, {"id": customer_id}).one()


def has_customers() -> bool:
    """Whether there is any customer, in the bin or out of it."""
    return db.session.scalar(select(Customer.id).limit(1)) is not None


def tags_named(shadows: Sequence[str]) -> dict[str, Tag]:
    """Tags by the form they are matched by."""
    return {tag.shadow: tag for tag in db.session.scalars(select(Tag).where(Tag.shadow.in_(shadows)))}


# What an import told counts as so many look-ups as it told of customers
LOOKUPS = case(
    (JournalEntry.details["by"].as_string() == "import", JournalEntry.details["found"].as_integer()), else_=1
)


def lookups_today(user_id: int) -> int:
    """How many exact look-ups a person has made on the company's present day, those of imports among them."""
    counted = select(func.sum(LOOKUPS)).where(
        JournalEntry.user_id == user_id, JournalEntry.kind == "looked_up", JournalEntry.at >= day_began()
    )
    return db.session.scalar(counted) or 0


def day_began() -> datetime:
    """When the company's present day began."""
    return clock.at(clock.today(), datetime.min.time())


def created_by(customer_id: int) -> int | None:
    """Who made a customer file."""
    return db.session.scalar(
        select(ChangeSet.user_id)
        .join(Change, Change.set_id == ChangeSet.id)
        .where(Change.record_table == "customers", Change.record_id == customer_id, Change.action == "insert")
    )


def tagged(ids: Sequence[int], tag_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Which of these customers wear which of these tags."""
    rows = select(CustomerTag.customer_id, CustomerTag.tag_id).where(
        CustomerTag.customer_id.in_(ids), CustomerTag.tag_id.in_(tag_ids)
    )
    return {(customer_id, tag_id) for customer_id, tag_id in db.session.execute(rows)}


@dataclass(frozen=True)
class Answer:
    """What the exact look-up tells of a customer: no person, no number; without `told` only that there is one.

    `id` is for us alone, it stands on no page.
    """

    team: str
    status: str
    last_contact_on: date | None
    visible_id: int | None
    told: bool = True
    id: int | None = field(default=None, compare=False)


UNTOLD = Answer("", "", None, None, told=False)


def nobody() -> str:
    """How a choice names the absence of a person."""
    return _("nobody in particular")


def bin_days() -> int:
    """For how many days a deleted file waits."""
    return int(settings.get("customers.bin_days"))


def may_own(viewer: Viewer) -> bool:
    """Whether new files of this person become their own by default."""
    return viewer.scope(Right.CUSTOMERS_CREATE) is not None and viewer.may(Right.INTERACTIONS_LOG)


def owner_named(username: str | None) -> User | None:
    """The person chosen as owner, None for nobody."""
    return access.user_named(username) if username else None


def rights_over(customer: Customer, viewer: Viewer) -> frozenset[Right]:
    """The rights that a person holds on this very file, in one statement."""
    wanted = [right for right in Right if right.startswith(OVER_FILES) and viewer.may(right)]
    if not wanted:
        return frozenset()
    row = db.session.execute(_each_held(viewer, tuple(wanted)), {"id": customer.id}).one()
    return frozenset(right for right, held in zip(wanted, row, strict=True) if held)


@prepared
def _each_held(viewer: Viewer, wanted: tuple[Right, ...]) -> Select[Any]:
    conditions = [kinds.reach(Customer, viewer, right).label(right.name.lower()) for right in wanted]
    held: Any = select(*conditions)
    return held.select_from(Customer).where(Customer.id == bindparam("id"))


def places_elsewhere(customer: Customer, viewer: Viewer) -> dict[int, list[Customer]]:
    """Person id → the other customers they have a place at, as far as the viewer may see those."""
    ids = [place.person_id for place in customer.affiliations]
    if not ids:
        return {}
    found: dict[int, list[Customer]] = {}
    for person_id, other in db.session.execute(_elsewhere(viewer), {"ids": ids, "id": customer.id}):
        found.setdefault(person_id, []).append(other)
    return found


@prepared
def _elsewhere(viewer: Viewer) -> Select[Any]:
    both: Any = select(Affiliation.person_id, Customer)
    return (
        both.join(Customer, Customer.id == Affiliation.customer_id)
        .where(Affiliation.person_id.in_(bindparam("ids", expanding=True)), Customer.id != bindparam("id"))
        .where(kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE))
        .order_by(Customer.id)
    )


def arguments(address: str) -> MultiDict[str, str]:
    """The arguments of an address of ours."""
    return MultiDict(parse_qsl(urlsplit(address).query))


def all_ids(listing: Listing, viewer: Viewer) -> list[int]:
    """The ids of all customers of a list, at most MOST_BULK."""
    wanted = listing.select(viewer).with_only_columns(Customer.id).order_by(Customer.id).limit(MOST_BULK)
    return list(db.session.scalars(wanted))


def first_names(ids: Sequence[int], viewer: Viewer, most: int = 12) -> list[str]:
    """The names of the first of these customers, as far as the viewer may see them."""
    wanted = visible_customers(viewer).where(Customer.id.in_(ids)).order_by(Customer.name_key).limit(most)
    return [customer.shown_name for customer in db.session.scalars(wanted)]


def binned(viewer: Viewer) -> Select[Customer]:
    """The deleted files that the person may take out of the bin."""
    return kinds.visible(Customer, viewer, Right.CUSTOMERS_BIN, binned=True).options(
        selectinload(Customer.owner), selectinload(Customer.team)
    )


def same(
    *, names: Sequence[str] = (), credit_code: str = "", normals: Sequence[str] = (), ends: str = ""
) -> list[Customer]:
    """Living customers of the same full name, credit code or number, whoever may see them: for the look-up alone.

    The full name of a file that was merged leads to the one that stands for it.
    """
    start = ends[::-1]
    asked = {"names": names, "code": credit_code, "normals": normals, "start": start}
    given = {name: value for name, value in asked.items() if value}
    if not given:
        return []
    beyond = start[:-1] + chr(ord(start[-1]) + 1) if start else ""
    return _as_they_are_now(db.session.scalars(_alike(tuple(given)), {**given, "beyond": beyond}).all())


@cache
def _alike(by: tuple[str, ...]) -> Select[Any]:
    """Selects customers that are alike in one of these ways; asked whenever somebody makes a file, built once."""
    owner, coded = select(ContactPoint.customer_id), Customer.credit_code == bindparam("code")
    ways = {
        "names": select(Customer.id).where(Customer.name_shadow.in_(bindparam("names", expanding=True))),
        "code": select(Customer.id).where(coded, Customer.deleted_at.is_(None)),
        "normals": owner.where(ContactPoint.normal.in_(bindparam("normals", expanding=True))),
        "start": owner.where(
            ContactPoint.reversed >= bindparam("start"), ContactPoint.reversed < bindparam("beyond")
        ),
    }
    # Each way by its index: as an OR, of which one part has an index of the living alone, SQLite reads all files
    alike = union(*(way for name, way in ways.items() if name in by))
    gone = exists().where(CustomerMerge.gone_id == Customer.id)
    wanted = select(Customer).where(Customer.id.in_(alike), Customer.deleted_at.is_(None) | gone)
    return wanted.order_by(Customer.id).limit(10).options(selectinload(Customer.team))


def _as_they_are_now(found: Sequence[Customer]) -> list[Customer]:
    """Those that were merged stand for the file into which they were."""
    now = {customer.id: customer for customer in found if customer.deleted_at is None}
    if len(now) < len(found):
        into = set(merged.into([customer.id for customer in found if customer.id not in now]).values())
        further = select(Customer).where(Customer.id.in_(into - now.keys()), Customer.deleted_at.is_(None))
        now |= {customer.id: customer for customer in db.session.scalars(further)}
    return list(now.values())


def answers_for(found: Sequence[Customer], viewer: Viewer) -> list[Answer]:
    """What may be told of customers that were looked up exactly."""
    seen = kinds.held(Customer, viewer, Right.CUSTOMERS_SEE, [customer.id for customer in found])
    return [
        Answer(
            customer.team.name if customer.team else "",
            customer.status,
            customer.last_contact_on,
            customer.id if customer.id in seen else None,
            id=customer.id,
        )
        for customer in found
    ]


def contact_state(customer: Customer) -> str:
    """ok, due, overdue or unmet, as of today."""
    return contact_states([customer])[customer.id]


def contact_states(customers: Iterable[Any]) -> dict[int, str]:
    """Id → how it stands with the next contact as of today, for customers or rows of their list."""
    today = clock.today()
    return {customer.id: _contact_state(customer, today) for customer in customers}


def _contact_state(customer: Any, today: date) -> str:
    latest = customer.latest_contact_on
    silent = latest is not None and latest < today
    since = office.calendar_for(customer.team_id).silence_day(today) if silent else None
    last, next_on = customer.last_contact_on, customer.next_contact_on
    return rules.contact_state(today, last, next_on, latest, silence=since)


def point_masked(point: ContactPoint) -> str:
    """What those see of a contact point who may not see it in clear."""
    if point.kind in rules.PHONE_KINDS:
        return masked("phone", point.value) or HIDDEN
    return masked("mail" if point.kind == "email" else "other", point.value) or HIDDEN


def history(customer: Customer, viewer: Viewer, after: str) -> access.History:
    """A page of what was changed on a file, newest first."""
    return access.history_of("customers", customer.id, viewer, after)


def may_open_change(set_id: int, viewer: Viewer) -> bool:
    """Whether a change set has a page that the person may open."""
    return access.change_is_open(set_id, viewer)


def find(viewer: Viewer, q: str, *, most: int) -> list[Customer]:
    """The customers that a person may see and means by what they typed."""
    return search.find(viewer, q, most=most)
