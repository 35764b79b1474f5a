"""Who reads a page with numbers, and when, stands across it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.company import a_customer
from tests.pages import Client

SAID = "李雷 sales1a 2026-11-18 10:30"


@pytest.fixture
def file(app: Flask) -> str:
    """The address of a file of sales1a."""
    with app.app_context():
        return f"/customers/{a_customer().id}"


@pytest.mark.parametrize("page", ["{file}", "{file}/papers", "{file}/interactions/new", "/customers", "/"])
def test_pages_with_numbers_say_who_reads_them(
    file: str, signed_in: Callable[[str], Client], page: str
) -> None:
    assert SAID in signed_in("sales1a").get(page.format(file=file)).text


@pytest.mark.parametrize("page", ["/me", "/jobs", "{file}/needs"])
def test_others_do_not(file: str, signed_in: Callable[[str], Client], page: str) -> None:
    assert SAID not in signed_in("sales1a").get(page.format(file=file)).text
