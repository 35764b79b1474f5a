"""Collecting, filling, checking and compiling the texts of the interface."""

import json
import shutil
from collections.abc import Callable
from gettext import GNUTranslations
from pathlib import Path

import pytest

from tools.catalogue import check, compile_catalogues, fill, po_path, update

ROOT = Path(__file__).resolve().parents[2]
CODE = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
saved = _("Saved")
label = _l("Name")
found = ngettext("One customer", "%(num)s customers", 3)
"""
PAGE = '{{ _("Hello %(name)s", name=name) }} {{ _("Saved") }}'
CHINESE = {
    "Saved": "已保存",
    "Name": "名称",
    "One customer": "%(num)s 个客户",
    "Hello %(name)s": "%(name)s，你好",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small checkout whose texts are not collected yet."""
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    for path, text in {
        "core/a.py": CODE,
        "templates/ui/_a.html": PAGE,
        "tests/b.py": '_("not for people")',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def filled(root: Path) -> Path:
    fill(root, [a_json(root, CHINESE)])
    return root


def a_json(folder: Path, texts: dict[str, str]) -> Path:
    path = folder / "zh.json"
    path.write_text(json.dumps(texts), encoding="utf-8")
    return path


def translations(root: Path, locale: str) -> GNUTranslations:
    compile_catalogues(root)
    with po_path(root, locale).with_suffix(".mo").open("rb") as file:
        return GNUTranslations(file)


def test_texts_of_code_and_templates_are_collected_once(root: Path) -> None:
    assert update(root) == {"Hello %(name)s", "Name", "One customer", "Saved"}


def test_english_translates_itself_in_both_numbers(root: Path) -> None:
    update(root)
    english = translations(root, "en")
    assert english.gettext("Saved") == "Saved"
    assert english.ngettext("One customer", "%(num)s customers", 1) == "One customer"
    assert english.ngettext("One customer", "%(num)s customers", 2) == "%(num)s customers"


def test_chinese_has_one_form_for_every_number(filled: Path) -> None:
    chinese = translations(filled, "zh_Hans_CN")
    assert chinese.gettext("Saved") == "已保存"
    assert {chinese.ngettext("One customer", "%(num)s customers", n) for n in (1, 2)} == {"%(num)s 个客户"}


def test_fill_keeps_what_is_translated_and_reports_what_is_left(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(root, [a_json(root, {"Saved": "已保存", "Nowhere": "无"})])
    assert capsys.readouterr().out.splitlines() == [
        "1 given, but no text of the interface:",
        "  'Nowhere'",
        "3 still without Chinese:",
        "  'Hello %(name)s'",
        "  'Name'",
        "  'One customer'",
    ]
    fill(root, [a_json(root, {**CHINESE, "Saved": "另一个"})])
    assert translations(root, "zh_Hans_CN").gettext("Saved") == "已保存"
    assert "0 still without Chinese" in capsys.readouterr().out


def test_the_same_texts_give_the_same_file_sorted_and_without_places(filled: Path) -> None:
    path = po_path(filled, "zh_Hans_CN")
    before, written = path.read_bytes(), path.stat().st_mtime_ns
    update(filled)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, written)
    assert b"core/a.py" not in before
    assert before.index(b"Hello") < before.index(b"One customer") < before.index(b"Saved")


def test_a_complete_catalogue_has_no_faults(filled: Path) -> None:
    assert check(filled) == []


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (replaced('msgid "Saved"\nmsgstr "已保存"\n', ""), "zh_Hans_CN: missing: 'Saved'"),
        (replaced("已保存", ""), "zh_Hans_CN: untranslated: 'Saved'"),
        (replaced("%(num)s 个客户", ""), "zh_Hans_CN: untranslated: ('One customer', '%(num)s customers')"),
        (replaced('msgid "Saved"', '#, fuzzy\nmsgid "Saved"'), "zh_Hans_CN: doubtful (fuzzy): 'Saved'"),
        (
            replaced('msgid "Saved"', 'msgid "Gone"\nmsgstr "无"\n\nmsgid "Saved"'),
            "zh_Hans_CN: no longer used: 'Gone'",
        ),
        (lambda text: f'{text}\n#~ msgid "Old"\n#~ msgstr "旧"\n', "zh_Hans_CN: no longer used: 'Old'"),
        (
            replaced("%(name)s，", "%(nmae)s，"),
            "zh_Hans_CN: other placeholders: 'Hello %(name)s' → '%(nmae)s，你好'",
        ),
        (replaced("%(num)s 个", "一个"), "zh_Hans_CN: other placeholders: '%(num)s customers' → '一个客户'"),
    ],
)
def test_each_fault_is_named(filled: Path, change: Callable[[str], str], fault: str) -> None:
    path = po_path(filled, "zh_Hans_CN")
    path.write_text(change(path.read_text()))
    assert check(filled) == [fault]


def test_a_text_that_nobody_uses_any_more_is_dropped(filled: Path) -> None:
    (filled / "core" / "a.py").write_text("")
    update(filled)
    assert "Name" not in po_path(filled, "zh_Hans_CN").read_text()
    assert check(filled) == []


def test_compiling_again_writes_only_what_changed(filled: Path) -> None:
    assert compile_catalogues(filled) == ["zh_Hans_CN", "en"]
    assert compile_catalogues(filled) == []


def test_a_template_that_cannot_be_parsed_stops_the_collection(root: Path) -> None:
    (root / "templates" / "ui" / "_a.html").write_text("{% if %}")
    with pytest.raises(Exception, match="Expected an expression"):
        update(root)
