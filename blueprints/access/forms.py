"""What is typed at the door and on one's own page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from core import fields
from core.forms import Form


class SignInForm(Form):
    """The door. `kept` carries what was typed before the session expired, signed."""

    username = fields.text(_l("User name"), most=60, required=True)
    password = fields.password(_l("Password"))
    next = HiddenField()
    kept = HiddenField()


class PasswordForm(Form):
    """Change of one's own password."""

    old = fields.password(_l("Present password"))
    password = fields.password(_l("New password"))
