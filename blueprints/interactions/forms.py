"""What is typed about contacts and plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import DateField, StringField, TimeField
from wtforms.validators import Length, Optional, ValidationError

from blueprints.customers.words import CHANNELS
from blueprints.interactions import rules, words
from blueprints.interactions.offers import Choices
from core import fields
from core.fields import MomentField
from core.forms import TECHNICAL, Form, Keyed
from core.words import _l

YEARS = range(1990, 2101)


def options(labels: Mapping[str, Any], codes: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Choices of these codes as buttons show them."""
    return [(code, words.sentence_case(labels[code])) for code in (codes or labels)]


def with_none(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The choices with an empty one first."""
    return [("", "—"), *choices]


def hour_of(field: TimeField) -> str | None:
    """The hour that was typed, HH:MM."""
    return f"{field.data:%H:%M}" if field.data else None


class ContactForm(Keyed, Form):
    """A contact, or a try at one, and what is next.

    `proposed_on`, `proposed_channel` and, of this contact, `proposed_way` hold what the form had filled in by itself.
    """

    channel = fields.choice(_l("Channel"), [], radio=True, required=True)
    outcome = fields.choice(_l("Outcome"), [], radio=True, required=True)
    summary = fields.long_text(_l("What was said"))
    refusal_reason = fields.choice(_l("Reason of the refusal"), [])
    point = fields.choice(_l("Wrong number"), [])
    happened_at = fields.MomentField(_l("When"), validators=[Optional()])
    late_reason = fields.text(_l("Why it is recorded late"), most=200)
    person = fields.choice(_l("Contact person"), [])
    direction = fields.choice(_l("Who began"), [])
    minutes = fields.whole(_l("Length"), most=1_440)
    purpose = fields.choice(_l("Purpose"), [])
    mood = fields.choice(_l("Mood of the customer"), [])
    feedback = fields.long_text(_l("Feedback and concerns"))
    for_user = fields.choice(_l("Record for"), [], validate_choice=False)
    despite = fields.YesNoField(_l("Contacted all the same"))
    next_on = fields.day(_l("Next contact"))
    next_time = TimeField(_l("Agreed hour"), validators=[Optional()])
    next_channel = fields.choice(_l("Channel of the next contact"), [])
    next_purpose = fields.text(_l("What for"), most=200)
    next_who = fields.choice(_l("Who does it"), [])
    proposed_on = fields.unseen(DateField)
    proposed_channel = fields.unseen(StringField, Length(max=20))
    proposed_way = fields.unseen(StringField, Length(max=20))

    def offer(self, own: Choices) -> None:
        """Fill the choices; the outcomes are those of the channel."""
        self.own = own
        self.person.choices = with_none(own.people)
        self.point.choices = with_none(own.numbers)
        self.for_user.choices = with_none(own.colleagues)
        self.next_who.choices = own.doers
        self.channel.choices = options(CHANNELS, rules.CHANNELS)
        outcomes = rules.OUTCOMES_OF.get(self.channel.data or "", tuple(words.OUTCOMES))
        self.outcome.choices = options(words.OUTCOMES, outcomes)
        self.next_channel.choices = with_none(options(CHANNELS, rules.CHANNELS))
        self.refusal_reason.choices = with_none(options(words.REFUSALS))
        self.direction.choices = with_none(options(words.DIRECTIONS))
        self.purpose.choices = with_none(options(words.PURPOSES))
        self.mood.choices = with_none(options(words.MOODS))

    def propose_way(self, channel: str) -> None:
        """Have the contact be on this channel, with its outcomes, until somebody chooses another."""
        self.channel.data = self.proposed_way.data = channel
        self.outcome.choices = options(words.OUTCOMES, rules.OUTCOMES_OF[channel])

    def said(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        values = {f.name: f.data for f in self if f.name not in TECHNICAL}
        for name in ("person", "point"):
            chosen = self[name].data
            values[f"{name}_id"] = int(chosen) if chosen and chosen in self[name].offered else None
        values["happened_at"] = self.happened_at.instant if self._is_near() else None
        values["next_time"] = hour_of(self.next_time)
        return values

    def validate_happened_at(self, field: MomentField) -> None:
        """A year that no clock shows is a slip."""
        if not self._is_near():
            raise ValidationError(_l("This is not a moment of these years."))

    def _is_near(self) -> bool:
        wall = self.happened_at.data
        return wall is None or wall.year in YEARS


class PlanForm(Keyed, Form):
    """A contact to be made."""

    on_day = fields.day(_l("Day"), required=True)
    at_time = TimeField(_l("Agreed hour"), validators=[Optional()])
    channel = fields.choice(_l("Channel"), [])
    purpose = fields.choice(_l("Purpose"), [])
    talking_points = fields.long_text(_l("Talking points"), most=1_000)
    who = fields.choice(_l("Who does it"), [])

    def offer(self, own: Choices) -> None:
        """Fill the choices."""
        self.who.choices = own.doers
        self.channel.choices = with_none(options(CHANNELS, rules.CHANNELS))
        self.purpose.choices = with_none(options(words.PURPOSES))

    def plan(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        return {**self.values, "at_time": hour_of(self.at_time)}


class PostponementForm(Form):
    """Another day for the next contact."""

    on_day = fields.day(_l("New day"), required=True)
    at_time = TimeField(_l("Agreed hour"), validators=[Optional()])

    def moment(self) -> tuple[date, str | None]:
        """The day and hour (HH:MM) of a form that is valid."""
        assert self.on_day.data is not None
        return self.on_day.data, hour_of(self.at_time)
