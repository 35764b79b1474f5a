"""What the list of customers can be filtered by beyond its own columns: rows that hang on a customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased

from blueprints.customers import words
from blueprints.customers.models import Affiliation, ContactPoint, Customer, Person, Relation
from blueprints.customers.particulars import Consent, Need
from core import kinds
from core.filterlines import several
from core.filters import Around, Choice, Field, Text, codes
from core.rights import Right, Viewer
from core.words import _l

SET = ("is", "not", "empty", "filled")
PURPOSES = {code: word for code, word in words.CONSENT_PURPOSES.items() if code != "guardian"}


@dataclass(frozen=True, kw_only=True)
class OfRows(Around):
    """What rows that hang on a customer say: that one of them fits; with “is not”, that none does.

    `inner` is about a single row, `link` are the conditions that it is one of the customer's.
    """

    link: Callable[[], Sequence[ColumnElement[bool]]]

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "operators", tuple(dict.fromkeys((*self.inner.operators, "empty", "filled")))
        )

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        none = operator in ("not", "empty")
        asked = {"not": "is", "empty": "filled"}.get(operator, operator)
        found = exists().where(*self.link(), self.inner.condition(asked, value, viewer))
        return ~found if none else found


def fields() -> Iterator[Field]:
    """Contact points and people of a customer, what they need, what they allow, and whom they are related to."""
    f = words.FIELDS
    for name, kind, label in (
        ("email", "email", words.POINT_KINDS["email"]),
        ("wechat", "wechat", words.POINT_KINDS["wechat"]),
        ("wecom", "wecom", words.POINT_KINDS["wecom"]),
    ):
        yield _of_point(name, kind, label)
    at = (Affiliation.customer_id == Customer.id,)
    named = (*at, Person.id == Affiliation.person_id)
    yield _text("person", f["person_id"], Person.name, lambda: named)
    yield _text("position", f["position"], Affiliation.position, lambda: at)
    yield _text("department", f["department"], Affiliation.department, lambda: at)
    role = codes(
        "decision_role", f["decision_role"], Affiliation.decision_role, words.DECISION_ROLES, empty=True
    )
    yield OfRows(name=role.name, label=role.label, inner=role, link=lambda: at)
    unmet = (Need.customer_id == Customer.id, Need.met_on.is_(None))
    yield _text("need", _l("Unmet need"), Need.what, lambda: unmet)
    yield Choice(
        name="consent", label=_l("They allow it"), among=_allowing,
        bare=~exists().where(Consent.customer_id == Customer.id), known=lambda _v: list(PURPOSES.items()),
        names=lambda _values, _v: PURPOSES, operators=SET,
    )  # fmt: skip
    yield Related(
        name="relation", label=_l("Relations"), among=lambda _values, _v: false(),
        known=lambda _v: list(words.RELATIONS.items()), names=lambda _values, _v: words.RELATIONS, operators=SET,
    )  # fmt: skip


def _text(name: str, label: Any, column: Any, link: Any, *, sensitive: bool = False) -> OfRows:
    inner = Text(name=name, label=label, column=column)
    return OfRows(name=name, label=label, inner=inner, link=link, sensitive=sensitive)


def _of_point(name: str, kind: str, label: Any) -> OfRows:
    mine = (ContactPoint.customer_id == Customer.id, ContactPoint.kind == kind)
    return _text(name, label, ContactPoint.value, lambda: mine, sensitive=True)


def _allowing(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    """Customers whose last word for one of these purposes is that they allow it."""
    later = aliased(Consent)
    after = or_(later.on_day > Consent.on_day, and_(later.on_day == Consent.on_day, later.id > Consent.id))
    overruled = exists().where(
        later.customer_id == Consent.customer_id, later.purpose == Consent.purpose, after
    )
    said = and_(Consent.customer_id == Customer.id, Consent.purpose.in_(values), Consent.state == "given")
    return exists().where(said, ~overruled)


@dataclass(frozen=True, kw_only=True)
class Related(Choice):
    """Relations to customers that the viewer sees; of others nothing is told."""

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        among = words.RELATIONS if operator in ("empty", "filled") else several(value)
        within = kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE)
        found = or_(
            *(
                exists().where(
                    mine == Customer.id, Relation.kind.in_(among), kinds.among_those(other, Customer, within)
                )
                for mine, other in (
                    (Relation.customer_id, Relation.other_id),
                    (Relation.other_id, Relation.customer_id),
                )
            )
        )
        return ~found if operator in ("not", "empty") else found
