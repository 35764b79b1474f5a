"""The words for the stored codes of customer files."""

from __future__ import annotations

from typing import Any

from core import lunar
from core.words import _, _l

KINDS = {"company": _l("Company"), "person": _l("Person")}
RELATIONSHIPS = {
    "customer": _l("Customer"),
    "dealer": _l("Dealer"),
    "supplier": _l("Supplier"),
    "partner": _l("Partner"),
}
TIERS = {
    "a": _l("A key"),
    "b": _l("B important"),
    "c": _l("C normal"),
    "d": _l("D rare"),
    "none": _l("not graded"),
}
TIER_SIGNS = {"a": "A", "b": "B", "c": "C", "d": "D", "none": _l("not graded")}
INTENTS = {"high": _l("high"), "middle": _l("middle"), "low": _l("low"), "none": _l("not judged")}
STATUSES = {
    "lead": _l("lead"),
    "prospect": _l("prospect"),
    "active": _l("active"),
    "dormant": _l("dormant"),
    "lost": _l("lost"),
}
LOST_REASONS = {
    "price": _l("price"),
    "quality": _l("quality"),
    "service": _l("service or complaint"),
    "competitor": _l("competitor"),
    "closed": _l("closed or moved away"),
    "no_need": _l("no need any more"),
    "contact_changed": _l("contact person changed"),
    "unreachable": _l("cannot be reached"),
    "other": _l("other"),
}
POINT_KINDS = {
    "mobile": _l("Mobile"),
    "phone": _l("Landline"),
    "email": _l("Mail address"),
    "wechat": _l("WeChat"),
    "wecom": _l("WeCom"),
    "qq": _l("QQ"),
    "fax": _l("Fax"),
}
DECISION_ROLES = {
    "decider": _l("decides"),
    "influencer": _l("influences"),
    "user": _l("uses"),
    "purchasing": _l("purchasing"),
    "finance": _l("finance"),
    "gatekeeper": _l("gatekeeper"),
}
CHANNELS = {
    "phone": _l("phone"),
    "wechat": _l("WeChat"),
    "wecom": _l("WeCom"),
    "visit": _l("visit"),
    "received": _l("customer came"),
    "meeting": _l("meeting"),
    "sms": _l("SMS"),
    "mail": _l("mail"),
    "webchat": _l("web chat"),
    "social": _l("social"),
}
GENDERS = {"female": _l("female"), "male": _l("male")}
SOURCES = {
    "referral": _l("referral"),
    "repurchase": _l("existing customer buys again"),
    "fair": _l("trade fair"),
    "website": _l("website"),
    "hotline": _l("400 hotline"),
    "douyin": _l("Douyin or WeChat Channels"),
    "xiaohongshu": _l("Xiaohongshu"),
    "shop": _l("online shop platform"),
    "search_engine": _l("search engine"),
    "cold": _l("cold visit or call"),
    "dealer": _l("dealer"),
    "wecom": _l("added on WeCom"),
    "import": _l("bulk import"),
    "other": _l("other"),
}
# What a customer is to another one
ROLES = {
    "parent": _l("Parent company"),
    "subsidiary": _l("Subsidiary"),
    "controller": _l("Same controller"),
    "dealer": _l("Dealer"),
    "principal": _l("Principal of a dealer"),
    "supplier": _l("Supplier"),
    "buyer": _l("Buyer"),
    "partner": _l("Partner"),
    "referrer": _l("Referrer"),
    "referred": _l("Referred customer"),
    "influencer": _l("Influences them"),
    "influenced": _l("Influenced by them"),
    "spouse": _l("Spouse"),
    "household": _l("Relative"),
}
RELATIONS = {
    "parent": _l("Parent company and subsidiary"),
    "controller": _l("Same controller"),
    "dealer": _l("Dealer and principal"),
    "supplier": _l("Supplier and buyer"),
    "partner": _l("Partners"),
    "referral": _l("Referrer and referred customer"),
    "influence": _l("Who influences and who is influenced"),
    "spouse": _l("Spouses"),
    "household": _l("Relatives"),
}
CONSENT_PURPOSES = {
    "all": _l("All contacts"),
    "marketing": _l("Marketing"),
    "surveys": _l("Surveys"),
    "greetings": _l("Greetings"),
    "guardian": _l("Data of a child (guardian)"),
}
CONSENT_SAID = {
    "given": _l("They allow it"),
    "refused": _l("They do not want it"),
    "withdrawn": _l("They do not want it any more"),
}
CONSENT_STATES = {"given": _l("given"), "refused": _l("refused"), "withdrawn": _l("taken back")}
PAPERS = {
    "bank": _l("Bank account"),
    "identity": _l("Identity card"),
    "document": _l("Other identity document"),
}
DAY_KINDS = {
    "birthday": _l("Birthday"),
    "anniversary": _l("Anniversary"),
    "founding": _l("Founding day"),
    "opening": _l("Opening day"),
    "festival": _l("Their festival"),
    "other": _l("Other day"),
}
IMPORTANCES = {"high": _l("Very important"), "middle": _l("Important"), "low": _l("Less important")}
CALENDARS = {"solar": _l("Solar"), "lunar": _l("Lunar")}
LABELS: dict[str, dict[str, Any]] = {
    "kind": KINDS,
    "relationship": RELATIONSHIPS,
    "tier": TIERS,
    "intent": INTENTS,
    "status": STATUSES,
    "lost_reason": LOST_REASONS,
    "source": SOURCES,
    "gender": GENDERS,
    "preferred_channel": CHANNELS,
}
FIELDS: dict[str, Any] = {
    "number": _l("Number"),
    "kind": _l("Kind"),
    "relationship": _l("Relationship"),
    "name": _l("Name"),
    "short_name": _l("Short name"),
    "credit_code": _l("Credit code"),
    "tier": _l("Tier"),
    "intent": _l("Intent"),
    "status": _l("Status"),
    "lost_reason": _l("Reason of the loss"),
    "at_risk": _l("At risk"),
    "won_back": _l("Won back"),
    "owner_id": _l("Owner"),
    "team_id": _l("Team"),
    "source": _l("Source"),
    "industry": _l("Industry"),
    "size": _l("Size"),
    "website": _l("Website"),
    "country": _l("Country"),
    "province": _l("Province"),
    "city": _l("City"),
    "district": _l("District"),
    "address": _l("Address"),
    "postal_code": _l("Postal code"),
    "gender": _l("Gender"),
    "birthday": _l("Birthday"),
    "preferred_channel": _l("Preferred channel"),
    "preferred_time": _l("Preferred time"),
    "language": _l("Spoken language"),
    "likes": _l("Likes"),
    "taboos": _l("Taboos"),
    "note": _l("Remark"),
    "checked_on": _l("Last checked"),
    "archived_at": _l("Archived"),
    "archive_reason": _l("Reason of archiving"),
    "archived_by_id": _l("Archived by"),
    "deleted_at": _l("Deleted"),
    "value": _l("Contact point"),
    "extension": _l("Extension"),
    "bad": _l("Bad number"),
    "added_by": _l("Added by (our work account)"),
    "label": _l("Label"),
    "form_of_address": _l("Form of address"),
    "position": _l("Position"),
    "department": _l("Department"),
    "decision_role": _l("Role in the decision"),
    "primary": _l("First contact person"),
    "person_id": _l("Contact person"),
    "tag_id": _l("Tag"),
    "user_id": _l("Helper"),
    "may_write": _l("May edit"),
}

