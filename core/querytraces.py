"""Traces that somebody left in what a list was asked: texts that they typed to find just this one. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from core.filterlines import WHERE, Lines
from core.traces import SIGN, traces_in

SEARCH = "q"


def is_one_of(text: str, traces: Collection[str]) -> bool:
    """Whether a text says no more than one of these traces; in numbers only the digits count."""
    known = {trace.casefold() for trace in traces}
    return any(said.casefold() in known for said in traces_in([text]))


def without(query: str, traces: Collection[str], fields: Collection[str]) -> str:
    """The arguments of an address; what was searched for, or asked of these fields, becomes asterisks where it is one
    of these traces, and finds nothing. It is not left out: a list without it would hold more than was meant.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    hidden = [(name, _hidden(name, value, traces, fields)) for name, value in pairs]
    return query if hidden == pairs else urlencode(hidden)


def _hidden(name: str, value: str, traces: Collection[str], fields: Collection[str]) -> str:
    if name == SEARCH:
        return _signs(value, traces)
    groups = Lines.read([value], None).groups if name == WHERE else ()
    lines = [line for group in groups for line in group]
    hidden = [
        replace(line, value=_signs(line.value, traces)) if line.field in fields else line for line in lines
    ]
    return value if hidden == lines else "|".join(line.written() for line in hidden)


def _signs(text: str, traces: Collection[str]) -> str:
    return SIGN * len(text) if is_one_of(text, traces) else text
