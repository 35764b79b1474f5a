"""What customers do behind the pages: large exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blueprints.customers import exporting
from core import jobs
from core.jobs import JobKind
from core.languages import number
from core.rights import Right
from core.words import _l, ngettext


def _outcome(result: Mapping[str, Any]) -> str:
    rows = int(result["rows"])
    return ngettext("%(total)s customer exported", "%(total)s customers exported", rows, total=number(rows))


jobs.declare(
    JobKind(
        exporting.JOB,
        _l("Export customers"),
        exporting.make,
        outcome=_outcome,
        file_name=lambda job: exporting.file_name(job.created_at),
        right=Right.CUSTOMERS_EXPORT,
    )
)
