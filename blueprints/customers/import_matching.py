"""Which customer a row means, as far as that can be told without guessing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from blueprints.customers.import_news import difference
from blueprints.customers.import_register import Register
from blueprints.customers.import_rows import Candidate
from blueprints.customers.import_targets import Target
from core.importways import CODE
from core.rowkeys import Key


def _own_form(prefix: str) -> re.Pattern[str]:
    """The form of the numbers that a house gives out: KH000123."""
    return re.compile(re.escape(prefix) + r"(\d{6,9})")


def highest_count(numbers: Iterable[str], prefix: str) -> int:
    """The greatest running count among numbers of the house's own form, 0 if there is none."""
    own = _own_form(prefix)
    return max((int(match[1]) for number in numbers if (match := own.fullmatch(number))), default=0)


class Matcher:
    """Matches rows against a register. `prefix` is what the numbers begin with that this house gives out."""

    def __init__(self, register: Register, prefix: str) -> None:
        self.register = register
        self._own_number = _own_form(prefix)

    def meant(self, row: Candidate) -> tuple[Key | None, list[Target]]:
        """The customers that the strongest of the keys recognises, and this key; or None, nobody."""
        for key in row.keys:
            found = self._known(key)
            if key.kind != "number":
                found = [target for target in found if self.may_be(row, target)]
            if found:
                return key, found
        return None, []

    def country(self, row: Candidate) -> str | None:
        """The country of the customer that a row without one means, as far as one is told by all that it may mean."""
        if row.region or not row.points:
            return None
        telling = [key for key in row.keys if key.kind in ("number", CODE)]
        found = next(filter(None, map(self._known, telling)), None) or self.namesakes(row)
        countries = {target.values.get("country") for target in found if not target.is_in_bin}
        return countries.pop() if len(countries) == 1 else None

    def _known(self, key: Key) -> list[Target]:
        if key.kind != CODE:
            return self.register.with_key(key)
        found = self.register.with_code(key.value)
        return [found] if found else []

    def may_be(self, row: Candidate, target: Target) -> bool:
        """Whether numbers and credit codes allow the row to mean this customer.

        Two numbers of one house tell two customers apart; one that this house gave out and one that another
        program did tell nothing.
        """
        codes = {row.values.get("credit_code"), target.values.get("credit_code")} - {None}
        numbers = {row.values.get("number"), target.values.get("number")} - {None}
        own = [number for number in numbers if self.own_count(str(number)) is not None]
        return len(codes) < 2 and (len(numbers) < 2 or len(own) == 1)

    def own_count(self, number: str) -> int | None:
        """The running count in a number of this house's form: 123 of KH000123."""
        match = self._own_number.fullmatch(number)
        return int(match[1]) if match else None

    def namesakes(self, row: Candidate) -> list[Target]:
        """Living customers of the row's name that nothing tells apart from it."""
        return [target for target in self.register.named(row.shadow) if self.may_be(row, target)]

    def joined(self, row: Candidate) -> Target | None:
        """The customer that an earlier row makes and that this one only adds a further contact person to.

        That is how address books list companies. What contradicts the earlier row is another customer. Under a number
        that an earlier row bears, a row tells of its customer, by whatever else customers are recognised.
        """
        if number := row.values.get("number"):
            known = [target for target in self.namesakes(row) if number == target.values.get("number")]
            return known[0] if known and (known[0].line is not None or known[0].news) else None
        if row.personal or not row.people or row.owner or row.team:
            return None
        made = [target for target in self.namesakes(row) if target.line is not None and target.people]
        fitting = [target for target in made if not _contradictions(row, target)]
        return fitting[0] if len(fitting) == 1 else None


def _contradictions(row: Candidate, target: Target) -> set[str]:
    """The fields of the customer that a row says otherwise; a further address contradicts nothing."""
    said = difference(row, target, by_number=False).values.keys()
    return {*said} - ({"note"} if "note" not in row.values else set())
