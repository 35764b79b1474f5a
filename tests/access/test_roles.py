"""Roles: the matrix explains each cell, and an edited cell holds at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import defaults, queries, roles, words
from blueprints.access.models import Role
from core import kinds
from core.changes import Change
from core.db import db
from core.rights import Right, Scope
from tests.company import a_customer, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]


def the_role(code: str) -> Role:
    return db.session.scalars(select(Role).where(Role.code == code)).one()


def role_id(app: Flask, code: str) -> int:
    with app.app_context():
        return the_role(code).id


@pytest.mark.parametrize("username", ["manager", "lead1", "sales1a", "auditor"])
def test_only_who_manages_roles_sees_and_changes_them(signed_in: SignedIn, username: str) -> None:
    client = signed_in(username)
    for path in ("/admin/roles", "/admin/roles/new", "/admin/roles/1/edit"):
        assert client.get(path).status == 403
    for path in ("/admin/roles", "/admin/roles/1"):
        assert client.post(path, {"name_zh": "x", "name_en": "x", "scope_access_roles": "all"}).status == 403


def test_every_right_has_words_and_every_area_too() -> None:
    assert set(words.RIGHTS) == set(Right)
    assert {right.split(":")[0] for right in Right} == set(words.AREAS)
    assert [right for _area, rights in words.by_area() for right in rights] == list(words.RIGHTS)


def test_built_in_roles_only_hold_what_the_matrix_can_show() -> None:
    for cells in defaults.GRANTS.values():
        for right, cell in cells.items():
            assert cell.ask or cell.scope in words.RIGHTS[right].scopes, right
            assert not cell.ask or words.RIGHTS[right].asked, right
            assert cell.most is None or words.RIGHTS[right].counted, right


@pytest.mark.parametrize("right", list(Right))
def test_each_cell_is_a_whole_sentence(app: Flask, right: Right) -> None:
    with app.test_request_context():
        for scope in (None, *words.RIGHTS[right].scopes):
            sentence = words.sentence(right, scope)
            assert sentence.endswith((".", "。")) and "%(" not in sentence
        assert words.sentence(right, Scope.ALL, most=50) != words.sentence(right, Scope.ALL)


def test_the_words_of_own_say_what_the_policy_does(app: Flask) -> None:
    """Who helps sees and may log; who helps and may edit also edits; nothing else comes with helping."""
    policy = kinds.kind_of("customers").policy
    for right in words.on_records("customers"):
        helping = {c.name for c in policy.clauses if c.rights and right in c.rights}
        expected = {"helper": words.HELPED, "writing_helper": words.EDITED}.get(
            next(iter(helping), ""), words.CUSTOMERS
        )
        assert words.RIGHTS[right].whom is expected, right


def test_the_matrix_shows_every_right_for_every_role(signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/admin/roles")
    cells = page.soup.select(".matrix .scope")
    assert len(cells) == len(Right) * len(defaults.ROLES)
    assert all(cell["data-why"] for cell in cells)
    lead = next(
        cell for cell in cells if str(cell["data-why"]).startswith("主管") and "scope-branch" in cell["class"]
    )
    assert lead


def test_an_edited_cell_holds_at_once(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer(owner="sales1b")
        assert not kinds.holds(customer, the_viewer("sales1a"), Right.CUSTOMERS_SEE)
    admin, id = signed_in("admin"), role_id(app, "employee")
    sent = admin.get(f"/admin/roles/{id}/edit").form()
    assert (sent["scope_customers_see"], sent["limit_customers_bulk"]) == (["own"], ["50"])
    sent.update(
        scope_customers_see="team",
        limit_customers_bulk="",
        scope_customers_bin="",
        scope_customers_export="ask",
    )
    assert admin.post(f"/admin/roles/{id}", sent).status == 303
    with app.app_context():
        viewer = the_viewer("sales1a")
        assert kinds.holds(customer, viewer, Right.CUSTOMERS_SEE)
        assert viewer.limit(Right.CUSTOMERS_BULK) is None
        assert not viewer.may(Right.CUSTOMERS_BIN)
        assert Right.CUSTOMERS_EXPORT in viewer.asks
        changed = db.session.scalars(
            select(Change).where(Change.root_table == "roles", Change.root_id == id)
        ).all()
        assert {row.action for row in changed} >= {"insert", "update", "delete"}


def test_cells_that_were_not_sent_stay(app: Flask, signed_in: SignedIn) -> None:
    id = role_id(app, "employee")
    with app.app_context():
        before, version = roles.cells_of(the_role("employee")), the_role("employee").version
    fields = {"name_zh": "业务", "name_en": "Employee", "version": version}
    assert signed_in("admin").post(f"/admin/roles/{id}", fields).status == 303
    with app.app_context():
        assert roles.cells_of(the_role("employee")) == before
        assert the_role("employee").name_zh == "业务"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scope_customers_see", "ask"),
        ("scope_access_roles", "own"),
        ("scope_customers_see", "king"),
        ("limit_customers_bulk", "0"),
        ("limit_customers_bulk", "x"),
        ("name_en", ""),
    ],
)
def test_a_cell_that_makes_no_sense_is_refused(
    app: Flask, signed_in: SignedIn, field: str, value: str
) -> None:
    admin, id = signed_in("admin"), role_id(app, "employee")
    sent = admin.get(f"/admin/roles/{id}/edit").form()
    assert admin.post(f"/admin/roles/{id}", {**sent, field: value}).status == 422


def test_the_last_administrators_role_keeps_its_right(app: Flask, signed_in: SignedIn) -> None:
    admin, id = signed_in("admin"), role_id(app, "admin")
    sent = admin.get(f"/admin/roles/{id}/edit").form()
    page = admin.post(f"/admin/roles/{id}", {**sent, "scope_access_roles": ""})
    assert page.status == 422
    with app.app_context():
        assert queries.administrators() == 1


def test_two_edits_of_a_role_meet(app: Flask, signed_in: SignedIn) -> None:
    admin, id = signed_in("admin"), role_id(app, "employee")
    mine, theirs = (admin.get(f"/admin/roles/{id}/edit").form() for _window in range(2))
    assert admin.post(f"/admin/roles/{id}", {**theirs, "scope_customers_see": "team"}).status == 303
    page = admin.post(f"/admin/roles/{id}", {**mine, "scope_customers_bin": ""})
    assert page.status == 409
    assert [radio["name"] for radio in page.soup.select(".conflict input[checked]")] == [
        "keep-scope_customers_see"
    ]
    assert admin.post(f"/admin/roles/{id}", page.form(f"/admin/roles/{id}")).status == 303
    with app.app_context():
        cells = roles.cells_of(the_role("employee"))
        assert cells[Right.CUSTOMERS_SEE].scope is Scope.TEAM
        assert Right.CUSTOMERS_BIN not in cells


def test_a_role_is_copied_and_gets_a_code_of_its_own(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    sent = admin.get("/admin/roles/new?copy=employee").form()
    for _time in range(2):
        form = {**sent, "name_zh": "见习", "name_en": "Employee!", "create_key": f"key{_time}"}
        assert admin.post("/admin/roles", form).status == 303
    with app.app_context():
        copies = [the_role("employee-2"), the_role("employee-3")]
        assert all(roles.cells_of(copy) == roles.cells_of(the_role("employee")) for copy in copies)
        assert not any(copy.builtin for copy in copies)


def test_a_new_role_holds_what_was_chosen(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    sent = {
        **admin.get("/admin/roles/new").form(),
        "name_zh": "看客",
        "name_en": "Reader",
        "scope_customers_see": "branch",
    }
    assert admin.post("/admin/roles", sent).status == 303
    with app.app_context():
        assert roles.cells_of(the_role("reader")) == {Right.CUSTOMERS_SEE: defaults.BRANCH}
