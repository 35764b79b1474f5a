"""Merging files: which ones, a choice field by field, and the act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import merge_custom, merge_fields, merge_page, merged, merging
from blueprints.customers.models import Customer
from core.errors import RuleBroken, Stale
from core.forms import Form, done, refused
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customers_merge", __name__, url_prefix="/customers/merge")
PAGE = "customers/merge.html"


@bp.get("")
@requires(Right.CUSTOMERS_MERGE)
def show() -> ResponseReturnValue:
    ids = _ids(request.args.getlist("id"))
    if not ids or len(ids) > merge_fields.MOST:
        flash(_("Choose two to %(n)s files to merge.", n=merge_fields.MOST), "warning")
        return redirect(url_for("customers.index"), 303)
    stands = merged.into(ids)
    files = _files(dict.fromkeys(stands.get(id, id) for id in ids))
    if len(files) == 1 < len(ids):
        flash(_("These files are one already."), "info")
        return redirect(url_for("customers.show", id=files[0].id), 303)
    if len(files) == 1:
        q = request.args.get("q", "").strip()[:200]
        found = merge_page.to_merge(files[0], current_user, q)
        return render_template("customers/merge_pick.html", customer=files[0], q=q, found=found)
    into = request.args.get("into", 0, int)
    context = {"sheet": merge_page.sheet(files, current_user, into=into), "owners_help": True}
    return render_template(PAGE, form=Form(formdata=None), **context)


@bp.post("/selection")
@requires(Right.CUSTOMERS_MERGE)
def choose() -> ResponseReturnValue:
    ids = _ids(request.form.getlist("id"))
    if len(ids) < 2 or len(ids) > merge_fields.MOST or request.form.get("all") == "1":
        flash(_("Choose two to %(n)s files to merge.", n=merge_fields.MOST), "warning")
        return redirect(url_for("customers.index"), 303)
    return redirect(url_for(".show", id=ids), 303)


@bp.post("")
@requires(Right.CUSTOMERS_MERGE)
def merge() -> ResponseReturnValue:
    ids = _ids(request.form.getlist("id"))[: merge_fields.MOST + 1]
    if not ids:
        abort(400)
    files = _files(ids)
    by_id = {file.id: file for file in files}
    names = [*merge_fields.FIELDS, *(field.name for field in merge_custom.chosen_fields())]
    whose = {name: id for name in names if (id := _number(f"field-{name}")) in by_id}
    into, owners_help = _number("into"), request.form.get("owners_help") == "1"
    try:
        if into not in by_id:
            raise RuleBroken(_("Choose the file that stays."))
        versions = {id: _number(f"version-{id}") for id in by_id}
        merging.merge(files, by_id[into], whose, versions=versions, owners_help=owners_help, by=current_user)
    except (RuleBroken, Stale) as problem:
        return _again(files, problem, into=into, whose=whose, owners_help=owners_help)
    flash(_("The files are one now. It can be taken back for 30 days, from the history."), "success")
    return done(to=url_for("customers.show", id=into))


def _again(
    files: Sequence[Customer], problem: RuleBroken | Stale, *, owners_help: bool, **chosen: Any
) -> Any:
    """The page with what was chosen; of files that others have changed meanwhile as they are now."""
    merging.give_up()
    files = _files([file.id for file in files])
    shown = merge_page.sheet(files, current_user, **chosen)
    context = {"sheet": shown, "owners_help": owners_help}
    return refused(Form(), PAGE, broken=RuleBroken(problem.message), status=problem.status, **context)


def _files(ids: Iterable[int]) -> list[Customer]:
    """Each through the right to merge it, before anything is written."""
    return [the(Customer, id, Right.CUSTOMERS_MERGE) for id in ids]


def _ids(sent: Sequence[str]) -> list[int]:
    return list(dict.fromkeys(int(id) for id in sent if id.isdecimal() and len(id) < 19))


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
