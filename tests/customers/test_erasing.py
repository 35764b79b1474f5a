"""Erasing for good: nothing is left anywhere but what must be kept, without a name."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from blueprints.customers import actions, bulk_parts, erasing, holds
from blueprints.customers.models import Affiliation, Customer, CustomerImport, Person
from blueprints.sales.models import Purchase
from core import clock, erasure_log, journal, sealing, undo, uploads
from core.change_sets import ChangeSet
from core.db import db
from core.erasures import hashed
from core.errors import RuleBroken
from core.journal import JournalEntry
from tests.company import a_customer, the_viewer
from tests.customers.keeping import acted
from tests.customers.test_merge import merged_into
from tests.security.world import a_full_customer

CANARY = "甲丙戊庚壬"
LATIN = "Zqxkanarie"
# What the books must show, and what is the company's own
KEPT = frozenset(
    {
        "purchases.number", "purchase_lines.text", "purchase_lines.unit", "products.name", "products.number",
        "products.unit", "custom_fields.label_zh", "custom_fields.label_en", "working_calendars.name",
    }
)  # fmt: skip


def traces_of_canary(app: Flask, *needles: str) -> list[str]:
    """Where it is still to be found: in the bytes of the data folder, and in the texts of all tables."""
    found = []
    forms = [form for needle in needles for form in {needle, json.dumps(needle)[1:-1]}]
    data = Path(app.extensions["huifang"].data)
    for path in sorted(data.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found += [f"{path.name}: {form}" for form in forms if form.encode() in content]
    with app.app_context():
        for name in inspect(db.engine).get_table_names():
            for row in db.session.execute(text(f'SELECT * FROM "{name}"')):
                said = json.dumps(list(row), default=str, ensure_ascii=False)
                found += [f"{name}: {said[:200]}" for needle in needles if needle in said]
        db.session.rollback()
    return found


def a_story(username: str = "sales1a") -> int:
    """A customer with the canary in every text, seen through all that people do with a file."""
    sample = a_full_customer(lambda column: column if column in KEPT else f"{CANARY}{column}", owner=username)
    customer = db.session.get_one(Customer, sample.id)
    acted(actions.update, customer, {"name": f"{CANARY}二世", "note": LATIN}, as_whom=username)
    acted(actions.update, customer, {"name": f"{CANARY}三世", "note": "x"}, as_whom=username)
    point = acted(actions.add_point, customer, "13812345678", kind="mobile", as_whom=username)
    acted(actions.remove_point, customer, point, as_whom=username)
    return customer.id


def erase(id: int) -> None:
    acted(erasing.erase, [id], ground="asked", by_id=the_viewer("manager").id)


@pytest.mark.both_databases
def test_nothing_is_left_of_it(app: Flask) -> None:
    with app.app_context():
        id = a_story()
        sealing.seal(everything=True)
    assert traces_of_canary(app, CANARY)
    with app.app_context():
        erase(id)
    left = traces_of_canary(app, CANARY, LATIN, "13812345678", "139 7753 0417", "13977530417")
    assert not left, "\n".join(left[:20])
    with app.app_context():
        sealing.seal(everything=True)
        assert sealing.check().broken is None


@pytest.mark.both_databases
def test_the_books_stay_without_a_name(in_context: None) -> None:
    id = a_story()
    before = db.session.scalars(select(Purchase.amount).where(Purchase.customer_id == id)).all()
    erase(id)
    assert (
        before
        and db.session.scalars(select(Purchase.amount).where(Purchase.customer_id == id)).all() == before
    )
    stub = db.session.get_one(Customer, id, populate_existing=True)
    assert (stub.name, stub.number, stub.birthday, stub.address) == ("—", f"erased-{id}", None, None)
    assert stub.deleted_at is not None


@pytest.mark.both_databases
def test_nothing_of_it_can_be_taken_back(in_context: None) -> None:
    id = a_story()
    sets = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(3)).all()
    erase(id)
    for change_set in sets:
        with pytest.raises(RuleBroken):
            undo.undo(db.session.get_one(ChangeSet, change_set.id), the_viewer("manager"))
        db.session.rollback()


@pytest.mark.both_databases
def test_of_many_the_others_can_be_taken_back(in_context: None) -> None:
    one, other = a_customer("甲公司"), a_customer("乙公司")
    acted(actions.change_many, [one.id, other.id], {"tier": "a"}, by=the_viewer("manager"))
    last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    erase(one.id)
    acted(undo.undo, db.session.get_one(ChangeSet, last.id), the_viewer("manager"))
    assert db.session.get_one(Customer, other.id, populate_existing=True).tier == "none"


@pytest.mark.both_databases
def test_a_hold_forbids_it(in_context: None) -> None:
    customer = a_customer()
    acted(holds.put, customer, by=the_viewer("manager"), reason="仲裁")
    with pytest.raises(RuleBroken):
        erase(customer.id)
    db.session.rollback()
    acted(holds.lift, customer, by=the_viewer("manager"))
    erase(customer.id)


@pytest.mark.both_databases
def test_a_colleague_of_two_customers_stays_with_the_other(in_context: None) -> None:
    one, other = a_customer("甲公司"), a_customer("乙公司")
    person = acted(actions.add_person, one, {"name": "王敏"})
    acted(actions.affiliate, other, person, {})
    erase(one.id)
    stays = db.session.get_one(Person, person.id, populate_existing=True)
    assert (stays.name, stays.customer_id) == ("王敏", other.id)


@pytest.mark.both_databases
def test_a_contact_person_alone(app: Flask) -> None:
    with app.app_context():
        customer = a_customer("甲公司")
        person = acted(actions.add_person, customer, {"name": CANARY, "phone": "13812345678"})
        place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == person.id)).one()
        acted(erasing.erase_person, customer, place, by=the_viewer("manager"))
        assert db.session.get_one(Customer, customer.id, populate_existing=True).name == "甲公司"
        sealing.seal(everything=True)
        assert sealing.check().broken is None
    assert not traces_of_canary(app, CANARY, "13812345678")


def test_it_is_written_down_outside(app: Flask) -> None:
    data = Path(app.extensions["huifang"].data)
    with app.app_context():
        id = a_customer().id
        erase(id)
    assert [(entry.table, entry.id) for entry in erasure_log.read(data)] == [("customers", id)]
    assert (data / erasure_log.NAME).stat().st_mode & 0o077 == 0


@pytest.mark.both_databases
def test_neither_the_next_backup_nor_an_old_one_brings_it_back(app: Flask) -> None:
    data = Path(app.extensions["huifang"].data)
    with app.app_context():
        id = a_customer(f"{CANARY}有限公司", phone="13812345678").id
        other = a_customer("乙公司")
        person = acted(actions.add_person, other, {"name": "丁戊己庚", "phone": "13987654321"})
        place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == person.id)).one()
        db.session.rollback()
        place_id, other_id = place.id, other.id
        sealing.seal(everything=True)
    run = app.test_cli_runner().invoke
    assert run(args=["backup", str(data / "old.backup")]).exit_code == 0
    with app.app_context():
        erase(id)
        acted(
            erasing.erase_person,
            db.session.get_one(Customer, other_id),
            db.session.get_one(Affiliation, place_id),
            by=the_viewer("manager"),
        )
    assert run(args=["backup", str(data / "next.backup")]).exit_code == 0
    with tarfile.open(data / "next.backup") as parts:
        for part in parts:
            content = parts.extractfile(part)
            text_of = content.read() if content else b""
            assert not any(form in text_of for form in (CANARY.encode(), json.dumps(CANARY)[1:-1].encode()))
    told = run(args=["restore", str(data / "old.backup"), "--force"])
    assert told.exit_code == 0, told.output
    assert "Erased again" in told.output and "2." in told.output
    (data / "old.backup").unlink()
    assert not traces_of_canary(app, CANARY, "13812345678", "丁戊己庚", "13987654321")


@pytest.mark.both_databases
def test_what_comes_back_otherwise_is_found_and_erased_by_the_doctor(app: Flask) -> None:
    with app.app_context():
        customer = a_customer("丙公司")
        mark = f"{customer.number}@{customer.created_at:%Y%m%d%H%M%S}"
        erasure_log._append(
            Path(app.extensions["huifang"].data) / erasure_log.NAME,
            [
                erasure_log.Entry("customers", customer.id, hashed(mark), "asked"),
                erasure_log.Entry("customers", customer.id, hashed("another company's"), "asked"),
            ],
        )
        sealing.seal(everything=True)
    run = app.test_cli_runner().invoke
    assert "brought back: 1" in run(args=["doctor"]).output
    assert "1 (erased again)" in run(args=["doctor", "--repair"]).output
    assert "brought back: 0" in run(args=["doctor"]).output


@pytest.mark.both_databases
def test_what_was_merged_into_it_goes_along(app: Flask) -> None:
    with app.app_context():
        stays, gone = a_customer("乙公司"), a_customer(f"{CANARY}公司", phone="13812345678")
        merged_into(stays, gone)
        erase(stays.id)
        sealing.seal(everything=True)
        assert sealing.check().broken is None
    assert not traces_of_canary(app, CANARY, "乙公司", "13812345678")


@pytest.mark.both_databases
def test_a_hold_forbids_bin_and_merge_too(in_context: None) -> None:
    stays, held = a_customer("乙公司"), a_customer("丙公司")
    acted(holds.put, held, by=the_viewer("manager"), reason="仲裁")
    for forbidden in (
        lambda: merged_into(stays, held),
        lambda: acted(actions.put_into_bin, held, by=the_viewer("manager")),
        lambda: acted(bulk_parts.bin_many, [stays.id, held.id], by=the_viewer("manager")),
    ):
        with pytest.raises(RuleBroken):
            forbidden()
        db.session.rollback()
    merged_into(held, stays)


@pytest.mark.both_databases
def test_kept_imports_and_journals_say_nothing_of_it(app: Flask) -> None:
    with app.app_context():
        customer = a_customer(f"{CANARY}公司", phone="13812345678")
        sent = f"名称,电话\n{CANARY}公司,138 1234 5678\n别人,13900000009\n".encode("gb18030")
        row = CustomerImport(
            user_id=1, at=clock.now(), file_name=f"{CANARY}公司.csv", stored_as=uploads.keep(sent),
            encoding="gb18030", delimiter=",", rows=2, report={"problems": [[2, f"{CANARY}公司"]]},
        )  # fmt: skip
        db.session.add(row)
        db.session.add(
            JournalEntry(
                at=clock.now(), kind="looked_up", actor="x", address="", details={"q": f"{CANARY}公司 13812345678"}
            )
        )  # fmt: skip
        db.session.commit()
        name = row.stored_as
        erase(customer.id)
        kept = uploads.path_of(name).read_bytes().decode("gb18030")
    assert "别人,13900000009" in kept and CANARY not in kept and kept.count("\n") == 3
    assert not traces_of_canary(app, CANARY, "13812345678")


@pytest.mark.both_databases
def test_the_sealed_journal_forgets_it_and_still_holds(app: Flask) -> None:
    with app.app_context():
        id, other = a_customer(f"{CANARY}有限公司").id, a_customer("乙公司").id
        db.session.rollback()
        for number in range(3):
            journal.note("numbers_read", about=("customers", id), field=f"phone {number}")
        journal.note("looked_up", by="name", text=f"{CANARY}有限公司")
        journal.note("looked_up", about=("customers", other), text="乙公司")
        journal.write()
        sealing.seal()
        journal.note("looked_up", text=f"{CANARY}有限公司 once more")  # not sealed yet
        journal.write()
        links = sealing.check().links
        erase(id)
        sealing.seal()
        chain = sealing.check()
        assert (chain.broken, chain.end, chain.unsealed, chain.slipped_in) == (None, None, 0, [])
        assert chain.links > links + 4, "what is left of them is linked anew"
        said = [row.details for row in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
        assert said.count({}) >= 3 and {"text": "乙公司"} in said
        db.session.execute(text("UPDATE journal_entries SET actor = 'x' WHERE details = '{}'"))
        assert sealing.check().broken is not None
        db.session.rollback()
    assert not traces_of_canary(app, CANARY)
