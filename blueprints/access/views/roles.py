"""Roles and what each allows: the matrix, and one role at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.access import diagnosis, queries, roles, words
from blueprints.access.defaults import Cell
from blueprints.access.forms import EditRoleForm, NewRoleForm
from blueprints.access.models import Role
from blueprints.access.rules import limit_field, scope_field
from core import conflicts, settings
from core.errors import RuleBroken, Stale
from core.forms import MadeAlready, check_key, done, keep_key, made_already, refused
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("roles", __name__)


@bp.get("/admin/roles")
@requires(Right.ACCESS_ROLES)
def index() -> ResponseReturnValue:
    everyone = queries.roles()
    return render_template(
        "access/roles/index.html",
        roles=everyone,
        matrix=roles.matrix(everyone),
        people=roles.people(),
        lacking={role.id for role in everyone if roles.lacks_second_factor(role)},
        kinds=diagnosis.explainable(),
        asked={},
    )


@bp.get("/admin/roles/new")
@requires(Right.ACCESS_ROLES)
def new() -> ResponseReturnValue:
    source = queries.roles_of_codes([request.args.get("copy", "")])
    # Of a role without a pattern nobody knows yet what it will be given.
    shown = _settled(source[0]) if source else {"second_factor": not settings.get("company.demonstration")}
    return render_template(
        "access/roles/new.html", form=NewRoleForm(formdata=None, **shown), **_context(*source)
    )


@bp.post("/admin/roles")
@requires(Right.ACCESS_ROLES)
def create() -> ResponseReturnValue:
    form = NewRoleForm()
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, "access/roles/new.html", **_context())
    if not form.validate():
        return refused(form, "access/roles/new.html", **_context())
    role = roles.create(form.values, form.cells({}))
    keep_key(form, url_for(".edit", id=role.id))
    flash(_("The role %(name)s is made.", name=words.role_name(role)), "success")
    return done(to=url_for(".index"))


@bp.get("/admin/roles/<int:id>/edit")
@requires(Right.ACCESS_ROLES)
def edit(id: int) -> ResponseReturnValue:
    role = the(Role, id, Right.ACCESS_ROLES)
    shown = _values(role)
    form = EditRoleForm(formdata=None, version=role.version, opened=conflicts.opened(shown), **shown)
    return render_template("access/roles/edit.html", form=form, **_context(role))


@bp.post("/admin/roles/<int:id>")
@requires(Right.ACCESS_ROLES)
def update(id: int) -> ResponseReturnValue:
    role = the(Role, id, Right.ACCESS_ROLES)
    form = EditRoleForm()
    if not form.validate():
        return refused(form, "access/roles/edit.html", **_context(role))
    try:
        roles.update(role, form.values, form.cells(roles.cells_of(role)), version=form.opened_version)
    except RuleBroken as broken:
        return refused(form, "access/roles/edit.html", broken=broken, **_context(role))
    except Stale:
        tables = {scope_field(right): form[scope_field(right)].offered for right in Right}
        return conflicts.stale_since_opened(
            form, role, "access/roles/edit.html", present=lambda: _values(role),
            words={name: partial(_word, table) for name, table in tables.items()} | {"second_factor": _yes_or_no},
            **_context(role),
        )  # fmt: skip
    flash(_("%(name)s is saved.", name=words.role_name(role)), "success")
    return done(to=url_for(".index"))


def _values(role: Role) -> dict[str, Any]:
    """What the form shows of a role."""
    return {"name_zh": role.name_zh, "name_en": role.name_en, **_settled(role)}


def _settled(role: Role) -> dict[str, Any]:
    """What a copy of a role takes over."""
    return {"second_factor": role.second_factor, **_chosen(roles.cells_of(role))}


def _chosen(cells: dict[Right, Cell]) -> dict[str, Any]:
    """Cells as the fields of the form hold them."""
    chosen: dict[str, Any] = {}
    for right in Right:
        cell = cells.get(right)
        chosen[scope_field(right)] = words.code(cell.scope, cell.ask) if cell else None
        if words.RIGHTS[right].counted:
            chosen[limit_field(right)] = cell.most if cell else None
    return chosen


def _context(role: Role | None = None) -> dict[str, Any]:
    """The rights by area as the form lists them: field names, and what a right means with its widest scope."""
    rows = [
        (
            area,
            [
                (scope_field(r), limit_field(r) if words.RIGHTS[r].counted else "", words.explained(r))
                for r in rights
            ],
        )
        for area, rights in words.by_area()
    ]
    return {"role": role, "areas": rows}


def _word(words_by_code: Mapping[str, Any], code: str | None) -> Any:
    """How a scope is shown where two edits met."""
    return words_by_code.get(code or "", code)


def _yes_or_no(value: object) -> str:
    return _("yes") if value else _("no")
