"""Every page in a real browser: accessible, within its width, silent, and light."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Response

from tests.browser.conftest import Live, Opener, Watch
from tests.browser.test_main_path import fits
from tests.needs import refuse
from tests.security.world import Sample, a_full_customer, pages

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Language, width, dark: each with each once. The pages take turns in these four; the long test opens each page in all.
LOOKS = [("zh_Hans_CN", 1280, False), ("zh_Hans_CN", 390, True), ("en", 390, False), ("en", 1280, True)]
Look = tuple[str, int, bool]
PAYLOAD = '"><img src=x onerror=alert(1)>'
FIRST_VIEW, LATER_VIEW = 150 * 1024, 20 * 1024


@pytest.fixture
def sample(app: Flask) -> Sample:
    """A customer with markup in every field: where it ran, the alarm would be seen."""
    with app.app_context():
        return a_full_customer(lambda column: PAYLOAD)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.exists():
        refuse("axe-core is not installed. Get it with: make dev")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds wrong with a page."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(result => result.violations)", RULES
    )
    return [
        f"{v['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for v in found
        for node in v["nodes"]
    ]


def looked_at(page: Page, path: str, axe: str) -> list[str] | None:
    """What is wrong with a page; None if it is not for this person."""
    response = page.goto(path)
    if response is None or response.status >= 400:
        return None
    if "html" not in response.headers.get("content-type", ""):
        return []
    faults = violations(page, axe)
    try:
        fits(page)
    except AssertionError as wide:
        faults.append(str(wide))
    return [f"{path}: {fault}" for fault in faults]


def shown(live: Live, sample: Sample) -> list[str]:
    """The addresses that a browser shows; a file that somebody attached is none of our pages."""
    return [path for rule, path in pages(live.app, sample) if "file_id" not in rule.arguments]


@pytest.mark.parametrize("turn", range(len(LOOKS)))
def test_every_page_in_one_look(
    open_page: Opener, live: Live, watch: Watch, sample: Sample, axe: str, turn: int
) -> None:
    paths = shown(live, sample)[turn :: len(LOOKS)]
    crawl(open_page, watch, paths, axe, LOOKS[turn], ("manager", "admin"))


@pytest.mark.extra
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_in_every_look(
    open_page: Opener, live: Live, watch: Watch, sample: Sample, axe: str, look: Look
) -> None:
    crawl(open_page, watch, shown(live, sample), axe, look, ("manager", "admin"))


@pytest.mark.extra
@pytest.mark.parametrize("name", ["sales2a", "service1", "auditor"])
def test_every_page_as_others_see_it(
    open_page: Opener, live: Live, watch: Watch, sample: Sample, axe: str, name: str
) -> None:
    crawl(open_page, watch, shown(live, sample), axe, LOOKS[1], (name,))


def crawl(
    open_page: Opener, watch: Watch, paths: list[str], axe: str, look: Look, names: tuple[str, ...]
) -> None:
    """Open each address for the first of these people who may, and collect what is wrong."""
    watch.expected = {403, 404}
    language, width, dark = look
    readers = [open_page(name, dark=dark, width=width) for name in names]
    for page in readers:
        choose_language(page, language)
    faults: list[str] = []
    for path in paths:
        found = (looked_at(page, path, axe) for page in readers)
        faults += next((seen for seen in found if seen is not None), [])
    assert not faults, "\n".join(faults)


def choose_language(page: Page, language: str) -> None:
    page.goto("/me")
    page.locator(".menu.person summary").click()
    page.locator(f'.menu.person button[name=language][value="{language}"]').click()
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [390, 1280])
def test_views_are_light(open_page: Opener, width: int) -> None:
    """What goes over the wire, compressed: the first view with all that belongs to it, and one more page."""
    page = open_page("sales1a", width=width)
    sizes: list[int] = []

    def weigh(response: Response) -> None:
        sizes.append(
            sum(response.request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))
        )

    page.on("response", weigh)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= FIRST_VIEW, f"{sum(sizes)} bytes"
    sizes.clear()
    page.goto("/customers")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= LATER_VIEW, f"{sum(sizes)} bytes"
