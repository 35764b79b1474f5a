"""Plain values of the demonstration become rows: a whole batch of files, table after table, and contacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from blueprints.access.models import Membership, User
from blueprints.customers import actions
from blueprints.customers.models import (
    Affiliation,
    ContactPoint,
    Customer,
    CustomerHelper,
    CustomerTag,
    Person,
    Tag,
)
from blueprints.home.demo.days import Days
from blueprints.home.demo.plain import File, Human, Said
from blueprints.interactions import queries as contacts
from blueprints.interactions.models import Interaction, PlannedContact
from core import kinds
from core.db import db


class Rows:
    """Writes files and contacts, and remembers which rows they became."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._people: dict[str, Person] = {}
        self.customers: dict[str, Customer] = {}

    def add(self, files: Sequence[File]) -> list[int]:
        """Write files with all that belongs to them; answers their ids. The caller has named the verb."""
        users = _users()
        _flush([self._customer(file, users) for file in files])
        humans = [(file, human) for file in files for human in file.people]
        _flush([self._person(file, human) for file, human in humans])
        _flush([place for file in files for place in self._places(file)])
        _flush([point for file in files for point in self._points(file)])
        names = sorted({name for file in files for name in file.tags})
        tags = dict(zip(names, actions.tags_for(names), strict=True))
        _flush([row for file in files for row in self._marks(file, users, tags)])
        ids = [self.customers[file.name].id for file in files]
        if refresh := kinds.kind_of(Customer).refresh:
            refresh(ids)
        return ids

    def say(self, talks: Sequence[tuple[File, Said]], author: User, team_id: int | None) -> None:
        """Write contacts of one person, and what was planned then. The caller has named the verb."""
        rows = [self._interaction(file, said, author, team_id) for file, said in talks]
        _flush(rows)
        pairs = list(zip(talks, rows, strict=True))
        _flush(self._plan(said, row) for (_file, said), row in pairs if said.next)
        for (file, said), row in pairs:
            if file.before and said.counts:
                _settle(row)

    def _interaction(self, file: File, said: Said, author: User, team_id: int | None) -> Interaction:
        person = self._people[_key(file, file.people[0])] if said.counts else None
        return Interaction(
            customer_id=self.customers[file.name].id, person_id=person.id if person else None,
            author_id=author.id, recorded_by_id=author.id, team_id=team_id,
            channel=said.channel, direction="they" if said.channel == "received" else "we",
            outcome=said.outcome, counts=said.counts, refusal_reason=said.refusal,
            happened_at=self._days.moment(said.ago, said.at), on_day=self._days.day(said.ago),
            minutes=said.minutes, purpose=said.purpose, summary=said.summary, mood=said.mood,
        )  # fmt: skip

    def _plan(self, said: Said, row: Interaction) -> PlannedContact:
        plan = said.next
        assert plan is not None
        return PlannedContact(
            customer_id=row.customer_id, on_day=self._days.day(-plan.ahead), at_time=plan.at,
            channel=plan.channel, purpose=plan.purpose, talking_points=plan.points, made_by_id=row.id,
        )  # fmt: skip

    def _customer(self, file: File, users: dict[str, tuple[User, int]]) -> Customer:
        owner, team_id = users.get(file.before or file.owner or "", (None, users["lead1"][1]))
        row = Customer(
            number=actions.fresh_number(), name=file.name, owner=owner, owner_id=owner and owner.id,
            team_id=team_id, affiliations=[], points=[], taggings=[], helpers=[], **file.columns,
        )  # fmt: skip
        actions.derive([row])
        self.customers[file.name] = row
        return row

    def _person(self, file: File, human: Human) -> Person:
        key = _key(file, human)
        if key not in self._people:
            customer = self.customers[file.name]
            self._people[key] = Person(
                customer_id=customer.id, name=human.name, form_of_address=human.address, note=human.note
            )
        return self._people[key]

    def _places(self, file: File) -> Iterator[Affiliation]:
        for human in file.people:
            place = Affiliation(
                person=self._people[_key(file, human)], position=human.position, department=human.department,
                decision_role=human.role, primary=human is file.people[0],
            )  # fmt: skip
            self.customers[file.name].affiliations.append(place)
            yield place

    def _points(self, file: File) -> Iterator[ContactPoint]:
        customer = self.customers[file.name]
        wanted: list[tuple[Person | None, str, str | None]] = [(None, "phone", file.landline)]
        for human in file.people:
            person = self._people[_key(file, human)]
            wanted += [
                (person, "mobile", human.mobile),
                (person, "email", human.email),
                (person, "wechat", human.wechat),
            ]
        for whose, kind, value in wanted:
            if value:
                point = ContactPoint(kind=kind, value=value, person_id=whose.id if whose else None)
                actions.derive([point])
                customer.points.append(point)
                yield point

    def _marks(
        self, file: File, users: dict[str, tuple[User, int]], tags: dict[str, Tag]
    ) -> Iterator[CustomerTag | CustomerHelper]:
        customer = self.customers[file.name]
        for name in file.tags:
            tagging = CustomerTag(tag=tags[name])
            customer.taggings.append(tagging)
            yield tagging
        for username, may_write in file.helpers.items():
            helper = CustomerHelper(user_id=users[username][0].id, may_write=may_write)
            customer.helpers.append(helper)
            yield helper


def _settle(row: Interaction) -> None:
    """A first contact that was planned at the hand-over has taken place."""
    for plan in contacts.open_plans([row.customer_id]).get(row.customer_id, ()):
        plan.state, plan.done_by_id = "done", row.id
    db.session.flush()


def _key(file: File, human: Human) -> str:
    return human.key or f"{file.name} {human.name}"


def _users() -> dict[str, tuple[User, int]]:
    """User name → person and main team."""
    found = db.session.query(User, Membership.team_id).join(Membership).filter(Membership.main)
    return {user.username: (user, team_id) for user, team_id in found}


def _flush(rows: Iterable[object]) -> None:
    db.session.add_all(rows)
    db.session.flush()
