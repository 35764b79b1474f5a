"""Files on a record of another area, found by its kind and id: whoever sees the record sees them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from blueprints.office import attaching, attachments, hanging
from blueprints.office.attaching import FIELD, Sent
from blueprints.office.forms import FilesForm
from blueprints.office.models import Attachment
from core import downloads, failures, htmx
from core.errors import NotFound, Problem, RuleBroken
from core.forms import back_or, done, refused
from core.kinds import Kind, the
from core.rights import Right, requires, signed_in
from core.words import _, ngettext

bp = Blueprint("files", __name__, url_prefix="/files/<string:kind>/<int:id>")
SEEN = "whoever may see what the files are about; for others they do not exist"
PAGE = "office/files/index.html"


@bp.get("")
@signed_in(SEEN)
def index(kind: str, id: int) -> ResponseReturnValue:
    of, record = _seen(kind, id)
    return render_template(PAGE, form=FilesForm(formdata=None), **page_context(of, record))


@bp.post("")
@requires(Right.OFFICE_FILES)
def create(kind: str, id: int) -> ResponseReturnValue:
    of, record = _seen(kind, id, Right.OFFICE_FILES)
    form = FilesForm()
    if not form.validate():
        return refused(form, PAGE, **page_context(of, record))
    sent = [Sent(each.filename or "", each.stream) for each in form.files.data]
    try:
        made = attaching.attach(of, record, sent, by=current_user, remark=form.remark.data)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **page_context(of, record))
    sentence = ngettext("%(num)s file is attached.", "%(num)s files are attached.", len(made))
    return _written(of, record, sentence)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Larger than anything that is read here: the form again, if it is one's own to fill."""
    values = request.view_args or {}
    if not current_user.is_authenticated or not current_user.may(Right.OFFICE_FILES):
        return failures.page(413, "")
    try:
        of, record = _seen(values["kind"], values["id"], Right.OFFICE_FILES)
    except Problem as hidden:
        return failures.answer(current_app, hidden)
    most = attachments.limits().megabytes
    broken = RuleBroken(
        _(
            "That is too large. What is sent at once can have at most %(size)s MB. Nothing was saved.",
            size=most,
        ),
        FIELD,
    )
    context = page_context(of, record, url_for(".index", **values))  # what was sent cannot be asked
    return refused(FilesForm(formdata=None), PAGE, broken=broken, status=413, **context)


@bp.get("/<int:file_id>")
@signed_in(SEEN)
def show(kind: str, id: int, file_id: int) -> ResponseReturnValue:
    """Handed out to be kept."""
    return _handed_out(*_one(kind, id, file_id)[1:])


@bp.get("/<int:file_id>/view")
@signed_in(SEEN)
def view(kind: str, id: int, file_id: int) -> ResponseReturnValue:
    """A picture, looked at in the browser."""
    _of, record, attachment = _one(kind, id, file_id)
    if not attachments.kind_of(attachment).shown:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return _handed_out(record, attachment, shown=True)


def _handed_out(record: Any, attachment: Attachment, *, shown: bool = False) -> Response:
    mime, path = attachments.kind_of(attachment).mime, attachments.path_of(attachment)
    attachments.note_taking(record, attachment, current_user)
    return downloads.download(path, attachment.name, mime, shown=shown)


@bp.post("/<int:file_id>/deletion")
@requires(Right.OFFICE_FILES)
def delete(kind: str, id: int, file_id: int) -> ResponseReturnValue:
    of, record, attachment = _one(kind, id, file_id, Right.OFFICE_FILES)
    change = attaching.delete_attachment(attachment, record, by=current_user)
    return _written(of, record, _("The file is deleted."), change=change)


def _seen(kind: str, id: int, right: Right | None = None) -> tuple[Kind, Any]:
    of = hanging.kind_named(kind)
    return of, the(of.model, id, right or of.see)


def _one(kind: str, id: int, file_id: int, right: Right | None = None) -> tuple[Kind, Any, Attachment]:
    of, record = _seen(kind, id, right)
    return of, record, attachments.the_attachment(of, record, file_id)


def page_context(of: Kind, record: Any, back: str = "") -> dict[str, Any]:
    """What the page of a record's files needs."""
    files = attachments.files(of, record, current_user, request.args.get("after"))
    return {"files": files, "limits": attachments.limits(), "back": back or _back(of, record.id)}


def _back(of: Kind, id: int) -> str:
    return back_or(".index", kind=of.name, id=id)


def _written(of: Kind, record: Any, sentence: str, *, change: int | None = None) -> ResponseReturnValue:
    """The list again, with what was done; a page without script is led back to where it came from."""
    back = _back(of, record.id)
    if not htmx.is_htmx():
        flash(sentence, "success")
        return done(to=back)
    shown = attachments.files(of, record, current_user, None)
    return done("office/files/_written.html", to=back, files=shown, sentence=sentence, change=change)
