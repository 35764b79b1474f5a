"""The columns of a file of customers: what they and their values are called, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import custom_values, import_fields, words
from blueprints.office.custom_fields import Definition
from core import columns, importextras
from core.cells import clean, neutralise
from core.db import db
from core.names import shadow
from core.suggesting import folded
from core.words import _l

HEADER = (
    "number", "name", "short_name", "kind", "relationship", "tier", "intent", "status", "lost_reason", "owner", "team",
    "helpers", "editing_helpers",
    "source", "industry", "size", "website", "credit_code", "country", "province", "city", "district", "address",
    "postal_code", "gender", "birthday", "special_days",
    "company_mobile", "company_phone", "company_email", "company_wechat", "company_wecom", "company_qq", "company_fax",
    "person_name", "person_title", "person_position", "person_department", "person_role",
    "person_mobile", "person_phone", "person_email", "person_wechat", "person_wecom", "person_qq", "person_fax",
    "point_labels", "bad_points", "point_accounts",
    "person_special_days", "person_preferred_channel", "person_preferred_time", "person_language", "person_likes",
    "person_taboos", "person_note",
    "tags", "last_contact", "next_contact", "preferred_channel", "preferred_time", "language", "likes", "taboos",
    "note", "do_not_contact",
)  # fmt: skip
_DERIVED = {"last_contact": _l("Last contact"), "next_contact": _l("Next contact")}
_TOLD = {"completeness": _l("File completeness")}
_CODED: Mapping[str, Mapping[str, Any]] = {
    **words.LABELS,
    "person_role": words.DECISION_ROLES,
    "person_preferred_channel": words.CHANNELS,
    "do_not_contact": words.CONSENT_PURPOSES,
    "special_days": words.DAY_KINDS,
}


@dataclass(frozen=True)
class Wording:
    """How a file calls values: people and teams by id, codes by column. Without any it holds what programs read."""

    owners: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    coded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codes: bool = True

    def value(self, column: str, code: str) -> str:
        """What a stored code of a column is called."""
        return self.coded.get(column, {}).get(code, code)


def wording(*, codes: bool) -> Wording:
    """The words of the present language, unless it shall be codes. A name that several have is not used."""
    if codes:
        return Wording()
    coded = {
        column: {code: str(label) for code, label in labels.items()} for column, labels in _CODED.items()
    }
    users = db.session.execute(select(User.id, User.username, User.name)).all()
    teams = [(team.id, team.slug, team.name) for team in access.teams()]
    return Wording(_called([(id, handle, name) for id, handle, name in users]), _called(teams), coded, False)


def _called(rows: Sequence[tuple[int, str, str]]) -> dict[int, str]:
    """What each is called: by the name that nobody else has, else by the handle."""
    handles = {shadow(handle, company=False) for _id, handle, _name in rows}
    named = Counter(shadow(name, company=False) for _id, _handle, name in rows)
    return {
        id: name if named[form := shadow(name, company=False)] == 1 and form not in handles else handle
        for id, handle, name in rows
    }


def heads(beside: Sequence[str], *, codes: bool) -> list[str]:
    """What stands above the columns: HEADER, and those beside it by name."""
    if codes:
        return [*HEADER, *beside]
    labels = {target.name: target.label for target in import_fields.FIELDS} | _DERIVED
    known = {definition.name: definition for definition in custom_values.fields()}
    fields = list(known.values())
    told = _TOLD | {name: column.label for name, column in columns.of("customers").items()}

    def head(name: str) -> str:
        if (field := known.get(name)) is not None:
            return _head(name, field.label, [other for other in fields if other is not field])
        return _head(name, str(told[name]), fields) if name in told else name

    return [*(str(labels[name]) for name in HEADER), *map(head, beside)]


def _head(name: str, label: str, others: Sequence[Definition]) -> str:
    """The label of a column, or its name where an import could take the label for something else."""
    label = " ".join(label.split())
    words = {folded(word) for other in others for word in _words_of(other)}
    extra = {
        folded(word) for target in importextras.fields() for word in (*target.synonyms, str(target.label))
    }
    taken = words | extra | import_fields.taken_words()
    plain = label and clean(label) == label == neutralise(label)
    return label if plain and folded(label) and folded(label) not in taken else name


def _words_of(definition: Definition) -> tuple[str, ...]:
    return definition.zh, definition.en, definition.key, definition.name
