"""The customers that the rows of an import meet: those on file, and those that the file makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from blueprints.customers.import_days import Day
from blueprints.customers.import_reaches import mark_of
from blueprints.customers.search import Typed
from core.names import shadow
from core.rights import Right
from core.rowkeys import Key

RIGHTS = frozenset(
    {
        Right.CUSTOMERS_EDIT,
        Right.CUSTOMERS_EDIT_POINTS,
        Right.CUSTOMERS_CLEAR,
        Right.CUSTOMERS_ASSIGN,
    }
)
# The columns of people and of their places that rows fill
OF_PERSON = (
    "form_of_address", "preferred_channel", "preferred_time", "language", "likes", "taboos", "note",
)  # fmt: skip
OF_PLACE = ("position", "department", "decision_role")


class Field(NamedTuple):
    """A field that holds one value: of the customer, of a contact person by the shadow of the name, or a custom one."""

    part: str
    name: Any
    whose: str = ""


TAGS = Field("list", "tags")


def points(kind: str, whose: str) -> Field:
    """The contact points of a kind, of the customer or of a contact person, as something that rows say."""
    return Field("points", kind, whose)


def address(called: str) -> Field:
    """A further address, as something that rows say."""
    return Field("address", called)


class Place(NamedTuple):
    """The rows on file of a contact person; 0 for an affiliation that is just being made."""

    person_id: int
    affiliation_id: int = 0


class Held(NamedTuple):
    """A contact point on file; `whose`: the shadow of the contact person's name, if it is one's own.

    `label` is what is noted of it, `added_by` which of our accounts holds the friend.
    """

    id: int
    kind: str
    mark: tuple[str, str]
    whose: str
    value: str
    label: str | None = None
    added_by: str | None = None

    def noting(self, said: Mapping[str, str]) -> Held:
        """The same with what rows note of it."""
        return self._replace(
            label=said.get("label", self.label), added_by=said.get("added_by", self.added_by)
        )


class Tagged(NamedTuple):
    """A tag on file: the row that puts it on the customer, and its name."""

    id: int
    name: str


class Helping(NamedTuple):
    """The row of a helper on file, 0 for one that is just being made, and whether they may edit."""

    id: int
    may_write: bool


@dataclass
class News:
    """What is to be written to one customer; a person, and whose a point is, by the shadow of the name.

    `gone_points` and `gone_tags` (by shadow) are on file and go; `noted` is what changes of what is noted of points on
    file, by their ids.
    """

    values: dict[str, Any] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: list[tuple[Typed, str]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    custom: dict[int, list[str]] = field(default_factory=dict)
    forbids: list[str] = field(default_factory=list)
    brought: list[tuple[str, Any]] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    helpers: dict[int, bool] = field(default_factory=dict)
    gone_points: list[Held] = field(default_factory=list)
    gone_tags: dict[str, Tagged] = field(default_factory=dict)
    noted: dict[int, dict[str, str]] = field(default_factory=dict)

    def fields(self) -> dict[Field, Any]:
        """What is written to fields that hold one value, or one answer of a custom field."""
        return {
            **{Field("customer", name): value for name, value in self.values.items()},
            **{
                Field("person", name, key): value
                for key, details in self.people.items()
                for name, value in details.items()
            },
            **{Field("custom", id): value for id, value in self.custom.items()},
        }

    def __bool__(self) -> bool:
        return bool(
            self.values
            or self.people
            or self.points
            or self.tags
            or self.custom
            or self.forbids
            or self.brought
            or self.days
            or self.helpers
            or self.gone_points
            or self.gone_tags
            or self.noted
        )


@dataclass(eq=False)
class Target:
    """A customer as it will be after the rows so far; `id` is None while it is still to be made.

    `values` are columns of customers, `people` details by the shadow of the name (`places`: those on file),
    `points` marks, `tags` shadows, `custom` stored values by the id of the field. `guarded`: a guardian agrees to what
    is kept of a child; `brought`: what other areas have of it, by name and mark. `news` is what the rows make, add or
    change; `line` the row that makes the customer; `said` what rows so far have said of it. `rights` are those that the
    importer holds over the record; `earlier` are the numbers of files merged into it. `days` are special days and
    `helpers`, by user, read where rows name some; `held` and `tagged` points and tags on file, read where rows may
    take them away.
    """

    values: dict[str, Any]
    id: int | None = None
    line: int | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    points: set[tuple[str, str]] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    custom: dict[int, list[str]] = field(default_factory=dict)
    rights: frozenset[Right] = RIGHTS
    earlier: Sequence[str] = ()
    guarded: bool = False
    brought: set[tuple[str, Any]] = field(default_factory=set)
    news: News = field(default_factory=News)
    said: set[Field] = field(default_factory=set)
    days: list[Day] = field(default_factory=list)
    helpers: dict[int, Helping] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    tagged: dict[str, Tagged] = field(default_factory=dict)

    @property
    def on_file(self) -> int:
        """The id, once there is one."""
        assert self.id is not None
        return self.id

    @cached_property
    def shadow(self) -> str:
        """The form of the name by which it is recognised; on file that of the name before the import."""
        return shadow(self.values["name"])

    @property
    def forbidden(self) -> list[str]:
        """The purposes for which the customer does not want to be contacted."""
        return [purpose for purpose in (self.values.get("do_not_contact") or "").split(",") if purpose]

    @property
    def is_in_bin(self) -> bool:
        return self.values.get("deleted_at") is not None

    def marks(self) -> Iterator[Key]:
        """The keys by which rows are recognised as this customer; in the bin only the number counts."""
        if number := self.values.get("number"):
            yield Key("number", number)
        for number in self.earlier:
            yield Key("number", number)
        if self.is_in_bin:
            return
        for kind, normal in self.points:
            if normal and kind in ("phone", "email"):
                yield Key("mail" if kind == "email" else "phone", self.shadow, normal)
        if code := self.values.get("credit_code"):
            yield Key("code", self.shadow, code)

    def value(self, of: Field) -> Any:
        """What stands in a field so far."""
        if of.part == "person":
            return self.people.get(of.whose, {}).get(of.name)
        return self.custom.get(of.name) if of.part == "custom" else self.values.get(of.name)

    def take(self, more: News) -> None:
        """Let a row add to the customer."""
        self.values.update(more.values)
        self.news.values.update(more.values)
        for name, details in more.people.items():
            self.people.setdefault(name, {}).update(details)
            self.news.people.setdefault(name, {}).update(details)
        self._let_go(more)
        self.held = [point.noting(more.noted.get(point.id, {})) for point in self.held]
        for id, noted in more.noted.items():
            self.news.noted.setdefault(id, {}).update(noted)
        self.days += more.days
        self.news.days += more.days
        for user_id, may_write in more.helpers.items():
            self.helpers[user_id] = Helping(self.helpers.get(user_id, Helping(0, False)).id, may_write)
        self.news.helpers |= more.helpers
        self.points.update(mark_of(point.kind, point.normal) for point, _whose in more.points)
        self.news.points += more.points
        self.tags.update(more.tags)
        self.news.tags.update(more.tags)
        self.custom.update(more.custom)
        self.news.custom.update(more.custom)
        if more.forbids:
            self.values["do_not_contact"] = ",".join([*self.forbidden, *more.forbids])
            self.news.forbids += more.forbids
        self.brought.update((name, item.mark) for name, item in more.brought)
        self.news.brought += more.brought

    def _let_go(self, more: News) -> None:
        """Without the points and tags that go; those that earlier rows gave are none of them."""
        if not (more.gone_points or more.gone_tags):
            return
        self.held = [point for point in self.held if point not in more.gone_points]
        self.points -= {point.mark for point in more.gone_points} - {point.mark for point in self.held}
        self.tags -= more.gone_tags.keys()
        self.tagged = {key: tag for key, tag in self.tagged.items() if key not in more.gone_tags}
        self.news.gone_points += more.gone_points
        self.news.gone_tags |= more.gone_tags
