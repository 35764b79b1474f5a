"""What no page may have is found on it, also where a page of the same arrangement was flawless before."""

from __future__ import annotations

import pytest

from tests import validity

PAGE = """<!doctype html>
<html lang="en"><head><title>华兴 · Huifang</title></head><body><h1>华兴</h1><p id="a">Text</p>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="IjY2NmE4YzE2.aRx-1Q.kD0">
<label for="b">Name</label>
<input id="b" name="b" aria-describedby="a"><button>Save</button></form><a href="/customers/1">File</a></body></html>"""


def faults(page: str) -> str:
    return "\n".join(validity.faults_of(page)[0])


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ('lang="en"', 'lang="fr"', "no language of ours"),
        ("<h1>华兴</h1>", "<h1> </h1>", "h1"),
        ("<h1>华兴</h1>", "<h1>华兴</h1><h1>华兴</h1>", "2 × h1"),
        ("<h1>华兴</h1>", "<h1>另一家</h1>", "does not begin with the heading"),
        ('id="b"', 'id="a"', "occur twice: ['a']"),
        ('aria-describedby="a"', 'aria-describedby="a c"', "names no element: ['c']"),
        ('href="/customers/1"', 'href="#c"', "leads nowhere: ['c']"),
        ('href="/customers/1"', 'href="https://example.com"', "another host"),
        ('href="/customers/1"', 'href="javascript:alert(1)"', "another host"),
        ("<p id", '<p onclick="x()" id', "inline: onclick"),
        ("<p id", '<p style="x" id', "inline"),
        ("<p id", "<script>x()</script><p id", "inline"),
        ('for="b"', 'for="a"', "without a label"),
        ("<button>Save</button>", "<button> </button>", "without a name"),
        ("<p id", '<img src="/x.png"><p id', "without alt"),
        ('value="IjY2NmE4YzE2.aRx-1Q.kD0"', 'value=""', "csrf_token"),
        ("Text", "None", "left over"),
        ("Text", "%(name)s", "left over"),
        ("</p>", "</b>", "end"),
        ('name="csrf_token"', 'name="token"', "0 × csrf_token"),
    ],
)  # fmt: skip
def test_every_fault_is_found(there: str, instead: str, said: str) -> None:
    assert not faults(PAGE)
    assert said in faults(PAGE.replace(there, instead))


def test_other_texts_and_numbers_are_looked_through_as_quickly_as_before() -> None:
    other = PAGE.replace("Text", "另一段话").replace("/customers/1", "/customers/20").replace("Ij", "Ik")
    assert validity.faults_of(PAGE)[0] == [] and validity.faults_of(other) == ([], None)


ROWS = PAGE.replace("<h1>", "<main><h1>").replace("</body>", "<ul>{rows}</ul></main></body>")
ROW = '<li><a href="/customers/{n}" title="a &amp; b">{n}</a></li>'


def rows(*numbers: int) -> str:
    return ROWS.format(rows="\n".join(ROW.format(n=n) for n in numbers))


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ("</a></li>", "</li>", "end-tag"),
        ('"a &amp; b"', '"a &copy b"', "named-entity-without-semicolon"),
        ('" title', '" href="/" title', "duplicate-attribute"),
        ("</main>", "</div></main>", "end-tag"),
        ("</body>", "</div></body>", "end-tag"),
        ('type="hidden"', 'type="hidden" required="', "attribute"),
    ],
)
def test_what_is_mended_is_found_though_rows_that_are_alike_are_parsed_once(
    there: str, instead: str, said: str
) -> None:
    assert not faults(rows(1)) and not faults(rows(1, 2, 3))
    last = rows(1, 2, 3)[::-1].replace(there[::-1], instead[::-1], 1)[::-1]
    assert last != rows(1, 2, 3)
    assert said in faults(last)
