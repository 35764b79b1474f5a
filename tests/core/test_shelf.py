"""Things put aside by their labels, and forgotten from the batch on that a dead process did not finish."""

from __future__ import annotations

from pathlib import Path

from core.shelf import Shelf


def test_things_are_found_by_any_label_in_the_order_they_came(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "x", 0)
    shelf.put(0, [("one", ["a", "b"]), ({"two": 2}, ["b"])])
    shelf.put(1, [("three", ["c", "a"])])
    assert shelf.find(["b"]) == ["one", {"two": 2}]
    assert shelf.find(["a", "b", "c"]) == ["one", {"two": 2}, "three"]
    assert shelf.find([]) == shelf.find(["d"]) == []


def test_what_lies_there_from_a_batch_on_is_forgotten(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "x", 0)
    for batch in range(3):
        shelf.put(batch, [(batch, ["a"])])
    shelf.close()
    assert Shelf(tmp_path / "x", 1).find(["a"]) == [0]
