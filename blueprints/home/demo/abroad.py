"""Ten customers with names in other scripts and with accents, read from abroad.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from random import Random

from blueprints.home.demo import history
from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.plain import File, Human

OWNERS = ("sales2a", "lead2", "sales1a")
TIERS = ("b", "c", "c")


def files(chance: Random, days: Days) -> tuple[File, ...]:
    """All ten, spread over three owners."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(_file(chance, days, place, firm) for place, firm in enumerate(told["firm"]))


def _file(chance: Random, days: Days, place: int, firm: Mapping[str, str]) -> File:
    owner = OWNERS[place % len(OWNERS)]
    columns = {name: firm[name] for name in ("short_name", "country", "city") if name in firm}
    columns |= {
        "status": "active",
        "tier": TIERS[place % len(TIERS)],
        "source": "fair",
        "preferred_channel": "mail",
    }
    person = Human(firm["person"], firm["address"], role="purchasing", email=firm["email"])
    before = "lead2" if owner == "sales2a" else None
    file = File(firm["name"], owner, columns, INTRODUCED, (person,), tags=("外贸",), before=before)
    return file.having(said=history.made(chance, days, file, days.between(chance, 3, 26), "ok"))
