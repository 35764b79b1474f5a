"""The list of customers: its filters, orders and columns, read from an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, select
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict

from blueprints.access import queries as access
from blueprints.access.models import Team, User
from blueprints.customers import (
    custom_order,
    custom_values,
    owner_order,
    parted_order,
    reaching,
    rules,
    search,
    words,
)
from blueprints.customers import filtering as filtering
from blueprints.customers.models import Customer, CustomerHelper, CustomerTag, Tag
from blueprints.office import queries as office
from blueprints.office.custom_fields import Definition
from core import columns, kinds, lists
from core.conditions import tried
from core.db import db, plan_anew
from core.filterlines import MATCH, WHERE, Lines, several
from core.filters import Filter
from core.listkinds import the_list
from core.lists import Order
from core.names import shadow
from core.rights import Right, Scope, Viewer
from core.words import _, _l

ORDERS: dict[str, Any] = {
    "name": Customer.name_key,
    "tier": Customer.tier,
    "completeness": Customer.completeness,
    "last_contact": Customer.last_sort,
    "next_contact": Customer.next_sort,
    "created": Customer.created_at,
    "updated": Customer.updated_at,
}
DEFAULT_ORDER = "name"
NAME = "customers"  # of the list
COLUMNS = {
    "tier": _l("Tier"),
    "name": _l("Customer"),
    "number": _l("Number"),
    "kind": words.FIELDS["kind"],
    "relationship": words.FIELDS["relationship"],
    "status": _l("Status"),
    "lost_reason": words.FIELDS["lost_reason"],
    "intent": _l("Intent"),
    "person": _l("Contact person"),
    "phone": _l("Phone"),
    "email": words.POINT_KINDS["email"],
    "wechat": words.POINT_KINDS["wechat"],
    "last_contact": _l("Last contact"),
    "next_contact": _l("Next contact"),
    "owner": _l("Owner"),
    "helpers": words.FIELDS["user_id"],
    "team": _l("Team"),
    "province": words.FIELDS["province"],
    "city": _l("City"),
    "district": words.FIELDS["district"],
    "address": words.FIELDS["address"],
    "industry": _l("Industry"),
    "size": words.FIELDS["size"],
    "website": words.FIELDS["website"],
    "credit_code": words.FIELDS["credit_code"],
    "source": _l("Source"),
    "tags": _l("Tags"),
    "do_not_contact": _l("Do not contact"),
    "completeness": _l("File completeness"),
    "checked": words.FIELDS["checked_on"],
    "created": _l("Created"),
    "updated": _l("Changed"),
}
# Columns that show a text as it is, and those that show the word for a code
TEXTS = ("province", "city", "district", "address", "industry", "size", "website", "credit_code")
CODED = ("kind", "relationship", "lost_reason")
NUMBERS = frozenset({"phone", "email", "wechat"})  # masked for whoever does not see them in clear
DEFAULT_COLUMNS = ("tier", "name", "status", "last_contact", "next_contact", "owner", "tags")
CODES = {"tier": rules.TIERS, "intent": rules.INTENTS, "status": rules.STATUSES, "kind": rules.KINDS}
OWNER, TEAM = aliased(User), aliased(Team)
# What a row reads of its customer always, and for a column
ALWAYS = (
    Customer.id,
    Customer.name,
    Customer.short_name,
    Customer.do_not_contact,
    *ORDERS.values(),
)
CELLS: dict[str, tuple[Any, ...]] = {
    "number": (Customer.number,),
    "status": (Customer.status, Customer.at_risk),
    "intent": (Customer.intent,),
    "last_contact": (Customer.last_contact_on, Customer.last_contact_channel),
    "next_contact": (
        Customer.team_id,
        Customer.last_contact_on,
        Customer.next_contact_on,
        Customer.latest_contact_on,
    ),
    "owner": (OWNER.name.label("owner"),),
    "team": (TEAM.name.label("team"),),
    **{name: (getattr(Customer, name),) for name in TEXTS},
    "kind": (Customer.kind,),
    "relationship": (Customer.relationship_kind.label("relationship"),),
    "lost_reason": (Customer.lost_reason,),
    "source": (Customer.source,),
    "checked": (Customer.checked_on,),
}
TAGS_OF: Any = (
    select(CustomerTag.customer_id, Tag.id, Tag.name)
    .join(Tag, Tag.id == CustomerTag.tag_id)
    .where(CustomerTag.customer_id.in_(bindparam("ids", expanding=True)))
    .order_by(CustomerTag.id)
)
HELPERS_OF: Any = (
    select(CustomerHelper.customer_id, User.name)
    .join(User, User.id == CustomerHelper.user_id)
    .where(CustomerHelper.customer_id.in_(bindparam("ids", expanding=True)))
    .order_by(CustomerHelper.id)
)
MOST_TAG_FILTERS = 10
RARE = 20_000  # customers with a tag


@dataclass(frozen=True)
class Listing:
    """What an address asks of the list. Anything it cannot mean is left out."""

    q: str
    codes: dict[str, tuple[str, ...]]
    owner: str
    team: str
    tags: tuple[str, ...]
    sort: str
    order: Order
    where: Filter
    # In place of the order, where rows are read a page at a time
    by_value: custom_order.ByValue | parted_order.ByParts | owner_order.ByOwner | None = None

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Listing:
        """The listing that the arguments of an address describe."""
        codes = {name: tuple(v for v in args.getlist(name) if v in known) for name, known in CODES.items()}
        sort, order = lists.order_named(args.get("sort"), ORDERS, DEFAULT_ORDER)
        kinds_of_order = (custom_order, owner_order, parted_order)
        of_field = next(filter(None, (each.named(args.get("sort")) for each in kinds_of_order)), None)
        sort = of_field[0] if of_field else sort
        tags = tuple(dict.fromkeys(tag[:40] for tag in args.getlist("tag") if tag.strip()))[:MOST_TAG_FILTERS]
        q, owner, team = (args.get(name, "").strip()[:200] for name in ("q", "owner", "team"))
        where = Filter.of(NAME, Customer, Lines.read(args.getlist(WHERE), args.get(MATCH)))
        codes = {name: values for name, values in codes.items() if values}
        return cls(q, codes, owner, team, tags, sort, order, where, of_field[1] if of_field else None)

    @property
    def narrowed(self) -> bool:
        """Whether any filter is in force."""
        return bool(self.q or self.codes or self.owner or self.team or self.tags or self.where)

    @property
    def combined(self) -> bool:
        """Whether filters or an order are in force that no index serves together, or at any size."""
        filters = (self.owner, self.team, *self.tags)
        in_parts = isinstance(self.by_value, parted_order.ByParts | owner_order.ByOwner)
        return bool(self.q or self.codes or self.where or in_parts) or sum(map(bool, filters)) > 1

    @property
    def of_archive(self) -> bool:
        """Whether its conditions speak of archived files; else it leaves them out."""
        return any(line.field == filtering.ARCHIVED for group in self.where.lines.groups for line in group)

    def is_whole(self, viewer: Viewer) -> bool:
        """Whether no index finds what it lists: all customers of the company, perhaps with a tag."""
        found = self.q or self._all_codes or self.owner or self.team or self.where.leads
        return not found and viewer.scope(Right.CUSTOMERS_SEE) is Scope.ALL

    def select(self, viewer: Viewer, right: Right = Right.CUSTOMERS_SEE) -> Select[Any]:
        """The customers that the person may see and that pass the filters.

        One condition finds the rows by its index, the others are tried on them.
        """
        plan_anew()
        finding, *others = self._conditions(viewer, right)
        return select(Customer).where(finding, *map(tried, others))

    def _conditions(self, viewer: Viewer, right: Right) -> Iterator[ColumnElement[bool]]:
        """The filters and the person's view, those first that leave few rows at any size of the company."""
        within = kinds.reach(Customer, viewer, right)
        own = search.few(viewer, right)
        if self.owner:
            yield self._owner()
        if own:
            yield within
        if self.q:
            yield search.condition(viewer, self.q)
        if self.where:
            yield from self.where.leading(viewer)
        rare, common = self._tags()
        yield from rare
        if self._all_codes:
            yield self._codes()
        if self.team:
            yield self._team()
        if not own:
            yield within
        yield from common
        if not self.of_archive:
            yield Customer.archived_at.is_(None)
        if self.where:
            yield self.where.whole(viewer)

    @property
    def _all_codes(self) -> dict[str, tuple[str, ...]]:
        """The codes that the filters ask for, and those that have to hold by the conditions."""
        found = dict(self.codes)
        for line in self.where.lines.single:
            if line.field in CODES and line.operator == "is":
                values = [v for v in several(line.value) if v in CODES[line.field]]
                found[line.field] = tuple(v for v in found.get(line.field, values) if v in values)
        return found

    def _tags(self) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
        """Rare tags lead to their customers, common ones are asked of each row at hand."""
        rare: list[ColumnElement[bool]] = []
        common: list[ColumnElement[bool]] = []
        for tag_id in map(_tag_id, self.tags):
            worn = CustomerTag.tag_id == tag_id
            if lists.count(select(CustomerTag).where(worn), RARE).capped:
                common.append(exists().where(CustomerTag.customer_id == Customer.id, worn))
            else:
                rare.append(Customer.id.in_(select(CustomerTag.customer_id).where(worn)))
        return rare, common

    def _codes(self) -> ColumnElement[bool]:
        """All codes are named, if need be with all their values: so one index leads to just the rows that fit."""
        asked = self._all_codes
        return and_(*(getattr(Customer, name).in_(asked.get(name, CODES[name])) for name in CODES))

    def _owner(self) -> ColumnElement[bool]:
        if self.owner == "-":
            return Customer.owner_id.is_(None)
        user = access.user_named(self.owner)
        return Customer.owner_id == user.id if user else false()

    def _team(self) -> ColumnElement[bool]:
        team = access.team_named(self.team)
        return Customer.team_id.in_(sorted(access.branch_of(team.id))) if team else false()

    def chips(self, viewer: Viewer) -> list[tuple[str, str, str]]:
        """The filters of one argument each as (argument, value, words)."""
        tables = {"tier": words.TIERS, "intent": words.INTENTS, "status": words.STATUSES, "kind": words.KINDS}
        shown = [
            (n, v, _named(words.FIELDS[n], tables[n][v])) for n, values in self.codes.items() for v in values
        ]
        shown += [("tag", tag, self._record("tag", tag, viewer)) for tag in self.tags]
        if self.owner:
            shown.append(("owner", self.owner, self._record("owner", self.owner, viewer)))
        if self.team:
            shown.append(("team", self.team, self._record("team", self.team, viewer)))
        return shown

    @staticmethod
    def _record(argument: str, value: str, viewer: Viewer) -> str:
        if argument == "owner" and value == "-":
            return _("without an owner")
        name = filtering.name_of(argument, value, viewer) or _("(not shown)")
        if argument == "tag":
            return str(name)
        return _named(words.FIELDS[f"{argument}_id"], name)

    def is_known(self, viewer: Viewer) -> bool:
        """Whether the person may know all records that the filters name."""
        named = [("tag", tag) for tag in self.tags]
        named += [("owner", self.owner)] if self.owner not in ("", "-") else []
        named += [("team", self.team)] if self.team else []
        known = all(filtering.name_of(argument, value, viewer) for argument, value in named)
        return known and self.where.is_known(viewer)

    def said(self, viewer: Viewer) -> list[str]:
        """All filters in words."""
        chips = [label for _name, _value, label in self.chips(viewer)]
        return chips + [label for _rest, label in self.where.chips(viewer)]


