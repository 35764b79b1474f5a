"""What is kept from one page to the next does not grow with clicks."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import _lru_cache_wrapper

import pytest
from flask import Flask

from tests.pages import Client
from tests.security.world import a_full_customer, pages

SignedIn = Callable[[str], Client]
OURS = ("core.", "blueprints.")


def kept() -> dict[str, int]:
    """How much each function of ours keeps that forgets nothing."""
    caches = [found for found in gc.get_objects() if isinstance(found, _lru_cache_wrapper)]
    return {
        f"{cache.__module__}.{cache.__qualname__}": cache.cache_info().currsize
        for cache in caches
        if cache.__module__.startswith(OURS) and cache.cache_info().maxsize is None
    }


@pytest.mark.parametrize("name", ["sales1a", "manager"])
def test_the_same_pages_again_keep_nothing_more(app: Flask, signed_in: SignedIn, name: str) -> None:
    with app.app_context():
        sample = a_full_customer(lambda column: "华兴")
    person = signed_in(name)
    paths = [path for _rule, path in pages(app, sample)]
    grown: dict[str, int] = {}
    for _turn in range(2):
        before = kept()
        for path in paths:
            person.http.get(path)
        grown = {what: size - before.get(what, 0) for what, size in kept().items()}
    assert not {what for what, more in grown.items() if more}
