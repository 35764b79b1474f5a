"""What access does behind the pages: who a job's starter is, large undos, and the nightly cleaning of old sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from blueprints.access import cleaning, leaving, queries
from core import events, jobs, undoing
from core.jobs import JobKind
from core.languages import number
from core.rights import Viewer
from core.words import _, _l, ngettext
from core.working import Work


@events.listen("job.starter")
def starter(user_id: int) -> Viewer | None:
    """Who asked for a job, with rights as they are now; None for an account that is deactivated."""
    return queries.viewer_of_account(user_id)


def clean(work: Work) -> dict[str, int]:
    """Forget the traces of old sign-ins."""
    return {"rows": cleaning.forget_old_sign_ins()}


def _outcome(told: Mapping[str, Any]) -> str:
    """How many records were taken back, or how many conflicts wait to be decided on."""
    if (records := told.get("records")) is not None:
        said = ngettext(
            "%(total)s record taken back", "%(total)s records taken back", records, total=number(records)
        )
        return _with_stayed(str(said), told.get("stayed", 0))
    if conflicts := told.get("conflicts"):
        changed = ngettext(
            "%(total)s thing was changed again since. Nothing has been taken back yet.",
            "%(total)s things were changed again since. Nothing has been taken back yet.",
            conflicts,
            total=number(conflicts),
        )
        return str(changed)
    return _("Nothing has been taken back.")


def _with_stayed(said: str, stayed: int) -> str:
    if not stayed:
        return said
    beyond = ngettext(
        "%(total)s thing stayed, changed again since",
        "%(total)s things stayed, changed again since",
        stayed,
        total=number(stayed),
    )
    return _("%(first)s; %(second)s", first=said, second=beyond)


def _follow(told: Mapping[str, Any], _viewer: Viewer) -> tuple[Any, str] | None:
    """To the decision, to what the undo changed, or back to what was to be undone."""
    if act := told.get("act"):
        return _l("See what that changed"), url_for("changes.show", id=act)
    if told.get("conflicts") and (job := told.get("job")):
        return _l("Decide what stays"), url_for("changes.decide", id=told["set"], job=job)
    return None


def _handed_over(told: Mapping[str, Any]) -> str:
    """How much was handed over."""
    moved = told.get("moved", 0)
    said = ngettext(
        "%(total)s record handed over", "%(total)s records handed over", moved, total=number(moved)
    )
    return str(said)


jobs.declare(
    JobKind("access.cleaned", _l("Forget old sign-ins"), clean, nightly=True),
    JobKind(
        leaving.JOB,
        _l("Hand over what somebody owned who left"),
        leaving.make,
        outcome=_handed_over,
    ),
    JobKind(undoing.JOB, _l("Take a change back"), undoing.make, outcome=_outcome, follow=_follow),
)
