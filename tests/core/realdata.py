"""The real files beside the project; tests that read them skip where they are absent."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def real(path: str) -> Path:
    """A file or folder of ../shared/data."""
    found = ROOT.parent / "shared" / "data" / path
    if not found.exists():
        pytest.skip(f"../shared/data/{path} is not there")
    return found
