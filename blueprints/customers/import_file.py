"""The file of an import, as it is kept until it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from blueprints.customers.models import CustomerImport
from core import importkinds, uploads
from core.csvfiles import ON_DISK, FileProblem, Table
from core.importkinds import Fact
from core.importways import Way
from core.intake import READERS, open_table
from core.mapping import Mapping as Columns
from core.words import _l

TOLD = "told"  # of a report


def table_of(made: CustomerImport, header: int | None = None) -> Table:
    """The file of an import as a table, its header in this line if one is named. Raises FileProblem if it is gone."""
    path = uploads.path_of(made.stored_as)
    if not path.exists():
        raise FileProblem(_l("The file is no longer kept. Choose it once more."))
    present = Way.stored(made.way).header
    if header in (None, present):
        return open_table(path, made.encoding, made.delimiter, ON_DISK, present)
    separator = made.delimiter if made.encoding in READERS else None  # it was judged by another line
    return open_table(path, made.encoding, separator, ON_DISK, header or 0)


def read(made: CustomerImport, wanted: Any, way: Way | None = None) -> tuple[Table, Columns]:
    """The table and a mapping of its columns, checked for a way of taking rows, else for the one in force.

    Raises FileProblem, MappingProblem.
    """
    table = table_of(made)
    kind = importkinds.the_kind(made.kind)
    return table, kind.checked(wanted, table.header, way or Way.stored(made.way))


def take_header(made: CustomerImport, table: Table) -> None:
    """Remember how the file is read by now."""
    made.rows = sum(1 for _row in table.rows())
    made.encoding, made.delimiter = table.encoding, table.delimiter
    made.way = {**made.way, "header": header_of(table)}


def header_of(table: Table) -> int:
    """The line of the header as a way of taking rows names it."""
    return table.begins if table.above else 0


def drop(made: CustomerImport) -> None:
    """Remove all that is kept of it as a file."""
    uploads.drop(made.stored_as)
    drop_report(made)


def told(made: CustomerImport) -> frozenset[Fact]:
    """What the dry run told of customers beyond the person's scope; to tell just that again tells nothing more."""
    return facts(made.report.get(TOLD, ()))


def facts(stored: Iterable[Sequence[int]]) -> frozenset[Fact]:
    """What was told, as it comes out of JSON."""
    return frozenset((line, customer_id, team_id) for line, customer_id, team_id in stored)


def forget_told(made: CustomerImport) -> None:
    """Under another mapping a row asks something else, and what it is told is something else."""
    made.report = {name: value for name, value in made.report.items() if name != TOLD}


def drop_report(made: CustomerImport) -> None:
    """Remove the file of its account, if that has one."""
    if name := made.report.get("file"):
        uploads.drop(name)
