"""What an import would do, row by row. Reads, and writes nothing: a dry run is a plan that is not carried out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from blueprints.customers.import_news import check, difference, settled
from blueprints.customers.import_receivers import Receivers
from blueprints.customers.import_register import Register
from blueprints.customers.import_rows import Candidate
from blueprints.customers.import_targets import News, Target
from core import settings
from core.bulk import chunks
from core.csvfiles import Row
from core.errors import RuleBroken
from core.importing import Action, Outcome
from core.rights import Right, Viewer
from core.rowkeys import Key
from core.words import _l


@dataclass
class Plan:
    """The outcome of each row, and the customers to make and to change.

    `told` counts the rows that were answered with what otherwise only the exact look-up tells.
    """

    outcomes: list[tuple[Outcome, Row]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    told: int = 0


def plan(rows: Iterable[Candidate], by: Viewer) -> Plan:
    """Plan an import by a person; what they may reach and change is judged here, for each row."""
    planner = _Planner(by)
    for chunk in chunks(list(rows)):
        planner.register.load(chunk)
        for row in chunk:
            planner.made.outcomes.append((planner.outcome(row), row.row))
    return planner.made


class _Planner:
    def __init__(self, by: Viewer) -> None:
        self.by = by
        self.made = Plan()
        self.register = Register(by)
        self.receivers = Receivers(by, Right.CUSTOMERS_IMPORT)
        self.successors = Receivers(by, Right.CUSTOMERS_ASSIGN)
        self.blind = not by.may(Right.CUSTOMERS_SEE)
        self.own_number = re.compile(re.escape(str(settings.get("customers.number_prefix"))) + r"\d{6,}")

    def outcome(self, row: Candidate) -> Outcome:
        action = Action.REFUSE
        if not row.is_refused:
            try:
                action = self.decide(row)
            except RuleBroken as broken:
                row.refuse(broken.message, broken.field)
        return Outcome(row.row.line, action, row.name, row.findings)

    def decide(self, row: Candidate) -> Action:
        key, found = self.meant(row)
        if not found:
            joined = self.joined(row)
            return self.merge(row, joined, by_number=False) if joined else self.create(row)
        if key is not None and key.kind == "name":
            return self.by_name_alone(row, found)
        if len(found) > 1:
            raise RuleBroken(_l("Several customers on file have this name and number."))
        return self.merge(row, found[0], by_number=key is not None and key.kind == "number")

    def meant(self, row: Candidate) -> tuple[Key | None, list[Target]]:
        """The customers that the strongest of the row's keys recognises, and this key."""
        for key in row.keys:
            found = self.register.with_key(key)
            if key.kind != "number":
                found = [target for target in found if self.may_be(row, target)]
            if found:
                return key, found
        owner_of_code = self.register.with_code(row.values.get("credit_code"))
        if owner_of_code and owner_of_code.shadow == row.shadow and self.may_be(row, owner_of_code):
            return None, [owner_of_code]
        return None, []

    def may_be(self, row: Candidate, target: Target) -> bool:
        """Whether numbers and credit codes allow row and target to be the same.

        Two numbers of one house tell two customers apart. One that this house gave out, and one that another
        program did, tell nothing.
        """
        codes = {row.values.get("credit_code"), target.values.get("credit_code")} - {None}
        numbers = {row.values.get("number"), target.values.get("number")} - {None}
        ours = [bool(self.own_number.fullmatch(number)) for number in numbers]
        return len(codes) < 2 and (len(numbers) < 2 or ours[0] is not ours[1])

    def joined(self, row: Candidate) -> Target | None:
        """The customer of an earlier row that this one only adds a further contact person to."""
        if "number" in row.values or not row.person or row.personal:
            return None
        made = [t for t in self.register.named(row.shadow) if t.line is not None and t.people]
        fitting = [t for t in made if not difference(row, t, by_number=False).values and self.goes_with(row, t)]
        return fitting[0] if len(fitting) == 1 else None

    def goes_with(self, row: Candidate, target: Target) -> bool:
        return not self.responsibility(row, target)

    def by_name_alone(self, row: Candidate, found: list[Target]) -> Action:
        """A row that holds nothing but a name to recognise it by may repeat what is on file, and no more."""
        seen = [target for target in found if Right.CUSTOMERS_EDIT in target.rights]
        if any(not difference(row, target, by_number=False) for target in seen):
            return Action.SKIP
        if not seen:
            raise RuleBroken(self.taken(found[0]), "name")
        raise RuleBroken(
            _l("There is a customer of this name. Only a number, phone or mail can tell whether it is the same."),
            "name",
        )

    def merge(self, row: Candidate, target: Target, *, by_number: bool) -> Action:
        self.check_reach(row, target, by_number=by_number)
        news = difference(row, target, by_number=by_number)
        news.values |= self.responsibility(row, target)
        self.warn_of_difference(row, target, news)
        if not news:
            return Action.SKIP
        check(news, target)
        self.keep(target, news)
        return Action.UPDATE

    def check_reach(self, row: Candidate, target: Target, *, by_number: bool) -> None:
        if target.is_in_bin:
            raise RuleBroken(_l("The number %(number)s belongs to a file in the bin.", number=row.values["number"]), "number")
        if Right.CUSTOMERS_EDIT in target.rights:
            return
        if by_number and target.shadow != row.shadow and not self.blind:
            raise RuleBroken(_l("The number %(number)s belongs to another customer.", number=row.values["number"]), "number")
        raise RuleBroken(self.taken(target), "name")

    def warn_of_difference(self, row: Candidate, target: Target, news: News) -> None:
        number = row.values.get("number")
        if number and number != target.values.get("number"):
            row.warn(_l("The customer keeps the number %(number)s.", number=target.values["number"]), "number")
        if "birthday" in row.values and Right.CUSTOMERS_CLEAR not in target.rights:
            row.warn(_l("You do not see this customer's birthday, so it stays."), "birthday")
        if news.values.get("lost_reason") == "other" and "lost_reason" not in row.values:
            row.warn(_l("No reason is given why the customer was lost. It becomes “other”."), "status")

    def create(self, row: Candidate) -> Action:
        if other := self.register.with_code(row.values.get("credit_code")):
            raise RuleBroken(self.taken(other) if self.is_foreign(other) else _l("This credit code is on file already."), "credit_code")
        target = Target({"kind": "person" if row.personal else "company", "name": row.name}, line=row.row.line)
        news = difference(row, target, by_number=True)
        news.values = {**target.values, **news.values, **self.responsibility(row, target)}
        if number := row.values.get("number"):
            news.values["number"] = number
        check(news, target)
        self.warn_of_difference(row, Target({"number": number}), news)
        self.warn_of_namesakes(row)
        self.keep(target, news)
        self.register.add(target)
        return Action.CREATE
