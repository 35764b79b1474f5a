"""What a row notes of its contact points: in cells of its own (`number: label`), or beside each number. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from blueprints.customers import import_cells
from blueprints.customers.models import ContactPoint
from blueprints.customers.rules import FRIEND_KINDS, POINT_KINDS
from blueprints.customers.search import Typed
from core.converting import Doubt
from core.csvfiles import Row
from core.importing import text_of
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.names import nfc
from core.words import _l

FIELD = "value_label"
_BESIDE = re.compile(r"(?i)(?P<head>.+?)[\s\-–]*(?:label|type)")
_GOOGLES_FIRST = "* "  # stands before the label of the number that is called first


def suggested(header: Iterable[str], reached: Iterable[str]) -> dict[str, str]:
    """The columns that label a number or address: `Phone 1 - Label` beside `Phone 1 - Value`, if that is `reached`."""
    values = {_head(column, "value") for column in reached} - {""}
    return {column: FIELD for column in header if (head := _labelled(column)) and head in values}


def _head(column: str, ending: str) -> str:
    text = column.casefold().strip()
    return text.removesuffix(ending).rstrip(" -–") if text.endswith(ending) else ""


def _labelled(column: str) -> str:
    match = _BESIDE.fullmatch(column.strip())
    return match["head"].casefold() if match else ""


def pairs(columns: Mapping[str, str], reaching: Iterable[str]) -> dict[str, str]:
    """The column of the number for each column of labels: the one of that name, else the one beside it."""
    order, fields = list(columns), {*reaching}
    found: dict[str, str] = {}
    for place, column in enumerate(order):
        if columns[column] != FIELD:
            continue
        named = [other for other in order if _head(other, "value") == _labelled(column) != ""]
        beside = [*named, *order[place + 1 : place + 2], *order[max(0, place - 1) : place]]
        if value := next((other for other in beside if columns[other] in fields), None):
            found[column] = value
    return found


def beside(points: Sequence[Typed], values: Iterable[str], label: str) -> bool:
    """Label those of the points that came from these values; False if the label is too long to be kept."""
    text = nfc(label.removeprefix(_GOOGLES_FIRST)).strip()
    if len(text) > import_cells.length(ContactPoint, "label"):
        return False
    typed = {nfc(value) for value in values}
    for point in points:
        if point.value in typed and not point.label:
            point.label = text or None
    return True


class Labelled(NamedTuple):
    """The columns that label what stands beside them, each with that column, and how that one is read."""

    columns: Mapping[str, tuple[str, Field]]

    @classmethod
    def of(cls, columns: Columns, fields: Sequence[Field], reaching: Iterable[str]) -> Labelled:
        """The pairs of a mapping; `reaching` are the fields of numbers and addresses."""
        by_name = {target.name: target for target in fields}
        found = pairs(columns.columns, reaching)
        return cls({label: (value, by_name[columns.columns[value]]) for label, value in found.items()})

    def give(self, row: Row, points: Sequence[Typed], warn: Callable[[Any, str], None]) -> None:
        """Note what these columns say of the points of a row."""
        for column, (value, target) in self.columns.items():
            label, cell = text_of(row, column), text_of(row, value)
            if not label or not cell:
                continue
            found = target.convert(cell)
            values = found.value if isinstance(found, Doubt) else found
            if not beside(points, values, label):
                warn(_l("“%(value)s” is too long to be a label. It is left out.", value=label[:40]), FIELD)


def give(points: Sequence[Typed], values: Mapping[str, Any], warn: Callable[[Any, str], None]) -> None:
    """What is noted of the row's points: `number: label`, who of us holds the friend, and the numbers that are bad."""
    for place, column, kinds in (
        ("point_labels", "label", POINT_KINDS),
        ("point_accounts", "added_by", FRIEND_KINDS),
    ):
        for entry in values.get(place, ()):
            named = (
                point for point in points if entry.startswith(f"{point.value}: ") and point.kind in kinds
            )
            point = next(named, None)
            text = entry[len(point.value) + 2 :].strip() if point else ""
            if point is None or not 0 < len(text) <= import_cells.length(ContactPoint, column):
                warn(_l("“%(value)s” is of no number of this row. It is left out.", value=entry), place)
            else:
                setattr(point, column, text)
    for entry in values.get("bad_points", ()):
        known = [point for point in points if point.value == entry]
        for point in known:
            point.bad = True
        if not known:
            warn(_l("“%(value)s” is no number of this row. It is left out.", value=entry), "bad_points")
