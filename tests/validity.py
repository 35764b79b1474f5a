"""What must hold of every page and every fragment, whatever it shows."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.builder._html5lib import HTML5TreeBuilder, TreeBuilderForHtml5lib
from werkzeug.test import TestResponse

from core.headers import FILE_HEADERS, FILE_POLICY, NO_STORE, SECURITY_HEADERS

LANGUAGES = frozenset({"zh-Hans-CN", "en"})
ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "hx-get", "hx-post", "hx-push-url"})
FIELDS = frozenset({"input", "select", "textarea"})
UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|/\\)", re.IGNORECASE)
CODE = re.compile(r"\s*(?:javascript|js):", re.IGNORECASE)
ID = re.compile(r'<[^<>]*?\sid="([^"]*)"')
REFERENCE = re.compile(r'\s(for|list|form|aria-(?:describedby|labelledby|controls|errormessage))="([^"]*)"')
ANCHOR = re.compile(r'<a\b[^>]*?\shref="#([^"]*)"')
HEAD, TITLE = (re.compile(rf"<{name}\b[^>]*>(.*?)</{name}>", re.DOTALL) for name in ("h1", "title"))
TAG, NUMBER, TOKEN = re.compile(r"<[^>]*>"), re.compile(r"\d+"), re.compile(r'="[\w.-]{20,}"')
TEXT = re.compile(r">(?=[^<]*[^<\s])(?:[^<&]|&(?:amp|lt|gt|quot|nbsp|#\d+);)*<")
LEFTOVER = re.compile(r"%\(\w+\)|\{\{|\{%|\bNone\b|\bundefined\b|<built-in|lazy_gettext|\bUndefined\b")

VALUE = re.compile(r'(\s(?!type=)[\w:-]+)="(?:[^"&]|&(?:amp|lt|gt|quot|nbsp|#\d+);)*"')
REPEATED = re.compile(r"(<(tr|li|option|dt|dd)\b(?:(?!<\2\b).)*?</\2>)(?:\s*\1)+", re.DOTALL)
EMPTY = "<!doctype html><title>x</title>"

_flawless: set[int] = set()
_well_formed: set[int] = set()


class _Watched(TreeBuilderForHtml5lib):
    """Keeps hold of the parser, whose errors Beautiful Soup would throw away."""

    kept: Any = None

    @property
    def parser(self) -> Any:
        return self.kept

    @parser.setter
    def parser(self, parser: Any) -> None:
        self.kept = parser or self.kept


class _StrictBuilder(HTML5TreeBuilder):
    """Parses as a browser does, and tells what it had to mend."""

    def create_treebuilder(self, namespaceHTMLElements: bool) -> _Watched:  # noqa: N803
        builder = _Watched(namespaceHTMLElements, self.soup, store_line_numbers=False)
        self.underlying_builder = builder
        return builder

    def errors(self) -> list[str]:
        parser: Any = self.underlying_builder.parser
        return [
            f"line {place[0]}: {code} {' '.join(map(str, details.values()))}"
            for place, code, details in parser.errors
        ]


def tree(text: str) -> BeautifulSoup:
    """The elements of an answer."""
    return BeautifulSoup(text, "lxml")


def faults_of(text: str) -> tuple[list[str], BeautifulSoup | None]:
    """What is wrong with an answer, and its tree if it was made; a whole page has to be more than a fragment.

    What hangs on elements alone is looked for once for each arrangement of them, whatever texts and numbers they show.
    """
    whole = text.lstrip()[:9].lower() == "<!doctype"
    faults = [*_of_any_text(text), *(_of_page_text(text) if whole else ())]
    arrangement = hash(TEXT.sub(">x<", TOKEN.sub('="x"', NUMBER.sub("0", text))))
    if arrangement in _flawless:
        return faults, None
    soup = tree(text)
    found = [*_mended(text), *_of_page(soup)] if whole else []
    found += _of_elements(soup.find_all(True))
    if not found:
        _flawless.add(arrangement)
    return faults + found, soup


def _of_any_text(text: str) -> Iterator[str]:
    twice = [id for id, n in Counter(ID.findall(text)).items() if n > 1]
    if twice:
        yield f"ids that occur twice: {twice}"
    if hit := LEFTOVER.search(text):
        yield f"left over: {text[max(0, hit.start() - 60) : hit.end() + 20]}"


def _of_page_text(text: str) -> Iterator[str]:
    heads, titles = ([words_in(inner) for inner in found.findall(text)] for found in (HEAD, TITLE))
    if len(heads) != 1 or not heads[0]:
        yield f"{len(heads)} × h1 {heads}"
    elif not titles or not titles[0].startswith(heads[0]):
        yield f"the title {titles} does not begin with the heading {heads[0]!r}"
    ids = set(ID.findall(text))
    for name, value in REFERENCE.findall(text):
        if missing := set(value.split()) - ids:
            yield f"{name} names no element: {sorted(missing)}"
    if nowhere := set(ANCHOR.findall(text)) - ids:
        yield f"leads nowhere: {sorted(nowhere)}"


def _mended(text: str) -> list[str]:
    """What a browser has to mend. The house around <main> and what stands in it are parsed apart."""
    around, inner, after = _parted(text)
    return _errors(around + after) + (_errors(EMPTY + inner) if inner else [])


def _parted(text: str) -> tuple[str, str, str]:
    begins, ends = text.find("<main"), text.find("</main>") + len("</main>")
    if begins < 0 or ends <= begins or text.count("<main") != 1:
        return text, "", ""
    return text[:begins], text[begins:ends], text[ends:]


def _errors(text: str) -> list[str]:
    """That hangs on elements and the names of their attributes: such are parsed once, and rows that are alike count as
    one, since parsing so exactly takes a third of the time of a test of pages.
    """
    skeleton = hash(REPEATED.sub(r"\1", VALUE.sub(r'\1=""', TEXT.sub(">x<", text))))
    if skeleton in _well_formed:
        return []
    builder = _StrictBuilder()
    BeautifulSoup(text, builder=builder)
    errors = builder.errors()
    if not errors:
        _well_formed.add(skeleton)
    return errors


def _of_page(soup: BeautifulSoup) -> Iterator[str]:
    if soup.html is None or soup.html.get("lang") not in LANGUAGES:
        yield "<html> says no language of ours"


def _of_elements(tags: list[Tag]) -> Iterator[str]:
    labels = {str(tag["for"]) for tag in tags if tag.name == "label" and tag.has_attr("for") and folded(tag)}
    for tag in tags:
        yield from _inline(tag)
        yield from _elsewhere(tag)
        yield from _unnamed(tag, labels)
        if tag.name == "form" and str(tag.get("method", "get")).lower() == "post":
            tokens = [field for field in tag.find_all("input") if field.get("name") == "csrf_token"]
            if len(tokens) != 1 or not tokens[0].get("value"):
                yield f"{len(tokens)} × csrf_token in {shown(tag)}"


def _inline(tag: Tag) -> Iterator[str]:
    if tag.name == "style" or tag.has_attr("style") or (tag.name == "script" and not tag.has_attr("src")):
        yield f"inline: {shown(tag)}"
    for name, value in tag.attrs.items():
        followed = name in ADDRESSES or name.startswith("hx-")
        if name.startswith(("on", "hx-on")) or (followed and CODE.match(str(value))):
            yield f"inline: {name} in {shown(tag)}"


def _elsewhere(tag: Tag) -> Iterator[str]:
    for name in ADDRESSES & tag.attrs.keys():
        address = str(tag[name]).strip()
        if ELSEWHERE.match(address) and not _may_leave(tag, address):
            yield f"leads to another host: {name} in {shown(tag)}"


def _may_leave(tag: Tag, address: str) -> bool:
    """Pictures and files in the page itself; what a person clicks to call, write, or look at a customer's own site."""
    if tag.name != "a":
        return tag.name == "img" and address.startswith("data:image/")
    if address.startswith(("mailto:", "tel:")):
        return True
    if tag.has_attr("download"):
        return address.startswith("data:text/plain;base64,")
    return address.startswith(("http://", "https://")) and "noreferrer" in str(tag.get("rel"))


