"""What access does behind the pages: who a job's starter is, and the nightly cleaning of what signing in leaves."""

from __future__ import annotations

from blueprints.access import cleaning, queries
from core import events, jobs
from core.jobs import JobKind
from core.rights import Viewer
from core.words import _l
from core.working import Work


@events.listen("job.starter")
def starter(user_id: int) -> Viewer | None:
    """Who asked for a job, with rights as they are now; None for an account that is deactivated."""
    return queries.viewer_of_account(user_id)


def clean(work: Work) -> dict[str, int]:
    """Forget the traces of old sign-ins."""
    return {"rows": cleaning.forget_old_sign_ins()}


jobs.declare(JobKind("access.cleaned", _l("Forget old sign-ins"), clean, nightly=True))
