"""The keys that code and templates use, and how a catalogue may differ from them."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
SEARCHED = {"core", "blueprints", "templates"}


def collect(root: Path) -> list[Message]:
    """Every text marked for translation, each once, sorted. Raises on a template that cannot be parsed."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)

    def wanted(folder: str) -> bool:
        first = Path(folder).relative_to(root).parts[0]
        return first in SEARCHED and Path(folder).name != "__pycache__"

    catalogue = Catalog()
    for _file, _line, text, *_rest in extract_from_dir(
        root, methods, options, KEYWORDS, directory_filter=wanted
    ):
        catalogue.add(text)
    return sorted(message for message in catalogue if message.id)


def faults(keys: list[Message], catalogue: Catalog) -> Iterator[str]:
    """What is missing, untranslated, doubtful, no longer used, or has other placeholders than its key."""
    present = {message.id: message for message in catalogue if message.id}
    used = {key.id for key in keys}
    for key in keys:
        if key.id not in present:
            yield f"missing: {key.id!r}"
        else:
            yield from _faults_of(present[key.id])
    for unused in [*catalogue.obsolete.values(), *(m for text, m in present.items() if text not in used)]:
        yield f"no longer used: {unused.id!r}"


def _faults_of(message: Message) -> Iterator[str]:
    forms, keys = forms_of(message.string), forms_of(message.id)
    if not all(forms):
        yield f"untranslated: {message.id!r}"
        return
    if message.fuzzy:
        yield f"doubtful (fuzzy): {message.id!r}"
    for form, key in zip(forms, keys[-len(forms) :], strict=True):  # a single form stands for the plural
        if placeholders(form) != placeholders(key):
            yield f"other placeholders: {key!r} → {form!r}"


def forms_of(text: str | Sequence[str] | None) -> list[str]:
    """A text, or its singular and plural; never an empty list."""
    return [text or ""] if isinstance(text, str | None) else [*text] or [""]


def placeholders(text: str) -> list[str]:
    """What is put into a text, sorted: %(name)s, %s, {name}."""
    return sorted(PLACEHOLDER.findall(text))
