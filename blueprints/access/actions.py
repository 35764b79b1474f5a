"""Sign in and out, end sessions, change passwords."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from blueprints.access import defaults, queries, rules
from blueprints.access.incidents import note_incident as note_incident
from blueprints.access.models import (
    Credential,
    Membership,
    PendingSignIn,
    Role,
    RoleGrant,
    SecondFactor,
    SignIn,
    SignInAttempt,
    Team,
    User,
    UserRole,
)
from core import changes, clock, journal
from core.db import db, released
from core.errors import RuleBroken
from core.names import sort_key, spoken, without_legal_form
from core.pinyin import syllables
from core.words import _

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# One at a time in a process: each takes a processor and 19 MB, and others want to see pages meanwhile.
_hashing = Lock()
# The hash that is verified where there is no account, so that both take as long.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The argon2id hash of a password (about 60 ms: never within a write transaction)."""
    with _hashing:
        return _hasher.hash(password)


def token_hash(token: str) -> str:
    """What the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Entered(NamedTuple):
    """What a right password led to: a session's token, or that of one that still waits for a code."""

    token: str
    waits: bool


def sign_in(username: str, password: str, *, address: str, agent: str) -> Entered | None:
    """Start a session, or a sign-in that waits for the second factor of accounts that have one.

    None for an unknown, wrong, deactivated or throttled try, all alike to whoever tries.
    """
    user = with_password(username, password, address=address)
    if user is None:
        return None
    waits = db.session.scalar(select(SecondFactor.id).where(SecondFactor.user_id == user.id)) is not None
    with changes.acting(changes.Actor(user.id, user.name, changes.actor().source, address)):
        journal.note("code_asked" if waits else "signed_in")
    return Entered(_wait(user.id) if waits else start_session(user.id, address=address, agent=agent), waits)


def with_password(username: str, password: str, *, address: str) -> User | None:
    """The living account with this password; None if there is none, or if too many tries have failed."""
    account = username.strip().lower()
    heard = is_heard(account, address)
    user, present = queries.account(account)
    with released():
        right = heard and _verified(present or _NOBODY, password)
    user, now_present = queries.account(account)
    if not right or user is None or not user.is_living or present != now_present:
        known = user.username if user else ""
        note_failure(account, address, kind="sign_in_failed", known=known, heard=heard)
        return None
    return user


def confirm(user_id: int, password: str, address: str) -> None:
    """One's own password, asked for afresh; a wrong one counts as a failed try. Raises RuleBroken."""
    name = db.session.get_one(User, user_id).username
    if with_password(name, password, address=address) is None:
        raise RuleBroken(
            _("The password is not right, or too many tries failed: then wait 15 minutes."), "old"
        )


def is_heard(account: str, address: str) -> bool:
    """Whether a try for an account from an address is listened to."""
    return not rules.throttled(*queries.failures(_key(account), address, clock.now() - rules.FAILURE_WINDOW))


def _key(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()


def note_failure(account: str, address: str, *, kind: str, known: str, heard: bool) -> None:
    """Remember a failed try, though the request changes nothing. Trying while throttled does not prolong it.

    Only the names of accounts are written down: people type passwords into the wrong field.
    """
    if heard:
        journal.alive(insert(SignInAttempt).values(account=_key(account), address=address))
    journal.note(kind, account=known, throttled=not heard)


def _verified(password_hash: str, password: str) -> bool:
    try:
        with _hashing:
            return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _wait(user_id: int) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(PendingSignIn(token_hash=token_hash(token), user_id=user_id))
    return token


def start_session(user_id: int, *, address: str = "", agent: str = "") -> str:
    """A new session for a person; answers the token for the cookie."""
    token = secrets.token_urlsafe(32)
    started = SignIn(token_hash=token_hash(token), user_id=user_id, address=address, agent=agent[:200])
    started.expires_at = clock.now() + rules.SESSION_IDLE
    db.session.add(started)
    return token


def choose_language(user_id: int, language: str) -> None:
    """Remember in which language a person works."""
    changes.record("user.preferences")
    db.session.get_one(User, user_id).language = language


def set_preferences(user_id: int, *, language: str | None, theme: str) -> None:
    """Remember how a person wants to see Huifang; no language means that of the company."""
    changes.record("user.preferences")
    user = db.session.get_one(User, user_id)
    user.language, user.theme = language, theme


def sign_out(token: str) -> None:
    """End the session of a token, by its person."""
    end_token(token)
    journal.note("signed_out")


def end_token(token: str) -> None:
    """End the session of a token that a new one takes the place of."""
    living = (SignIn.token_hash == token_hash(token)) & SignIn.ended_at.is_(None)
    db.session.execute(update(SignIn).where(living).values(ended_at=clock.now()))


def end_session(user_id: int, sign_in_id: int) -> None:
    """End one session of a person."""
    mine = (SignIn.id == sign_in_id) & (SignIn.user_id == user_id) & SignIn.ended_at.is_(None)
    db.session.execute(update(SignIn).where(mine).values(ended_at=clock.now()))
    journal.note("session_ended", sign_in=sign_in_id, of=user_id)


def end_other_sessions(user_id: int, *, but: str) -> None:
    """End all sessions of a person but the one in which they ask for it."""
    end_sessions(user_id, but=but)
    journal.note("sessions_ended")


def end_sessions(user_id: int, *, but: str = "") -> None:
    """End all sessions of a person, but for the one with this token."""
    mine = (SignIn.user_id == user_id) & SignIn.ended_at.is_(None)
    if but:
        mine &= SignIn.token_hash != token_hash(but)
    db.session.execute(update(SignIn).where(mine).values(ended_at=clock.now()))
    db.session.execute(delete(PendingSignIn).where(PendingSignIn.user_id == user_id))


def end_everybodys_sessions(connection: Connection) -> None:
    """End all sessions in the database of a connection, and what waits for a code."""
    connection.execute(update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=clock.now()))
    connection.execute(delete(PendingSignIn))


