"""The pages of home, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.home.views import help, search

BLUEPRINTS: tuple[Blueprint, ...] = (search.bp, help.bp)
