"""What is typed about customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import HiddenField, IntegerField
from wtforms.validators import NumberRange, Regexp
from wtforms.widgets import HiddenInput

from blueprints.customers import rules, words
from blueprints.customers.cardfiles import FORMATS
from blueprints.customers.custom_forms import CustomFields
from core import fields
from core.forms import Form, Keyed, Versioned
from core.lists import LARGEST
from core.tablefiles import CSV
from core.words import _l


def options(labels: Mapping[str, Any], empty: Any = None) -> list[tuple[str, Any]]:
    """Choices for a field from a table of words; with an empty one first if `empty` names it."""
    return [*([("", empty)] if empty is not None else []), *labels.items()]


class Preferences(Form):
    """How and when somebody likes to be reached, and what one does well to know before."""

    preferred_channel = fields.choice(_l("Preferred channel"), options(words.CHANNELS, "—"))
    preferred_time = fields.text(_l("Preferred time"), most=60, description=_l("Such as: mornings."))
    language = fields.text(_l("Spoken language"), most=40)
    likes = fields.text(_l("Likes"), most=300, description=_l("Hobbies, tea or coffee, what pleases them."))
    taboos = fields.text(_l("Taboos"), most=300, description=_l("What one should not say, give or do."))


class CustomerForm(Preferences, CustomFields):
    """The facts of a customer."""

    name = fields.text(_l("Name"), most=200, required=True)
    short_name = fields.text(_l("Short name"), most=60)
    kind = fields.choice(_l("Kind"), options(words.KINDS), radio=True, default="company", required=True)
    relationship_kind = fields.choice(
        _l("Relationship"), options(words.RELATIONSHIPS), default="customer", required=True
    )
    status = fields.choice(_l("Status"), options(words.STATUSES), default="lead", required=True)
    lost_reason = fields.choice(
        _l("Reason of the loss"),
        options(words.LOST_REASONS, "—"),
        description=_l("Only for a lost customer."),
    )
    tier = fields.choice(
        _l("Tier"),
        options(words.TIERS),
        default="none",
        required=True,
        description=_l("Worth, for customers who bought."),
    )
    intent = fields.choice(
        _l("Intent"),
        options(words.INTENTS),
        default="none",
        required=True,
        description=_l("Nearness, for prospects."),
    )
    source = fields.choice(_l("Source"), options(words.SOURCES, "—"))
    industry = fields.text(_l("Industry"), most=60)
    size = fields.text(_l("Size"), most=40)
    website = fields.text(
        _l("Website"),
        most=200,
        validators=[Regexp(rules.WEB_ADDRESS, message=_l("This is not a web address."))],
    )
    credit_code = fields.text(_l("Credit code"), most=40)
    country = fields.text(_l("Country"), most=60)
    province = fields.text(_l("Province"), most=60)
    city = fields.text(_l("City"), most=60)
    district = fields.text(_l("District"), most=60)
    address = fields.text(_l("Address"), most=300)
    postal_code = fields.text(_l("Postal code"), most=20)
    gender = fields.choice(_l("Gender"), options(words.GENDERS, "—"))
    birthday = fields.day(_l("Birthday"))
    tags = fields.text(_l("Tags"), most=400, description=_l("Separated by commas."))
    note = fields.long_text(_l("Remark"), most=4_000)

    def facts(self) -> dict[str, Any]:
        """What was sent, with tags as a list of names, and `custom`: the stored values of custom fields by name."""
        values = self.values
        if "tags" in values:
            values["tags"] = tag_names(values["tags"] or "")
        return {**values, "custom": self.given}


class EditForm(Versioned, CustomerForm):
    """A change of the facts."""


class NewForm(Keyed, CustomerForm):
    """A new customer, with an owner and a first way to reach them."""

    owner = fields.choice(_l("Owner"), [], required=False)
    phone = fields.text(_l("Phone"), most=60)
    email = fields.text(_l("Mail address"), most=254)
    person_name = fields.text(_l("Contact person"), most=120)
    form_of_address = fields.text(_l("Form of address"), most=40)
    create_anyway = fields.YesNoField(_l("Create it anyway: it is another customer"))


class OwnerForm(Versioned, Form):
    """A change of owner; `opened` is what the form showed when it was opened."""

    opened = HiddenField()
    owner = fields.choice(_l("New owner"), [], required=True)
    reason = fields.text(_l("Reason"), most=300, required=True)


class OwnerRequestForm(Keyed, Form):
    """A request for another owner."""

    owner = fields.choice(_l("New owner"), [], required=True)
    reason = fields.text(_l("Reason"), most=300, required=True)


class HelpersForm(Versioned, Form):
    """Who helps: those who may read, those who may also edit; `opened` is what the form showed when it was opened."""

    opened = HiddenField()
    readers = fields.ManyField(_l("May read and log contacts"), coerce=int)
    writers = fields.ManyField(_l("May also edit"), coerce=int)


class RelationForm(Form):
    """From when to when a relation holds."""

    since = fields.day(_l("Begins on"))
    until = fields.day(
        _l("Ends on"), description=_l("The first day on which it is over; empty while it lasts.")
    )
    remark = fields.text(_l("Remark"), most=300)


class EditRelationForm(Versioned, RelationForm):
    """A change of what is known of a relation."""


class NewRelationForm(Keyed, RelationForm):
    """A relation with another customer; the roles are what the other one can be to this one."""

    other = HiddenField()
    role = fields.choice(_l("Relation"), [], required=True)


class ConsentForm(Keyed, Form):
    """What a customer said about being contacted."""

    purpose = fields.choice(_l("For what"), options(words.CONSENT_PURPOSES), radio=True, required=True)
    state = fields.choice(_l("What they said"), options(words.CONSENT_SAID), radio=True, required=True)
    on_day = fields.day(_l("On what day"), required=True)
    channel = fields.choice(_l("How they said it"), options(words.CHANNELS, "—"))
    remark = fields.text(
        _l("Remark"), most=300, description=_l("Who said it, and where it is written, if it is.")
    )


class SpecialDayForm(Form):
    """A day that comes every year."""

    kind = fields.choice(_l("What is special"), options(words.DAY_KINDS), default="birthday", required=True)
    person = fields.choice(_l("Of whom"), [])
    calendar = fields.choice(
        _l("Solar or lunar"), options(words.CALENDARS), radio=True, default="solar", required=True
    )
    year = fields.whole(
        _l("Year"),
        least=1900,
        most=2100,
        description=_l("Empty if nobody knows. A lunar day has its lunar year."),
    )
    month = fields.whole(_l("Month"), least=1, most=12, required=True)
    day = fields.whole(_l("Day of the month"), least=1, most=31, required=True)
    leap = fields.YesNoField(_l("In the leap month"))
    remark = fields.text(_l("Remark"), most=200)

    def facts(self) -> dict[str, Any]:
        """What was sent, with the person as an id."""
        values = self.values
        if "person" in values:
            values["person_id"] = int(values.pop("person") or 0) or None
        return values


class EditSpecialDayForm(Versioned, SpecialDayForm):
    """A change of a special day."""


class NewSpecialDayForm(Keyed, SpecialDayForm):
    """A new special day."""


class NewPaperForm(Keyed, Form):
    """An identity number or a bank account."""

    kind = fields.choice(_l("What it is"), [], required=True)
    person = fields.choice(_l("Holder"), [])
    value = fields.text(
        _l("Number of the paper or account"),
        most=60,
        required=True,
        description=_l("Encrypted, and masked for everybody from then on."),
    )
    issuer = fields.text(_l("Bank or issuing authority"), most=100)
    remark = fields.text(_l("Remark"), most=200)

    def facts(self) -> dict[str, Any]:
        """What was sent, with the person as an id."""
        values = self.values
        if "person" in values:
            values["person_id"] = int(values.pop("person") or 0) or None
        return values


class NeedForm(Form):
    """What a customer needs."""

    what = fields.text(_l("What they need"), most=300, required=True)
    since = fields.day(_l("Since when"), required=True)
    importance = fields.choice(
        _l("How important"), options(words.IMPORTANCES), default="middle", required=True
    )
    met_on = fields.day(_l("Met on"))
    met_by = fields.text(_l("Met by what"), most=200)
    remark = fields.text(_l("Remark"), most=300)


class EditNeedForm(Versioned, NeedForm):
    """A change of a need."""


class NewNeedForm(Keyed, NeedForm):
    """A new need."""


class ExitTalkForm(Form):
    """What a customer says about why they leave."""

    on_day = fields.day(_l("On what day"), required=True)
    with_whom = fields.text(_l("With whom"), most=120)
    reason = fields.choice(_l("Reason of the loss"), options(words.LOST_REASONS, "—"), required=True)
    competitor = fields.text(_l("To whom they go"), most=120)
    why = fields.long_text(_l("What made them leave"), most=2_000, required=True)
    back_if = fields.long_text(_l("What would bring them back"), most=2_000)


class EditExitTalkForm(Versioned, ExitTalkForm):
    """A change of an exit talk."""


class NewExitTalkForm(Keyed, ExitTalkForm):
    """A new exit talk."""


class RevealForm(Form):
    """Why somebody wants to see a number in clear."""

    reason = fields.text(_l("Reason"), most=200, required=True)


class ArchiveForm(Form):
    """Why a file is put away."""

    reason = fields.text(_l("Reason"), most=300, required=True)


class EverythingForm(Form):
    """All that is kept about whom, and why it is taken out."""

    about = fields.choice(_l("About whom"), [])
    reason = fields.text(_l("Reason"), most=200, required=True)


class HoldForm(Form):
    """Why a file must be kept."""

    reason = fields.text(_l("Reason"), most=300, required=True)


class PersonErasureForm(Form):
    """The erasure of a contact person, confirmed by one's own password."""

    old = fields.password(_l("Your password"))


