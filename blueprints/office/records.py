"""What office declares: kinds, verbs, words of the trail, places in the menu, and calendars on the first day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import true

from blueprints.office import (
    actions,
    approval_kinds,
    approval_words,
    approving,
    attaching,
    attachments,
    custom_fields,
    defining,
    deputies,
    deputizing,
    deputy_words,
    filing,
    hanging,
    happening,
    job_words,
    mentions,
    notes,
    notifications,
    noting,
    rules,
    saved_views,
    searched,  # noqa: F401
    waiting,
    words,
)
from blueprints.office.models import (
    Attachment,
    Cover,
    CustomField,
    Note,
    SavedView,
    WorkingCalendar,
)
from core import config, events, filekinds, journal, kinds, merging, navigation, parts, settings, verbs
from core.changes import ChangeSet
from core.erasing import Order
from core.journal import Event
from core.kinds import Kind
from core.navigation import Place
from core.notifications import NotificationKind
from core.notifications import declare as declare_notifications
from core.panels import Late, Panel
from core.parts import Part
from core.policy import Clause, Policy
from core.rights import Right, Scope, Viewer
from core.settings import SettingValue
from core.timelines import Source
from core.verbs import Verb
from core.wholes import Whole
from core.words import _, _l

R = Right.OFFICE_SETTINGS
COMPANY = (Clause("company", Scope.ALL, lambda v: true(), _l("the right reaches the whole company")),)


def _setting_title(row: Any) -> str:
    setting = settings.declared().get(row.name)
    return str(setting.label) if setting and setting.label else _("something of the installation itself")


def _setting_value(value: Any, row: Mapping[str, Any]) -> Any:
    return settings.in_words(str(row.get("name")), value.get("value") if isinstance(value, dict) else value)


def _frames(frames: Mapping[str, Any]) -> str:
    worked = [(day, rules.frames_written(frames.get(str(day), ()))) for day in rules.WEEKDAYS]
    return "; ".join(f"{words.WEEKDAY_SIGNS[day]} {hours}" for day, hours in worked if hours)


kinds.declare(
    Kind(
        name="setting",
        model=SettingValue,
        label=_l("Setting"),
        plural=_l("Settings"),
        url=lambda id: url_for("settings.index"),
        title=_setting_title,
        policy=Policy(SettingValue, COMPANY),
        see=R,
        edit=R,
        internal=True,
    )
)
kinds.declare(
    Kind(
        name="calendar",
        model=WorkingCalendar,
        label=_l("Working calendar"),
        plural=_l("Working calendars"),
        url=lambda id: url_for("calendars.show", id=id),
        title=lambda calendar: calendar.name,
        policy=Policy(WorkingCalendar, COMPANY),
        see=R,
        edit=R,
        internal=True,
        field_labels=words.CALENDAR,
        value_labels={"pattern": words.PATTERNS.get, "frames": _frames},
    )
)
kinds.declare(
    Kind(
        name="view",
        model=SavedView,
        label=_l("Saved view"),
        plural=_l("Saved views"),
        url=lambda id: url_for("saved_view.show", id=id),
        title=lambda view: view.name,
        policy=saved_views.POLICY,
        see=Right.OFFICE_VIEWS,
        edit=Right.OFFICE_VIEWS,
        field_labels=words.VIEW,
        value_labels={"shared": saved_views.SHARED.get},
    )
)
kinds.declare(
    Kind(
        name="cover",
        model=Cover,
        label=_l("Deputy and times away"),
        plural=deputy_words.TITLE,
        url=lambda id: url_for("team.cover", id=id),
        title=lambda cover: cover.user.name,
        policy=deputies.POLICY,
        see=deputies.RIGHT,
        edit=deputies.RIGHT,
        internal=True,
        field_labels=deputy_words.COVER,
    )
)
verbs.declare(
    Verb(deputizing.NAMED, _l("named a deputy"), undo=deputies.RIGHT),
    Verb(deputizing.AWAY, _l("noted a time away"), undo=deputies.RIGHT),
    Verb(deputizing.BACK, _l("took a time away back"), undo=deputies.RIGHT),
)
verbs.declare(
    Verb(saved_views.SAVED, _l("kept a view"), undo=Right.OFFICE_VIEWS),
    Verb(saved_views.CHANGED, _l("changed a view"), undo=Right.OFFICE_VIEWS),
    Verb(saved_views.DELETED, _l("deleted a view"), undo=Right.OFFICE_VIEWS),
)


def _choices(choices: Mapping[str, Any]) -> str:
    found = custom_fields.choices_of(choices)
    return _(", ").join(choice.word for choice in found if not choice.retired) or "—"


def _condition(shown_when: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    return custom_fields.condition_words(str(row.get("record_table", "")), shown_when) or "—"


kinds.declare(
    Kind(
        name="custom_field",
        model=CustomField,
        label=_l("Custom field"),
        plural=_l("Custom fields"),
        url=lambda id: url_for("fields.edit", id=id),
        title=lambda field: custom_fields.definition(field).label,
        policy=Policy(CustomField, COMPANY),
        see=R,
        edit=R,
        internal=True,
        field_labels=words.FIELD,
    )
)
parts.declare(
    Part(
        "custom_fields",
        _l("Custom field"),
        words.FIELD,
        {"type": words.FIELD_TYPES.get, "choices": _choices},
        {"shown_when": _condition},
    ),
    Part("setting_values", _l("Setting"), {"value": _l("Value")}, by_row={"value": _setting_value}),
    Part("calendar_days", _l("Corrected day"), words.DAY),
    Part(
        "approvals",
        _l("Request"),
        words.APPROVAL,
        {"state": approval_words.STATES.get, "kind": approval_kinds.label_of},
    ),
    Part("approval_steps", _l("Who was asked"), approval_words.STEP, {"why": approval_words.WHY.get}),
    Part("absences", _l("Time away"), deputy_words.ABSENCE),
    Part("approval_readers", _l("May read the request"), {"user_id": _l("Colleague")}),
    Part("notes", _l("Note on file"), words.NOTE),
    Part("note_mentions", _l("Mention"), {"user_id": _l("Colleague")}),
    Part("attachments", _l("File"), words.FILE),
    Part("team_calendars", _l("Working calendar"), {"calendar_id": _l("Working calendar")}),
)
settings.declare(
    settings.Number(
        notifications.KEPT,
        default=90,
        minimum=1,
        group="company",
        label=_l("Days that a notification is kept after it was read"),
    ),
    settings.Number(
        notifications.KEPT_UNREAD,
        default=180,
        minimum=30,  # so that nobody is told again of what a job finds a second time
        group="company",
        label=_l("Days that a notification is kept if nobody reads it"),
    ),
    settings.Number(
        attachments.MEGABYTES,
        default=config.MAX_FILE_MEGABYTES,
        minimum=1,
        maximum=config.MAX_FILE_MEGABYTES,
        group="company",
        label=_l("Megabytes that an attached file can have"),
    ),
    settings.Number(
        attachments.MEGABYTES_IN_ALL,
        default=500,
        minimum=1,
        group="company",
        label=_l("Megabytes that all files attached to one record can have"),
    ),
    settings.Text(
        attachments.FILE_KINDS,
        default=", ".join(filekinds.USUAL),
        group="company",
        check=filekinds.check_codes,
        label=_l("Kinds of files that can be attached"),
        help=_l("Judged by content, not by name. Pages with scripts, programs and macros are never taken."),
    ),
)
verbs.declare(
    Verb("settings.changed", _l("changed settings"), undo=R),
    Verb("calendar.created", _l("made a working calendar"), undo=R),
    Verb("calendar.updated", _l("changed a working calendar"), undo=R),
    Verb("calendar.deleted", _l("deleted a working calendar"), undo=R),
    Verb("calendar.day_corrected", _l("corrected a day of a working calendar"), undo=R),
    Verb("calendar.assigned", _l("gave teams their working calendars"), undo=R),
)
verbs.declare(
    Verb(defining.CREATED, _l("made a custom field"), undo=R),
    Verb(defining.UPDATED, _l("changed a custom field"), undo=R),
    Verb(defining.MOVED, _l("changed the order of custom fields"), undo=R),
    Verb(defining.RETIRED, _l("retired a custom field"), undo=R),
    Verb(defining.BROUGHT_BACK, _l("brought a custom field back"), undo=R),
)
verbs.declare(
    *(
        Verb(name, label, undo=Right.OFFICE_NOTES, overwrite=Right.OFFICE_NOTES_OF_OTHERS)
        for name, label in (
            (noting.WRITTEN, _l("wrote a note")),
            (noting.EDITED, _l("edited a note")),
            (noting.PINNED, _l("pinned a note")),
            (noting.UNPINNED, _l("unpinned a note")),
            (noting.DELETED, _l("deleted a note")),
        )
    )
)
verbs.declare(
    *(
        Verb(name, label, undo=Right.OFFICE_FILES, overwrite=Right.OFFICE_FILES_OF_OTHERS)
        for name, label in (
            (attaching.ATTACHED, _l("attached files")),
            (attaching.DELETED, _l("deleted a file")),
        )
    )
)
verbs.declare(
    Verb(approving.ASKED, _l("asked for approval")),
    Verb(approving.DECIDED, _l("decided on a request")),
    Verb(approving.WITHDRAWN, _l("recalled a request")),
    Verb(approving.PASSED, _l("passed a request on")),
    Verb(approving.NUDGED, _l("nudged whoever decides")),
    Verb(approving.MOVED, _l("took a request past due one level up")),
    Verb(approving.STOOD_IN, _l("gave a request to the deputy")),
    Verb(approving.WENT_ROUND, _l("took a request past somebody who is away")),
    Verb(approving.EXPIRED, _l("let a request lapse")),
)
merging.leave("approvals", "record_id", "what was asked for is looked for anew when somebody decides")
declare_notifications(NotificationKind(mentions.KIND, "at", mentions.tell))
declare_notifications(NotificationKind(deputizing.KIND, "users", deputy_words.tell))
declare_notifications(NotificationKind(approval_words.KIND, "inbox", approval_words.tell))
navigation.declare(
    Place("approvals.index", _l("Approvals"), "inbox", order=60, phone=True, count=waiting.requests),
    Place("team.index", _l("Deputies"), "user-share", rights=(deputies.RIGHT,), group="me", order=92),
    Place("settings.index", _l("Settings"), "settings", rights=(R,), group="admin", order=80),
    Place("calendars.index", _l("Working calendars"), "calendar", rights=(R,), group="admin", order=81),
    Place("fields.index", _l("Custom fields"), "forms", rights=(R,), group="admin", order=81),
    Place("jobs.mine", _l("My jobs"), "clock", rights=(Right.CUSTOMERS_EXPORT,), group="me", order=91),
    Place("jobs.index", _l("Background jobs"), "clock", rights=(R,), group="admin", order=82),
    Place("notifications.index", _l("Notifications"), "bell", group=navigation.TOP, count=waiting.notices),
)


@events.listen("company.founded")
def first_calendars() -> None:
    """A new company works at office hours until it says otherwise."""
    actions.make_default_calendars()


@events.listen("user.panels")
def cover_panel(record: Any, viewer: Viewer, rights: Collection[Right]) -> Panel | None:
    """Deputy and times away, on the page of a person for whom this one may name them."""
    values = deputies.panel_of(record, viewer)
    return Panel("office/team/_panel.html", values) if values is not None else None


@events.listen("user.ends")
def ends(user: Any) -> str | None:
    """Whose deputy somebody is who leaves."""
    return deputy_words.leaves(user.id)


@events.listen("record.panels")
def panel(kind: str, record: Any, viewer: Viewer, rights: Collection[Right]) -> Panel | None:
    """The pinned notes, on the page of a record that can have some; before them the one that the address asks for."""
    found = kinds.kind_of(type(record))
    if not found.noted:
        return None
    asked = request.args.get("note", type=int)
    return Panel("office/notes/_panel.html", {"notes": notes.first(found, record, viewer, rights, asked)})


@events.listen("record.panels")
def files_panel(kind: str, record: Any, viewer: Viewer, rights: Collection[Right]) -> Late | None:
    """What is attached, loaded when somebody comes to it."""
    if not kinds.kind_of(type(record)).noted:
        return None
    return Late("files", _l("Files"), url_for("files.index", kind=kind, id=record.id))


@events.listen("record.timeline")
def noted(kind: str, record: Any, viewer: Viewer, rights: Collection[Right]) -> Source | None:
    """The notes, on the timeline of a record that has some."""
    return happening.notes(record) if kinds.kind_of(type(record)).noted else None


@events.listen("record.timeline")
def attached(kind: str, record: Any, viewer: Viewer, rights: Collection[Right]) -> Source | None:
    """The files, on the timeline of a record that has some."""
    return happening.files(record) if kinds.kind_of(type(record)).noted else None


@events.listen("undo.checked")
def check_undo(change_set: ChangeSet, viewer: Viewer) -> None:
    """A note or a file is taken back by whoever may change it."""
    hanging.check_undo(change_set, viewer, Note, noting.OF_ITS_AUTHOR, Right.OFFICE_NOTES_OF_OTHERS)
    hanging.check_undo(change_set, viewer, Attachment, attaching.OF_ITS_AUTHOR, Right.OFFICE_FILES_OF_OTHERS)
    saved_views.check_undo(change_set, viewer)


@events.listen("record.erased")
def drop_files(order: Order, whole: Whole) -> None:
    """The files that hung on what was erased go from the disk with it."""
    filing.erase(row["file_id"] for row in whole.get("attachments", {}).values())


@events.listen("installation.checked")
def check_files() -> list[tuple[bool, str]]:
    """Files on the disk against the rows that name them."""
    return list(filing.checked())


@events.listen("records.undone")
def read_again(table: str, ids: Sequence[int]) -> None:
    """What was taken back may have been a setting, or a custom field."""
    settings.forget()
    if table == CustomField.__tablename__:
        defining.undone(ids)


journal.declare(
    Event("fetched_file", _l("fetched a file that was made for them"), {"job": _l("Job"), "rows": _l("Rows")}),
    Event(attachments.ATTACHMENT_TAKEN, _l("took or looked at an attached file"), {"attachment": _l("File")}),
)  # fmt: skip
TEMPLATE_GLOBALS = {
    "condition_words": custom_fields.condition_words,
    "approval_words": approval_words,
    "deputy_words": deputy_words,
    "office_words": words,
    "job_words": job_words,
    "note_pieces": notes.pieces,
    "note_url": notes.address,
    "file_kind": attachments.kind_of,
    "size_said": attachments.size_said,
}
