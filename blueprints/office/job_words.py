"""Jobs in words: what kind they are, who asked, how long they still take, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock, jobs
from core.jobs import RUNNING, STATES, Job
from core.rights import Viewer
from core.words import _l

__all__ = ["STATES", "file_name", "follow", "label", "outcome", "starter", "time_left"]
BY_ITSELF = _l("by itself")
SURE_AFTER = timedelta(seconds=5)  # before that, how long it still takes is a guess


def file_name(job: Job) -> str:
    """What the file of a job is called where it is saved."""
    kind = jobs.kind_of(job.kind)
    return kind.file_name(job) if kind and kind.file_name else f"job-{job.id}"


def time_left(job: Job) -> int | None:
    """How many minutes it still takes at its pace so far, at least one; None as long as that is a guess."""
    if job.state != RUNNING or not (job.done and job.total and job.started_at):
        return None
    passed = clock.now() - job.started_at
    if passed < SURE_AFTER or job.attempts > 1:
        return None
    seconds = passed.total_seconds() * max(0, job.total - job.done) / job.done
    return max(1, round(seconds / 60))


def starter(job: Job) -> str:
    """Who asked; nightly work comes by itself."""
    return job.starter if job.user_id is not None else str(BY_ITSELF)


def label(job: Job) -> Any:
    """What kind of work it is, in words."""
    kind = jobs.kind_of(job.kind)
    return kind.label if kind else job.kind


def outcome(job: Job) -> str:
    """What came of it, in words; empty if there is nothing to say."""
    kind = jobs.kind_of(job.kind)
    return kind.outcome(job.told) if kind and kind.outcome and job.told else ""


def follow(job: Job, viewer: Viewer) -> tuple[Any, str] | None:
    """Label and address of where is seen what came of it; for whoever asked."""
    kind = jobs.kind_of(job.kind)
    if kind is None or kind.follow is None or job.user_id != viewer.id or not job.told:
        return None
    return kind.follow(job.told, viewer)
