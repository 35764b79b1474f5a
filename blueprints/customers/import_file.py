"""The file of an import, as it is kept until it is forgotten."""

from __future__ import annotations

from typing import Any

from blueprints.customers.models import CustomerImport
from core import importkinds, uploads
from core.csvfiles import ON_DISK, FileProblem, Table
from core.importways import Way
from core.intake import open_table
from core.mapping import Mapping as Columns
from core.words import _l


def table_of(made: CustomerImport) -> Table:
    """The file of an import as a table. Raises FileProblem if it is no longer there."""
    path = uploads.path_of(made.stored_as)
    if not path.exists():
        raise FileProblem(_l("The file is no longer kept. Choose it once more."))
    return open_table(path, encoding=made.encoding, delimiter=made.delimiter, limits=ON_DISK)


def read(made: CustomerImport, wanted: Any, way: Way | None = None) -> tuple[Table, Columns]:
    """The table and a mapping of its columns, checked for a way of taking rows, else for the one in force.

    Raises FileProblem, MappingProblem.
    """
    table = table_of(made)
    kind = importkinds.the_kind(made.kind)
    return table, kind.checked(wanted, table.header, way or Way.stored(made.way))


def drop(made: CustomerImport) -> None:
    """Remove all that is kept of it as a file."""
    uploads.drop(made.stored_as)
    drop_report(made)


def drop_report(made: CustomerImport) -> None:
    """Remove the file of its account, if that has one."""
    if name := made.report.get("file"):
        uploads.drop(name)
