"""Contact cards as rows of a table: what each column holds of a card."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from core import converting
from core.cards import Card, Property, cards
from core.cells import restore
from core.csvtables import Limits
from core.folding import HAN
from core.words import _l

_SERVICE = re.compile(r"(?:x-)?(qq|wechat|weixin|wecom)", re.IGNORECASE)
_HAN = re.compile(f"[{HAN}]")
_SEVERAL = "\n"
# Of cards that this program wrote: the number of the customer, and what no property of a card is for
OWN, DISTRICT = "X-HUIFANG-NUMBER", "X-HUIFANG-DISTRICT"
_BOX = 40  # characters of a post-office box; what is longer is a label that runs into the address


def read(source: Path, target: Path, limits: Limits) -> None:
    """Write a row for each card to a file for `rowfiles.open_rows`."""
    rows = 1
    with target.open("w", encoding="ascii") as out:
        _write(out.write, [0, 0, list(COLUMNS)])
        for card in cards(source, limits.cell, limits.seconds):
            told = COLUMNS.values() if card.properties else ()
            cells = [_kept(" ".join(find(card).split(" ")))[: limits.cell + 1] for find in told]
            if any(cells) or card.problem:
                _write(out.write, [0, card.line, cells, *([card.problem] if card.problem else ())])
                rows += 1
        _write(out.write, {"sheets": [["", rows]]})


def _kept(cell: str) -> str:
    """The cell such that it is itself again when, as in a spreadsheet, what guards a formula is taken off."""
    return cell if restore(cell) == cell else f"'{cell}"


def _write(write: Callable[[str], int], thing: object) -> None:
    write(json.dumps(thing, separators=(",", ":")) + "\n")


def _company(card: Card) -> str:
    found = card.first("ORG").parts[0]
    return found or (card.first("FN").text if _is_company(card) else "")


def _is_company(card: Card) -> bool:
    return "COMPANY" in card.first("X-ABSHOWAS").text.upper() or card.first("KIND").text.casefold() == "org"


def _person(card: Card) -> str:
    """The name without titles, in the order of its language: 王敏, Maria Anders."""
    shown = card.first("FN").text
    family, given, more, *_titles = [*card.first("N").parts, "", "", ""]
    if _is_company(card) or (shown == _company(card) and not (family or given)):
        return ""
    if _HAN.search(shown) or not (family or given):
        return shown
    return family + given if _HAN.search(family + given) else " ".join(f"{given} {more} {family}".split())


def _department(card: Card) -> str:
    return " ".join(filter(None, card.first("ORG").parts[1:]))


def _is_own(card: Card) -> bool:
    return bool(card.first(OWN).text)


def _numbers(wanted: str, *, own: bool = False) -> Callable[[Card], str]:
    """The numbers for a use; `own`: those of a contact person, on whose card of ours nothing else stands."""

    def find(card: Card) -> str:
        theirs = _is_own(card) and bool(_company(card) and _person(card))
        found = [one.text for one in card.all("TEL") if theirs == own and _use(one) == wanted]
        if _is_own(card):
            return converting.joined(found, converting.numbers)
        return _joined(map(_number, found))

    return find


def _contact_numbers(card: Card) -> str:
    return _numbers("work", own=True)(card) or _numbers("home")(card)


def _use(number: Property) -> str:
    """What a number is for; one of an own word, or of none, is of the company."""
    types = number.types
    if "FAX" in types:
        return "fax"
    if types & {"CELL", "IPHONE"}:
        return "mobile"
    if "PAGER" in types:
        return ""
    return "home" if "HOME" in types and "WORK" not in types else "work"


def _number(text: str) -> str:
    """A number, also where it is written as an address: tel:+1-418-656-9254;ext=102."""
    number, _semicolon, rest = text.partition(";")
    extension = re.search(r"ext=(\d+)", rest)
    plain = number.removeprefix("tel:")
    return f"{plain} ext. {extension[1]}" if extension else plain


def _messenger(*services: str) -> Callable[[Card], str]:
    names = [f"X-{service.upper()}" for service in services]

    def find(card: Card) -> str:
        told = (one.text.partition(":") for one in card.all("IMPP"))
        addresses = (rest for scheme, _colon, rest in told if _service(scheme) in services)
        values = [*(one.text for one in card.all(*names)), *addresses]
        return converting.joined(values) if _is_own(card) else _joined(values)

    return find


def _service(scheme: str) -> str:
    match = _SERVICE.fullmatch(scheme)
    return match[1].casefold() if match else ""


def _address(*positions: int) -> Callable[[Card], str]:
    """These parts of the address at work, else of the first.

    They are: 0 box, 1 room, 2 street, 3 town, 4 region, 5 code, 6 country.
    """

    def find(card: Card) -> str:
        every = _addresses(card)
        parts = every[0] if every else [""] * 7
        return " ".join(filter(None, (parts[position] for position in positions)))

    return find


def _addresses(card: Card) -> list[list[str]]:
    """The parts of each address that says anything, the one at work first."""
    found = []
    for one in sorted(card.all("ADR"), key=lambda one: "WORK" not in one.types):
        box, *others = [*one.parts, *[""] * 7]
        if any(one.parts):
            found.append([box if len(box) <= _BOX else "", *others])
    return found


def _other_addresses(card: Card) -> str:
    """The addresses beside the one that fills the fields."""
    return "; ".join(
        " ".join(filter(None, (parts[n] for n in (2, 1, 0, 3, 4, 5, 6)))) for parts in _addresses(card)[1:]
    )


def _birthday(card: Card) -> str:
    found = card.first("BDAY")
    day = found.text.partition("T")[0]
    year = found.parameters.get("X-APPLE-OMIT-YEAR")
    return f"--{day[5:]}" if year and day.startswith(year) else day


def _gender(card: Card) -> str:
    code = card.first("GENDER", "X-GENDER").parts[0].upper()
    return code if code in ("F", "M", "FEMALE", "MALE") else ""


def _text_of(*names: str) -> Callable[[Card], str]:
    return lambda card: card.first(*names).text


def _all_of(name: str, separator: str = _SEVERAL) -> Callable[[Card], str]:
    return lambda card: _joined((one.text for one in card.all(name)), separator)


def _mails(card: Card) -> str:
    mails = [one.text for one in card.all("EMAIL")]
    return converting.joined(mails) if _is_own(card) else _joined(mails)


def _tags(card: Card) -> str:
    tags = [tag for one in card.all("CATEGORIES") for tag in one.items]
    return converting.joined([tag for tag in tags if tag], _others_tags) if _is_own(card) else _joined(tags)


def _others_tags(cell: str) -> list[str]:
    """The tags of a cell as they are read of other programs: a star marks groups of Google's own."""
    return [tag for tag in converting.parted(cell, lambda _text: False) if not tag.startswith("*")]


