"""Chinese is read as people read it."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import letters
from core.pinyin import VARIANTS, initials, syllables, units, variants
from core.pinyin_tables import SOUNDS, WORDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("王敏", "wang min"),
        ("华兴科技", "hua xing ke ji"),
        ("華興科技", "hua xing ke ji"),
        ("重庆长安汽车", "chong qing chang an qi che"),
        ("中国银行长沙分行", "zhong guo yin hang chang sha fen hang"),
        ("成都大都会", "cheng du da du hui"),
        ("厦门音乐厅", "xia men yin yue ting"),
        ("乾坤", "qian kun"),
        ("六安", "lu an"),
        ("吕氏女装", "lv shi nv zhuang"),
        ("TCL科技(上海)", "tcl ke ji shang hai"),
        ("Ana Trujillo", "ana trujillo"),
        ("58同城", "58 tong cheng"),
        ("", ""),
        ("★", ""),
    ],
)
def test_syllables(text: str, read: str) -> None:
    assert syllables(text) == read.split()


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("仇和", "qiu he"),
        ("解缙", "xie jin"),
        ("区小明", "ou xiao ming"),
        ("查良镛", "zha liang yong"),
        ("尉迟恭", "yu chi gong"),
        ("盖叫天", "ge jiao tian"),
        ("任正非", "ren zheng fei"),
        ("华罗庚", "hua luo geng"),
        ("朴树", "piao shu"),
        ("翟天临", "zhai tian lin"),
        ("缪斯", "miao si"),
        ("宓妃", "mi fei"),
        ("覃海洋", "qin hai yang"),
        ("万俟卨", "mo qi xie"),
        ("长孙无忌", "zhang sun wu ji"),
        ("單 雄信", "shan xiong xin"),
        ("欧阳修", "ou yang xiu"),
    ],
)
def test_surnames(name: str, read: str) -> None:
    assert syllables(name, person=True) == read.split()


def test_initials_keep_words_and_numbers_whole() -> None:
    assert initials("深圳市华兴科技") == "szshxkj"
    assert initials("TCL科技") == "tclkj"
    assert initials("单雄信", person=True) == "sxx"


@pytest.mark.parametrize(
    ("name", "also"),
    [("单雄信", "dan"), ("吕布", "lu"), ("覃海洋", "tan"), ("宓妃", "fu"), ("翟天临", "di"), ("乐嘉", "le")],
)
def test_other_readings_are_told(name: str, also: str) -> None:
    read = variants(units(letters(name), person=True))
    assert also in [variant[0].sound for variant in read]


@given(st.text("单曾行长乐重吕女abc 科", max_size=30), st.booleans())
def test_variants_are_few_and_of_one_length(text: str, person: bool) -> None:
    read = variants(units(letters(text), person))
    assert 1 <= len(read) <= VARIANTS
    assert len({len(variant) for variant in read}) == 1


@given(st.text(), st.booleans())
def test_any_text_can_be_read(text: str, person: bool) -> None:
    assert len(syllables(text, person)) == len(units(letters(text), person))
    assert all(syllables(text, person))


def test_the_tables_say_what_pypinyin_says() -> None:
    from pypinyin import Style, pinyin
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    def alone(code: int) -> list[str]:
        return pinyin(chr(code), style=Style.NORMAL, heteronym=True)[0]

    assert {code: list(sounds) for code, sounds in SOUNDS.items()} == {
        code: alone(code) for code in PINYIN_DICT
    }
    ambiguous = {chr(code) for code, sounds in SOUNDS.items() if len(sounds) > 1}
    words = (word for word in PHRASES_DICT if len(word) == 2 and ambiguous.intersection(word))
    assert {word: tuple(to_normal(sounds[0]) for sounds in PHRASES_DICT[word]) for word in words} == WORDS


def test_the_library_itself_stays_on_the_disk() -> None:
    code = "import sys, core.names; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_words_that_are_read_are_not_kept() -> None:
    """Of words there is no end: an import brings a million, and each that is searched for is one."""
    tracemalloc.start()
    before, _peak = tracemalloc.get_traced_memory()
    for number in range(5_000):
        syllables(f"word{number}x 华兴")
    after, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 50_000