class ErasureForm(PersonErasureForm):
    """The erasure of a customer: why, and that this very customer is meant."""

    ground = fields.choice(_l("Ground"), [("", "—"), *words.ERASURE_GROUNDS.items()], required=True)
    reason = fields.text(_l("Remark"), most=300)
    number = fields.text(_l("Number"), most=60, required=True)


class BulkForm(Form):
    """A change of several customers at once."""

    act = fields.choice(
        _l("Change"),
        [
            ("owner", _l("owner")),
            ("tier", _l("tier")),
            ("intent", _l("intent")),
            ("status", _l("status")),
            ("tags", _l("add tags")),
            ("untags", _l("take tags off")),
            ("help", _l("add a helper")),
            ("unhelp", _l("take a helper away")),
            ("archive", _l("archive")),
            ("unarchive", _l("take out of the archive")),
            ("bin", _l("delete into the bin")),
        ],
        required=True,
    )
    owner = fields.choice(_l("New owner"), [])
    tier = fields.choice(_l("Tier"), options(words.TIERS, "—"))
    intent = fields.choice(_l("Intent"), options(words.INTENTS, "—"))
    status = fields.choice(_l("Status"), options(words.STATUSES, "—"))
    lost_reason = fields.choice(_l("Reason of the loss"), options(words.LOST_REASONS, "—"))
    tags = fields.text(_l("Tags"), most=400, description=_l("Separated by commas."))
    untags = fields.text(_l("Tags to take off"), most=400, description=_l("Separated by commas."))
    help = fields.choice(_l("Helper"), [])
    may_write = fields.YesNoField(_l("May also edit"))
    unhelp = fields.choice(_l("Helper to take away"), [])
    reason = fields.text(_l("Reason"), most=300)


