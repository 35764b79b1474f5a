"""The pages of sales, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.sales.views import accounts, imports, payments, products, purchases, returns

BLUEPRINTS: tuple[Blueprint, ...] = (
    products.bp, purchases.bp, returns.bp, payments.bp, accounts.bp, imports.purchases,
    imports.products,
)  # fmt: skip