def _street(card: Card) -> str:
    """The street; on a card of ours without the district that it begins with."""
    return _address(2, 1, 0)(card).removeprefix(card.first(DISTRICT).text)


def _called(*, own: bool) -> Callable[[Card], str]:
    """The nickname, which is the customer's on a card of ours."""
    return lambda card: _all_of("NICKNAME", ", ")(card) if _is_own(card) == own else ""


def _joined(values: Iterable[str], separator: str = _SEVERAL) -> str:
    return separator.join(dict.fromkeys(filter(None, values)))


# What a card tells, under headers that an import knows
COLUMNS: Mapping[str, Callable[[Card], str]] = {
    "Company": _company,
    "Contact Person": _person,
    "Salutation": lambda card: [*card.first("N").parts, "", "", "", ""][3],
    "Job Title": _text_of("TITLE", "ROLE"),
    "Department": _department,
    "Mobile": _numbers("mobile"),
    "Contact Mobile": _numbers("mobile", own=True),
    "Phone": _numbers("work"),
    "Contact Phone": _contact_numbers,
    "Fax": _numbers("fax"),
    "Contact Fax": _numbers("fax", own=True),
    "Email": _mails,
    "WeChat": _messenger("wechat", "weixin"),
    "WeCom": _messenger("wecom"),
    "QQ": _messenger("qq"),
    "Website": _text_of("URL"),
    "Country": _address(6),
    "Province": _address(4),
    "City": _address(3),
    "District": _text_of(DISTRICT),
    "Street Address": _street,
    "Postal Code": _address(5),
    "Other Address": _other_addresses,
    "Gender": _gender,
    "Birthday": _birthday,
    "Categories": _tags,
    "Note": _all_of("NOTE"),
    "Nickname": _called(own=False),
    "Short Name": _called(own=True),
    "Customer Number": _text_of(OWN),
}
# What they are called on a page; a mapping names them as above, whatever the language
LABELS: Mapping[str, Any] = {
    "Company": _l("Company name"),
    "Contact Person": _l("Contact person"),
    "Salutation": _l("Form of address"),
    "Job Title": _l("Position"),
    "Department": _l("Department"),
    "Mobile": _l("Mobile"),
    "Contact Mobile": _l("Contact person, mobile"),
    "Phone": _l("Phone"),
    "Contact Phone": _l("Contact person, phone"),
    "Fax": _l("Fax"),
    "Contact Fax": _l("Contact person, fax"),
    "Email": _l("Mail address"),
    "WeChat": _l("WeChat"),
    "WeCom": _l("WeCom"),
    "QQ": _l("QQ"),
    "Website": _l("Website"),
    "Country": _l("Country"),
    "Province": _l("Province"),
    "City": _l("City"),
    "District": _l("District"),
    "Street Address": _l("Street address"),
    "Postal Code": _l("Postal code"),
    "Other Address": _l("Other addresses"),
    "Gender": _l("Gender"),
    "Birthday": _l("Birthday"),
    "Categories": _l("Tags"),
    "Note": _l("Remark"),
    "Nickname": _l("Nickname"),
    "Short Name": _l("Short name"),
    "Customer Number": _l("Customer number"),
}
