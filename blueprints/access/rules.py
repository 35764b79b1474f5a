"""Pure decisions about passwords, sign-in and grants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from zxcvbn import zxcvbn

from core.errors import RuleBroken
from core.words import _l

PASSWORD_LEAST = 10
PASSWORD_MOST = 256
WEAKEST_SCORE = 2
ACCOUNT_FAILURES = 10
ADDRESS_FAILURES = 60
FAILURE_WINDOW = timedelta(minutes=15)
SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=1)
_COMMON_IN_CHINA = (
    "woaini", "iloveyou", "5201314", "1314520", "qq123456", "a123456", "admin123", "zxcvbnm", "aini1314", "wodemima",
    "mima", "huifang", "gongsi", "kehu", "1qaz2wsx", "qwer1234", "abc123", "123qwe", "nihao", "woshishei", "zhongguo",
)  # fmt: skip


def check_password(password: str, about: Iterable[str]) -> None:
    """Raises RuleBroken if a password is short, common, or made of what `about` names (the person, the company)."""
    if len(password) < PASSWORD_LEAST:
        raise RuleBroken(_l("A password has at least %(n)s characters.", n=PASSWORD_LEAST), "password")
    if len(password) > PASSWORD_MOST:
        raise RuleBroken(_l("A password has at most %(n)s characters.", n=PASSWORD_MOST), "password")
    lowered = password.lower()
    words = [word.lower() for word in about if len(word) >= 3]
    rest = lowered
    for word in (*words, *_COMMON_IN_CHINA):
        rest = rest.replace(word, "")
    if any(word in lowered for word in words) or len(rest) < PASSWORD_LEAST // 2:
        raise RuleBroken(_l("This password holds a name or a word that others would guess first."), "password")
    if zxcvbn(password[:72], user_inputs=[*words, *_COMMON_IN_CHINA])["score"] < WEAKEST_SCORE:
        raise RuleBroken(_l("This password is among the first that others would guess. Use a longer one."), "password")


def throttled(account_failures: int, address_failures: int) -> bool:
    """Whether no further attempt is heard, before any password is hashed."""
    return account_failures >= ACCOUNT_FAILURES or address_failures >= ADDRESS_FAILURES
