"""Settings of the company: declared once by the area they belong to, kept in the database, edited on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Json, db, pk
from core.errors import RuleBroken
from core.tracked import Tracked
from core.words import _l


@dataclass(frozen=True)
class Setting:
    """One setting: its name `group.rest`, its default, and its words.

    `check(value)` raises RuleBroken for a value that cannot be; a `fixed` one stays once there are records.
    """

    name: str
    default: Any
    group: str
    label: Any = ""
    help: Any = ""
    fixed: bool = False
    check: Callable[[Any], None] | None = None
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Text(Setting):
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Number(Setting):
    minimum: int = 0
    maximum: int = 100_000
    optional: bool = False
    kind: str = field(default="number", init=False)


@dataclass(frozen=True)
class Choice(Setting):
    choices: Sequence[tuple[str, Any]] = ()
    kind: str = field(default="choice", init=False)


@dataclass(frozen=True)
class YesNo(Setting):
    kind: str = field(default="yesno", init=False)


class SettingValue(Tracked):
    """What the company chose for one setting."""

    __tablename__ = "setting_values"

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(String(80), unique=True)
    value: Mapped[dict[str, Any]] = mapped_column(Json)


_declared: dict[str, Setting] = {}


def declare(*settings: Setting) -> None:
    """Make settings known; an area does this once when it is imported."""
    for setting in settings:
        _declared[setting.name] = setting


def declared() -> dict[str, Setting]:
    """All settings by name, in the order of their declaration."""
    return dict(_declared)


def get(name: str) -> Any:
    """The value of a setting: what the company chose, else the default. One statement a request for all."""
    setting = _declared[name]
    return _chosen().get(name, setting.default)


def in_words(name: str, value: Any) -> Any:
    """What a value of a setting means, as the page shows it."""
    setting = _declared.get(name)
    if isinstance(setting, Choice):
        return dict(setting.choices).get(value, value)
    if isinstance(value, bool):
        return _l("yes") if value else _l("no")
    return "—" if value in (None, "") else value


def forget() -> None:
    """Read the settings again at the next `get` of this request."""
    g.pop("settings", None)


def assume_defaults() -> None:
    """Go by the defaults for the rest of this request: what the company chose cannot be read."""
    g.settings = {}


def _chosen() -> dict[str, Any]:
    try:
        here = g._get_current_object()
    except RuntimeError:  # there is no request, and no command
        return {}
    found: dict[str, Any] | None = here.get("settings")
    if found is None:
        rows = db.session.execute(select(SettingValue.name, SettingValue.value))
        found = here.settings = {name: value["value"] for name, value in rows}
    return found


def _check_zone(name: Any) -> None:
    try:
        ZoneInfo(str(name))
    except (ValueError, OSError, LookupError):
        raise RuleBroken(_l("This is no time zone. Write it like Asia/Shanghai.")) from None


declare(
    Text("company.name", default="", group="company", label=_l("Name of the company")),
    Text(
        "company.zone",
        default=clock.DEFAULT_ZONE,
        group="company",
        fixed=True,
        check=_check_zone,
        label=_l("Time zone"),
        help=_l("Fixed once the first customer is recorded."),
    ),
)
clock.zone_name = lambda: str(get("company.zone"))
