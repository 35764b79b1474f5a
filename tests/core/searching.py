"""Customers as search sees them, what finds them, and an index in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.terms import All, AnyOf, Expression, Prefix, Token, matches, parse, terms_of


@dataclass(frozen=True)
class Record:
    """A customer as search sees it."""

    names: Sequence[str] = ()
    person_names: Sequence[str] = ()
    numbers: Sequence[str] = ()
    phones: Sequence[str] = ()
    mails: Sequence[str] = ()

    def terms(self) -> str:
        return terms_of(self.names, self.person_names, self.numbers, self.phones, self.mails)

    def meant_by(self, typed: str, clear: bool) -> bool:
        phones, mails = (self.phones, self.mails) if clear else ((), ())
        return matches(typed, self.names, self.person_names, self.numbers, phones, mails)


HUAXING = Record(
    names=["深圳市华興科技（上海）有限公司", "华兴科技"],
    person_names=["王敏", "单 雄信"],
    numbers=["KH000123"],
    phones=["138 0013 6688", "+8613800136688", "0755-8888 6666 转 801"],
    mails=["wang.min@huaxing.com.cn", "66123@qq.com"],
)
TRUJILLO = Record(
    names=["Ana Trujillo Emparedados y helados, México D.F.", "O’Brien Café"],
    person_names=["Ana Trujillo", "Maria Anders"],
    numbers=["ANATR", "KH000012"],
    phones=["(5) 555-4729", "+49 30 0074321"],
    mails=["Maria.Anders@alfki.de"],
)
WORLD = Record(
    names=[
        "Ελλάδα Α.Ε.",
        "こんにちは株式会社",
        "서울전자",
        "ООО Ромашка",
        "ไทยการค้า",
        "شركة النور",
        "𠮷野家",
        "58同城",
    ]
)
RECORDS = {"huaxing": HUAXING, "trujillo": TRUJILLO, "world": WORLD}


def holds(expression: Expression, tokens: set[str]) -> bool:
    """What an index answers, in four lines."""
    match expression:
        case Token(text):
            return text in tokens
        case Prefix(text):
            return any(token.startswith(text) for token in tokens)
        case All(parts):
            return all(holds(part, tokens) for part in parts)
        case AnyOf(parts):
            return any(holds(part, tokens) for part in parts)


def found(typed: str, record: Record, clear: bool) -> bool:
    """Whether one of the passes names the record and the check agrees."""
    tokens = set(record.terms().split())
    passes = [step.full if clear else step.open for step in parse(typed).passes]
    named = any(holds(step, tokens) for step in passes if step)
    return named and record.meant_by(typed, clear)


OPEN = [(typed, name) for name, all_typed in {
    "huaxing": [
        "王", "王敏", "wm", "w", "wangmin", "wang min", "min wang", "wangm", "WangMin", "sxx", "shanx",
        "danxiong", "华兴", "華興", "华兴科技", "兴科技（上海）", "上海有限公司", "hx", "hxkj", "huaxing",
        "huaxingkeji", "szshxkj", "华兴科技 wang", "KH000123", "kh0001", "000123", "123", "0123",
        "单雄信", "单 雄信", "ＷＭ", "华兴wm",
    ],
    "trujillo": [
        "maria anders", "anders maria", "Anders, Maria", "Trujillo", "rujil", "mexico", "México", "MÉX",
        "café", "cafe", "o'brien", "obrien", "O’Brien", "emparedados helados", "anatr", "12", "d.f.",
        "ana tru emp",
    ],
    "world": [
        "Ελλάδα", "ελλαδα", "λλά", "α", "こんにちは", "にち", "서울", "서울전자", "울전", "ромашка",
        "Ромашка", "ООО", "машк", "ไทย", "النور", "𠮷", "𠮷野家", "58", "58同城", "58 同城", "58tc",
        "株式会社",
    ],
}.items() for typed in all_typed]  # fmt: skip

SENSITIVE = [(typed, name) for name, all_typed in {
    "huaxing": [
        "6688", "13800136688", "138 0013 6688", "138 6688", "+86 138 0013 6688", "0086 13800136688",
        "0013", "1 3 8 0 0 1", "0755-88886666", "0755-8888 6666 转 801", "75588886666", "华兴科技 6688",
        "王敏 138", "801", "wang.min@huaxing.com.cn", "huaxing.com", "@huaxing", "min@hua", "66123",
        "66123@qq.com", "王敏 qq.com",
    ],
    "trujillo": [
        "(5) 555-4729", "5554729", "4729", "+49 30 0074321", "alfki", "ANDERS@ALFKI.DE",
    ],
}.items() for typed in all_typed]  # fmt: skip

NOTHING = [
    "", " ", "%", "_", "*", "@", "★", "''", "王敏李", "敏王", "华技", "兴华", "zz", "anderson", "xico q",
    "wang zz", "华兴 zz", "13800136689", "13866880013", "KH000124", "ΕλλΑΔΑΣ", "서울시", '" OR "',
    "a" * 10_240, "王" * 10_240, "华兴科技 6688 zz", "__p138", "__mwan", "_138x", "maria@alfki",
]  # fmt: skip
