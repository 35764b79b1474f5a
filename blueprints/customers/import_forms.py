"""What is chosen on the way of an import: file, encoding and separator or sheet, columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from blueprints.customers.requested import ImportMapping
from core import fields
from core.csvfiles import Table
from core.csvheaders import NO_HEADER
from core.encodings import BIG5, GB18030, UTF_8, UTF_16, WINDOWS_1252
from core.forms import Form
from core.importways import BOTH, DAYS, MATCHES, MODES, Way
from core.mapping import Field
from core.titles import LOOKED_AT
from core.words import _, _l

ENCODINGS = {
    UTF_8: "UTF-8",
    GB18030: "GBK / GB18030",
    WINDOWS_1252: "Windows-1252",
    BIG5: "Big5",
    UTF_16: "UTF-16",
}
SHOWN = 60  # characters of a line that may be the header
SEPARATORS = {",": _l("comma"), ";": _l("semicolon"), "\t": _l("tab"), "|": _l("bar")}


class UploadForm(Form):
    """A file on its way in."""

    file = fields.upload(_l("File"))
    encoding = fields.choice(_l("Encoding"), [("", _l("find out by itself")), *ENCODINGS.items()])


class ReadingForm(Form):
    """How the file is read."""

    encoding = fields.choice(_l("Encoding"), [], required=True)
    separator = fields.choice(_l("Separator"), [], required=True)
    header = fields.choice(_l("Header"), [])


class SheetForm(Form):
    """Which sheet of a workbook is read."""

    sheet = fields.choice(_l("Sheet"), [], required=True)
    header = fields.choice(_l("Header"), [])


def sheet_form(table: Table, *, sent: bool) -> SheetForm:
    """The form with the sheets of a workbook; as sent, or with the one in force."""
    present = {"sheet": table.delimiter, "header": str(table.begins)}
    form = SheetForm() if sent else SheetForm(formdata=None, data=present)
    form.sheet.choices = [(str(number), name) for number, name in enumerate(table.sheets)]
    form.header.choices = _lines(table)
    return form


def _lines(table: Table) -> list[tuple[str, str]]:
    """The lines that may be the header, with the beginning of what they say; and that there is none."""
    said = {line: " · ".join(cells) for line, cells in table.first_lines(LOOKED_AT).items()}
    shown = {line: f"{text[:SHOWN]}…" if len(text) > SHOWN else text for line, text in said.items()}
    lines = [
        (str(line), _("line %(line)s: %(cells)s", line=line, cells=text)) for line, text in shown.items()
    ]
    return [*lines, (str(NO_HEADER), _("the file has no header"))]


def reading_form(table: Table, previews: Mapping[str, str], *, sent: bool) -> ReadingForm:
    """The form, with words of the file as each encoding reads them; as sent, or with what is in force."""
    encoding, separator = table.encoding, table.delimiter
    present = {"encoding": encoding, "separator": separator, "header": str(table.begins)}
    form = ReadingForm() if sent else ReadingForm(formdata=None, data=present)
    form.header.choices = _lines(table)
    names = {encoding: encoding, **ENCODINGS}
    form.encoding.choices = [(code, _previewed(name, previews.get(code))) for code, name in names.items()]
    form.separator.choices = list({separator: separator, **SEPARATORS}.items())
    return form


def _previewed(name: str, preview: str | None) -> str:
    if preview is None:
        return name
    read = preview or _("cannot be read")
    return f"{name}: {read}"


class KeptForm(Form):
    """Which of the kept mappings is used."""

    kept = fields.choice(_l("Kept mapping"), [], required=True)


def kept_form(kept: Sequence[ImportMapping], *, sent: bool) -> KeptForm:
    """The form with the mappings that a person keeps."""
    form = KeptForm() if sent else KeptForm(formdata=None)
    form.kept.choices = [(str(one.id), one.name) for one in kept]
    return form


class WayForm(Form):
    """How the rows are taken, and the name under which all this is kept; columns are added to it."""

    mode = fields.choice(_l("What the file may do"), list(MODES.items()), default=BOTH)
    match = fields.choice(_l("A customer on file is recognised"), list(MATCHES.items()))
    clear = fields.YesNoField(_l("Empty cells empty the field on file"))
    days = fields.choice(_l("A date such as 03/05/2026"), list(DAYS.items()))
    keep_as = fields.text(_l("Keep this mapping as"), most=80)


WAYS = ("mode", "match", "clear", "days")


def columns_form(
    known: Sequence[Field],
    ways: Sequence[str],
    columns: Mapping[str, str],
    mapping: Mapping[str, str],
    way: Way,
    *,
    sent: bool,
) -> Any:
    """A choice of fields for each of the columns, which are called so, and of the way of taking rows.

    As it was sent, or as it is in force.
    """
    choices = [("", _("do not import")), *((target.name, target.label) for target in known)]
    made: Any = type(
        "ColumnsForm",
        (WayForm,),
        {field_of(n): fields.choice(name, choices) for n, name in enumerate(columns.values())}
        | dict.fromkeys({*WAYS} - {*ways}),
    )
    if sent:
        return made()
    chosen = {field_of(n): mapping.get(name) for n, name in enumerate(columns)}
    return made(formdata=None, data=chosen | way.as_json())


def chosen_way(form: Any, present: Way) -> Way:
    """The way of taking rows that was sent; what was not sent stays."""
    sent = {name: form.values[name] or getattr(Way, name) for name in WAYS if name in form.values}
    return replace(present, **sent)


def field_of(position: int) -> str:
    """The name of the form's field for the column at a position."""
    return f"column-{position}"


def chosen(form: Form, header: Sequence[str]) -> dict[str, str]:
    """The mapping that was sent: columns that are to be imported, with their fields."""
    found = {name: form[field_of(position)].data for position, name in enumerate(header)}
    return {name: target for name, target in found.items() if target}