def viewed(args: MultiDict[str, str], viewer: Viewer) -> office.Opened:
    """What an address of the list asks for, with the views of it that the person has."""
    default = columns.opens_with(viewer.id, NAME)
    kind = the_list(NAME, viewer)
    return office.opened(kind, args, viewer, default, lambda asked: Listing.read(asked).is_known(viewer))


def meant(args: MultiDict[str, str], viewer: Viewer) -> MultiDict[str, str]:
    """The arguments that an address of the list stands for, if it is that of a saved view."""
    return office.resolved(the_list(NAME, viewer), args, viewer)


def _tag_id(tag: str) -> int | None:
    return db.session.scalar(select(Tag.id).where(Tag.shadow == shadow(tag)))


def _named(field: Any, value: Any) -> str:
    return _("%(first)s: %(second)s", first=field, second=value)


def with_rows(statement: Select[Any], shown: Collection[str]) -> Select[Any]:
    """In place of the customers of a select just what their rows show in these columns, read with them."""
    wanted = [*ALWAYS, *parted_order.columns_of_rows()]
    wanted += (cell for column in shown for cell in CELLS.get(column, ()))
    if "owner" in shown:
        statement = statement.outerjoin(OWNER, OWNER.id == Customer.owner_id)
    if "team" in shown:
        statement = statement.outerjoin(TEAM, TEAM.id == Customer.team_id)
    return statement.with_only_columns(*dict.fromkeys(wanted), maintain_column_froms=True)


