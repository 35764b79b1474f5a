"""Statements that are kept: for the same rights the same one, for others never."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, column, select

from core.prepared import prepared
from core.rights import Grant, Right, Scope, Viewer


@prepared
def asked(viewer: Viewer, wide: bool) -> Select[Any]:
    scope = viewer.scope(Right.CUSTOMERS_SEE)
    return select(column("id")).where(
        column("owner") == viewer.id, column("wide") == wide, column("s") == scope
    )


def a_viewer(id: int = 1, scope: Scope = Scope.OWN, **about: Any) -> Viewer:
    return Viewer(id=id, username="u", name="n", grants={Right.CUSTOMERS_SEE: Grant(scope)}, **about)


def test_the_same_rights_are_asked_with_the_same_statement() -> None:
    assert asked(a_viewer(language="en"), True) is asked(a_viewer(language="zh_Hans_CN"), True)


def test_other_people_rights_teams_and_arguments_have_statements_of_their_own() -> None:
    made = {
        id(asked(*arguments))
        for arguments in (
            (a_viewer(), True),
            (a_viewer(), False),
            (a_viewer(2), True),
            (a_viewer(scope=Scope.ALL), True),
            (a_viewer(team_ids=frozenset({7})), True),
            (a_viewer(branch_ids=frozenset({7})), True),
        )
    }
    assert len(made) == 6


def test_what_is_built_knows_nobody_but_by_rights() -> None:
    seen: list[Viewer] = []

    @prepared
    def build(viewer: Viewer) -> Select[Any]:
        seen.append(viewer)
        return select(column("id"))

    build(a_viewer(3, session_token="secret"))
    assert (seen[0].id, seen[0].name, seen[0].session_token) == (3, "", "")
