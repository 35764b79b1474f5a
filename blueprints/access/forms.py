"""What is typed at the door, on one's own page and on the pages of users, teams and roles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import EqualTo, Regexp

from core import fields
from core.forms import Form, Keyed, Versioned
from core.languages import LANGUAGES


class SignInForm(Form):
    """The door. `kept` carries what was typed before the session expired, signed."""

    username = fields.text(_l("User name"), most=60, required=True)
    password = fields.password(_l("Password"))
    next = HiddenField()
    kept = HiddenField()


class PasswordForm(Form):
    """Change of one's own password."""

    old = fields.password(_l("Present password"))
    password = fields.password(_l("New password"), description=_l("At least 10 characters; no names."))
    again = fields.password(_l("New password again"))

    def validate_again(self, field: fields.PasswordField) -> None:
        EqualTo("password", message=_l("The two are not the same."))(self, field)


class PreferencesForm(Form):
    """How a person wants to see Huifang."""

    language = fields.choice(_l("Language"), [("", _l("as the company")), *LANGUAGES.items()])
    theme = fields.choice(
        _l("Theme"),
        [("auto", _l("as the device")), ("light", _l("light")), ("dark", _l("dark"))],
        radio=True,
        required=True,
    )


class AccountForm(Form):
    """A person's account; the choices of teams and roles are filled in by the view."""

    name = fields.text(_l("Name"), required=True)
    staff_number = fields.text(_l("Staff number"), most=40)
    email = fields.text(
        _l("Mail"),
        most=254,
        validators=[
            Regexp(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$", message=_l("This is not a mail address."))
        ],
    )
    team = fields.choice(_l("Main team"), [], required=True)
    teams = fields.ManyField(_l("Further teams"))
    leads = fields.ManyField(_l("Leads"))
    roles = fields.ManyField(_l("Roles"))


class NewAccountForm(Keyed, AccountForm):
    """A new account."""

    username = fields.text(
        _l("User name"),
        most=60,
        required=True,
        description=_l("Staff number, mobile number or pinyin; small letters."),
    )


class EditAccountForm(Versioned, AccountForm):
    """A change of an account; `opened` is what the form showed when it was opened."""

    opened = HiddenField()