def all_columns(viewer: Viewer) -> dict[str, str]:
    """The columns that can be shown to a person, with their labels; those of other areas and custom fields last."""
    beside = {name: str(column.label) for name, column in columns.further(NAME, viewer).items()}
    custom = {field.name: field.label for field in custom_values.fields()}
    return {name: str(label) for name, label in COLUMNS.items()} | beside | custom


def sorts(viewer: Viewer) -> dict[str, str]:
    """Column → what its head sorts by."""
    return {
        name: name for name in (*ORDERS, "owner", *parted_order.sortable(viewer), *custom_order.sortable())
    }


def fields_in(shown: Collection[str]) -> dict[str, Definition]:
    """The custom fields among these columns."""
    return {field.name: field for field in custom_values.fields() if field.name in shown}


@dataclass(frozen=True)
class Beside:
    """What rows show of other records: the tags, the first person, the first number, mail address and WeChat, and the
    helpers of each customer, what it has in custom fields, and what other areas show, by their ids.
    """

    tags: Mapping[int, Sequence[Any]]
    people: Mapping[int, Any]
    phones: Mapping[int, Any]
    written: Mapping[str, Mapping[int, Any]]
    helpers: Mapping[int, Sequence[Any]]
    custom: Mapping[int, Mapping[int, Sequence[str]]]
    further: Mapping[str, Mapping[int, Any]]

    def read_in_clear(self, clear: Collection[int], fields: Iterable[Definition]) -> list[int]:
        """Of the customers that a person sees in clear those of whom something is shown that others see masked."""
        masked = {field.id for field in fields if field.sensitive}
        return [id for id in clear if id in self.phones or masked & self.custom.get(id, {}).keys()]


