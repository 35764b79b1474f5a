"""Importing purchases and products, by the wizard of all lists."""

from __future__ import annotations

from blueprints.sales import import_wizard
from core import importkinds

purchases = importkinds.pages(import_wizard.PURCHASES)
products = importkinds.pages(import_wizard.PRODUCTS)
