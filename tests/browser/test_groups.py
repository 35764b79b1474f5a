"""A list by groups: opened by keyboard and pointer, each turning its own pages where it stands."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from core.db import db
from tests.browser.conftest import Opener
from tests.browser.test_every_page import axe, violations
from tests.browser.test_main_path import fits
from tests.company import a_customer

__all__ = ["axe"]


@pytest.fixture
def many(app: Flask) -> None:
    """Of one tier two customers, of another more than a page holds."""
    with app.app_context():
        for number in range(2):
            a_customer(f"甲{number}号有限公司", tier="a")
        for number in range(60):
            a_customer(f"乙{number}号有限公司", tier="b")
        db.session.commit()


@pytest.mark.parametrize("width", [390, 1280])
def test_groups_open_and_turn_their_pages(open_page: Opener, many: None, axe: str, width: int) -> None:
    page = open_page("manager", width=width)
    page.goto("/customers?group=tier")
    rows = page.locator(".group tbody tr")
    expect(rows).to_have_count(2)
    second = page.locator(".group").nth(1)
    second.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(52)
    second.locator("a[rel=next]").click()
    expect(rows).to_have_count(12)
    expect(second.locator("summary")).to_be_focused()
    assert page.url.endswith("/customers?group=tier")
    fits(page)
    assert violations(page, axe) == []
    page.locator(".group").nth(0).locator("summary").click()
    page.keyboard.press("j")  # goes to what is in sight
    expect(second.locator(".list-name").first).to_be_focused()


def test_all_of_one_group_are_selected(open_page: Opener, many: None) -> None:
    page = open_page("manager", width=1280)
    page.goto("/customers?group=tier")
    second = page.locator(".group").nth(1)
    second.locator("summary").click()
    second.locator("[data-select-all]").check()
    expect(page.locator("[data-select]:checked")).to_have_count(50)
    expect(page.locator("[data-select-all]").first).not_to_be_checked()
    second.locator("thead [aria-sort] a").click()
    expect(page).to_have_url(re.compile("group=tier&sort=-name$"))
