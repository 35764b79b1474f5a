"""The texts of the interface in both languages: `python -m tools.catalogue VERB`.

The English text is the key. `update` collects the keys from code and templates into translations/, with
English as its own translation; `fill FILE…` adds Chinese from JSON files {"English": "中文"}; `check` says
what is not as it should be; `compile` writes what the application reads. Each waits for the others, so that
several may run at once.
"""

import argparse
import json
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.locked import locked
from tools.messages import collect, faults, forms_of

ROOT = Path(__file__).resolve().parent.parent
CHINESE, ENGLISH = "zh_Hans_CN", "en"
LOCALES = (CHINESE, ENGLISH)
CHANGING_HEADERS = (b'"POT-Creation-Date:', b'"PO-Revision-Date:', b'"Generated-By:')


def po_path(root: Path, locale: str) -> Path:
    """Where the translations of one language are kept."""
    return root / "translations" / locale / "LC_MESSAGES" / "messages.po"


def update(root: Path, chinese: dict[str, str] | None = None) -> set[str]:
    """Bring both catalogues to the texts that are used now, filling empty Chinese from `chinese`.

    What is translated stays; what nothing uses any more is dropped. Returns the texts in use.
    """
    keys = collect(root)
    for locale in LOCALES:
        old, new = read(root, locale), Catalog(locale=locale, project="Huifang", fuzzy=False)
        for key in keys:
            string = key.id if locale == ENGLISH else _chinese(key, old.get(key.id), chinese or {})
            new.add(key.id, string)
        write(root, locale, new)
    return {_plain(key) for key in keys}


def _chinese(key: Message, kept: Message | None, chinese: dict[str, str]) -> str | tuple[str, ...]:
    """The translation there is, else the one given, else nothing; Chinese has one form for any number."""
    string = forms_of(kept.string)[0] if kept is not None and not kept.fuzzy else ""
    string = string or chinese.get(_plain(key), "")
    return (string,) if key.pluralizable else string


def _plain(key: Message) -> str:
    """What stands for the message in a JSON file: its text, in the singular."""
    return forms_of(key.id)[0]


def read(root: Path, locale: str) -> Catalog:
    """The catalogue of one language; empty if it was never written."""
    path = po_path(root, locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def write(root: Path, locale: str, catalogue: Catalog) -> None:
    """Write a catalogue so that the same texts give the same bytes: sorted, no places, no dates."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = buffer.getvalue().splitlines(keepends=True)
    content = b"".join(line for line in lines if not line.startswith(CHANGING_HEADERS))
    path = po_path(root, locale)
    if not path.exists() or path.read_bytes() != content:
        _replace(path, content)


def fill(root: Path, files: list[Path]) -> None:
    """Update, with Chinese from JSON files; say which of their keys nothing uses, and what is missing."""
    chinese: dict[str, str] = {}
    for file in files:
        chinese.update(json.loads(file.read_text(encoding="utf-8")))
    used = update(root, chinese)
    if files:
        _report("given, but no text of the interface", sorted(set(chinese) - used))
    missing = [
        _plain(message) for message in read(root, CHINESE) if message.id and not all(forms_of(message.string))
    ]
    _report("still without Chinese", missing)


def _report(what: str, texts: list[str]) -> None:
    print(f"{len(texts)} {what}" + ":" * bool(texts), *(f"  {text!r}" for text in texts), sep="\n")


def check(root: Path) -> list[str]:
    """What is wrong with the catalogues, a line each; empty if nothing."""
    keys = collect(root)
    return [f"{locale}: {fault}" for locale in LOCALES for fault in faults(keys, read(root, locale))]


def compile_catalogues(root: Path) -> list[str]:
    """Write messages.mo where it is missing or older than messages.po. Returns the languages written."""
    written = []
    for locale in LOCALES:
        source = po_path(root, locale)
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime <= source.stat().st_mtime):
            buffer = BytesIO()
            write_mo(buffer, read(root, locale))
            _replace(target, buffer.getvalue())
            written.append(locale)
    return written


def _replace(path: Path, content: bytes) -> None:
    """Write all or nothing: the application never reads half a catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.catalogue", description=__doc__)
    parser.add_argument("verb", choices=["update", "fill", "check", "compile"])
    parser.add_argument("files", nargs="*", type=Path, help="for fill: JSON files")
    given = parser.parse_args(arguments)
    with locked(ROOT / ".make" / "catalogue.lock"):
        if given.verb == "update":
            fill(ROOT, [])
        elif given.verb == "fill":
            fill(ROOT, given.files)
        elif given.verb == "compile":
            if written := compile_catalogues(ROOT):
                print("Compiling the translations:", ", ".join(written))
        elif found := check(ROOT):
            print(
                *found,
                f"{len(found)} faults in the translations; `make messages` collects new texts",
                sep="\n",
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
