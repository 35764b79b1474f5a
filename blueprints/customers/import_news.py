"""What a row would change about a customer. Pure: plain values in, news out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blueprints.customers import import_addresses, import_cells, import_days, rules, wishes, yearly
from blueprints.customers.import_custom import changed as changed_fields
from blueprints.customers.import_days import Day
from blueprints.customers.import_reaches import Reach
from blueprints.customers.import_rows import Candidate
from blueprints.customers.import_targets import TAGS, Held, News, Target, address, points
from blueprints.customers.yearly import Yearly
from core.errors import RuleBroken
from core.names import shadow
from core.rights import Right
from core.words import _l


def difference(row: Candidate, target: Target, *, by_number: bool) -> News:
    """What the row says otherwise than the file does; empty cells say nothing.

    A number, once there, stays. The name follows the row only where the number says who is meant: otherwise a
    likeness of names was how they were found. Who does not see the birthday does not set it.
    """
    left_out = {
        "number": bool(target.values.get("number")),
        "name": not by_number,
        "birthday": Right.CUSTOMERS_CLEAR not in target.rights,
    }
    said = {name: value for name, value in row.values.items() if not left_out.get(name)}
    if row.addresses:
        said["note"] = _note(row, said, target)
    changed = {name: value for name, value in said.items() if not _same(value, target.values.get(name))}
    news = News(settled(changed, target.values))
    _add_people(news, row, target)
    _add_points(news, row, target)
    clear = Right.CUSTOMERS_CLEAR in target.rights
    news.custom = changed_fields(row.custom, target.custom, {**target.values, **news.values}, clear=clear)
    said_no = {*target.forbidden}
    news.forbids = [p for p in row.forbids if not {p, wishes.ALL} & said_no]
    _take_away(news, row, target)
    news.days = import_days.fresh(row.days, _days_of(target)) if clear and row.days else []
    news.tags = {key: tag for tag in row.tags if (key := shadow(tag)) not in target.tags}
    return news


def _note(row: Candidate, said: Mapping[str, Any], target: Target) -> str | None:
    """The remark with the further addresses of a row."""
    present = target.values.get("note")
    further = {called for called in row.addresses if address(called) in target.said}
    note = import_addresses.noted(
        said.get("note", present), row.addresses, present, clear=row.way.clear, further=further
    )
    if note is not None and len(note) > import_cells.LONGEST_NOTE:
        most = import_cells.LONGEST_NOTE
        raise RuleBroken(
            _l("With the further addresses the remark is longer than %(n)s characters.", n=most), "note"
        )
    return note


def _days_of(target: Target) -> list[Day]:
    """The days on file, the birthday of the customer too."""
    born = target.values.get("birthday")
    own = [Day("birthday", Yearly("solar", born.month, born.day, year=born.year))] if born else []
    return [*target.days, *own]


def settled(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the reason of a loss in order: a lost customer has one, any other has none."""
    wanted = dict(values)
    if wanted.get("status", before.get("status")) != "lost":
        wanted.pop("lost_reason", None)
        if before.get("lost_reason"):
            wanted["lost_reason"] = None
    elif not (wanted.get("lost_reason") or before.get("lost_reason")):
        wanted["lost_reason"] = "other"
    return wanted


def check(news: News, target: Target) -> None:
    """Raises RuleBroken for more than a file holds, and for what is not the importer's to change."""
    if (
        news.points or news.people or news.gone_points or news.noted
    ) and Right.CUSTOMERS_EDIT_POINTS not in target.rights:
        raise RuleBroken(_l("You may not change the contact points of this customer."))
    if len(target.points) + len(news.points) > rules.MOST_POINTS:
        raise RuleBroken(_l("A file holds at most %(n)s contact points.", n=rules.MOST_POINTS))
    if len(target.days) + len(news.days) > yearly.MOST_DAYS:
        raise RuleBroken(_l("A file holds at most %(n)s special days.", n=yearly.MOST_DAYS))
    if len(target.tags) + len(news.tags) > rules.MOST_TAGS:
        raise RuleBroken(_l("A customer has at most %(n)s tags.", n=rules.MOST_TAGS), "tags")


def _add_people(news: News, row: Candidate, target: Target) -> None:
    for one in row.people:
        known = target.people.get(one.key)
        if known is None:
            news.people[one.key] = {name: value for name, value in one.details.items() if value is not None}
            continue
        details = {name: value for name, value in one.details.items() if name != "name"}
        if changed := {name: value for name, value in details.items() if not _same(value, known.get(name))}:
            news.people[one.key] = changed


def _add_points(news: News, row: Candidate, target: Target) -> None:
    known = set(target.points)
    for reach in row.points:
        if reach.mark not in known and reach.earlier not in known:
            known.add(reach.mark)
            news.points.append((reach.point, reach.whose))
            continue
        for held in target.held:
            if held.mark in (reach.mark, reach.earlier) and (noted := _noted(reach, held)):
                news.noted[held.id] = noted


def _noted(reach: Reach, held: Held) -> dict[str, str]:
    """What the row notes otherwise of a point on file; where it says nothing, all stays."""
    said = {"label": reach.point.label, "added_by": reach.point.added_by}
    return {name: text for name, text in said.items() if text and text != getattr(held, name)}


def _take_away(news: News, row: Candidate, target: Target) -> None:
    """What empty cells take off the file, as far as no row of the same file has put something there."""
    if row.emptied_tags and TAGS not in target.said:
        news.gone_tags = dict(target.tagged)
    emptied = {(kind, whose) for kind, whose in row.emptied_points if points(kind, whose) not in target.said}
    given = {mark for reach in row.points for mark in (reach.mark, reach.earlier)}
    news.gone_points = [
        held for held in target.held if (held.kind, held.whose) in emptied and held.mark not in given
    ]


def _same(one: Any, other: Any) -> bool:
    """Whether two values are alike; white space does not count."""
    if isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    return bool(one == other)
