"""Notes on a record of another area, found by its kind and id: whoever sees the record sees them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.office import hanging, mentions, notes, noting
from blueprints.office.forms import EditNoteForm, NewNoteForm
from blueprints.office.models import Note
from core import htmx
from core.conflicts import stale
from core.errors import RuleBroken, Stale
from core.forms import MadeAlready, back_or, check_key, done, keep_key, made_already, refused
from core.kinds import Kind, the
from core.rights import Right, requires, signed_in
from core.words import _

bp = Blueprint("notes", __name__, url_prefix="/notes/<string:kind>/<int:id>")
SEEN = "whoever may see what the notes are about; for others they do not exist"
PAGE = "office/notes/edit.html"


@bp.get("")
@signed_in(SEEN)
def index(kind: str, id: int) -> ResponseReturnValue:
    of, record = _seen(kind, id)
    shown = notes.page(of, record, current_user, request.args.get("after"))
    return render_template("office/notes/index.html", notes=shown)


@bp.get("/<int:note_id>")
@signed_in(SEEN)
def show(kind: str, id: int, note_id: int) -> ResponseReturnValue:
    """It stands in the file of its record."""
    of, record = _seen(kind, id)
    note = notes.the_note(of, record, note_id)
    return redirect(f"{of.url(id)}?note={note.id}#note-{note.id}", 303)


@bp.get("/new")
@requires(Right.OFFICE_NOTES)
def new(kind: str, id: int) -> ResponseReturnValue:
    of, record = _seen(kind, id, Right.OFFICE_NOTES)
    return render_template(PAGE, form=NewNoteForm(formdata=None), **page_context(of, record))


@bp.post("")
@requires(Right.OFFICE_NOTES)
def create(kind: str, id: int) -> ResponseReturnValue:
    of, record = _seen(kind, id, Right.OFFICE_NOTES)
    form, context = NewNoteForm(), page_context(of, record)
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, PAGE, **context)
    if not form.validate():
        return refused(form, PAGE, **context)
    try:
        note = noting.write_note(of, record, form.text.data or "", by=current_user)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **context)
    keep_key(form, _back(of, id))
    return _written(of, record, _("The note is saved."), note.id)


@bp.get("/colleagues")
@requires(Right.OFFICE_NOTES)
def colleagues(kind: str, id: int) -> ResponseReturnValue:
    of, record = _seen(kind, id, Right.OFFICE_NOTES)
    q = request.args.get("q", "")[:60].strip()
    people = mentions.colleagues(of, record, q, current_user)
    return render_template("office/notes/colleagues.html", people=people, q=q, **page_context(of, record))


@bp.get("/<int:note_id>/edit")
@requires(Right.OFFICE_NOTES)
def edit(kind: str, id: int, note_id: int) -> ResponseReturnValue:
    of, record, note = _ones(kind, id, note_id)
    noting.check_hand(note, record, current_user)
    form = EditNoteForm(formdata=None, obj=note)
    return render_template(PAGE, form=form, **page_context(of, record, note))


@bp.post("/<int:note_id>")
@requires(Right.OFFICE_NOTES)
def update(kind: str, id: int, note_id: int) -> ResponseReturnValue:
    of, record, note = _ones(kind, id, note_id)
    noting.check_hand(note, record, current_user)
    form, context = EditNoteForm(), page_context(of, record, note)
    if not form.validate():
        return refused(form, PAGE, **context)
    text = form.values.get("text", note.text)
    try:
        noting.edit_note(note, of, record, text, by=current_user, version=form.opened_version)
    except Stale:
        return stale(form, note, PAGE, **context)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **context)
    return _written(of, record, _("The note is saved."), note_id)


@bp.post("/<int:note_id>/pin")
@requires(Right.OFFICE_NOTES)
def pin(kind: str, id: int, note_id: int) -> ResponseReturnValue:
    of, record, note = _ones(kind, id, note_id)
    noting.pin_note(note, pinned=True)
    return _written(of, record, _("The note is pinned: it stands before the others."), note_id)


@bp.post("/<int:note_id>/pin/removal")
@requires(Right.OFFICE_NOTES)
def unpin(kind: str, id: int, note_id: int) -> ResponseReturnValue:
    of, record, note = _ones(kind, id, note_id)
    noting.pin_note(note, pinned=False)
    return _written(of, record, _("The note is no longer pinned."), note_id)


@bp.post("/<int:note_id>/deletion")
@requires(Right.OFFICE_NOTES)
def delete(kind: str, id: int, note_id: int) -> ResponseReturnValue:
    of, record, note = _ones(kind, id, note_id)
    change = noting.delete_note(note, record, by=current_user)
    return _written(of, record, _("The note is deleted."), change=change)


def _seen(kind: str, id: int, right: Right | None = None) -> tuple[Kind, Any]:
    of = hanging.kind_named(kind)
    return of, the(of.model, id, right or of.see)


def _ones(kind: str, id: int, note_id: int) -> tuple[Kind, Any, Note]:
    of, record = _seen(kind, id, Right.OFFICE_NOTES)
    return of, record, notes.the_note(of, record, note_id)


def page_context(of: Kind, record: Any, note: Note | None = None) -> dict[str, Any]:
    """What the form of a note needs, on its page or in place (`row`)."""
    return {
        "kind": of,
        "record": record,
        "note": note,
        "in_place": bool(request.values.get("row")),
        "back": _back(of, record.id),
    }


def _back(of: Kind, id: int) -> str:
    return back_or(".index", kind=of.name, id=id)


def _written(
    of: Kind, record: Any, sentence: str, asked: int | None = None, *, change: int | None = None
) -> ResponseReturnValue:
    """The notes again, with what was done; a page without script is led back to where the form was opened."""
    back = _back(of, record.id)
    if not htmx.is_htmx():
        flash(sentence, "success")
        named = f"?note={asked}" if back == of.url(record.id) else ""
        return done(to=f"{back}{named}#note-{asked}" if asked else back)
    whole = back.startswith(url_for(".index", kind=of.name, id=record.id))
    shown = notes.page(of, record, current_user, None)
    if not whole:
        shown = notes.first(of, record, current_user, shown.rights, asked)
    return done(
        "office/notes/_written.html", to=back, notes=shown, whole=whole, sentence=sentence, change=change
    )
