"""What is typed at the door, on one's own page and on the pages of users, teams and roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field, HiddenField
from wtforms.validators import EqualTo, InputRequired, Optional, Regexp, ValidationError

from blueprints.access.defaults import Cell
from blueprints.access.incident_rules import YEARS
from blueprints.access.incidents import LABELS, MOMENTS
from blueprints.access.rules import limit_field, scope_field
from blueprints.access.words import ASK, NONE, RIGHTS, code
from core import fields
from core.forms import Form, Keyed, Versioned
from core.languages import LANGUAGES
from core.rights import SCOPE_LABELS, Right, Scope
from core.words import _l

MAIL = r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$"


class SignInForm(Form):
    """The door. `kept` carries what was typed before the session expired, signed."""

    username = fields.text(_l("User name"), most=60, required=True)
    password = fields.password(_l("Password"))
    next = HiddenField()
    kept = HiddenField()


class CodeForm(Form):
    """The second step of the door: a code of the app, or a backup code."""

    code = fields.text(_l("Six-digit code"), most=20)
    backup = fields.text(_l("Backup code"), most=40)
    next = HiddenField()
    kept = HiddenField()

    def validate_code(self, field: Field) -> None:
        if not field.data and not self.backup.data:
            raise ValidationError(_l("Fill this in."))


class SecondFactorForm(Form):
    """A second factor that is set up; `sealed` carries its secret, signed."""

    code = fields.text(_l("Six-digit code"), most=20, required=True)
    old = fields.password(_l("Your password"))
    sealed = HiddenField()


class ConfirmationForm(Form):
    """One's own password, asked for afresh."""

    old = fields.password(_l("Your password"))


class PasswordForm(Form):
    """Change of one's own password."""

    old = fields.password(_l("Present password"))
    password = fields.password(_l("New password"), description=_l("At least 10 characters; no names."))
    again = fields.password(_l("New password again"))

    def validate_again(self, field: Field) -> None:
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

    name = fields.text(_l("Full name"), required=True)
    staff_number = fields.text(_l("Staff number"), most=40)
    email = fields.text(
        _l("E-mail"), most=254, validators=[Regexp(MAIL, message=_l("This is not a mail address."))]
    )
    team = fields.choice(_l("Main team"), [], required=True)
    teams = fields.ManyField(_l("Further teams"))
    leads = fields.ManyField(_l("Leads the teams"))
    roles = fields.ManyField(_l("Roles"))


class NewAccountForm(Keyed, AccountForm):
    """A new account."""

    username = fields.text(
        _l("User name"),
        most=60,
        required=True,
        description=_l("Staff number, mobile number or pinyin; small letters."),
    )


class DeactivationForm(Form):
    """Closing an account: who takes over, and why."""

    successor = fields.choice(
        _l("Who takes over"), [], description=_l("Only people who may see customers are offered.")
    )
    reason = fields.text(_l("Reason"), most=300, description=_l("Such as: left the company on the 30th."))


class EditAccountForm(Versioned, AccountForm):
    """A change of an account; `opened` is what the form showed when it was opened."""

    opened = HiddenField()


class TeamForm(Form):
    """A team in the tree; the choices of the team above are filled in by the view."""

    name = fields.text(_l("Name"), required=True)
    slug = fields.text(
        _l("Short name"),
        most=60,
        required=True,
        description=_l("For addresses and files: small letters and digits."),
    )
    parent = fields.choice(_l("Team above"), [])


class EditTeamForm(Versioned, TeamForm):
    """A change of a team."""

    opened = HiddenField()


class IncidentForm(Form):
    """An incident with personal data, as the register holds it."""

    title = fields.text(LABELS["title"], most=200, required=True)
    found_at = fields.MomentField(LABELS["found_at"], validators=[InputRequired(_l("Fill this in."))])
    happened_at = fields.MomentField(LABELS["happened_at"], validators=[Optional()])
    what = fields.long_text(LABELS["what"], required=True)
    data_kinds = fields.long_text(LABELS["data_kinds"], required=True)
    persons = fields.whole(LABELS["persons"], most=100_000_000)
    measures = fields.long_text(LABELS["measures"])
    authority = fields.text(LABELS["authority"], most=200)
    authority_told_at = fields.MomentField(LABELS["authority_told_at"], validators=[Optional()])
    persons_told_at = fields.MomentField(LABELS["persons_told_at"], validators=[Optional()])
    persons_told_how = fields.long_text(LABELS["persons_told_how"])
    why_untold = fields.long_text(LABELS["why_untold"])
    closed_on = fields.day(LABELS["closed_on"])

    def facts(self) -> dict[str, Any]:
        """What was sent, with instants for what was typed by the wall clock."""
        sent = self.values
        return {name: self[name].instant if name in MOMENTS else value for name, value in sent.items()}

    def _check_years(self, field: fields.MomentField) -> None:
        if field.data is not None and field.data.year not in YEARS:
            raise ValidationError(_l("This is not a moment of these years."))

    validate_found_at = validate_happened_at = _check_years
    validate_authority_told_at = validate_persons_told_at = _check_years


class NewIncidentForm(Keyed, IncidentForm):
    """An incident that was found."""


class EditIncidentForm(Versioned, IncidentForm):
    """A change of an incident."""

    opened = HiddenField()


class RoleForm(Form):
    """A role: its name in both languages, whether it requires a second factor, and for each right a scope and
    perhaps a limit.
    """

    name_zh = fields.text(_l("Chinese name"), most=60, required=True)
    name_en = fields.text(_l("English name"), most=60, required=True)
    second_factor = fields.YesNoField(
        _l("Requires a second factor"),
        description=_l(
            "Who has this role but no second factor sets it up right after signing in, before anything else. "
            "For everybody who administers or may export."
        ),
    )

    def cells(self, present: Mapping[Right, Cell]) -> dict[Right, Cell]:
        """The cells as they were chosen; what was not sent stays as it is."""
        sent, found = self.values, dict(present)
        for right in RIGHTS:
            scope, limit = sent.get(scope_field(right), KEEP), sent.get(limit_field(right), KEEP)
            if scope is not KEEP:
                found.pop(right, None)
                if scope:
                    found[right] = Cell(None if scope == "ask" else Scope[scope.upper()])
            if right in found and limit is not KEEP:
                found[right] = Cell(found[right].scope, limit if found[right].scope else None)
        return found


class EditRoleForm(Versioned, RoleForm):
    """A change of a role."""

    opened = HiddenField()


class NewRoleForm(Keyed, RoleForm):
    """A new role."""


KEEP = object()


def _choices(right: Right) -> list[tuple[str, Any]]:
    asked = [("ask", ASK)] if RIGHTS[right].asked else []
    scopes = [(code(scope), SCOPE_LABELS[scope]) for scope in RIGHTS[right].scopes]
    return [("", NONE), *asked, *scopes]


for _right, _words in RIGHTS.items():
    _scope = fields.choice(_words.label, _choices(_right))
    for _form in (EditRoleForm, NewRoleForm):
        setattr(_form, scope_field(_right), _scope)
        if _words.counted:
            setattr(_form, limit_field(_right), fields.whole(_l("At most at once"), least=1))
