"""What contacts declare to the mechanisms: verbs, settings, and what they do when customers change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask import request, url_for

from blueprints.interactions import (
    after_delivery,
    cadence,
    families,
    planning,
    queries,
    rhythms,
    rules,
    timeline,
    trail_words,  # noqa: F401
    words,
)
from blueprints.interactions.models import Interaction, InteractionSearch
from blueprints.interactions.planning import plan_first_contacts
from blueprints.interactions.refreshing import refresh
from blueprints.interactions.rhythms import Diary, Rhythm
from core import clock, erasing, events, navigation, once, settings, texts, verbs
from core.panels import Act, Panel
from core.rights import Right, Viewer
from core.settings import Number, YesNo
from core.timelines import Source
from core.verbs import Verb
from core.words import _l

DIARIES = "diaries"

verbs.declare(
    Verb("interaction.logged", _l("recorded a contact"), undo=Right.INTERACTIONS_LOG),
    Verb("interaction.imported", _l("imported past contacts"), undo=Right.INTERACTIONS_IMPORT),
    Verb("plan.made", _l("planned a contact"), undo=Right.INTERACTIONS_LOG),
    Verb("plan.postponed", _l("postponed a contact"), undo=Right.INTERACTIONS_LOG),
    Verb("plan.skipped", _l("skipped a planned contact"), undo=Right.INTERACTIONS_LOG),
)


def _intervals(rhythm: Rhythm) -> Iterator[Number]:
    for name in ("standard", "longest"):
        yield Number(
            f"rhythm.{rhythm.group}.{name}",
            default=getattr(rhythm, name),
            group="rhythm",
            minimum=1,
            maximum=1_000,
            optional=name == "longest",
            label=words.interval_label(rhythm, name),
        )


settings.declare(
    *(number for rhythm in rhythms.DEFAULTS for number in _intervals(rhythm)),
    Number(
        "rhythm.first_contacts_a_day", default=8, minimum=1, maximum=100, group="rhythm",
        label=_l("First contacts a day for one person"),
        help=_l("Customers that nobody has met yet, after an import for instance, are spread over the days."),
    ),
    *(
        YesNo(
            f"rhythm.counts.{code}", default=False, group="rhythm",
            label=_l("“%(purpose)s” by others counts for A and B customers", purpose=words.PURPOSES[code]),
        )
        for code in sorted(rules.ASIDE_PURPOSES)
    ),
    Number(
        "interactions.late_free", default=3, minimum=0, maximum=30, group="interactions",
        label=_l("Working days within which a late entry needs no reason"),
    ),
    Number(
        "interactions.late_most", default=30, minimum=0, maximum=366, group="interactions",
        label=_l("Days within which a contact can be recorded at all"),
    ),
    *(
        Number(
            name, default=days, minimum=1, maximum=366, optional=True, group="interactions", label=label,
            help=_l("Counted from the day of delivery. Empty: none is planned."),
        )
        for name, days, label in (
            (after_delivery.FIRST, 3, _l("Days until the call back after a delivery")),
            (after_delivery.SECOND, 30, _l("Days until the second call back after a delivery")),
        )
    ),
)  # fmt: skip


TEMPLATE_GLOBALS = {"contact_words": words}


navigation.declare(
    navigation.Place("contacts.new", _l("Log"), "plus", rights=(Right.INTERACTIONS_LOG,), order=30, main=True)
)


texts.declare(
    texts.Searched(
        "contacts", _l("Contacts"), Interaction, ("summary", "feedback"), InteractionSearch, "happened_at",
        timeline.address,
    )
)  # fmt: skip
erasing.keep(
    "interactions",
    ("customer_id", "author_id", "recorded_by_id", "team_id", "channel", "direction", "outcome", "happened_at",
     "on_day", "minutes", "counts", "late"),
    why=_l("how often was spoken with somebody, without a word of what was said"),
    label=_l("Contacts"),
)  # fmt: skip


@events.listen("customer.panels")
def panel(record: Any, viewer: Viewer, rights: Collection[Right]) -> Panel:
    """The timeline on the page of a customer."""
    shown = timeline.read(record, viewer, {}, size=10, rights=rights)
    return Panel("interactions/_panel.html", {"timeline": shown})


@events.listen("customer.timeline")
def said(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source:
    """What was said, on the timeline: whoever sees the file sees it."""
    return timeline.source()


@events.listen("family.facts")
def with_a_family(ids: Sequence[int], viewer: Viewer) -> list[tuple[Any, Any]]:
    """How often was spoken with the customers of a family, which are those that the viewer sees."""
    return [(_l("Contacts of the last 12 months"), families.count(ids))]


@events.listen("family.panels")
def family_panel(ids: Sequence[int], viewer: Viewer) -> Panel | None:
    """What was said to a family last: whoever sees the files sees it."""
    entries = [(contact, timeline.address(contact)) for contact in families.latest(ids)]
    return Panel("interactions/_family.html", {"entries": entries}) if entries else None


@events.listen("customer.acts")
def acts(record: Any, rights: Collection[Right]) -> list[Act] | None:
    """The button on the page of a customer."""
    if Right.INTERACTIONS_LOG not in rights:
        return None
    back = url_for("customers.show", id=record.id, list=request.args.get("list"))
    to = url_for("interactions.new", id=record.id, back=back)
    return [Act(_l("Log a contact"), to, "phone-call", main=True)]


@events.listen("customer.list_acts")
def list_acts(viewer: Viewer) -> list[Act] | None:
    """The way to the import of past contacts."""
    if not viewer.may_or_ask(Right.INTERACTIONS_IMPORT):
        return None
    return [Act(_l("Import past contacts"), url_for("contact_imports.new"), "file-import")]


@events.listen("customer.row_acts")
def row_acts(viewer: Viewer) -> list[Act] | None:
    """The button of each row of a list of customers."""
    if not viewer.may(Right.INTERACTIONS_LOG):
        return None
    to = url_for("interactions.new", id=0).replace("/0/", "/{id}/")
    return [Act(_l("Log a contact"), to, "phone-call")]


@events.listen("customer.created")
def meet(customer: Any) -> None:
    """Plan the first contact with a new customer."""
    planning.plan_first_contact(customer)


@events.listen("customer.graded")
def follow_grade(ids: Sequence[int]) -> None:
    """Another tier, intent or status is another rhythm."""
    plan_first_contacts(ids, anew=True)
    refresh(ids)


@events.listen("customers.merged")
def follow_merge(into: int, gone: Sequence[int]) -> None:
    """What was planned for several files is planned for one."""
    refresh([into, *gone])
    planning.fold_merged(into)
    refresh([into])


@events.listen("purchase.delivered")
def follow_delivery(purchase: Any, customer: Any) -> None:
    """Whoever got something is asked how it is."""
    after_delivery.plan(customer, purchase.number, purchase.delivered_on)


@events.listen("customer.consented")
def follow_consent(ids: Sequence[int]) -> None:
    """Whoever wants no contact at all stands on no list; whoever wants it again does."""
    planning.drop_unwanted(ids)
    plan_first_contacts(ids)
    refresh(ids)


@events.listen("customer.archived")
def follow_archive(ids: Sequence[int]) -> None:
    """Who is archived is due by nothing; who is brought back is again."""
    refresh(ids)


@events.listen("customer.rests")
def resting(customer: Any) -> tuple[Any, int]:
    """How many planned contacts rest while a file is archived."""
    return _l("planned contacts"), len(queries.open_plans([customer.id]).get(customer.id, ()))


@events.listen("customers.import_begins")
def open_calendar() -> None:
    """The notices of holidays are long to read."""
    cadence.calendar_of(None).is_workday(clock.today())


@events.listen("customer.talks")
def talks(customer_id: int, since: date) -> Mapping[int, tuple[date, date | None, date, int]]:
    """Who really talked to a customer, and when."""
    return queries.real_talks(customer_id, since)


@events.listen("customers.imported")
def follow_import(ids: Sequence[int]) -> None:
    """Owners have first contacts to make. Batch by batch: their diaries are not read anew for each."""
    plan_first_contacts(ids, diaries=once.once(DIARIES, dict[int, Diary]))
    refresh(ids)


@events.listen("customer.assigned")
def follow_owner(ids: Sequence[int]) -> None:
    """An owner who is new has first contacts to make, and maybe another calendar."""
    plan_first_contacts(ids)
    refresh(ids)


@events.listen("user.owns")
def owned(user: Any) -> tuple[Any, int]:
    """How many contacts a person has planned for themselves."""
    return _l("planned contacts"), queries.count_plans(user.id)


@events.listen("user.replaced")
def hand_over(user: Any, successor: Any, most: int) -> int:
    """What somebody who leaves has planned goes to their successor."""
    return planning.hand_over(user.id, successor.id, most)


@events.listen("settings.changing")
def check_intervals(values: Mapping[str, Any]) -> None:
    """Raise RuleBroken for intervals that cannot be."""
    for rhythm in rhythms.DEFAULTS:
        names = (f"rhythm.{rhythm.group}.standard", f"rhythm.{rhythm.group}.longest")
        rules.check_intervals(values[names[0]], values[names[1]], names[1])


@events.listen("settings.changed")
def follow_intervals(names: Sequence[str]) -> None:
    """Other intervals are other dates."""
    if any(name.startswith("rhythm.") for name in names):
        refresh()


@events.listen("calendars.changed")
def follow_calendars() -> None:
    """Other working days are other dates."""
    refresh()


@events.listen("records.refresh")
def repair(table: str, ids: Sequence[int] | None = None) -> int | None:
    """How many of these customers (None: of all) had wrong dates; they are right now."""
    return refresh(ids) if table == "customers" else None


@events.listen("records.undone")
def recompute(table: str, ids: Sequence[int]) -> None:
    """What was taken back may have been a contact, a plan or a grade."""
    if table == "customers":
        once.forget(DIARIES)
        refresh(ids)
