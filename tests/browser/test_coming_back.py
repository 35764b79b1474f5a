"""A form that was refused: coming back to it finds what was typed, and nothing is sent a second time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from blueprints.customers.models import Customer
from blueprints.interactions.models import Interaction
from core.db import db
from tests.browser.conftest import Opener, Watch
from tests.company import a_customer


@pytest.fixture
def one(app: Flask) -> int:
    with app.app_context():
        made = int(a_customer("华兴科技有限公司").id)
        db.session.commit()
        return made


def send(page: Page) -> None:
    """Send the form, and wait for the page that answers."""
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit]").last.click()


def a_new_customer(page: Page, id: int) -> Callable[[], None]:
    """The form with a number that is none; what puts it right."""
    page.goto("/customers/new")
    page.fill("#name", "鼎盛饭店")
    page.fill("#phone", "abc")
    return lambda: page.fill("#phone", "13912340000")


def a_contact(page: Page, id: int) -> Callable[[], None]:
    """The form of a contact that has yet to happen; what puts it right."""
    page.goto(f"/customers/{id}/interactions/new")
    day = page.locator("[name=happened_at]")
    present = day.input_value()
    day.evaluate("field => { field.value = '2099-01-01T10:00' }")
    page.locator("[name=summary]").fill("鼎盛饭店")
    return lambda: day.evaluate("(field, present) => { field.value = present }", present)


@pytest.mark.parametrize(
    ("fill", "typed", "counted"),
    [(a_new_customer, "#name", Customer), (a_contact, "[name=summary]", Interaction)],
)
def test_a_refused_form_is_come_back_to(
    open_page: Opener,
    app: Flask,
    watch: Watch,
    one: int,
    fill: Callable[[Page, int], Callable[[], None]],
    typed: str,
    counted: type[Customer] | type[Interaction],
) -> None:
    def count() -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(counted)) or 0

    page = open_page("sales1a", width=1280)
    watch.expected.add(422)
    before = count()
    page.goto("/customers")
    mend = fill(page, one)
    form = page.url
    send(page)
    expect(page.locator(".form-error").first).to_be_visible()
    expect(page).to_have_url(form)
    page.locator(typed).fill("鼎盛饭店二")
    page.evaluate("document.dispatchEvent(new Event('leave'))")  # says yes to leaving
    page.goto("/me")
    page.go_back()  # no question whether to send it again
    expect(page.locator(typed)).to_have_value("鼎盛饭店二")
    assert count() == before
    mend()
    send(page)
    expect(page.locator(".form-error")).to_have_count(0)
    page.wait_for_load_state()
    assert count() == before + 1
    page.reload()
    page.go_back()
    assert count() == before + 1
    watch.said = [said for said in watch.said if "Autofocus" not in said]  # the focus is where it was
