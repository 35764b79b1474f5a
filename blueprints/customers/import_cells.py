"""How the cells of a customer list are read: bounded, and never guessed in silence.

Each reader takes a cleaned cell that is not empty; it raises RuleBroken to refuse the row and answers a Doubt
for what it takes, or leaves out, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from blueprints.customers import import_days, rules, search, wishes, words
from blueprints.customers.columns import CHOICES
from blueprints.customers.import_days import Day
from blueprints.customers.models import ContactPoint, Customer, Tag
from blueprints.customers.particulars import SpecialDay
from blueprints.customers.yearly import Yearly
from core import clock, converting, phones
from core.converting import Doubt
from core.dates import day
from core.errors import RuleBroken
from core.folding import letters
from core.names import nfc
from core.words import _l

Reader = Callable[[str], Any]

LONGEST_NOTE = 4_000
_SHOWN = 40
_HIDDEN = "***"
_GOOGLES_OWN = "* "
# --0531, 05-31, 5月31日, May 31, 31 May; and days of the calendar of the moon
_WITHOUT_YEAR = re.compile(
    r"--\d\d-?\d\d|\d{1,2}[-/.]\d{1,2}|\d{1,2} ?月 ?\d{1,2} ?[日号]?|[A-Za-z]{3,9}\.? \d{1,2}|\d{1,2}[- ][A-Za-z]{3,9}"
)
_LUNAR = re.compile(r"[农農阴陰][历曆]|[正一二三四五六七八九十冬腊臘]月[初十廿卅一二三四五六七八九]")
_SHORT_YEAR = re.compile(r"(\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ])(\d\d)")
_purpose = converting.choice(
    CHOICES["do_not_contact"], {code: words.CONSENT_PURPOSES[code] for code in wishes.PURPOSES}
)
_day_kind = converting.choice(CHOICES["special_day"], words.DAY_KINDS)
_CODE = re.compile("[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_COURTESIES = frozenset(
    letters(word).replace(" ", "")
    for word in (
        "Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Prof", "Professor", "Sir", "Madam", "Rev", "Herr", "Frau", "Herrn",
        "Dr.-Ing.", "Prof. Dr.", "M", "Mme", "Mlle", "Monsieur", "Madame", "Sr", "Sra", "Srta", "Señor", "Señora",
        "Sig", "Dott", "Sig.ra", "Dhr", "Mevr", "先生", "女士", "小姐", "太太", "老师", "博士", "教授",
        "様", "さん", "님",
    )
)  # fmt: skip
# How Access writes a link: what is shown, the address, a place on the page
_LINK = re.compile(r"(?P<shown>[^#\n]*)#(?P<address>[^#\s]+)#[^#\s]*")


def length(model: Any, column: str) -> int:
    """How many characters a column holds."""
    return int(model.__table__.c[column].type.length)


def line(model: Any, column: str) -> Reader:
    """A reader of one line of text for a column."""
    return lambda cell: _bounded(nfc(cell), length(model, column))


def name(model: Any, column: str) -> Reader:
    """A reader of a name, which may have been spoiled by another program."""

    def read(cell: str) -> str | Doubt:
        _bounded(nfc(cell), length(model, column))
        return converting.name(cell)

    return read


def note(cell: str) -> str:
    """Text of several lines."""
    return _bounded("\n".join(nfc(row) for row in cell.split("\n")).strip(), LONGEST_NOTE)


def label(cell: str) -> str:
    """What a column says of the number beside it."""
    return nfc(cell)


def further_address(cell: str) -> str:
    """An address, or a part of one, in one line."""
    return _bounded(nfc(cell), length(Customer, "address"))


def code(column: str) -> Reader:
    """A reader of one of the stored codes of a column, by any of its spellings."""
    return converting.choice(CHOICES[column], words.LABELS[column])


def coded(column: str, labels: Any) -> Reader:
    """The same of a column that several tables have, by the words that it has there."""
    return converting.choice(CHOICES[column], labels)


def entries(cell: str) -> list[str]:
    """Several texts, each bounded as what stands behind a contact point."""
    most = length(ContactPoint, "value") + length(ContactPoint, "label")
    return [_bounded(part, most) for part in converting.several(cell)]


def colleagues(cell: str) -> list[str]:
    """Several people of ours, as a file names them."""
    return [_bounded(nfc(part), 120) for part in converting.several(cell)]


def source(cell: str) -> str | Doubt:
    """Where a customer came from; what the house has no word for is `other`."""
    try:
        return str(code("source")(cell))
    except RuleBroken:
        return Doubt(
            "other", _l("“%(value)s” is no source known here. It becomes “other”.", value=cell[:_SHOWN])
        )


def website(cell: str) -> str | Doubt:
    """A web address."""
    link = _LINK.fullmatch(cell)
    text = _bounded(nfc(link["address"] if link else cell), length(Customer, "website"))
    if re.match(rules.WEB_ADDRESS, text):
        return text
    return Doubt(None, _l("“%(value)s” is no web address. It is left out.", value=text[:_SHOWN]))


def birthday(cell: str, days: str = "") -> date | Yearly | Doubt:
    """The day on which somebody was born; `days` is the order of day and month where the cell leaves it open.

    A day without a year, or of the calendar of the moon, is one of the special days.
    """
    if _HIDDEN in cell:
        return Doubt(None, _left_out(cell, ""))
    import_days.check_order(cell, days)
    if when := import_days.without_year(cell, days, clock.today()):
        return when
    if _LUNAR.search(cell):
        message = _l(
            "“%(value)s” is a day of the lunar calendar. It is left out; note it as a special day.",
            value=cell[:_SHOWN],
        )
        return Doubt(None, message)
    if _WITHOUT_YEAR.fullmatch(cell):
        message = _l("“%(value)s” names no year. It is left out; note it as a special day.", value=cell)
        return Doubt(None, message)
    if short := _SHORT_YEAR.fullmatch(cell):
        return _with_century(cell, short[1], int(short[2]), days)
    found = day(cell, days)
    rules.check_birthday(found.value if isinstance(found, Doubt) else found, clock.today())
    return found


def special_days(cell: str) -> list[Day] | Doubt:
    """Special days as our own files write them: what it is, the day, and what is noted of it."""
    if cell.startswith(_HIDDEN):
        return Doubt([], _left_out(cell, ""))
    found, left = [], None
    for entry in converting.several(cell):
        kind, _colon, rest = (
            entry.replace("：", ": ", 1).partition(": ") if ": " not in entry else entry.partition(": ")
        )
        text, _colon, remark = (rest or kind).strip().partition(": ")
        when = import_days.read(text.strip(), clock.today())
        try:
            code = _day_kind(kind.strip()) if rest else "birthday"
        except RuleBroken:
            when = None
        if when is None:
            left = left or entry
        else:
            found.append(Day(code, when, _bounded(nfc(remark), length(SpecialDay, "remark")) or None))
    if left is None:
        return found
    return Doubt(found, _l("“%(value)s” is no day that is known here. It is left out.", value=left[:_SHOWN]))


def _with_century(cell: str, start: str, year: int, days: str) -> Doubt:
    """A birthday whose year has two digits: the latest such year that is past."""
    century = clock.today().year // 100 * 100
    for full in (century + year, century - 100 + year):
        try:
            found = day(f"{start}{full}", days)
        except RuleBroken:
            break
        if isinstance(found, date) and found <= clock.today():
            message = _l(
                "“%(value)s” has a year of two digits. It is taken as %(day)s.", value=cell, day=found
            )
            return Doubt(found, message)
    return Doubt(None, _l("“%(value)s” is no certain date. It is left out.", value=cell))


def tags(cell: str, known: Collection[str] = ()) -> list[str]:
    """Tags; the groups into which Google puts everybody (* myContacts) are none.

    `known` are names of tags that stay whole although a slash stands in them.
    """
    parts = converting.parted(cell, lambda text: nfc(text).casefold() in known)
    found = converting.quoted(cell) or [part for part in parts if not part.startswith(_GOOGLES_OWN)]
    return [_bounded(nfc(tag), length(Tag, "name")) for tag in found]


def wishes_said(cell: str) -> list[str]:
    """The purposes for which somebody wants no contact: yes means none at all, no means nothing."""
    try:
        return [wishes.ALL] if converting.yes_no(cell) else []
    except RuleBroken:
        purposes = [_purpose(part) for part in converting.parted(cell, lambda _text: False)]
    return [wishes.ALL] if wishes.ALL in purposes else purposes


def points(kind: str) -> Reader:
    """A reader of the contact points of this kind in a cell; the first that can be none is told."""
    split: Callable[..., list[str] | Doubt] = (
        converting.numbers if kind in rules.PHONE_KINDS else _parted_as(kind)
    )

    def read(cell: str, *counted: bool | None) -> list[str] | Doubt:
        found = split(cell, *counted)
        values, message = found if isinstance(found, Doubt) else (found, None)
        kept = [value for value in values if _is_point(value, kind)]
        if left := next((value for value in values if value not in kept), None):
            message = _left_out(left, kind)
        return kept if message is None else Doubt(kept, message)

    return read


def _parted_as(kind: str) -> Callable[[str], list[str]]:
    fits = is_mail if kind == "email" else _is_account
    return lambda cell: converting.parted(cell, lambda text: "://" in text, fits)


def _is_account(text: str) -> bool:
    """Whether a part of a cell may be an account by itself: n/a is none."""
    return len(text) > 1


def _is_point(value: str, kind: str) -> bool:
    if _HIDDEN in value or len(value) > length(ContactPoint, "value"):
        return False
    return kind != "email" or is_mail(value)


def _left_out(value: str, kind: str) -> Any:
    shown = value[:_SHOWN]
    if _HIDDEN in value:
        return _l("“%(value)s” is masked. It is left out.", value=shown)
    if kind == "email":
        return _l("“%(value)s” is no mail address. It is left out.", value=shown)
    return _l("“%(value)s” cannot be used. It is left out.", value=shown)


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise RuleBroken(too_long(text, most))
    return text


def too_long(text: str, most: int) -> Any:
    """The sentence for a text that its column cannot hold."""
    return _l("“%(value)s…” is longer than %(n)s characters.", value=text[:_SHOWN], n=most)


def is_mobile(cell: str) -> bool:
    """Whether a cell looks like a mobile number of the house's country."""
    number = phones.normalise(cell)
    return number.valid and number.kind == "mobile"


def is_mail(cell: str) -> bool:
    """Whether a cell looks like a mail address."""
    return bool(search.normal_of(cell, "email"))


def is_credit_code(cell: str) -> bool:
    """Whether a cell looks like a unified social credit code, and its check digit (GB 32100-2015) says so too."""
    text = cell.strip()
    if not _CODE.fullmatch(text):
        return False
    total = sum(_CODE_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return _CODE_SIGNS[-total % 31] == text[17]


def is_courtesy(cell: str) -> bool:
    """Whether a cell is what stands before a name: Mr., Frau, 先生."""
    return letters(cell).replace(" ", "") in _COURTESIES
