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
