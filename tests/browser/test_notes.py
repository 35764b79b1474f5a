"""Notes in a real browser: written in place, with a list of colleagues behind an @; and without script as well."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, Watch
from tests.browser.test_every_page import axe as axe
from tests.browser.test_every_page import violations
from tests.browser.test_main_path import fits
from tests.company import a_customer
from tests.office.test_notes import a_note, stored


@pytest.fixture
def file(app: Flask) -> str:
    with app.app_context():
        return f"/customers/{a_customer().id}"


def begin(page: Page, file: str) -> None:
    page.goto(file)
    page.locator("#notes a", has_text=re.compile("写笔记")).click()
    expect(page.locator("#note-form-new textarea")).to_be_focused()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_note_is_written_in_place_with_a_mention_from_the_list(
    app: Flask,
    open_page: Opener,
    file: str,
    axe: str,
    width: int,
    dark: bool,
) -> None:
    page = open_page("sales1a", width=width, dark=dark)
    begin(page, file)
    area = page.locator("#note-form-new textarea")
    area.press_sequentially("请 @zhou")
    option = page.locator(".mention-list [role=option]")
    expect(option).to_have_text(["周正 @lead1"])
    expect(area).to_have_attribute("aria-activedescendant", re.compile(".+"))
    assert violations(page, axe) == []
    fits(page)
    area.press("Enter")
    expect(area).to_have_value("请 @lead1 ")
    expect(page.locator(".mention-list")).to_have_count(0)
    area.press_sequentially("看一下")
    page.locator("#note-form-new .btn-primary").click()
    expect(page.locator(".file-note-text")).to_have_text("请 @周正 看一下")
    expect(page.locator("#toasts")).to_contain_text("笔记已保存")
    expect(page).to_have_url(re.compile(f"{file}$"))
    assert violations(page, axe) == []
    fits(page)


def test_the_list_moves_by_arrows_and_goes_by_escape(open_page: Opener, file: str) -> None:
    page = open_page("sales1a")
    begin(page, file)
    area = page.locator("#note-form-new textarea")
    area.press_sequentially("@")
    options = page.locator(".mention-list [role=option]")
    expect(options).to_have_count(7)
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    area.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    area.press("ArrowUp")
    area.press("ArrowUp")
    expect(options.nth(6)).to_have_attribute("aria-selected", "true")
    area.press("Escape")
    expect(options).to_have_count(0)
    expect(area).to_have_value("@")
    area.fill("写给 wm@hua")
    expect(options).to_have_count(0)


def test_what_is_refused_in_place_is_still_there(
    app: Flask, open_page: Opener, watch: Watch, file: str
) -> None:
    watch.expected = {422}
    page = open_page("sales1a")
    begin(page, file)
    page.locator("#note-form-new textarea").fill("@sales2a 请看")
    page.locator("#note-form-new .btn-primary").click()
    expect(page.locator("#note-form-new .form-error")).to_contain_text("@sales2a")
    expect(page.locator("#note-form-new textarea")).to_have_value("@sales2a 请看")
    page.locator("#note-form-new textarea").fill("请看")
    page.locator("#note-form-new .btn-primary").click()
    expect(page.locator(".file-note-text")).to_have_text("请看")
    assert stored(app) == ["请看"]


def test_a_note_is_edited_pinned_and_deleted_in_place(app: Flask, open_page: Opener, file: str) -> None:
    note = a_note(app, int(file.rsplit("/", 1)[1]), "旧的话")
    a_note(app, int(file.rsplit("/", 1)[1]), "别的", pinned=True)
    page = open_page("sales1a")
    page.goto(file)
    page.locator(f"#note-made-{note} a", has_text="置顶或编辑").click()
    act(page, note, "编辑")
    form = page.locator(f"#note-form-{note}")
    form.locator("textarea").fill("新的话")
    form.locator(".btn-primary").click()
    expect(page.locator(f"#note-{note} .file-note-text")).to_have_text("新的话")
    act(page, note, "置顶")
    expect(page.locator(".file-note-text").first).to_have_text("新的话")
    act(page, note, "删除")
    expect(page.locator(".file-note-text")).to_have_text(["别的"])
    page.locator("#toasts a").click()
    page.locator(".page-actions button").click()
    page.goto(file)
    expect(page.locator(".file-note-text")).to_have_text(["别的", "新的话"])


def act(page: Page, note: int, word: str) -> None:
    page.locator(f"#note-{note} .menu summary").click()
    page.locator(f"#note-{note} .menu-item", has_text=word).click()


def test_everything_works_without_script(app: Flask, open_page: Opener, file: str) -> None:
    page = open_page("sales1a", script=False)
    page.goto(file)
    page.locator("#notes a", has_text="写笔记").click()
    page.locator("main textarea").fill("@lead1 请看")
    page.locator("main .btn-primary").click()
    expect(page).to_have_url(re.compile(rf"{file}\?note=(\d+)#note-\1$"))
    expect(page.locator(".file-note-text")).to_have_text("@周正 请看")
    page.locator(".file-note .menu summary").click()
    page.locator(".file-note .menu-item", has_text="删除").click()
    expect(page.locator(".file-note-text")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("笔记已删除")
    assert stored(app) == []
