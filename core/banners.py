"""What stands above every page: that this is the demonstration, or that the way to it is not encrypted."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from core import settings
from core.words import _


@dataclass(frozen=True)
class Banner:
    """One line above the page; `kind` is amber, info or danger."""

    text: str
    kind: str


def banners() -> list[Banner]:
    """The banners of this installation."""
    demonstration = _("A demonstration with an invented company. Nothing here is real.")
    found = [Banner(demonstration, "info")] if settings.get("company.demonstration") else []
    return found + at_the_door()


def at_the_door() -> list[Banner]:
    """Those that people see before they sign in: a password is typed there."""
    config = current_app.extensions["huifang"]
    if config.secure or not config.insecure_http:
        return []
    return [Banner(_("This connection is not encrypted: others on the network can read it."), "danger")]
