"""Synthetic customers with their people, numbers, tags, helpers, search terms and trail: rows by table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from types import SimpleNamespace
from typing import Any

from bench.fill import fields, relations, trail, words
from bench.fill.company import Company
from bench.fill.contacts import Talk, moment
from blueprints.customers import search
from core import phones
from core.names import shadow
from core.terms.texts import text_terms

DAYS_OF_TRADE = 1_100
STATUSES = {"active": 55, "prospect": 20, "lead": 8, "dormant": 12, "lost": 5}
TIERS = {"a": 6, "b": 14, "c": 35, "d": 20, "none": 25}
INTENTS = {"high": 20, "middle": 40, "low": 40}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Making:
    """Makes customers one after the other; ids of children go on over all batches."""

    def __init__(self, company: Company, random: Random, today: date, last: Mapping[str, int]) -> None:
        """`last`: table → the highest id that is taken."""
        self.company, self.random, self.today = company, random, today
        self.talk = Talk(random, today)
        self.last = defaultdict(int, last)
        self.weights = list(accumulate(owner.weight for owner in company.owners))
        self.tag_weights = list(accumulate(1 / place for place in range(1, len(words.TAGS) + 1)))
        self.rows: Rows = defaultdict(list)

    def batch(self, first: int, last: int) -> Rows:
        """The rows by table of the customers with these ids, both included."""
        self.rows = defaultdict(list)
        for id in range(first, last + 1):
            self._customer(id)
        return self.rows

    def _customer(self, id: int) -> None:
        customer = self._facts(id)
        person = self._person(customer)
        points = self._points(customer, person["id"] if person else None)
        self._marks(customer)
        history = self.talk.with_(customer, person["id"] if person else None, customer["since"])
        contacts = [self._add("interactions", contact) for contact in history.contacts]
        self.rows["interaction_search"] += self._said(contacts)
        if history.plan:
            self._add("planned_contacts", history.plan)
        for value in fields.of_customer(self.company.fields, customer, self.random, self.today):
            self._add("customer_values", value)
        if tie := relations.of_customer(customer):
            self._add("relations", tie)
        customer |= history.dates | self._held(person, points)
        self.rows["customer_search"].append({"customer_id": id, "terms": self._terms(customer, points)})
        trail.of_customer(self._add, customer, person, points, contacts, self.random)
        self.rows["customers"].append(_without(customer, "since", "talker_id", "talker", "people"))

    def _add(self, table: str, row: Row) -> Row:
        """Put a row down with the next id of its table."""
        self.last[table] += 1
        numbered = {"id": self.last[table], **row}
        self.rows[table].append(numbered)
        return numbered

    def _facts(self, id: int) -> Row:
        random = self.random
        province, city, _area = random.choice(words.CITIES)
        kind = "company" if random.random() < 0.8 else "person"
        name, short = self._name(kind, city)
        status = _drawn(random, STATUSES)
        owner = random.choices(self.company.owners, cum_weights=self.weights)[0]
        since = self.today - timedelta(days=random.randrange(1, DAYS_OF_TRADE))
        created = moment(since, random)
        return {
            "id": id, "number": f"KH{id:06d}", "kind": kind, "name": name, "short_name": short,
            **search.name_forms(name, short, human=kind == "person"),
            "credit_code": words.credit_code(random) if kind == "company" and random.random() < 0.5 else None,
            "tier": _drawn(random, TIERS) if status in ("active", "dormant", "lost") else "none",
            "intent": _drawn(random, INTENTS) if status == "prospect" else "none",
            "status": status, "lost_reason": "price" if status == "lost" else None,
            "at_risk": random.random() < 0.03, "won_back": False,
            "owner_id": owner.id if random.random() < 0.98 else None, "team_id": owner.team_id,
            "source": random.choice(words.SOURCES), "industry": random.choice(words.INDUSTRIES),
            "province": province, "city": city, "address": words.address(random),
            "preferred_channel": random.choice(("phone", "wechat", None, None)), "created_at": created,
            "updated_at": created, "since": since, "talker_id": owner.id,
            "talker": owner.name, "people": [],
        }  # fmt: skip

    def _name(self, kind: str, city: str) -> tuple[str, str | None]:
        latin = self.random.random() < 0.25
        if kind == "person":
            return words.person_name(self.random, latin=latin), None
        return (
            (words.latin_company_name(self.random), None) if latin else words.company_name(self.random, city)
        )

    def _person(self, customer: Row) -> Row | None:
        """The contact person of a company; some have a second one, persons have none."""
        if customer["kind"] == "person":
            return None
        stamps = {"created_at": customer["created_at"], "updated_at": customer["created_at"]}
        people = []
        for place in range(1 if self.random.random() < 0.7 else 2):
            name = words.person_name(self.random, latin=customer["name"].isascii())
            person = self._add(
                "people",
                {
                    "customer_id": customer["id"],
                    "name": name,
                    "form_of_address": words.form_of_address(self.random, name),
                    **stamps,
                },
            )
            people.append(person)
            self._add(
                "affiliations",
                {
                    "customer_id": customer["id"], "person_id": person["id"], "primary": place == 0,
                    "position": self.random.choice(words.POSITIONS), **stamps,
                },
            )  # fmt: skip
        customer["people"] = [name for p in people for name in search.called(p["name"], p["form_of_address"])]
        return people[0]

    def _points(self, customer: Row, person_id: int | None) -> list[Row]:
        points = [self._point(customer, person_id, "mobile", words.mobile(self.random))]
        if self.random.random() < 0.4:
            area = next(area for _province, city, area in words.CITIES if city == customer["city"])
            points.append(self._point(customer, None, "phone", words.landline(self.random, area)))
        if self.random.random() < 0.5:
            points.append(self._point(customer, person_id, "email", words.mail(self.random, customer["id"])))
        return points

    def _point(self, customer: Row, person_id: int | None, kind: str, value: str) -> Row:
        """As `customers.search.fill_point` would fill it, without its parser; a test holds the two equal."""
        digits = phones.digits(value)
        normal = value if kind == "email" else f"+86{digits.removeprefix('0')}"
        return self._add(
            "contact_points",
            {
                "customer_id": customer["id"], "person_id": person_id, "kind": kind, "value": value,
                "normal": normal, "reversed": normal.removeprefix("+")[::-1],
                "created_at": customer["created_at"], "updated_at": customer["created_at"],
            },
        )  # fmt: skip

    def _held(self, person: Row | None, points: list[Row]) -> Row:
        """As `customers.holding` computes them; a test holds the two equal."""
        kinds = {point["kind"] for point in points}
        return {
            "has_person": person is not None,
            "has_phone": "mobile" in kinds,
            "has_written": "email" in kinds,
        }

    def _marks(self, customer: Row) -> None:
        """Tags, the first ones common and the last ones rare; sometimes a helper."""
        stamps = {"created_at": customer["created_at"], "updated_at": customer["created_at"]}
        drawn = self.random.choices(
            range(1, len(words.TAGS) + 1), cum_weights=self.tag_weights, k=self.random.randrange(4)
        )
        for tag_id in sorted(set(drawn)):
            self._add("customer_tags", {"customer_id": customer["id"], "tag_id": tag_id, **stamps})
        if self.random.random() < 0.05:
            helper = self.random.choice(self.company.helpers)
            if helper != customer["owner_id"]:
                write = self.random.random() < 0.5
                self._add(
                    "customer_helpers",
                    {"customer_id": customer["id"], "user_id": helper, "may_write": write, **stamps},
                )

    def _terms(self, customer: Row, points: Sequence[Row]) -> str:
        names = [customer["name"], customer["short_name"] or ""]
        kept: Any = [SimpleNamespace(**point) for point in points]
        return search.terms_of(customer["kind"], names, customer["number"], customer["people"], kept)

    def _said(self, contacts: Sequence[Row]) -> Iterator[Row]:
        for contact in contacts:
            if terms := _terms_of_text(contact.get("summary")):
                yield {"interaction_id": contact["id"], "terms": terms}


@lru_cache(1_000)
def _terms_of_text(text: str | None) -> str:
    """The texts of synthetic contacts are few."""
    return text_terms([text])


def tags(created_at: Any) -> list[Row]:
    """All tags, ids from 1 on."""
    return [
        {"id": id, "name": name, "shadow": shadow(name), "created_at": created_at, "updated_at": created_at}
        for id, name in enumerate(words.TAGS, 1)
    ]


def _drawn(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), weights=list(weights.values()))[0]


def _without(row: Row, *names: str) -> Row:
    return {key: value for key, value in row.items() if key not in names}
