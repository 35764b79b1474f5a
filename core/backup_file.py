"""The one file of a backup: a compressed tar of parts, the last of them a manifest that names all others.

Behind it stands the SHA-256 of everything before, in an empty member that gzip and tar pass over: a backup without a
passphrase is also a plain `.tar.gz`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import struct
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from core.backup_cipher import CHUNK, MAGIC, Encrypting, decrypted
from core.backup_faults import BackupRefused, BrokenBackup

FORMAT = 1
MANIFEST = "manifest.json"
MOST_MANIFEST_BYTES = 64 * 1024 * 1024
_EXTRA = b"HF" + struct.pack("<H", 32)
_TRAILER = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(_EXTRA) + 32) + _EXTRA
_TRAILER_END = b"\x03\0" + b"\0" * 8
TRAILER_BYTES = len(_TRAILER) + 32 + len(_TRAILER_END)


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


class PartWriter:
    """Writes parts one after the other; `finish` adds the manifest and the sum of the whole."""

    def __init__(self, file: BinaryIO, passphrase: str | None) -> None:
        self._sealed = Encrypting(file, passphrase) if passphrase else None
        self._summed = _Summed(self._sealed or file)
        self._gzip = gzip.GzipFile("", "wb", compresslevel=1, fileobj=cast(IO[bytes], self._summed), mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|", bufsize=CHUNK)  # noqa: SIM115 - closed in `finish`
        self.parts: list[tuple[str, int, str]] = []

    def add(self, name: str, data: bytes) -> None:
        self.stream(name, io.BytesIO(data), len(data))

    def stream(self, name: str, source: BinaryIO, size: int) -> None:
        """A part of `size` bytes of a source; what a source that became shorter lacks is filled with zeros."""
        hashed = _Hashed(source)
        self._tar.addfile(_header(name, size), cast(IO[bytes], hashed))
        self.parts.append((name, size, hashed.sum.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        manifest.parts = self.parts
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        self._tar.addfile(_header(MANIFEST, len(text)), io.BytesIO(text))
        self._tar.close()
        self._gzip.close()
        self._summed.write(_TRAILER + self._summed.sum.digest() + _TRAILER_END)
        if self._sealed:
            self._sealed.finish()


def _header(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


class _Summed:
    """Passes on what is written, and sums it."""

    def __init__(self, file: Any) -> None:
        self._file, self.sum = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


class _Hashed:
    """Passes on exactly as much as is asked for, and sums it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sum = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size).ljust(size, b"\0")
        self.sum.update(data)
        return data


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
    if begin[:2] != _TRAILER[:2]:
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
    if held != _TRAILER + summed.digest() + _TRAILER_END:
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
