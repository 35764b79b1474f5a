"""The fields of our forms: every one bounded, trimmed, and silent about what was not sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)

from core import clock
from core.choosing import ButtonsField, OneField, Pairs, code, saying
from core.choosing import ManyField as ManyField
from core.names import nfc
from core.words import _l


def _trimmed(value: Any) -> Any:
    return nfc(value) if isinstance(value, str) else value


def _lines_trimmed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "\n".join(nfc(line) for line in value.replace("\r\n", "\n").split("\n")).strip()


def _needed(required: bool) -> list[Any]:
    return [InputRequired(_l("Fill this in."))] if required else [Optional()]


def _said(required: bool) -> list[Any]:
    """Of a text what counts is what is left when it is trimmed: spaces say nothing."""
    return [DataRequired(_l("Fill this in."))] if required else [Optional()]


def text(label: Any, *, most: int = 120, required: bool = False, **options: Any) -> StringField:
    """One line of text, at most `most` characters."""
    checks = [*_said(required), Length(max=most), *options.pop("validators", [])]
    return StringField(label, validators=checks, filters=[_trimmed], **options)


def long_text(label: Any, *, most: int = 4_000, required: bool = False, **options: Any) -> TextAreaField:
    """Several lines of text."""
    checks = [*_said(required), Length(max=most), *options.pop("validators", [])]
    return TextAreaField(label, validators=checks, filters=[_lines_trimmed], **options)


def password(label: Any, **options: Any) -> PasswordField:
    """A password: never trimmed, never sent back."""
    return PasswordField(label, validators=[*_needed(True), Length(max=256)], **options)


def whole(
    label: Any, *, least: int = 0, most: int = 1_000_000, required: bool = False, **options: Any
) -> IntegerField:
    """A whole number."""
    return IntegerField(label, validators=[*_needed(required), NumberRange(min=least, max=most)], **options)


def day(label: Any, *, required: bool = False, **options: Any) -> DateField:
    """A day, ISO."""
    return DateField(label, validators=_needed(required), **options)


def choice(
    label: Any, choices: Pairs, *, required: bool = False, radio: bool = False, **options: Any
) -> OneField | ButtonsField:
    """One of some stored codes; an empty choice is None. Spaces are no code, and refused like any other text."""
    kind = ButtonsField if radio else OneField
    options = {"validate_choice": True, **saying(_l("Choose one of these.")), **options}
    checks = _needed(True) if required else [Optional(strip_whitespace=False)]
    return kind(label, choices=choices, coerce=code, validators=checks, **options)


def unseen(kind: Any, *checks: Any, **options: Any) -> Any:
    """A field that a page fills by itself: what cannot be used of it counts as not sent. Nobody could mend it."""
    return kind("", validators=[_Unseen(checks)], **options)


class _Unseen:
    def __init__(self, checks: Iterable[Any]) -> None:
        self._checks = checks

    def __call__(self, form: Any, field: Field) -> None:
        try:
            for check in self._checks if field.data is not None else ():
                check(form, field)
        except ValidationError:
            field.data = None
        if field.data is None:
            field.errors, field.raw_data = [], None
            raise StopValidation()


def upload(label: Any, **options: Any) -> FileField:
    """A file; its `data` knows the name under which it was sent, which is text like any other."""
    return FileField(label, validators=[FileRequired(_l("Choose a file."))], **options)


def uploads(label: Any, **options: Any) -> MultipleFileField:
    """One file or several."""
    return MultipleFileField(label, validators=[FileRequired(_l("Choose a file."))], **options)


class MomentField(DateTimeLocalField):
    """A day and an hour by the company's wall clock; `data` is the instant in UTC."""

    def process_data(self, value: datetime | None) -> None:
        self.data = clock.local(value).replace(tzinfo=None) if value and value.tzinfo else value

    def _value(self) -> str:
        """As a browser wants it; what was typed and could not be read stays as it is."""
        if self.raw_data:
            return " ".join(self.raw_data)
        return f"{self.data:%Y-%m-%dT%H:%M}" if self.data else ""

    @property
    def instant(self) -> datetime | None:
        """What was typed, as an instant."""
        return clock.from_wall(self.data) if self.data else None


class YesNoField(BooleanField):
    """A check box with an empty companion, so that "no" differs from "not sent"."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = any(value not in ("", "false", "0") for value in valuelist)
