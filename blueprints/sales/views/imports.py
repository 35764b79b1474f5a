"""Importing products and purchases: a file is tried or taken, and the page tells of each row that is not."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.sales import forms, import_fields, importing
from blueprints.sales.forms import ImportForm
from core import changes
from core.csvfiles import IN_A_REQUEST, FileProblem, write_csv
from core.errors import Refused, RuleBroken
from core.forms import refused
from core.importing import Action, Report
from core.kinds import refusal
from core.mapping import MappingProblem
from core.rights import Right, requires
from core.words import _, ngettext

bp = Blueprint("purchase_imports", __name__, url_prefix="/purchases/import")
PAGE = "sales/import.html"


@bp.get("")
@requires(Right.SALES_IMPORT, Right.SALES_PRODUCTS)
def new() -> ResponseReturnValue:
    return render_template(PAGE, form=_offered(ImportForm(formdata=None)), report=None)


@bp.post("")
@requires(Right.SALES_IMPORT, Right.SALES_PRODUCTS)
def create() -> ResponseReturnValue:
    form = _offered(ImportForm())
    if not form.validate():
        return refused(form, PAGE, report=None)
    what = importing.LISTS[form.what.data]
    if not current_user.may(what.right):
        raise Refused(refusal(what.right))
    try:
        header, lines = importing.opened(what, form.file.data.read(), form.encoding.data, IN_A_REQUEST)
    except (FileProblem, MappingProblem) as problem:
        return refused(form, PAGE, broken=RuleBroken(problem.message, "file"), report=None)
    if "run" in request.form:
        return _carried_out(form, what.carry_out(lines, current_user))
    report = what.try_out(lines, current_user)
    if "refused" in request.form:
        return _refused_file(header, report)
    return render_template(PAGE, form=form, report=report, tried=True, columns=_columns(what, lines))


def _carried_out(form: Any, report: Report) -> ResponseReturnValue:
    taken = report.counts[Action.CREATE] + report.counts[Action.UPDATE]
    flash(ngettext("%(num)s row imported.", "%(num)s rows imported.", taken), "success")
    set_id = changes.set_id() if taken else None
    return render_template(PAGE, form=form, report=report, tried=False, change_set_id=set_id)


def _refused_file(header: list[str], report: Report) -> Response:
    pieces = write_csv([_("Line"), _("Reason"), *header], report.refused_rows())
    headers = {"Content-Disposition": 'attachment; filename="refused-rows.csv"'}
    return Response(b"".join(pieces), mimetype="text/csv", headers=headers)


def _columns(what: importing.List, lines: list[importing.Line]) -> list[Any]:
    """The fields that were recognised."""
    known = {name for line in lines[:1] for name in line.values}
    return [field.label for field in what.fields if field.name in known]


def _offered(form: ImportForm) -> ImportForm:
    lists = [
        (code, label) for code, label in forms.LISTS.items() if current_user.may(importing.LISTS[code].right)
    ]
    form.what.choices = lists
    form.what.data = form.what.data or lists[0][0]
    form.encoding.choices = [
        ("", _("find out by itself")),
        *((code, code) for code in import_fields.ENCODINGS),
    ]
    return form
