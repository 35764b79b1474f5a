"""How many rows a batch takes, so that whoever else wants to write does not wait for long. Pure."""

from __future__ import annotations

from dataclasses import dataclass

HELD_S = 0.2  # for which a batch may keep others from writing
GROWTH = 2  # times, from one batch to the next at most


@dataclass(frozen=True)
class Pace:
    """The size of the next batch, which stays within bounds."""

    size: int = 200
    fewest: int = 100
    most: int = 1_000

    def after(self, rows: int, seconds: float) -> Pace:
        """The pace after a batch of so many rows has kept others waiting for so long."""
        fitting = int(rows * HELD_S / seconds) if seconds > 0 else self.most
        size = max(self.fewest, min(fitting, GROWTH * self.size, self.most))
        return Pace(size, self.fewest, self.most)
