"""Making a backup: database, uploaded files and keys of one moment in one file, while people go on working."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection

from core import anchoring, clock, schema, uploads
from core.backup_faults import BackupRefused
from core.backup_file import Manifest
from core.backup_place import appearing, workplace
from core.backup_rows import TableCopy, tables
from core.backup_snapshot import snapshot
from core.backup_writing import PartWriter
from core.config import Config

PART_BYTES = 1024 * 1024
SECRET = "secret-key"
KEYS = ("column-key", "demo-password")  # besides the secret key: small private files of the data folder


def back_up(config: Config, target: Path, passphrase: str | None, *, force: bool) -> Manifest:
    """Write a backup to `target` (mode 0600), which is there only when it is whole. Raises BackupRefused."""
    if target.exists() and not force:
        raise BackupRefused(f"{target} is there already. Name another file, or add --force to replace it.")
    anchor = anchoring.bytes_of(config.data)  # before the snapshot, whose chain goes at least as far
    with workplace(config.data) as place, snapshot(config, place) as connection:
        found = schema.present_at(connection)
        if found is None:
            raise BackupRefused("There is nothing to back up: the database has no tables yet.")
        manifest = Manifest(found, clock.now().isoformat(), connection.dialect.name)
        with appearing(target) as file:
            writer = PartWriter(file, passphrase)
            if anchor:
                writer.add(f"keys/{anchoring.NAME}", anchor)
            _add_files(writer, config)
            _add_tables(writer, connection, manifest)
            writer.finish(manifest)
    return manifest


def _add_files(writer: PartWriter, config: Config) -> None:
    """Files first: what is dropped from now on is still named by the rows of the snapshot."""
    writer.add(f"keys/{SECRET}", config.secret_key().encode())
    for name in KEYS:
        with suppress(FileNotFoundError):
            writer.add(f"keys/{name}", (config.data / name).read_bytes())
    for path in uploads.kept_in(config.data):
        with suppress(FileNotFoundError), path.open("rb") as file:
            writer.stream(f"uploads/{path.name}", file, os.fstat(file.fileno()).st_size)


def _add_tables(writer: PartWriter, connection: Connection, manifest: Manifest) -> None:
    for name, table in tables(connection).items():
        copy = TableCopy(connection, table)
        for number, part in enumerate(_gathered(copy.blocks()), 1):
            writer.add(f"tables/{name}/{number:06}.jsonl", part)
        manifest.tables[name] = copy.facts


def _gathered(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines, in pieces that are large enough to be worth a part and small enough for memory."""
    part = bytearray()
    for block in blocks:
        part += block
        if len(part) >= PART_BYTES:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)
