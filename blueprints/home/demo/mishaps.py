"""What stands on the register of incidents: a list sent to the wrong address, settled; a lost phone, still open."""

from __future__ import annotations

from datetime import datetime, timedelta

from blueprints.access import actions as access
from core import clock

NOTED_BY = "admin"
# How many working days ago, and when: found, and put on the register
SENT, SETTLED, LOST = (24, "09:40"), (22, "16:20"), (1, "17:10")


def note_sent(found_at: datetime) -> None:
    """A list sent to somebody else; the authority and the persons were told within a day, and it is closed."""
    told = found_at + timedelta(hours=5)
    access.note_incident(
        {
            "title": "邀请名单发错收件人",
            "found_at": found_at,
            "happened_at": found_at - timedelta(hours=2),
            "what": "体验会邀请名单误发给一家同名会务公司，对方来电告知。",
            "data_kinds": "姓名、公司、职务；不含电话",
            "persons": 12,
            "measures": "对方已书面确认删除；今后名单只用系统导出的链接，不再发附件。",
            "authority": "市网信办",
            "authority_told_at": told,
            "persons_told_at": told,
            "persons_told_how": "由各负责人微信告知，并说明对方已删除。",
            "closed_on": clock.today(),
        }
    )


def note_lost(found_at: datetime) -> None:
    """A phone left behind; who is to be told is not decided yet, and the hours run."""
    access.note_incident(
        {
            "title": "业务员手机遗失",
            "found_at": found_at,
            "what": "拜访途中手机遗失，浏览器里可能还有登录。",
            "data_kinds": "本人客户的姓名和电话",
            "measures": "已结束该手机上的登录并改了密码。",
        }
    )
