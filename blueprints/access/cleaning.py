"""Forgetting what signing in leaves behind, once nobody may ask for it any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from blueprints.access import rules
from blueprints.access.models import PendingSignIn, SignIn, SignInAttempt
from core import clock
from core.db import affected

KEPT_FOR = timedelta(days=180)  # as long as logs have to be kept


def forget_old_sign_ins() -> int:
    """Delete sessions that are long over and attempts of long ago; answers how many rows."""
    before = clock.now() - KEPT_FOR
    over = delete(SignIn).where(SignIn.expires_at < before)
    tried = delete(SignInAttempt).where(SignInAttempt.at < before)
    waited = delete(PendingSignIn).where(PendingSignIn.created_at < clock.now() - rules.PENDING_LONGEST)
    return affected(over) + affected(tried) + affected(waited)
