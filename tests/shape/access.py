"""The table endpoint × role, made from the marks of the views and the built-in roles.

`python -m tests.shape.access` writes `access_table.py` anew. Look at its diff before you commit it: each
line says who may not even ask.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app import create_app
from blueprints.access.defaults import GRANTS
from core import config
from core.rights import Access, access_of

TARGET = Path(__file__).with_name("access_table.py")
WRITE = "python -m tests.shape.access"
HEAD = '''"""Endpoint → (address, what it needs, the built-in roles that are refused at the door).

Written by `python -m tests.shape.access`, looked at by whoever commits it, and held by test_access.py.
"""

TABLE: dict[str, tuple[str, str, str]] = {
'''
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Row = tuple[str, str, str]


def table(app: Flask) -> dict[str, Row]:
    """The table as the application is now."""
    rows = {}
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        assert access is not None, rule.endpoint
        method = "POST" if (rule.methods or set()) - SAFE else "GET"
        rows[rule.endpoint] = (f"{method} {rule.rule}", needs(access), " ".join(refused(access)))
    return dict(sorted(rows.items()))


def needs(access: Access) -> str:
    """What a view asks for, in words."""
    if access.public:
        return f"public: {access.public}"
    if access.signed_in:
        return f"signed in: {access.signed_in}"
    return " or ".join(str(right) for right in access.rights) + (", or to ask for it" if access.asked else "")


def refused(access: Access) -> Iterator[str]:
    """The built-in roles that hold none of a view's rights."""
    if not access.rights:
        return
    for role, grants in GRANTS.items():
        if not any(right in grants and (access.asked or not grants[right].ask) for right in access.rights):
            yield role


def written(rows: dict[str, Row]) -> str:
    """The table as the file holds it."""
    entries = (f"    {quoted(name)}: (\n{''.join(map(line, row))}    ),\n" for name, row in rows.items())
    return f"{HEAD}{''.join(entries)}}}\n"


def line(cell: str) -> str:
    return f"        {quoted(cell)},\n"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load({"HUIFANG_DATA": folder})
        TARGET.write_text(written(table(create_app(settings))), encoding="utf-8")
    print(f"written: {TARGET.name}; look at the diff")


if __name__ == "__main__":
    main()
