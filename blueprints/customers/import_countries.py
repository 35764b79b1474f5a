"""The country that a row names: by its rules the national numbers of the row are read. Pure."""

from __future__ import annotations

from blueprints.customers import import_addresses
from core.countries import region_of
from core.csvfiles import Row
from core.importing import text_of
from core.mapping import Mapping as Columns


def of_row(row: Row, columns: Columns) -> str:
    """The region of the country of a row: of its own column, else of a further address; empty where none is named."""
    if row.problem is not None:
        return ""
    for field in ("country", import_addresses.FIELD):
        named = (column for column, name in columns.columns.items() if name == field)
        if region := next(filter(None, (region_of(text_of(row, column)) for column in named)), ""):
            return region
    return ""


def uncounted(row: Row, region: str) -> Row:
    """The row as it is to be read: only numbers of China have a zero that a spreadsheet took for nothing."""
    return row if region in ("", "CN") else row._replace(numbers=())
