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
    found = []
    if settings.get("company.demonstration"):
        found.append(Banner(_("A demonstration with an invented company. Nothing here is real."), "info"))
    if current_app.extensions["huifang"].insecure_http:
        found.append(
            Banner(_("This connection is not encrypted: others on the network can read it."), "danger")
        )
    return found
