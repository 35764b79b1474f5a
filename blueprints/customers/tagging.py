"""The tags of a customer: made where they are missing, put on and taken off."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from blueprints.customers import queries, rules
from blueprints.customers.models import Customer, CustomerTag, Tag
from core.db import db
from core.errors import RuleBroken
from core.names import nfc, shadow
from core.words import _


def set_tags(customer: Customer, names: Collection[str]) -> None:
    """Make these the customer's tags; unknown ones are made."""
    if len(names) > rules.MOST_TAGS:
        raise RuleBroken(_("A customer has at most %(n)s tags.", n=rules.MOST_TAGS), "tags")
    tags = {tag.id: tag for tag in tags_for(list(names))}
    for tagging in [t for t in customer.taggings if t.tag_id not in tags]:
        customer.taggings.remove(tagging)
    worn = {tagging.tag_id for tagging in customer.taggings}
    for tag in tags.values():
        if tag.id not in worn:
            customer.taggings.append(CustomerTag(tag=tag))
    db.session.flush()


def with_slashes() -> frozenset[str]:
    """The names of tags in which a slash stands, without regard to case."""
    found = select(Tag.name).where(or_(Tag.name.contains("/"), Tag.name.contains("／")))
    return frozenset(name.casefold() for name in db.session.scalars(found))


def tags_for(names: Sequence[str]) -> list[Tag]:
    """The tags of these names, made where they are missing."""
    wanted = {shadow(name): nfc(name) for name in names if nfc(name)}
    rules.check_tags(wanted.values())
    known = queries.tags_named(list(wanted)) if wanted else {}
    for key, name in wanted.items():
        if key not in known:
            known[key] = Tag(name=name, shadow=key)
            db.session.add(known[key])
    db.session.flush()
    return [known[key] for key in wanted]
