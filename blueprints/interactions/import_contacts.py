"""Past contacts from a file: how their cells are read, whose they are, which are on file already, and writing them.

The same contact (customer, day, author, channel, outcome, summary) is taken once, however often a file is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers.models import Customer
from blueprints.customers.words import CHANNELS
from blueprints.interactions import history, rules, words
from blueprints.interactions.models import Interaction, PlannedContact
from blueprints.interactions.refreshing import refresh
from core import changes, clock, converting, importextras
from core.bulk import chunks
from core.converting import Doubt
from core.dates import day
from core.db import db
from core.errors import RuleBroken
from core.importextras import Extra
from core.importways import FROM_A_LIST
from core.mapping import Field
from core.names import nfc, shadow
from core.rights import Right, Viewer
from core.words import _l

VERB = "interaction.imported"
LONGEST = 4_000
FIRST_YEAR = 1990
PREFIX = "contact_"
_SYNONYMS = {
    "day": (
        "沟通日期", "跟进日期", "跟进时间", "沟通时间", "联系日期", "Contact date", "Contact: day", "contact_day",
        "Activity Date", "Follow-up date",
    ),
    "author": (
        "沟通人", "跟进人员", "记录人", "Contact author", "Contact: author", "contact_author", "Logged by",
        "Activity Owner",
    ),
    "channel": (
        "沟通方式", "跟进方式", "Contact channel", "Contact: channel", "contact_channel", "Activity Type",
    ),
    "summary": (
        "沟通内容", "跟进内容", "跟进记录", "沟通记录", "Contact summary", "Contact: summary", "contact_summary",
        "Activity Notes",
    ),
    "outcome": ("沟通结果", "跟进结果", "Contact outcome", "Contact: outcome", "contact_outcome", "Activity Result"),
}  # fmt: skip
_CHANNELS = {
    "phone": ("电话", "打电话", "去电", "来电", "Call", "Telephone"),
    "wechat": ("微信", "WeChat"),
    "wecom": ("企业微信", "企微", "WeCom"),
    "visit": ("上门拜访", "拜访", "上门", "Visit"),
    "received": ("来访", "到访", "they came"),
    "meeting": ("会议", "会面", "见面", "Meeting"),
    "sms": ("短信", "SMS", "Text"),
    "mail": ("邮件", "电子邮件", "Email", "E-mail"),
    "webchat": ("在线客服", "网页聊天", "Web chat", "Chat"),
    "social": ("社交媒体", "Social"),
}
_OUTCOMES = {
    "reached": ("已沟通", "接通", "有效沟通", "成功", "Connected"),
    "no_answer": ("无人接听", "未接通", "未接", "No answer"),
    "off": ("关机", "停机"),
    "wrong_number": ("空号", "号码错误", "Wrong number"),
    "hung_up": ("挂断", "Hung up"),
    "sent_no_reply": ("已发送未回复", "未回复", "No reply"),
    "call_later": ("稍后再联系", "稍后联系", "Call later"),
    "refused": ("拒绝", "Refused"),
    "mass": ("群发", "Mass message"),
}


class Said(NamedTuple):
    """A contact as a row tells of it, with its author: what is told twice is one."""

    on_day: date
    author_id: int
    channel: str
    outcome: str
    summary: str

    @property
    def mark(self) -> tuple[Any, ...]:
        """By what it is told from other contacts of the customer; white space does not count."""
        return (*self[:4], "".join(self.summary.split()))


def _past(cell: str, days: str = "") -> date | Doubt:
    found = day(cell, days)
    meant = found.value if isinstance(found, Doubt) else found
    if meant > clock.today():
        raise RuleBroken(
            _l("%(day)s has not come yet. Only past contacts are imported.", day=meant.isoformat())
        )
    if meant.year < FIRST_YEAR:
        raise RuleBroken(_l("%(day)s is too long ago to be a contact.", day=meant.isoformat()))
    return found


def _text(most: int) -> Any:
    def read(cell: str) -> str:
        text = "\n".join(nfc(row) for row in cell.split("\n")).strip()
        if len(text) > most:
            raise RuleBroken(_l("“%(value)s…” is longer than %(n)s characters.", value=text[:40], n=most))
        return text

    return read


def fields(prefix: str = "", *, required: bool) -> list[Field]:
    """What columns can fill of a contact; `prefix` tells them from fields of the same name beside them."""

    def a_field(name: str, label: Any, convert: Any, **facts: Any) -> Field:
        return Field(f"{prefix}{name}", label, _SYNONYMS[name], convert=convert, **facts)

    return [
        a_field("day", _l("Contact: day"), _past, required=required, dated=True),
        a_field("author", _l("Contact: author"), _text(120)),
        a_field("channel", _l("Contact: channel"), converting.choice(_CHANNELS, CHANNELS), required=required),
        a_field("summary", _l("Contact: summary"), _text(LONGEST)),
        a_field("outcome", _l("Contact: outcome"), converting.choice(_OUTCOMES, words.OUTCOMES)),
    ]


class Contacts:
    """The contacts that rows tell of, as a person who imports them."""

    def __init__(self, by: Viewer) -> None:
        self.by = by

    def said(self, values: Mapping[str, Any], prefix: str = "") -> Said | None:
        """What a row tells of a contact; None if it tells of none. Raises RuleBroken."""
        told: dict[str, Any] = {name: values.get(f"{prefix}{name}") for name in _SYNONYMS}
        if not any(told.values()):
            return None
        for name, label in (("day", _l("Contact: day")), ("channel", _l("Contact: channel"))):
            if not told[name]:
                raise RuleBroken(_l("“%(field)s” is empty.", field=label), f"{prefix}{name}")
        outcome = told["outcome"] or "reached"
        if outcome not in rules.OUTCOMES_OF[told["channel"]]:
            raise RuleBroken(_l("This outcome does not go with this channel."), f"{prefix}outcome")
        author = self._author(told["author"], f"{prefix}author") if told["author"] else self.by.id
        return Said(told["day"], author, told["channel"], outcome, told["summary"] or "")

    def _author(self, written: str, field: str) -> int:
        """Whom a cell names by user name, staff number, or a name that one person has, also who has left since."""
        found = self._people.get(written.strip().lower()) or self._named.get(
            shadow(written, company=False), ()
        )
        if not found:
            raise RuleBroken(_l("Nobody here is called “%(value)s”.", value=written[:60]), field)
        if len(found) > 1:
            raise RuleBroken(
                _l("Several people are called “%(value)s”. Write the staff number.", value=written[:60]),
                field,
            )
        return next(iter(found))

    @cached_property
    def _rows(self) -> Sequence[Any]:
        return db.session.execute(select(User.id, User.username, User.staff_number, User.name)).all()

    @cached_property
    def _people(self) -> Mapping[str, Collection[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for row in self._rows:
            for key in filter(None, (row.username, row.staff_number)):
                found[key.lower()].add(row.id)
        return found

    @cached_property
    def _named(self) -> Mapping[str, Collection[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for row in self._rows:
            found[shadow(row.name, company=False)].add(row.id)
        return found

    @staticmethod
    def on_file(ids: Iterable[int], since: date) -> dict[int, set[Any]]:
        """Customer id → marks of the contacts since a day that are on file."""
        held: dict[int, set[Any]] = defaultdict(set)
        columns = (Interaction.on_day, Interaction.author_id, Interaction.channel, Interaction.outcome)
        for some in chunks(sorted(ids)):
            rows = select(Interaction.customer_id, *columns, Interaction.summary).where(
                Interaction.customer_id.in_(some), Interaction.happened_at >= clock.at(since, time.min)
            )
            for id, on_day, author_id, channel, outcome, summary in db.session.execute(rows):
                held[id].add(Said(on_day, author_id, channel, outcome, summary or "").mark)
        return held

    def write(self, told: Sequence[tuple[int, Said]]) -> None:
        """Record contacts: customer id and what was said; the dates of the customers follow."""
        if not told:
            return
        teams = access.main_team_ids({said.author_id for _id, said in told})
        ids = sorted({id for id, _said in told})
        judged = {
            row.id: row
            for some in chunks(ids)
            for row in db.session.execute(
                select(Customer.id, Customer.tier, Customer.owner_id).where(Customer.id.in_(some))
            )
        }
        rows = [self._row(said, judged[id], teams) for id, said in told]
        changes.bulk_insert(Interaction, rows)
        met = sorted({row["customer_id"] for row in rows if row["counts"]})
        for some in chunks(met):
            first = (PlannedContact.purpose == "first_contact") & PlannedContact.made_by_id.is_(None)
            open_ones = first & (PlannedContact.state == "open") & PlannedContact.customer_id.in_(some)
            changes.bulk_update(PlannedContact, open_ones, {"state": "replaced"})
        refresh(ids)

    def read(self, values: Mapping[str, Any]) -> Said | None:
        """What a row of a list of customers brings along."""
        return self.said(values, PREFIX)

    def held(self, ids: Collection[int]) -> Mapping[int, set[Any]]:
        """Customer id → marks of all its contacts."""
        return self.on_file(ids, date(FIRST_YEAR, 1, 1))

    def _row(self, said: Said, customer: Any, teams: Mapping[int, int]) -> dict[str, Any]:
        late = said.on_day < clock.today()
        return {
            "customer_id": customer.id, "person_id": None, "author_id": said.author_id,
            "recorded_by_id": self.by.id, "team_id": teams.get(said.author_id), "channel": said.channel,
            "direction": "they" if said.channel == "received" else "we", "outcome": said.outcome,
            "happened_at": min(clock.at(said.on_day), clock.now()), "on_day": said.on_day,
            "summary": said.summary or None, "refusal_reason": "other" if said.outcome == "refused" else None,
            "counts": rules.resets(
                said.outcome, purpose=None, tier=customer.tier, by_owner=said.author_id == customer.owner_id,
                aside=history.aside_purposes(),
            ),
            "late": late, "late_reason": FROM_A_LIST if late else None,
        }  # fmt: skip


def import_past(rows: Iterable[tuple[int, Mapping[str, Any]]], *, by: Viewer) -> None:
    """Record past contacts: customer id and what `fields` would read of a row, in one change set. Raises RuleBroken."""
    changes.record(VERB)
    contacts = Contacts(by)
    told = [(id, contacts.said(values)) for id, values in rows]
    contacts.write([(id, said) for id, said in told if said is not None])


importextras.declare(
    Extra(
        "contacts", Right.INTERACTIONS_IMPORT, lambda: fields(PREFIX, required=False), Contacts,
        tables=(Interaction.__tablename__,),
    )
)  # fmt: skip
