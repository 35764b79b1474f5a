"""Statements that are built once and asked again with other values: building SQL takes longer than running it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from sqlalchemy import Select

from core.rights import Grant, Right, Standing, Viewer

MOST = 500  # of one function, for the people who clicked last


def prepared(build: Callable[..., Select[Any]]) -> Callable[..., Select[Any]]:
    """Keep what a function builds for a person with just these rights, so that days and ids come in as `bindparam`s.

    The function is given a person of whom nothing is known but where they stand and what they hold,
    and arguments that can be compared.
    """

    @lru_cache(MOST)
    def kept(standing: Standing, grants: frozenset[tuple[Right, Grant]], *asked: Any) -> Select[Any]:
        return build(_holder(standing, grants), *asked)

    @wraps(build)
    def statement(viewer: Viewer, *asked: Any) -> Select[Any]:
        return kept(viewer.standing, viewer.held, *asked)

    return statement


def _holder(standing: Standing, grants: frozenset[tuple[Right, Grant]]) -> Viewer:
    return Viewer(
        id=standing.id,
        username="",
        name="",
        team_ids=standing.team_ids,
        branch_ids=standing.branch_ids,
        grants=dict(grants),
    )
