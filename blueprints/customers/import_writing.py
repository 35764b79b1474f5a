"""Carrying out what an import has planned: in few statements, however many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.customers import (
    actions,
    consents,
    custom_values,
    holding,
    import_custom,
    rules,
    search,
    special_days,
)
from blueprints.customers.import_plan import Plan
from blueprints.customers.import_targets import OF_PERSON, OF_PLACE, Place, Target
from blueprints.customers.models import (
    Affiliation,
    ContactPoint,
    Customer,
    CustomerHelper,
    CustomerTag,
    Person,
)
from blueprints.customers.particulars import SpecialDay
from core import changes, counters, events, settings
from core.bulk import chunks
from core.db import db
from core.errors import RuleBroken
from core.tracked import Tracked
from core.words import _

_GRADES = frozenset({"tier", "intent", "status"})


class Ready(NamedTuple):
    """What is derived of a new customer; its terms once it has a number."""

    forms: dict[str, str]
    terms: Callable[[Sequence[str]], str]


def prepare(plan: Plan) -> dict[Target, Ready]:
    """What can be worked out before anything is written, for it takes long."""
    return {target: _ready(target) for target in plan.targets if target.id is None}


def _ready(target: Target) -> Ready:
    values, points = target.values, [point for point, _whose in target.news.points]
    names, human = [values["name"], values.get("short_name") or ""], values["kind"] == "person"
    people = [
        name
        for person in target.people.values()
        for name in search.called(person["name"], person.get("form_of_address"))
    ]
    forms = search.name_forms(values["name"], values.get("short_name"), human=human)
    texts = custom_values.texts_in(target.custom)
    return Ready(forms, search.terms_by_number(values["kind"], names, people, points, texts))


def carry_out(plan: Plan, ready: Mapping[Target, Ready]) -> None:
    """Make and change the customers of a plan that was prepared, and tell the other areas."""
    made = [target for target in plan.targets if target.id is None]
    changed = [target for target in plan.targets if target.id is not None]
    _hold_owners(plan.targets)
    _number(made, plan.highest)
    _make(made, ready)
    _change(Customer, {target.on_file: target.news.values for target in changed})
    _remove(changed)
    _write_people(plan.targets)
    _write_points(plan.targets)
    _write_tags(plan.targets)
    _write_days(plan.targets)
    _write_helpers(plan.targets)
    import_custom.write(plan.targets, changed)
    consents.note_imported(
        {target.on_file: target.news.forbids for target in plan.targets if target.news.forbids},
        by_id=plan.by_id,
    )
    for name, bringing in plan.bringing.items():
        bringing.write([(t.on_file, item) for t in plan.targets for of, item in t.news.brought if of == name])
    _let_helpers_go(changed)
    search.refresh([target.on_file for target in changed])
    _tell(made, changed)


def _hold_owners(targets: Iterable[Target]) -> None:
    """Nobody who gets a customer is deactivated before this is through. Raises RuleBroken for who just was."""
    leaver = access.leaver_among({target.news.values.get("owner_id") or 0 for target in targets} - {0})
    if leaver is not None:
        raise RuleBroken(_("%(name)s is deactivated and can own nothing.", name=leaver))


def _number(made: Sequence[Target], highest: int) -> None:
    """Give numbers to those that brought none, and none of them one that the file brings along."""
    if highest:
        counters.reach("customers", highest)
    without = [target for target in made if not target.values.get("number")]
    if without:
        prefix, first = str(settings.get("customers.number_prefix")), counters.take("customers", len(without))
        for count, target in enumerate(without, first):
            target.values["number"] = target.news.values["number"] = rules.number_of(prefix, count)


def _make(made: Sequence[Target], ready: Mapping[Target, Ready]) -> None:
    rows = [target.news.values | ready[target].forms | _held(target.news) for target in made]
    for target, id in zip(made, changes.bulk_insert(Customer, rows), strict=True):
        target.id = id
    search.keep_new({target.on_file: ready[target].terms([target.values["number"]]) for target in made})


def _held(news: Any) -> dict[str, bool]:
    return holding.held([point for point, _whose in news.points], news.people)


def _change(model: type[Tracked], wanted: Mapping[int, Mapping[str, Any]]) -> None:
    """Change rows of a table, each in its own columns: id → column → value."""
    table: Any = model.__table__
    for chunk in chunks([id for id, values in wanted.items() if values]):
        rows = db.session.execute(select(table).where(table.c.id.in_(chunk))).mappings()
        changes.bulk_restore(model, [(dict(row), wanted[row["id"]]) for row in rows])


def _remove(changed: Iterable[Target]) -> None:
    """Take off the points and tags that empty cells say are gone."""
    news = [target.news for target in changed if target.news.gone_points or target.news.gone_tags]
    if points := [point.id for one in news for point in one.gone_points]:
        changes.bulk_delete(ContactPoint, points)
    if tags := [tag.id for one in news for tag in one.gone_tags.values()]:
        changes.bulk_delete(CustomerTag, tags)


def _write_people(targets: Iterable[Target]) -> None:
    """Make the contact persons that are new, and change those on file."""
    news = [(target, key, details) for target in targets for key, details in target.news.people.items()]
    known = [(target.places[key], details) for target, key, details in news if key in target.places]
    _change(Person, {place.person_id: _only(details, *OF_PERSON) for place, details in known})
    _change(Affiliation, {place.affiliation_id: _only(details, *OF_PLACE) for place, details in known})
    fresh = [(target, key, details) for target, key, details in news if key not in target.places]
    people = [
        {"customer_id": target.id, **_only(details, "name", *OF_PERSON)} for target, _key, details in fresh
    ]
    places = []
    for (target, key, details), person_id in zip(fresh, changes.bulk_insert(Person, people), strict=True):
        mine = {"customer_id": target.id, "person_id": person_id, "primary": not target.places}
        places.append(mine | _only(details, *OF_PLACE))
        target.places[key] = Place(person_id)
    changes.bulk_insert(Affiliation, places)


def _only(details: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: details[name] for name in names if name in details}


def _write_points(targets: Iterable[Target]) -> None:
    columns = ("kind", "value", "extension", "normal", "reversed", "label", "bad", "added_by")
    rows = [
        {"customer_id": target.id, "person_id": target.places[whose].person_id if whose else None}
        | {name: getattr(point, name) for name in columns}
        for target in targets
        for point, whose in target.news.points
    ]
    changes.bulk_insert(ContactPoint, rows)
    _change(ContactPoint, {id: noted for target in targets for id, noted in target.news.noted.items()})


def _write_tags(targets: Iterable[Target]) -> None:
    news = [(target.id, key, name) for target in targets for key, name in target.news.tags.items()]
    names = sorted({name for _id, _key, name in news})
    ids = {tag.shadow: tag.id for chunk in chunks(names) for tag in actions.tags_for(chunk)}
    changes.bulk_insert(CustomerTag, [{"customer_id": id, "tag_id": ids[key]} for id, key, _name in news])


def _write_days(targets: Iterable[Target]) -> None:
    dated = [target for target in targets if target.news.days]
    rows = [
        {"customer_id": target.id, "person_id": target.places[day.whose].person_id if day.whose else None}
        | {"kind": day.kind, "remark": day.remark, **asdict(day.when)}
        for target in dated
        for day in target.news.days
    ]
    if rows:
        changes.bulk_insert(SpecialDay, rows)
        special_days.refresh([target.on_file for target in dated])


def _write_helpers(targets: Iterable[Target]) -> None:
    news = [(target, user_id, may) for target in targets for user_id, may in target.news.helpers.items()]
    fresh = [
        {"customer_id": target.id, "user_id": user_id, "may_write": may_write}
        for target, user_id, may_write in news
        if not target.helpers[user_id].id
    ]
    _change(
        CustomerHelper,
        {
            helping.id: {"may_write": may_write}
            for target, user_id, may_write in news
            if (helping := target.helpers[user_id]).id
        },
    )
    if fresh:
        changes.bulk_insert(CustomerHelper, fresh)


def _let_helpers_go(changed: Iterable[Target]) -> None:
    """A new owner no longer is a helper."""
    for chunk in chunks(_assigned(changed)):
        owners = select(CustomerHelper.id).join(Customer, Customer.id == CustomerHelper.customer_id)
        own = owners.where(Customer.id.in_(chunk), CustomerHelper.user_id == Customer.owner_id)
        changes.bulk_delete(CustomerHelper, db.session.scalars(own).all())


def _assigned(changed: Iterable[Target]) -> list[int]:
    return [target.on_file for target in changed if "owner_id" in target.news.values]


def _tell(made: Sequence[Target], changed: Sequence[Target]) -> None:
    """Let the other areas know of new customers, and of new owners and grades of those on file."""
    graded = [target.on_file for target in changed if _GRADES & target.news.values.keys()]
    events.tell("customers.imported", ids=[target.on_file for target in made])
    if graded:
        events.tell("customer.graded", ids=graded)
    if assigned := _assigned(changed):
        events.tell("customer.assigned", ids=assigned)
