"""Columns that the database holds only encrypted, with a key that lies outside it.

AES-SIV (RFC 5297): the same text in the same column is always the same, so that it can be looked up and be unique;
table and column are authenticated with it, so that a value moved elsewhere cannot be read there. The key is a file
of its own in the data folder, made at the first start. Without it what it encrypted is lost.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import Flask, current_app
from sqlalchemy import Column, String, Table, TypeDecorator, event, select, type_coerce
from sqlalchemy.orm import mapped_column

from core.config import BadConfiguration, Config, write_first
from core.db import db

KEY_BYTES = 64  # two AES-256 keys: one authenticates, one encrypts


class WrongKey(RuntimeError):
    """An encrypted value cannot be opened: another key encrypted it, or it belongs to another column."""


class Cipher:
    """What can be done with the column key. `place` is table.column."""

    def __init__(self, key: bytes) -> None:
        self._siv = AESSIV(key)
        self._hash_key = hmac.digest(key, b"keyed hashes", "sha512")

    def sealed(self, place: str, text: str) -> str:
        """The encrypted form of a text, itself text."""
        return base64.urlsafe_b64encode(self._siv.encrypt(text.encode(), [place.encode()])).decode()

    def opened(self, place: str, sealed: str) -> str:
        """The text again. Raises WrongKey."""
        try:
            return self._siv.decrypt(base64.urlsafe_b64decode(sealed), [place.encode()]).decode()
        except (InvalidTag, ValueError) as error:
            raise WrongKey(f"{place} cannot be read with this column key") from error

    def hashed(self, place: str, text: str) -> str:
        """What cannot be turned back, and without the key not be guessed either; 64 hexadecimal digits."""
        return hmac.digest(self._hash_key, f"{place}\0{text}".encode(), "sha256").hex()


class Encrypted(TypeDecorator[str]):
    """Text that is encrypted on its way into the database; `place` is filled in by the column's table."""

    impl = String
    cache_ok = True

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.place = place

    @property
    def python_type(self) -> type[str]:
        return str

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return self.sealed(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return self.opened(value)

    def sealed(self, value: str | None) -> str | None:
        """As the database and the change trail hold it."""
        return None if value is None else cipher().sealed(self.place, value)

    def opened(self, value: str | None) -> str | None:
        """The text again. Raises WrongKey."""
        return None if value is None else cipher().opened(self.place, value)


def encrypted(kind: str = "other", **options: Any) -> Any:
    """An encrypted column, masked for everybody wherever changes are shown; `kind` as in `core.db.sensitive`."""
    return mapped_column(Encrypted(), info={"sensitive": kind, "encrypted": True}, **options)


@event.listens_for(Column, "before_parent_attach")
def _tell_place(column: Column[Any], table: Any) -> None:
    if isinstance(column.type, Encrypted) and isinstance(table, Table):
        column.type = Encrypted(f"{table.name}.{column.name}")


def cipher() -> Cipher:
    """That of the running application. Raises BadConfiguration if its key cannot be used."""
    found = current_app.extensions["huifang.cipher"]
    if isinstance(found, BadConfiguration):
        raise found
    return cast(Cipher, found)


def register(app: Flask, config: Config) -> None:
    """Read the key, or make it. One that cannot be used stops nothing yet: a restore must be able to replace it."""
    try:
        app.extensions["huifang.cipher"] = Cipher(_key(key_file(config)))
    except BadConfiguration as unusable:
        app.extensions["huifang.cipher"] = unusable


def key_file(config: Config) -> Path:
    """Where the key is kept, mode 0600."""
    return config.data / "column-key"


def _key(path: Path) -> bytes:
    if not path.exists():
        write_first(path, base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    try:
        key = base64.urlsafe_b64decode(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise BadConfiguration(f"The column key {path} cannot be read. {_REMEDY}") from error
    if len(key) != KEY_BYTES:
        raise BadConfiguration(f"The column key {path} is damaged. {_REMEDY}")
    return key


_REMEDY = "Put back the file that belongs to this database, or restore a backup: flask restore FILE"


def columns() -> Iterator[Column[Any]]:
    """All encrypted columns."""
    for table in db.metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, Encrypted))


def trouble(config: Config) -> str | None:
    """Why the key does not fit the database, and what to do; None if it does. A row of each column is tried."""
    try:
        cipher()
    except BadConfiguration as unusable:
        return unusable.message
    closed = [str(column) for column in columns() if not _opens(column)]
    if not closed:
        return None
    return f"The column key {key_file(config)} does not open {', '.join(closed)}. {_REMEDY}"


def _opens(column: Column[Any]) -> bool:
    kept = select(type_coerce(column, String)).where(column.is_not(None)).limit(1)
    try:
        column.type.opened(db.session.scalar(kept))  # type: ignore[attr-defined]
    except WrongKey:
        return False
    return True
