"""Tickets: what a page told somebody, sealed, so that they may come back to it for a day without being told more."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from core import clock

DAY = 24 * 3_600


def ticket(purpose: str, user_id: int, facts: Sequence[Any]) -> str:
    """A ticket of one person for one purpose; nobody can read what is in it."""
    return _sealer(purpose).encrypt(json.dumps([_now(), user_id, *facts]).encode()).decode()


def facts_of(ticket: str, purpose: str, user_id: int) -> list[Any] | None:
    """What a ticket of this person holds; None for one that is forged, of somebody else, or older than a day."""
    try:
        given, holder, *facts = json.loads(_sealer(purpose).decrypt(ticket[:2_000].encode()))
    except InvalidToken:
        return None
    return facts if holder == user_id and 0 <= _now() - given <= DAY else None


def _now() -> int:
    return int(clock.now().timestamp())


def _sealer(purpose: str) -> Fernet:
    secret = current_app.secret_key
    key = secret if isinstance(secret, bytes) else str(secret).encode()
    return Fernet(base64.urlsafe_b64encode(hmac.digest(key, f"ticket {purpose}".encode(), "sha256")))
