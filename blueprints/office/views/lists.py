"""What all lists have in common: putting conditions together, and keeping views."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from blueprints.office import saved_views
from blueprints.office.forms import ViewForm
from blueprints.office.models import SavedView
from core import changes, columns, filters
from core.filterdrafts import Draft
from core.filterlines import MATCH, PERIODS, UNITS, WHERE
from core.filters import OPERATORS, Filter
from core.forms import carry_out, done
from core.kinds import the
from core.listkinds import ListKind, the_list
from core.rights import Right, requires, signed_in
from core.words import _

bp = Blueprint("lists", __name__, url_prefix="/lists/<string:name>")


@bp.get("/conditions")
@signed_in("a list is opened by its own right, which `the_list` asks for")
def conditions(name: str) -> ResponseReturnValue:
    kind = the_list(name, current_user)
    draft, rest = Draft.read(request.args), _rest(kind)
    judge = Filter(kind.model, draft.lines, filters.fields(name, current_user))
    if request.args.get("do") == "apply" and not judge.problems():
        return redirect(f"{kind.url}?{urlencode([*rest, *draft.lines.written()])}", 303)
    return render_template(
        "office/lists/conditions.html",
        kind=kind,
        draft=draft,
        judge=judge,
        applied=request.args.get("do") == "apply",
        rest=rest,
        operators=OPERATORS,
        units=UNITS,
        periods=PERIODS,
    )


def _rest(kind: ListKind) -> list[tuple[str, str]]:
    """The other arguments of the list's address, which stay as they are."""
    args: MultiDict[str, str] = request.args
    kept = [name for name in (*kind.arguments, saved_views.VIEW) if name not in (WHERE, MATCH)]
    return [(name, value) for name in kept for value in args.getlist(name) if value]


@bp.get("/views/new")
@requires(Right.OFFICE_VIEWS)
def new_view(name: str) -> ResponseReturnValue:
    kind = the_list(name, current_user)
    query = saved_views.query_of(kind, saved_views.resolved(kind, request.args, current_user))
    return render_template("office/lists/view_new.html", form=_form(formdata=None), kind=kind, query=query)


@bp.post("/views")
@requires(Right.OFFICE_VIEWS)
def save_view(name: str) -> ResponseReturnValue:
    kind, form = the_list(name, current_user), _form()
    query = saved_views.query_of(kind, MultiDict(parse_qsl(request.form.get("query", ""))))

    def keep() -> str:
        view = saved_views.save(kind, form.values, query, by=current_user)
        flash(_("The view “%(name)s” is kept.", name=view.name), "success")
        return _address(kind, view)

    return carry_out(form, "office/lists/view_new.html", keep, kind=kind, query=query)


@bp.get("/views/<int:id>/edit")
@requires(Right.OFFICE_VIEWS)
def edit_view(name: str, id: int) -> ResponseReturnValue:
    kind = the_list(name, current_user)
    view = saved_views.the_view(kind, id, current_user)
    saved_views.check_hand(view, current_user)
    form = _form(formdata=None, obj=view)
    form.team.data = view.team.slug if view.team else None
    return render_template("office/lists/view.html", form=form, kind=kind, view=view)


@bp.post("/views/<int:id>")
@requires(Right.OFFICE_VIEWS)
def update_view(name: str, id: int) -> ResponseReturnValue:
    kind = the_list(name, current_user)
    view, form = saved_views.the_view(kind, id, current_user), _form()
    saved_views.check_hand(view, current_user)

    def change() -> str:
        saved_views.change(view, form.values, by=current_user, version=form.opened_version)
        flash(_("Saved."), "success")
        return _address(kind, view)

    return carry_out(form, "office/lists/view.html", change, kind=kind, view=view)


@bp.post("/views/<int:id>/query")
@requires(Right.OFFICE_VIEWS)
def retake_view(name: str, id: int) -> ResponseReturnValue:
    kind = the_list(name, current_user)
    view = saved_views.the_view(kind, id, current_user)
    query = saved_views.query_of(kind, MultiDict(parse_qsl(request.form.get("query", ""))))
    saved_views.retake(view, query, by=current_user)
    flash(_("Saved."), "success")
    return done(to=_address(kind, view))


@bp.post("/views/<int:id>/deletion")
@requires(Right.OFFICE_VIEWS)
def delete_view(name: str, id: int) -> ResponseReturnValue:
    kind = the_list(name, current_user)
    saved_views.delete(saved_views.the_view(kind, id, current_user), by=current_user)
    made = changes.set_id()
    flash(_("The view is deleted. It can be undone."), "success")
    return done(to=url_for("changes.show", id=made) if made else kind.url)


@bp.post("/views/default")
@requires(Right.OFFICE_VIEWS)
def choose_default(name: str) -> ResponseReturnValue:
    """With which view a list opens for this person; none: with all rows."""
    kind = the_list(name, current_user)
    wanted = request.form.get("view", "")
    view = saved_views.the_view(kind, wanted, current_user) if wanted else None
    columns.open_with(current_user.id, kind.name, view.id if view else None)
    flash(
        _("The list opens with this view from now on.") if view else _("The list opens with all rows."),
        "success",
    )
    return done(to=_address(kind, view) if view else kind.url)


def _form(**given: Any) -> ViewForm:
    form = ViewForm(**given)
    shared = [code for code in saved_views.SHARED if _can_share(code)]
    form.shared.choices = [(code, saved_views.SHARED[code]) for code in shared]
    form.team.choices = [("", "—"), *saved_views.teams_to_share_with(current_user)]
    return form


def _can_share(code: str) -> bool:
    if code == saved_views.TEAM:
        return bool(saved_views.teams_to_share_with(current_user))
    return saved_views.may_share(current_user, code)


def _address(kind: ListKind, view: SavedView) -> str:
    return f"{kind.url}?{saved_views.VIEW}={view.id}"


one = Blueprint("saved_view", __name__, url_prefix="/views")


@one.get("/<int:id>")
@requires(Right.OFFICE_VIEWS)
def show(id: int) -> ResponseReturnValue:
    """To the list, as the view shows it."""
    view = the(SavedView, id, Right.OFFICE_VIEWS)
    return redirect(_address(the_list(view.list, current_user), view), 303)
