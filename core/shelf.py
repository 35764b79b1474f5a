"""Things put aside in a file, each under several labels, by work that takes long and has little memory."""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_TABLES = (
    "CREATE TABLE IF NOT EXISTS things (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, thing BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS labels (label TEXT NOT NULL, thing INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS labels_label ON labels (label)",
    "CREATE INDEX IF NOT EXISTS labels_thing ON labels (thing)",
    "CREATE INDEX IF NOT EXISTS things_batch ON things (batch)",
)
_FIND = """
    SELECT thing FROM things WHERE id IN (
        SELECT thing FROM labels WHERE label IN (SELECT value FROM json_each(?))
    ) ORDER BY id
"""


class Shelf:
    """A file of things. Whatever was put there from `batch` on, by a process that died, is forgotten when it opens."""

    def __init__(self, path: Path, batch: int) -> None:
        self._file = sqlite3.connect(path)
        self._file.execute("PRAGMA synchronous=OFF")  # the machine's death only means to begin anew
        with self._file:
            for statement in _TABLES:
                self._file.execute(statement)
            self._file.execute(
                "DELETE FROM labels WHERE thing IN (SELECT id FROM things WHERE batch >= ?)", [batch]
            )
            self._file.execute("DELETE FROM things WHERE batch >= ?", [batch])

    def put(self, batch: int, things: Iterable[tuple[Any, Iterable[str]]]) -> None:
        """Put the things of a batch aside, each under its labels. What lay there before stays beside it."""
        with self._file:
            for thing, labels in things:
                row = self._file.execute(
                    "INSERT INTO things (batch, thing) VALUES (?, ?)", [batch, pickle.dumps(thing)]
                )
                pairs = [(label, row.lastrowid) for label in set(labels)]
                self._file.executemany("INSERT INTO labels (label, thing) VALUES (?, ?)", pairs)

    def find(self, labels: Iterable[str]) -> list[Any]:
        """What lies under any of the labels, in the order in which it was put there."""
        rows = self._file.execute(_FIND, [json.dumps(list(set(labels)))])
        return [pickle.loads(thing) for (thing,) in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
