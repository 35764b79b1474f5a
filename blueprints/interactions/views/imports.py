"""Importing past contacts, by the wizard of all lists."""

from __future__ import annotations

from blueprints.interactions import import_wizard
from core import importkinds

bp = importkinds.pages(import_wizard.KIND)
