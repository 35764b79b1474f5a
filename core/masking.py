"""What is shown of a sensitive value to those who may not see it in clear. Pure.

Enough to recognise a number one knows, too little to call one that one does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from core.phones import digits, split_extension

Kind = Literal["phone", "mail", "id", "bank", "birthday", "other"]

HIDDEN = "****"
LEAST_HIDDEN = 4
# Of a whole number: that of the largest cities (010, 02x) before eight digits, of all others before seven or eight
_AREA = re.compile(r"(?:010|02\d)(?=\d{8}$)|0[3-9]\d\d(?=\d{7,8}$)")


def masked(kind: Kind, value: str | None) -> str:
    """The masked form of a value; "" where there is none. Nothing is shown of a kind without a rule."""
    return _MASKS.get(kind, _nothing)(value) if value and value.strip() else ""


def mask(phone: str) -> str:
    """139 **** 0007: three digits before and four behind at most, and never fewer than four hidden.

    The area code of a Chinese landline is shown whole: 0571 **** 4321. Below eleven digits two are shown, below eight
    none; behind a foreign + only the end; extensions never.
    """
    text, _extension = split_extension(phone)
    number = _national(digits(text), text.startswith(("+", "00")))
    if len(number) < 8:
        return HIDDEN
    if len(number) < 11:
        return f"{HIDDEN} {number[-2:]}"
    if area := _AREA.match(number):
        return f"{area[0]} {HIDDEN} {number[area.end() + LEAST_HIDDEN :][-4:]}"
    begins = "" if text.startswith("+") and number == digits(text) else f"{number[:3]} "
    return f"{begins}{HIDDEN} {number[-4:]}"


def mask_mail(mail: str) -> str:
    """m***@alfki.de: the first letter and the domain; nothing of what is no address."""
    local, at, domain = mail.strip().rpartition("@")
    return f"{local[:1] if len(local) > 2 else ''}***@{domain}" if at and domain else HIDDEN


def mask_id(number: str) -> str:
    """1****X: the first and the last sign of an identity number; nothing of a short one."""
    signs = "".join(number.split())
    return f"{signs[0]}{HIDDEN}{signs[-1]}" if len(signs) >= 15 else HIDDEN


def mask_bank(account: str) -> str:
    """**** 1234: the last four digits of an account; nothing of a short one."""
    number = digits(account)
    return f"{HIDDEN} {number[-4:]}" if len(number) >= 12 else HIDDEN


def mask_birthday(_birthday: str) -> str:
    """Nothing of a birthday is shown."""
    return "****-**-**"


def _national(number: str, international: bool) -> str:
    """The digits as they are dialled within China, without its country code."""
    bare = number.removeprefix("00") if international else number
    if not bare.startswith("86") or len(bare) < 12:
        return number
    return bare[2:] if not _AREA.match(f"0{bare[2:]}") else f"0{bare[2:]}"


def _nothing(_value: str) -> str:
    return HIDDEN


_MASKS: dict[Kind, Callable[[str], str]] = {
    "phone": mask,
    "mail": mask_mail,
    "id": mask_id,
    "bank": mask_bank,
    "birthday": mask_birthday,
}
