"""A form with one field of each kind and invented content, for the page that shows the look (/help/ui)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask_wtf.file import FileField
from wtforms import HiddenField

from core import fields
from core.forms import Form
from core.words import _l

CHANNELS = (("phone", _l("Phone")), ("wechat", _l("WeChat")), ("visit", _l("Visit")), ("mail", _l("Mail")))
TIERS = (("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"))
TAGS = (("fair", _l("Trade fair")), ("monthly", _l("Pays monthly")), ("export", _l("Export")))


class SpecimenForm(Form):
    """Never sent anywhere; the page only draws it."""

    place = HiddenField(default="gallery")
    name = fields.text(_l("Name"), required=True, default="华兴科技有限公司")
    short_name = fields.text(_l("Short name"), description=_l("How your colleagues call it"))
    tier = fields.choice(_l("Tier"), TIERS, default="a")
    channel = fields.choice(_l("Channel"), CHANNELS, radio=True, default="phone")
    tags = fields.ManyField(_l("Tags"), choices=TAGS, default=["monthly"])
    dealer = fields.YesNoField(_l("Is also a dealer"), default=True)
    next_on = fields.day(_l("Next contact"), default=date(2026, 12, 5))
    happened_at = fields.MomentField(_l("When"))
    staff = fields.whole(_l("Staff"), default=120)
    password = fields.password(_l("Password"))
    file = FileField(_l("File"))
    summary = fields.long_text(_l("Summary"), default="样品已收到，月底前给答复；希望下批提前三天交货。")


def specimen(wrong: bool = False) -> SpecimenForm:
    """The form, or with `wrong` as it looks after it was refused."""
    form = SpecimenForm(formdata=None)
    form.happened_at.process_data(datetime(2026, 11, 21, 2, 12, tzinfo=UTC))
    if wrong:
        form.name.errors = [_l("Fill this in.")]
        form.channel.errors = [_l("Choose one of these.")]
    return form
