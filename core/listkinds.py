"""The lists that can be filtered by conditions and kept as views: what office needs to know of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from core.errors import NotFound
from core.rights import Right, Viewer
from core.words import _


@dataclass(frozen=True)
class ListKind:
    """A list: its name in addresses, its page, who opens it, and the arguments of its address that make a view."""

    name: str
    label: Any
    endpoint: str
    model: type[Any]
    right: Right
    arguments: tuple[str, ...]

    @property
    def url(self) -> str:
        return url_for(self.endpoint)


_lists: dict[str, ListKind] = {}


def declare(kind: ListKind) -> None:
    """Make a list known to the mechanisms."""
    _lists[kind.name] = kind


def the_list(name: str, viewer: Viewer) -> ListKind:
    """The list of a name. Raises NotFound for one that the person does not open."""
    found = _lists.get(name)
    if found is None or not viewer.may(found.right):
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found
