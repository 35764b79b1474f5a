"""The verbs of the change trail: declared by each area, with their words and with the right an undo of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.rights import Right


@dataclass(frozen=True)
class Verb:
    """A verb such as `customer.updated`. `undo` is the right over each touched record that undoing it needs.

    `overwrite` is the right over a record that undoing needs besides where it was edited since, if that is another.
    """

    name: str
    label: Any
    undo: Right | None = None
    overwrite: Right | None = None


_verbs: dict[str, Verb] = {}


def declare(*verbs: Verb) -> None:
    """Make verbs known."""
    for verb in verbs:
        _verbs[verb.name] = verb


def verb_of(name: str) -> Verb:
    """The declared verb; raises KeyError for one that nobody declared."""
    return _verbs[name]


def all_verbs() -> list[Verb]:
    """All verbs by name."""
    return sorted(_verbs.values(), key=lambda verb: verb.name)
