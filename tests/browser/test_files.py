"""Files in a real browser: looked at before they are sent, with their progress; and without script as well."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, Route, expect

from blueprints.office import attachments
from tests.browser.conftest import Opener, Watch
from tests.browser.test_every_page import axe as axe
from tests.browser.test_every_page import violations
from tests.browser.test_main_path import fits
from tests.company import a_customer
from tests.office.filesamples import JPG, PDF
from tests.office.test_files import chosen, stored


@pytest.fixture
def file(app: Flask) -> str:
    with app.app_context():
        return f"/customers/{a_customer().id}"


def paper(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def come_to(page: Page, file: str) -> None:
    page.goto(file)
    page.locator("#files").scroll_into_view_if_needed()
    expect(page.locator("#files-list")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_files_are_sent_one_by_one_and_what_is_wrong_is_said_beside_each(
    app: Flask, open_page: Opener, watch: Watch, file: str, axe: str, width: int, dark: bool
) -> None:
    watch.expected.add(422)
    chosen(app, attachments.MEGABYTES, 1)
    page = open_page("sales1a", width=width, dark=dark)
    come_to(page, file)
    papers = [
        paper("合同.pdf", PDF + b"x" * 600_000), paper("run.exe", b"MZ"), paper("empty.txt", b""),
        paper("large.txt", b"x" * (2**20 + 1)), paper("not a.pdf", JPG), paper("清单.csv", b"a,b"),
    ]  # fmt: skip
    page.set_input_files("#files-form-files", papers)
    lines = page.locator(".file-queue li")
    expect(lines).to_have_count(6)
    expect(lines.nth(0)).to_contain_text("等待")
    for n, word in ((1, "类型"), (2, "空的"), (3, "1 MB")):
        expect(lines.nth(n)).to_contain_text(word)
    assert stored(app) == []
    assert violations(page, axe) == []
    fits(page)
    page.evaluate(
        "window.seen = []; new MutationObserver(() => document.querySelectorAll('.file-queue progress').forEach("
        "bar => window.seen.push(bar.value))).observe(document.querySelector('.file-queue'), {subtree: true, "
        "childList: true, attributes: true, characterData: true})"
    )
    page.locator("#files-form .btn-primary").click()
    expect(lines.nth(5)).to_contain_text("已上传")
    expect(lines.nth(4)).to_contain_text("名称")
    expect(page.locator("#files-list .file-name")).to_have_text(["清单.csv", "合同.pdf"])
    expect(page.locator("#files-form .btn-primary")).not_to_have_attribute("aria-busy", "true")
    assert 100 in page.evaluate("window.seen")
    assert stored(app) == ["合同.pdf", "清单.csv"]
    page.mouse.move(0, 0)
    assert violations(page, axe) == []
    fits(page)


def test_a_dropped_file_can_be_held_back_and_one_deleted_comes_back(
    app: Flask, open_page: Opener, file: str
) -> None:
    page = open_page("sales1a")
    come_to(page, file)
    for name in ("a.txt", "b.txt"):
        page.evaluate(
            "name => { const data = new DataTransfer(); data.items.add(new File(['x' + name], name));"
            "document.querySelector('#files-list').dispatchEvent(new DragEvent('drop', "
            "{dataTransfer: data, bubbles: true, cancelable: true})); }",
            name,
        )
    page.locator(".file-queue button").first.click()
    page.locator("#files-form .btn-primary").click()
    expect(page.locator("#files-list .file-name")).to_have_text(["b.txt"])
    page.locator("#files-list .menu summary").click()
    page.locator("#files-list .menu-item", has_text="删除").click()
    expect(page.locator("#files-list .file-name")).to_have_count(0)
    page.locator("#toasts a").click()
    page.locator(".page-actions button").click()
    come_to(page, file)
    expect(page.locator("#files-list .file-name")).to_have_text(["b.txt"])


def test_a_file_that_does_not_arrive_is_said(app: Flask, open_page: Opener, watch: Watch, file: str) -> None:
    page = open_page("sales1a")
    come_to(page, file)
    page.set_input_files("#files-form-files", paper("a.txt", b"x"))

    def cut(route: Route) -> None:
        route.abort()

    page.route(re.compile("/files/"), cut)
    page.locator("#files-form .btn-primary").click()
    expect(page.locator(".file-queue li")).to_contain_text("没有传到")
    watch.said.clear()  # the browser complains of the network
    assert stored(app) == []


def test_everything_works_without_script(app: Flask, open_page: Opener, file: str) -> None:
    page = open_page("sales1a", script=False)
    page.goto(file)
    page.locator("#files a").click()
    page.set_input_files("#files-form-files", [paper("a.txt", b"x"), paper("b.pdf", PDF)])
    page.locator("#files-form-remark").fill("第三版")
    page.locator("#files-form .btn-primary").click()
    expect(page.locator("#toasts")).to_contain_text("已上传2个附件")
    with page.expect_download() as handed_out:
        page.locator("#files-list a", has_text="a.txt").click()
    assert handed_out.value.suggested_filename == "a.txt"
    page.locator("#files-list .menu summary").first.click()
    page.locator("#files-list .menu-item", has_text="删除").first.click()
    expect(page.locator("#toasts")).to_contain_text("附件已删除")
    assert stored(app) == ["a.txt"]
