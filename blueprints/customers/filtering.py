"""What the list of customers can be filtered by, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, extract, false, or_, select

from blueprints.access import queries as access
from blueprints.access.models import Team, User
from blueprints.customers import choices, completeness, custom_filters, filters_beside, rules, wishes, words
from blueprints.customers.models import ContactPoint, Customer, CustomerHelper, CustomerTag, Tag
from blueprints.office import queries as office
from core import clock, filters, kinds, listkinds
from core.conditions import begins
from core.db import db
from core.errors import RuleBroken
from core.filternumbers import Number
from core.filters import Choice, Day, Field, Text, codes
from core.listkinds import ListKind
from core.names import shadow
from core.rights import Right, Scope, Viewer
from core.words import _, _l

ME = "@me"
ARCHIVED = "archived"  # the field; a list that does not ask for it leaves out what is archived
STATES = {
    "ok": _l("Within the standard"),
    "due": _l("Past the standard"),
    "overdue": _l("Overdue"),
    "unmet": _l("Never met"),
}
MARKS = {"at_risk": words.FIELDS["at_risk"], "won_back": words.FIELDS["won_back"]}
MONTHS = {str(month): _l("month %(n)s", n=month) for month in range(1, 13)}
TEXTS = (
    "name", "short_name", "number", "credit_code", "industry", "size", "website", "country", "province", "city",
    "district", "address", "postal_code", "preferred_time", "language", "likes", "taboos", "note",
)  # fmt: skip
GROUPINGS = {
    "owner": words.FIELDS["owner_id"], "team": words.FIELDS["team_id"], "tier": words.FIELDS["tier"],
    "status": words.FIELDS["status"], "intent": words.FIELDS["intent"], "tag": words.FIELDS["tag_id"],
    "source": words.FIELDS["source"], "kind": words.FIELDS["kind"], "next_contact": _l("Month of the next contact"),
}  # fmt: skip
IS = frozenset({"is"})
PURPOSES = {code: words.CONSENT_PURPOSES[code] for code in wishes.PURPOSES}


def fields() -> Iterator[Field]:
    """The fields, in the order in which they are offered."""
    f = words.FIELDS
    yield codes("tier", f["tier"], Customer.tier, words.TIERS)
    yield codes("intent", f["intent"], Customer.intent, words.INTENTS)
    yield codes("status", f["status"], Customer.status, words.STATUSES)
    yield codes("lost_reason", f["lost_reason"], Customer.lost_reason, words.LOST_REASONS, empty=True)
    yield Choice(
        name="contact", label=_l("Contact state"), among=_in_states, known=lambda _v: list(STATES.items()),
        names=lambda _values, _v: STATES,
    )  # fmt: skip
    yield Choice(
        name="mark", label=_l("Mark"), among=_marked, known=lambda _v: list(MARKS.items()),
        names=lambda _values, _v: MARKS, bare=~(Customer.at_risk | Customer.won_back),
        operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    yield Choice(
        name="owner", label=f["owner_id"], among=_owned, bare=Customer.owner_id.is_(None), known=_people,
        names=_names_of_people, open=True, leading=IS, operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    yield Choice(
        name="helper", label=f["user_id"], among=_helped, known=_people,
        bare=~exists().where(CustomerHelper.customer_id == Customer.id),
        names=_names_of_people, open=True, leading=IS, operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    yield Choice(
        name="team", label=f["team_id"], among=_of_teams, bare=Customer.team_id.is_(None),
        known=lambda viewer: choices.filter_choices(viewer)["team"], names=_names_of_teams, open=True,
        leading=IS, operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    yield Choice(
        name="tag", label=f["tag_id"], among=_tagged, bare=~exists().where(CustomerTag.customer_id == Customer.id),
        known=choices.tag_choices, names=_names_of_tags, open=True, leading=IS,
        operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    never = {"last_contact": date.min, "next_contact": date(9999, 12, 31)}
    yield Day(
        name="last_contact", label=_l("Last contact"), column=Customer.last_sort, never=never["last_contact"],
        leading=IS,
    )  # fmt: skip
    yield Day(
        name="next_contact", label=_l("Next contact"), column=Customer.next_sort, never=never["next_contact"],
        ahead=True, leading=IS,
    )  # fmt: skip
    yield Day(name="checked", label=f["checked_on"], column=Customer.checked_on)
    yield Choice(
        name="lacking", label=_l("Missing in the file"), among=lambda values, _v: or_(*map(completeness.lacks, values)),
        known=lambda _v: list(completeness.NAMES.items()), names=lambda _values, _v: completeness.NAMES,
        bare=~or_(*map(completeness.lacks, completeness.NAMES)), operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    yield Number(
        name="completeness", label=_l("File completeness"), column=Customer.completeness, indexed=True,
        words=lambda per_cent: f"{per_cent}%",
    )  # fmt: skip
    for name, label, column in (
        ("created", _l("Created"), Customer.created_at),
        ("updated", _l("Changed"), Customer.updated_at),
    ):
        yield Day(name=name, label=label, column=column, instant=True, optional=False, leading=IS)
    yield Day(name=ARCHIVED, label=f["archived_at"], column=Customer.archived_at, instant=True)
    yield Day(
        name="special", label=_l("Next special day"), column=Customer.special_on, ahead=True, sensitive=True
    )
    yield codes("source", f["source"], Customer.source, words.SOURCES, empty=True)
    yield codes("kind", f["kind"], Customer.kind, words.KINDS)
    yield codes("relationship", f["relationship"], Customer.relationship_kind, words.RELATIONSHIPS)
    yield codes("gender", f["gender"], Customer.gender, words.GENDERS, empty=True)
    yield codes(
        "preferred_channel", f["preferred_channel"], Customer.preferred_channel, words.CHANNELS, empty=True
    )
    for name in TEXTS:
        yield Text(name=name, label=f[name], column=getattr(Customer, name))
    yield Choice(
        name="birthday", label=_l("Month of the birthday"), among=_born, bare=Customer.birthday.is_(None),
        known=lambda _v: list(MONTHS.items()), names=lambda _values, _v: MONTHS, sensitive=True,
        operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    yield Digits(name="phone", label=_l("Phone"), sensitive=True)
    yield Choice(
        name="do_not_contact", label=_l("Do not contact"), among=_forbidding, bare=Customer.do_not_contact.is_(None),
        known=lambda _v: list(PURPOSES.items()), names=lambda _values, _v: PURPOSES,
        operators=("is", "not", "empty", "filled"),
    )  # fmt: skip
    yield from filters_beside.fields()
    yield from custom_filters.fields()


def groupings() -> dict[str, Any]:
    """What the list can be grouped by."""
    return {**GROUPINGS, **custom_filters.groupings()}


filters.offer("customers", fields)
listkinds.declare(
    ListKind(
        "customers",
        _l("Customers"),
        "customers.index",
        Customer,
        Right.CUSTOMERS_SEE,
        (
            "q",
            "status",
            "tier",
            "intent",
            "kind",
            "owner",
            "team",
            "tag",
            "where",
            "match",
            "sort",
            "group",
            "columns",
        ),
    )
)


class Digits(Field):
    """The numbers of a customer, by their digits."""

    def __init__(self, **facts: Any) -> None:
        known = ("begins", "ends", "empty", "filled")
        super().__init__(operators=known, leading=frozenset(known[:2]), **facts)

    def check(self, operator: str, value: str) -> None:
        if operator not in filters.WITHOUT_VALUE and not 3 <= len(_digits(value)) <= 20:
            raise RuleBroken(_l("Give three digits at least."))

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        number = and_(ContactPoint.customer_id == Customer.id, ContactPoint.kind.in_(rules.PHONE_KINDS))
        if operator in filters.WITHOUT_VALUE:
            return exists().where(number) if operator == "filled" else ~exists().where(number)
        column, digits = ContactPoint.normal, _digits(value)
        if operator == "ends":
            column, digits = ContactPoint.reversed, digits[::-1]
        wanted = select(ContactPoint.customer_id).where(ContactPoint.kind.in_(rules.PHONE_KINDS))
        return Customer.id.in_(wanted.where(begins(column, digits)))


def _digits(value: str) -> str:
    return "".join(sign for sign in value if sign.isascii() and sign.isdigit())


def _in_states(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    """The contact states of `rules.contact_state`, of all rows at once."""
    today = clock.today()
    unmet = Customer.last_contact_on.is_(None)
    late = Customer.latest_contact_on < _silence(today)
    due = Customer.next_contact_on <= today
    return case((unmet, "unmet"), (late, "overdue"), (due, "due"), else_="ok").in_(values)


def _silence(today: date) -> Any:
    """The day as which today counts for silence, by the calendar of each customer's team."""
    usual = office.calendar_for(None).silence_day(today)
    days: dict[date, list[int]] = {}
    for team_id in access.parents():
        day = office.calendar_for(team_id).silence_day(today)
        if day != usual:
            days.setdefault(day, []).append(team_id)
    if not days:
        return usual
    return case(*((Customer.team_id.in_(teams), day) for day, teams in days.items()), else_=usual)


