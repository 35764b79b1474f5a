"""The pages of home, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.home.views import health, help, search, today

BLUEPRINTS: tuple[Blueprint, ...] = (today.bp, search.bp, health.bp, help.bp)
