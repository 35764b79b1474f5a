"""What sales does behind the page."""

from __future__ import annotations

from collections.abc import Mapping

from blueprints.sales import refreshing
from core import jobs
from core.jobs import JobKind
from core.words import _l
from core.working import Work


def count_up(work: Work) -> Mapping[str, int]:
    """What customers bought is added up anew each night: the currency of new purchases may be another since."""
    wrong, last = int(work.place.get("wrong", 0)), int(work.place.get("last", 0))
    for ids in refreshing.batches(last):
        wrong += refreshing.refresh_customers(ids)
        work.advance(work.done + len(ids), wrong=wrong, last=ids[-1])
    return {"wrong": wrong}


jobs.declare(JobKind("sales.counted", _l("Add up what customers bought"), count_up, nightly=True))
