"""How an area on the left reaches those on its right, whose names it must not know.

Synchronous, in the same transaction, in the order of registration, which is the order of AREAS.
An exception in a listener refuses the whole request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_listeners: defaultdict[str, list[Callable[..., Any]]] = defaultdict(list)


def listen(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function for an event or a question of that name."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if function not in _listeners[name]:
            _listeners[name].append(function)
        return function

    return register


def tell(name: str, /, **facts: Any) -> None:
    """Tell every listener what has happened."""
    for listener in _listeners[name]:
        listener(**facts)


def ask(name: str, /, **facts: Any) -> list[Any]:
    """Every listener's answer to a question, in order, those that are None left out."""
    answers = [listener(**facts) for listener in _listeners[name]]
    return [answer for answer in answers if answer is not None]
