"""Forms in which somebody asks for what they may not do by themselves: an export, an import."""

from __future__ import annotations

from blueprints.customers.forms import EverythingForm, ExportForm
from core import fields
from core.forms import Form, Keyed
from core.words import _l


class ExportRequestForm(Keyed, ExportForm):
    """A list as a file: in which format, with which numbers, and why."""

    numbers = fields.choice(
        _l("Numbers"),
        [("masked", _l("masked")), ("clear", _l("in clear, as far as I see them so"))],
        radio=True,
        default="masked",
    )
    reason = fields.long_text(_l("What you need it for"), most=600, required=True)


class ImportRequestForm(Keyed, Form):
    """Why a list is to be imported."""

    reason = fields.long_text(_l("Where the list comes from"), most=600, required=True)


class EverythingRequestForm(Keyed, EverythingForm):
    """About whom everything is to be taken out, and why."""
