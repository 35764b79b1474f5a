"""What a machine lacks is skipped with the line that gets it, and fails in CI."""

import sys

import pytest

from tests import needs as module
from tests.needs import needs


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)


def test_what_is_missing_skips_with_the_line_that_gets_it() -> None:
    with pytest.raises(pytest.skip.Exception, match="apt-get install -y chromium"):
        needs("chromium")


def test_what_is_missing_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y strace"):
        needs("strace")


def test_what_is_there_is_named_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.COMMANDS, "strace", (sys.executable,))
    assert needs("strace") == sys.executable
