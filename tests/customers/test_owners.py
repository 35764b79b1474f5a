"""Owners, helpers, bulk changes, the bin, and the way out as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.access import queries as access
from blueprints.access.models import Membership, Role, RoleGrant
from blueprints.customers.models import Customer
from core import changes, clock
from core.changes import ChangeSet
from core.db import db
from core.rights import Right, Scope
from tests.company import a_customer, the_user
from tests.pages import Client

SignedIn = Callable[[str], Client]

pytestmark = pytest.mark.both_databases


def made(app: Flask, *args: object, **values: object) -> int:
    with app.app_context():
        return a_customer(*args, **values).id  # type: ignore[arg-type]


def owner_of(app: Flask, id: int) -> tuple[str, str]:
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        return customer.owner.username, customer.team.slug


@pytest.mark.parametrize(
    ("who", "to", "status"),
    [
        ("sales1a", "sales1b", 403),
        ("sales1b", "sales1a", 404),
        ("service1", "sales1b", 403),
        ("lead1", "sales1b", 303),
        ("lead1", "sales2a", 422),
        ("lead2", "sales2a", 404),
        ("leader", "sales2a", 303),
        ("manager", "sales2a", 303),
    ],
)
def test_who_changes_the_owner_to_whom(
    app: Flask, signed_in: SignedIn, who: str, to: str, status: int
) -> None:
    id = made(app)
    answer = signed_in(who).post(
        f"/customers/{id}/owner", {"owner": to, "reason": "分工调整", "version": "1"}
    )
    assert answer.status == status
    expected = (to, "sales2" if to == "sales2a" else "sales1") if status == 303 else ("sales1a", "sales1")
    assert owner_of(app, id) == expected


def test_asking_is_answered_with_who_may(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    page = signed_in("sales1a").get(f"/customers/{id}/owner")
    assert page.status == 403
    assert "周正" in page.words


@pytest.mark.both_databases
@pytest.mark.parametrize("keep", ["theirs", "yours"])
def test_who_gives_away_what_another_gave_away_meanwhile_sees_both_owners(
    app: Flask, signed_in: SignedIn, keep: str
) -> None:
    id = made(app)
    path, one, other = f"/customers/{id}/owner", signed_in("manager"), signed_in("leader")
    mine, theirs = (client.get(path).form(path) | {"reason": "转区"} for client in (one, other))
    assert other.post(path, theirs | {"owner": "sales1b"}).status == 303
    refused = one.post(path, mine | {"owner": "sales2a"})
    assert refused.status == 409 and owner_of(app, id) == ("sales1b", "sales1")
    [row] = refused.soup.select("table.conflict tbody tr")
    assert [cell.get_text(strip=True)[-2:] for cell in row.select("td")] == ["吴桐", "韩雪"]
    assert one.post(path, refused.form(path) | {"keep-owner": keep}).status == 303
    assert owner_of(app, id)[0] == ("sales1b" if keep == "theirs" else "sales2a")


def test_whose_customer_was_given_away_beyond_their_reach_learns_nothing_of_it(
    app: Flask, signed_in: SignedIn
) -> None:
    path, one, other = f"/customers/{made(app)}/owner", signed_in("lead1"), signed_in("leader")
    mine, theirs = (client.get(path).form(path) | {"reason": "转区"} for client in (one, other))
    assert other.post(path, theirs | {"owner": "sales2a"}).status == 303
    refused = one.post(path, mine | {"owner": "sales1b"})
    assert refused.status == 404 and "韩雪" not in refused.text


def test_a_change_of_owner_needs_a_reason(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    assert (
        signed_in("lead1")
        .post(f"/customers/{id}/owner", {"owner": "sales1b", "reason": " ", "version": "1"})
        .status
        == 422
    )
    assert owner_of(app, id) == ("sales1a", "sales1")


def test_a_helper_sees_and_a_writing_helper_edits(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, phone="13912346688", helpers={"sales2a": False})
    helper = signed_in("sales2a")
    assert "13912346688" in helper.get(f"/customers/{id}").text
    assert helper.get(f"/customers/{id}/edit").status == 403
    other = made(app, "第二家", helpers={"sales2a": True})
    assert helper.get(f"/customers/{other}/edit").status == 200
    assert helper.get(f"/customers/{other}/owner").status == 403


def test_only_people_who_may_see_customers_can_help(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    page = signed_in("sales1a").get(f"/customers/{id}/helpers")
    with app.app_context():
        names = {who: the_user(who).name for who in ("sales1b", "service1", "finance", "admin", "sales1a")}
    offered = {who for who, name in names.items() if name in page.one("main").get_text()}
    assert offered == {"sales1b", "service1"}


def test_helpers_are_chosen_on_a_page(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    owner = signed_in("sales1a")
    page = owner.get(f"/customers/{id}/helpers")
    choice = next(
        box["value"] for box in page.soup.select('input[name="writers"]') if "韩雪" in box.parent.get_text()
    )
    at = f"/customers/{id}/helpers"
    assert owner.post(at, page.form(at) | {"readers": "", "writers": ["", choice]}).status == 303
    assert signed_in("sales2a").get(f"/customers/{id}/edit").status == 200
    assert owner.post(at, owner.get(at).form(at) | {"readers": "", "writers": ""}).status == 303
    assert signed_in("sales2a").get(f"/customers/{id}").status == 404


def test_a_bulk_change_is_one_set_and_obeys_limits(app: Flask, signed_in: SignedIn) -> None:
    ids = [made(app, f"客户{n}") for n in range(4)]
    foreign = made(app, "别人的", owner="sales2a")
    own = signed_in("sales1a")
    fields = {"id": [str(id) for id in ids], "act": "tier", "tier": "b", "intent": "none", "status": "lead"}
    assert own.post("/customers/bulk", {**fields, "id": [*fields["id"], str(foreign)]}).status == 403
    assert own.post("/customers/bulk", fields).status == 303
    with app.app_context():
        assert {c.tier for c in db.session.query(Customer).filter(Customer.id.in_(ids))} == {"b"}
        assert db.session.get_one(Customer, foreign).tier == "none"
        assert db.session.query(ChangeSet).filter_by(verb="customer.bulk_changed").count() == 1


@pytest.mark.parametrize("act", ["owner", "tier", "intent", "status"])
def test_a_bulk_change_is_chosen_and_not_what_happens_to_stand_first(
    app: Flask, signed_in: SignedIn, act: str
) -> None:
    id = made(app, tier="b", status="active")
    lead = signed_in("lead1")
    opened = lead.post("/customers/bulk/preview", {"id": str(id)}).form("/customers/bulk")
    answer = lead.post("/customers/bulk", opened | {"act": act})
    assert answer.status == 422
    with app.app_context():
        found = db.session.get_one(Customer, id)
        assert (found.tier, found.status) == ("b", "active")


def test_a_bulk_change_of_owner_moves_rights_at_the_next_click(app: Flask, signed_in: SignedIn) -> None:
    ids = [made(app, f"客户{n}") for n in range(3)]
    fields = {"id": [str(id) for id in ids], "act": "owner", "owner": "sales2a", "reason": "转区", "tier": "none",
        "intent": "none", "status": "lead"}  # fmt: skip
    before, after = signed_in("sales1a"), signed_in("sales2a")
    assert before.get(f"/customers/{ids[0]}").status == 200
    assert signed_in("manager").post("/customers/bulk", fields).status == 303
    assert before.get(f"/customers/{ids[0]}").status == 404
    assert after.get(f"/customers/{ids[0]}").status == 200
    assert after.get("/search?q=客户").words.count("KH0000") == 3


def further_team(app: Flask, username: str, slug: str) -> None:
    """Let somebody also belong to another team."""
    with app.app_context():
        user, team = the_user(username), access.team_named(slug)
        changes.record("user.updated")
        db.session.add(Membership(user_id=user.id, team_id=team.id, main=False))
        db.session.commit()


def a_change_of_owner(ids: list[int], to: str) -> dict[str, object]:
    return {"id": [str(id) for id in ids], "act": "owner", "owner": to, "reason": "转区", "tier": "none",
        "intent": "none", "status": "lead"}  # fmt: skip


def test_an_owner_of_another_main_team_is_not_within_reach(app: Flask, signed_in: SignedIn) -> None:
    further_team(app, "sales2a", "sales1")
    ids = [made(app, f"客户{n}") for n in range(3)]
    lead = signed_in("lead1")
    for page in (lead.get(f"/customers/{ids[0]}/owner"), lead.post("/customers/bulk/preview", {"id": ids})):
        offered = {str(option["value"]) for option in page.soup.select("select[name=owner] option")}
        assert "sales1b" in offered and "sales2a" not in offered
    assert lead.post("/customers/bulk", a_change_of_owner(ids, "sales2a")).status == 422
    assert {owner_of(app, id) for id in ids} == {("sales1a", "sales1")}
    filters = lead.get("/customers").soup.select("select[name=owner] option")
    assert "sales2a" in {str(option["value"]) for option in filters}


def test_a_bulk_change_ends_on_a_page_that_its_author_may_open(app: Flask, signed_in: SignedIn) -> None:
    ids = [made(app, f"客户{n}") for n in range(3)]
    with app.app_context():
        changes.record("role.updated")
        grants = db.session.query(RoleGrant).join(Role).filter(Role.code == "lead")
        grants.filter(RoleGrant.right == Right.CUSTOMERS_ASSIGN).one().scope = Scope.ALL
        db.session.commit()
    lead = signed_in("lead1")
    for to in ("sales1b", "sales2a"):
        answer = lead.post("/customers/bulk", a_change_of_owner(ids, to))
        assert answer.status == 303 and {owner_of(app, id)[0] for id in ids} == {to}
        assert lead.get(answer.response.location).status == 200


def test_a_file_from_the_bin_is_not_given_to_somebody_who_has_left(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    lead = signed_in("lead1")
    assert lead.post(f"/customers/{id}/deletion").status == 303
    with app.app_context():
        changes.record("user.deactivated")
        the_user("sales1a").deactivated_at = clock.now()
        db.session.commit()
    assert lead.post(f"/customers/{id}/restoration").status == 303
    assert "没有负责人" in lead.get(f"/customers/{id}").words
    with app.app_context():
        assert db.session.get_one(Customer, id).owner_id is None


def test_the_bin_keeps_and_gives_back(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, by="lead1")
    assert signed_in("sales1a").post(f"/customers/{id}/deletion").status == 422
    lead = signed_in("lead1")
    assert lead.post(f"/customers/{id}/deletion").status == 303
    for path in (f"/customers/{id}", f"/customers/{id}/edit"):
        assert lead.get(path).status == 404
    assert not lead.get("/search?q=华兴").soup.select("#search-results a[data-suggestion]")
    assert "华兴科技有限公司" in lead.get("/customers/bin").words
    assert "华兴科技有限公司" not in signed_in("lead2").get("/customers/bin").words
    assert signed_in("lead2").post(f"/customers/{id}/restoration").status == 404
    assert lead.post(f"/customers/{id}/restoration").status == 303
    assert lead.get(f"/customers/{id}").status == 200


def test_one_may_delete_what_one_made_today(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, by="sales1a")
    assert signed_in("sales1a").post(f"/customers/{id}/deletion").status == 303


@pytest.mark.parametrize("who", ["sales1a", "lead1", "service1", "auditor", "assistant1", "admin"])
def test_export_is_refused_without_the_right(app: Flask, signed_in: SignedIn, who: str) -> None:
    page = signed_in(who).get("/customers/export")
    may_ask = who == "lead1"
    assert page.status == (303 if may_ask else 403)
    assert not may_ask or page.response.location.endswith("/customers/export/requests")
    assert signed_in(who).post("/customers/export").status == 403


def test_an_export_holds_the_list_and_nothing_else(app: Flask, signed_in: SignedIn) -> None:
    made(app, "=1+1", tier="a", phone="+86 13912346688")
    made(app, '王氏, "引号"\n换行', tier="a")
    made(app, "不在内", tier="b")
    manager = signed_in("manager")
    answer = manager.http.post("/customers/export?tier=a", data={"csrf_token": manager.token()})
    *rows, _mark = csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    names = [next(value for key, value in row.items() if "'=1+1" in value or "王氏" in value) for row in rows]
    assert len(rows) == 2
    assert "'=1+1" in names
    assert "不在内" not in answer.get_data().decode("utf-8-sig")
    assert "attachment" in answer.headers["Content-Disposition"]
