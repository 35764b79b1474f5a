"""Encryption of a backup: numbered chunks under AES-GCM, the key made of a passphrase by scrypt.

The number and whether a chunk is the last are part of its nonce, so that chunks that are missing, doubled or in
another order are found like altered ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from core.backup_faults import BadPassphrase, BrokenBackup

MAGIC = b"HUIFANG BACKUP 1\n"
CHUNK = 1024 * 1024
SALT_BYTES, KEY_BYTES, CHECK_BYTES, TAG_BYTES = 16, 32, 16, 16
COST = 2**17  # 128 MB and about half a second for each guess


class Encrypting:
    """A file to write to; what is written comes out encrypted. `finish` writes the last chunk."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt = os.urandom(SALT_BYTES)
        self._cipher, check = _cipher(passphrase, salt)
        self._file, self._number, self._waiting = file, 0, bytearray()
        file.write(MAGIC + salt + check)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), chunk, MAGIC))
        self._number += 1


def decrypted(file: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """The clear chunks of a file that stands behind `MAGIC`. Raises BadPassphrase or BrokenBackup."""
    head = file.read(SALT_BYTES + CHECK_BYTES)
    if len(head) < SALT_BYTES + CHECK_BYTES:
        raise BrokenBackup("it ends too early")
    cipher, check = _cipher(passphrase, head[:SALT_BYTES])
    if check != head[SALT_BYTES:]:
        raise BadPassphrase()
    number, sealed = 0, file.read(CHUNK + TAG_BYTES)
    while sealed:
        following = file.read(CHUNK + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, not following), sealed, MAGIC)
        except InvalidTag:
            raise BrokenBackup(f"chunk {number + 1} is damaged, or not the one that belongs there") from None
        number, sealed = number + 1, following


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _cipher(passphrase: str, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher, and a few bytes that tell a wrong passphrase from a damaged file."""
    made = Scrypt(salt=salt, length=KEY_BYTES + CHECK_BYTES, n=COST, r=8, p=1).derive(passphrase.encode())
    return AESGCM(made[:KEY_BYTES]), made[KEY_BYTES:]