def beside(ids: Sequence[int], shown: Collection[str], viewer: Viewer) -> Beside:
    """What stands beside these customers in these columns: one statement for each column that needs it."""
    tags: dict[int, list[Any]] = defaultdict(list)
    for worn in db.session.execute(TAGS_OF, {"ids": ids}) if "tags" in shown else ():
        tags[worn.customer_id].append(worn)
    return Beside(
        tags,
        _firsts(reaching.places(ids)) if "person" in shown else {},
        _firsts(reaching.phones(ids)) if "phone" in shown else {},
        _written(ids, [kind for kind in ("email", "wechat") if kind in shown]),
        reaching.by_customer(db.session.execute(HELPERS_OF, {"ids": ids})) if "helpers" in shown else {},
        custom_values.of_many(ids, [field.id for field in fields_in(shown).values()]),
        {
            name: column.cells(ids, viewer)
            for name, column in columns.further(NAME, viewer).items()
            if name in shown
        },
    )


def _written(ids: Sequence[int], kinds: Sequence[str]) -> dict[str, dict[int, Any]]:
    points = reaching.points(ids, kinds) if kinds else ()
    return {kind: _firsts(point for point in points if point.kind == kind) for kind in kinds}


def _firsts(rows: Iterable[Any]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for row in rows:
        found.setdefault(row.customer_id, row)
    return found
