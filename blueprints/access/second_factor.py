"""The second factor of an account: set up, asked for at the door, renewed, turned off.

Nobody without the right password learns whether an account has one: the door answers a wrong password alike for all,
and whoever knows the right one would be let in where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from blueprints.access import actions, rules, totp, words
from blueprints.access.models import (
    BackupCode,
    Credential,
    PendingSignIn,
    Role,
    SecondFactor,
    User,
    UserRole,
)
from core import changes, clock, journal
from core.db import affected, db
from core.encrypted import cipher
from core.errors import RuleBroken
from core.words import _


@dataclass(frozen=True)
class State:
    """Since when an account has a second factor, and how many backup codes are left."""

    since: datetime
    codes: int


def state(user_id: int) -> State | None:
    """The second factor of an account; None if it has none."""
    left = select(func.count()).where(BackupCode.user_id == user_id, BackupCode.used_at.is_(None))
    since = select(SecondFactor.set_at, left.scalar_subquery()).where(SecondFactor.user_id == user_id)
    row = db.session.execute(since).one_or_none()
    return State(*row) if row else None


def required_as(user_id: int) -> str:
    """The names of those roles of a person that require a second factor; empty if none does."""
    held = select(UserRole.role_id).where(UserRole.user_id == user_id)
    roles = select(Role).where(Role.id.in_(held), Role.second_factor).order_by(Role.position, Role.id)
    return words.names_of(db.session.scalars(roles))


def waiting(token: str) -> User | None:
    """Whose sign-in waits for a code; None if it has waited too long or the password was changed meanwhile."""
    now = clock.now()
    return db.session.scalars(
        select(User)
        .join(PendingSignIn, PendingSignIn.user_id == User.id)
        .join(Credential, Credential.user_id == User.id)
        .where(PendingSignIn.token_hash == actions.token_hash(token), User.deactivated_at.is_(None))
        .where(PendingSignIn.created_at > now - rules.PENDING_LONGEST)
        .where(PendingSignIn.created_at < now + rules.PENDING_LONGEST)
        # A change of the future was made before the clock was set back
        .where(or_(PendingSignIn.created_at >= Credential.changed_at, Credential.changed_at > now))
    ).one_or_none()


def pass_on(token: str, user: User, *, code: str, backup: str, address: str, agent: str) -> str | None:
    """Start the session that waits behind a token; None, and nothing is used up, for a wrong or throttled try."""
    heard = actions.is_heard(user.username, address)
    by_app = heard and bool(code) and _take(user.id, code)
    if not (by_app or (heard and _take_backup(user.id, backup))) or not _end_waiting(token):
        name = user.username
        actions.note_failure(name, address, kind="code_failed", known=name, heard=heard)
        return None
    with changes.acting(changes.Actor(user.id, user.name, changes.actor().source, address)):
        journal.note("signed_in" if by_app else "backup_code_used")
    return actions.start_session(user.id, address=address, agent=agent)


def _take(user_id: int, code: str) -> bool:
    """Use a code of the app up: of two that bring the same one, the second is too late."""
    secret = db.session.scalar(select(SecondFactor.secret).where(SecondFactor.user_id == user_id))
    step = totp.step_of(secret, code, clock.now()) if secret else None
    newer = (SecondFactor.user_id == user_id) & (SecondFactor.last_step < (step or 0))
    return step is not None and affected(update(SecondFactor).where(newer).values(last_step=step)) == 1


def _take_backup(user_id: int, code: str) -> bool:
    unused = (BackupCode.code_hash == _hashed(user_id, code)) & BackupCode.used_at.is_(None)
    mine = unused & (BackupCode.user_id == user_id)
    return affected(update(BackupCode).where(mine).values(used_at=clock.now())) == 1


def _end_waiting(token: str) -> bool:
    return affected(delete(PendingSignIn).where(PendingSignIn.token_hash == actions.token_hash(token))) == 1


def _hashed(user_id: int, code: str) -> str:
    return cipher().hashed("backup_codes.code_hash", f"{user_id} {totp.squeezed(code)}")


def set_up(user_id: int, secret: str, code: str, *, password: str, address: str) -> Sequence[str]:
    """Give one's account this second factor in place of any other; answers its backup codes.

    All sessions of the person end. Raises RuleBroken.
    """
    actions.confirm(user_id, password, address)
    step = totp.step_of(secret, code, clock.now())
    if step is None:
        raise RuleBroken(
            _("This code is not right. Look at the app again, and at the clock of your phone."), "code"
        )
    end(user_id)
    db.session.add(SecondFactor(user_id=user_id, secret=secret, last_step=step))
    codes = _new_codes(user_id)
    journal.note("second_factor_set")
    return codes


def renew_codes(user_id: int, *, password: str, address: str) -> Sequence[str]:
    """New backup codes in place of the old ones. Raises RuleBroken."""
    actions.confirm(user_id, password, address)
    _check_present(user_id)
    codes = _new_codes(user_id)
    journal.note("backup_codes_made")
    return codes


def turn_off(user_id: int, *, password: str, address: str) -> None:
    """One's account has no second factor any more; all sessions of the person end. Raises RuleBroken."""
    actions.confirm(user_id, password, address)
    _check_present(user_id)
    if names := required_as(user_id):
        raise RuleBroken(
            _("It cannot be turned off: your work as %(names)s requires a second factor.", names=names)
        )
    end(user_id)
    journal.note("second_factor_ended")


def end(user_id: int) -> None:
    """Take the second factor of an account away, with all sessions of the person."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    db.session.execute(delete(BackupCode).where(BackupCode.user_id == user_id))
    actions.end_sessions(user_id)


def _check_present(user_id: int) -> None:
    if state(user_id) is None:
        raise RuleBroken(_("Your account has no second factor."))


def _new_codes(user_id: int) -> Sequence[str]:
    db.session.execute(delete(BackupCode).where(BackupCode.user_id == user_id))
    codes = totp.new_backup_codes()
    db.session.add_all(BackupCode(user_id=user_id, code_hash=_hashed(user_id, code)) for code in codes)
    db.session.flush()
    return codes
