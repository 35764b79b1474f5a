"""Building static/vendor."""

import gzip
import json
import os
import re
from pathlib import Path

import brotli
import pytest

from tools.assets import ICONS, PACKAGES, AssetError, Build

ROOT = Path(__file__).resolve().parents[2]
PHONE = """<svg
  xmlns="http://www.w3.org/2000/svg"
  stroke="currentColor"
>
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M5 4h4" />
</svg>"""


def a_file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small checkout with its packages installed."""
    for path in PACKAGES.values():
        a_file(tmp_path / "node_modules" / path, "x{}\n/*# sourceMappingURL=x.css.map */")
    a_file(tmp_path / "node_modules" / ICONS / "phone.svg", PHONE)
    a_file(tmp_path / "static" / "icons.txt", "phone\n")
    return tmp_path


def built(root: Path) -> dict[str, str]:
    Build(root).run()
    manifest: dict[str, str] = json.loads((root / "static/vendor/manifest.json").read_text())
    return manifest


def content(root: Path, name: str) -> str:
    return (root / "static" / "vendor" / built(root)[name]).read_text()


def test_a_file_gets_the_hash_of_its_content_into_its_name(root: Path) -> None:
    css = a_file(root / "static/css/app.css", "a{}")
    first = built(root)["app.css"]
    css.write_text("b{}")
    assert re.fullmatch(r"app\.[0-9a-f]{12}\.css", first)
    assert built(root)["app.css"] != first


def test_texts_are_compressed_beforehand_and_pictures_are_not(root: Path) -> None:
    a_file(root / "static/css/app.css", "a{}" * 100)
    a_file(root / "static/img/dot.png", "png")
    manifest, vendor = built(root), root / "static" / "vendor"
    assert gzip.decompress((vendor / f"{manifest['app.css']}.gz").read_bytes()) == b"a{}" * 100
    assert brotli.decompress((vendor / f"{manifest['app.css']}.br").read_bytes()) == b"a{}" * 100
    assert not (vendor / f"{manifest['dot.png']}.gz").exists()


def test_a_second_run_writes_nothing(root: Path) -> None:
    built(root)
    again = Build(root)
    again.run()
    assert again.written == 0


def test_own_files_refer_to_each_other_by_hashed_names(root: Path) -> None:
    a_file(root / "static/css/app.css", 'a{background:url("../img/mark.svg")} b{background:url(data:x)}')
    a_file(root / "static/img/mark.svg", "<svg/>")
    a_file(root / "static/js/app.js", 'import { a } from "./part.js";\nfetch("./part.js")')
    a_file(root / "static/js/part.js", "export const a = 1;")
    manifest = built(root)
    assert (
        content(root, "app.css")
        == f'a{{background:url("./{manifest["mark.svg"]}")}} b{{background:url(data:x)}}'
    )
    assert content(root, "app.js") == f'import {{ a }} from "./{manifest["part.js"]}";\nfetch("./part.js")'


def test_a_changed_part_renames_what_refers_to_it(root: Path) -> None:
    a_file(root / "static/js/app.js", 'import "./part.js"')
    part = a_file(root / "static/js/part.js", "1")
    before = built(root)["app.js"]
    part.write_text("2")
    assert built(root)["app.js"] != before


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"css/app.css": "a{background:url(../img/none.svg)}"}, "none.svg, which is not there"),
        ({"js/a.js": 'import "./b.js"', "js/b.js": 'import "./a.js"'}, "circle"),
        ({"js/a.js": "", "js/part/a.js": ""}, "name of another file"),
        ({"icons.txt": "phone nonsense"}, "names nonsense"),
    ],
)
def test_what_cannot_be_built_is_named(root: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        a_file(root / "static" / name, text)
    with pytest.raises(AssetError, match=message):
        built(root)


def test_the_sprite_has_a_symbol_for_each_icon_in_the_colour_of_the_text(root: Path) -> None:
    assert content(root, "icons.svg") == (
        '<svg xmlns="http://www.w3.org/2000/svg"><symbol id="icon-phone" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">'
        '<path d="M5 4h4" /></symbol></svg>'
    )


def test_addresses_of_source_maps_are_left_out(root: Path) -> None:
    assert "sourceMappingURL" not in content(root, "tabler.min.css")


def test_a_file_no_longer_named_is_removed_after_a_day(root: Path) -> None:
    built(root)
    old = a_file(root / "static/vendor/app.000000000000.css", "")
    young = a_file(root / "static/vendor/app.111111111111.css.gz", "")
    os.utime(old, (1, 1))
    built(root)
    assert (old.exists(), young.exists()) == (False, True)


def test_no_stylesheet_asks_for_anything_from_elsewhere() -> None:
    """The policy allows own files and, for pictures only, data: addresses."""
    sheets = list((ROOT / "static" / "vendor").glob("*.css"))
    assert sheets, "run make assets"
    for sheet in sheets:
        text = sheet.read_text()
        assert not re.findall(
            r"""@import|@font-face|url\((?!\s*["']?(?:\./|data:image/|#)).{0,40}""", text
        ), sheet
        assert "sourceMappingURL" not in text
