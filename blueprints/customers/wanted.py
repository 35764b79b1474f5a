"""The customers of a list of whom a page is wanted, or those beside one, whatever order they stand in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select

from blueprints.customers.models import Customer
from core import lists
from core.budget import TooLong, within_budget
from core.lists import Count
from core.rights import Viewer

Loading = Callable[[Select[Any]], Select[Any]]
Read = TypeVar("Read")


@dataclass(frozen=True)
class Wanted:
    """A select of customers for somebody, how many they are, and what is read with them.

    `whole`: no index finds them, so there is nothing but to go along that of the order.
    """

    statement: Select[Any]
    viewer: Viewer
    total: Count
    loading: Loading
    whole: bool

    def soonest(self, read: Callable[[Select[Any], bool], Read]) -> Read:
        """What is read along the index of the order (True) where that is soon done, else by the customers' own."""
        if self.whole:
            return read(self._quick, True)
        if self.total.many and self.total.capped:
            try:
                with within_budget(lists.WALK_MS):
                    return read(self._quick, True)
            except TooLong:
                pass
        return read(self.statement, False)

    @property
    def _quick(self) -> Select[Any]:
        return lists.quick(self.statement, Customer, self.total)
