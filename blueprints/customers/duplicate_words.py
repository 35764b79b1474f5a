"""The words for what speaks for and against two files being of one customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.words import _, _l

PHONE, OTHER_POINTS, LAST_CONTACT = _l("Phone"), _l("Mail and accounts"), _l("Last contact")
BANDS = {"certain": _l("Nearly certain"), "likely": _l("Likely"), "possible": _l("Possible")}
BAND_COLOURS = {"certain": "red", "likely": "amber", "possible": "grey"}
# Each as it is said without, and with, the part of the name that it is about
REASONS: dict[str, tuple[Any, Callable[[str], str] | None]] = {
    "mobile_same": (_l("same mobile"), None),
    "phone_same": (_l("same landline"), None),
    "email_same": (_l("same mail address"), None),
    "wechat_same": (_l("same WeChat"), None),
    "wecom_same": (_l("same WeCom"), None),
    "qq_same": (_l("same QQ"), None),
    "fax_same": (_l("same fax"), None),
    "mobile_other": (_l("other mobile"), None),
    "name_same": (_l("same name"), None),
    "name_form": (
        _l("names differ only in how they are written"),
        lambda part: _("names differ by %(part)s", part=part),
    ),
    "name_part": (
        _l("one name is a part of the other"),
        lambda part: _("names differ by %(part)s", part=part),
    ),
    "name_short": (_l("the short name of one is a name of the other"), None),
    "name_sound": (_l("names sound the same"), None),
    "name_close": (_l("names differ by a slip"), None),
    "name_order": (_l("same name in another order"), None),
    "name_near": (_l("names are only a little alike"), None),
    "name_other": (_l("other name"), None),
    "region_same": (_l("same region in the name"), lambda part: _("both %(part)s in the name", part=part)),
    "region_other": (
        _l("other region in the name"),
        lambda part: _("other region in the name: %(part)s", part=part),
    ),
    "region_missing": (
        _l("only one name has a region"),
        lambda part: _("only one name has %(part)s", part=part),
    ),
    "branch_other": (_l("another branch"), lambda part: _("another branch: %(part)s", part=part)),
    "numbers_other": (_l("other numbers in the name"), None),
    "code_same": (_l("same credit code"), None),
    "code_close": (_l("credit codes differ in one sign"), None),
    "code_other": (_l("other credit code"), None),
    "birthday_same": (_l("same birthday"), None),
    "birthday_close": (_l("birthdays differ by a slip"), None),
    "birthday_other": (_l("other birthday"), None),
    "gender_other": (_l("other gender"), None),
    "address_same": (_l("same address"), None),
    "address_close": (_l("addresses are alike"), None),
    "address_other": (_l("other address"), None),
    "postal_code_same": (_l("same postal code"), None),
    "postal_code_other": (_l("other postal code"), None),
    "city_same": (_l("same city"), None),
    "city_other": (_l("other city"), None),
    "contact_same": (_l("same contact person"), None),
    "kind_other": (_l("one a company, the other a person"), None),
}


def reason(code: str, detail: str) -> str:
    """One reason in words; of a code of another version the code itself."""
    plain, with_part = REASONS.get(code, (code, None))
    return with_part(detail) if detail and with_part is not None else str(plain)
