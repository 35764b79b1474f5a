"""The wizard of imports in a real browser: from a file of another program to what is taken back, step by step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from blueprints.customers.models import Customer
from core.db import db
from tests.browser.conftest import Opener
from tests.browser.test_every_page import axe as axe
from tests.browser.test_every_page import violations
from tests.browser.test_main_path import fits

ROWS = "单位,谁的号码,生日\n华兴科技,13800138000,\n瑞丰贸易,13900139000,31/31/2026\n"


def choose(page: Page, path: Path) -> None:
    page.goto("/customers/import")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="读取文件").click()
    expect(page.locator("#columns")).to_be_visible()


def go_back_on_it(page: Page) -> None:
    """Take the import back, from its page."""
    page.locator('#result a[href*="/changes/"]').click()
    page.get_by_role("button", name=re.compile("撤销")).first.click()
    if page.locator("dialog[open]").count():
        page.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").first.click()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_file_is_read_mapped_tried_taken_corrected_and_taken_back(
    app: Flask, open_page: Opener, axe: str, tmp_path: Path, width: int, dark: bool
) -> None:
    page = open_page("manager", width=width, dark=dark)
    sent = tmp_path / "list.csv"
    sent.write_bytes(ROWS.encode("gb18030"))
    choose(page, sent)
    # The encoding is shown with words of the file; read otherwise, and rightly again
    assert "GBK" in page.locator("main").inner_text() and "华兴科技" in page.locator("main").inner_text()
    for encoding, reads in (("windows-1252", False), ("gb18030", True)):
        page.locator("summary", has_text="换一种方式读取").click()
        page.locator("#reading-encoding").select_option(encoding)
        page.locator("#reading").get_by_role("button").click()
        expect(page.locator(f"#reading-encoding option[value={encoding}][selected]")).to_have_count(1)
        assert ("华兴科技" in page.locator("#columns").inner_text()) is reads
    fits(page)
    # A column that nobody knows is matched by hand, and all of it kept by a name
    page.locator("#column-1").select_option("mobile")
    page.locator("#keep_as").fill("旧系统")
    page.get_by_role("button", name="试导入", exact=True).click()
    expect(page.locator("#dry-run .facts dd").first).to_have_text("1")
    assert "31/31/2026" in page.locator("#dry-run").inner_text()
    assert violations(page, axe) == []
    fits(page)
    with app.app_context():
        assert db.session.scalars(select(Customer)).all() == []
    page.locator("#import").get_by_role("button").click()
    expect(page.locator("#result .facts dd").first).to_have_text("1")
    # The refused rows are corrected in the downloaded file, which maps itself as kept
    with page.expect_download() as download:
        page.locator('#result a[href$="refused.csv"]').click()
    corrected = tmp_path / "corrected.csv"
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert "瑞丰贸易" in text and "华兴科技" not in text
    corrected.write_text(text.replace("31/31/2026", "1980-03-01"), "utf-8")
    choose(page, corrected)
    expect(page.locator("#column-3")).to_have_value("mobile")
    page.get_by_role("button", name="试导入", exact=True).click()
    expect(page.locator("#dry-run .facts dd").first).to_have_text("1")
    page.locator("#import").get_by_role("button").click()
    expect(page.locator("#result .facts dd").first).to_have_text("1")
    with app.app_context():
        assert set(db.session.scalars(select(Customer.name))) == {"华兴科技", "瑞丰贸易"}
    go_back_on_it(page)
    expect(page.locator("main")).to_contain_text("撤销")
    with app.app_context():
        living = select(Customer.name).where(Customer.deleted_at.is_(None))
        assert set(db.session.scalars(living)) == {"华兴科技"}
