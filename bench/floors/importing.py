"""The floor of an import: every row that it finally wrote, written once more with bare executemany.

Into a database with the same indexes and search index, one transaction a batch, nothing read or worked out.
"""

from __future__ import annotations

import json
import time
from typing import Any

from bench.floors.database import Database

# Parents before children, with the column that says to which customer a row belongs
TABLES = {
    "change_sets": "", "tags": "", "customers": "id", "people": "customer_id", "affiliations": "customer_id",
    "contact_points": "customer_id", "customer_tags": "customer_id", "customer_search": "customer_id",
    "planned_contacts": "customer_id", "changes": "root_id",
}  # fmt: skip
COLUMNS = {
    True: "SELECT name FROM pragma_table_xinfo(:table) WHERE hidden = 0",
    False: """
        SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = :table AND is_generated = 'NEVER'
        ORDER BY ordinal_position
    """,
}
Rows = dict[str, list[tuple[Any, ...]]]


class Copy:
    """What an import has added to `source`, to be written to `target`, which is as `source` was before."""

    def __init__(self, source: Database, target: Database) -> None:
        self._source, self._target = source, target
        with target.transaction(writing=False):
            self._columns = {
                table: [f'"{row["name"]}"' for row in target.rows(COLUMNS[target.on_sqlite], table=table)]
                for table in TABLES
            }
            self._last = {table: self._highest(target, table) for table in TABLES}

    def write(self, customers: int) -> tuple[int, float]:
        """Write them, so many customers a batch; answers how many there were and the seconds of processor."""
        with self._source.transaction(writing=False):
            last = self._highest(self._source, "customers")
            took = 0.0
            for first in range(self._last["customers"] + 1, last + 1, customers):
                took += self._put(self._read(first, first + customers - 1))
        return last - self._last["customers"], took

    def _read(self, first: int, last: int) -> Rows:
        alone = first == self._last["customers"] + 1
        return {
            table: [
                tuple(_plain(value) for value in row.values())
                for row in self._source.rows(
                    f"SELECT {', '.join(self._columns[table])} FROM {table} WHERE {_key(table)} > :known"  # noqa: S608
                    + (f" AND {column} BETWEEN :first AND :last" if column else ""),
                    known=self._last[table], **({"first": first, "last": last} if column else {}),
                )
            ]
            for table, column in TABLES.items()
            if column or alone
        }  # fmt: skip

    def _put(self, rows: Rows) -> float:
        mark = "?" if self._target.on_sqlite else "%s"
        began = time.process_time()
        with self._target.transaction(writing=True):
            for table, found in rows.items():
                columns = self._columns[table]
                self._target.many(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})",  # noqa: S608
                    found,
                )
        return time.process_time() - began

    @staticmethod
    def _highest(database: Database, table: str) -> int:
        return int(database.rows(f"SELECT coalesce(max({_key(table)}), 0) AS n FROM {table}")[0]["n"])  # noqa: S608


def _key(table: str) -> str:
    return "customer_id" if table == "customer_search" else "id"


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
