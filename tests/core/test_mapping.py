"""Mappings: suggested with care, checked before they are used."""

import pytest

from core.errors import Problem
from core.mapping import Field, Mapping, MappingProblem
from core.suggesting import suggest

SMALL = [
    Field("name", "Name", ("客户名称", "单位"), required=True),
    Field("phone", "Phone", ("电话",), many=True),
    Field("city", "City", ("城市",), fits=str.istitle),
]


def test_a_column_with_values_goes_before_an_empty_one() -> None:
    samples = {"客户名称": ["", ""], "单位": ["华兴", "瑞丰"]}
    assert suggest(["客户名称", "单位"], SMALL, samples) == {"客户名称": None, "单位": "name"}


def test_a_column_with_our_own_name_for_a_field_maps_even_where_it_is_empty() -> None:
    samples = {"客户名称": ["华兴"], "city": ["", ""], "城市": ["Rome", "Oslo"]}
    found = suggest(["客户名称", "城市", "city"], SMALL, samples)
    assert found == {"客户名称": "name", "城市": None, "city": "city"}


def test_what_a_required_field_takes_leaves_another_column_to_who_had_it() -> None:
    fields = [
        Field("name", "Customer", ("Company", "Name"), required=True),
        Field("person_name", "Contact person", ("person_name", "Contact", "Name")),
    ]
    for second in ("person_name", "Contact"):
        header = ["Name", second]
        found = suggest(header, fields, {"Name": ["华兴", "瑞丰"], second: ["", ""]})
        assert found == {"Name": "name", second: "person_name"}


def test_a_column_without_a_name_is_known_by_its_cells() -> None:
    assert suggest(["#1"], SMALL, {"#1": ["Paris", "Rome", "Lyon"]}) == {"#1": "city"}
    assert suggest(["#1"], SMALL, {"#1": ["Paris", "Rome"]}) == {"#1": None}
    assert suggest(["#1"], SMALL, {"#1": ["Paris", "rome", "Lyon"]}) == {"#1": None}


def test_likeness_alone_does_not_count_against_the_cells() -> None:
    assert suggest(["Cityy"], SMALL, {"Cityy": ["Rome"]}) == {"Cityy": "city"}
    assert suggest(["Cityy"], SMALL, {"Cityy": ["13"]}) == {"Cityy": None}


@pytest.mark.parametrize(
    "wanted", [{"客户": "name", "T": "phone", "X": ""}, '{"T": "phone", "客户": "name", "X": null}']
)
def test_a_mapping_is_taken_as_data_or_json(wanted: object) -> None:
    columns = Mapping.check(wanted, ["客户", "T", "X"], SMALL).columns
    assert list(columns.items()) == [("客户", "name"), ("T", "phone")]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("{", "The mapping is not valid JSON."),
        ("[]", "The mapping must have the form {column: field}."),
        ({"a": 3}, "The mapping must have the form {column: field}."),
        ({"z": "name"}, "The file has no column “z”."),
        ({"a": "role"}, "There is no field “role” to import into."),
        ({"a": "name", "b": "name"}, "Two columns are mapped to “Name”."),
        ({"a": "phone"}, "No column is mapped to “Name”."),
        ({}, "No column is mapped to “Name”."),
    ],
)
def test_a_wrong_mapping_is_refused(wanted: object, sentence: str) -> None:
    with pytest.raises(MappingProblem) as refused:
        Mapping.check(wanted, ["a", "b"], SMALL)
    assert str(refused.value.message) == sentence
    assert isinstance(refused.value, Problem)
