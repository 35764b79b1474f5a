"""What is typed about contact persons and the ways to reach them."""

from __future__ import annotations

from wtforms import HiddenField

from blueprints.customers import words
from blueprints.customers.forms import Preferences, options
from core import fields
from core.forms import Form, Versioned
from core.words import _l


class PersonForm(Preferences):
    """A contact person."""

    name = fields.text(_l("Full name"), required=True)
    form_of_address = fields.text(_l("Form of address"), most=40)
    position = fields.text(_l("Position"), most=60)
    department = fields.text(_l("Department"), most=60)
    decision_role = fields.choice(_l("Role in the decision"), options(words.DECISION_ROLES, "—"))
    primary = fields.YesNoField(_l("First contact person"))
    note = fields.long_text(_l("Remark"), most=1_000)


class EditPersonForm(Versioned, PersonForm):
    """A change of a contact person: the version is that of their place, `opened` says what was shown of themselves."""

    opened = HiddenField()


class NewPersonForm(PersonForm):
    """A new contact person with a phone and a mail address; `same_as`: or one who is on file elsewhere already."""

    same_as = fields.choice(
        _l("On file already"),
        [],
        radio=True,
        description=_l(
            "One person can work at several customers. What is known of them stays; what you typed is added where "
            "nothing stood."
        ),
    )
    phone = fields.text(_l("Phone"), most=60)
    email = fields.text(_l("Mail address"), most=254)


class PointForm(Form):
    """A way to reach somebody."""

    kind = fields.choice(_l("Kind"), options(words.POINT_KINDS), default="mobile", required=True)
    value = fields.text(_l("Contact point"), most=254, required=True)
    person = fields.choice(_l("Contact person"), [])
    label = fields.text(_l("Label"), most=60)
    added_by = fields.text(
        words.FIELDS["added_by"],
        most=60,
        description=_l("Of a friend on WeChat or WeCom: which of our accounts, or who of us, holds it."),
    )
    bad = fields.YesNoField(_l("Bad: does not reach them"))


class EditPointForm(Versioned, PointForm):
    """A change of a way to reach somebody."""
