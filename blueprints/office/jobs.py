"""What the office does behind the pages each night: derived columns, seals, and what has served its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from blueprints.office import approving, filing, notifications
from core import events, forms, jobs, kinds, scrubbing, sealing, upkeep
from core.db import db
from core.jobs import JobKind
from core.kinds import Kind
from core.words import _l, ngettext
from core.working import Work

BATCH = 100


def derive(work: Work) -> dict[str, int]:
    """Compute derived columns of all records again, a batch at a time; answers how many were wrong."""
    wrong, done = int(work.place.get("wrong", 0)), work.done
    derived = (kind for kind in kinds.kinds() if kind.refresh is not None)
    for kind in sorted(derived, key=lambda kind: kind.table):
        if kind.table < str(work.place.get("table", "")):
            continue
        last = int(work.place.get("last", 0)) if kind.table == work.place.get("table") else 0
        while ids := _next(kind, last):
            wrong, done, last = wrong + _refresh(kind, ids), done + len(ids), ids[-1]
            work.advance(done, table=kind.table, last=last, wrong=wrong)
    return {"wrong": wrong}


def _next(kind: Kind, last: int) -> Sequence[int]:
    model: Any = kind.model
    return db.session.scalars(select(model.id).where(model.id > last).order_by(model.id).limit(BATCH)).all()


def _refresh(kind: Kind, ids: Sequence[int]) -> int:
    own = kind.refresh(ids) if kind.refresh else 0
    return own + sum(events.ask("records.refresh", table=kind.table, ids=ids))


def tidy(work: Work) -> dict[str, int]:
    """Seal what late commits left behind, and forget old jobs, their files, keys of forms, and notifications."""
    sealed = sealing.seal(everything=True)
    rows = upkeep.forget_old() + forms.forget_old_keys() + notifications.forget_old()
    return {"sealed": sealed, "rows": rows}


def scrub(work: Work) -> None:
    """Write the database anew, without what was erased. While somebody keeps it from that, the next night does it."""
    db.session.rollback()
    scrubbing.scrub()


def sweep(work: Work) -> dict[str, int]:
    """Remove files that nothing names any more, and that no undo can bring back."""
    filing.look_for_use()
    gone, at = 0, 0
    while names := filing.forget_unused():
        gone += len(names)
        work.advance(gone, at=(at := at + 1))
        filing.drop(names)
    return {"files": gone + filing.drop_nameless()}


def move_on(work: Work) -> dict[str, int]:
    """Take requests past due one level up, those of who is away or has left to others, and let those lapse whose
    subject or requester is gone.
    """
    last, moved = int(work.place.get("last", 0)), int(work.place.get("moved", 0))
    while True:
        further, some = approving.look_after(last)
        if further is None:
            return {"requests": moved}
        last, moved = further, moved + some
        work.advance(moved, last=last, moved=moved)


def _moved(result: Mapping[str, Any]) -> str:
    requests = int(result["requests"])
    return ngettext("%(num)s request went on", "%(num)s requests went on", requests) if requests else ""


def _swept(result: Mapping[str, Any]) -> str:
    files = int(result["files"])
    return ngettext("%(num)s file removed", "%(num)s files removed", files) if files else ""


def _mended(result: Mapping[str, Any]) -> str:
    wrong = int(result["wrong"])
    return ngettext("%(num)s value was wrong", "%(num)s values were wrong", wrong) if wrong else ""


jobs.declare(
    JobKind(
        "office.approvals",
        _l("Take requests on that are past due, or wait for somebody away"),
        move_on,
        every=timedelta(minutes=15),
        outcome=_moved,
    ),
    JobKind(
        "office.derived",
        _l("Compute derived columns"),
        derive,
        nightly=True,
        outcome=_mended,
    ),
    JobKind(
        "office.swept", _l("Remove files that nothing names any more"), sweep, nightly=True, outcome=_swept
    ),
    JobKind(scrubbing.JOB, _l("Overwrite what was erased"), scrub),
    JobKind("office.tidied", _l("Seal and tidy up"), tidy, nightly=True),
)