def change_password(user_id: int, *, old: str, new: str, company: str, address: str) -> None:
    """Change one's own password; all sessions of the person end. Raises RuleBroken."""
    names = about(db.session.get_one(User, user_id), company)
    with released():
        rules.check_password(new, names)
    confirm(user_id, old, address)
    present = queries.credential(user_id).password_hash
    with released():
        if old == new:
            raise RuleBroken(_("Choose a password that you do not have yet."), "password")
        hashed = hash_password(new)
    if queries.credential(user_id).password_hash != present:
        raise RuleBroken(_("Your password was changed a moment ago. Sign in again."), "old")
    set_password_hash(user_id, hashed, must_change=False)
    journal.note("password_changed")


def about(user: User, company: str) -> list[str]:
    """What a person's password must not hold."""
    own = [(user.email or "").partition("@")[0], user.staff_number or ""]
    return own + about_names(user.username, user.name, company)


def about_names(username: str, person: str, company: str) -> list[str]:
    """The names of an account, a person and the company, also as they sound."""
    names = [username, person]
    for name, is_person in ((person, True), (without_legal_form(spoken(company)), False)):
        names += [name, "".join(syllables(name, is_person)), *name.split()]
    return names


def set_password_hash(user_id: int, hashed: str, *, must_change: bool) -> None:
    """Store a password's hash and end all sessions of the person."""
    credential = queries.credential(user_id)
    credential.password_hash, credential.must_change, credential.changed_at = hashed, must_change, clock.now()
    end_sessions(user_id)


def make_builtin_roles(*, guarded: bool = False) -> None:
    """Make the built-in roles that are missing; with `guarded`, some of them require a second factor."""
    changes.record("company.installed")
    present = set(db.session.scalars(select(Role.code)))
    for position, (code, (name_zh, name_en)) in enumerate(defaults.ROLES.items()):
        if code in present:
            continue
        role = Role(code=code, name_zh=name_zh, name_en=name_en, builtin=True, position=position)
        cells = defaults.GRANTS[code].items()
        role.second_factor = guarded and rules.guarded(r for r, c in cells if not c.ask)
        role.grants = [RoleGrant(right=str(r), scope=c.scope, ask=c.ask, most=c.most) for r, c in cells]
        db.session.add(role)
    db.session.flush()


def create_team(slug: str, name: str, parent: Team | None = None) -> Team:
    """Make a team below another. Raises RuleBroken for a slug that is taken."""
    changes.record("team.created")
    if queries.team_named(slug) is not None:
        raise RuleBroken(_("There is a team with this short name already."), "slug")
    team = Team(slug=slug.strip().lower(), name=name, parent_id=parent.id if parent else None)
    db.session.add(team)
    db.session.flush()
    return team


def create_user(
    username: str,
    name: str,
    *,
    password_hash: str,
    team: Team,
    roles: Sequence[Role],
    must_change: bool = True,
) -> User:
    """Make an account with its main team and roles. Raises RuleBroken for a user name that is taken."""
    changes.record("user.created")
    account = username.strip().lower()
    if queries.user_named(account) is not None:
        raise RuleBroken(_("This user name is taken."), "username")
    user = User(
        username=account, name=name, name_key=sort_key(name, person=True)[:300], joined_on=clock.today()
    )
    user.memberships = [Membership(team_id=team.id, main=True)]
    user.roles = [UserRole(role_id=role.id) for role in roles]
    db.session.add(user)
    db.session.flush()
    db.session.add(Credential(user_id=user.id, password_hash=password_hash, must_change=must_change))
    db.session.flush()
    return user
