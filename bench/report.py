"""The table that is printed, and bench/results.json in the form of DESIGN, section 8."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from bench.databases import Filled
from bench.measuring import Figures

RESULTS = Path(__file__).parent / "results.json"
HEAD = f"{'':34}{'SQL':>5}{'median':>9}{'p95':>8}{'floor':>8}{'p95':>8}{'ratio':>7}"


def head(database: Filled) -> str:
    """The lines above the figures of one database."""
    return f"\n{database.kind}, {database.size:,} customers; milliseconds\n{HEAD}"


def line(figures: Figures) -> str:
    """One action; marked where it is slower than the aim."""
    times = (figures.median_ms, figures.p95_ms, figures.floor_median_ms, figures.floor_p95_ms)
    cells = "".join(f"{ms:>{width}.1f}" for ms, width in zip(times, (9, 8, 8, 8), strict=True))
    mark = "" if figures.within_aim else "  slow"
    return f"{figures.name:34}{figures.statements:>5}{cells}{figures.ratio:>7.1f}{mark}"


def write(measured: Sequence[tuple[Filled, Figures]]) -> None:
    """Keep the figures of a run."""
    rows = [
        {
            "name": figures.name,
            "database": database.kind,
            "size": database.size,
            "median_ms": round(figures.median_ms, 2),
            "p95_ms": round(figures.p95_ms, 2),
            "floor_median_ms": round(figures.floor_median_ms, 2),
            "floor_p95_ms": round(figures.floor_p95_ms, 2),
            "ratio": round(figures.ratio, 2),
            "statements": figures.statements,
        }
        for database, figures in measured
    ]
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
