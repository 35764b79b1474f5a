"""What was said, put together from the sentences of texts.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

_TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
REFUSALS = tuple(_TEXTS["refused"])


def reached(chance: Random, purpose: str) -> str:
    """What came out of a talk."""
    return _filled(chance, chance.choice(_TEXTS["reached"][purpose]))


def refused(reason: str) -> str:
    """What was said by who wants nothing."""
    return str(_TEXTS["refused"][reason])


def unanswered(chance: Random, outcome: str) -> str | None:
    """What is written down of a try, if anything."""
    return _filled(chance, chance.choice(_TEXTS["unanswered"][outcome])) or None


def points(chance: Random, purpose: str) -> str:
    """What to talk about next time."""
    return _filled(chance, chance.choice(_TEXTS["points"][purpose]))


def _filled(chance: Random, text: str) -> str:
    words = {name: chance.choice(_TEXTS["words"][name]) for name in ("machine", "goods", "spot")}
    return text.format(**words, n=chance.randint(2, 9))
