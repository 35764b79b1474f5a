"""Deputies and times away: one's own, and those of the people below."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.office import deputies, deputizing
from blueprints.office.forms import AbsenceForm, DeputyForm
from blueprints.office.models import Cover
from core import conflicts
from core.forms import carry_out, done, make_once
from core.kinds import the
from core.requests import viewer
from core.rights import Right, Scope, requires
from core.words import _

bp = Blueprint("team", __name__, url_prefix="/team")
R = Right.OFFICE_DEPUTIES
PAGE = "office/team/show.html"


@bp.get("")
@requires(R)
def index() -> ResponseReturnValue:
    q = request.args.get("q", "").strip()[:120]
    page = deputies.people(viewer(), q, request.args.get("after"))
    ids = [user.id for user in page.rows]
    return render_template(
        "office/team/index.html",
        page=page,
        q=q,
        covers=deputies.covers_of(ids),
        away=deputies.away(ids),
        own_only=viewer().scope(R) is Scope.OWN,
    )


@bp.get("/covers/<int:id>")
@requires(R)
def cover(id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", id=the(Cover, id, R).user_id))


@bp.get("/<int:id>")
@requires(R)
def show(id: int) -> ResponseReturnValue:
    return render_template(PAGE, **page_context(deputies.the_person(id, viewer())))


@bp.post("/<int:id>/deputy")
@requires(R)
def name_deputy(id: int) -> ResponseReturnValue:
    person = deputies.the_person(id, viewer())
    form = _with_people(DeputyForm(), person)
    context = page_context(person, deputy_form=form)

    def change() -> str:
        chosen = deputies.called(form.deputy.data)
        deputizing.name_deputy(person, chosen, by=viewer(), version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for(".show", id=id)

    if context["cover"] is None:
        return carry_out(form, PAGE, change, **context)
    present = lambda: _values(deputies.cover_of(id))  # noqa: E731
    names = {value: label for value, label, *_rest in form.deputy.iter_choices()}
    words = {"deputy": lambda username: names.get(username or "", username)}
    return conflicts.save(form, context["cover"], PAGE, change, present=present, words=words, **context)


@bp.post("/<int:id>/absences")
@requires(R)
def note_away(id: int) -> ResponseReturnValue:
    person, form = deputies.the_person(id, viewer()), AbsenceForm()

    def make() -> str:
        first, last = form.first_on.data, form.last_on.data
        assert first is not None and last is not None
        deputizing.note_away(person, first, last, by=viewer())
        flash(_("The time away is noted."), "success")
        return url_for(".show", id=id)

    return make_once(form, PAGE, make, **page_context(person, absence_form=form))


@bp.post("/<int:id>/absences/<int:absence_id>/deletion")
@requires(R)
def forget_away(id: int, absence_id: int) -> ResponseReturnValue:
    deputizing.forget_away(deputies.the_person(id, viewer()), absence_id, by=viewer())
    flash(_("The time away is taken away."), "success")
    return done(to=url_for(".show", id=id))


def page_context(person: Any, **forms: Any) -> dict[str, Any]:
    """What the page of a person needs; `forms` are those that were sent and not taken."""
    found = deputies.cover_of(person.id)
    after = request.args.get("after", "")
    own = DeputyForm(formdata=None, version=found.version if found else 0, **_values(found))
    own.opened.data = conflicts.opened(_values(found))
    return {
        "person": person,
        "cover": found,
        "last_away": deputies.away([person.id]).get(person.id),
        "absences": deputies.ahead(found),
        "answers_for": [each.user.name for each in deputies.named_by(person.id)],
        "deputy_form": _with_people(own, person),
        "absence_form": AbsenceForm(formdata=None),
        "history": deputies.history_of(found, viewer(), after),
        "history_url": url_for(".show", id=person.id),
    } | forms


def _values(found: Cover | None) -> dict[str, Any]:
    return {"deputy": found.deputy.username if found and found.deputy else None}


def _with_people(form: DeputyForm, person: Any) -> DeputyForm:
    form.deputy.choices = [("", _("nobody")), *deputies.choices(person)]
    return form
