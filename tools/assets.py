"""Make static/vendor, all that the browser loads: `python -m tools.assets`.

Each file gets a name with the hash of its content, so that it may be kept for ever, and is compressed
beforehand. `manifest.json` maps the plain names to these. Own files may refer to each other by relative
address in `url(…)` and `import … from`; the address is replaced by the hashed name.
"""

import gzip
import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import brotli

from tools.locked import locked

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
ICONS = "@tabler/icons/icons/outline"
OWN_FOLDERS = ("css", "js", "img")
TEXT = {".css", ".js", ".svg"}
KEEP_SECONDS = 24 * 3600

SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|^//# sourceMappingURL=.*$", re.MULTILINE)
REFERENCES = {
    ".css": re.compile(r"""(url\(\s*["']?)(\.{1,2}/[^"')\s]+)"""),
    ".js": re.compile(r"""((?:\bfrom|\bimport)\s*\(?\s*["'])(\.{1,2}/[^"']+)"""),
}
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BOUNDING_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
SYMBOL = (
    '<symbol id="icon-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
)


class AssetError(Exception):
    """A file that the pages need cannot be made; the message says which and why."""


class Build:
    """One run over `root`: reads static/ and node_modules/, writes static/vendor/."""

    def __init__(self, root: Path) -> None:
        self.static = root / "static"
        self.packages = root / "node_modules"
        self.folder = self.static / "vendor"
        self.sources = dict(self._sources())
        self.manifest: dict[str, str] = {}
        self.written = 0

    def run(self) -> None:
        """Publish every source, then the manifest; remove what is a day old and no longer named by it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(self.sources):
            self.publish(name)
        manifest = json.dumps(self.manifest, indent=1, sort_keys=True).encode()
        path = self.folder / "manifest.json"
        if not path.exists() or path.read_bytes() != manifest:
            _write(path, manifest)
        self._remove_old()

    def publish(self, name: str, via: tuple[str, ...] = ()) -> str:
        """Write one source under its hashed name, with .gz and .br beside, and return that name."""
        if name in via:
            raise AssetError(f"static: {' → '.join((*via, name))} refer to each other in a circle")
        if name not in self.manifest:
            content = self._content(name, (*via, name))
            stem, _, suffix = name.rpartition(".")
            self.manifest[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
            self._store(self.folder / self.manifest[name], content)
        return self.manifest[name]

    def _sources(self) -> Iterator[tuple[str, Path]]:
        for name, place in PACKAGES.items():
            yield name, self.packages / place
        yield "icons.svg", self.static / "icons.txt"
        seen: dict[str, Path] = {}
        for folder in OWN_FOLDERS:
            for path in sorted((self.static / folder).rglob("*.*")):
                if path.name in seen or path.name in PACKAGES or path.name == "icons.svg":
                    raise AssetError(
                        f"{path} has the name of another file; names are used without their folder"
                    )
                seen[path.name] = path
                yield path.name, path

    def _content(self, name: str, via: tuple[str, ...]) -> bytes:
        path = self.sources[name]
        if name == "icons.svg":
            return sprite(path.read_text().split(), self.packages / ICONS)
        if path.suffix not in REFERENCES:
            return path.read_bytes()
        text = SOURCE_MAP.sub("", path.read_text())
        return (text if name in PACKAGES else self._with_hashed_references(text, path, via)).encode()

    def _with_hashed_references(self, text: str, path: Path, via: tuple[str, ...]) -> str:
        def hashed(match: re.Match[str]) -> str:
            target = Path(match[2]).name
            if target not in self.sources:
                raise AssetError(f"{path} refers to {match[2]}, which is not there")
            return f"{match[1]}./{self.publish(target, via)}"

        return REFERENCES[path.suffix].sub(hashed, text)

    def _store(self, path: Path, content: bytes) -> None:
        if path.exists():
            return
        if path.suffix in TEXT:
            _write(path.with_name(f"{path.name}.gz"), gzip.compress(content, 9, mtime=0))
            _write(path.with_name(f"{path.name}.br"), brotli.compress(content))
        _write(path, content)
        self.written += 1

    def _remove_old(self) -> None:
        """A server that still runs with the manifest before goes on finding its files for a day."""
        kept = {"manifest.json", *self.manifest.values()}
        for path in self.folder.iterdir():
            plain = path.name.removesuffix(".gz").removesuffix(".br")
            if plain not in kept and path.stat().st_mtime < time.time() - KEEP_SECONDS:
                path.unlink()


def sprite(names: list[str], folder: Path) -> bytes:
    """One SVG with a symbol `icon-<name>` for each name; the line takes the colour of the text around it."""
    symbols = [_symbol(name, folder / f"{name}.svg") for name in sorted(set(names))]
    return ('<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>").encode()


def _symbol(name: str, path: Path) -> str:
    drawing = DRAWING.search(path.read_text()) if path.exists() else None
    if drawing is None:
        raise AssetError(f"static/icons.txt names {name}, and there is no such icon in {path.parent}")
    return SYMBOL.format(name=name, drawing=re.sub(r"\s*\n\s*", "", BOUNDING_BOX.sub("", drawing[1])))


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a reader never finds half a file."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def main() -> None:
    """Build, one at a time; say so only when something was new."""
    with locked(ROOT / ".make" / "assets.lock"):
        try:
            build = Build(ROOT)
            build.run()
        except (AssetError, FileNotFoundError) as problem:
            raise SystemExit(f"The assets cannot be built: {problem}") from None
    if build.written:
        print(f"Building the assets in static/vendor: {build.written} new of {len(build.manifest)}")


if __name__ == "__main__":
    main()
