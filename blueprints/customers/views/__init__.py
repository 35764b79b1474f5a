"""The pages of customers, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.customers.views import (
    bin,
    blocks,
    bulk,
    consents,
    custom_fields,
    customers,
    duplicates,
    exit_talks,
    export,
    family,
    history,
    imports,
    lookup,
    merge,
    needs,
    owner,
    people,
    relations,
    special_days,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    customers.bp, blocks.bp, owner.bp, people.bp, bulk.bp, bin.bp, export.bp, lookup.bp, imports.bp, history.bp,
    relations.bp, family.bp, merge.bp, duplicates.bp, custom_fields.bp, consents.bp, special_days.bp,
    needs.bp, exit_talks.bp,
)  # fmt: skip
