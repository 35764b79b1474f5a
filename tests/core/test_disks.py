"""A disk that nothing can be written to is told to monitors; what was kept is on it."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from core import disks, uploads

ROOMY = {"f_flag": 0, "f_bavail": 10_000_000, "f_frsize": 4_096, "f_files": 1_000_000, "f_favail": 900_000}
STATES = {
    "room": ({}, None),
    "no counts of files, as some file systems": ({"f_files": 0, "f_favail": 0}, None),
    "full": ({"f_bavail": 0}, "full"),
    "nearly full": ({"f_bavail": 255}, "full"),
    "as little as is enough": ({"f_bavail": 256}, None),
    "no file more": ({"f_favail": 0}, "full"),
    "read-only": ({"f_flag": os.ST_RDONLY}, "cannot be written"),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("state", STATES)
def test_monitors_are_told_of_the_disk(app: Flask, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    found, told = STATES[state]
    monkeypatch.setattr(os, "statvfs", lambda _place: SimpleNamespace(**(ROOMY | found)))
    answer = app.test_client().get("/health")
    assert answer.status_code == (503 if told else 200)
    assert (told or "ok") in answer.text
    assert str(app.extensions["huifang"].data) not in answer.text


def test_a_disk_that_is_gone_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        disks.refusal_of(Path("/nowhere/at/all"))
        == "The server's disk does not answer: No such file or directory."
    )
    monkeypatch.setattr(os, "access", lambda _place, _mode: False)
    assert "cannot be written" in app.test_client().get("/health").text


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_the_name_of_what_was_kept_is_on_the_disk_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch, lasting: bool, first: bool
) -> None:
    """After a power cut a file is only there if its folder was synced after it, and the folders above with it."""
    sync, synced = os.fsync, list[str]()

    def seen(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        sync(descriptor)

    with app.app_context():
        if not first:
            uploads.keep(b"before", lasting=lasting)
        monkeypatch.setattr(os, "fsync", seen)
        path = uploads.path_of(uploads.keep(b"x", lasting=lasting))
        assert synced[-2:] == [str(path), str(path.parent)]
        assert not first or str(path.parent.parent) in synced
        uploads.rewrite(path.name, b"y")
        assert synced[-1] == str(path.parent) and path.read_bytes() == b"y"
