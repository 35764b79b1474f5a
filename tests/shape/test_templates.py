"""Templates: every one compiles, nothing runs inline, every word is translated, every macro is documented."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from jinja2 import Environment, nodes

from app import AREAS
from core.languages import LANGUAGES
from tests.shape.sources import ROOT, area_sources, sources, templates
from tests.shape.test_imports import told

FOLDER = ROOT / "templates"
JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
SPOKEN = re.compile(r"\b(?:title|alt|placeholder|aria-label|label|data-foot)=\"([^\"]*)\"")
# Unsafe piece of a template → what to write in its place.
FORBIDDEN: dict[str, str] = {
    r"\|\s*safe\b": "Text from people is text: build HTML in a macro.",
    r"\bMarkup\b": "Text from people is text: build HTML in a macro.",
    r"autoescape": "Text from people is text: build HTML in a macro.",
    r"<[^>{]*\sstyle\s*=": "The policy forbids inline style: use a class, or an attribute of SVG.",
    r"<style\b": "The policy forbids inline style: put it into static/css.",
    r"<script\b(?![^>]*\bsrc=)": "The policy forbids inline script: put it into static/js.",
    r"<[^>{]*\son[a-z]+\s*=": "The policy forbids inline handlers: use a data attribute and static/js.",
    r"\bhx-on\b|\bhx-on:": "The policy forbids inline handlers: use a data attribute and static/js.",
    r"\bjs:": "The policy forbids code in attributes.",
    r"javascript:": "The policy forbids code in addresses.",
    r"(?:src|href|action)=\"(?:https?:)?//": "No page asks another host.",
}


def name_of(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def each(fault: Callable[[str], str | None], paths: list[Path] | None = None) -> list[str]:
    found = ((name_of(path), fault(path.read_text(encoding="utf-8"))) for path in paths or templates())
    return [f"{name}: {text}" for name, text in found if text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_compiles(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        for path in templates():
            app.jinja_env.get_template(name_of(path))


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_nothing_runs_inline(pattern: str) -> None:
    def found(text: str) -> str | None:
        hit = re.search(pattern, re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL))
        return hit[0] if hit else None

    told(each(found), FORBIDDEN[pattern])


def test_no_python_marks_text_as_safe() -> None:
    faults = [
        s.name
        for s in [*sources("core"), *area_sources()]
        # Translations are ours; core/languages.py escapes whatever fills their places.
        if s.name != "core/languages.py" and re.search(r"\bMarkup\(", s.path.read_text())
    ]
    told(faults, "Text from people is text: HTML is made in templates.")


def hard_coded(text: str) -> str | None:
    """The first words that a template says itself, outside of translated texts; None if there are none."""
    bare = JINJA.sub("", re.sub(r"\{% block symbol %\}.*?\{% endblock %\}", "", text))
    spoken = [words for words in SPOKEN.findall(bare) if WORD.search(words)]
    shown = re.sub(r"<(script|svg)\b.*?</\1>|<kbd\b.*?</kbd>|<[^<>]*>|&#?\w+;", " ", bare, flags=re.DOTALL)
    first = WORD.search(shown)
    return spoken[0] if spoken else shown[first.start() :].split("\n")[0].strip() if first else None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>{{ _('Customers') }}</p>", None),
        ("<p>Customers</p>", "Customers"),
        ("<p>客户</p>", "客户"),
        ('<input placeholder="Name">', "Name"),
        ('<a title="{{ _("Name") }}" class="btn">{{ x }} &nbsp;</a>', None),
        ("{% if a > 1 %}<b>{{ a }}</b>{% endif %}{# a note #}", None),
    ],
)
def test_words_in_a_template_are_found(text: str, words: str | None) -> None:
    assert hard_coded(text) == words


def test_every_word_is_translated() -> None:
    invented = FOLDER / "help"  # the live macros, with a customer that nobody has
    told(
        each(hard_coded, [path for path in templates() if invented not in path.parents]),
        'Write {{ _("…") }}.',
    )


def trees() -> dict[str, nodes.Template]:
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    return {name_of(path): environment.parse(path.read_text(encoding="utf-8")) for path in templates()}


def uses(tree: nodes.Template) -> list[str]:
    """The templates that a template extends, includes or imports by name."""
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    named = (node.template for node in tree.find_all(kinds))
    return [str(node.value) for node in named if isinstance(node, nodes.Const)]


def test_a_template_uses_only_its_own_area_those_to_the_left_and_ui() -> None:
    order = {area: place for place, area in enumerate(AREAS)}
    faults = []
    for name, tree in trees().items():
        here = order.get(name.split("/")[0], -1)
        faults += [f"{name} uses {used}" for used in uses(tree) if order.get(used.split("/")[0], -1) > here]
    told(
        faults, f"The order is ui < {' < '.join(AREAS)}. What lies to the right is shown by its own address."
    )


def test_pages_extend_the_layout_and_fragments_do_not() -> None:
    faults = []
    for name, tree in trees().items():
        if name == "layout.html" or name.startswith("ui/"):
            continue
        extends = any(tree.find_all(nodes.Extends))
        if extends == name.split("/")[-1].startswith("_") and name != "errors/_page.html":
            faults.append(name)
    told(faults, "Begin the name of a fragment with _; let a page extend layout.html.")


def test_every_template_is_used() -> None:
    code = "\n".join(s.path.read_text(encoding="utf-8") for s in [*sources("core"), *sources("blueprints")])
    told(
        [name for name, text in _unnamed(code).items() if text],
        "Nothing names this template: delete it, or use it.",
    )


def _unnamed(code: str) -> dict[str, bool]:
    named = {used for tree in trees().values() for used in uses(tree)}
    return {
        name: name not in named and f'"{name}"' not in code and not name.startswith("errors/")
        for name in trees()
    }


def test_every_macro_is_documented() -> None:
    book = (ROOT / "docs" / "ui.md").read_text(encoding="utf-8")
    faults = []
    for name, tree in trees().items():
        if not name.startswith("ui/") or Path(name).name.startswith("_"):
            continue
        faults += [name] * (f"## {name}" not in book)
        public = (macro.name for macro in tree.find_all(nodes.Macro) if not macro.name.startswith("_"))
        faults += [f"{name}: {macro}" for macro in public if f"`{macro}(" not in book]
    told(faults, "Show it in docs/ui.md, and live on the page /help/ui.")
