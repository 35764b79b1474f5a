"""Changing a file in place: the blocks, a contact person and a need, by mouse, by keyboard, and without script."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from blueprints.customers import actions as customer_actions
from blueprints.customers.models import Customer
from core import changes
from core.db import db
from tests.browser.conftest import Opener, Watch
from tests.browser.test_every_page import axe, violations
from tests.company import a_customer

__all__ = ["axe"]


@pytest.fixture
def id(app: Flask) -> int:
    with app.app_context():
        customer = a_customer(industry="机械")
        with changes.acting(changes.SYSTEM):
            customer_actions.add_person(customer, {"name": "王芳", "phone": "138 0000 1234"})
            db.session.commit()
        return customer.id


def opened(page: Page, id: int, block: str = "facts") -> None:
    """The file, with a block open for changes."""
    page.goto(f"/customers/{id}")
    page.locator(f"#{block} [data-opens]").first.click()
    expect(page.locator(f"#{block} form")).to_be_visible()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href')"))


def test_edit_and_save(open_page: Opener, id: int, axe: str) -> None:
    page = open_page("sales1a")
    opened(page, id)
    assert focused(page) == "facts-industry"
    assert violations(page, axe) == []
    page.locator("#facts-industry").fill("电子元件")
    page.locator("#facts button[type=submit]").click()
    expect(page.locator("#facts")).to_contain_text("电子元件")
    expect(page.locator("#facts form")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("已保存")
    assert focused(page) == f"/customers/{id}/blocks/facts"
    assert page.url.endswith(f"/customers/{id}")


def test_the_head_follows(open_page: Opener, id: int) -> None:
    page = open_page("sales1a")
    opened(page, id, "basics")
    page.locator("#basics-name").fill("华兴集团有限公司")
    page.locator("#basics button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("华兴集团有限公司")
    page.locator("#page-head details[data-menu] summary").click()
    expect(page.locator("#page-head .menu-item").first).to_be_visible()


def test_an_error_stays_beside_its_field(open_page: Opener, watch: Watch, id: int, axe: str) -> None:
    watch.expected.add(422)
    page = open_page("sales1a")
    opened(page, id)
    page.locator("#facts-industry").fill("电子元件")
    page.locator("#facts-website").fill("not an address: at all")
    page.locator("#facts button[type=submit]").click()
    expect(page.locator("#facts-website-error")).to_be_visible()
    assert page.locator("#facts-industry").input_value() == "电子元件"
    assert page.evaluate("document.activeElement.matches('#facts .error-summary')")
    assert violations(page, axe) == []
    page.locator("#facts-website").fill("huaxing.example")
    page.locator("#facts button[type=submit]").click()
    expect(page.locator("#facts dd", has_text="huaxing.example")).to_be_visible()


@pytest.mark.parametrize("way", ["cancel", "escape"])
def test_leaving_it_restores_the_block(open_page: Opener, id: int, way: str) -> None:
    page = open_page("sales1a")
    opened(page, id)
    page.locator("#facts-industry").fill("别的")
    if way == "cancel":
        page.locator("#facts [data-restores]").click()
    else:
        page.keyboard.press("Escape")
    expect(page.locator("#facts form")).to_have_count(0)
    expect(page.locator("#facts")).to_contain_text("机械")
    page.wait_for_function(f"document.activeElement.getAttribute('href') === '/customers/{id}/blocks/facts'")
    page.goto("/customers")  # nobody is asked about unsaved text


def test_by_keyboard_alone(open_page: Opener, id: int) -> None:
    page = open_page("sales1a")
    page.goto(f"/customers/{id}")
    page.locator("#address [data-opens]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#address form")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("江苏")
    page.keyboard.press("Tab")
    page.keyboard.type("苏州")
    page.keyboard.press("Enter")
    expect(page.locator("#address p", has_text="江苏 苏州")).to_be_visible()
    page.wait_for_function(
        f"document.activeElement.getAttribute('href') === '/customers/{id}/blocks/address'"
    )


def test_two_blocks_at_once(open_page: Opener, id: int) -> None:
    page = open_page("sales1a")
    opened(page, id)
    page.locator("#note [data-opens]").click()
    page.locator("#note-note").fill("谈价格前先问交期")
    page.locator("#facts-industry").fill("电子")
    page.locator("#facts button[type=submit]").click()
    expect(page.locator("#facts form")).to_have_count(0)
    page.locator("#note button[type=submit]").click()
    expect(page.locator("#note p.kept-lines")).to_have_text("谈价格前先问交期")


def test_stale(app: Flask, open_page: Opener, watch: Watch, id: int) -> None:
    watch.expected.add(409)
    page = open_page("sales1a")
    opened(page, id)
    with app.app_context(), changes.acting(changes.SYSTEM):
        customer_actions.update(db.session.get_one(Customer, id), {"industry": "汽车"})
        db.session.commit()
    page.locator("#facts-industry").fill("电子")
    page.locator("#facts button[type=submit]").click()
    expect(page.locator("#facts form")).to_contain_text("汽车")
    page.locator('#facts [name="keep-industry"][value="yours"]').check(force=True)
    page.locator("#facts button[type=submit]").click()
    expect(page.locator("#facts dd", has_text="电子")).to_be_visible()


def test_people_and_their_numbers(open_page: Opener, watch: Watch, id: int) -> None:
    watch.expected.add(422)
    page = open_page("sales1a")
    page.goto(f"/customers/{id}")
    people = page.locator("#people")
    people.locator(".contact-person [data-opens]").first.click()
    expect(people.locator("form")).to_have_count(1)
    people.locator("[name=position]").fill("采购经理")
    people.locator("[data-opens]", has_text="添加联系方式").click()  # one at a time: what is typed stays
    expect(people.locator("form")).to_have_count(1)
    people.locator("form button[type=submit]").click()
    expect(people.locator(".contact-person")).to_contain_text(["采购经理"])
    people.locator("[data-opens]", has_text="添加联系方式").click()
    people.locator("form button[type=submit]").click()
    expect(people.locator(".form-error")).to_be_visible()
    people.locator("[name=value]").fill("0571-88880000")
    people.locator("form button[type=submit]").click()
    expect(people.locator(".point", has_text="88880000")).to_be_visible()
    expect(people.locator(".contact-person").first).to_contain_text("王芳")


def test_a_need_in_the_part_that_is_loaded_late(open_page: Opener, id: int) -> None:
    page = open_page("sales1a")
    page.goto(f"/customers/{id}")
    page.locator("#needs").scroll_into_view_if_needed()
    page.locator("#needs [data-opens]").click()
    page.locator("#needs [name=what]").fill("交期提前三天")
    page.locator("#needs form button[type=submit]").click()
    expect(page.locator("#needs li")).to_contain_text("交期提前三天")
    page.wait_for_function(f"document.activeElement.getAttribute('href') === '/customers/{id}/needs/new'")


def test_without_script(open_page: Opener, id: int) -> None:
    page = open_page("sales1a", script=False)
    page.goto(f"/customers/{id}")
    page.locator("#facts [data-opens]").click()
    assert page.url.endswith(f"/customers/{id}/blocks/facts")
    page.locator("[name=industry]").fill("电子元件")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#facts")).to_contain_text("电子元件")


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_it_fits(open_page: Opener, id: int, axe: str, width: int, dark: bool) -> None:
    page = open_page("sales1a", width=width, dark=dark)
    for block in ("basics", "facts", "people"):
        opened(page, id, block)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page, axe) == []


def test_through_a_list_by_keyboard(app: Flask, open_page: Opener, id: int) -> None:
    with app.app_context():
        a_customer("青禾设备有限公司")
    page = open_page("sales1a")
    page.goto("/customers?sort=name")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("华兴科技有限公司")
    page.keyboard.press("]")
    expect(page.locator("h1")).to_have_text("青禾设备有限公司")
    expect(page.locator("[data-walk=next]")).to_have_count(0)
    page.keyboard.press("[")
    expect(page.locator("h1")).to_have_text("华兴科技有限公司")
