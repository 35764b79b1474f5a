"""What areas on the right put on the page of a record whose area must not know them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core import events
from core.rights import Right, Viewer


@dataclass(frozen=True)
class Panel:
    """A part of a record's page: a template of its own area, which has judged what the viewer may see of it.

    The page includes the template, which finds what it shows in `panel.values`.
    """

    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Late:
    """A part of a record's page that is loaded when it is seen, so that the page itself waits for none of it.

    It is the element `<id>-part` of the page at `url`, which a browser without scripts is led to.
    """

    id: str
    label: Any
    url: str


@dataclass(frozen=True)
class Act:
    """A button on a record's page."""

    label: Any
    url: str
    icon: str
    main: bool = False


@dataclass(frozen=True)
class Matter:
    """Something about a record that waits to be done: a few words, and where on its page or elsewhere one does it."""

    label: Any
    url: str


def panels(
    kind: str, record: Any, viewer: Viewer, rights: Collection[Right]
) -> tuple[list[Panel], list[Late]]:
    """The panels for a record, on which the viewer holds these rights: those of its page, and those loaded when seen.

    Areas answer the question `<kind>.panels`, each with one; those on the left, which must not know the kind,
    `record.panels`.
    """
    facts: dict[str, Any] = {"record": record, "viewer": viewer, "rights": rights}
    told = [*events.ask("record.panels", kind=kind, **facts), *events.ask(f"{kind}.panels", **facts)]
    return [one for one in told if isinstance(one, Panel)], [one for one in told if isinstance(one, Late)]


def acts(kind: str, record: Any, rights: Collection[Right]) -> list[Act]:
    """The buttons for a record, on which the viewer holds these rights; areas answer the question `<kind>.acts`, each
    with a list or None.
    """
    return [act for answer in events.ask(f"{kind}.acts", record=record, rights=rights) for act in answer]


def matters(kind: str, record: Any, viewer: Viewer, rights: Collection[Right]) -> list[Matter]:
    """What is open about a record, on which the viewer holds these rights; areas answer `<kind>.matters`, each with a
    list or None.
    """
    told = events.ask(f"{kind}.matters", record=record, viewer=viewer, rights=rights)
    return [matter for answer in told for matter in answer]


def row_acts(kind: str, viewer: Any) -> list[Act]:
    """The button of each row of a list; `url` holds `{id}`. Areas answer `<kind>.row_acts`."""
    return [act for answer in events.ask(f"{kind}.row_acts", viewer=viewer) for act in answer]


def list_acts(kind: str, viewer: Any) -> list[Act]:
    """Further entries of the menu of a list. Areas answer `<kind>.list_acts`."""
    return [act for answer in events.ask(f"{kind}.list_acts", viewer=viewer) for act in answer]
