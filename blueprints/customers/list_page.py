"""What a page of the list of customers shows: rows along the list, or its groups with the rows of the first."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from blueprints.customers import filtering, listing, walking
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from blueprints.customers.wanted import Wanted
from blueprints.office import queries as office
from core import filters, lists
from core.budget import TooLong, within_budget
from core.filterlines import MATCH, WHERE, Lines
from core.grouping import Group, grouped
from core.rights import Viewer

NOTHING: lists.Page[Any] = lists.Page((), None)


@dataclass(frozen=True)
class ListPage:
    """How many customers a list has, and the rows of a page of it.

    `groups` is None unless the list is to be shown by groups; the rows are those of the first then, and `walk` is the
    way through the list that they are a page of.
    """

    total: lists.Count
    page: lists.Page[Any]
    walk: str
    groups: Sequence[Group] | None = None


def list_page(
    opened: office.Opened, asked: Listing, shown: Sequence[str], after: str | None, viewer: Viewer
) -> ListPage:
    """The page of a list that follows a cursor; without a row if looking for them takes too long."""
    by = opened.args.get("group", "")
    if by not in filtering.groupings():
        total, page = _found(asked, shown, after, viewer)
        return ListPage(total, page, walking.query(opened, asked))
    groups, total = _groups(asked, by, viewer), _counted(asked, viewer)
    rest = groups[0].narrowing(asked.where.lines) if groups and not opened.hidden else None
    if rest is None:
        return ListPage(total, NOTHING, "", groups)
    of_first = replace(opened, args=_with(opened.args, rest))
    narrowed = Listing.read(of_first.args)
    _total, page = _found(narrowed, shown, None, viewer)
    return ListPage(total, page, walking.query(of_first, narrowed), groups)


def _with(args: MultiDict[str, str], lines: Lines) -> MultiDict[str, str]:
    """The arguments of an address with other conditions, as the link of a group has them."""
    kept = [(name, value) for name, value in args.items(multi=True) if name not in (WHERE, MATCH, "group")]
    return MultiDict([*kept, *lines.written()])


def _groups(asked: Listing, by: str, viewer: Viewer) -> Sequence[Group]:
    """The rows of the list by groups; none if counting takes too long."""
    try:
        with within_budget():
            field = filters.fields(listing.NAME)[by]
            return grouped(asked.select(viewer), Customer, field, viewer, whole=asked.is_whole(viewer))
    except TooLong:
        return ()


def _counted(asked: Listing, viewer: Viewer) -> lists.Count:
    try:
        with within_budget() if asked.combined else nullcontext():
            return walking.counted(asked, asked.select(viewer))
    except TooLong:
        return lists.UNKNOWN


def _found(
    asked: Listing, shown: Sequence[str], after: str | None, viewer: Viewer
) -> tuple[lists.Count, lists.Page[Any]]:
    """How many there are, and a page of them; both without a row if looking for them takes too long."""
    try:
        with within_budget() if asked.combined else nullcontext():
            wanted = asked.select(viewer)
            total = walking.counted(asked, wanted)
            loading = partial(listing.with_rows, shown=shown)
            if asked.by_value:
                whole = asked.is_whole(viewer)
                return total, asked.by_value.page(Wanted(wanted, viewer, total, loading, whole), after)
            return total, walking.page(
                asked, viewer, wanted, total, order=asked.order, after=after, loading=loading
            )
    except TooLong:
        return lists.UNKNOWN, NOTHING
