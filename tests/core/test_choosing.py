"""Fields in which one chooses: given pairs, whatever WTForms makes of them."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from flask import Flask
from wtforms import SelectChoice

from core import fields
from core.forms import Form

TIERS = [("", "—"), ("a", "A key"), ("b", "B important")]


class Chooser(Form):
    """One field of each kind."""

    one = fields.choice("One", TIERS)
    few = fields.choice("Few", TIERS, radio=True)
    many = fields.ManyField("Many", choices=TIERS[1:])


@pytest.mark.parametrize("name", ["one", "few", "many"])
def test_what_is_offered_are_pairs_and_wtforms_gets_what_it_wants(app: Flask, name: str) -> None:
    with app.test_request_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        field: Any = Chooser(formdata=None)[name]
        for pairs in (field.offered.items(), [("c", "C normal")], ()):
            field.choices = pairs
            assert field.offered == dict(pairs)
            assert all(isinstance(choice, SelectChoice) for choice in field.choices)
            assert [choice.value for choice in field.iter_choices()] == [code for code, _word in pairs]


def test_fields_of_one_form_share_nothing(app: Flask) -> None:
    with app.test_request_context():
        first, second = Chooser(formdata=None), Chooser(formdata=None)
        first.one.choices = [("c", "C normal")]
        assert second.one.offered == dict(TIERS)