def _marked(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    return or_(*(getattr(Customer, name).is_(True) for name in values))


def _forbidding(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    """Whoever wants no contact at all does not want it for this purpose either."""
    return Customer.do_not_contact.in_(wishes.marks_with(values))


def _born(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    return extract("month", Customer.birthday).in_([int(value) for value in values])


def _user_ids(values: Sequence[str], viewer: Viewer) -> Any:
    names = [viewer.username if value == ME else value.lower() for value in values]
    return select(User.id).where(User.username.in_(names))


def _owned(values: Sequence[str], viewer: Viewer) -> ColumnElement[bool]:
    return Customer.owner_id.in_(_user_ids(values, viewer))


def _helped(values: Sequence[str], viewer: Viewer) -> ColumnElement[bool]:
    helped = select(CustomerHelper.customer_id).where(CustomerHelper.user_id.in_(_user_ids(values, viewer)))
    return Customer.id.in_(helped)


def _of_teams(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    """The teams of these slugs, with all beneath them."""
    named = list(
        db.session.scalars(select(Team.id).where(Team.slug.in_([value.lower() for value in values])))
    )
    return Customer.team_id.in_(sorted(access.below(named, access.parents()))) if named else false()


def _tagged(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    tags = select(Tag.id).where(Tag.shadow.in_([shadow(value) for value in values]))
    return Customer.id.in_(select(CustomerTag.customer_id).where(CustomerTag.tag_id.in_(tags)))


def _people(viewer: Viewer) -> filters.Choices:
    return [(ME, _("me")), *access.colleague_names(viewer, Right.CUSTOMERS_SEE)]


def _names_of_people(values: Sequence[str], viewer: Viewer) -> Mapping[str, Any]:
    others = {value: value.lower() for value in values if value != ME}
    known = access.names_within(viewer, Right.CUSTOMERS_SEE, list(others.values())) if others else {}
    named = {value: known[username] for value, username in others.items() if username in known}
    return named | ({ME: _("me")} if ME in values else {})


def name_of(argument: str, value: str, viewer: Viewer) -> Any:
    """What a record is called that an argument of an address names; None if the viewer may not know of it."""
    names = {"owner": _names_of_people, "team": _names_of_teams, "tag": _names_of_tags}[argument]
    return names((value,), viewer).get(value)


def _names_of_teams(values: Sequence[str], viewer: Viewer) -> Mapping[str, Any]:
    whole = viewer.scope(Right.CUSTOMERS_SEE) is Scope.ALL
    known = dict(access.team_names(None if whole else viewer.branch_ids))
    return {value: known[value] for value in values if value in known}


def _names_of_tags(values: Sequence[str], viewer: Viewer) -> Mapping[str, Any]:
    """Tags that some customer within the person's view wears."""
    seen = kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE)
    worn = exists().where(CustomerTag.tag_id == Tag.id, Customer.id == CustomerTag.customer_id, seen)
    wanted = select(Tag.shadow, Tag.name).where(Tag.shadow.in_([shadow(value) for value in values]), worn)
    names = dict(db.session.execute(wanted).all())
    return {value: names[shadow(value)] for value in values if shadow(value) in names}
