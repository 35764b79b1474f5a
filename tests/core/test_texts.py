"""What free text is found by, whether it is meant, and which piece of it is shown: pure."""

from __future__ import annotations

import pytest

from core.terms.expressions import fts5, tsquery
from core.terms.texts import LENGTH, sought, text_terms

SAID = "对方确认了样品收到，下周三前答复。Asked for the Größe-XL catalogue; 電話 13912345678, café, 见A4纸"


@pytest.mark.parametrize(
    "q",
    [
        "样品", "确认了", "样品收到", "确认了样品收到", "答复", "周三", "电话", "電話", "asked", "ASKED", "Ask",
        "catalog", "grosse", "größe", "XL", "xl", "cafe", "CAFÉ", "139", "13912345678", "样品 答复", "a4纸",
        "cafe 样品", "ｃａｆé", "收到 前 样品", "for the", "见A4",
    ],
)  # fmt: skip
def test_a_text_is_found_by(q: str) -> None:
    assert sought(q).fits([SAID])
    assert asks_for_what_is_kept(q)


@pytest.mark.parametrize(
    "q",
    [
        "品样",
        "样品 报价",
        "确认样品",
        "样品答复",
        "atalogue",
        "fo",
        "ct",
        "2345678",
        "收到下周",
        "tea",
        "x",
        "",
    ],
)
def test_a_text_is_not_meant_by(q: str) -> None:
    assert not sought(q).fits([SAID])


def asks_for_what_is_kept(q: str) -> bool:
    """Whether the last question to the index names the text."""
    kept = text_terms([SAID]).split()
    return all(
        any(token.startswith(part) for token in kept)
        for part in tsquery(sought(q).passes[-1]).replace(":*", "").strip("()").split(" & ")
    )


@pytest.mark.parametrize("q", ["", " ", "样", "a", "%", "* ' \"", "7", "？"])
def test_too_little_asks_nothing(q: str) -> None:
    assert sought(q).passes == ()


@pytest.mark.parametrize(
    ("q", "asked"),
    [
        ("样品", ['"样品"']),
        ("样品收到", ['("样品" AND "品收" AND "收到")']),
        ("asked 样品", ['("asked" AND "样品")', '("asked"* AND "样品")']),
        ("xl", ['"xl"']),
        ("样 asked", ['"asked"', '"asked"*']),
    ],
)
def test_what_the_index_is_asked(q: str, asked: list[str]) -> None:
    assert [fts5(expression) for expression in sought(q).passes] == asked


def test_several_texts_are_one() -> None:
    assert sought("样品 报价").fits(["样品收到", None, "要报价"])
    assert text_terms(["样品", None, "", "样品 Ask a"]) == "样品 ask"


def test_what_is_kept_has_an_end() -> None:
    assert text_terms(["字" * LENGTH + " 样品"]) == "字字"
    assert not sought("样品").fits(["字" * LENGTH + "样品"])


@pytest.mark.parametrize(
    ("q", "text", "shown"),
    [
        ("样品", "收到样品了", "收到[样品]了"),
        ("样品 到", "收到样品了", "收[到样品]了"),
        ("cafe", "im Café, cafés", "im [Café], [café]s"),
        ("for", "before, for you", "before, [for] you"),
        ("xl", "XL, xls", "[XL], xls"),
        ("電話", "电话 13", "[电话] 13"),
        ("fi", "ﬁx fi", "ﬁx [fi]"),
        ("样品", "没有", "没有"),
    ],
)
def test_the_piece_that_is_shown(q: str, text: str, shown: str) -> None:
    assert written(sought(q).piece_of([text])) == shown


def test_a_long_text_is_cut_around_what_was_found() -> None:
    piece = written(sought("样品").piece_of([None, "字" * 500, "字" * 300 + "样品" + "字" * 300]))
    assert piece.startswith("…字") and piece.endswith("字…") and "[样品]" in piece
    assert len(piece) < 120


def written(pieces: object) -> str:
    return "".join(f"[{text}]" if found else text for text, found in pieces)  # type: ignore[attr-defined]
