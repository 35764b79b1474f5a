"""Restoring a backup: checked whole before anything is touched, and then everything lands, or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import IO

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DatabaseError

from core import anchoring, schema, uploads
from core.backup import KEYS, SECRET
from core.backup_cipher import CHUNK
from core.backup_faults import BackupRefused, BrokenBackup
from core.backup_file import MANIFEST, Manifest, parts, verified
from core.backup_place import workplace
from core.backup_rows import TableCopy, skip_ids, tables
from core.backup_snapshot import sqlite_file
from core.config import Config
from core.db import db
from core.disks import sync_folder
from core.restore_rows import write_lines
from core.restore_target import alone, contents, filling

Content = tuple[str, int, IO[bytes]]
MOST_NAMED = 3


def restore(config: Config, source: Path, passphrase: str | None, *, force: bool) -> Manifest:
    """Put what a backup holds in the place of database, uploaded files and keys. Raises BackupRefused.

    A backup of an earlier version is brought up to this one. Should the machine stop in the last moment, between the
    database and the keys, the same command puts that right.
    """
    manifest = verified(source, passphrase)
    if not schema.is_known(manifest.schema):
        raise BackupRefused(
            f"A newer version of Huifang made this backup (schema {manifest.schema}, this one is at "
            f"{schema.expected()}). Update Huifang, then try again. Nothing was changed."
        )
    with workplace(config.data) as place:
        _check_target(config, source, force=force)
        with ExitStack() as unless_landed:
            with filling(config, manifest) as connection:
                _unpack(connection, manifest, parts(source, passphrase), place)
                _compare(connection, manifest)
                _place_uploads(place, config.data, unless_landed)
            unless_landed.pop_all()
        _place_keys(place, config)
        _drop_other_uploads(manifest, config.data)
    return manifest


def _check_target(config: Config, source: Path, *, force: bool) -> None:
    """Nobody works there, and nothing is replaced without being asked to."""
    try:
        there = contents(db.engine)
        said = ", ".join(f"{count:,} {name}" for name, count in _largest(there))
    except DatabaseError:
        there, said = {"": 0}, "a database that cannot be read"
    finally:
        db.engine.dispose()
    if there and not force:
        raise BackupRefused(
            f"This installation holds data: {said}. To replace all of it: flask restore {source} --force"
        )
    if config.database_url.startswith("sqlite"):
        with alone(sqlite_file(config)):
            pass


def _largest(there: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(there.items(), key=lambda item: -item[1])[:MOST_NAMED]


def _unpack(connection: Connection, manifest: Manifest, found: Iterator[Content], place: Path) -> None:
    """Rows into the tables, files into the workplace."""
    made = tables(connection)
    columns = {name: {*table.c.keys()} for name, table in made.items()}
    if columns != {name: {*facts.columns} for name, facts in manifest.tables.items()}:
        raise BrokenBackup(f"its tables are not those of schema {manifest.schema}")
    for (folder, name), some in groupby(found, key=lambda part: (*part[0].split("/"), "")[:2]):
        if folder == "tables" and name in made:
            _write(connection, made[name], manifest.tables[name].columns, some)
        elif is_file(folder, name):
            _keep(place / folder / name, next(some)[2])
        elif folder != MANIFEST:
            raise BrokenBackup(f"{folder}/{name} is no part of a backup")


def is_file(folder: str, name: str) -> bool:
    """Whether a part is a file of ours: nothing else is ever written."""
    return (folder == "keys" and name in (SECRET, *KEYS, anchoring.NAME)) or (
        folder == uploads.FOLDER and uploads.is_our_name(name)
    )


def _write(connection: Connection, table: Table, columns: list[str], some: Iterator[Content]) -> None:
    try:
        write_lines(connection, table, columns, (content.read() for _name, _size, content in some))
    except (DatabaseError, psycopg.Error) as error:
        said = str(getattr(error, "orig", error)).splitlines()[0]
        raise BackupRefused(f"{table.name} cannot be written: {said}. Nothing was changed.") from error


def _keep(path: Path, content: IO[bytes]) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file, CHUNK)
        file.flush()
        os.fsync(file.fileno())


def _compare(connection: Connection, manifest: Manifest) -> None:
    """Read every table back: count and hash must be those of the backup."""
    for name, table in tables(connection).items():
        copy, said = TableCopy(connection, table, manifest.tables[name].columns), manifest.tables[name]
        for _block in copy.blocks():
            pass
        if (copy.facts.rows, copy.facts.sha256) != (said.rows, said.sha256):
            raise BackupRefused(f"{name} did not arrive as it was sent. Nothing was changed.")
        skip_ids(connection, table, said.highest)


def _place_uploads(place: Path, data: Path, unless_landed: ExitStack) -> None:
    """Beside what is there: names are never used twice, and until the database has landed the old ones count."""
    folders = {data / uploads.FOLDER}
    moves = [(path, uploads.place_in(data, path.name)) for path in uploads.kept_in(place)]
    folders |= {target.parent for _path, target in moves}
    for folder in sorted(folders):
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            unless_landed.callback(folder.rmdir)
    for path, target in moves:
        if not target.exists():
            unless_landed.callback(target.unlink)
        path.replace(target)
    for folder in folders:
        sync_folder(folder)


def _place_keys(place: Path, config: Config) -> None:
    """A secret that the environment gives stays the one that counts. The anchor is that of the database, or none."""
    for name in (SECRET, *KEYS, anchoring.NAME):
        path = place / "keys" / name
        if path.exists() and not (name == SECRET and config.given_secret):
            path.replace(config.data / name)
        elif name == anchoring.NAME:
            (config.data / name).unlink(missing_ok=True)
    sync_folder(config.data)


def _drop_other_uploads(manifest: Manifest, data: Path) -> None:
    belong = {name.partition("/")[2] for name, _size, _digest in manifest.parts}
    for path in uploads.kept_in(data):
        if path.name not in belong:
            path.unlink()
