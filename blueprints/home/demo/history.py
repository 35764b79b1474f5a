"""The contacts of a customer, from the last one back: by pace, with tries in between, on working days."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from blueprints.home.demo import texts
from blueprints.home.demo.days import HISTORY, Days
from blueprints.home.demo.plain import PACES, File, Next, Said

# Share of contacts that came in time, week by week; the last one is the present week.
ON_TIME = (61, 66, 70, 74, 73, 52, 71, 76, 79, 81, 82, 84, 86)
CHANNELS = {
    "a": {"phone": 40, "visit": 30, "wechat": 20, "meeting": 5, "received": 5},
    "b": {"phone": 55, "wechat": 28, "visit": 12, "received": 5},
    "c": {"wechat": 48, "phone": 42, "mail": 5, "received": 5},
    "d": {"wechat": 60, "phone": 30, "sms": 10},
    "high": {"phone": 50, "visit": 30, "wechat": 20},
    "middle": {"phone": 55, "wechat": 35, "visit": 10},
    "low": {"wechat": 60, "phone": 40},
}
OTHER_CHANNELS = {"phone": 70, "wechat": 30}
ABROAD = {"mail": 70, "meeting": 20, "phone": 10}
PURPOSES = {
    "active": {"routine": 62, "renewal": 12, "delivery": 8, "quote": 8, "sample": 4, "festival": 6},
    "prospect": {"needs": 40, "quote": 35, "sample": 15, "contract": 10},
    "lead": {"first_contact": 100},
    "dormant": {"win_back": 100},
    "lost": {"win_back": 100},
}
MINUTES = {"phone": (2, 15), "visit": (30, 90), "meeting": (30, 60), "received": (20, 60)}
MOODS = {"satisfied": 30, "calm": 55, "hesitant": 12, "dissatisfied": 3}


def group_of(file: File) -> str:
    """The group whose pace the customer follows."""
    status, intent = file.columns["status"], file.columns.get("intent", "none")
    if status in ("lead", "dormant", "lost"):
        return str(status)
    return str(intent if status == "prospect" and intent != "none" else file.columns.get("tier", "none"))


def made(chance: Random, days: Days, file: File, last: int, state: str) -> tuple[Said, ...]:
    """All contacts of a file, the oldest first; the last one that counts was `last` days ago."""
    group = group_of(file)
    found = [*_tries_since(chance, days, file, last)] if state == "due" else []
    ago = last
    while ago <= min(file.born, max(HISTORY, last)):
        found.append(_talk(chance, file, ago, newest=ago == last))
        gap = _gap(chance, group, ago)
        if chance.random() < 0.2:
            found += _try_before(chance, days, file, ago, gap)
        ago = days.worked(ago + gap)
    return tuple(sorted(found, key=lambda said: (-said.ago, said.at)))


def _gap(chance: Random, group: str, ago: int) -> int:
    """Days to the contact before: within the standard interval as often as that week had it, else longer."""
    pace = PACES[group]
    week = len(ON_TIME) - 1 - min(ago // 7, len(ON_TIME) - 1)
    if chance.randrange(100) < ON_TIME[week]:
        return chance.randint(max(1, pace.standard * 2 // 3), pace.standard)
    return chance.randint(pace.standard + 1, max(pace.standard + 2, pace.longest + 3))


def channel(chance: Random, file: File) -> str:
    """How somebody like this is reached."""
    weights = ABROAD if "country" in file.columns else CHANNELS.get(group_of(file), OTHER_CHANNELS)
    return chance.choices(list(weights), list(weights.values()))[0]


def purpose(chance: Random, file: File) -> str:
    """What one talks about with somebody like this."""
    weights = PURPOSES[file.columns["status"]]
    return chance.choices(list(weights), list(weights.values()))[0]


def hour(chance: Random) -> str:
    """A minute of the office hours."""
    at = chance.choice((9, 9, 10, 10, 10, 11, 14, 14, 15, 15, 16, 17))
    return f"{at:02d}:{chance.randint(1, 58):02d}"


def _talk(chance: Random, file: File, ago: int, *, newest: bool) -> Said:
    by, about = channel(chance, file), purpose(chance, file)
    minutes = chance.randint(*MINUTES[by]) if by in MINUTES else None
    cold = file.columns["status"] in ("lost", "dormant") or file.columns.get("intent") == "low"
    if cold and not newest and chance.random() < 0.25:
        reason = chance.choice(texts.REFUSALS)
        return Said(ago, by, "refused", texts.refused(reason), about, hour(chance), minutes, "calm", reason)
    mood = chance.choices(list(MOODS), list(MOODS.values()))[0] if chance.random() < 0.6 else None
    return Said(ago, by, "reached", texts.reached(chance, about), about, hour(chance), minutes, mood)


def _try_before(chance: Random, days: Days, file: File, ago: int, gap: int) -> list[Said]:
    """A try that failed, one or two working days before the talk, if there is room."""
    earlier = days.workdays_back(ago, chance.randint(1, 2))
    if not ago < earlier < min(ago + gap, file.born):
        return []
    return [_try(chance, file, earlier)]


def _tries_since(chance: Random, days: Days, file: File, last: int) -> list[Said]:
    """For some of those who are due: a call of yesterday that nobody took, to be made again today."""
    yesterday = days.workdays_back(0, 1)
    if yesterday >= last or chance.random() < 0.75:
        return []
    said = _call(chance, file, yesterday)
    return [replace(said, next=Next(0, "pm" if said.at < "12" else "am", "phone"))]


def _try(chance: Random, file: File, ago: int) -> Said:
    if chance.random() < 0.7:
        return _call(chance, file, ago)
    text = texts.unanswered(chance, "sent_no_reply")
    return Said(ago, "wechat", "sent_no_reply", text, purpose(chance, file), hour(chance))


def _call(chance: Random, file: File, ago: int) -> Said:
    outcome = chance.choice(("no_answer", "no_answer", "off", "hung_up"))
    return Said(ago, "phone", outcome, texts.unanswered(chance, outcome), purpose(chance, file), hour(chance))
