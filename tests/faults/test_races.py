"""Many at once against two and four processes: one wins, the others are told, and nothing is there twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, insert, select

from bench.visitor import Answer, Visitor
from blueprints.access import rules
from blueprints.access.models import Role, SignInAttempt, User, UserRole
from blueprints.customers import export_requests, owner_requests
from blueprints.customers import rules as customer_rules
from blueprints.customers.models import Customer, Relation
from blueprints.customers.requested import ExportRequest
from blueprints.office.models import Approval
from core import changes, clock, serving, uploads
from core.db import db
from core.journal import JournalEntry
from tests.company import PASSWORD, a_customer, the_user, the_viewer
from tests.faults.servers import Server, again, all_at_once, facts, persistent

pytestmark = [
    pytest.mark.extra,
    pytest.mark.both_databases,
    pytest.mark.parametrize("workers", [2, 4], ids=["two", "four"]),
]

SENT, EDITORS, TRIES, LOOK_UPS = 20, 10, 40, 10


def test_a_form_sent_by_many_clicks_makes_one_customer(app: Flask, server: Server) -> None:
    visitor = server.visitor("manager")
    answers = all_at_once(
        [lambda: again(visitor).post("/customers", facts("Once")) for _click in range(SENT)]
    )
    assert statuses(answers) == {303: SENT}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert counted(app, Customer) == 1


def test_the_very_first_customers_made_at_once_have_a_number_each(app: Flask, server: Server) -> None:
    """Nobody has counted yet: whoever begins to does it alone."""
    visitor = server.visitor("manager")
    forms = [facts(f"Very first {n}") for n in range(EDITORS)]
    answers = all_at_once([lambda form=form: persistent(visitor, "/customers", form) for form in forms])
    assert statuses(answers) == {303: EDITORS}, server.said()
    with app.app_context():
        numbers = db.session.scalars(select(Customer.number)).all()
        assert len(numbers) == len(set(numbers)) == EDITORS


def test_of_many_edits_of_one_version_one_wins(app: Flask, server: Server) -> None:
    with app.app_context():
        customer = a_customer()
        path, version = f"/customers/{customer.id}", customer.version
    visitor = server.visitor("manager")
    names = [f"Edit {n}" for n in range(EDITORS)]
    forms = [facts(name, version=str(version)) for name in names]
    answers = all_at_once([lambda form=form: again(visitor).post(path, form) for form in forms])
    assert statuses(answers) == {303: 1, 409: EDITORS - 1}
    with app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        winner = next(name for name, answer in zip(names, answers, strict=True) if answer.status == 303)
        assert (customer.name, customer.version) == (winner, version + 1)


def test_of_companies_set_above_each_other_one_is(app: Flask, server: Server) -> None:
    """Half of them say that one is above, half that the other is; there is one relation, and no circle."""
    with app.app_context():
        ids = [a_customer(name).id for name in ("One", "Another")]
    visitor = server.visitor("manager")
    forms = [{"other": str(ids[1]), "role": ("parent", "subsidiary")[n % 2]} for n in range(EDITORS)]
    path = f"/customers/{ids[0]}/relations"
    answers = all_at_once([lambda form=form: again(visitor).post(path, form) for form in forms])
    assert statuses(answers) == {303: 1, 422: EDITORS - 1}
    assert counted(app, Relation) == 1


def test_of_two_who_give_a_customer_away_one_wins_and_the_other_sees_both_owners(
    app: Flask, server: Server
) -> None:
    with app.app_context():
        customer = a_customer()
        path, version = f"/customers/{customer.id}/owner", str(customer.version)
        names = {name: the_user(name).name for name in ("sales1b", "sales2a")}
    rivals = {"sales1b": server.visitor("manager"), "sales2a": server.visitor("leader")}
    for visitor in rivals.values():
        assert visitor.get(path).status == 200
    sent = {
        owner: {"owner": owner, "reason": "a race", "version": version, "opened": '{"owner": "sales1a"}'}
        for owner in rivals
    }
    answers = all_at_once(
        [lambda owner=owner: persistent(rivals[owner], path, sent[owner]) for owner in rivals]
    )
    assert statuses(answers) == {303: 1, 409: 1}, server.said()
    found = {answer.status: owner for owner, answer in zip(rivals, answers, strict=True)}
    with app.app_context():
        winner = db.session.scalars(select(Customer)).one().owner
        assert winner is not None and winner.username == found[303]
    [refused] = [answer for answer in answers if answer.status == 409]
    page = BeautifulSoup(refused.text, "html.parser")
    [row] = page.select("table.conflict tbody tr")
    theirs, yours = (cell.get_text() for cell in row.select("td"))
    assert names[found[303]] in theirs and names[found[409]] in yours
    fresh = str(page.select("input[name=version]")[0]["value"])
    answer = again(rivals[found[409]]).post(
        path, sent[found[409]] | {"version": fresh, "keep-owner": "theirs"}
    )
    with app.app_context():
        assert answer.status == 303
        assert db.session.scalars(select(Customer)).one().owner_id == the_user(found[303]).id


def test_of_a_yes_and_many_noes_at_once_one_is_kept(app: Flask, server: Server) -> None:
    """The others are told; the customer has the owner that the answer which was kept gives it."""
    with app.app_context():
        customer = a_customer()
        by = the_viewer("sales1a")
        now = clock.frozen(datetime.now(UTC))  # that of the server: nothing is past due, and moved on by it
        with now, changes.acting(changes.Actor(by.id, by.name, "web")):
            asked = owner_requests.ask_for_owner(customer, the_user("sales1b"), by=by, reason="a race")
            db.session.commit()
        path, id = f"/approvals/{asked.id}", customer.id
        manager = str(the_user("manager").id)
    visitor = server.visitor("lead1")
    sent: list[tuple[str, dict[str, str]]] = [
        ("approval", {}), ("refusal", {"remark": "no"}), ("passing", {"approver": manager})
    ]  # fmt: skip
    ways = [sent[n % 3] for n in range(EDITORS)]
    answers = all_at_once([lambda way=way: persistent(visitor, f"{path}/{way[0]}", way[1]) for way in ways])
    found = statuses(answers)
    assert found[303] == 1 and sum(found[status] for status in (303, 403, 409)) == EDITORS, found
    kept = next(way for way, answer in zip(ways, answers, strict=True) if answer.status == 303)[0]
    with app.app_context():
        approval = db.session.scalars(select(Approval)).one()
        assert approval.state == {"approval": "approved", "refusal": "refused", "passing": "open"}[kept]
        owner = db.session.get_one(Customer, id).owner
        assert owner is not None and owner.username == ("sales1b" if kept == "approval" else "sales1a")


def test_a_request_made_by_many_clicks_is_there_once(app: Flask, server: Server) -> None:
    with app.app_context():
        path = f"/customers/{a_customer().id}/owner-request"
    visitor = server.visitor("sales1a")
    forms = [{"owner": "sales1b", "reason": "x", "create_key": str(n)} for n in range(EDITORS)]
    answers = all_at_once([lambda form=form: persistent(visitor, path, form) for form in forms])
    assert statuses(answers) == {303: 1, 422: EDITORS - 1}
    assert counted(app, Approval) == 1


def test_an_approved_export_that_is_taken_by_many_clicks_is_made_once(app: Flask, server: Server) -> None:
    """All get the very same file, none is left beside it, and the journal knows of one export and of each fetching."""
    with app.app_context():
        a_customer()
        by = the_viewer("lead1")
        now = clock.frozen(datetime.now(UTC))  # that of the server
        with now, changes.acting(changes.Actor(by.id, by.name, "web")):
            asked = export_requests.ask_to_export("", by=by, format="csv", clear=False, reason="a race")
            db.session.commit()
        yes, take = f"/approvals/{asked.id}/approval", f"/customers/export/requests/{asked.record_id}/file"
    assert server.visitor("manager").post(yes, {}).status == 303
    visitor = server.visitor("lead1")
    answers = all_at_once([lambda: persistent(visitor, take, {}) for _click in range(EDITORS)])
    assert statuses(answers) == {200: EDITORS}, server.said()
    assert len({answer.text for answer in answers}) == 1 and "华兴科技有限公司" in answers[0].text
    with app.app_context():
        [made] = db.session.scalars(select(ExportRequest))
        assert made.taken_at is not None and made.customer_ids == []
        counts = select(JournalEntry.kind, func.count()).where(JournalEntry.kind.startswith("exported"))
        assert dict(db.session.execute(counts.group_by(JournalEntry.kind)).all()) == {
            "exported": 1, "exported_again": EDITORS - 1,
        }  # fmt: skip
        kept = uploads.kept_in(Path(app.extensions["huifang"].data))
        assert [path.name for path in kept] == [made.file]


@pytest.mark.parametrize("way", ["look-up", "new customer"])
def test_of_many_look_ups_with_the_last_one_of_the_day_one_is_answered(
    app: Flask, server: Server, way: str
) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司")
        used = JournalEntry(
            at=datetime.now(UTC), kind="looked_up", user_id=the_user("sales2a").id, actor="", address="", details={}
        )  # fmt: skip
        columns = {c.name: getattr(used, c.name) for c in JournalEntry.__table__.columns if c.name != "id"}
        rows = [columns for _n in range(customer_rules.LOOKUPS_A_DAY - 1)]
        db.session.execute(insert(JournalEntry), rows)
        db.session.commit()
    visitor = server.visitor("sales2a")
    if way == "look-up":
        answers = all_at_once(
            [lambda: persistent(visitor, "/lookup", {"q": "华兴科技有限公司"}) for _n in range(LOOK_UPS)]
        )
        assert statuses(answers) == {200: 1, 422: LOOK_UPS - 1}
    else:
        forms = [
            {**facts("华兴科技有限公司"), "create_key": str(n), "create_anyway": ""} for n in range(LOOK_UPS)
        ]
        answers = all_at_once([lambda form=form: persistent(visitor, "/customers", form) for form in forms])
        assert statuses(answers) == {409: LOOK_UPS}
    assert sum("销售一部" in answer.text for answer in answers) == 1


def test_the_last_two_administrators_cannot_remove_each_other(app: Flask, server: Server) -> None:
    with app.app_context():
        changes.record("user.updated")
        role = db.session.scalars(select(Role).where(Role.code == "admin")).one()
        second = the_user("auditor")
        second.roles.append(UserRole(role_id=role.id))
        db.session.commit()
        ids = {name: the_user(name).id for name in ("admin", "auditor")}
    rivals = [(server.visitor("admin"), ids["auditor"]), (server.visitor("auditor"), ids["admin"])]
    answers = all_at_once([lambda rival=rival: deactivate(*rival) for rival in rivals])
    assert statuses(answers)[303] == 1, statuses(answers)
    with app.app_context():
        left = select(func.count()).where(User.id.in_(ids.values()), User.deactivated_at.is_(None))
        assert db.session.scalar(left) == 1


def test_failed_sign_ins_are_counted_in_all_processes(app: Flask, server: Server, workers: int) -> None:
    guesser = Visitor(server.port)
    guesser.read_token("/sign-in")
    answers = all_at_once([lambda n=n: sign_in(again(guesser), f"guess number {n}") for n in range(TRIES)])
    assert statuses(answers) == {422: TRIES}
    heard = counted(app, SignInAttempt)
    assert rules.ACCOUNT_FAILURES <= heard <= rules.ACCOUNT_FAILURES + workers * serving.THREADS
    late = [sign_in(again(guesser), PASSWORD) for _connection in range(2 * workers)]
    assert statuses(late) == {422: len(late)}
    assert counted(app, SignInAttempt) == heard


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def deactivate(visitor: Visitor, id: int) -> Answer:
    return visitor.post(f"/admin/users/{id}/deactivation", {"reason": "a race"})


def sign_in(visitor: Visitor, password: str) -> Answer:
    return visitor.post("/sign-in", {"username": "sales1a", "password": password})


def counted(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0
