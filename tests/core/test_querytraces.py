"""What somebody typed to find just one record is found in the address of a list, and nothing else of it is touched."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest

from core.querytraces import SEARCH, is_one_of, without
from core.traces import hidden, traces_in, written

TRACES = traces_in(["华兴科技有限公司", "华兴科技", "KH000012", "139 1234 6688", "Wm@hx.example"])
FIELDS = {SEARCH, "name", "number", "phone"}


def seeks(field: str, text: str) -> bool:
    return field in FIELDS and is_one_of(text, TRACES)


@pytest.mark.parametrize(
    ("pairs", "meant"),
    [
        ([("q", "华兴科技")], [("q", "****")]),
        ([("q", " 华兴科技 "), ("tier", "a")], [("q", "******"), ("tier", "a")]),
        ([("q", "wm@HX.example")], [("q", "*" * 13)]),
        ([("q", "139-1234-6688")], [("q", "*" * 13)]),
        ([("q", "+86 13912346688")], [("q", "*" * 15)]),
        ([("where", "name:is:华兴科技|city:is:杭州")], [("where", "name:is:****|city:is:杭州")]),
        ([("where", "phone:begins:13912346688")], [("where", "phone:begins:***********")]),
        ([("where", "tier:is:a"), ("where", "number:is:kh000012"), ("match", "any")],
         [("where", "tier:is:a"), ("where", "number:is:********"), ("match", "any")]),
        # not just this one
        ([("q", "华兴")], None),
        ([("q", "华兴科技园")], None),
        ([("q", "6688")], None),
        ([("q", "")], None),
        ([("where", "city:is:华兴科技")], None),
        ([("where", "name:empty"), ("where", "")], None),
        ([("columns", "华兴科技"), ("sort", "-name"), ("tag", "华兴科技")], None),
    ],
)  # fmt: skip
def test_what_is_hidden(pairs: list[tuple[str, str]], meant: list[tuple[str, str]] | None) -> None:
    query = urlencode(pairs)
    found = without(query, seeks)
    if meant is None:
        assert found == query
    else:
        assert parse_qsl(found) == meant


@pytest.mark.parametrize("query", ["", "q", "q=%E5%8D", "where=%7C%7C", "&&=x&q=*"])
def test_what_is_no_address_stays(query: str) -> None:
    assert without(query, seeks) == query


def test_a_name_of_one_sign_tells_of_nobody() -> None:
    assert not is_one_of("华", traces_in(["华"])) and not is_one_of("Lee", traces_in(["Lee"]))


def test_journals_that_hold_an_address_are_searched_for_it() -> None:
    query = urlencode({"q": "华兴科技", "where": "name:has:wm@hx.example"})
    assert any(form in query for form in written("华兴科技"))
    left = hidden({"query": query}, TRACES)["query"]
    assert "%E5" not in left and "hx.example" not in left and left.startswith("q=***")
