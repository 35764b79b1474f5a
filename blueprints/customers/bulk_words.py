"""What a bulk change would do, in words: each field with what it becomes, what that was, and what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from blueprints.access import queries as access
from blueprints.access.models import Team, User
from blueprints.customers import words
from blueprints.customers.bulk import Wish
from blueprints.customers.models import Customer
from core.db import db
from core.words import _, _l, ngettext

NOTHING = "—"


@dataclass(frozen=True)
class News:
    """A field, what it becomes, and what it is now: (value, of how many customers), the most frequent first."""

    label: Any
    becomes: Any
    before: Sequence[tuple[Any, int]] = ()


def news(wish: Wish, ids: Sequence[int]) -> list[News]:
    """What changes of these customers, field by field; three statements at most."""
    if wish.owner_id is not None:
        return _ownership(wish, ids)
    if wish.helper_id is not None:
        return _help(wish)
    if wish.tags or wish.untags:
        label = _l("Tags put on") if wish.tags else _l("Tags taken off")
        return [News(label, _(", ").join(wish.tags or wish.untags))]
    if wish.archived:
        return [News(_l("Archive"), _("into the archive")), News(words.FIELDS["archive_reason"], wish.reason)]
    if wish.brought_back or wish.binned:
        return (
            [News(_l("Bin"), _("into the bin"))]
            if wish.binned
            else [News(_l("Archive"), _("out of the archive"))]
        )
    found = [
        News(words.FIELDS[name], _word(name, value), _before(name, ids))
        for name, value in wish.values.items()
    ]
    return [item for item in found if {item.becomes, *(value for value, _count in item.before)} != {NOTHING}]


def _ownership(wish: Wish, ids: Sequence[int]) -> list[News]:
    owner = db.session.get_one(User, wish.owner_id)
    team_id = access.main_team_ids([owner.id]).get(owner.id)
    team = db.session.scalar(select(Team.name).where(Team.id == team_id))
    return [
        News(words.FIELDS["owner_id"], owner.name, _before("owner_id", ids)),
        News(words.FIELDS["team_id"], team or NOTHING, _before("team_id", ids)),
        News(_l("Reason"), wish.reason),
    ]


def _help(wish: Wish) -> list[News]:
    name = db.session.get_one(User, wish.helper_id).name
    if not wish.helps:
        return [News(_l("Helper taken away"), name)]
    may = _("may also edit") if wish.may_write else _("may read and log contacts")
    return [News(_l("Helper added"), _("%(name)s, %(may)s", name=name, may=may))]


def _before(name: str, ids: Sequence[int]) -> list[tuple[Any, int]]:
    """What these customers have in a field now, and how many of them."""
    held, count = getattr(Customer, name), func.count()
    shown = RECORDS[name].name if name in RECORDS else held
    counted = select(shown, count).select_from(Customer).where(Customer.id.in_(ids))
    if name in RECORDS:
        counted = counted.outerjoin(RECORDS[name], RECORDS[name].id == held)
    counted = counted.group_by(held, shown).order_by(count.desc(), held)
    return [(_word(name, value), number) for value, number in db.session.execute(counted)]


RECORDS: dict[str, Any] = {"owner_id": User, "team_id": Team}


def _word(name: str, value: Any) -> Any:
    return words.LABELS.get(name, {}).get(value, value) or NOTHING


def stays(wish: Wish) -> str:
    """What one might take to change along, and does not."""
    if wish.owner_id is not None:
        return _("Tier, status, tags and helpers stay as they are.")
    if wish.tags or wish.untags:
        return _("Their other tags stay.")
    if wish.helper_id is not None:
        return _("Owner and other helpers stay.")
    if wish.archived or wish.binned or wish.brought_back:
        return ""
    return _("Everything else stays as it is.")


def already(wish: Wish, count: int) -> str:
    """How many need no change, and why."""
    if wish.owner_id is not None:
        return ngettext("%(num)s has this owner already", "%(num)s have this owner already", count)
    if wish.tags:
        return ngettext("%(num)s wears these tags already", "%(num)s wear these tags already", count)
    if wish.untags:
        return ngettext("%(num)s wears none of these tags", "%(num)s wear none of these tags", count)
    if wish.helper_id is not None:
        return _of_help(wish, count)
    if wish.archived:
        return ngettext("%(num)s is archived already", "%(num)s are archived already", count)
    if wish.brought_back:
        return ngettext("%(num)s is not archived", "%(num)s are not archived", count)
    field = str(words.FIELDS[next(iter(wish.values), "status")])
    value = next((_word(*item) for item in wish.values.items()), NOTHING)
    return ngettext(
        "%(num)s has this already (%(field)s: %(value)s)", "%(num)s have this already (%(field)s: %(value)s)",
        count, field=field, value=value,
    )  # fmt: skip


def _of_help(wish: Wish, count: int) -> str:
    if not wish.helps:
        return ngettext("%(num)s has no such helper", "%(num)s have no such helper", count)
    return ngettext(
        "%(num)s has this person as owner or helper already",
        "%(num)s have this person as owner or helper already",
        count,
    )
