"""Set-up: what it installs is pinned, explained, and installed once."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.needs import needs, refuse
from tools import setup

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


def direct_dependencies() -> list[str]:
    package = json.loads((ROOT / "package.json").read_text())
    lines = "".join((ROOT / lock).with_suffix(".in").read_text() for lock in LOCKS)
    return [
        *re.findall(r"^[a-z][\w.-]*", lines, re.MULTILINE),
        *package["dependencies"],
        *package["devDependencies"],
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_python_package_is_pinned_with_hashes(lock: str) -> None:
    packages = re.split(r"^(?=[a-z])", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    assert packages
    for package in packages:
        assert re.match(r"[\w.-]+(\[\w+\])?==[\w.]+ ", package), package
        assert "--hash=sha256:" in package, package


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json", ".npmrc"])
def test_no_lock_names_a_place_to_download_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r'"resolved"|--(extra-)?index-url|--find-links|registry=', text)


@pytest.mark.parametrize("name", direct_dependencies())
def test_every_direct_dependency_has_its_reason(name: str) -> None:
    assert re.search(rf"(\| |, |names ){re.escape(name)}\b", (ROOT / "docs" / "dependencies.md").read_text())


def test_what_is_installed_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "run", lambda *given: pytest.fail(f"ran {given}"))
    (tmp_path / "requirements.txt.installed").write_text(setup.digest("requirements.txt"))
    setup.install("requirements.txt")


def test_a_half_made_environment_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "PYTHON", Path(sys.executable))
    assert not setup.environment_works()


def test_a_python_without_venv_names_the_package_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="sudo apt-get install -y python3-venv"):
        setup.make_environment()


def test_without_python_one_line_says_which_is_needed() -> None:
    answer = subprocess.run(["make", "packages", "PYTHON=nosuch"], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode
    assert answer.stderr.startswith("Huifang needs Python 3.11 or newer: nosuch was not found.\n")


@pytest.mark.extra
def test_a_fresh_clone_sets_itself_up_without_node_and_at_once_the_second_time(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        refuse("this is no clone: git clone the project to try its set-up")
    subprocess.run([needs("git"), "clone", "--quiet", ROOT, tmp_path / "clone"], check=True)
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": str(programs_without_node(tmp_path / "bin"))}
    command = ["make", "-C", str(tmp_path / "clone"), "setup", f"PYTHON={sys._base_executable}"]  # type: ignore[attr-defined]
    subprocess.run(command, env=environment, check=True)
    assert (tmp_path / "clone" / "static" / "vendor" / "manifest.json").exists()
    started = time.monotonic()
    again = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert "Installing" not in again.stdout
    assert time.monotonic() - started < 10


def programs_without_node(folder: Path) -> Path:
    """A folder with the machine's programs, but for those that would make it easier."""
    folder.mkdir()
    for place in ("/usr/bin", "/bin"):
        for program in Path(place).iterdir():
            link = folder / program.name
            if not program.name.startswith(("node", "npm", "npx", "uv")) and not link.is_symlink():
                link.symlink_to(program)
    return folder
