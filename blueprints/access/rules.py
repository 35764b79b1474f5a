"""Pure decisions about passwords, sign-in and grants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from core.errors import RuleBroken
from core.rights import Grant, Right
from core.words import _l

PASSWORD_LEAST = 10
PASSWORD_MOST = 256
WEAKEST_SCORE = 2
ACCOUNT_FAILURES = 10
ADDRESS_FAILURES = 60
FAILURE_WINDOW = timedelta(minutes=15)
SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=14)
PENDING_LONGEST = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)
# To administer, or to carry data away: what a password alone should not open.
GUARDED = frozenset({Right.ACCESS_ROLES, Right.ACCESS_USERS, Right.CUSTOMERS_EXPORT, Right.OFFICE_SETTINGS})
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COMMON_IN_CHINA = (
    "woaini", "iloveyou", "5201314", "1314520", "qq123456", "a123456", "admin123", "zxcvbnm", "aini1314", "wodemima",
    "mima", "huifang", "gongsi", "kehu", "1qaz2wsx", "qwer1234", "abc123", "123qwe", "nihao", "woshishei", "zhongguo",
)  # fmt: skip


def check_password(password: str, about: Iterable[str]) -> None:
    """Raises RuleBroken if a password is short, common, or holds what `about` names (person, company).

    Names of fewer than four letters do not count: too many words hold them.
    """
    if len(password) < PASSWORD_LEAST:
        raise RuleBroken(_l("A password has at least %(n)s characters.", n=PASSWORD_LEAST), "password")
    if len(password) > PASSWORD_MOST:
        raise RuleBroken(_l("A password has at most %(n)s characters.", n=PASSWORD_MOST), "password")
    lowered = password.lower()
    words = [word.lower() for word in about if len(word) >= (4 if word.isascii() else 2)]
    rest = lowered
    for word in (*words, *_COMMON_IN_CHINA):
        rest = rest.replace(word, "")
    if any(word in lowered for word in words) or len(rest) < PASSWORD_LEAST // 2:
        raise RuleBroken(
            _l("This password holds a name or a word that others would guess first."), "password"
        )
    from zxcvbn import zxcvbn  # its lists of words take 12 MB, and few people choose a password on a day

    if zxcvbn(password[:72], user_inputs=[*words, *_COMMON_IN_CHINA])["score"] < WEAKEST_SCORE:
        raise RuleBroken(
            _l("This password is among the first that others would guess. Use a longer one."), "password"
        )


def throttled(account_failures: int, address_failures: int) -> bool:
    """Whether no further attempt is heard, before any password is hashed."""
    return account_failures >= ACCOUNT_FAILURES or address_failures >= ADDRESS_FAILURES


def check_username(username: str) -> None:
    """A user name: a staff number, a mobile number or letters. Raises RuleBroken."""
    if not _USERNAME.fullmatch(username):
        raise RuleBroken(
            _l("A user name has 2 to 60 small letters, digits or . _ - @ and begins with a letter or digit."),
            "username",
        )


def check_slug(slug: str) -> None:
    """The short name of a team, as it stands in addresses and files. Raises RuleBroken."""
    if len(slug) > 60 or not _SLUG.fullmatch(slug):
        raise RuleBroken(_l("A short name has only small letters, digits and single hyphens."), "slug")


def check_parent(team_id: int, parent_id: int | None, parents: Mapping[int, int | None]) -> None:
    """A team cannot stand below itself. `parents` is the whole tree, team → team above. Raises RuleBroken."""
    above, seen = parent_id, set[int]()
    while above is not None and above not in seen:
        if above == team_id:
            raise RuleBroken(_l("A team cannot stand below itself or below a team of its own."), "parent")
        seen.add(above)
        above = parents.get(above)


def covers(held: Mapping[Right, Grant], given: Mapping[Right, Grant]) -> bool:
    """Whether somebody who holds `held` may hand out `given`: nobody gives what they do not hold themselves.

    Who may change roles could give themselves anything, and may give everything.
    """
    if Right.ACCESS_ROLES in held:
        return True
    return all(r in held and held[r].with_other(grant) == held[r] for r, grant in given.items())


def guarded(held: Iterable[Right]) -> bool:
    """Whether a role with these rights should require a second factor."""
    return not GUARDED.isdisjoint(held)


def check_successor(owned: int, successor: object | None) -> None:
    """Who leaves owns nothing any more. Raises RuleBroken."""
    if owned and successor is None:
        raise RuleBroken(_l("Choose who takes over what this person owns."), "successor")


def code_of(name: str) -> str:
    """The code of a role that a company makes itself, from its English name."""
    code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return code or "role"


def scope_field(right: Right) -> str:
    """The name of the form field that says with which scope a role gives a right."""
    return f"scope_{right.name.lower()}"


def limit_field(right: Right) -> str:
    """The name of the form field that says how many records one act by a right may touch."""
    return f"limit_{right.name.lower()}"


def nearest_leads(
    team_id: int | None, parents: Mapping[int, int | None], leads: Mapping[int, Iterable[int]], *, but: int
) -> frozenset[int]:
    """Who leads a team, `but` aside, or else the nearest team above that somebody leads; empty if nobody does."""
    while team_id is not None:
        if found := frozenset(leads.get(team_id, ())) - {but}:
            return found
        team_id = parents.get(team_id)
    return frozenset()
