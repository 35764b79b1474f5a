"""What a full-text index is asked for, and how SQLite (FTS5) and PostgreSQL (tsquery) write it. Pure.

Every token is made of Chinese characters, a-z, 0-9 and _ only, so neither language has anything to
escape; a token of anything else is a fault of the caller and refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.folding import HAN

_TOKEN = re.compile(f"[{HAN}a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Token:
    """The record has exactly this token."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The record has a token that begins so."""

    text: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; one part at least."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the parts holds; one part at least."""

    parts: tuple[Expression, ...]


Expression = Token | Prefix | All | AnyOf


def every(parts: list[Expression]) -> Expression:
    """All of the parts without repetition; one alone stands for itself."""
    return _joined(All, parts)


def some(parts: list[Expression]) -> Expression:
    """Any of the parts without repetition; one alone stands for itself."""
    return _joined(AnyOf, parts)


def fts5(expression: Expression) -> str:
    """The expression as the right side of MATCH in SQLite's FTS5."""
    match expression:
        case Token(text):
            return f'"{_safe(text)}"'
        case Prefix(text):
            return f'"{_safe(text)}"*'
        case All(parts):
            return "(" + " AND ".join(map(fts5, parts)) + ")"
        case AnyOf(parts):
            return "(" + " OR ".join(map(fts5, parts)) + ")"


def tsquery(expression: Expression) -> str:
    """The expression as text to cast to PostgreSQL's tsquery."""
    match expression:
        case Token(text):
            return _safe(text)
        case Prefix(text):
            return f"{_safe(text)}:*"
        case All(parts):
            return "(" + " & ".join(map(tsquery, parts)) + ")"
        case AnyOf(parts):
            return "(" + " | ".join(map(tsquery, parts)) + ")"


def _joined(kind: type[All] | type[AnyOf], parts: list[Expression]) -> Expression:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))]
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else kind(unique)


def _safe(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"not a search token: {token!r}")
    return token
