"""The floor of the sign-in: the throttle's counts, one argon2 check, the session, a line in the journal."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bench.floors.database import Database

ACCOUNT = """
    SELECT u.id, u.name, c.password_hash FROM users u JOIN credentials c ON c.user_id = u.id
    WHERE u.username = :name AND u.deactivated_at IS NULL
"""
FAILURES = "SELECT count(*) AS n FROM sign_in_attempts WHERE {column} = :value AND at > :since"
SESSION = """
    INSERT INTO sign_ins (token_hash, user_id, created_at, last_seen_at, expires_at, address, agent)
    VALUES (:hash, :user, :now, :now, :until, '127.0.0.1', '')
"""
JOURNAL = """
    INSERT INTO journal_entries (at, kind, user_id, actor, address, details)
    VALUES (:now, 'signed_in', :user, :name, '127.0.0.1', '{}')
"""
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def sign_in(database: Database, username: str, password: str) -> str | None:
    """The token of a new session, None for a wrong password."""
    now = datetime.now(UTC)
    with database.transaction(writing=False):
        key, since = (
            hashlib.sha256(username.encode()).hexdigest(),
            written(database, now - timedelta(minutes=15)),
        )
        for column, value in (("account", key), ("address", "127.0.0.1")):
            if database.rows(FAILURES.format(column=column), value=value, since=since)[0]["n"] >= 10:
                return None
        account = database.one(ACCOUNT, name=username)
    try:
        _hasher.verify(account["password_hash"] if account else "", password)
    except VerificationError:
        return None
    assert account is not None
    token = secrets.token_urlsafe(32)
    with database.transaction(writing=True):
        database.run(
            SESSION, hash=hashlib.sha256(token.encode()).hexdigest(), user=account["id"],
            now=written(database, now), until=written(database, now + timedelta(hours=12)),
        )  # fmt: skip
    with database.transaction(writing=True):
        database.run(JOURNAL, now=written(database, now), user=account["id"], name=account["name"])
    return token


def written(database: Database, moment: datetime) -> datetime | str:
    """An instant as the database keeps it."""
    return moment.replace(tzinfo=None).isoformat(" ") if database.on_sqlite else moment
