"""Every text is in both languages, in the words of translations/GLOSSARY.md."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from tests.shape.sources import ROOT, Source, area_sources, sources
from tests.shape.test_imports import told
from tools import catalogue
from tools.messages import forms_of

GLOSSARY = ROOT / "translations" / "GLOSSARY.md"
# Chinese text → the word of "Not" that it may hold, because it means something else there.
EXCEPTIONS: dict[str, str] = {}
FOR_CUSTOMERS: frozenset[str] = frozenset()
SPEAKING = frozenset(
    {"gettext", "lazy_gettext", "lazy_ngettext", "lazy_pgettext", "ngettext", "npgettext", "pgettext"}
)
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”）][,;:?!]|[,;:?!(][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(\s|$)")


@cache
def rows() -> list[list[str]]:
    """English, words to use, words not to use, note: of each line of the table that is a term."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells[2:] if not row[0].startswith("**")]


@cache
def wanted() -> dict[str, set[str]]:
    """English term, without capitals → the Chinese it may have."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for english, use, *_rest in rows():
        found[english.casefold()] |= {word.strip() for word in use.split(" / ")}
    return dict(found)


@cache
def unwanted() -> dict[str, str]:
    """Chinese word that is not used → the English term for which it is not."""
    return {word: english for english, _use, words, _note in rows() for word in words.split("、") if word}


def texts() -> list[tuple[str, str]]:
    """English and Chinese of every text of the interface."""
    chinese = catalogue.read(ROOT, catalogue.CHINESE)
    return [(forms_of(m.id)[0], form) for m in chinese if m.id for form in forms_of(m.string)]


def against_glossary(english: str, chinese: str) -> str | None:
    """What is wrong with a text by the words of the glossary, None if nothing."""
    allowed = wanted().get(english.casefold())
    if allowed and chinese not in allowed:
        return f"{english!r} is {' or '.join(sorted(allowed))}, not {chinese}"
    for word, term in unwanted().items():
        if word in chinese and EXCEPTIONS.get(chinese) != word and not _used_for_it(word, chinese):
            return f"{english!r}: {word} is not the word for {term!r}: {chinese}"
    return None


def _used_for_it(word: str, chinese: str) -> bool:
    """Whether the word only stands there as a part of another word that the glossary uses."""
    longer = [use for uses in wanted().values() for use in uses if word in use]
    for use in longer:
        chinese = chinese.replace(use, "")
    return word not in chinese


def against_style(english: str, chinese: str) -> str | None:
    """What is wrong with how a text is written."""
    plain = re.sub(r"%\(\w+\)[sd]|\{[^}]*\}", "1", chinese)
    if "您" in chinese and english not in FOR_CUSTOMERS:
        return f"{english!r}: 你 between colleagues: {chinese}"
    if hit := HALF_WIDTH.search(plain):
        return f"{english!r}: full-width punctuation at {hit[0]}: {chinese}"
    if re.search(r"[\u4e00-\u9fff\dA-D] [级天]", plain):
        return f"{english!r}: no space before 级 or 天: {chinese}"
    return None


def test_both_catalogues_hold_every_text() -> None:
    told(catalogue.check(ROOT), "Run `make messages`, then translate what is empty in translations/.")


def test_texts_use_the_words_of_the_glossary() -> None:
    told(
        [fault for text in texts() if (fault := against_glossary(*text))],
        f"{GLOSSARY.name} is binding; a justified exception stands in EXCEPTIONS.",
    )


def test_texts_are_written_in_one_style() -> None:
    told(
        [fault for text in texts() if (fault := against_style(*text))],
        "See the style at the top of the glossary.",
    )


def test_the_glossary_does_not_contradict_itself() -> None:
    used = {word for words in wanted().values() for word in words}
    told(sorted(used & unwanted().keys()), "A word is used or it is not.")
    assert len(wanted()) > 150


def test_faults_are_found() -> None:
    assert against_glossary("Tier", "客户等级")
    assert against_glossary("tier", "客户级别") is None
    assert against_glossary("All customers of a tier", "某等级的全部客户")
    assert against_style("Save it", "请您保存")
    assert against_style("Saved. Next", "已保存,下一位")
    assert against_style("%(n)s days", "%(n)s 天")
    assert against_style("%(n)s days", "%(n)s天") is None


def test_no_text_hides_in_a_formatted_string() -> None:
    """There the collector of texts does not see it."""
    faults = [
        source.name
        for source in [*sources("core"), *area_sources()]
        if re.search(r"""\bf["'].*\{_\(""", source.path.read_text())
    ]
    assert not faults, faults


def test_texts_come_from_core_words_alone() -> None:
    """Flask-Babel's own functions look for the catalogue anew for every text."""
    everybody = [
        source for source in sources("blueprints", "core", "tools", "bench") if source.module != "core.words"
    ]
    told(
        [f"{source.name}: {name}" for source in everybody for name in speaking_of_flask_babel(source)],
        "Import _, _l and ngettext from core.words.",
    )


def speaking_of_flask_babel(source: Source) -> Iterator[str]:
    """The functions of Flask-Babel by which a file would speak to people, or all of it by its name."""
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.ImportFrom) and node.module == "flask_babel":
            yield from (alias.name for alias in node.names if alias.name in SPEAKING)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name == "flask_babel")
