"""What one needs stays in sight: the search field, the act of a row, and of a long form only what is asked."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from blueprints.access import queries as access
from core import changes
from core.db import db
from tests.browser.conftest import Opener
from tests.company import a_customer, the_user

BANNER = "document.body.insertAdjacentHTML('afterbegin', '<section class=\"banner\">A notice</section>')"
OF_ACTS = {
    "owner": ["owner", "reason"],
    "tier": ["tier"],
    "intent": ["intent"],
    "status": ["status", "lost_reason"],
    "tags": ["tags"],
}


@pytest.fixture
def two(app: Flask) -> None:
    """Two customers of sales1a, one of them with as long a name as there is."""
    with app.app_context():
        a_customer("华兴科技有限公司", short_name="华兴科技")
        a_customer("浙江省杭州市滨江区" + "长名称" * 15 + "有限责任公司")
        db.session.commit()


def box(locator: Locator) -> dict[str, float]:
    """Where something is on the screen."""
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_results_stand_below_the_field(open_page: Opener, two: None, width: int) -> None:
    page = open_page("sales1a", width=width)
    page.goto("/")
    page.evaluate(BANNER)
    field = page.locator("#search-field")
    field.press_sequentially("华兴")
    results = page.locator("#search-panel")
    expect(results.locator("a").first).to_be_visible()
    assert box(results)["y"] >= box(field)["y"] + box(field)["height"]
    assert box(results)["x"] >= 0 and box(results)["x"] + box(results)["width"] <= width


def test_the_act_of_a_row_is_in_sight_where_the_columns_are_not(open_page: Opener, two: None) -> None:
    page = open_page("sales1a", width=800)
    page.goto("/customers")
    table = page.locator(".table-wrap")
    assert table.evaluate("element => element.scrollWidth > element.clientWidth")
    act = box(page.locator("[data-row-log]").first)
    assert act["x"] + act["width"] <= 800


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_the_filters_stand_on_one_line(app: Flask, open_page: Opener, two: None, language: str) -> None:
    with app.app_context():
        changes.record("user.preferences")
        the_user("manager").language = language
        access.team_named("sales1").name = "华东大客户与重点行业销售一部"  # type: ignore[union-attr]
        a_customer("青禾设备", tags=["标签" * 12])
        db.session.commit()
    page = open_page("manager")
    page.goto("/customers")
    bar = page.locator(".list-bar form")
    fields = [box(one) for one in bar.locator(":is(input:not([type=hidden]), select, button)").all()]
    assert len(fields) == 8
    assert len({one["y"] + one["height"] / 2 for one in fields}) == 1
    assert min(one["width"] for one in fields) > 60
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_a_change_of_many_asks_for_what_it_changes(open_page: Opener, two: None) -> None:
    page = open_page("lead1")
    page.goto("/customers")
    page.locator("[data-select]").first.check()
    page.locator("#selection button[formaction*=bulk]").click()
    for act, names in OF_ACTS.items():
        page.locator("select[name=act]").select_option(act)
        shown = page.locator(".of-act :is(input:not([type=hidden]), select):visible")
        assert [field.get_attribute("name") for field in shown.all()] == names
