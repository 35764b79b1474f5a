"""What a row of an import changes, in words: field by field, old and new, short."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from blueprints.customers import custom_values, import_days, words
from blueprints.customers.import_receivers import Receivers
from blueprints.customers.import_rows import PLACE, Candidate
from blueprints.customers.import_targets import TAGS, Field, News, Target, address, points
from blueprints.customers.models import Customer
from blueprints.customers.rules import PHONE_KINDS
from core import importextras
from core.importing import Change
from core.masking import HIDDEN, masked
from core.words import _l, listed

MOST, LONGEST = 6, 40
_WORDS = {**words.LABELS, "decision_role": words.DECISION_ROLES}
_OF_PERSON = {column: place for place, column in PLACE.items()}
_RECEIVERS = {"owner_id": "owner", "team_id": "team"}
_SENSITIVE = frozenset(
    column.name for column in Customer.__table__.columns if column.info.get("sensitive") is not None
)


class Teller:
    """Puts into words what rows change; `receivers` knows people and teams by their ids."""

    def __init__(self, receivers: Receivers) -> None:
        self._receivers = receivers
        self._custom = {field.id: field for field in custom_values.fields()}

    def changes(self, row: Candidate, target: Target, news: News) -> list[Change]:
        """All that a row changes of a customer, told before it has changed it.

        What is sensitive stands masked whoever imports: in clear it is read in the file, where that is journaled.
        Whom the importer may change they see.
        """
        helpers = [Change(self._help(may), "", self._receivers.name(id)) for id, may in news.helpers.items()]
        return [
            *self._fields(target, news),
            *helpers,
            *_additions(row, news),
            *_noted(target, news),
            *_removals(news),
        ]

    def _help(self, may_write: bool) -> Any:
        return _l("Helpers who may edit") if may_write else _l("Helpers")

    def contradicted(self, row: Candidate, target: Target, news: News) -> Iterator[tuple[str, Any]]:
        """The fields that a row sets to something else than earlier rows of its file did, with what those said."""
        for of in said(row, news):
            before = target.value(of)
            if of in target.said and before:
                yield self._place(row, of), self._word(of, before)

    def _fields(self, target: Target, news: News) -> Iterator[Change]:
        for of, value in news.fields().items():
            fresh = of.part == "person" and of.whose not in target.people
            if fresh and of.name == "name":
                yield Change(words.FIELDS["person_id"], "", short(value))
            elif not fresh:
                yield Change(self._label(of), self._old(of, target.value(of)), self._word(of, value))

    def _label(self, of: Field) -> Any:
        return self._custom[of.name].label if of.part == "custom" else words.FIELDS[of.name]

    def _old(self, of: Field, value: Any) -> Any:
        if of.part == "custom" and self._custom[of.name].sensitive:
            return masked("other", "".join(value or ()))
        if of.part == "customer" and of.name in _SENSITIVE:
            return masked("birthday", str(value or ""))
        return self._word(of, value)

    def _word(self, of: Field, value: Any) -> Any:
        if not value:
            return ""
        if of.part == "custom":
            return short(self._custom[of.name].words(value))
        if of.name == "owner_id":
            return self._receivers.name(value)
        if of.name == "team_id":
            return self._receivers.team_name(value)
        return _WORDS.get(of.name, {}).get(value) or short(value)

    def _place(self, row: Candidate, of: Field) -> str:
        """The field of the import that fills it."""
        if of.part == "custom":
            return self._custom[of.name].name
        if of.part == "person":
            prefix = next((one.prefix for one in row.people if one.key == of.whose), "person_")
            return f"{prefix}{_OF_PERSON.get(of.name, of.name).removeprefix('person_')}"
        return _RECEIVERS.get(of.name, of.name)


def said(row: Candidate, news: News) -> set[Field]:
    """The fields that a row itself sets, without what follows from it and from whom it makes."""
    found = {of for of in news.fields() if of.part != "customer" or _says(row, of.name)}
    found |= {address(called) for called, text in row.addresses.items() if text}
    if row.way.clear:
        found |= {points(reach.point.kind, reach.whose) for reach in row.points} | (
            {TAGS} if row.tags else set()
        )
    return found


def _says(row: Candidate, name: str) -> bool:
    written = {"owner_id": row.owner, "team_id": row.team, "name": row.name}
    return bool(written[name]) if name in written else name in row.values


def short(value: Any) -> str:
    """A value in one line that is not long."""
    line = " ".join(str(value).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _noted(target: Target, news: News) -> Iterator[Change]:
    """What is noted otherwise of points on file."""
    labels = {"label": _l("Labels of numbers"), "added_by": _l("Accounts that hold the friend")}
    for held in target.held:
        for name, text in news.noted.get(held.id, {}).items():
            yield Change(labels[name], short(getattr(held, name) or ""), short(text))


def _additions(row: Candidate, news: News) -> Iterator[Change]:
    """What is only ever added."""
    for point, _whose in news.points:
        yield Change(words.POINT_KINDS[point.kind], "", short(point.value))
    for day in news.days:
        yield Change(words.DAY_KINDS[day.kind], "", short(import_days.written(day.when)))
    if news.tags:
        yield Change(_l("Tags"), "", listed(map(short, news.tags.values())))
    if news.forbids:
        yield Change(
            _l("Do not contact"), "", listed(words.CONSENT_PURPOSES[purpose] for purpose in news.forbids)
        )
    if news.brought:
        for field in importextras.fields():
            if field.name in row.extra:
                yield Change(field.label, "", short(row.extra[field.name]))


def _removals(news: News) -> Iterator[Change]:
    """What is taken off the file."""
    for held in news.gone_points:
        hidden = masked("phone" if held.kind in PHONE_KINDS else "mail", held.value)
        yield Change(words.POINT_KINDS[held.kind], hidden or HIDDEN)
    if news.gone_tags:
        yield Change(_l("Tags"), listed(short(tag.name) for tag in news.gone_tags.values()))
