"""What people learn of customers beyond their scope: the exact look-up, and what a new customer collides with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from blueprints.customers import queries, rules, search
from blueprints.customers.models import Customer
from core import journal, phones
from core.names import nfc
from core.rights import Viewer


def collisions(values: Mapping[str, Any], *, by: Viewer) -> list[queries.Answer]:
    """What is on file already under the name, code or numbers of a new customer.

    Files out of the person's sight are journaled and count as look-ups; beyond those of a day nothing is told of them.
    """
    return answered(colliding(values), by=by)


def colliding(values: Mapping[str, Any]) -> list[Customer]:
    """Customers of the full name, code or a number of a new one, whoever may see them: see `answered`."""
    normals = [search.normal_of(str(values[kind]), kind) for kind in ("phone", "email") if values.get(kind)]
    return queries.same(
        names=search.shadows(str(values.get("name") or "")),
        credit_code=str(values.get("credit_code") or ""),
        normals=[normal for normal in normals if normal],
    )


def answered(found: Sequence[Customer], *, by: Viewer) -> list[queries.Answer]:
    """What a person who makes a file is told of those it is like. See `collisions`."""
    answers = queries.answers_for(found, by)
    if all(answer.visible_id for answer in answers):
        return answers
    told = _counts(by="new", found=len(found))
    if not told:
        journal.note("looked_up", by="new", found=len(found))
    return [answer if told or answer.visible_id else queries.UNTOLD for answer in answers]


def look_up(q: str, *, by: Viewer) -> list[queries.Answer]:
    """The exact look-up: by full company name, credit code, whole number or its last digits. Raises RuleBroken."""
    rules.check_lookups(queries.lookups_today(by.id))
    typed, digits = nfc(q), phones.digits(q)
    rules.check_lookup(typed, digits)
    by_number = len(digits) >= rules.LOOKUP_DIGITS
    found = queries.same(names=search.shadows(typed), credit_code=typed, ends=digits if by_number else "")
    answers = queries.answers_for(found, by)
    if not _counts(q=typed[:60], found=len(found)):
        rules.check_lookups(rules.LOOKUPS_A_DAY)
    return answers


def _counts(**details: Any) -> bool:
    """Journal a look-up while there is one left today; however many are made at once, no more than those."""
    return journal.note_within(
        rules.LOOKUPS_A_DAY, "looked_up", since=queries.day_began(), weight=queries.LOOKUPS, **details
    )


def left_today(by: Viewer) -> int:
    """How many more customers beyond their scope a person may be told of today."""
    return max(0, rules.LOOKUPS_A_DAY - queries.lookups_today(by.id))


def note_import(told: int, untold: int) -> None:
    """Journal of how many customers an import told what the look-up tells, and of how many it kept that back."""
    if told or untold:
        journal.note("looked_up", **_of_import(told, untold))


def may_tell(told: int, untold: int) -> bool:
    """Journal that at once, unless others took so many of today's look-ups meanwhile that it may not be told."""
    if told:
        return _counts(takes=told, **_of_import(told, untold))
    note_import(told, untold)
    return True


def _of_import(told: int, untold: int) -> dict[str, Any]:
    return {"by": "import", "found": told, **({"beyond": untold} if untold else {})}