ERASURE_GROUNDS = {
    "asked": _l("They asked for it"),
    "purpose": _l("It is not needed any more for what it was kept for"),
    "withdrawn": _l("The consent was withdrawn"),
    "unlawful": _l("It should never have been kept"),
}


def do_not_contact(forbidden: str | None) -> str:
    """The red word for what a customer does not want: 勿扰（营销）; empty for one who forbids nothing."""
    if not forbidden:
        return ""
    what = _(", ").join(str(CONSENT_PURPOSES.get(code, code)).lower() for code in forbidden.split(","))
    return _("Do not contact (%(what)s)", what=what if forbidden != "all" else _("at all"))


def yearly(when: Any) -> str:
    """A day of every year, a special day or a Yearly: 农历十月十四, 3月8日, with its year if that is known."""
    if when.calendar == "lunar":
        text = _("lunar %(day)s", day=lunar.in_words(when.month, when.day, leap=when.leap))
    else:
        text = _("%(month)s/%(day)s", month=when.month, day=when.day)
    return _("%(day)s, %(year)s", day=text, year=when.year) if when.year else text


RULINGS = {
    "stays": _l("the owner stays"),
    "goes": _l("it goes to whoever asks"),
    "helps": _l("the owner stays, and whoever asks helps"),
}
SPLITS = {
    "whole": _l("all of it to whoever gets the customer"),
    "half": _l("50 % each"),
    "own": _l("a split of your own"),
}
RULING = {
    "ruling": _l("Ruling"),
    "owner_id": _l("Owner before"),
    "asker_id": _l("Asked by"),
    "ruled_by_id": _l("Ruled by"),
    "owner_share": _l("Credit of the owner"),
    "asker_share": _l("Credit of the asker"),
    "on_day": _l("Day"),
    "remark": _l("Remark"),
}


def yes_or_no(value: bool | None) -> str:
    """A mark in words."""
    return str(_("yes") if value else _("no"))
