"""What people of the demonstration company asked others to decide on: a claim, changes of owner, and an export.

And who decides while one of them is away.
"""

from __future__ import annotations

from dataclasses import dataclass

from blueprints.access import queries as access
from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.home.demo import company
from blueprints.home.demo.days import Days
from blueprints.office import actions as office

CLAIM = "秋季展会上我先加了采购的微信，也报过一次价，客户一直在和我谈。"
CLOSER = "客户搬到宁波了，离二部更近，韩雪去过一次。"
LEAVING = "我月底离开，合同期内先由李雷接手，客户也认识他。"


@dataclass(frozen=True)
class Asked:
    """A request about a customer: who asks, how many working days ago, and for whom (None: for themselves, a claim)."""

    of: str
    by: str
    ago: int
    at: str
    reason: str
    owner: str | None = None


REQUESTS = (
    Asked("杭州宏图广告传媒有限公司", "sales2a", 1, "14:20", CLAIM),
    Asked("绍兴天成纺织品有限公司", "lead1", 1, "16:05", CLOSER, "sales2a"),
    Asked("杭州谷雨文化创意有限公司", "sales1b", 1, "16:30", LEAVING, "sales1a"),
)
LIST = "tier=a&tier=b"
SEATS = "下周新品体验会的邀请名单，交给会务核对座位，不需要电话。"
LISTED = (1, "17:20")  # working days ago, and when, the lead asked for a list
AWAY = (8, 10)  # the working days from now on between which the lead is away
MET = 15  # working days ago, the claimant says


def ask(asked: Asked, customer: Customer, days: Days) -> None:
    """Make the request."""
    by = access.viewer_of(company.the(asked.by))
    if asked.owner is not None:
        customers.ask_for_owner(customer, company.the(asked.owner), by=by, reason=asked.reason)
        return
    met_on = days.day(days.workdays_back(0, MET))
    customers.claim(customer, by=by, called=customer.name, reason=asked.reason, met_on=met_on)


def ask_for_list() -> None:
    """A lead, who may not export by himself, asks for the list of important customers."""
    by = access.viewer_of(company.the("lead1"))
    customers.ask_to_export(LIST, by=by, format="csv", clear=False, reason=SEATS)


def name_deputy() -> None:
    """A lead names the manager his deputy."""
    lead = company.the("lead1")
    office.name_deputy(lead, company.the("manager"), by=access.viewer_of(lead), version=0)


def note_away(days: Days) -> None:
    """He is away for some days from now."""
    lead = company.the("lead1")
    first, last = (days.day(days.workdays_back(0, -n)) for n in AWAY)
    office.note_away(lead, first, last, by=access.viewer_of(lead))
