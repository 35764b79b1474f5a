"""From rows to values: what is refused, what is told, and the account that is given of it."""

import csv
import io
from typing import Any

import pytest

from core.converting import Doubt, choice, numbers, several
from core.csvfiles import Row, open_csv, write_csv
from core.errors import RuleBroken
from core.importing import Action, Finding, Outcome, Report, Severity, read_row
from core.mapping import Field, Mapping


def shout(cell: str) -> Any:
    if cell == "bad":
        raise RuleBroken("not this", "elsewhere")
    return Doubt(None, "lost") if cell == "odd" else cell.upper()


FIELDS = [
    Field("name", "Name", required=True),
    Field("tier", "Tier", convert=choice({"a": ("重点",)}, {"a": "A"})),
    Field("phone", "Phone", many=True, convert=numbers),
    Field("tags", "Tags", many=True, convert=several),
    Field("code", "Code", convert=shout),
]


def read(**cells: str) -> tuple[dict[str, Any], list[Finding]]:
    columns = Mapping({column: column.rstrip("2") for column in cells})
    return read_row(Row(2, cells, list(cells.values())), columns, FIELDS)


def test_values_are_converted_and_empty_cells_are_nothing() -> None:
    values, findings = read(name=" 华兴 ", tier="NULL", phone="", tags="a,b", code="x")
    assert values == {"name": "华兴", "tier": None, "phone": [], "tags": ["a", "b"], "code": "X"}
    assert findings == []


def test_only_mapped_fields_occur() -> None:
    assert read(name="A")[0] == {"name": "A"}


def test_several_columns_fill_one_field_without_repeats() -> None:
    values, _ = read(name="A", phone="13800138000/13900139000", phone2="13800138000")
    assert values["phone"] == ["13800138000", "13900139000"]


def test_neutralised_cells_come_back() -> None:
    assert read(name="'=1+1")[0] == {"name": "=1+1"}


def test_a_cell_that_breaks_a_rule_refuses_the_row_beside_its_column() -> None:
    values, [finding] = read(name="A", code="bad")
    assert values["code"] is None
    assert (finding.column, finding.field, finding.severity) == ("code", "code", Severity.REFUSED)
    assert finding.message == "not this"


def test_a_doubt_is_a_warning() -> None:
    values, [finding] = read(name="A", code="odd")
    assert values["code"] is None
    assert finding.severity is Severity.WARNING


def test_a_required_field_may_not_be_empty() -> None:
    _, [finding] = read(name="NULL", code="x")
    assert str(finding.message) == "“Name” is empty."


def test_a_row_that_cannot_be_read_gives_nothing_else() -> None:
    values, [finding] = read_row(Row(2, {"name": "A"}, ["A"], "torn"), Mapping({"name": "name"}), FIELDS)
    assert (values, finding.message) == ({}, "torn")


def test_the_report_counts_and_keeps_what_was_refused() -> None:
    report = Report()
    report.add(Outcome(2, Action.CREATE, "A"), Row(2, {}, ["A"]))
    report.add(Outcome(3, Action.UPDATE, "B", [Finding("odd", severity=Severity.WARNING)]), Row(3, {}, ["B"]))
    assert report.complete
    report.add(
        Outcome(4, Action.REFUSE, "C", [Finding("no", "Tier"), Finding("torn")]), Row(4, {}, ["C", "E"])
    )
    assert not report.complete
    assert report.counts == {Action.CREATE: 1, Action.UPDATE: 1, Action.REFUSE: 1}
    assert [outcome.line for outcome in report.shown] == [3, 4]
    assert list(report.refused_rows()) == [["4", "Tier: no\ntorn", "C", "E"]]


def test_a_report_shows_no_endless_list() -> None:
    report = Report()
    for line in range(200):
        report.add(Outcome(line, Action.REFUSE, "", [Finding("no")]), Row(line, {}, []))
    assert (len(report.shown), len(report.refused)) == (50, 200)


@pytest.mark.parametrize("name", ["=1+1", "'=1+1", "'t Hart", "+86", "张三"])
def test_refused_rows_that_are_sent_again_are_what_they_were(name: str) -> None:
    for cell in (name, *_exported(name)):
        [row] = open_csv(f"name\n{cell}\n".encode()).rows()
        meant = read_row(row, Mapping({"name": "name"}), FIELDS)
        report = Report()
        report.add(Outcome(2, Action.REFUSE), row)
        sent = b"".join(write_csv(["Line", "Reason", "name"], report.refused_rows()))
        [again] = open_csv(sent).rows()
        assert read_row(again, Mapping({"name": "name"}), FIELDS) == meant


def _exported(name: str) -> list[str]:
    return next(csv.reader(io.StringIO(b"".join(write_csv([name], [])).decode("utf-8-sig"))))
