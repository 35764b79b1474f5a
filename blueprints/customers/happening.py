"""On the timeline of a file: changes that colleagues go by, what was merged into it, needs, consents and exit talks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import merged, words
from blueprints.customers.models import Customer, CustomerMerge
from blueprints.customers.particulars import Consent, ExitTalk, Need
from core import timelines
from core.changes import Change
from core.effects import MADE
from core.timelines import RECORD_ID, Asked, Source
from core.words import _l

KIND = "change"
COLUMNS = ("owner_id", "status", "lost_reason", "tier", "intent")
KNOWN = frozenset({timelines.AUTHOR})
TALKED, MERGED = ExitTalk.customer_id == RECORD_ID, CustomerMerge.into_id == RECORD_ID
NEEDED, SAID = Need.customer_id == RECORD_ID, Consent.customer_id == RECORD_ID
MET = NEEDED & Need.met_on.is_not(None)


def changes() -> Source:
    """What was changed of a customer that colleagues go by."""
    return Source(KIND, _l("Changes"), "customers/_moment.html", _changed, KNOWN, _authors)


def exits() -> Source:
    """Why they left, as they said themselves."""
    return Source("exit", _l("Exit talks"), "customers/_exit_moment.html", _exits, KNOWN, _talkers, TALKED)


def _talkers(customer: Customer) -> Select[Any]:
    return select(ExitTalk.talked_by_id).where(ExitTalk.customer_id == customer.id)


def _exits(asked: Asked) -> Iterator[tuple[datetime, int, ExitTalk]]:
    for talk in timelines.rows(_talks, asked).scalars():
        yield timelines.start_of(talk.on_day), talk.id, talk


def _talks(asked: Asked) -> Select[Any]:
    mine = select(ExitTalk).where(TALKED).options(joinedload(ExitTalk.talked_by))
    if asked.author is not None:
        mine = mine.where(ExitTalk.talked_by_id == asked.author)
    return timelines.newest_days(mine, asked, "exit", ExitTalk.on_day, ExitTalk.id)


def needs() -> Source:
    """What they need, on the day since when."""
    return Source("need", _l("Needs"), "customers/_need_moment.html", _needed, seldom=NEEDED)


def met() -> Source:
    """Needs that were met, on the day on which."""
    return Source("met", _l("Needs met"), "customers/_met_moment.html", _met, seldom=MET)


def _needed(asked: Asked) -> Iterator[tuple[datetime, int, Need]]:
    for need in timelines.rows(_since, asked).scalars():
        yield timelines.start_of(need.since), need.id, need


def _since(asked: Asked) -> Select[Any]:
    mine = select(Need).where(NEEDED)
    return timelines.newest_days(mine, asked, "need", Need.since, Need.id)


def _met(asked: Asked) -> Iterator[tuple[datetime, int, Need]]:
    for need in timelines.rows(_met_on, asked).scalars():
        yield timelines.start_of(need.met_on), need.id, need


def _met_on(asked: Asked) -> Select[Any]:
    mine = select(Need).where(MET)
    return timelines.newest_days(mine, asked, "met", Need.met_on, Need.id)


def consents() -> Source:
    """What they said about being contacted."""
    return Source(
        "consent", _l("Consents"), "customers/_consent_moment.html", _consents, KNOWN, _recorders, SAID,
    )  # fmt: skip


def _recorders(customer: Customer) -> Select[Any]:
    return select(Consent.recorded_by_id).where(Consent.customer_id == customer.id)


def _consents(asked: Asked) -> Iterator[tuple[datetime, int, Consent]]:
    for consent in timelines.rows(_said, asked).scalars():
        yield timelines.start_of(consent.on_day), consent.id, consent


def _said(asked: Asked) -> Select[Any]:
    mine = select(Consent).where(SAID).options(joinedload(Consent.recorded_by))
    if asked.author is not None:
        mine = mine.where(Consent.recorded_by_id == asked.author)
    return timelines.newest_days(mine, asked, "consent", Consent.on_day, Consent.id)


@dataclass(frozen=True)
class Merge:
    """A file that was merged into this one, None where the reader might not see it; by whom, and in which change."""

    id: int
    at: datetime
    by: str
    file: Customer | None
    set_id: int | None


def merges() -> Source:
    """Which files were merged into this one."""
    return Source(
        "merge", _l("Merged files"), "customers/_merge_moment.html", _merges, KNOWN, _mergers, MERGED
    )


def _mergers(customer: Customer) -> Select[Any]:
    return select(CustomerMerge.by_id).where(CustomerMerge.into_id == customer.id)


def _merges(asked: Asked) -> Iterator[tuple[datetime, int, Merge]]:
    found: Any = timelines.rows(_merged, asked).all()
    files = {file.id: file for file in merged.seen([row.gone_id for row, _by, _set in found], asked.viewer)}
    for row, by, set_id in found:
        yield row.created_at, row.id, Merge(row.id, row.created_at, by, files.get(row.gone_id), set_id)


def _merged(asked: Asked) -> Select[Any]:
    made = (Change.record_table == CustomerMerge.__tablename__) & (Change.record_id == CustomerMerge.id)
    mine: Any = select(CustomerMerge, User.name, Change.set_id).where(CustomerMerge.into_id == RECORD_ID)
    mine = mine.join(User, User.id == CustomerMerge.by_id).outerjoin(Change, made & (Change.action == MADE))
    if asked.author is not None:
        mine = mine.where(CustomerMerge.by_id == asked.author)
    return timelines.newest(mine, asked, "merge", CustomerMerge.created_at, CustomerMerge.id)


def _authors(customer: Customer) -> Select[Any]:
    return access.changers(Customer.__tablename__, customer.id, COLUMNS)


def _changed(asked: Asked) -> Iterator[tuple[datetime, int, Any]]:
    labels = {str(words.FIELDS[name]) for name in COLUMNS}
    for entry in access.changes_of(Customer.__tablename__, COLUMNS, labels, asked, KIND):
        yield entry.change_set.at, entry.id, entry
