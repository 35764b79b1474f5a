"""Codes of an authenticator app (RFC 6238: six digits, half a minute each), and backup codes. Pure."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
TOLERANCE = 1  # steps either side, for clocks that are not quite right
SECRET_SIGNS = 32  # 160 bits, as RFC 4226 asks for
BACKUP_CODES = 10
BACKUP_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
BACKUP_SIGNS = 12
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """A secret for an app, in base32."""
    return pyotp.random_base32(SECRET_SIGNS)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, within the tolerance; None if it is of no such step."""
    typed = squeezed(code)
    if not _CODE.fullmatch(typed):
        return None
    now, app = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    steps = range(now - TOLERANCE, now + TOLERANCE + 1)
    found = [step for step in steps if hmac.compare_digest(app.generate_otp(step), typed)]
    return found[-1] if found else None


def address(secret: str, account: str, company: str) -> str:
    """What the QR code says: the secret, and how the app names it."""
    issuer = company.replace(":", " ").strip()[:40] or "Huifang"
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def new_backup_codes() -> list[str]:
    """Codes for the day on which the app is not at hand: signs that are not mistaken for one another."""
    return [_grouped(_backup_code()) for _code in range(BACKUP_CODES)]


def _backup_code() -> str:
    return "".join(secrets.choice(BACKUP_LETTERS) for _sign in range(BACKUP_SIGNS))


def _grouped(code: str) -> str:
    return "-".join(groups(code))


def groups(text: str) -> list[str]:
    """A long word in groups of four, as it is read and typed best."""
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def squeezed(code: str) -> str:
    """A code as it was typed, without what only makes it readable."""
    return re.sub(r"[\s-]", "", code).lower()
