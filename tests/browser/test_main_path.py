"""The day's work in a real browser: sign in, Today, find, open, log a contact, see the next one."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from blueprints.customers.models import Customer
from core import clock
from core.db import db
from tests.browser.conftest import Live, Opener, Watch
from tests.company import PASSWORD, a_customer

HEADINGS = {"zh_Hans_CN": "今日待办", "en": "Today"}
NARROW, WIDE = 390, 1280
WAYS = [
    ("zh_Hans_CN", NARROW),
    ("en", WIDE),
    pytest.param("zh_Hans_CN", WIDE, marks=pytest.mark.extra),
    pytest.param("en", NARROW, marks=pytest.mark.extra),
]
SAID = "报价单已收到，周五前答复 <b>&"


@pytest.fixture
def due(app: Flask) -> list[int]:
    """Three customers of sales1a that are due today."""
    with app.app_context():
        made = [
            a_customer("华兴科技有限公司", short_name="华兴科技", tier="a", phone="13900006688"),
            a_customer("瑞丰贸易有限公司", short_name="瑞丰贸易", tier="b", phone="13900006689"),
            a_customer("Alfreds Futterkiste", tier="c", phone="+49 30 0074321"),
        ]
        ids = [customer.id for customer in made]
        dates = {"next_contact_on": clock.today(), "last_contact_on": clock.today().replace(month=10)}
        statement = update(Customer).where(Customer.id.in_(ids)).values(**dates)
        db.session.execute(statement, execution_options={"recorded": True, "synchronize_session": False})
        db.session.commit()
    return ids


def sign_in(page: Page, language: str) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/sign-in"))
    page.locator(f'button[name="language"][value="{language}"]').click()
    page.locator("input[name=username]").fill("sales1a")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("h1")).to_have_text(HEADINGS[language])


def find(page: Page, typed: str, customer: int) -> None:
    """By "/" and what one knows of the name, without the mouse."""
    page.keyboard.press("/")
    field = page.locator("#search-field")
    expect(field).to_be_focused()
    field.press_sequentially(typed)
    expect(page.locator(f'#search-panel a[href="/customers/{customer}"]')).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(re.compile(rf"/customers/{customer}$"))


def fill_contact(page: Page, customer: int, words: str) -> None:
    form = page.locator(f"#contact-{customer}")
    form.locator("label:has(input[name=channel][value=phone])").click()
    form.locator("label:has(input[name=outcome][value=reached])").click()
    form.locator("textarea[name=summary]").fill(words)
    expect(form.locator("input[name=next_on]")).to_have_value(re.compile(r"2026-\d\d-\d\d"))


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_a_day_begins(open_page: Opener, due: list[int], language: str, width: int) -> None:
    page = open_page(width=width)
    sign_in(page, language)
    expect(page.locator("html")).to_have_attribute(
        "lang", language.removesuffix("_Hans_CN") if language == "en" else "zh-Hans-CN"
    )
    expect(page.locator("#due > li")).to_have_count(3)
    find(page, "huaxing", due[0])
    expect(page.locator("h1")).to_contain_text("华兴科技")
    page.locator(f'main a[href*="/customers/{due[0]}/interactions/new"]').first.click()
    fill_contact(page, due[0], SAID)
    page.locator(f"#contact-{due[0]} button.btn-primary").click()
    expect(page.locator("main")).to_contain_text(SAID)
    page.goto("/")
    expect(page.locator("#due > li")).to_have_count(2)
    expect(page.locator(f"#due #row-{due[0]}")).to_have_count(0)
    fits(page)


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_a_contact_is_logged_in_its_row_and_the_next_one_follows(
    open_page: Opener, due: list[int], language: str, width: int
) -> None:
    page = open_page("sales1a", width=width)
    page.goto("/")
    page.locator(f"#row-{due[0]} [data-row-log]").click()
    expect(page.locator(f"#contact-{due[0]} textarea[name=summary]")).to_be_focused()
    fill_contact(page, due[0], SAID)
    page.locator(f"#contact-{due[0]} textarea[name=summary]").press("Enter")
    folded = page.locator(f"#row-{due[0]}.work-done")
    expect(folded).to_be_visible()
    following = page.locator(f"#row-{due[1]} [data-row-log]")
    expect(following).to_be_focused()
    following.press("Enter")
    expect(page.locator(f"#contact-{due[1]}")).to_be_visible()
    fits(page)


def test_back_and_reload_show_the_page_that_was_there(open_page: Opener, due: list[int]) -> None:
    page = open_page("sales1a")
    page.goto("/customers")
    page.locator("input.filter-q").fill("瑞丰")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q="))
    page.reload()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("input.filter-q")).to_have_value("瑞丰")
    page.locator(f'#list a[href^="/customers/{due[1]}?"]').first.click()
    expect(page.locator("h1")).to_contain_text("瑞丰")
    page.go_back()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator(".side, .phone-bar").first).to_be_attached()
    page.go_forward()
    expect(page.locator("h1")).to_contain_text("瑞丰")


@pytest.mark.parametrize("width", [NARROW, pytest.param(WIDE, marks=pytest.mark.extra)])
def test_everything_works_without_script(open_page: Opener, due: list[int], width: int) -> None:
    page = open_page(width=width, script=False)
    sign_in(page, "en")
    page.locator("#search-field").fill("6688")
    page.locator("#search-field").press("Enter")
    page.locator(f'#search-results a[href="/customers/{due[0]}"]').click()
    page.locator(f'main a[href*="/customers/{due[0]}/interactions/new"]').first.click()
    form = page.locator(f"#contact-{due[0]}")
    form.locator("label:has(input[name=channel][value=phone])").click()
    form.locator("label:has(input[name=outcome][value=reached])").click()
    form.locator("textarea[name=summary]").fill(SAID)
    form.locator("button.btn-primary").click()
    expect(page.locator("main")).to_contain_text(SAID)
    page.goto("/")
    expect(page.locator(f"#due #row-{due[0]}")).to_have_count(0)


def test_an_expired_session_keeps_what_was_typed(
    open_page: Opener, live: Live, watch: Watch, due: list[int]
) -> None:
    watch.expected = {401}
    page = open_page("sales1a")
    page.goto("/")
    page.locator(f"#row-{due[0]} [data-row-log]").click()
    fill_contact(page, due[0], SAID)
    live.end_sessions("sales1a")
    page.locator(f"#contact-{due[0]} textarea[name=summary]").press("Enter")
    dialog = page.locator("#session-dialog")
    expect(dialog).to_be_visible()
    expect(page.locator(f"#contact-{due[0]} textarea[name=summary]")).to_have_value(SAID)
    dialog.locator("input[name=username]").fill("sales1a")
    dialog.locator("input[name=password]").fill(PASSWORD)
    dialog.locator("input[name=password]").press("Enter")
    expect(page.locator(f"#row-{due[0]}.work-done")).to_be_visible()
    page.goto(f"/customers/{due[0]}")
    expect(page.locator("main")).to_contain_text(SAID)


def test_another_person_at_the_dialog_sends_nothing(
    open_page: Opener, live: Live, watch: Watch, due: list[int]
) -> None:
    watch.expected = {401}
    page = open_page("sales1a")
    page.goto("/")
    page.locator(f"#row-{due[0]} [data-row-log]").click()
    fill_contact(page, due[0], SAID)
    live.end_sessions("sales1a")
    page.locator(f"#contact-{due[0]} textarea[name=summary]").press("Enter")
    dialog = page.locator("#session-dialog")
    dialog.locator("input[name=username]").fill("manager")
    dialog.locator("input[name=password]").fill(PASSWORD)
    dialog.locator("input[name=password]").press("Enter")
    expect(page.locator(".menu.person summary")).to_have_attribute("aria-label", re.compile("陈岚"))
    page.goto(f"/customers/{due[0]}")
    expect(page.locator("main")).not_to_contain_text(SAID)


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    over = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"
