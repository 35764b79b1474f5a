"""What is worked out once and then known until the request, or the command, is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import g

Answer = TypeVar("Answer")


def once(name: str, work_out: Callable[[], Answer]) -> Answer:
    """The answer of the first call under this name; later calls get the same without work."""
    known: dict[str, Answer] = g.setdefault("once", {})
    if name not in known:
        known[name] = work_out()
    return known[name]


def forget(name: str) -> None:
    """Work it out anew at the next call."""
    g.get("once", {}).pop(name, None)
