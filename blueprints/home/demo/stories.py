"""Customers with a story, read from stories.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.humans import Numbers
from blueprints.home.demo.plain import Edit, File, Human, Next, Noted, Said, Tie


def files(days: Days, numbers: Numbers) -> tuple[File, ...]:
    """All of them, those of the first evening first."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(_file(days, numbers, story) for story in told["file"])


def ties(days: Days) -> tuple[Tie, ...]:
    """What they are to each other."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Tie(each["of"], each["role"], tuple(each["others"]), days.worked(each["ago"]), each["by"])
        for each in told["relation"]
    )


def _file(days: Days, numbers: Numbers, story: Mapping[str, Any]) -> File:
    code = story.get("landline")
    return File(
        name=story["name"],
        owner=story.get("owner"),
        columns=story["columns"],
        born=days.worked(story["born"]) if "born" in story else INTRODUCED,
        people=tuple(_human(numbers, each) for each in story["people"]),
        landline=numbers.landline(code) if code else None,
        tags=tuple(story.get("tags", ())),
        helpers=story.get("helpers", {}),
        said=tuple(_said(days, each) for each in story["said"]),
        edits=tuple(Edit(days.worked(e["ago"]), e["by"], e["values"]) for e in story.get("edits", ())),
        notes=tuple(Noted(**{**each, "ago": days.worked(each["ago"])}) for each in story.get("notes", ())),
        before=story.get("before"),
    )


def _human(numbers: Numbers, facts: Mapping[str, Any]) -> Human:
    return Human(**{"mobile": facts.get("mobile") or numbers.mobile(), **facts})


def _said(days: Days, facts: Mapping[str, Any]) -> Said:
    ago = facts["ago"] if facts.get("exact") else days.worked(facts["ago"])
    plan = dict(facts.get("next", {}))
    ahead = days.ahead_of(ago, plan.pop("after")) if plan else 0
    rest = {name: value for name, value in facts.items() if name not in ("ago", "exact", "next")}
    return Said(ago, next=Next(ahead, **plan) if plan else None, **rest)
