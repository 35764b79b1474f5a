"""Who is told that files were merged, or are apart again: whoever looked after one and sees what there is now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import asked, merged
from blueprints.customers.models import Customer, CustomerHelper
from core import changes, kinds, notifications
from core.db import db
from core.notifications import Notification, Told
from core.rights import Viewer
from core.words import _

KIND = "customers.merged"
TABLE = Customer.__tablename__


def caretakers(files: Iterable[Customer]) -> set[int]:
    """Who owns one of these files, or helps with it."""
    known = {file.id: file.owner_id for file in files}
    helping = select(CustomerHelper.user_id).where(CustomerHelper.customer_id.in_(known))
    return {*db.session.scalars(helping), *(id for id in known.values() if id is not None)}


def tell_of_merge(people: Collection[int], into: Customer, gone: Sequence[int], *, by: Viewer) -> None:
    """Tell these people, of whom whoever merged is none, as far as they see the file that stays."""
    notifications.notify(
        KIND, _seeing(set(people) - {by.id}, [into.id]), key=f"{changes.set_id()} {into.id}", about=(TABLE, into.id),
        into=into.id, gone=list(gone), by=by.id, apart=False,
    )  # fmt: skip


def tell_of_undo(set_id: int) -> None:
    """Tell those who were told of a merge that it was taken back, as far as they see one of the files again."""
    by, told = changes.actor().user_id, Notification.key.startswith(f"{set_id} ", autoescape=True)
    rows = db.session.scalars(select(Notification).where(Notification.kind == KIND, told)).all()
    merges = {row.key: row for row in rows if not row.facts["apart"]}
    for key, merge in merges.items():
        people = {row.recipient_id for row in rows if row.key == key} - {by}
        notifications.notify(
            KIND, _seeing(people, _files(merge)), key=f"{key} apart", about=(TABLE, merge.facts["into"]),
            **{**merge.facts, "by": by, "apart": True},
        )  # fmt: skip


def _seeing(people: Collection[int | None], ids: Sequence[int]) -> set[int]:
    """Which of these people, of those who are still there, see at least one of some files."""
    living = access.living_users().where(User.id.in_([id for id in people if id is not None]))
    viewers = access.viewers_of(db.session.scalars(living).all())
    return {who for id in ids for who in kinds.seeing(Customer, id, viewers)}


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """What was made one, or is apart again, for who sees it. The files that are gone are named for whoever might see
    them. Four statements.
    """
    ids = {id for row in rows for id in _files(row)}
    seen = asked.seen(ids, viewer)
    called = {file.id: f"{file.shown_name} · {file.number}" for file in merged.seen(sorted(ids), viewer)}
    people = select(User.id, User.name).where(User.id.in_({row.facts["by"] for row in rows}))
    by = dict(db.session.execute(people).all())
    return {
        row.id: _apart(row, seen, called, by) if row.facts["apart"] else _together(row, seen, called, by)
        for row in rows
        if (row.facts["apart"] and seen.keys() & set(_files(row))) or row.facts["into"] in seen
    }


def _files(row: Notification) -> list[int]:
    return [row.facts["into"], *row.facts["gone"]]


def _together(
    row: Notification, seen: Mapping[int, Customer], called: Mapping[int, str], by: Mapping[int, str]
) -> Told:
    file = seen[row.facts["into"]]
    text = _(
        "%(name)s merged files into %(file)s",
        name=by.get(row.facts["by"], _("Huifang")),
        file=file.shown_name,
    )
    return Told(
        text, [called[id] for id in row.facts["gone"] if id in called], "customers.show", {"id": file.id}
    )


def _apart(
    row: Notification, seen: Mapping[int, Customer], called: Mapping[int, str], by: Mapping[int, str]
) -> Told:
    ids = [id for id in [*row.facts["gone"], row.facts["into"]] if id in seen]
    text = _(
        "%(name)s took a merge back: the files are apart again", name=by.get(row.facts["by"], _("Huifang"))
    )
    return Told(text, [called[id] for id in ids if id in called], "customers.show", {"id": seen[ids[0]].id})
