"""The settings of the company, a page for each group."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.office import actions, queries, words
from blueprints.office.forms import field_name, settings_form
from core import settings
from core.errors import NotFound, RuleBroken, Stale
from core.forms import Form, done, refused
from core.rights import Right, requires
from core.words import _

bp = Blueprint("settings", __name__)


@bp.get("/admin/settings")
@requires(Right.OFFICE_SETTINGS)
def index() -> ResponseReturnValue:
    return redirect(url_for(".show", group=queries.groups()[0]), 303)


@bp.get("/admin/settings/<string:group>")
@requires(Right.OFFICE_SETTINGS)
def show(group: str) -> ResponseReturnValue:
    context = page_context(group)
    return render_template("office/settings.html", form=_fresh(group), **context)


@bp.post("/admin/settings/<string:group>")
@requires(Right.OFFICE_SETTINGS)
def update(group: str) -> ResponseReturnValue:
    form, context = _sent(group), page_context(group)
    if not form.validate():
        return refused(form, "office/settings.html", **context)
    sent = {
        s.name: form[field_name(s.name)].data for s in queries.of_group(group) if field_name(s.name) in form
    }
    try:
        changed = actions.change_settings(sent, opened=_opened(form))
    except Stale:
        return _shown_both(form, group, sent, context)
    except RuleBroken as broken:
        broken.field = field_name(broken.field or "")
        return refused(form, "office/settings.html", broken=broken, **context)
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return done(to=url_for(".show", group=group))


def page_context(group: str) -> dict[str, Any]:
    """What the page of a group needs. Raises NotFound for a group without a page."""
    groups = queries.groups()
    if group not in groups:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    shown = queries.of_group(group)
    return {
        "group": group,
        "groups": [(name, words.GROUPS.get(name, name)) for name in groups],
        "rows": [(setting, field_name(setting.name)) for setting in shown],
        "defaults": {setting.name: settings.in_words(setting.name, setting.default) for setting in shown},
        "changes": queries.last_changes([setting.name for setting in shown]),
        "fixed": queries.is_fixed(),
        "present": _present(group),
    }


def _form(group: str) -> type[Form]:
    return settings_form(queries.of_group(group))


def _sent(group: str) -> Form:
    """The form as it was sent: a setting that was not sent is not asked about."""
    form: Form = _form(group)()
    for setting in queries.of_group(group):
        if field_name(setting.name) not in request.form:
            del form[field_name(setting.name)]
    return form


def _fresh(group: str) -> Form:
    present = _present(group)
    form: Form = _form(group)(
        formdata=None, data={field_name(name): value for name, value in present.items()}
    )
    form["opened"].data = json.dumps(present)
    return form


def _present(group: str) -> dict[str, Any]:
    return {setting.name: settings.get(setting.name) for setting in queries.of_group(group)}


def _opened(form: Form) -> dict[str, Any]:
    try:
        opened = json.loads(form["opened"].data or "{}")
    except ValueError:
        return {}
    return opened if isinstance(opened, dict) else {}


def _shown_both(form: Form, group: str, sent: dict[str, Any], context: dict[str, Any]) -> ResponseReturnValue:
    """What others changed meanwhile stands beside what was typed; sent again, this form may overwrite it."""
    settings.forget()
    present, opened = _present(group), _opened(form)
    for name, value in sent.items():
        if name in opened and present[name] not in (opened[name], value):
            theirs = settings.in_words(name, present[name])
            text = _(
                "Somebody else has set this to “%(value)s” meanwhile. Save again to keep yours.", value=theirs
            )
            form.complain(RuleBroken(text, field_name(name)))
    form["opened"].data = json.dumps(present)
    return refused(form, "office/settings.html", status=409, **context)