class ExportForm(Form):
    """In which format a list is taken."""

    format = fields.choice(
        _l("Format"),
        [(name, format.label) for name, format in FORMATS.items()],
        radio=True,
        default=CSV,
    )


class MergeRequestForm(Keyed, Form):
    """A request that two files be merged."""

    other = fields.unseen(IntegerField, NumberRange(1, LARGEST), widget=HiddenInput())
    reason = fields.text(_l("Why they are one customer"), most=300, required=True)


class AboutForm(Keyed, Form):
    """About a customer that a look-up told of; `of` is the ticket to its answer."""

    of = HiddenField()
    called = fields.text(_l("Which customer you mean"), most=200, required=True)


class WordForm(AboutForm):
    """A word for the owner."""

    reason = fields.long_text(_l("What the owner is to know"), most=300, required=True)


class HelpRequestForm(AboutForm):
    """A request to become a helper."""

    reason = fields.text(_l("Reason"), most=300, required=True)


class ClaimForm(AboutForm):
    """A claim to the customer."""

    met_on = fields.day(_l("Your first real contact"))
    reason = fields.long_text(_l("Why the customer should be yours"), most=600, required=True)


class LookupForm(Form):
    """The exact look-up."""

    q = fields.text(
        _l("Full company name, credit code, or at least 7 digits of a number"), most=200, required=True
    )


def tag_names(typed: str) -> list[str]:
    """The names in what was typed as tags, without repetition."""
    parts: Iterable[str] = (
        typed.replace("，", ",").replace("、", ",").replace(";", ",").replace("；", ",").split(",")
    )
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
