"""What the customer file declares to the mechanisms: kind, verbs, settings, place in the menu."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for

from blueprints.customers import (  # noqa: F401
    archiving,
    collisions,
    condition,
    consents,
    custom_forms,
    custom_values,
    duplicate_words,
    duplicates,
    erasing,
    exit_talks,
    explaining,
    export_requests,
    family_drawing,
    giving_back,
    granting,
    happening,
    holds,
    merge_news,
    merging,
    needs,
    owner_requests,
    papers,
    queries,
    reaching_owners,
    relations,
    retention,
    rules,
    search,
    special_days,
    succession,
    trail_words,
    unusual_reading,
    words,
)
from blueprints.customers.models import Customer, CustomerMerge
from core import clock, events, kinds, navigation, notifications, requests, settings, verbs
from core.kinds import Kind
from core.notifications import NotificationKind
from core.rights import Right, Scope, Viewer
from core.timelines import Source
from core.undo import Plan
from core.verbs import Verb
from core.words import _l

kinds.declare(
    Kind(
        name="customer",
        model=Customer,
        label=_l("Customer"),
        plural=_l("Customers"),
        url=lambda id: url_for("customers.show", id=id),
        title=lambda customer: customer.shown_name,
        policy=queries.POLICY,
        see=Right.CUSTOMERS_SEE,
        edit=Right.CUSTOMERS_EDIT,
        clear=Right.CUSTOMERS_CLEAR,
        noted=True,
        merges=CustomerMerge,
        conditions={name: words.LABELS[name] for name in ("kind", "status", "tier", "intent")},
        field_labels=words.FIELDS,
        value_labels={
            "kind": words.KINDS.get,
            "relationship": words.RELATIONSHIPS.get,
            "tier": words.TIERS.get,
            "intent": words.INTENTS.get,
            "status": words.STATUSES.get,
            "lost_reason": words.LOST_REASONS.get,
            "source": words.SOURCES.get,
            "gender": words.GENDERS.get,
            "preferred_channel": words.CHANNELS.get,
            "decision_role": words.DECISION_ROLES.get,
        },
        refresh=search.refresh,
        exactly=explaining.exactly,
        facts=explaining.facts,
        find=search.hits,
    )
)
verbs.declare(
    Verb("customer.created", _l("made the file"), undo=Right.CUSTOMERS_BIN),
    Verb("customer.updated", _l("changed the file"), undo=Right.CUSTOMERS_EDIT),
    Verb("customer.checked", _l("found the file still correct"), undo=Right.CUSTOMERS_EDIT),
    Verb("customer.assigned", _l("changed the owner"), undo=Right.CUSTOMERS_ASSIGN),
    Verb("customer.helpers_changed", _l("changed the helpers"), undo=Right.CUSTOMERS_EDIT),
    Verb("customer.bulk_changed", _l("changed several files at once"), undo=Right.CUSTOMERS_EDIT),
    Verb("customer.bulk_assigned", _l("changed the owner of several files"), undo=Right.CUSTOMERS_ASSIGN),
    Verb("customer.bulk_binned", _l("put several files into the bin"), undo=Right.CUSTOMERS_BIN),
    Verb("customer.binned", _l("put the file into the bin"), undo=Right.CUSTOMERS_BIN),
    Verb("customer.restored", _l("took the file out of the bin"), undo=Right.CUSTOMERS_BIN),
    Verb(archiving.ARCHIVED, _l("archived the file"), undo=Right.CUSTOMERS_BIN),
    Verb(archiving.BROUGHT_BACK, _l("brought the file back from the archive"), undo=Right.CUSTOMERS_BIN),
    Verb(archiving.BULK_ARCHIVED, _l("archived several files"), undo=Right.CUSTOMERS_BIN),
    Verb(
        archiving.BULK_BROUGHT_BACK,
        _l("brought several files back from the archive"),
        undo=Right.CUSTOMERS_BIN,
    ),
    Verb(erasing.ERASED, _l("erased a customer")),
    Verb(erasing.PERSON_ERASED, _l("erased a contact person")),
    Verb(holds.HELD, _l("put a legal hold on the file")),
    Verb(holds.LIFTED, _l("lifted the legal hold")),
    Verb("customer.related", _l("changed the relations"), undo=Right.CUSTOMERS_EDIT),
    Verb(merging.MERGED, _l("merged files"), undo=Right.CUSTOMERS_MERGE),
    Verb(duplicates.VERB, _l("said that two files are not the same customer"), undo=Right.CUSTOMERS_MERGE),
    Verb(collisions.RULED, _l("ruled on a collision"), undo=Right.CUSTOMERS_ASSIGN),
    Verb(needs.VERB, _l("changed the needs"), undo=Right.CUSTOMERS_EDIT),
    Verb(exit_talks.VERB, _l("noted an exit talk"), undo=Right.CUSTOMERS_EDIT),
    Verb(special_days.VERB, _l("changed the special days"), undo=Right.CUSTOMERS_EDIT),
    Verb(papers.VERB, _l("changed the papers and accounts"), undo=Right.CUSTOMERS_EDIT),
    Verb(consents.VERB, _l("changed the consents"), undo=Right.INTERACTIONS_LOG),
    Verb("customer.imported", _l("imported customers"), undo=Right.CUSTOMERS_BIN),
)
settings.declare(
    settings.Text(
        "customers.number_prefix", default="KH", group="customers", label=_l("Customer numbers begin with")
    ),
    settings.Number(
        "customers.bin_days",
        default=60,
        minimum=1,
        group="customers",
        label=_l("Days that a deleted file waits in the bin"),
    ),
    settings.Number(
        export_requests.MOST,
        default=2_000,
        minimum=1,
        maximum=10_000,
        group="customers",
        label=_l("Most customers of an export that somebody asks for"),
    ),
    settings.YesNo(
        papers.IDENTITY_NUMBERS,
        default=False,
        group="customers",
        label=_l("Keep identity numbers of persons"),
        help=_l("Only where the law asks for them: they are encrypted, and masked for everybody."),
    ),
    settings.YesNo(
        retention.BIN_EMPTIES,
        default=False,
        group="customers",
        label=_l("Erase deleted files for good when their time in the bin is over"),
        help=_l("Otherwise they are proposed to whoever may erase."),
    ),
    settings.Number(
        retention.LEAD_MONTHS,
        default=36,
        minimum=0,
        group="customers",
        label=_l("Months after which leads that nobody ever spoke with are proposed for erasure"),
        help=_l("0: never."),
    ),
    settings.Number(
        retention.ARCHIVE_YEARS,
        default=5,
        minimum=0,
        group="customers",
        label=_l("Years after which archived files without contact and purchase are proposed for erasure"),
        help=_l("0: never."),
    ),
    settings.YesNo(
        retention.RULES_ACT,
        default=False,
        group="customers",
        label=_l("Erase by themselves, each night, the files that these rules propose"),
        help=_l("Look at what they propose before you switch this on. Files under legal hold are left out."),
    ),
    settings.Number(
        condition.CHECK_MONTHS,
        default=12,
        minimum=1,
        group="customers",
        label=_l("Months after which a file should be checked again"),
    ),
    settings.Number(
        "customers.days_ahead",
        default=3,
        minimum=0,
        maximum=30,
        group="customers",
        label=_l("Working days before a special day on which its customer's owner reads of it"),
    ),
    settings.Number(
        collisions.PROTECTION,
        default=90,
        minimum=1,
        maximum=3_650,
        group="customers",
        label=_l("Days that a real contact protects a customer for whoever made it"),
        help=_l("Shown to whoever rules on a collision; it decides nothing by itself."),
    ),
    settings.Number(
        unusual_reading.MOST_FILES,
        default=80,
        minimum=1,
        group="customers",
        label=_l("Files that one may open in a day before the lead is told"),
        help=_l(
            "Counted are different files, opened with their numbers in clear; attached files are counted apart."
        ),
    ),
    settings.Number(
        unusual_reading.MOST_NUMBERS,
        default=60,
        minimum=1,
        group="customers",
        label=_l("Masked numbers that one may look at in a day before the lead is told"),
    ),
)
notifications.declare(
    NotificationKind(unusual_reading.KIND, "eye", unusual_reading.tell),
    NotificationKind(reaching_owners.WORD, "message", reaching_owners.tell),
    NotificationKind(merge_news.KIND, "git-merge", merge_news.tell),
)
navigation.declare(
    navigation.Place(
        "customers.index", _l("Customers"), "users", rights=(Right.CUSTOMERS_SEE,), order=20, phone=True
    ),
    navigation.Place(
        "customer_imports.new",
        _l("Import customers"),
        "file-import",
        rights=(Right.CUSTOMERS_IMPORT,),
        unless=(Right.CUSTOMERS_SEE,),
        group="admin",
        order=76,
    ),
)


@events.listen("user.owns")
def owned(user: Any) -> tuple[Any, int]:
    """How many customers a person owns."""
    return _l("customers"), succession.owned(user)


@events.listen("user.replaced")
def hand_over(user: Any, successor: Any, most: int) -> int:
    """What somebody who leaves owns goes to their successor."""
    return succession.hand_over(user, successor, most)


@events.listen("customer.timeline")
def happened(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source:
    """What was changed that colleagues go by, on the timeline."""
    return happening.changes()


@events.listen("customer.timeline")
def left(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source:
    """The exit talks, on the timeline."""
    return happening.exits()


@events.listen("customer.timeline")
def needed(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source:
    """What they need, on the timeline."""
    return happening.needs()


@events.listen("customer.timeline")
def satisfied(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source:
    """The needs that were met, on the timeline."""
    return happening.met()


@events.listen("customer.timeline")
def allowed(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source:
    """What they said about being contacted, on the timeline."""
    return happening.consents()


@events.listen("customer.timeline")
def merged_here(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source:
    """Which files were merged into it, on the timeline."""
    return happening.merges()


@events.listen("undo.checked")
def check_undo(change_set: Any, viewer: Viewer) -> None:
    """Taking back that files were made deletes them: that is bound like deleting."""
    if change_set.verb in {"customer.created", "customer.imported"}:
        scope, own = viewer.scope(Right.CUSTOMERS_BIN) or Scope.OWN, change_set.user_id == viewer.id
        rules.check_bin(scope, change_set.at, clock.now(), created_by_self=own)
    merging.check_undo(change_set)


@events.listen("undo.begun")
def hold_owners(plan: Plan) -> None:
    """Who gets customers back stays until it is done."""
    giving_back.hold_owners(plan)


@events.listen("undo.done")
def settle_undo(plan: Plan) -> None:
    """What is taken back obeys the rules of today."""
    giving_back.settle(plan)
    relations.settle(plan)
    merging.settle_undo(plan)


@events.listen("records.refresh")
def repair(table: str, ids: Sequence[int] | None = None) -> int | None:
    """How many of these customers (None: of all) had a wrong mark or day; they are right now."""
    return consents.refresh(ids) + special_days.refresh(ids) if table == Customer.__tablename__ else None


@events.listen("records.undone")
def recompute(table: str, ids: Sequence[int]) -> None:
    """What was taken back may have been a consent or a special day."""
    if table == Customer.__tablename__:
        consents.refresh(ids)
        special_days.refresh(ids)


@events.listen("company.has_records")
def has_records() -> bool:
    """Whether there are customers by now: some settings are fixed then."""
    return queries.has_customers()


@events.listen("team.holds")
def held(team: Any) -> tuple[Any, int]:
    """How many customers belong to a team."""
    return _l("customers"), succession.held(team)


TEMPLATE_GLOBALS = {
    "answer_ticket": lambda answer: reaching_owners.ticket(answer, requests.viewer()),
    "collision_credit": collisions.credit,
    "clipped": family_drawing.clipped,
    "custom_words": custom_values.in_words,
    "customer_words": words,
    "duplicate_words": duplicate_words,
    "field_condition": custom_forms.conditions,
    "point_masked": queries.point_masked,
}
