"""A disk that is full or broken: a clear page and nothing half saved, reading goes on, and no restart is needed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from bench.visitor import Answer, Visitor
from tests.faults.servers import Server, again, facts, serving, upload
from tests.faults.tracing import traced

pytestmark = pytest.mark.extra

SMALL = "12m"
MOST_TRIES = 60
BROKEN_DISKS = {
    "read-only": ("pwrite64:error=EROFS", "磁盘无法写入"),
    "no sync": ("fdatasync,fsync:error=EIO", "磁盘无法写入"),
}


@pytest.fixture
def small_disk(tmp_path: Path, sqlite_template: Path) -> Iterator[Path]:
    """A file system of its own, which is full soon, with an installation on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "tmpfs", str(folder)]
    if shutil.which("mount") is None or os.geteuid():
        pytest.skip("only root can mount a small disk. Run: sudo -E make test-extra ARGS=tests/faults")
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(
            f"nothing can be mounted here ({mounted.stderr.strip()}). Run it with --cap-add=SYS_ADMIN."
        )
    try:
        shutil.copy(sqlite_template, folder / "huifang.db")
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_on_a_full_disk_people_read_on_and_are_told(small_disk: Path) -> None:
    with serving(small_disk, f"sqlite:///{small_disk / 'huifang.db'}") as server:
        visitor = server.visitor("manager")
        assert create(visitor, "Before").status == 303
        seen_long_ago(small_disk)
        ballast = fill(small_disk)
        saved, refused = save_until_refused(visitor)
        told(refused, "磁盘已满")
        assert again(visitor).get("/customers").status == 200
        assert send_file(visitor) == 503
        assert stored(small_disk) == []
        ballast.unlink()
        assert create(visitor, "After").status == 303
        assert names_in(small_disk) == sorted(["Before", *saved, "After"])
        assert send_file(visitor) == 303
        assert "integrity of the database file: ok" in server.flask("doctor").stdout
        assert "Traceback" not in server.said()


@pytest.mark.parametrize("disk", BROKEN_DISKS)
def test_on_a_broken_disk_people_read_on_and_are_told(server: Server, folder: Path, disk: str) -> None:
    visitor = server.visitor("manager")
    assert create(visitor, "Before").status == 303
    fault, sentence = BROKEN_DISKS[disk]
    with traced(server.web_workers(), folder / "strace.log", "-e", f"inject={fault}"):
        told(create(visitor, "Meanwhile"), sentence)
        seen_long_ago(folder)
        assert again(visitor).get("/customers").status == 200
    assert create(visitor, "After").status == 303
    assert names_in(folder) == ["After", "Before"]
    assert "Traceback" not in server.said()


def create(visitor: Visitor, name: str) -> Answer:
    return again(visitor).post("/customers", facts(name))


def save_until_refused(visitor: Visitor) -> tuple[list[str], Answer]:
    """Make customers until one is refused: what is free inside the files of the database is used first."""
    saved: list[str] = []
    while True:
        answer = create(visitor, f"Full {len(saved)}")
        if answer.status != 303:
            return saved, answer
        saved.append(f"Full {len(saved)}")
        assert len(saved) < MOST_TRIES


def told(answer: Answer, sentence: str) -> None:
    """The page says what is the matter and what became of what was typed."""
    words = " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())
    assert answer.status == 503, words
    assert sentence in words and "什么都没有保存" in words, words


def send_file(visitor: Visitor) -> int:
    """Send a file for an import."""
    rows = "name,phone\r\n" + "".join(f"Imported {n},1380013{n:04d}\r\n" for n in range(2_000))
    return upload(visitor, "/customers/import", "customers.csv", rows.encode())


def fill(folder: Path) -> Path:
    """Write a file until the disk is full; answers it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (64 * 1024, 4_096, 512, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue
    return ballast


def seen_long_ago(folder: Path) -> None:
    """Let the sessions be due for what every page writes once a minute: that the person was there."""
    with closing(sqlite3.connect(folder / "huifang.db")) as database:
        database.execute("UPDATE sign_ins SET last_seen_at = datetime(last_seen_at, '-5 minutes')")
        database.commit()


def names_in(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "huifang.db")) as database:
        return sorted(name for (name,) in database.execute("SELECT name FROM customers"))


def stored(folder: Path) -> list[Path]:
    """The files that people sent."""
    return list((folder / "uploads").glob("*"))
