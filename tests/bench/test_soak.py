"""The figures of a long load."""

from bench.soak import Tally, figures, percentile


def test_the_figures_of_a_load() -> None:
    tally = Tally(memory=[100.0, 200.0, 210.0, 220.0, 215.0], faults=["log: status 500 of /x"])
    tally.took["file"] += [10.0, 30.0, 20.0]
    tally.took["log"] += [90.0]
    said = {str(row["name"]).removeprefix("soak: "): row["value"] for row in figures(tally, seconds=2)}
    assert said == {
        "requests a second": 2.0, "median ms": 25.0, "p95 ms": 30.0, "slowest ms": 90.0, "faults": 1.0,
        "memory once settled, MB": 200.0, "memory at the end, MB": 215.0,
        "file, p95 ms": 20.0, "log, p95 ms": 90.0,
    }  # fmt: skip


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([7], 0.95) == 7
