"""Full-text search over names in any script: the terms of a record, and what a typed text asks of them. Pure.

Names are found by any part: by one and two Chinese characters, likewise in other scripts, Latin words by
their beginning and by any three letters, Chinese by pinyin and initials from any character on. What only
some may see carries a prefix that no search of names can ask for:

    王 王敏       Chinese characters          wangmin min wm   pinyin, initials
    maria 2026    Latin words, numbers        _mar _ari        three letters or digits anywhere
    __u3b1        other scripts, in hex       __p800 __mqq_    digits of phones, mail (sensitive)
    __bwangmin    a whole name: how it begins to sound
"""

from __future__ import annotations

from core.terms.expressions import All, AnyOf, Expression, Prefix, Token, every, fts5, some, tsquery
from core.terms.tokens import terms_by_number, terms_of
from core.terms.typed import Parsed, Pass, matches, parse

__all__ = [
    "All", "AnyOf", "Expression", "Parsed", "Pass", "Prefix", "Token",
    "every", "fts5", "matches", "parse", "some", "terms_by_number", "terms_of", "tsquery",
]  # fmt: skip
