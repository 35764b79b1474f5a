"""Every page in a real browser: accessible, within its width, silent, and light."""

from __future__ import annotations

from itertools import cycle
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
# (dark, width): each page is opened in one of these, by turns; the long test opens it in all
LOOKS = [(False, 1280), (True, 390), (False, 390), (True, 1280)]
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


def looked_at(page: Page, path: str, axe: str) -> list[str]:
    """Open a page and say what is wrong with it."""
    response = page.goto(path)
    if response is None or response.status >= 400 or "html" not in response.headers.get("content-type", ""):
        return [f"{path}: {response.status}"] if response and response.status >= 500 else []
    faults = violations(page, axe)
    try:
        fits(page)
    except AssertionError as wide:
        faults.append(str(wide))
    return [f"{path}: {fault}" for fault in faults]


@pytest.mark.parametrize(("name", "language"), [("manager", "zh_Hans_CN"), ("admin", "en")])
def test_every_page_in_one_look(
    open_page: Opener, live: Live, watch: Watch, sample: Sample, axe: str, name: str, language: str
) -> None:
    crawl(open_page, live, watch, sample, axe, name, language, by_turns=True)


@pytest.mark.extra
@pytest.mark.parametrize("name", ["manager", "admin", "sales2a", "service1", "auditor"])
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_every_page_in_every_look(
    open_page: Opener, live: Live, watch: Watch, sample: Sample, axe: str, name: str, language: str
) -> None:
    crawl(open_page, live, watch, sample, axe, name, language, by_turns=False)


def crawl(
    open_page: Opener,
    live: Live,
    watch: Watch,
    sample: Sample,
    axe: str,
    name: str,
    language: str,
    *,
    by_turns: bool,
) -> None:
    """Open every address for this person and collect what is wrong."""
    watch.expected = {403, 404}
    opened = {look: open_page(name, dark=look[0], width=look[1]) for look in LOOKS}
    for page in opened.values():
        choose_language(page, language)
    faults: list[str] = []
    turns = cycle(LOOKS)
    for _rule, path in pages(live.app, sample):
        for look in [next(turns)] if by_turns else LOOKS:
            faults += [f"{look}: {fault}" for fault in looked_at(opened[look], path, axe)]
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
