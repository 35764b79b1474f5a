"""The pages of contacts, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.interactions.views import imports, interactions, picking, planned_contacts, postponements

BLUEPRINTS: tuple[Blueprint, ...] = (
    interactions.bp,
    planned_contacts.bp,
    postponements.bp,
    picking.bp,
    imports.bp,
)
