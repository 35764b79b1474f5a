"""Tests from outside: a server of its own for each, over the standing company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core import serving as serving_defaults
from tests.faults.servers import Server, serving


@pytest.fixture
def folder(app: Flask) -> Path:
    """The data folder of the installation under test."""
    found: Path = app.extensions["huifang"].data
    return found


@pytest.fixture
def workers() -> int:
    """How many processes answer requests."""
    return serving_defaults.WORKERS


@pytest.fixture
def server(app: Flask, folder: Path, workers: int) -> Iterator[Server]:
    """Web workers and a job worker over the database of `app`."""
    with serving(folder, app.extensions["huifang"].database_url, workers=workers) as running:
        yield running
