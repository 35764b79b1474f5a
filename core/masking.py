"""What is shown of a sensitive value to those who may not see it in clear. Pure.

Enough to recognise a number one knows, too little to call one that one does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from core.phones import digits, split_extension

Kind = Literal["phone", "mail", "id", "bank", "birthday", "other"]

HIDDEN = "****"


def masked(kind: Kind, value: str | None) -> str:
    """The masked form of a value; "" where there is none. Nothing is shown of a kind without a rule."""
    return _MASKS.get(kind, _nothing)(value) if value and value.strip() else ""


def mask(phone: str) -> str:
    """139 **** 0007: three digits before and four behind at most, and never fewer than four hidden.

    Below eleven digits two are shown, below eight none; behind a foreign + only the end; extensions never.
    """
    text, _extension = split_extension(phone)
    number = _national(digits(text), text.startswith(("+", "00")))
    if len(number) < 8:
        return HIDDEN
    if len(number) < 11:
        return f"{HIDDEN} {number[-2:]}"
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
    """The digits without the country code of China."""
    bare = number.removeprefix("00") if international else number
    return bare[2:] if bare.startswith("86") and len(bare) >= 12 else number


def _nothing(_value: str) -> str:
    return HIDDEN


_MASKS: dict[Kind, Callable[[str], str]] = {
    "phone": mask,
    "mail": mask_mail,
    "id": mask_id,
    "bank": mask_bank,
    "birthday": mask_birthday,
}
