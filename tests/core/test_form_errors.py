"""What stands above a refused form: everything that has to be mended, counted."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import force_locale

from core.errors import RuleBroken
from core.specimen import specimen


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("above", [0, 1, 2, 3])
def test_the_heading_counts_what_is_listed(app: Flask, beside: bool, above: int) -> None:
    with app.test_request_context(), force_locale("en"):
        form = specimen(wrong=beside)
        for n in range(above):
            form.complain(RuleBroken(f"Broken: {n}"))
        summary = app.jinja_env.get_template("ui/form.html").module.summary  # type: ignore[attr-defined]
        told = BeautifulSoup(summary(form), "html.parser")
    count = len(told.select("li"))
    assert count == above + 2 * beside
    heading = {0: "", 1: "One thing needs mending"}.get(count, f"{count} things need mending")
    assert (told.h2.get_text() if told.h2 else "") == heading
