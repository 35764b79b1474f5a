"""Minimal pages: what the floors answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment

from bench.floors.database import Row

_environment = Environment(autoescape=True)
_LIST = _environment.from_string(
    """<!doctype html><html lang="zh-Hans-CN"><title>{{ title }}</title>
<h1>{{ title }}</h1><p>{{ note }}</p><table>
{% for row in rows %}<tr><td><a href="/customers/{{ row.id }}">{{ row.short_name or row.name }}</a></td>
{%- for name in columns %}<td>{{ row[name] or "" }}</td>{% endfor %}</tr>
{% endfor %}</table>{% if after %}<a href="?after={{ after }}">→</a>{% endif %}</html>"""
)
_FILE = _environment.from_string(
    """<!doctype html><html lang="zh-Hans-CN"><title>{{ customer.name }}</title>
<h1>{{ customer.name }}</h1><dl>
{% for name, value in customer.items() if value is not none %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{%- endfor %}
</dl>{% for title, rows in parts %}<h2>{{ title }}</h2><ul>
{% for row in rows %}<li>{% for value in row.values() if value is not none %}{{ value }} {% endfor %}</li>
{% endfor %}</ul>{% endfor %}</html>"""
)


def listed(
    title: str, rows: Sequence[Row], columns: Sequence[str], *, note: str = "", after: str = ""
) -> str:
    """A table of customers, each with a link to its file."""
    return _LIST.render(title=title, rows=rows, columns=columns, note=note, after=after)


def filed(customer: Row, parts: Sequence[tuple[str, Sequence[Any]]]) -> str:
    """A customer with what belongs to it."""
    return _FILE.render(customer=customer, parts=parts)
