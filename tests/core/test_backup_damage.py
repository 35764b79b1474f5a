"""A backup that is broken, or not meant for this installation, is refused and changes nothing."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from core import backup_cipher, backup_file, backup_writing
from core.backup_faults import BackupRefused
from tests.core.backups import (
    PASSPHRASE,
    everything,
    restored,
    saved,
)

pytestmark = pytest.mark.usefixtures("quick_passphrases")


def rewritten(source: Path, change: Callable[[list[tuple[str, bytes]]], None]) -> None:
    """A backup with other parts, whose sum of the whole is right again."""
    with tarfile.open(source) as archive:
        found = [(m.name, archive.extractfile(m).read()) for m in archive]  # type: ignore[union-attr]
    change(found)
    with source.open("wb") as file:
        writer = backup_writing.PartWriter(file, None)
        for name, data in found:
            writer.add(name, data)
        writer._tar.close()
        writer._gzip.close()
        writer._summed.write(backup_file.TRAILER + writer._summed.sum.digest() + backup_file.TRAILER_END)


def swap_contents(found: list[tuple[str, bytes]]) -> None:
    (one, first), (other, second) = found[-3], found[-2]
    found[-3:-1] = [(one, second), (other, first)]


def told_newer(found: list[tuple[str, bytes]]) -> None:
    said = json.loads(found[-1][1])
    said["schema"] = "9999"
    found[-1] = (backup_file.MANIFEST, json.dumps(said).encode())


def flipped(source: Path, place: float) -> None:
    data = bytearray(source.read_bytes())
    data[int(len(data) * place)] ^= 1
    source.write_bytes(data)


def cut(source: Path, keep: int) -> None:
    source.write_bytes(source.read_bytes()[:keep])


def swap_chunks(source: Path) -> None:
    data, size = source.read_bytes(), backup_cipher.CHUNK + backup_cipher.TAG_BYTES
    head = len(backup_cipher.MAGIC) + backup_cipher.SALT_BYTES + backup_cipher.CHECK_BYTES
    one, other, rest = data[head : head + size], data[head + size : head + 2 * size], data[head + 2 * size :]
    assert rest
    source.write_bytes(data[:head] + other + one + rest)


DAMAGES: dict[str, tuple[Callable[[Path], None], str | None, str]] = {
    "flipped at the beginning": (lambda f: flipped(f, 0), None, "broken"),
    "flipped in the head of gzip": (lambda f: flipped(f, 0.00001), None, "broken"),
    "flipped": (lambda f: flipped(f, 0.5), None, "broken"),
    "flipped at the end": (lambda f: flipped(f, 0.99999), None, "broken"),
    "cut": (lambda f: cut(f, -1), None, "broken"),
    "cut before the sum": (lambda f: cut(f, -backup_file.TRAILER_BYTES), None, "broken"),
    "cut in the middle": (lambda f: cut(f, 5_000), None, "broken"),
    "empty": (lambda f: cut(f, 0), None, "broken"),
    "parts swapped": (lambda f: rewritten(f, swap_contents), None, "not the ones"),
    "a part gone": (lambda f: rewritten(f, lambda found: found.pop(-2) and None), None, "not the ones"),
    "no manifest": (lambda f: rewritten(f, lambda found: found.pop() and None), None, "no manifest"),
    "newer schema": (lambda f: rewritten(f, told_newer), None, "newer version.*Update Huifang"),
    "encrypted, flipped": (lambda f: flipped(f, 0.5), PASSPHRASE, "broken"),
    "encrypted, flipped at the end": (lambda f: flipped(f, 0.99999), PASSPHRASE, "broken"),
    "encrypted, cut": (lambda f: cut(f, -1), PASSPHRASE, "broken"),
    "encrypted, last chunk gone": (lambda f: cut(f, 49 + 16 + 1024), PASSPHRASE, "broken"),
    "encrypted, chunks swapped": (swap_chunks, PASSPHRASE, "chunk 1 is"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_broken_is_refused_and_changes_nothing(
    full: Flask, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_cipher, "CHUNK", 1024)
    spoil, passphrase, told = DAMAGES[damage]
    source = saved(full, passphrase)
    spoil(source)
    before = everything(full)
    with pytest.raises(BackupRefused, match=told):
        restored(full, source, passphrase, force=True)
    assert everything(full) == before


def test_a_wrong_passphrase_is_told(full: Flask) -> None:
    source = saved(full, PASSPHRASE)
    before = everything(full)
    with pytest.raises(BackupRefused, match="passphrase is not"):
        restored(full, source, "another passphrase", force=True)
    assert everything(full) == before
    assert "青禾".encode() not in source.read_bytes()
