"""Batches are as large as others can bear."""

import pytest

from core.pacing import GROWTH, HELD_S, Pace

PACE = Pace(200, fewest=100, most=1_000)


@pytest.mark.parametrize(
    ("rows", "seconds", "size"),
    [
        (200, HELD_S, 200),
        (200, HELD_S / 1.5, 300),
        (200, 2 * HELD_S, 100),
        (200, 100 * HELD_S, 100),  # never fewer
        (200, HELD_S / 100, GROWTH * 200),  # a single quick batch proves little
        (200, 0.0, GROWTH * 200),
    ],
)
def test_the_next_batch_takes_as_long_as_it_may(rows: int, seconds: float, size: int) -> None:
    assert PACE.after(rows, seconds) == Pace(size, 100, 1_000)


def test_a_batch_stays_within_bounds() -> None:
    pace = PACE
    for _batch in range(10):
        pace = pace.after(pace.size, 0.001)
    assert pace.size == 1_000
