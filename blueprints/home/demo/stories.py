"""Customers with a story, read from stories.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.humans import Numbers
from blueprints.home.demo.plain import Edit, File, Filed, Human, Next, Noted, Said, Spoken, Tie


def files(days: Days, numbers: Numbers) -> tuple[File, ...]:
    """All of them, those of the first evening first."""
    return tuple(_file(days, numbers, story) for story in _told("file"))


def _told(what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    )[what]
    return found


def ties(days: Days) -> tuple[Tie, ...]:
    """What they are to each other."""
    return tuple(
        Tie(each["of"], each["role"], tuple(each["others"]), days.worked(each["ago"]), each["by"])
        for each in _told("relation")
    )


def consents(days: Days) -> tuple[Spoken, ...]:
    """What they said about being contacted."""
    return tuple(_spoken(days, **each) for each in _told("consent"))


def needs(days: Days) -> tuple[Spoken, ...]:
    """What they need, and with what it was met."""
    return tuple(_needed(days, **each) for each in _told("need"))


def exits(days: Days) -> tuple[Spoken, ...]:
    """Why they left, as they said themselves."""
    return tuple(_spoken(days, **each) for each in _told("exit"))


def _needed(
    days: Days, *, of: str, ago: int, by: str, what: str, met: int | None = None, **values: Any
) -> Spoken:
    begun = days.worked(ago)
    told = {"what": what, "since": days.day(begun), **values}
    if met is None:
        return Spoken(of, begun, by, told)
    return Spoken(of, days.worked(met), by, {**told, "met_on": days.day(days.worked(met))})


def _spoken(days: Days, *, of: str, ago: int, by: str, **values: Any) -> Spoken:
    return Spoken(of, days.worked(ago), by, values)


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
        files=tuple(Filed(**{**each, "ago": days.worked(each["ago"])}) for each in story.get("files", ())),
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
