"""What is typed about settings and working calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, HiddenField, IntegerField
from wtforms.validators import NumberRange, ValidationError

from blueprints.office import rules, words
from core import fields
from core.errors import RuleBroken
from core.fields import YesNoField
from core.forms import Form, Keyed, Versioned
from core.lists import LARGEST
from core.settings import Choice, Number, Setting, YesNo
from core.words import _l


def field_name(setting: str) -> str:
    """The name of a setting's field: dots would mean something to style sheets and addresses."""
    return setting.replace(".", "-")


def settings_form(group: Sequence[Setting]) -> type[Form]:
    """A form with a field for each setting."""
    made = {field_name(setting.name): _field(setting) for setting in group}
    return type("SettingsForm", (Form,), {**made, "opened": HiddenField()})


def _field(setting: Setting) -> Any:
    label, help = setting.label, setting.help
    if isinstance(setting, Number):
        least, most = setting.minimum, setting.maximum
        required = not setting.optional
        return fields.whole(label, least=least, most=most, required=required, description=help)
    if isinstance(setting, Choice):
        return fields.choice(label, list(setting.choices), required=True, description=help)
    if isinstance(setting, YesNo):
        return YesNoField(label, description=help)
    return fields.text(label, required=bool(setting.default), description=help)


def _hours(_form: Any, field: Field) -> None:
    try:
        rules.frames_typed(field.data or "")
    except RuleBroken as broken:
        raise ValidationError(str(broken.message)) from broken


class CalendarForm(Form):
    """A working calendar; `frames_0` … `frames_6` are the hours of Monday to Sunday as they are written."""

    name = fields.text(words.CALENDAR["name"], required=True)
    pattern = fields.choice(words.CALENDAR["pattern"], list(words.PATTERNS.items()), required=True)
    anchor_on = fields.day(
        words.CALENDAR["anchor_on"],
        description=_l("Only for alternate Saturdays: every second one from it on."),
    )
    holidays = YesNoField(words.CALENDAR["holidays"])
    frames_0 = fields.text(words.WEEKDAYS[0], validators=[_hours])
    frames_1 = fields.text(words.WEEKDAYS[1], validators=[_hours])
    frames_2 = fields.text(words.WEEKDAYS[2], validators=[_hours])
    frames_3 = fields.text(words.WEEKDAYS[3], validators=[_hours])
    frames_4 = fields.text(words.WEEKDAYS[4], validators=[_hours])
    frames_5 = fields.text(words.WEEKDAYS[5], validators=[_hours])
    frames_6 = fields.text(words.WEEKDAYS[6], validators=[_hours])

    def facts(self) -> dict[str, Any]:
        """The columns of a calendar."""
        frames = {str(day): rules.frames_typed(self[f"frames_{day}"].data or "") for day in rules.WEEKDAYS}
        pattern = self.pattern.data
        anchor = self.anchor_on.data if pattern == "alternate" else None
        return {
            "name": self.name.data, "pattern": pattern, "anchor_on": anchor, "holidays": bool(self.holidays.data),
            "frames": frames,
        }  # fmt: skip


class SeenForm(Form):
    """Up to which notification somebody has seen theirs."""

    last = fields.unseen(IntegerField, NumberRange(1, LARGEST))


class NoteForm(Form):
    """A note: plain text."""

    text = fields.long_text(
        _l("Text of the note"), most=rules.MOST_TEXT, required=True, description=words.NOTE_HELP
    )


class NewNoteForm(Keyed, NoteForm):
    """… that is not there yet."""


class EditNoteForm(Versioned, NoteForm):
    """… that is there already."""


class RefusalForm(Form):
    """A no, with its reason."""

    remark = fields.text(_l("Why not"), most=300, required=True)


class PassingForm(Form):
    """To whom a request is passed on; the choices offer, the action judges, for the request may be decided by now."""

    approver = fields.choice(_l("Pass on to"), [], required=True, validate_choice=False)


class FilesForm(Form):
    """Files for a record."""

    files = fields.uploads(_l("Files"))
    remark = fields.text(words.FILE["remark"], most=200)


class ViewForm(Versioned, Form):
    """What a saved view is called, where it stands among the others, and with whom it is shared."""

    name = fields.text(_l("Name of the view"), most=60, required=True)
    shared = fields.choice(_l("Shared with"), [], required=True, default="nobody")
    team = fields.choice(_l("Team"), [], description=_l("Only for a view shared with a team."))
    position = fields.whole(
        _l("Place among the views"), least=0, most=999, description=_l("Lower numbers come first.")
    )


class EditCalendarForm(Versioned, CalendarForm):
    """… that is there already; `opened` is what it showed when it was opened."""

    opened = HiddenField()


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a calendar as its form shows them."""
    frames = {
        f"frames_{day}": rules.frames_written(values["frames"].get(str(day), ())) for day in rules.WEEKDAYS
    }
    return {name: values[name] for name in ("name", "pattern", "anchor_on", "holidays")} | frames


class DayForm(Form):
    """A day corrected by hand."""

    on_day = fields.day(words.DAY["on_day"], required=True)
    works = fields.choice(
        _l("On this day"),
        [("no", _l("day off")), ("yes", _l("working day"))],
        required=True,
        radio=True,
        default="no",
    )
    name = fields.text(words.DAY["name"])


def assignment_form(
    teams: Sequence[tuple[int, Any, str]], calendars: Sequence[tuple[int, str]]
) -> type[Form]:
    """A select for each team: id, its name, and what "as above" means for it."""
    made: dict[str, Any] = {}
    for id, label, inherited in teams:
        choices = [("", inherited), *((str(calendar), name) for calendar, name in calendars)]
        made[f"team-{id}"] = fields.choice(label, choices)
    return type("AssignmentForm", (Form,), made)


class DeputyForm(Versioned, Form):
    """Who answers for somebody; the choices are filled in by the view."""

    deputy = fields.choice(
        _l("Deputy"),
        [],
        description=_l(
            "Gets the requests that come while the person is away or does not answer in time, as far as the deputy may"
            " decide on them anyway; all others go one level up."
        ),
    )
    opened = HiddenField()


class AbsenceForm(Keyed, Form):
    """A time away, from one day to another, both included."""

    first_on = fields.day(_l("First day away"), required=True)
    last_on = fields.day(_l("Last day away"), required=True)
