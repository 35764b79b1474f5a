"""What must hold of every page and every fragment, whatever it shows."""

from __future__ import annotations

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
REFERENCES = frozenset(
    {"for", "list", "form", "aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage"}
)
SPOKEN = ("title", "placeholder", "aria-label", "alt")
FIELDS = frozenset({"input", "select", "textarea"})
UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|/\\)", re.IGNORECASE)
CODE = re.compile(r"\s*(?:javascript|js):", re.IGNORECASE)
VALUE = re.compile(r'="(?:[^"&]|&(?:amp|lt|gt|quot|#\d+);)*"')
TEXT = re.compile(r">(?=[^<]*\S)(?:[^<&]|&(?:amp|lt|gt|quot|nbsp|#\d+);)*<")
LEFTOVER = re.compile(r"%\(\w+\)|\{\{|\{%|\bNone\b|\bundefined\b|<built-in|lazy_gettext|\bUndefined\b")

_flawless: set[int] = set()


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


def parsed(text: str) -> tuple[BeautifulSoup, list[str]]:
    """The tree of an answer and what is wrong with it; a whole page has to be more than a fragment."""
    soup = BeautifulSoup(text, "lxml")
    tags = soup.find_all(True)
    faults = [*faults_of_any(soup, tags)]
    if text.lstrip()[:9].lower() == "<!doctype":
        faults += [*_mended(text), *faults_of_page(soup, tags)]
    return soup, faults


def _mended(text: str) -> list[str]:
    """What a browser has to mend of a page, looked for once for each arrangement of elements: it takes long."""
    arrangement = hash(TEXT.sub(">x<", VALUE.sub('=""', text)))
    if arrangement not in _flawless:
        builder = _StrictBuilder()
        BeautifulSoup(text, builder=builder)
        if errors := builder.errors():
            return errors
        _flawless.add(arrangement)
    return []


def faults_of_page(soup: BeautifulSoup, tags: list[Tag]) -> Iterator[str]:
    """What is wrong with a whole page."""
    if soup.html is None or soup.html.get("lang") not in LANGUAGES:
        yield "<html> says no language of ours"
    heads = [folded(tag) for tag in tags if tag.name == "h1"]
    title = folded(soup.title) if soup.title else ""
    if len(heads) != 1 or not heads[0]:
        yield f"{len(heads)} × h1 {heads}"
    elif not title.startswith(heads[0]):
        yield f"the title {title!r} does not begin with the heading {heads[0]!r}"
    ids = {str(tag["id"]) for tag in tags if tag.has_attr("id")}
    for tag in tags:
        for name in REFERENCES & tag.attrs.keys():
            if missing := set(str(tag[name]).split()) - ids:
                yield f"{name} names no element: {sorted(missing)} in {shown(tag)}"
        if tag.name == "a" and str(tag.get("href", "")).startswith("#") and str(tag["href"])[1:] not in ids:
            yield f"leads nowhere: {shown(tag)}"


def faults_of_any(soup: BeautifulSoup, tags: list[Tag]) -> Iterator[str]:
    """What is wrong with a page or a fragment."""
    twice = [id for id, n in Counter(str(tag["id"]) for tag in tags if tag.has_attr("id")).items() if n > 1]
    if twice:
        yield f"ids that occur twice: {twice}"
    labels = {str(tag["for"]) for tag in tags if tag.name == "label" and tag.has_attr("for") and folded(tag)}
    for tag in tags:
        yield from _inline(tag)
        yield from _elsewhere(tag)
        yield from _unnamed(tag, labels)
        if tag.name == "form" and str(tag.get("method", "get")).lower() == "post":
            tokens = [field for field in tag.find_all("input") if field.get("name") == "csrf_token"]
            if len(tokens) != 1 or not tokens[0].get("value"):
                yield f"{len(tokens)} × csrf_token in {shown(tag)}"
    if hit := LEFTOVER.search(" ".join([*soup.stripped_strings, *_spoken(tags)])):
        yield f"left over in the text: {hit[0]}"


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


def _spoken(tags: list[Tag]) -> Iterator[str]:
    for tag in tags:
        yield from (str(tag[name]) for name in SPOKEN if tag.has_attr(name))
        if tag.name == "input" and tag.has_attr("value"):
            yield str(tag["value"])


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


def folded(tag: Tag) -> str:
    """The text of an element, white space folded."""
    return " ".join(tag.get_text().split())


def shown(tag: Tag) -> str:
    """The opening tag of an element, for a message."""
    attributes = "".join(f' {name}="{value}"' for name, value in list(tag.attrs.items())[:6])
    return f"<{tag.name}{attributes[:160]}>"
