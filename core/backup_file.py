"""The one file of a backup: a compressed tar of parts, the last of them a manifest that names all others.

Behind it stands the SHA-256 of everything before, in an empty member that gzip and tar pass over: a backup without a
passphrase is also a plain `.tar.gz`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import struct
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from core.backup_cipher import CHUNK, MAGIC, decrypted
from core.backup_faults import BackupRefused, BrokenBackup

FORMAT = 1
MANIFEST = "manifest.json"
MOST_MANIFEST_BYTES = 64 * 1024 * 1024
EXTRA_FIELD = b"HF" + struct.pack("<H", 32)
TRAILER = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(EXTRA_FIELD) + 32) + EXTRA_FIELD
TRAILER_END = b"\x03\0" + b"\0" * 8
TRAILER_BYTES = len(TRAILER) + 32 + len(TRAILER_END)


@dataclass
class TableFacts:
    """What a backup says of one table; `highest` is the highest id that was ever given away."""

    columns: list[str]
    rows: int
    sha256: str
    highest: int


@dataclass
class Manifest:
    """What a backup says of itself. `parts` are name, size and SHA-256, in their order."""

    schema: str
    made_at: str
    database: str
    tables: dict[str, TableFacts] = field(default_factory=dict)
    parts: list[tuple[str, int, str]] = field(default_factory=list)
    format: int = FORMAT


def is_encrypted(path: Path) -> bool:
    """Whether a backup needs a passphrase."""
    with _opened(path) as file:
        return file.read(len(MAGIC)) == MAGIC


def verified(path: Path, passphrase: str | None) -> Manifest:
    """Read a backup from end to end and answer its manifest. Raises BackupRefused for anything that is not right."""
    found, text = [], b""
    for name, size, source in parts(path, passphrase):
        if name == MANIFEST:
            text = source.read(MOST_MANIFEST_BYTES)
            continue
        digest = hashlib.sha256()
        while data := source.read(CHUNK):
            digest.update(data)
        found.append((name, size, digest.hexdigest()))
    manifest = _manifest(text)
    if manifest.parts != found:
        raise BrokenBackup("its parts are not the ones that its manifest names")
    return manifest


def _manifest(text: bytes) -> Manifest:
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise BackupRefused(
                "A newer version of Huifang made this backup. Update Huifang, then try again."
            )
        tables = {name: TableFacts(**facts) for name, facts in said.pop("tables").items()}
        listed = [(str(name), int(size), str(digest)) for name, size, digest in said.pop("parts")]
        return Manifest(**said, tables=tables, parts=listed)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BrokenBackup("it has no manifest that can be read") from None


def parts(path: Path, passphrase: str | None) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size and content of each part; the content can be read until the next is asked for.

    Only after the last one is it certain that the whole is what was written.
    """
    try:
        with _opened(path) as file:
            clear = _Readable(_without_trailer(_clear(file, passphrase)))
            with (
                gzip.GzipFile("", "rb", fileobj=cast(IO[bytes], clear)) as unpacked,
                tarfile.open(fileobj=unpacked, mode="r|", bufsize=CHUNK) as archive,
            ):
                for member in archive:
                    content = archive.extractfile(member)
                    if content is None:
                        raise BrokenBackup(f"{member.name!r} is no part of a backup")
                    yield member.name, member.size, content
            clear.drain()
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeError, ValueError):
        raise BrokenBackup("it cannot be unpacked") from None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read ({os.strerror(error.errno or 0)}).") from None
    with file:
        yield file


def _clear(file: BinaryIO, passphrase: str | None) -> Iterator[bytes]:
    begin = file.read(len(MAGIC))
    if begin == MAGIC:
        yield from decrypted(file, passphrase or "")
        return
    if begin[:2] != TRAILER[:2]:
        raise BrokenBackup("it does not begin like a backup of Huifang")
    yield begin
    while chunk := file.read(CHUNK):
        yield chunk


def _without_trailer(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What stands before the sum of the whole; raises BrokenBackup at the end if the sum is another."""
    summed, held = hashlib.sha256(), b""
    for chunk in chunks:
        held += chunk
        ready, held = held[:-TRAILER_BYTES], held[-TRAILER_BYTES:]
        summed.update(ready)
        yield ready
    if held != TRAILER + summed.digest() + TRAILER_END:
        raise BrokenBackup("its checksum is wrong, or its end is missing")


class _Readable:
    """A file to read from, made of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._ready = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while not self._ready and (chunk := next(self._chunks, None)) is not None:
            self._ready = chunk
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def drain(self) -> None:
        for _chunk in self._chunks:
            pass
