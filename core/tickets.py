"""Tickets: what a page told somebody, signed, so that they may come back to it for a day without being told more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from core import clock

DAY = 24 * 3_600


def ticket(purpose: str, user_id: int, facts: Sequence[Any]) -> str:
    """A ticket of one person for one purpose; who holds it can read what is in it."""
    return str(_signer(purpose).dumps([_now(), user_id, *facts]))


def facts_of(ticket: str, purpose: str, user_id: int) -> list[Any] | None:
    """What a ticket of this person holds; None for one that is forged, of somebody else, or older than a day."""
    try:
        given, holder, *facts = _signer(purpose).loads(ticket[:2_000])
    except (BadSignature, ValueError):
        return None
    return facts if holder == user_id and 0 <= _now() - given <= DAY else None


def _now() -> int:
    return int(clock.now().timestamp())


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=purpose)
