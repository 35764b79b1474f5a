"""What the customer file declares to the mechanisms: kind, verbs, settings, place in the menu."""

from __future__ import annotations

from typing import Any

from flask import url_for

from blueprints.customers import (  # noqa: F401
    condition,
    explaining,
    family_drawing,
    giving_back,
    queries,
    relations,
    rules,
    search,
    succession,
    trail_words,
    unusual_reading,
    words,
)
from blueprints.customers.models import Customer
from core import clock, events, kinds, navigation, notifications, settings, verbs
from core.kinds import Kind
from core.notifications import NotificationKind
from core.rights import Right, Scope, Viewer
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
    Verb("customer.binned", _l("put the file into the bin"), undo=Right.CUSTOMERS_BIN),
    Verb("customer.restored", _l("took the file out of the bin"), undo=Right.CUSTOMERS_BIN),
    Verb("customer.related", _l("changed the relations"), undo=Right.CUSTOMERS_EDIT),
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
        condition.CHECK_MONTHS,
        default=12,
        minimum=1,
        group="customers",
        label=_l("Months after which a file should be checked again"),
    ),
    settings.Number(
        unusual_reading.MOST_FILES,
        default=80,
        minimum=1,
        group="customers",
        label=_l("Files that one may open in a day before the lead is told"),
        help=_l("Counted are different files, opened with their numbers in clear."),
    ),
    settings.Number(
        unusual_reading.MOST_NUMBERS,
        default=60,
        minimum=1,
        group="customers",
        label=_l("Masked numbers that one may look at in a day before the lead is told"),
    ),
)
notifications.declare(NotificationKind(unusual_reading.KIND, "eye", unusual_reading.tell))
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


@events.listen("undo.checked")
def check_undo(change_set: Any, viewer: Viewer) -> None:
    """Taking back that files were made deletes them: that is bound like deleting."""
    if change_set.verb in {"customer.created", "customer.imported"}:
        scope, own = viewer.scope(Right.CUSTOMERS_BIN) or Scope.OWN, change_set.user_id == viewer.id
        rules.check_bin(scope, change_set.at, clock.now(), created_by_self=own)


@events.listen("undo.begun")
def hold_owners(plan: Plan) -> None:
    """Who gets customers back stays until it is done."""
    giving_back.hold_owners(plan)


@events.listen("undo.done")
def settle_undo(plan: Plan) -> None:
    """What is taken back obeys the rules of today."""
    giving_back.settle(plan)
    relations.settle(plan)


@events.listen("company.has_records")
def has_records() -> bool:
    """Whether there are customers by now: some settings are fixed then."""
    return queries.has_customers()


@events.listen("team.holds")
def held(team: Any) -> tuple[Any, int]:
    """How many customers belong to a team."""
    return _l("customers"), succession.held(team)


TEMPLATE_GLOBALS = {
    "clipped": family_drawing.clipped,
    "customer_words": words,
    "point_masked": queries.point_masked,
}
