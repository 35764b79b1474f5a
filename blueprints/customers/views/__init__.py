"""The pages of customers, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.customers.views import bin, bulk, customers, export, history, imports, lookup, owner, people

BLUEPRINTS: tuple[Blueprint, ...] = (
    customers.bp, owner.bp, people.bp, bulk.bp, bin.bp, export.bp, lookup.bp, imports.bp, history.bp,
)  # fmt: skip
