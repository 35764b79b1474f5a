"""The pages of access, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.access.views import (
    audit,
    changes,
    incidents,
    me,
    roles,
    second_factor,
    sign_in,
    teams,
    user_acts,
    users,
    why,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    sign_in.bp,
    me.bp,
    second_factor.bp,
    users.bp,
    user_acts.bp,
    teams.bp,
    roles.bp,
    why.bp,
    audit.bp,
    incidents.bp,
    changes.bp,
)
