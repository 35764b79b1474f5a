"""Work behind the pages: how far one's own is, and for the administrator all that runs, waits and has failed."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.office import job_list, job_words
from core import downloads, journal, uploads
from core.errors import NotFound
from core.forms import done
from core.jobs import STATES, Job, cancel, go_on, pause
from core.rights import Right, requires, signed_in
from core.words import _

bp = Blueprint("jobs", __name__)
OWN = "one's own jobs, and all of them for whoever looks after the installation"


@bp.get("/admin/jobs")
@requires(Right.OFFICE_SETTINGS)
def index() -> ResponseReturnValue:
    asked = request.args.get("state", "")
    page = job_list.page(asked, request.args.get("after"))
    return render_template(
        "office/jobs/index.html", page=page, counts=job_list.counts(), state=asked, states=STATES
    )


@bp.get("/jobs")
@signed_in(OWN)
def mine() -> ResponseReturnValue:
    return render_template("office/jobs/mine.html", rows=job_list.of_user(current_user.id))


@bp.get("/jobs/<int:id>")
@signed_in(OWN)
def show(id: int) -> ResponseReturnValue:
    job = job_list.the_job(id, current_user)
    return render_template(
        "office/jobs/show.html",
        job=job,
        may_fetch=job_list.may_fetch(job, current_user),
        left=job_words.time_left(job),
        follow=job_words.follow(job, current_user) or _to_change(job),
    )


def _to_change(job: Job) -> tuple[str, str] | None:
    """To the page of what the job has changed."""
    act = job_list.act_of(job, current_user)
    return (_("See or undo it"), url_for("changes.show", id=act)) if act is not None else None


@bp.post("/jobs/<int:id>/pause")
@signed_in(OWN)
def rest(id: int) -> ResponseReturnValue:
    pause(job_list.the_job(id, current_user))
    return done(to=url_for(".show", id=id))


@bp.post("/jobs/<int:id>/continuation")
@signed_in(OWN)
def continue_(id: int) -> ResponseReturnValue:
    go_on(job_list.the_job(id, current_user))
    return done(to=url_for(".show", id=id))


@bp.post("/jobs/<int:id>/cancellation")
@signed_in(OWN)
def end(id: int) -> ResponseReturnValue:
    cancel(job_list.the_job(id, current_user))
    flash(_("Cancelled. What was done before stays."), "success")
    return done(to=url_for(".show", id=id))


@bp.get("/jobs/<int:id>/file")
@signed_in("what one had made, as long as one may")
def file(id: int) -> ResponseReturnValue:
    job = job_list.the_job(id, current_user)
    if not job_list.may_fetch(job, current_user):
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    made = job.result or {}
    journal.note("fetched_file", job=job.id, **({"rows": made["rows"]} if "rows" in made else {}))
    return downloads.download(uploads.path_of(job.file or ""), job_words.file_name(job))
