"""Whether this is the demonstration company: its sign-ins are listed at the door, and only at this very machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from core import settings

settings.declare(
    settings.YesNo("company.demonstration", default=False, group="hidden"),
    settings.Setting("company.demonstration_people", default=(), group="hidden"),
)


@dataclass(frozen=True)
class SignIns:
    """What the door shows: user name and person, and the one password of all."""

    people: tuple[tuple[str, str], ...]
    password: str


def sign_ins() -> SignIns | None:
    """The sign-ins of the demonstration company, None on a real installation or where others come in."""
    config = current_app.extensions["huifang"]
    if not settings.get("company.demonstration") or not config.only_here or not password_file().exists():
        return None
    people = tuple((name, words) for name, words in settings.get("company.demonstration_people"))
    return SignIns(people, password_file().read_text().strip())


def password_file() -> Path:
    """Where the demonstration's password is kept, mode 0600."""
    return Path(current_app.extensions["huifang"].data) / "demo-password"
