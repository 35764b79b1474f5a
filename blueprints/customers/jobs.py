"""What customers do behind the pages: large exports, imports and bulk changes, and the watch over what is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from blueprints.customers import (
    bulk,
    duplicate_sweep,
    everything,
    exporting,
    import_batches,
    import_customers,  # noqa: F401
    import_lists,
    retention,
    searched_anew,
    unusual_reading,
)
from blueprints.customers.import_report import Tally
from core import jobs
from core.importing import Action
from core.importkinds import CUSTOMERS, the_kind
from core.jobs import JobKind
from core.languages import number
from core.rights import Right, Viewer
from core.words import _, _l, ngettext


def _outcome(result: Mapping[str, Any]) -> str:
    if "rows" not in result:
        return ""
    rows = int(result["rows"])
    return ngettext("%(total)s customer exported", "%(total)s customers exported", rows, total=number(rows))


def _tried(told: Mapping[str, Any]) -> str:
    """How many rows would be taken."""
    rows = _tally(told).counts
    taken = rows[Action.CREATE] + rows[Action.UPDATE]
    said = ngettext(
        "%(total)s row can be imported", "%(total)s rows can be imported", taken, total=number(taken)
    )
    return _with_refused(said, rows[Action.REFUSE])


def _imported(told: Mapping[str, Any]) -> str:
    """How many rows were taken."""
    rows = _tally(told).counts
    taken = rows[Action.CREATE] + rows[Action.UPDATE]
    said = ngettext("%(total)s row imported", "%(total)s rows imported", taken, total=number(taken))
    return _with_refused(said, rows[Action.REFUSE])


def _tally(told: Mapping[str, Any]) -> Tally:
    return Tally.stored(told.get("tally", {}))


def _with_refused(said: str, refused: int) -> str:
    if not refused:
        return said
    beyond = ngettext("%(total)s row refused", "%(total)s rows refused", refused, total=number(refused))
    return _("%(first)s; %(second)s", first=said, second=beyond)


def _to_import(told: Mapping[str, Any], viewer: Viewer) -> tuple[Any, str] | None:
    """To the page of the import, which tells of each row."""
    kind = the_kind(told.get("kind", CUSTOMERS))
    if "import" not in told or not viewer.may(kind.right):
        return None
    return _l("See the import"), url_for(f"{kind.blueprint}.show", id=told["import"])


def _changed(told: Mapping[str, Any]) -> str:
    """How many were changed, and how many could not be."""
    rows, left_out = told.get("changed", 0), told.get("left_out", 0)
    said = ngettext("%(total)s customer changed", "%(total)s customers changed", rows, total=number(rows))
    if not left_out:
        return str(said)
    beyond = ngettext(
        "%(total)s left out, for it is not yours to change any more",
        "%(total)s left out, for they are not yours to change any more",
        left_out,
        total=number(left_out),
    )
    return _("%(first)s; %(second)s", first=said, second=beyond)


def _watched(told: Mapping[str, Any]) -> str:
    """Of how many people somebody was told."""
    people = told.get("told", 0)
    if not people:
        return ""
    said = ngettext(
        "%(total)s person read an unusual amount",
        "%(total)s people read an unusual amount",
        people,
        total=people,
    )
    return str(said)


def _swept(told: Mapping[str, Any]) -> str:
    """How many pairs were compared, and how many of them may be one customer."""
    if "found" not in told:
        return ""
    found = ngettext(
        "%(total)s pair may be one customer", "%(total)s pairs may be one customer each", told["found"],
        total=number(told["found"]),
    )  # fmt: skip
    compared = _("%(total)s compared", total=number(told["compared"]))
    return _("%(first)s; %(second)s", first=found, second=compared)


def _to_duplicates(_told: Mapping[str, Any], viewer: Viewer) -> tuple[Any, str] | None:
    """To the pairs that were found."""
    if not viewer.may(Right.CUSTOMERS_MERGE):
        return None
    return _l("See the duplicates"), url_for("customer_duplicates.index")


jobs.declare(
    JobKind(
        exporting.JOB,
        _l("Export customers"),
        exporting.make,
        outcome=_outcome,
        file_name=lambda job: exporting.file_name(job.created_at, exporting.format_of(job)),
        right=Right.CUSTOMERS_EXPORT,
    ),
    JobKind(
        everything.JOB,
        _l("Export everything about a customer"),
        everything.make,
        file_name=everything.file_name,
        right=Right.CUSTOMERS_EXPORT_FILE,
        lent=everything.is_lent,
    ),
    JobKind(
        import_batches.TRY, _l("Try an import out"), import_batches.try_out, outcome=_tried, follow=_to_import
    ),
    JobKind(
        import_batches.RUN, _l("Import customers"), import_batches.run, outcome=_imported, follow=_to_import
    ),
    JobKind(
        import_lists.TRY, _l("Try an import out"), import_lists.try_out, outcome=_tried, follow=_to_import
    ),
    JobKind(import_lists.RUN, _l("Import a list"), import_lists.run, outcome=_imported, follow=_to_import),
    JobKind(searched_anew.JOB, _l("Make a custom field searchable"), searched_anew.make),
    JobKind(bulk.JOB, _l("Change customers"), bulk.make, outcome=_changed),
    JobKind(
        duplicate_sweep.JOB,
        _l("Look for duplicates"),
        duplicate_sweep.sweep,
        nightly=True,
        outcome=_swept,
        follow=_to_duplicates,
    ),
    JobKind(
        retention.JOB,
        _l("Look for files that have served their time"),
        retention.run,
        nightly=True,
        outcome=retention.outcome,
    ),
    JobKind(
        unusual_reading.JOB,
        _l("Look for unusual reading"),
        unusual_reading.watch,
        every=unusual_reading.EVERY,
        outcome=_watched,
    ),
)
