"""The words for the stored codes of contacts, and the sentences that are made of facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from blueprints.customers.words import CHANNELS
from blueprints.interactions.proposals import Proposal
from blueprints.interactions.reasons import Reason
from blueprints.interactions.rhythms import Rhythm
from core.languages import day as day_words
from core.words import _, _l, ngettext

OUTCOMES = {
    "reached": _l("reached"),
    "no_answer": _l("no answer"),
    "off": _l("phone off"),
    "hung_up": _l("hung up"),
    "wrong_number": _l("wrong number"),
    "sent_no_reply": _l("sent, no reply"),
    "call_later": _l("asked to call later"),
    "refused": _l("refused"),
    "mass": _l("mass message"),
}
DIRECTIONS = {"we": _l("we contacted them"), "they": _l("they contacted us")}
PURPOSES = {
    "routine": _l("regular contact"),
    "first_contact": _l("first contact"),
    "needs": _l("learn their needs"),
    "quote": _l("quote follow-up"),
    "sample": _l("sample or trial"),
    "contract": _l("contract"),
    "delivery": _l("after delivery"),
    "collection": _l("payment reminder"),
    "renewal": _l("renewal or repurchase"),
    "survey": _l("satisfaction survey"),
    "complaint": _l("complaint handling"),
    "complaint_callback": _l("call back after a complaint"),
    "festival": _l("festival greeting"),
    "birthday": _l("birthday greeting"),
    "win_back": _l("win back"),
    "introduction": _l("introduction at hand-over"),
    "find_number": _l("find a new number"),
}
REFUSALS = {
    "price": _l("price too high"),
    "no_need": _l("no need at present"),
    "has_supplier": _l("has a supplier"),
    "specification": _l("function or specification does not fit"),
    "delivery_time": _l("delivery time"),
    "terms": _l("terms of payment"),
    "decider": _l("the one who decides is against it"),
    "trust": _l("does not trust or know us"),
    "other": _l("other"),
}
MOODS = {
    "satisfied": _l("satisfied"),
    "calm": _l("calm"),
    "hesitant": _l("hesitant"),
    "dissatisfied": _l("dissatisfied"),
    "angry": _l("angry"),
}
GROUPS = {
    "lead": _l("Lead"),
    "high": _l("Prospect of high intent"),
    "middle": _l("Prospect of middle intent"),
    "low": _l("Prospect of low intent"),
    "tier_a": _l("A customer"),
    "tier_b": _l("B customer"),
    "tier_c": _l("C customer"),
    "tier_d": _l("D customer"),
    "tier_none": _l("Customer not graded"),
    "dormant": _l("Dormant customer"),
    "lost": _l("Lost customer"),
}
HALVES = {"am": _l("morning"), "pm": _l("afternoon")}


def sentence_case(text: Any) -> str:
    """A word as a button shows it: its first letter large."""
    words = str(text)
    return words[:1].upper() + words[1:]


def purpose(code: str | None) -> str:
    """The word for a purpose, empty for none."""
    return str(PURPOSES.get(code, code)) if code else ""


def purpose_code(typed: str) -> str | None:
    """The code of a purpose that was typed as code or as word, None for other text."""
    wanted = typed.strip().casefold()
    return next((code for code, word in PURPOSES.items() if wanted in (code, str(word).casefold())), None)


def person(place: Any) -> str:
    """A contact person as colleagues speak of them: the form of address first, since a caller needs it."""
    names = dict.fromkeys([place.form_of_address, place.name])
    return " ".join(name for name in names if name)


def when(day: date | None, at: str | None = None) -> str:
    """A planned day with its hour or half: Fri 4 Dec 15:00."""
    return _with_hour(day_words(day), at)


def _with_hour(day: str, at: str | None) -> str:
    if at in HALVES:
        return str(_("%(day)s, %(half)s", day=day, half=HALVES[at]))
    return f"{day} {at}" if at else day


def saved(day: date | None, at: str | None = None, channel: str | None = None) -> str:
    """What is said after a contact was recorded: Saved. Next: phone on Fri 4 Dec."""
    if day is None:
        return str(_("Saved."))
    if channel not in CHANNELS:
        return str(_("Saved. Next contact on %(day)s", day=when(day, at)))
    return str(_("Saved. Next: %(channel)s on %(day)s", channel=CHANNELS[channel], day=when(day, at)))


def reason(facts: Reason) -> str:
    """Why a customer stands on the list, in one sentence."""
    who = GROUPS[facts.group]
    if facts.kind in ("agreed", "planned") and facts.planned is not None:
        return _planned(facts)
    if facts.kind == "unmet":
        return str(_("%(who)s, not contacted yet", who=who))
    if facts.kind == "overdue":
        return _overdue(facts, who)
    return _standard(facts, who)


def _planned(facts: Reason) -> str:
    planned = facts.planned
    assert planned is not None
    day = _("today") if facts.for_today else day_words(planned.on_day)
    sentence = _l("Agreed for %(day)s") if planned.agreed else _l("Planned for %(day)s")
    text = str(sentence) % {"day": _with_hour(str(day), planned.at)}
    if not planned.purpose:
        return text
    return _("%(first)s: %(second)s", first=text, second=purpose(planned.purpose))


def _overdue(facts: Reason, who: Any) -> str:
    if facts.in_workdays:
        return ngettext(
            "%(who)s, last contact %(num)s day ago, longest in working days: %(limit)s",
            "%(who)s, last contact %(num)s days ago, longest in working days: %(limit)s",
            facts.days, who=who, limit=facts.limit,
        )  # fmt: skip
    return ngettext(
        "%(who)s, last contact %(num)s day ago, longest %(limit)s",
        "%(who)s, last contact %(num)s days ago, longest %(limit)s",
        facts.days, who=who, limit=facts.limit,
    )  # fmt: skip


def _standard(facts: Reason, who: Any) -> str:
    if facts.in_workdays:
        return ngettext(
            "%(who)s, last contact %(num)s day ago, standard in working days: %(limit)s",
            "%(who)s, last contact %(num)s days ago, standard in working days: %(limit)s",
            facts.days, who=who, limit=facts.limit,
        )  # fmt: skip
    if facts.days == 0:
        return str(_("%(who)s, last contact today, standard %(limit)s", who=who, limit=facts.limit))
    return ngettext(
        "%(who)s, last contact %(num)s day ago, standard %(limit)s",
        "%(who)s, last contact %(num)s days ago, standard %(limit)s",
        facts.days, who=who, limit=facts.limit,
    )  # fmt: skip


def proposal(next: Proposal, rhythm: Rhythm) -> str:
    """Why this next contact is proposed."""
    if next.why == "rhythm" and next.latest is None:
        return _("By rhythm: standard %(standard)s days.", standard=rhythm.standard)
    if next.why == "rhythm":
        return _(
            "By rhythm: standard %(standard)s days, at the latest %(day)s.",
            standard=rhythm.standard, day=day_words(next.latest),
        )  # fmt: skip
    return str(_WHYS[next.why])


_WHYS = {
    "planned": _l("Planned already; it stays unless you change it."),
    "texted": _l("Twice in a row by text alone: call this time."),
    "other_half": _l("No answer: try again in the other half of the next working day."),
    "other_way": _l("Three tries without an answer: another person or another channel."),
    "no_reply": _l("No reply: another channel, in 2 working days."),
    "bad_number": _l("The number is marked as bad: find a new one."),
    "agreed": _l("The agreed day and hour are never moved."),
    "mass": _l("A mass message does not count. The next contact stays as it is."),
    "unwanted": _l("This customer wants no contact at all: nothing is next."),
    "aside": _l("This does not count as a regular contact. The next one stays as it is."),
}


def interval_label(rhythm: Rhythm, name: str) -> Any:
    """How the settings call an interval: its name is standard or longest."""
    who = GROUPS[rhythm.group]
    if rhythm.in_workdays:
        return {
            "standard": _l("%(who)s: standard interval in working days", who=who),
            "longest": _l("%(who)s: longest interval in working days", who=who),
        }[name]
    return {
        "standard": _l("%(who)s: standard interval in days", who=who),
        "longest": _l("%(who)s: longest interval in days", who=who),
    }[name]
