"""What identity numbers and bank accounts can be. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from core.errors import RuleBroken
from core.words import _l

IDENTITY, DOCUMENT, BANK = "identity", "document", "bank"
OF_PERSONS = frozenset({IDENTITY, DOCUMENT})

_FILLING = re.compile(r"[\s\-·.]+")
_IDENTITY = re.compile(r"\d{17}[\dX]")
_DOCUMENT = re.compile(r"(?=.*\d)[A-Z0-9()]{5,20}")
_ACCOUNT = re.compile(r"(?=(?:.*\d){6})[A-Z0-9]{8,34}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CHECK_SIGNS = "10X98765432"  # of the remainders 0 to 10


def tidy(kind: str, typed: str, today: date) -> str:
    """The number as it is kept: without what only parts it, in capitals. Raises RuleBroken for what cannot be one."""
    number = _FILLING.sub("", unicodedata.normalize("NFKC", typed)).upper()
    if kind == IDENTITY and not is_identity(number, today):
        raise RuleBroken(
            _l("An identity number has 18 signs; these do not make one. Please check them."), "value"
        )
    if kind == DOCUMENT and not _DOCUMENT.fullmatch(number):
        raise RuleBroken(_l("Such a number has 5 to 20 letters and digits."), "value")
    if kind == BANK and not is_account(number):
        raise RuleBroken(_l("This cannot be the number of an account. Please check it."), "value")
    return number


def is_identity(number: str, today: date) -> bool:
    """Whether these are the 18 signs of a resident's identity number: a day of birth that was, and the right check
    sign (GB 11643-1999, which is ISO 7064 MOD 11-2).
    """
    if not _IDENTITY.fullmatch(number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(sign) * pow(2, 17 - place, 11) for place, sign in enumerate(number[:17]))
    return date(1900, 1, 1) <= born <= today and _CHECK_SIGNS[total % 11] == number[17]


def is_account(number: str) -> bool:
    """Whether this can be the number of a bank account; where it is written as an IBAN, its check digits must fit
    (ISO 13616).
    """
    if _IBAN.fullmatch(number):
        return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1
    return _ACCOUNT.fullmatch(number) is not None
