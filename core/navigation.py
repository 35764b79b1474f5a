"""The places of the side bar and of the header, declared by the areas in the order of AREAS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request

from core.addresses import url_for
from core.lists import Count
from core.rights import Right, Viewer

TOP = "top"  # the group of those that stand in the header


@dataclass(frozen=True)
class Place:
    """An entry of the side bar; shown to those who hold one of `rights` (to all signed in, if it names none).

    Whoever holds one of `unless` gets there from another place.
    `phone` puts it on a phone's bar too; `main` only there, in the middle: the one act that is always at hand.
    `count` tells how much there is that the person has not seen, with one statement. `beside` names the blueprints of
    further tabs of that page.
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
    count: Callable[[Viewer], Count] | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A place as the page shows it."""

    label: Any
    url: str
    icon: str
    group: str
    active: bool
    phone: bool
    counting: Callable[[], Count] | None = None

    @property
    def count(self) -> Count | None:
        """How much is new there, if anything is."""
        if self.counting is None:
            return None
        found = self.counting()
        return found if found.value else None


_places: list[Place] = []


def declare(*places: Place) -> None:
    """Add places to the side bar."""
    _places.extend(place for place in places if place not in _places)


@dataclass(frozen=True)
class Ways:
    """Where a person may go, first things first: by the side bar, by the header, and by the middle of a phone's bar."""

    side: list[Entry]
    top: list[Entry]
    main: Entry | None


def ways(viewer: Viewer) -> Ways:
    """The places that a person may go to."""
    allowed = [p for p in _places if _is_for(p, viewer)]
    in_order = sorted((p for p in allowed if not p.main), key=lambda p: p.order)
    main = next((p for p in allowed if p.main), None)
    return Ways(
        [_entry(p, viewer) for p in in_order if p.group != TOP],
        [_entry(p, viewer) for p in in_order if p.group == TOP],
        _entry(main, viewer) if main else None,
    )


def _is_for(place: Place, viewer: Viewer) -> bool:
    held = viewer.grants
    return (not place.rights or any(right in held for right in place.rights)) and not any(
        right in held for right in place.unless
    )


def _entry(place: Place, viewer: Viewer) -> Entry:
    here = (request.endpoint or "").split(".")[0]
    active = here in (place.endpoint.split(".")[0], *place.beside)
    counting = partial(place.count, viewer) if place.count else None
    return Entry(place.label, url_for(place.endpoint), place.icon, place.group, active, place.phone, counting)
