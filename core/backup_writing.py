"""Writing the one file of a backup, part after part, in flat memory."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import asdict
from typing import IO, Any, BinaryIO, cast

from core.backup_cipher import CHUNK, Encrypting
from core.backup_file import MANIFEST, TRAILER, TRAILER_END, Manifest


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
        self._summed.write(TRAILER + self._summed.sum.digest() + TRAILER_END)
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
