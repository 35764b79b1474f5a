"""Noting a relation, and the family page: by mouse, by keyboard, on a phone, without script."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import axe, choose_language, violations
from tests.browser.test_main_path import fits
from tests.company import a_customer
from tests.customers.test_relations import related

__all__ = ["axe"]


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return a_customer("鼎盛集团有限公司", short_name="鼎盛集团").id, a_customer("杭州鼎盛物流有限公司").id


@pytest.mark.parametrize("script", [True, False])
def test_noting_a_relation(open_page: Opener, two: tuple[int, int], axe: str, script: bool) -> None:
    page = open_page("sales1a", script=script)
    page.goto(f"/customers/{two[0]}")
    relations(page, script).locator("a", has_text="添加关系").click()
    page.locator("main [name=q]").fill("物流")
    if not script:
        page.locator("main form[role=search] button").click()
    page.locator("#picked-results a").first.click()
    if script:
        assert violations(page, axe) == []
    page.locator("[name=role]").select_option("subsidiary")
    page.locator("[name=since]").fill("2026-01-02")
    page.locator("main form[method=post] button[type=submit]").click()
    expect(relations(page, script)).to_contain_text("子公司")
    expect(page.locator("#relations-part")).to_contain_text("杭州鼎盛物流有限公司")
    page.locator("#relations-part a", has_text="关联图谱").click()
    expect(page.locator("svg.family a")).to_have_count(2)


def relations(page: Page, script: bool) -> Locator:
    """The relations of the file that is shown: loaded when one comes to them, or behind a link."""
    page.locator("#relations").scroll_into_view_if_needed()
    if not script:
        page.locator("#relations a").click()
    return page.locator("#relations-part")


@pytest.fixture
def family(app: Flask, two: tuple[int, int]) -> int:
    """A group with nine below it, one of them with as long a name as there is."""
    with app.app_context():
        top = a_customer("顶层集团")
        for number in range(8):
            related(top, a_customer(f"子公司{number}"), "subsidiary")
        long = a_customer("浙江省杭州市滨江区" + "长名称" * 15 + "有限责任公司")
        related(top, long, "dealer")
        related(long, a_customer("Alfreds Futterkiste and Sons Incorporated"), "partner")
        return top.id


@pytest.mark.parametrize(("width", "language", "dark"), [(1280, "en", True), (1280, "zh_Hans_CN", False)])
def test_the_family_by_keyboard(
    open_page: Opener, family: int, axe: str, width: int, language: str, dark: bool
) -> None:
    page = open_page("sales1a", width=width, dark=dark)
    choose_language(page, language)
    page.goto(f"/customers/{family}/family")
    fits(page)
    assert violations(page, axe) == []
    boxes = page.locator("svg.family a")
    boxes.first.focus()
    for place in range(boxes.count() - 1):
        assert boxes.nth(place).evaluate("box => box === document.activeElement"), place
        page.keyboard.press("Tab")
    for box in boxes.all():  # no name stands out of its box
        room = box.locator("rect").bounding_box()
        for text in box.locator("text").all():
            found = text.bounding_box()
            assert room and found and found["x"] + found["width"] <= room["x"] + room["width"]
    address = boxes.last.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_a_phone_shows_the_list_alone(open_page: Opener, family: int) -> None:
    page = open_page("sales1a", width=360)
    page.goto(f"/customers/{family}/family")
    expect(page.locator("svg.family")).to_be_hidden()
    expect(page.locator("#list-table tbody tr")).to_have_count(11)
    fits(page)
