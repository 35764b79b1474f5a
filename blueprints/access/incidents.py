"""The register of incidents with personal data: what happened, whom it met, what was done, who was told and when.

Article 57 of the PIPL and article 33 of the GDPR: the authority is told at once, by the latter within 72 hours of the
find, and so are the persons; or it is written down why not. Entries are corrected, with their history, never deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text, select, true
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.access import incident_rules
from core import changes, clock, journal, lists, versions
from core.db import db, pk
from core.policy import Clause, Policy
from core.rights import Right, Scope
from core.tracked import Tracked
from core.words import _, _l

NOTED, CHANGED = "incident.noted", "incident.changed"
R = Right.ACCESS_INCIDENTS


class Incident(Tracked):
    """One entry of the register. Days are those on which it is known to be so; None: not, or not yet."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_found_at_id", "found_at", "id"),)

    id: Mapped[int] = pk()
    title: Mapped[str] = mapped_column(String(200))
    found_at: Mapped[datetime]
    happened_at: Mapped[datetime | None]
    what: Mapped[str] = mapped_column(Text)
    data_kinds: Mapped[str] = mapped_column(Text)
    persons: Mapped[int | None]
    measures: Mapped[str | None] = mapped_column(Text)
    authority: Mapped[str | None] = mapped_column(String(200))
    authority_told_at: Mapped[datetime | None]
    persons_told_at: Mapped[datetime | None]
    persons_told_how: Mapped[str | None] = mapped_column(Text)
    why_untold: Mapped[str | None] = mapped_column(Text)
    closed_on: Mapped[date | None]

    @property
    def tell_by(self) -> datetime:
        """Until when the authority is to be told."""
        return self.found_at + incident_rules.WITHIN

    @property
    def state(self) -> str:
        """Whether the authority was told: told, late (told, but late), untold (for a reason), due or overdue."""
        return incident_rules.state(
            self.found_at, self.authority_told_at, self.why_untold or "", now=clock.now()
        )


EVERYBODY = (Clause("company", Scope.ALL, lambda v: true(), _l("the right reaches the whole company")),)
POLICY = Policy(Incident, EVERYBODY)
TEXTS = ("title", "what", "data_kinds", "measures", "authority", "persons_told_how", "why_untold")
MOMENTS = ("found_at", "happened_at", "authority_told_at", "persons_told_at")
FIELDS = (*TEXTS, *MOMENTS, "persons", "closed_on")
LABELS = {
    "title": _l("In a few words"),
    "found_at": _l("Found on"),
    "happened_at": _l("Happened"),
    "what": _l("What happened"),
    "data_kinds": _l("Which data"),
    "persons": _l("How many persons"),
    "measures": _l("What was done about it"),
    "authority": _l("Authority"),
    "authority_told_at": _l("Authority told"),
    "persons_told_at": _l("Persons told"),
    "persons_told_how": _l("How the persons were told, and what"),
    "why_untold": _l("Why somebody was not told"),
    "closed_on": _l("Settled on"),
}
STATES = {
    "told": (_l("authority told"), "green"),
    "late": (_l("authority told late"), "amber"),
    "untold": (_l("not to be told"), None),
    "due": (_l("to be told"), "amber"),
    "overdue": (_l("overdue"), "red"),
}


def page(after: str | None) -> lists.Page[Incident]:
    """The register, what was found last first."""
    return lists.page(select(Incident), Incident, lists.Order(Incident.found_at, descending=True), after)


def note_incident(values: Mapping[str, Any]) -> Incident:
    """Put an incident on the register, FIELDS by name. Raises RuleBroken."""
    changes.record(NOTED)
    fresh = Incident()
    _set(fresh, values)
    db.session.add(fresh)
    db.session.flush()
    journal.note("incident_noted", record=fresh)
    return fresh


def change(incident: Incident, values: Mapping[str, Any], *, version: int) -> None:
    """Change what `values` names. Raises RuleBroken, and Stale if it has another version by now."""
    changes.record(CHANGED)
    versions.check(incident, version, _("Somebody else has changed this incident since you opened it."))
    with db.session.no_autoflush:
        _set(incident, values)
    db.session.flush()


def _set(incident: Incident, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(incident, name, values[name] if values[name] != "" else None)
    closed = incident.closed_on
    incident_rules.check(
        {name: getattr(incident, name) for name in FIELDS}, now=clock.now(), today=clock.today(),
        found_on=clock.day_of(incident.found_at), closed_on=closed,
    )  # fmt: skip
