"""Going through a list file by file: its address travels along, and tells which file comes before and behind."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from blueprints.customers import listing, parted_order
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from blueprints.customers.wanted import Wanted
from blueprints.office import queries as office
from core import lists
from core.budget import TooLong, within_budget
from core.errors import NotFound
from core.lists import Count, Order, Page
from core.rights import Viewer

MOST_SIGNS, MOST_ARGUMENTS = 1_500, 60
LOOKS = frozenset({"columns", "group", "after"})  # do not change which customers there are, nor their order
SHOWN = (Customer.id, Customer.name, Customer.short_name)


@dataclass(frozen=True)
class Walk:
    """Where a file stands in a list: the list's address, and the rows before and behind it, if there are."""

    query: str
    previous: Any = None
    next: Any = None


def query(opened: office.Opened, asked: Listing) -> str:
    """What the files of a list carry in their addresses; empty if that is too much for one.

    A view whose filters must not show is carried by its number.
    """
    if opened.hidden:
        return opened.query(())
    pairs = [
        (k, v) for k, v in opened.args.items(multi=True) if k in opened.kind.arguments and k not in LOOKS
    ]
    text = urlencode([pair for pair in pairs if pair[0] != "sort"] + [("sort", asked.sort)])
    return text if len(text) <= MOST_SIGNS else ""


def walk(customer: Customer, viewer: Viewer, text: str) -> Walk | None:
    """The way through the list from which a file was opened, as its address tells; None where it tells of none.

    The neighbours are those of the file's place in the order, even if it no longer passes the filters.
    """
    if not 0 < len(text) <= MOST_SIGNS:
        return None
    try:
        args = MultiDict(parse_qsl(text, max_num_fields=MOST_ARGUMENTS))
        asked = Listing.read(listing.meant(args, viewer))
    except (ValueError, NotFound):  # too many arguments, or a view that is no more
        return None
    try:
        return Walk(text, *_neighbours(customer, asked, viewer))
    except TooLong:
        return Walk(text)


def _neighbours(customer: Customer, asked: Listing, viewer: Viewer) -> tuple[Any, Any]:
    back = replace(asked.order, descending=not asked.order.descending)
    with within_budget() if asked.combined else nullcontext():
        wanted = asked.select(viewer)
        total = counted(asked, wanted)
        if asked.by_value:
            whole = asked.is_whole(viewer)
            return asked.by_value.around(Wanted(wanted, viewer, total, _named, whole), customer)
        found = partial(page, asked, viewer, wanted, total, loading=_named, size=1)
        pages = [found(order=o, after=lists.cursor(customer, o)) for o in (back, asked.order)]
    before, behind = (next(iter(page.rows), None) for page in pages)
    return before, behind


def counted(asked: Listing, wanted: Select[Any]) -> Count:
    """How many customers a list has."""
    return lists.count(wanted, further=lists.SORTED if asked.codes else 0)


def page(
    asked: Listing,
    viewer: Viewer,
    wanted: Select[Any],
    total: Count,
    *,
    order: Order,
    after: str | None,
    loading: Callable[[Select[Any]], Select[Any]],
    size: int = lists.PAGE_SIZE,
) -> Page[Any]:
    """A page of a list of so many customers, in the way that is quick for it."""
    if asked.is_whole(viewer):
        return lists.page(loading(lists.quick(wanted, Customer, total)), Customer, order, after, size)
    return lists.page_of_many(wanted, Customer, order, after, total, loading, size)


def _named(statement: Select[Any]) -> Select[Any]:
    columns = dict.fromkeys([*SHOWN, *listing.ORDERS.values(), *parted_order.columns_of_rows()])
    return statement.with_only_columns(*columns, maintain_column_froms=True)
