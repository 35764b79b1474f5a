"""Importing customers from a file: one page that grows downwards, step by step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import import_fields, import_file, import_mappings, import_report, importing
from blueprints.customers.import_forms import (
    ENCODINGS,
    SEPARATORS,
    UploadForm,
    chosen,
    chosen_way,
    columns_form,
    field_of,
    kept_form,
    reading_form,
    sheet_form,
)
from blueprints.customers.import_report import Account
from blueprints.customers.import_way import Way
from blueprints.customers.models import CustomerImport
from core.csvfiles import IN_A_REQUEST, FileProblem
from core.errors import RuleBroken
from core.forms import done, refused
from core.intake import READERS
from core.mapping import MappingProblem
from core.rights import Right, requires
from core.words import _, ngettext

bp = Blueprint("customer_imports", __name__, url_prefix="/customers/import")
PAGE = "customers/import.html"


@bp.get("")
@requires(Right.CUSTOMERS_IMPORT)
def new() -> ResponseReturnValue:
    return render_template("customers/import_new.html", form=UploadForm(formdata=None), **_start())


@bp.post("")
@requires(Right.CUSTOMERS_IMPORT)
def create() -> ResponseReturnValue:
    form = UploadForm()
    if not form.validate():
        return refused(form, "customers/import_new.html", **_start())
    sent = form.file.data
    try:
        made = importing.receive(sent.filename, sent.read(), by=current_user, encoding=form.encoding.data)
    except FileProblem as problem:
        broken = RuleBroken(problem.message, "file")
        return refused(form, "customers/import_new.html", broken=broken, **_start())
    header = import_file.table_of(made).header
    if kept := import_mappings.fitting(header, current_user):
        import_mappings.use(kept, made, header)
        flash(_("The columns are matched as in your mapping “%(name)s”.", name=kept.name), "info")
    return done(to=url_for(".show", id=made.id, _anchor="columns"))


@bp.get("/<int:id>")
@requires(Right.CUSTOMERS_IMPORT)
def show(id: int) -> ResponseReturnValue:
    made = importing.the_import(id, current_user)
    return render_template(PAGE, **page_context(made))


@bp.post("/<int:id>/reading")
@requires(Right.CUSTOMERS_IMPORT)
def read_again(id: int) -> ResponseReturnValue:
    made = importing.the_import(id, current_user)
    form = _reading_form(made, sent=True)
    if not form.validate():
        return refused(form, PAGE, **page_context(made, reading=form))
    how = tuple(field.data for field in form if field.name in ("encoding", "separator"))
    try:
        importing.read_again(made, *(how or (made.encoding, form.sheet.data)))
    except FileProblem as problem:
        broken = RuleBroken(problem.message, "encoding" if how else "sheet")
        return refused(form, PAGE, broken=broken, **page_context(made, reading=form))
    return done(to=url_for(".show", id=id, _anchor="columns"))


@bp.post("/<int:id>/mapping")
@requires(Right.CUSTOMERS_IMPORT)
def use_kept(id: int) -> ResponseReturnValue:
    made = importing.the_import(id, current_user)
    form = kept_form(import_mappings.of(current_user), sent=True)
    if not form.validate():
        return refused(form, PAGE, **page_context(made, kept=form))
    kept = import_mappings.the(int(form.kept.data), current_user)
    importing.map_anew(made, kept)
    return done(to=url_for(".show", id=id, _anchor="columns"))


@bp.post("/mappings/<int:mapping_id>/deletion")
@requires(Right.CUSTOMERS_IMPORT)
def drop_kept(mapping_id: int) -> ResponseReturnValue:
    import_mappings.drop(mapping_id, current_user)
    flash(_("The mapping is forgotten."), "success")
    return done(to=url_for(".new"))


@bp.post("/<int:id>/columns")
@requires(Right.CUSTOMERS_IMPORT)
def try_out(id: int) -> ResponseReturnValue:
    made = importing.the_import(id, current_user)
    header = import_file.table_of(made).header
    present = Way.stored(made.way)
    form = columns_form(header, made.mapping, present, sent=True)
    if not form.validate():
        return refused(form, PAGE, **page_context(made, columns=form))
    wanted, way = chosen(form, header), chosen_way(form, present)
    try:
        job = importing.try_out(made, wanted, way, by=current_user)
        if form.keep_as.data:
            import_mappings.keep(form.keep_as.data, wanted, way, by=current_user)
    except MappingProblem as problem:
        field = field_of(header.index(problem.column)) if problem.column else None
        broken = RuleBroken(problem.message, field)
        return refused(form, PAGE, broken=broken, **page_context(made, columns=form))
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **page_context(made, columns=form))
    return done(to=url_for("jobs.show", id=job.id) if job else url_for(".show", id=id, _anchor="dry-run"))


@bp.post("/<int:id>/run")
@requires(Right.CUSTOMERS_IMPORT)
def run(id: int) -> ResponseReturnValue:
    made = importing.the_import(id, current_user)
    if job := importing.run(made, by=current_user):
        return done(to=url_for("jobs.show", id=job.id))
    taken = Account.stored(made.report).taken
    flash(ngettext("%(num)s row imported.", "%(num)s rows imported.", taken), "success")
    return done(to=url_for(".show", id=id, _anchor="result"))


@bp.get("/<int:id>/problems")
@requires(Right.CUSTOMERS_IMPORT)
def problems(id: int) -> ResponseReturnValue:
    made = importing.the_import(id, current_user)
    account = Account.stored(made.report)
    rows, after = account.page(request.args.get("after", 0, int))
    return render_template(
        "customers/import_problems.html", made=made, account=account, rows=rows, after=after
    )


@bp.get("/<int:id>/refused.csv")
@requires(Right.CUSTOMERS_IMPORT)
def refused_rows(id: int) -> ResponseReturnValue:
    made = importing.the_import(id, current_user)
    pieces = import_report.refused_file(Account.stored(made.report), import_file.table_of(made))
    headers = {"Content-Disposition": f'attachment; filename="refused-rows-{made.id}.csv"'}
    return Response(b"".join(pieces), mimetype="text/csv", headers=headers)


@bp.post("/<int:id>/deletion")
@requires(Right.CUSTOMERS_IMPORT)
def forget(id: int) -> ResponseReturnValue:
    importing.forget(importing.the_import(id, current_user))
    flash(_("The file is forgotten."), "success")
    return done(to=url_for(".new"))


def page_context(
    made: CustomerImport, *, reading: Any = None, columns: Any = None, kept: Any = None
) -> dict[str, Any]:
    """What the page of an import needs; a file that cannot be read (any more) leaves a sentence instead."""
    context = {
        "made": made,
        "account": Account.stored(made.report),
        "undone": importing.is_undone(made),
        "job": importing.job_of(made),
    }
    try:
        table = import_file.table_of(made)
    except FileProblem as problem:
        return {**context, "table": None, "problem": problem.message}
    samples = table.samples(importing.SAMPLES)
    return {
        **context,
        "table": table,
        "samples": samples,
        "telling": importing.telling(samples),
        "encodings": ENCODINGS,
        "separators": SEPARATORS,
        "is_last_contact": import_fields.is_last_contact,
        "known": import_fields.suggested(table.header, samples),
        "reading": reading or _reading_form(made, sent=False),
        "columns": columns or columns_form(table.header, made.mapping, Way.stored(made.way), sent=False),
        "kept": kept or kept_form(import_mappings.of(current_user), sent=False),
    }


def _reading_form(made: CustomerImport, *, sent: bool) -> Any:
    if made.encoding in READERS:
        return sheet_form(import_file.table_of(made).sheets, made.delimiter, sent=sent)
    return reading_form(made.encoding, made.delimiter, importing.previews(made), sent=sent)


def _start() -> dict[str, Any]:
    return {
        "earlier": importing.imports_of(current_user),
        "mappings": import_mappings.of(current_user),
        "most_rows": IN_A_REQUEST.rows,
        "most_megabytes": IN_A_REQUEST.bytes // 1_000_000,
        "blind": not current_user.may(Right.CUSTOMERS_SEE),
    }
