"""The pages of access, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.access.views import me, sign_in

BLUEPRINTS: tuple[Blueprint, ...] = (sign_in.bp, me.bp)