def _unnamed(tag: Tag, labels: set[str]) -> Iterator[str]:
    if tag.has_attr("aria-label") or tag.has_attr("aria-labelledby"):
        return
    if tag.name in FIELDS and tag.get("type") not in UNLABELLED:
        around = tag.find_parent("label")
        if str(tag.get("id", "")) not in labels and not (around and folded(around)):
            yield f"without a label: {shown(tag)}"
    elif tag.name in {"button", "summary"} or (tag.name == "a" and tag.has_attr("href")):
        named = (inner.get("alt") or inner.get("aria-label") for inner in tag.find_all(["img", "svg"]))
        if not folded(tag) and not any(named):
            yield f"without a name: {shown(tag)}"
    elif tag.name == "img" and not tag.has_attr("alt"):
        yield f"without alt: {shown(tag)}"


def faults_of_headers(response: TestResponse) -> Iterator[str]:
    """What differs from the one table of headers."""
    handed_out = "Content-Disposition" in response.headers and FILE_POLICY in list(response.headers)
    for name, value in FILE_HEADERS if handed_out else SECURITY_HEADERS:
        if response.headers.getlist(name) != [value]:
            yield f"{name}: {response.headers.getlist(name)}"
    caching = response.headers.getlist(NO_STORE[0])
    if len(caching) != 1 or ((handed_out or response.mimetype == "text/html") and caching != [NO_STORE[1]]):
        yield f"{NO_STORE[0]}: {caching}"
    for cookie in response.headers.getlist("Set-Cookie"):
        if "HttpOnly" not in cookie or "SameSite=Lax" not in cookie:
            yield f"cookie {cookie.split('=')[0]} without HttpOnly or SameSite"


def words_in(markup: str) -> str:
    """What a person reads of some markup, white space folded."""
    return " ".join(html.unescape(TAG.sub("", markup)).split())


def folded(tag: Tag) -> str:
    """The text of an element, white space folded."""
    return " ".join(tag.get_text().split())


def shown(tag: Tag) -> str:
    """The opening tag of an element, for a message."""
    attributes = "".join(f' {name}="{value}"' for name, value in list(tag.attrs.items())[:6])
    return f"<{tag.name}{attributes[:160]}>"
