"""Importing a list from a file: one page that grows downwards, step by step. One wizard for all kinds of lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.customers import (
    import_customers,
    import_fields,
    import_file,
    import_mappings,
    import_report,
    import_requests,
    importing,
    permits,
)
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
from blueprints.customers.models import CustomerImport
from blueprints.customers.permit_forms import ImportRequestForm
from core import importkinds
from core.csvfiles import IN_A_REQUEST, FileProblem
from core.csvheaders import NO_HEADER
from core.errors import RuleBroken
from core.forms import done, make_once, refused
from core.importkinds import ImportKind
from core.importways import Way
from core.intake import READERS, column_name
from core.mapping import MappingProblem
from core.requests import viewer
from core.rights import Right, Viewer, requires
from core.words import _, ngettext

PAGE = "customers/import.html"


def person(kind: ImportKind) -> Viewer:
    """Whoever imports; also who may only ask for it prepares it, as far as their rights would reach."""
    return permits.lent(viewer(), kind.right, kind.like)


def new(kind: ImportKind) -> ResponseReturnValue:
    return render_template("customers/import_new.html", form=UploadForm(formdata=None), **_start(kind))


def create(kind: ImportKind) -> ResponseReturnValue:
    form = UploadForm()
    if not form.validate():
        return refused(form, "customers/import_new.html", **_start(kind))
    sent = form.file.data
    try:
        made = importing.receive(
            sent.filename, sent.read(), by=person(kind), encoding=form.encoding.data, kind=kind.name
        )
    except FileProblem as problem:
        broken = RuleBroken(problem.message, "file")
        return refused(form, "customers/import_new.html", broken=broken, **_start(kind))
    if kept := import_mappings.fitting(made, person(kind)):
        import_mappings.use(kept, made)
        flash(_("The columns are matched as in your mapping “%(name)s”.", name=kept.name), "info")
    return done(to=url_for(".show", id=made.id, _anchor="columns"))


def show(kind: ImportKind, id: int) -> ResponseReturnValue:
    made = importing.the_import(id, person(kind), kind.name)
    return render_template(PAGE, **page_context(kind, made))


def read_again(kind: ImportKind, id: int) -> ResponseReturnValue:
    made = importing.the_import(id, person(kind), kind.name)
    form = _reading_form(made, sent=True)
    if not form.validate():
        return refused(form, PAGE, **page_context(kind, made, reading=form))
    sheet = form.values.get("sheet")
    try:
        importing.read_again(made, *_read_how(made, form), by=person(kind))
    except FileProblem as problem:
        broken = RuleBroken(problem.message, "sheet" if sheet else "encoding")
        return refused(form, PAGE, broken=broken, **page_context(kind, made, reading=form))
    return done(to=url_for(".show", id=id, _anchor="columns"))


def _read_how(made: CustomerImport, form: Any) -> tuple[str, str | None, int]:
    """Encoding, separator or sheet, and header as chosen; what follows from another choice is found anew."""
    line = int(form.header.data or 0)
    fresh = line != import_file.table_of(made).begins
    if made.encoding in READERS:
        kept = form.sheet.data == made.delimiter or (fresh and line == NO_HEADER)
        return made.encoding, form.sheet.data, line if kept else 0
    fresh = bool(line) and fresh and form.separator.data == made.delimiter
    return form.encoding.data, None if fresh else form.separator.data, line


def use_kept(kind: ImportKind, id: int) -> ResponseReturnValue:
    made = importing.the_import(id, person(kind), kind.name)
    form = kept_form(import_mappings.of(person(kind), kind.name), sent=True)
    if not form.validate():
        return refused(form, PAGE, **page_context(kind, made, kept=form))
    kept = import_mappings.the(int(form.kept.data), person(kind), kind.name)
    importing.map_anew(made, kept)
    return done(to=url_for(".show", id=id, _anchor="columns"))


def drop_kept(kind: ImportKind, mapping_id: int) -> ResponseReturnValue:
    import_mappings.drop(mapping_id, person(kind), kind.name)
    flash(_("The mapping is forgotten."), "success")
    return done(to=url_for(".new"))


def try_out(kind: ImportKind, id: int) -> ResponseReturnValue:
    made = importing.the_import(id, person(kind), kind.name)
    header = import_file.table_of(made).header
    present = Way.stored(made.way)
    form = _columns_form(kind, made, header, sent=True)
    if not form.validate():
        return refused(form, PAGE, **page_context(kind, made, columns=form))
    wanted, way = chosen(form, header), chosen_way(form, present)
    try:
        job = importing.try_out(made, wanted, way, by=person(kind))
        if form.keep_as.data:
            import_mappings.keep(form.keep_as.data, wanted, way, by=person(kind), kind=kind.name)
    except MappingProblem as problem:
        field = field_of(header.index(problem.column)) if problem.column else None
        broken = RuleBroken(problem.message, field)
        return refused(form, PAGE, broken=broken, **page_context(kind, made, columns=form))
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **page_context(kind, made, columns=form))
    return done(to=url_for("jobs.show", id=job.id) if job else url_for(".show", id=id, _anchor="dry-run"))


def run(kind: ImportKind, id: int) -> ResponseReturnValue:
    made = importing.the_import(id, person(kind), kind.name)
    if job := importing.run(made, by=person(kind)):
        return done(to=url_for("jobs.show", id=job.id))
    taken = Account.stored(made.report).taken
    flash(ngettext("%(num)s row imported.", "%(num)s rows imported.", taken), "success")
    return done(to=url_for(".show", id=id, _anchor="result"))


def request_it(kind: ImportKind, id: int) -> ResponseReturnValue:
    made, form = importing.the_import(id, person(kind), kind.name), ImportRequestForm()

    def ask() -> str:
        approval = import_requests.ask_to_import(made, by=person(kind), reason=form.reason.data or "")
        flash(_("Asked. You get a notification when it is decided."), "success")
        return url_for("approvals.show", id=approval.id)

    return make_once(form, PAGE, ask, **page_context(kind, made, asked=form))


def problems(kind: ImportKind, id: int) -> ResponseReturnValue:
    made = importing.the_import(id, person(kind), kind.name)
    account = Account.stored(made.report)
    rows, after = account.page(request.args.get("after", 0, int))
    return render_template(
        "customers/import_problems.html",
        kind=kind,
        made=made,
        account=account,
        rows=rows,
        after=after,
        shown=_shown(made),
    )


def refused_rows(kind: ImportKind, id: int) -> ResponseReturnValue:
    made = importing.the_import(id, person(kind), kind.name)
    table = import_file.table_of(made)
    labels = {target.name: str(target.label) for target in kind.offered(table.header, person(kind))}
    names = [_shown(made)(column) for column in table.header]
    if (
        table.is_headless
    ):  # told by what they were matched with, they match themselves when they are sent again
        names = [
            labels.get(made.mapping.get(column, ""), name)
            for column, name in zip(table.header, names, strict=True)
        ]
    pieces = import_report.refused_file(Account.stored(made.report), table, names)
    headers = {"Content-Disposition": f'attachment; filename="refused-rows-{made.id}.csv"'}
    return Response(b"".join(pieces), mimetype="text/csv", headers=headers)


def forget(kind: ImportKind, id: int) -> ResponseReturnValue:
    importing.forget(importing.the_import(id, person(kind), kind.name))
    flash(_("The file is forgotten."), "success")
    return done(to=url_for(".new"))


def page_context(
    kind: ImportKind,
    made: CustomerImport,
    *,
    reading: Any = None,
    columns: Any = None,
    kept: Any = None,
    asked: Any = None,
) -> dict[str, Any]:
    """What the page of an import needs; a file that cannot be read (any more) leaves a sentence instead."""
    context = {
        "kind": kind,
        "made": made,
        "account": Account.stored(made.report),
        "undone": importing.is_undone(made),
        "job": importing.job_of(made),
        "shown": _shown(made),
        **_asking(kind, made, asked),
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
        "left": [_shown(made)(column) for column in table.header if column not in made.mapping],
        "telling": importing.telling(samples),
        "encodings": ENCODINGS,
        "separators": SEPARATORS,
        "is_last_contact": import_fields.is_last_contact,
        "known": kind.suggested(table.header, samples, person(kind)),
        "reading": reading or _reading_form(made, sent=False),
        "columns": columns or _columns_form(kind, made, table.header, sent=False),
        "kept": kept or kept_form(import_mappings.of(person(kind), kind.name), sent=False),
    }


def _shown(made: CustomerImport) -> Callable[[str], str]:
    return partial(column_name, made.encoding, Way.stored(made.way).header)


def _asking(kind: ImportKind, made: CustomerImport, form: Any) -> dict[str, Any]:
    asking = import_requests.asking(made, person(kind))
    until = permits.holds_until(asking.approval) if asking and asking.approval else ""
    return {"asking": asking, "until": until, "request_form": form or ImportRequestForm(formdata=None)}


def _columns_form(kind: ImportKind, made: CustomerImport, header: Sequence[str], *, sent: bool) -> Any:
    way, shown = Way.stored(made.way), list(map(_shown(made), header))
    columns = dict(zip(header, shown, strict=True))
    return columns_form(kind.offered(header, person(kind)), kind.ways, columns, made.mapping, way, sent=sent)


def _reading_form(made: CustomerImport, *, sent: bool) -> Any:
    table = import_file.table_of(made)
    if made.encoding in READERS:
        return sheet_form(table, sent=sent)
    return reading_form(table, importing.previews(made), sent=sent)


def _start(kind: ImportKind) -> dict[str, Any]:
    return {
        "kind": kind,
        "earlier": importing.imports_of(person(kind), kind.name),
        "mappings": import_mappings.of(person(kind), kind.name),
        "most_rows": IN_A_REQUEST.rows,
        "most_megabytes": IN_A_REQUEST.bytes // 1_000_000,
        "blind": not person(kind).may(Right.CUSTOMERS_SEE),
    }


ROUTES = (
    ("GET", "", new),
    ("POST", "", create),
    ("GET", "/<int:id>", show),
    ("POST", "/<int:id>/reading", read_again),
    ("POST", "/<int:id>/mapping", use_kept),
    ("POST", "/mappings/<int:mapping_id>/deletion", drop_kept),
    ("POST", "/<int:id>/columns", try_out),
    ("POST", "/<int:id>/request", request_it),
    ("POST", "/<int:id>/run", run),
    ("GET", "/<int:id>/problems", problems),
    ("GET", "/<int:id>/refused.csv", refused_rows),
    ("POST", "/<int:id>/deletion", forget),
)


def wizard(kind: ImportKind) -> Blueprint:
    """The pages of the wizard for a kind of list, each by its right."""
    made = Blueprint(kind.blueprint, __name__, url_prefix=kind.address)
    for method, rule, view in ROUTES:
        shown = requires(kind.right, asked=True)(_of(kind, view))
        made.add_url_rule(rule, view.__name__, shown, methods=[method])
    return made


def _of(kind: ImportKind, view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def shown(**arguments: Any) -> ResponseReturnValue:
        return view(kind, **arguments)

    return shown


importkinds.pages = wizard
bp = wizard(import_customers.KIND)
