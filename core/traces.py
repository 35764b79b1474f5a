"""Traces that somebody left in texts about something else: found there, and made unreadable. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote_plus

SHORTEST = 2  # signs: names of two are usual in Chinese
SHORTEST_LATIN = 5
SIGN = "*"


def traces_in(texts: Iterable[Any]) -> list[str]:
    """What is worth looking for of these texts, the longest first; of numbers also the digits alone."""
    found: set[str] = set()
    for text in texts:
        if not isinstance(text, str):
            continue
        digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
        found |= {text.strip(), *([digits, digits[-11:]] if len(digits) >= 7 else [])}
    return sorted((text for text in found if _is_telling(text)), key=lambda text: (-len(text), text))


def _is_telling(text: str) -> bool:
    return len(text) >= (SHORTEST_LATIN if text.isascii() else SHORTEST)


def hidden(value: Any, traces: Sequence[str]) -> Any:
    """A value of JSON without the traces in its texts, be it an address that holds them."""
    if not traces:
        return value
    forms = {form for trace in traces for form in (trace, quote_plus(trace))}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return _hidden(value, re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE))


def _hidden(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda found: SIGN * len(found[0]), value)
    if isinstance(value, dict):
        return {_hidden(name, pattern): _hidden(each, pattern) for name, each in value.items()}
    return [_hidden(each, pattern) for each in value] if isinstance(value, list) else value


def written(trace: str) -> set[str]:
    """A trace in the ways in which a text of JSON may hold it, that of an address among them."""
    return {json.dumps(trace)[1:-1], json.dumps(trace, ensure_ascii=False)[1:-1], quote_plus(trace)}


def hidden_in_file(data: bytes, traces: Sequence[str], encoding: str) -> bytes:
    """A file without the traces, as written in its encoding or within JSON; what else it holds stays in its place."""
    for trace in traces:
        for form, code in ((trace, encoding), (trace, "utf-8"), (json.dumps(trace)[1:-1], "ascii")):
            try:
                data = data.replace(form.encode(code), (SIGN * len(form)).encode(code))
            except (UnicodeEncodeError, LookupError):
                continue
    return data
