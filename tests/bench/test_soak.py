"""The figures of a long load."""

import pytest

from bench.soak import Tally, broken_limits, figures, percentile


def test_the_figures_of_a_load() -> None:
    tally = Tally(memory=[100.0, 200.0, 210.0, 220.0, 215.0], faults=["log: status 500 of /x"])
    tally.took["file"] += [10.0, 30.0, 20.0]
    tally.took["log"] += [90.0]
    said = {str(row["name"]).removeprefix("soak: "): row["value"] for row in figures(tally, seconds=2)}
    assert said == {
        "requests a second": 2.0, "median ms": 25.0, "p95 ms": 30.0, "slowest ms": 90.0, "faults": 1.0,
        "memory once settled, MB": 200.0, "memory at the end, MB": 215.0, "clicks, p95 ms": 30.0,
        "memory, times what it was once settled": 1.07,
        "file, p95 ms": 20.0, "log, p95 ms": 90.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("memory", "file", "sign_in", "faults", "said"),
    [
        ([100, 100, 105, 109, 109], 400, 9_000, [], []),
        ([100, 100, 105, 109, 112], 400, 400, [], ["memory"]),
        ([100, 100, 100, 100, 100], 501, 400, [], ["clicks"]),
        ([100, 100, 100, 100, 100], 501, 400, ["file: status 500 of /x"], ["faults", "clicks"]),
    ],
)
def test_a_load_ends_badly_when_a_figure_is_beyond_its_limit(
    memory: list[float], file: float, sign_in: float, faults: list[str], said: list[str]
) -> None:
    tally = Tally(memory=memory, faults=faults)
    tally.took["file"] += [file]
    tally.took["sign-in"] += [sign_in]
    broken = broken_limits(figures(tally, seconds=2))
    assert [word for word, sentence in zip(said, broken, strict=True) if word in sentence] == said


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([7], 0.95) == 7
