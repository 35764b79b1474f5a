"""The places of the side bar, declared by the areas in the order of AREAS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_login import current_user

from core.rights import Right


@dataclass(frozen=True)
class Place:
    """An entry of the side bar; shown to those who hold one of `rights` (to all signed in, if it names none).

    Whoever holds one of `unless` gets there from another place.
    `phone` puts it on a phone's bar too; `main` only there, in the middle: the one act that is always at hand.
    """

    endpoint: str
    label: Any
    icon: str
    rights: tuple[Right, ...] = ()
    unless: tuple[Right, ...] = ()
    group: str = "work"
    order: int = 50
    phone: bool = False
    main: bool = False


@dataclass(frozen=True)
class Entry:
    """A place as the page shows it."""

    label: Any
    url: str
    icon: str
    group: str
    active: bool
    phone: bool


_places: list[Place] = []


def declare(*places: Place) -> None:
    """Add places to the side bar."""
    _places.extend(place for place in places if place not in _places)


def main_act() -> Entry | None:
    """The one act in the middle of a phone's bar, for those who may."""
    place = next((p for p in _allowed() if p.main), None)
    if place is None:
        return None
    return Entry(place.label, url_for(place.endpoint), place.icon, place.group, False, True)


def _allowed() -> list[Place]:
    return [p for p in _places if (not p.rights or _holds_one(p.rights)) and not _holds_one(p.unless)]


def _holds_one(rights: tuple[Right, ...]) -> bool:
    return any(current_user.may(right) for right in rights)


def entries() -> list[Entry]:
    """The places that this person may go to, first things first."""
    allowed = [p for p in _allowed() if not p.main]
    here = (request.endpoint or "").split(".")[0]
    return [
        Entry(p.label, url_for(p.endpoint), p.icon, p.group, here == p.endpoint.split(".")[0], p.phone)
        for p in sorted(allowed, key=lambda p: p.order)
    ]
