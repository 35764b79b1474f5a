"""Addresses of static files, and how they are served."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from core import assets
from core.assets import AssetMissing, asset, static_files

NAME = "app.0123456789ab.css"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one stylesheet, compressed too, and its manifest."""
    (tmp_path / NAME).write_text("a{}" * 100)
    (tmp_path / f"{NAME}.gz").write_bytes(b"squeezed")
    (tmp_path / "manifest.json").write_text(json.dumps({"app.css": NAME}))
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def application() -> Iterator[Flask]:
    application = Flask(__name__)
    with application.app_context():
        yield application


def renamed(vendor: Path) -> None:
    manifest = vendor / "manifest.json"
    manifest.write_text(json.dumps({"app.css": "app.ffffffffffff.css"}))
    os.utime(manifest, (1, 1))


def test_an_asset_has_the_address_of_its_hashed_file(vendor: Path) -> None:
    assert asset("app.css") == f"/static/{NAME}"


def test_the_manifest_is_read_once(vendor: Path) -> None:
    asset("app.css")
    renamed(vendor)
    assert asset("app.css") == f"/static/{NAME}"


def test_in_debug_mode_a_changed_manifest_is_read_again(vendor: Path, application: Flask) -> None:
    application.debug = True
    asset("app.css")
    renamed(vendor)
    assert asset("app.css") == "/static/app.ffffffffffff.css"


def test_without_a_manifest_the_error_says_what_to_do(vendor: Path) -> None:
    (vendor / "manifest.json").unlink()
    with pytest.raises(AssetMissing, match=r"run make assets\.$"):
        asset("app.css")


def test_an_unknown_file_is_named(vendor: Path) -> None:
    with pytest.raises(AssetMissing, match=r"no other\.css"):
        asset("other.css")


def client(vendor: Path, watch: bool = False) -> Client:
    return Client(static_files(lambda environ, start: Flask("other").wsgi_app(environ, start), vendor, watch))


def test_a_hashed_file_may_be_kept_for_ever(vendor: Path) -> None:
    answer = client(vendor).get(f"/static/{NAME}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_other_files_are_asked_for_again(vendor: Path) -> None:
    assert client(vendor).get("/static/manifest.json").headers["Cache-Control"] == "max-age=60, public"


def test_the_compressed_file_is_sent_to_whoever_takes_it(vendor: Path) -> None:
    answer = client(vendor).get(f"/static/{NAME}", headers={"Accept-Encoding": "gzip, br"})
    assert (answer.headers["Content-Encoding"], answer.data) == ("gzip", b"squeezed")
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/static/", "/static/none.css", "/static/../manifest.json", "/elsewhere"])
def test_everything_else_goes_to_the_application(vendor: Path, path: str) -> None:
    assert client(vendor).get(path).status_code == 404


def test_files_made_later_are_found_only_when_watching(vendor: Path) -> None:
    plain, watching = client(vendor), client(vendor, watch=True)
    (vendor / "late.css").write_text("b{}")
    assert plain.get("/static/late.css").status_code == 404
    assert watching.get("/static/late.css").status_code == 200
