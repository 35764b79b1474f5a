"""The pages of office, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.office.views import (
    approvals,
    calendars,
    fields,
    files,
    jobs,
    lists,
    notes,
    notifications,
    settings,
    team,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    settings.bp, calendars.bp, fields.bp, jobs.bp, notifications.bp, notes.bp, files.bp, lists.bp, lists.one,
    approvals.bp, team.bp,
)  # fmt: skip
