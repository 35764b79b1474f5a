"""The pages of office, a file per noun."""

from __future__ import annotations

from flask import Blueprint

from blueprints.office.views import calendars, jobs, notes, notifications, settings

BLUEPRINTS: tuple[Blueprint, ...] = (settings.bp, calendars.bp, jobs.bp, notifications.bp, notes.bp)
