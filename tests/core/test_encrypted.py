"""Encrypted columns: what the database holds, what the trail holds, and a key that does not fit."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import encrypted
from core.config import BadConfiguration, Config
from core.encrypted import KEY_BYTES, Cipher, WrongKey
from tests.postgres import own_database
from tests.shape.sources import ROOT

NUMBER, OTHER, THIRD = "6222 0212 3456 7890", "11010119900307123X", "卡号 77"
CIPHER = Cipher(bytes(range(KEY_BYTES)))
PLACE = "people.id_number"


@pytest.mark.parametrize("text", ["", "x", "11010119900307123X", "张伟 🐼", "a\0b", "y" * 100_000])
def test_what_was_encrypted_can_be_read_again(text: str) -> None:
    sealed = CIPHER.sealed(PLACE, text)
    assert CIPHER.opened(PLACE, sealed) == text
    assert sealed.isascii() and (len(text) < 2 or text not in sealed)


def test_the_same_is_always_the_same_but_only_in_its_column() -> None:
    assert CIPHER.sealed(PLACE, "7") == CIPHER.sealed(PLACE, "7") != CIPHER.sealed(PLACE, "8")
    assert CIPHER.sealed(PLACE, "7") != CIPHER.sealed("people.bank_number", "7")
    assert CIPHER.hashed(PLACE, "7") == CIPHER.hashed(PLACE, "7") != CIPHER.hashed("other", "7")


OTHERS: dict[str, tuple[Cipher, str, Any]] = {
    "another column": (CIPHER, "people.bank_number", lambda sealed: sealed),
    "another key": (Cipher(bytes(KEY_BYTES)), PLACE, lambda sealed: sealed),
    "another letter": (CIPHER, PLACE, lambda sealed: ("B" if sealed[0] == "A" else "A") + sealed[1:]),
    "cut off": (CIPHER, PLACE, lambda sealed: sealed[:-4]),
    "no code at all": (CIPHER, PLACE, lambda _sealed: "张"),
    "empty": (CIPHER, PLACE, lambda _sealed: ""),
}


@pytest.mark.parametrize("case", OTHERS)
def test_nothing_else_is_read(case: str) -> None:
    cipher, place, changed = OTHERS[case]
    with pytest.raises(WrongKey):
        cipher.opened(place, changed(CIPHER.sealed(PLACE, "11010119900307123X")))


def test_the_key_is_made_once_and_for_its_owner_alone(app: Flask) -> None:
    config: Config = app.extensions["huifang"]
    file = encrypted.key_file(config)
    made = file.read_text()
    encrypted.register(app, config)
    assert file.read_text() == made and len(base64.urlsafe_b64decode(made)) == KEY_BYTES
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in file.parent.glob("column-key*")) == ["column-key"]


def test_of_several_that_make_it_at_once_all_use_one(tmp_path: Path) -> None:
    ready, keys = threading.Barrier(8), []

    def make() -> None:
        ready.wait()
        keys.append(encrypted._key(tmp_path / "column-key"))

    threads = [threading.Thread(target=make) for _process in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1


@pytest.mark.parametrize("text", ["", "short", "A" * 200, "张", "*" * 88])
def test_a_damaged_key_stops_what_needs_it_and_nothing_else(
    app: Flask, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config: Config = app.extensions["huifang"]
    monkeypatch.setitem(app.extensions, "huifang.cipher", None)
    encrypted.key_file(config).write_text(text)
    encrypted.register(app, config)
    with app.app_context():
        with pytest.raises(BadConfiguration, match=r"column-key.*Put back the file.*backup"):
            encrypted.cipher()
        assert "column-key" in str(encrypted.trouble(config))


def test_an_open_key_is_found_by_the_doctor(app: Flask) -> None:
    encrypted.key_file(app.extensions["huifang"]).chmod(0o644)
    assert "BAD  column key: readable by others" in app.test_cli_runner().invoke(args=["doctor"]).output


@pytest.fixture
def told(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """What happened to the cards of `encrypted_cards`."""
    if database == "sqlite":
        return _told(tmp_path, f"sqlite:///{tmp_path / 'cards.db'}")
    name = f"huifang_cards_{os.getpid()}"
    with own_database(request.getfixturevalue("postgresql_server"), name) as url:
        return _told(tmp_path, url)


def _told(tmp_path: Path, url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.core.encrypted_cards", str(tmp_path), url]
    ended = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads((tmp_path / "told.json").read_text())
    return found


@pytest.mark.both_databases
def test_a_column_is_encrypted_wherever_it_is_written(told: dict[str, Any]) -> None:
    assert told["looked up"] == "first"
    assert told["read"] == [OTHER, OTHER]
    assert told["clear"] == []
    assert told["differences"] == [{"number": [NUMBER, OTHER]}, {"second": [NUMBER, OTHER]}]
    assert told["copy"] == THIRD
    assert told["fits"] is None
    assert told["moved"] == "refused"
    assert "does not open test_cards.number, test_cards.second. Put back the file" in told["another key"]
