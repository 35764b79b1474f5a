"""The pages of customers, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.customers.views import (
    archive,
    bin,
    blocks,
    bulk,
    consents,
    custom_fields,
    customers,
    duplicates,
    exit_talks,
    export,
    export_requests,
    family,
    history,
    imports,
    lookup,
    lookup_requests,
    merge,
    merge_requests,
    needs,
    owner,
    owner_requests,
    papers,
    people,
    personal_data,
    relations,
    retention,
    special_days,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    customers.bp, blocks.bp, owner.bp, people.bp, bulk.bp, bin.bp, export.bp, lookup.bp, imports.bp, history.bp,
    relations.bp, family.bp, merge.bp, duplicates.bp, custom_fields.bp, consents.bp, special_days.bp, papers.bp,
    needs.bp, exit_talks.bp, owner_requests.bp, merge_requests.bp, lookup_requests.bp,
    archive.bp, export_requests.bp, personal_data.bp, retention.bp,
)  # fmt: skip
