"""What a test needs from the machine beyond the Python packages."""

import os
import shutil
from typing import NoReturn

import pytest

COMMANDS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "git": ("git",),
    "strace": ("strace",),
}
INSTALL = {
    "chromium": "sudo apt-get install -y chromium fonts-noto-cjk",
    "git": "sudo apt-get install -y git",
    "strace": "sudo apt-get install -y strace",
}


def needs(what: str) -> str:
    """The path of a program the test cannot do without; called first in the test or in its fixture.

    Where the program is missing the test is skipped with the line that installs it; under CI=true it fails.
    """
    for command in COMMANDS[what]:
        if path := shutil.which(command):
            return path
    refuse(f"{what} is not installed. Get it with: {INSTALL[what]}")


def refuse(reason: str) -> NoReturn:
    """Skip the test with this reason, or fail it where everything has to be there (CI=true)."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
