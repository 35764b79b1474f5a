"""Forms: what was sent and nothing else, create keys, versions, and the answers `refused` and `done`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import String, UniqueConstraint, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import HiddenField, IntegerField
from wtforms.validators import NumberRange
from wtforms.widgets import HiddenInput

from core import clock, fields, htmx, inplace
from core.db import Model, affected, db, one_after_another, pk
from core.errors import RuleBroken
from core.words import _

MOST_VERSIONS = 2**31 - 1
TECHNICAL = frozenset({"csrf_token", "create_key", "version", "back", inplace.BLOCK, inplace.WITHIN})


class Form(FlaskForm):
    """The base of all forms. In place it may stand beside others: its ids say in which block."""

    def __init__(self, *given: Any, **data: Any) -> None:
        super().__init__(*given, **data)
        if block := inplace.block():
            for field in self:
                field.id = f"{block}-{field.name}"

    @property
    def values(self) -> dict[str, Any]:
        """Field name → value, of just those fields that were sent; the rest stays as it is.

        After a conflict a field that is to stay as others left it (`keep-<name>=theirs`) counts as not sent.
        """
        sent = request.form.to_dict()
        theirs = {
            name.removeprefix("keep-")
            for name, value in sent.items()
            if value == "theirs" and name[:5] == "keep-"
        }
        names = (sent.keys() | request.files.keys()) - theirs - TECHNICAL
        return {field.name: field.data for field in self if field.name in names}

    def complain(self, broken: RuleBroken) -> None:
        """Put a broken rule beside its field, or above the form."""
        field = self._fields.get(broken.field) if broken.field else None
        if field is None:
            self.form_errors: list[Any] = [*self.form_errors, broken.message]
        else:
            field.errors = [*field.errors, broken.message]


class Versioned:
    """A form over a record that others may change meanwhile."""

    version = fields.unseen(IntegerField, NumberRange(0, MOST_VERSIONS), widget=HiddenInput())

    @property
    def opened_version(self) -> int:
        """The version that the form was opened at; 0, which no record has, where it does not say."""
        return self.version.data or 0


class Keyed:
    """A form that makes a record; its key keeps a second click from making a second one."""

    create_key = HiddenField(default=lambda: secrets.token_urlsafe(12))


class CreateKey(Model):
    """What a person made with one opened form."""

    __tablename__ = "create_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = pk()
    user_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=clock.now)


KEYS_KEPT_FOR = timedelta(days=30)


_EARLIER = select(CreateKey).where(
    CreateKey.user_id == bindparam("user_id"), CreateKey.key == bindparam("key")
)


def forget_old_keys() -> int:
    """Forget the keys of forms that nobody has open any more; answers how many."""
    return affected(delete(CreateKey).where(CreateKey.at < clock.now() - KEYS_KEPT_FOR))


class MadeAlready(Exception):
    """This very form was sent before. `same` tells whether with the same content; `url` is what it made."""

    def __init__(self, url: str, *, same: bool) -> None:
        super().__init__(url)
        self.url, self.same = url, same


def check_key(form: Any) -> None:
    """Raises MadeAlready if this person has sent this form before."""
    key = form.create_key.data or ""
    one_after_another(f"form {current_user.id} {key}")
    earlier = db.session.scalar(_EARLIER, {"user_id": current_user.id, "key": key})
    if earlier is not None:
        raise MadeAlready(earlier.url, same=earlier.body == _body())


def keep_key(form: Any, url: str) -> None:
    """Remember what this form made."""
    if key := form.create_key.data:
        db.session.add(CreateKey(user_id=current_user.id, key=key[:64], body=_body(), url=url))


def _body() -> str:
    pairs = sorted((name, value) for name, value in request.form.items(multi=True) if name not in TECHNICAL)
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


def refused(
    form: Form, template: str, /, *, broken: RuleBroken | None = None, status: int = 422, **context: Any
) -> Response:
    """The whole page again with the form as it was typed; nothing of what was begun stays."""
    db.session.rollback()
    if broken is not None:
        form.complain(broken)
    return make_response(render_template(template, form=form, **context), status)


def done(template: str | None = None, /, *, to: str, **context: Any) -> Response:
    """After success: the fragment for the page's script if there is one, else on to `to`."""
    if template and htmx.is_htmx():
        return make_response(render_template(template, **context))
    return make_response(redirect(inplace.saved(to), 303))


def back_or(endpoint: str, **values: Any) -> str:
    """Where a form goes back to: the address it was opened from, if it is one of ours, else an endpoint."""
    wanted = request.values.get("back", "")
    return wanted if is_local(wanted) else url_for(endpoint, **values)


def is_local(address: str) -> bool:
    """Whether an address is a path of this site and nothing that a browser reads as another site's."""
    if not address.startswith("/") or len(address) > 2_000:
        return False
    return (
        address[1:2] not in ("/", "\\")
        and not any(c in address for c in "\\\r\n\t")
        and address.isprintable()
    )


def made_already(again: MadeAlready, form: Form, template: str, /, **context: Any) -> Response:
    """The answer to a form sent twice: the first result, or a question if its content differs."""
    if again.same:
        return make_response(redirect(inplace.saved(again.url), 303))
    sentence = _(
        "You have saved this form once already, with other content. Send it again to save this one too."
    )
    form["create_key"].data = secrets.token_urlsafe(12)
    return refused(form, template, broken=RuleBroken(sentence), status=409, earlier_url=again.url, **context)


def make_once(form: Any, template: str, make: Callable[[], str], /, **context: Any) -> Response:
    """Answer a form that makes a record as `carry_out` does, and one that is sent twice with what it made."""
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, template, **context)

    def made() -> str:
        to = make()
        keep_key(form, to)
        return to

    return carry_out(form, template, made, **context)


def carry_out(form: Any, template: str, act: Callable[[], str], /, **context: Any) -> Response:
    """Answer a form: the page again with what is wrong, or on to where `act` says.

    `act` does what the form asks for, tells of it, and answers the address to go on to; it may raise RuleBroken.
    """
    if not form.validate():
        return refused(form, template, **context)
    try:
        to = act()
    except RuleBroken as broken:
        return refused(form, template, broken=broken, **context)
    return done(to=to)
