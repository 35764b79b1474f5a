"""The pages of customers, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.customers.views import (
    bin,
    bulk,
    customers,
    export,
    family,
    history,
    imports,
    lookup,
    owner,
    people,
    relations,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    customers.bp, owner.bp, people.bp, bulk.bp, bin.bp, export.bp, lookup.bp, imports.bp, history.bp,
    relations.bp, family.bp,
)  # fmt: skip
