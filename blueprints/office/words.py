"""The words of settings, working calendars, notes and custom fields."""

from __future__ import annotations

from core.words import _l

GROUPS = {
    "company": _l("The company"),
    "customers": _l("Customers"),
    "rhythm": _l("Rhythm"),
    "interactions": _l("Contacts"),
    "sales": _l("Purchases"),
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
FILE = {
    "name": _l("Name of the file"),
    "remark": _l("Remark"),
    "author_id": _l("Attached by"),
}
DAY = {"on_day": _l("Day"), "works": _l("Working day"), "name": _l("Occasion")}
VIEW = {
    "list": _l("List"),
    "name": _l("Name of the view"),
    "query": _l("Filters"),
    "shared": _l("Shared with"),
    "team_id": _l("Team"),
    "position": _l("Place among the views"),
    "owner_id": _l("Owner"),
}
FIELD_TYPES = {
    "text": _l("text"),
    "long_text": _l("long text"),
    "number": _l("number"),
    "money": _l("money"),
    "date": _l("date"),
    "yes_no": _l("yes or no"),
    "single_choice": _l("one choice"),
    "multiple_choice": _l("several choices"),
    "link": _l("link"),
}
FIELD = {
    "key": _l("Name in files"),
    "type": _l("Type"),
    "label_zh": _l("Label in Chinese"),
    "label_en": _l("Label in English"),
    "help_zh": _l("Help in Chinese"),
    "help_en": _l("Help in English"),
    "required": _l("Must be filled in"),
    "sensitive": _l("Sensitive"),
    "searchable": _l("Found by search"),
    "shown_when": _l("Asked for only where"),
    "choices": _l("Choices"),
    "position": _l("Place in the order"),
    "retired": _l("Retired"),
}
APPROVAL = {
    "kind": _l("What is asked for"),
    "requester_id": _l("Asked by"),
    "approver_id": _l("Waits for"),
    "reason": _l("Reason"),
    "due_at": _l("To be decided by"),
    "state": _l("State"),
    "decided_by_id": _l("Decided by"),
    "decided_at": _l("Decided at"),
    "remark": _l("Remark"),
    "passed_from_id": _l("Passed on from"),
    "nudged_at": _l("Nudged at"),
    "overdue_at": _l("Told to be past due at"),
}
