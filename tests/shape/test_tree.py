"""What no file of the project holds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.shape.sources import ROOT
from tests.shape.test_imports import told

TEXT = frozenset(
    {".cfg", ".css", ".html", ".in", ".ini", ".js", ".json", ".md", ".po", ".py", ".svg", ".toml", ".txt", ""}
)
MACHINE = re.compile(r"(?<![\w.}])/(?:work|home|root|Users|opt|mnt)/\w+")
MOST_LINES = 400
MOST_TEST_LINES = 600
UNWANTED_NAMES = frozenset({"utils", "helpers", "common", "services", "misc", "util", "helper"})


def committed() -> list[Path]:
    """Every text file that is part of the project; skips where there is no repository to ask."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.suffix in TEXT and path.exists()]


def test_no_file_names_a_folder_of_some_machine() -> None:
    faults = []
    for path in committed():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if path != Path(__file__) and (hit := MACHINE.search(line)):
                faults.append(f"{path.relative_to(ROOT)}:{number}: {hit[0]}")
    told(faults, "Name files relative to the project or its settings.")


def test_third_party_files_are_not_committed() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in committed()]
    told(
        [n for n in names if ".min." in n or n.startswith(("static/vendor/", "node_modules/"))],
        "Install it instead.",
    )


def test_files_are_named_for_their_subject() -> None:
    told(
        [
            str(p.relative_to(ROOT))
            for p in committed()
            if p.suffix == ".py" and {p.stem, p.parent.name} & UNWANTED_NAMES
        ],
        "Put it beside its only user, or name it for its subject in core/.",
    )


def test_nothing_is_left_for_later() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    told(
        [
            f"{path.relative_to(ROOT)}: {hit[0]}"
            for path in committed()
            if path.suffix in {".py", ".html", ".js", ".css", ".md"} and path != Path(__file__)
            if (hit := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
        ],
        "Do it now, or write it into an issue.",
    )


def test_files_stay_short() -> None:
    told(
        [
            f"{path.relative_to(ROOT)}: {lines} lines"
            for path in committed()
            if path.suffix in {".py", ".html", ".js", ".css"} and "versions" not in path.parts
            if path.name != "access_table.py"  # written by a command, a line for each address
            if (lines := path.read_text(encoding="utf-8").count("\n"))
            > (MOST_TEST_LINES if "tests" in path.parts else MOST_LINES)
        ],
        "Split it by subject.",
    )
