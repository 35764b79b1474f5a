"""People of one name, told apart: 张伟(客服部), 张伟(0123). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

Value = TypeVar("Value", bound=Hashable)


class Person(NamedTuple):
    """What there is to tell somebody from others by; only the user name is theirs alone."""

    username: str
    name: str
    team: str | None
    staff_number: str | None


def told_apart(people: Sequence[Person]) -> list[tuple[str, str]]:
    """User name and name of each, in the same order.

    Of those who share a name, the name is followed by the main team; if others of that team share it too, by the
    staff number, or by the user name of those who have none.
    """
    name_again = _repeated(person.name for person in people)
    team_again = _repeated((person.name, person.team) for person in people)
    number_again = _repeated((person.name, person.staff_number) for person in people)

    def shown(person: Person) -> str:
        if person.name not in name_again:
            return person.name
        if person.team and (person.name, person.team) not in team_again:
            return f"{person.name}({person.team})"
        if person.staff_number and (person.name, person.staff_number) not in number_again:
            return f"{person.name}({person.staff_number})"
        return f"{person.name}({person.username})"

    return [(person.username, shown(person)) for person in people]


def _repeated(values: Iterable[Value]) -> set[Value]:
    return {value for value, count in Counter(values).items() if count > 1}
