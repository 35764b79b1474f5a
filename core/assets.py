"""Static files under names that carry the hash of their content: their addresses, and serving them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app
from markupsafe import Markup
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


class AssetMissing(Exception):
    """A static file that a page needs was not built; the message says how to build it."""


def asset(name: str) -> str:
    """The address of a static file, by its plain name: `asset("app.css")`.

    The manifest is read once per process, and in debug mode again whenever it has changed.
    Raises AssetMissing if the file, or all of static/vendor, was not built.
    """
    try:
        names = _manifest(VENDOR, (VENDOR / "manifest.json").stat().st_mtime_ns if current_app.debug else 0)
        return f"/static/{names[name]}"
    except FileNotFoundError:
        raise AssetMissing(f"{VENDOR} has no manifest.json: run make assets.") from None
    except KeyError:
        raise AssetMissing(f"{VENDOR} has no {name}: put it into static/ and run make assets.") from None


def icon(name: str, label: str | None = None, *, small: bool = False) -> Markup:
    """One icon of the sprite, as `ui/_icon.html` draws it: a page shows a hundred, of a few kinds."""
    drawn: dict[Any, Markup] = current_app.extensions.setdefault("huifang.icons", {})
    key = (asset("icons.svg"), name, label and str(label), small)
    if key not in drawn:
        macros: Any = current_app.jinja_env.get_template("ui/_icon.html").module
        drawn[key] = macros.icon(*key)
    return drawn[key]


@lru_cache(maxsize=2)
def _manifest(folder: Path, changed: int) -> dict[str, str]:
    """Plain name to hashed name; `changed` only tells one state of the file from the next."""
    names: dict[str, str] = json.loads((folder / "manifest.json").read_text())
    return names


def static_files(application: WSGIApplication, folder: Path = VENDOR, watch: bool = False) -> WhiteNoise:
    """Answer /static/… from the folder, compressed as the browser likes; hand the rest to the application.

    Files with a hash in their name may be kept for ever. With `watch`, files made later are found too.
    """
    return WhiteNoise(
        application,
        root=folder,
        prefix="static",
        autorefresh=watch,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: HASHED.search(url) is not None,
    )
