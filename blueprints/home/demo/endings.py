"""How files of the demonstration company begin and end: what an older system knew, one put away, and one erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from blueprints.access import queries as access
from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.home.demo import company
from blueprints.home.demo.days import Days
from blueprints.home.demo.plain import File
from blueprints.interactions import actions as contacts

ARCHIVED_BY, CLOSED = "lead2", "公司已注销，电话停机，工商系统也查不到了"
GUEST = {"name": "章晨曦", "kind": "person", "phone": "138 0000 7316", "status": "lead", "source": "website"}
GUEST_OF, ERASED_BY, WISH = "lead1", "manager", "本人来函要求，身份已核对"
CAME, ERASED = 16, 3  # working days ago


@dataclass(frozen=True)
class Past:
    """A contact of the years before, as the older system kept it."""

    of: str
    ago: int
    author: str
    channel: str
    summary: str


PAST = (
    Past("鼎盛集团有限公司", 512, "manager", "meeting", "集团采购会上认识，五家公司的打印分开采购。"),
    Past("华兴科技有限公司", 421, "sales1a", "visit", "第一次上门，看了两层楼的机器，王敏接待。"),
    Past("杭州瑞丰贸易有限公司", 388, "lead1", "visit", "试用一台黑白机，说单据打得清楚。"),
    Past("华兴科技有限公司", 366, "sales1a", "phone", "报价收到了，月底前定。"),
    Past("华兴科技有限公司", 287, "sales1b", "visit", "装机那天李雷不在，我去的，教了前台换硒鼓。"),
    Past("杭州瑞丰贸易有限公司", 254, "sales1a", "wechat", "问墨粉能不能按季度送，答应了。"),
)


def bring_in(files: Mapping[str, Customer], days: Days) -> None:
    """The contacts of the older system, each with its author and day."""
    rows = [
        (
            files[past.of].id,
            {
                "day": days.day(days.worked(past.ago)),
                "author": past.author,
                "channel": past.channel,
                "summary": past.summary,
            },
        )
        for past in PAST
    ]
    contacts.import_past(rows, by=access.viewer_of(company.the("manager")))


def closed(files: Iterable[File]) -> File:
    """The customer who went out of business: of the lost ones of a lead, whoever was not heard of for longest."""
    lost = [file for file in files if file.owner == ARCHIVED_BY and file.columns["status"] == "lost"]
    return max(lost, key=lambda file: (file.said[-1].ago, file.name))


def archive(customer: Customer) -> None:
    """Put the file of one who went out of business away."""
    customers.archive(customer, by=access.viewer_of(company.the(ARCHIVED_BY)), reason=CLOSED)


def welcome() -> Customer:
    """Make the file of somebody who left their number on the website."""
    by = company.the(GUEST_OF)
    return customers.create({**GUEST, "owner": by}, access.viewer_of(by))


def erase(customer: Customer) -> None:
    """Erase it for good, as its person asked. What is invented leaves no trace that had to be scrubbed."""
    customers.erase([customer.id], ground="asked", reason=WISH, by_id=company.the(ERASED_BY).id, scrub=False)
