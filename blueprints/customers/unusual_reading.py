"""The alarm on unusual reading: whoever opens more files, takes more attached ones or looks at more masked values in
a day than is usual, their lead is told, once a day.

A job counts what the journal holds of the day, every few minutes, in one statement for the whole company. A file is
opened by a GET, which could not tell anybody of it, and costs nothing more for being counted. What was read while no
worker ran is counted by the next run: it begins with the day of the last one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, case, cast, func, or_, select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers.everything import JOURNALED as MADE
from blueprints.customers.readings import OPENED, REVEALED
from blueprints.office.queries import ATTACHMENT_TAKEN as TAKEN
from core import clock, notifications, settings
from core.db import db, reading
from core.jobs import DONE, Job
from core.journal import JournalEntry
from core.languages import day as day_in_words
from core.languages import number
from core.notifications import Notification, Told
from core.rights import Right, Viewer
from core.words import _
from core.working import Work

KIND = "customers.unusual_reading"
JOB = "customers.reading_counted"
LOOKED_UP = "looked_up"
EVERY = timedelta(minutes=5)
MOST_FILES, MOST_NUMBERS = "customers.most_files_a_day", "customers.most_numbers_a_day"
MOST_DAYS_BACK = 7
COUNTS = ("files", "most_files", "numbers", "most_numbers", "attachments")


@dataclass(frozen=True)
class Reader:
    """How many files a person opened on a day with their numbers in clear, how many masked values they saw, how many
    attached files they took, and how many customers of others their imports met.
    """

    user_id: int
    day: date
    files: int
    numbers: int
    attachments: int = 0
    met: int = 0

    @property
    def key(self) -> str:
        """What names the event: one for a person and a day."""
        return f"{self.user_id} {self.day}"


def watch(work: Work) -> dict[str, int]:
    """Tell the leads of all who read an unusual amount; answers of how many people."""
    with reading():  # so that counting holds up nobody who writes
        found = [reader for day in _days() for reader in unusual_readers(day)]
        news = _not_told_yet(found)
        db.session.rollback()
    return {"told": _tell(news) if news else 0}


def _days() -> list[date]:
    """Today, and before it the days since this was last done, a week at most."""
    today = clock.today()
    last = db.session.scalar(select(func.max(Job.ended_at)).where(Job.kind == JOB, Job.state == DONE))
    back = (today - clock.day_of(last)).days if last else 0
    return [today - timedelta(days=n) for n in range(max(0, min(back, MOST_DAYS_BACK)), -1, -1)]


def unusual_readers(day: date) -> list[Reader]:
    """Who read more than is usual on a day, each file and each value counted once; one statement."""
    kind = JournalEntry.kind
    files = func.count(case((kind.in_((OPENED, MADE)), JournalEntry.record_id)).distinct())
    numbers = func.count(case((kind == REVEALED, _value())).distinct())
    taken = func.count(case((kind == TAKEN, JournalEntry.details["attachment"].as_string())).distinct())
    met = func.coalesce(func.sum(case((JournalEntry.details["by"].as_string() == "import", _met()))), 0)
    begin, end = (clock.at(on, datetime.min.time()) for on in (day, day + timedelta(days=1)))
    most_files, most_numbers = _most()
    counted = (
        select(JournalEntry.user_id, files, numbers, taken, met)
        .where(
            kind.in_((OPENED, MADE, REVEALED, TAKEN, LOOKED_UP)),
            JournalEntry.at >= begin,
            JournalEntry.at < end,
        )
        .group_by(JournalEntry.user_id)
        .having(or_(files + met > most_files, numbers > most_numbers, taken > most_files))
        .order_by(JournalEntry.user_id)
    )
    rows = db.session.execute(counted)
    return [Reader(user_id, day, *counts) for user_id, *counts in rows if user_id is not None]


def _value() -> Any:
    """What masked value an entry tells of: a number, a paper or account, or a custom field of a customer."""
    point, paper, field = (
        JournalEntry.details[name].as_string() for name in ("point", "paper", "custom_field")
    )
    return func.coalesce(point, "paper/" + paper, cast(JournalEntry.record_id, String) + "/" + field)


def _met() -> Any:
    """The customers that an import told of, and those of whom it kept it back."""
    found, beyond = (JournalEntry.details[name].as_integer() for name in ("found", "beyond"))
    return func.coalesce(found, 0) + func.coalesce(beyond, 0)


def _most() -> tuple[int, int]:
    return int(settings.get(MOST_FILES)), int(settings.get(MOST_NUMBERS))


def _not_told_yet(readers: Sequence[Reader]) -> list[Reader]:
    known = notifications.known(KIND, [reader.key for reader in readers]) if readers else set()
    return [reader for reader in readers if reader.key not in known]


def _tell(readers: Sequence[Reader]) -> int:
    """Tell the leads of each; whoever may see the audit pages where nobody leads. Never the reader."""
    leads = access.leads_of([reader.user_id for reader in readers])
    otherwise = access.holder_ids(Right.ACCESS_AUDIT)
    most_files, most_numbers = _most()
    told = 0
    for reader in readers:
        sent = notifications.notify(
            KIND, leads[reader.user_id] or otherwise - {reader.user_id},
            key=reader.key, about=(User.__tablename__, reader.user_id), day=str(reader.day), files=reader.files,
            numbers=reader.numbers, attachments=reader.attachments, met=reader.met, most_files=most_files,
            most_numbers=most_numbers,
        )  # fmt: skip
        told += bool(sent)
    return told


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """What leads above the person, and readers of the audit pages, may know: how much, but of no customer.

    Five statements at most.
    """
    audits = viewer.may(Right.ACCESS_AUDIT)
    people = {row.record_id for row in rows if row.record_id is not None}
    seen = people if audits else access.led_by(viewer, people)
    if not seen:
        return {}
    names, usernames = _names(seen), _usernames(seen) if audits else {}
    hint = "" if audits else _whom_to_ask(viewer)
    return {
        row.id: _told(row.facts, names[row.record_id], usernames.get(row.record_id), hint)
        for row in rows
        if row.record_id in seen
    }


def _names(user_ids: Collection[int]) -> dict[int, str]:
    """Person → name, told apart from all namesakes."""
    called = select(User.name).where(User.id.in_(user_ids))
    return dict(access.named(select(User).where(User.name.in_(called)), by=User.id))


def _usernames(user_ids: Collection[int]) -> dict[int, str]:
    return dict(db.session.execute(select(User.id, User.username).where(User.id.in_(user_ids))).all())


def _whom_to_ask(viewer: Viewer) -> str:
    names = access.holders(Right.ACCESS_AUDIT, but=viewer.id)
    if not names:
        return ""
    return _("Which they were is in the security journal: ask %(names)s.", names=_(", ").join(names))


def _told(facts: Mapping[str, Any], name: str, username: str | None, hint: str) -> Told:
    """In words; with the user name, a link to what the journal holds of that day."""
    day = date.fromisoformat(facts["day"])
    text = _("%(name)s read an unusual amount on %(day)s", name=name, day=day_in_words(day))
    counts = _(
        "Files opened with their numbers in clear: %(files)s (usually up to %(most_files)s a day); masked "
        "numbers looked at: %(numbers)s (up to %(most_numbers)s); attached files taken: %(attachments)s (up to "
        "%(most_files)s).",
        **{count: number(facts.get(count, 0)) for count in COUNTS},
    )
    said = [counts]
    if met := facts.get("met"):
        said.append(_("Customers of others that their imports met: %(met)s.", met=number(met)))
    if username is None:
        return Told(text, (*said, hint) if hint else tuple(said))
    passed = [
        kind
        for kind, count, most in (
            (OPENED, "files", "most_files"), (REVEALED, "numbers", "most_numbers"),
            (TAKEN, "attachments", "most_files"),
        )
        if facts.get(count, 0) > facts[most]
    ]  # fmt: skip
    kind = passed[0] if len(passed) == 1 else LOOKED_UP if not passed else None
    values = {"person": username, "since": facts["day"], "until": facts["day"], "kind": kind}
    return Told(text, tuple(said), "audit.journal", values)
