"""What home declares: its place in the menu, and how long the list of a day is at first."""

from __future__ import annotations

from core import navigation, settings
from core.words import _l

settings.declare(
    settings.Number(
        "today.first",
        default=20,
        minimum=5,
        maximum=200,
        group="home",
        label=_l("Customers that Today shows at first; the others stand below them"),
    )
)
navigation.declare(navigation.Place("today.index", _l("Today"), "sun", order=10, phone=True))
