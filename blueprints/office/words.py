"""The words of settings and working calendars."""

from __future__ import annotations

from core.words import _l

GROUPS = {
    "company": _l("The company"),
    "customers": _l("Customers"),
    "rhythm": _l("Rhythm"),
    "interactions": _l("Contacts"),
    "home": _l("Today"),
}
PATTERNS = {
    "five": _l("five days, Saturday and Sunday free"),
    "six": _l("six days, Sunday free"),
    "alternate": _l("alternate Saturdays"),
    "seven": _l("every day"),
    "roster": _l("by roster: only the days that are named"),
}
WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"),
)  # fmt: skip
WEEKDAY_SIGNS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))
MONTHS = (
    _l("January"), _l("February"), _l("March"), _l("April"), _l("May"), _l("June"), _l("July"), _l("August"),
    _l("September"), _l("October"), _l("November"), _l("December"),
)  # fmt: skip
CALENDAR = {
    "name": _l("Name of the calendar"),
    "frames": _l("Working hours"),
    "pattern": _l("Week pattern"),
    "anchor_on": _l("A Saturday that is worked"),
    "holidays": _l("Public holidays are free"),
}
NOTE_HELP = _l("Up to 4,000 characters. Write @ and a user name to mention a colleague who may see this.")
NOTE = {
    "text": _l("Text of the note"),
    "author_id": _l("Written by"),
    "pinned": _l("Pinned"),
    "edited_at": _l("Edited"),
}
DAY = {"on_day": _l("Day"), "works": _l("Working day"), "name": _l("Occasion")}
