"""Traces that somebody left in what a list was asked: texts that they typed to find just this one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from core.filterlines import WHERE, Lines
from core.traces import SIGN, traces_in

SEARCH = "q"
# Whether what was typed finds but one record: what it was asked of (SEARCH, or the name of a field), and the text
Seeks = Callable[[str, str], bool]


def is_one_of(text: str, traces: Collection[str]) -> bool:
    """Whether a text says no more than one of these traces; in numbers only the digits count."""
    known = {trace.casefold() for trace in traces}
    return any(said.casefold() in known for said in traces_in([text]))


def without(query: str, seeks: Seeks) -> str:
    """The arguments of an address; what was searched for, or asked of a field, becomes asterisks where it finds but one
    record, and finds nothing. It is not left out: a list without it would hold more than was meant.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    hidden = [(name, _hidden(name, value, seeks)) for name, value in pairs]
    return query if hidden == pairs else urlencode(hidden)


def _hidden(name: str, value: str, seeks: Seeks) -> str:
    if name == SEARCH:
        return _signs(name, value, seeks)
    groups = Lines.read([value], None).groups if name == WHERE else ()
    lines = [line for group in groups for line in group]
    hidden = [replace(line, value=_signs(line.field, line.value, seeks)) for line in lines]
    return value if hidden == lines else "|".join(line.written() for line in hidden)


def _signs(field: str, text: str, seeks: Seeks) -> str:
    return SIGN * len(text) if seeks(field, text) else text
