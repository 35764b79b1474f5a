"""A disk that is full or broken: a clear page and nothing half saved, reading goes on, and no restart is needed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from bench.visitor import Answer, Visitor
from tests.faults.servers import (
    Server,
    again,
    environment_of,
    facts,
    flask,
    free_port,
    serving,
    until,
    upload,
)
from tests.faults.tracing import traced

pytestmark = pytest.mark.extra

SMALL, IMAGE = "12m", 64 * 2**20
LOOP = ("-t", "ext4", "-o", "loop,errors=remount-ro")
MOST_TRIES = 60
BROKEN_DISKS = {
    "read-only": ("pwrite64:error=EROFS", "磁盘无法写入"),
    "no sync": ("fdatasync,fsync:error=EIO", "磁盘无法写入"),
}


@pytest.fixture
def small_disk(tmp_path: Path, sqlite_template: Path) -> Iterator[Path]:
    """A file system of its own, which is full soon, with an installation on it."""
    folder = mounted(tmp_path, "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "tmpfs")
    try:
        shutil.copy(sqlite_template, folder / "huifang.db")
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def failing_disk(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[Path, Path]]:
    """A file system of its own that becomes read-only at the first fault, with an installation on it, and its image."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(IMAGE)
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("mkfs.ext4 is not installed. Get it with: sudo apt-get install -y e2fsprogs")
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    folder = mounted(tmp_path, *LOOP, str(image))
    try:
        folder.chmod(0o700)
        shutil.copy(sqlite_template, folder / "huifang.db")
        subprocess.run(["sync", "--file-system", str(folder)], check=True)
        yield folder, image
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mounted(tmp_path: Path, *what: str) -> Path:
    """Mount something in a folder of its own; skips the test where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or os.geteuid():
        pytest.skip("only root can mount a disk. Run: sudo -E make test-extra ARGS=tests/faults")
    tried = subprocess.run(["mount", *what, str(folder)], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"nothing can be mounted here ({tried.stderr.strip()}). Run it with --cap-add=SYS_ADMIN.")
    return folder


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


def test_on_a_disk_that_became_read_only_people_read_on_and_nothing_is_lost(
    failing_disk: tuple[Path, Path],
) -> None:
    """As Linux does it when a disk fails: only after it was repaired can it be written to again."""
    folder, image = failing_disk
    url = f"sqlite:///{folder / 'huifang.db'}"
    with serving(folder, url) as server:
        visitor = server.visitor("manager")
        assert create(visitor, "Before").status == 303
        seen_long_ago(folder)
        worker = until(server.job_worker, "the job worker is there")
        make_read_only(folder)
        os.kill(worker, signal.SIGKILL)
        for number in range(3):
            told(create(visitor, f"Meanwhile {number}"), "磁盘无法写入")
            assert send_file(visitor) == 503
            for path in ("/customers", "/customers/1", "/", "/search?q=Before"):
                assert again(visitor).get(path).status == 200, path
        assert names_in(folder) == ["Before"]
        until(lambda: "tried again" in server.said(), "another job worker was begun, and could not")
        assert "Traceback" not in server.said()
    until(lambda: subprocess.run(["umount", str(folder)], check=False).returncode == 0, "nobody uses it")
    subprocess.run(["e2fsck", "-fy", str(image)], capture_output=True, check=False)
    subprocess.run(["mount", *LOOP, str(image), str(folder)], check=True)
    with serving(folder, url) as server:
        assert create(server.visitor("manager"), "After").status == 303
        assert names_in(folder) == ["After", "Before"]
        assert "integrity of the database file: ok" in server.flask("doctor").stdout


def make_read_only(disk: Path) -> None:
    """Let the file system meet with a fault."""
    place = subprocess.run(
        ["findmnt", "-no", "SOURCE", str(disk)], capture_output=True, text=True, check=True
    )
    trigger = Path("/sys/fs/ext4") / Path(place.stdout.strip()).name / "trigger_fs_error"
    try:
        trigger.write_text("1")
    except OSError as refused:
        pytest.skip(f"no fault can be made here ({refused}). Run it on a kernel of its own.")
    with pytest.raises(OSError, match="Read-only file system"):
        (disk / "probe").write_text("x")


def test_on_a_read_only_disk_it_does_not_start_and_says_so_in_one_line(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    environment = environment_of(small_disk, f"sqlite:///{small_disk / 'huifang.db'}")
    for command in ("serve", "worker"):
        refused = flask({**environment, "HUIFANG_PORT": str(free_port())}, command)
        assert (refused.returncode, refused.stderr) == (
            1,
            f"Error: HUIFANG_DATA cannot be {small_disk}: you may not write in it. Name another folder.\n",
        )


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
