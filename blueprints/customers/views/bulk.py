"""Several customers at once: preview, then the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import bulk, bulk_words, choices, listing, queries
from blueprints.customers.bulk import Wish
from blueprints.customers.bulk_outlook import outlook
from blueprints.customers.forms import BulkForm, tag_names
from blueprints.customers.listing import Listing
from core import changes
from core.errors import Refused, RuleBroken
from core.forms import done, refused
from core.kinds import refusal
from core.rights import Right, requires
from core.words import _, ngettext

bp = Blueprint("customers_bulk", __name__, url_prefix="/customers/bulk")


@bp.post("/preview")
@requires(Right.CUSTOMERS_BULK)
def preview() -> ResponseReturnValue:
    form = _form()
    if (act := request.args.get("act")) in ACTS:
        form.act.data = act
    return render_template("customers/bulk.html", form=form, **_context(_ids()))


@bp.post("/check")
@requires(Right.CUSTOMERS_BULK)
def check() -> ResponseReturnValue:
    """What the change would do, before it is done."""
    form, ids = _form(), _ids()
    if not form.validate():
        return refused(form, "customers/bulk.html", **_context(ids))
    try:
        wish = _wish(form)
        found = outlook(ids, wish, current_user)
        if found.ready:
            wish.check(found.ready, current_user)
    except RuleBroken as broken:
        return refused(form, "customers/bulk.html", broken=broken, **_context(ids))
    left_out = [
        (why, queries.first_names(some, current_user, 5), len(some)) for why, some in found.left_out()
    ]
    asked = [(name, value) for name in ACTS[form.act.data] for value in request.form.getlist(name)]
    news, stays = bulk_words.news(wish, found.ready), bulk_words.stays(wish)
    context = {**_context(found.ready), "asked": asked, "left_out": left_out, "news": news, "stays": stays}
    return render_template("customers/bulk_check.html", form=form, **context)


@bp.post("")
@requires(Right.CUSTOMERS_BULK)
def apply() -> ResponseReturnValue:
    form, ids = _form(), _ids()
    if not form.validate():
        return refused(form, "customers/bulk.html", **_context(ids))
    try:
        wish = _wish(form)
        if len(ids) > bulk.AT_ONCE:
            job = bulk.ask(ids, wish, by=current_user)
            return done(to=url_for("jobs.show", id=job.id))
        wish.carry_out(ids, current_user)
    except RuleBroken as broken:
        return refused(form, "customers/bulk.html", broken=broken, **_context(ids))
    flash(ngettext("%(num)s customer changed.", "%(num)s customers changed.", len(ids)), "success")
    return done(to=_result())


# What the form holds for each act
ACTS = {
    "owner": ("act", "owner", "reason"), "tier": ("act", "tier"), "intent": ("act", "intent"),
    "status": ("act", "status", "lost_reason"), "tags": ("act", "tags"), "untags": ("act", "untags"),
    "help": ("act", "help", "may_write"), "unhelp": ("act", "unhelp"), "bin": ("act",),
    "archive": ("act", "reason"), "unarchive": ("act",),
}  # fmt: skip
OF_BIN = ("bin", "archive", "unarchive")


def _result() -> str:
    """The page of what was changed, unless the change took all of it out of its author's sight."""
    made = changes.set_id()
    seen = made is not None and queries.may_open_change(made, current_user)
    return url_for("changes.show", id=made) if seen else url_for("customers.index")


def _wish(form: BulkForm) -> Wish:
    """What the form asks for. Raises RuleBroken where it says nothing."""
    act = form.act.data
    if act == "owner":
        owner = queries.owner_named(form.owner.data)
        if owner is None:
            raise RuleBroken(_("Choose the new owner."), "owner")
        return Wish(owner_id=owner.id, reason=form.reason.data or "")
    if act in OF_BIN:
        if not current_user.may(Right.CUSTOMERS_BIN):
            raise Refused(refusal(Right.CUSTOMERS_BIN))
        if act == "bin":
            return Wish(binned=True)
        if act == "unarchive":
            return Wish(brought_back=True)
        if not form.reason.data:
            raise RuleBroken(_("Say why the file goes into the archive."), "reason")
        return Wish(archived=True, reason=form.reason.data)
    if act in ("help", "unhelp"):
        helper = queries.owner_named(form[act].data)
        if helper is None:
            raise RuleBroken(_("Choose a helper."), act)
        return Wish(helper_id=helper.id, helps=act == "help", may_write=bool(form.may_write.data))
    if act == "untags" and (names := tag_names(form.untags.data or "")):
        return Wish(untags=names)
    if act == "tags" and (names := tag_names(form.tags.data or "")):
        return Wish(tags=names)
    if not form[act].data:
        raise RuleBroken(_("Fill this in."), act)
    values = {act: form[act].data}
    if act == "status":
        values["lost_reason"] = form.lost_reason.data if form.status.data == "lost" else None
    return Wish(values=values)


def _form() -> BulkForm:
    form = BulkForm()
    form.owner.choices = [("", "—"), *choices.owner_choices(current_user, Right.CUSTOMERS_ASSIGN)]
    people = [("", "—"), *choices.helper_choices()]
    form.help.choices, form.unhelp.choices = people, people
    if not current_user.may(Right.CUSTOMERS_BIN):
        offered = form.act.offered.items()
        form.act.choices = [pair for pair in offered if pair[0] not in OF_BIN]
    return form


def _ids() -> list[int]:
    """The chosen customers: the ticked ones, or all that the list they were ticked in holds."""
    if request.form.get("all") == "1":
        args = listing.meant(queries.arguments(request.form.get("back", "")), current_user)
        return queries.all_ids(Listing.read(args), current_user)
    return list(
        dict.fromkeys(
            int(id)
            for id in request.form.getlist("id")[: queries.MOST_BULK]
            if id.isdecimal() and len(id) < 19
        )
    )


def _context(ids: Sequence[int]) -> dict[str, Any]:
    return {
        "ids": ids,
        "names": queries.first_names(ids, current_user),
        "limit": current_user.limit(Right.CUSTOMERS_BULK),
        "behind": len(ids) > bulk.AT_ONCE,
    }
