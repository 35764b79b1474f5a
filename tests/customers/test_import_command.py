"""`flask customers import` and `export`: the code and the rights of the pages, told by the exit status."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import changes
from core.changes import ChangeSet
from core.db import db
from core.journal import JournalEntry
from tests.company import a_customer, the_user
from tests.core.undos import business_tables

GOOD = "客户编号,公司,手机\nK1,华兴科技有限公司,13912346688\nK2,瑞丰贸易,\n"


def run(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=["customers", *map(str, args)])


def a_file(folder: Path, text: str | bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def numbers(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Customer.number).order_by(Customer.number)))


@pytest.mark.both_databases
def test_every_row_taken_is_status_0(app: Flask, tmp_path: Path) -> None:
    done = run(app, "import", a_file(tmp_path, GOOD), "--as", "lead1")
    assert done.exit_code == 0, done.output
    assert numbers(app) == ["K1", "K2"]
    with app.app_context():
        made = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert made is not None
        assert (made.verb, made.source, made.user_id) == ("customer.imported", "cli", the_user("lead1").id)


def test_a_refused_row_is_told_on_standard_error_and_is_status_1(app: Flask, tmp_path: Path) -> None:
    done = run(app, "import", a_file(tmp_path, GOOD + ",,\nK3,,139\n"), "--as", "lead1")
    assert done.exit_code == 1
    assert numbers(app) == ["K1", "K2"]
    assert "5" in done.stderr and "公司" not in done.stdout


def test_a_dry_run_tells_alike_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    good, bad = a_file(tmp_path, GOOD, "good.csv"), a_file(tmp_path, GOOD + "K3,,139\n", "bad.csv")
    dry = [run(app, "import", path, "--as", "lead1", "--dry-run") for path in (good, bad)]
    assert [done.exit_code for done in dry] == [0, 1]
    assert numbers(app) == []
    assert run(app, "import", bad, "--as", "lead1").stderr == dry[1].stderr


def test_a_mapping_says_what_is_imported(app: Flask, tmp_path: Path) -> None:
    mapping = a_file(tmp_path, json.dumps({"Firma": "name", "Nr": "number", "Ort": None}), "mapping.json")
    file = a_file(tmp_path, "Nr;Firma;Ort\nK1;Müller & Söhne;Köln\n".encode("cp1252"))
    done = run(app, "import", file, "--mapping", mapping, "--encoding", "cp1252", "--as", "lead1")
    assert done.exit_code == 0, done.output
    with app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        assert (customer.name, customer.city) == ("Müller & Söhne", None)


@pytest.mark.parametrize(
    ("text", "mapping", "encoding", "who"),
    [
        (GOOD, '{"公司": "role"}', None, "lead1"),
        (GOOD, '{"公司": "city"}', None, "lead1"),
        (GOOD, "{", None, "lead1"),
        (GOOD, None, "nonsense", "lead1"),
        ("a,b\n1,2\n", None, None, "lead1"),
        ("", None, None, "lead1"),
        (b"PK\x03\x04xl/", None, None, "lead1"),
        (GOOD, None, None, "sales1a"),
        (GOOD, None, None, "assistant1"),
        (GOOD, None, None, "nobody"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    app: Flask, tmp_path: Path, text: str | bytes, mapping: str | None, encoding: str | None, who: str
) -> None:
    options = ["--mapping", a_file(tmp_path, mapping, "mapping.json")] if mapping else []
    options += ["--encoding", encoding] if encoding else []
    done = run(app, "import", a_file(tmp_path, text), *options, "--as", who)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert numbers(app) == []


def test_the_rights_of_the_person_apply(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司", number="K1", owner="sales2a")
    done = run(app, "import", a_file(tmp_path, GOOD), "--as", "lead1")
    assert (done.exit_code, numbers(app)) == (1, ["K1", "K2"])
    with app.app_context():
        assert db.session.scalars(select(JournalEntry.kind)).all() == ["looked_up"]


@pytest.mark.both_databases
@pytest.mark.parametrize(("format", "encoding"), [("csv", "utf-8-sig"), ("csv-gb18030", "gb18030")])
def test_our_export_imported_again_changes_nothing(
    app: Flask, tmp_path: Path, format: str, encoding: str
) -> None:
    with app.app_context():
        customer = a_customer(
            "=华兴科技（上海）有限公司", short_name="华兴", tier="a", status="lost", lost_reason="price", city="上海",
            intent="low", source="fair", industry="印刷", website="https://hx.example", phone="139 1234 6688",
            email="WM@hx.example", tags=["VIP", "展会"], note="第一行\n第二行", owner="sales1a", credit_code="X1",
        )  # fmt: skip
        changes.record("customer.updated")
        actions.add_person(
            customer, {"name": "王敏", "form_of_address": "王姐", "phone": "010-88886666转801"}
        )
        actions.add_point(customer, "wx_hx", kind="wechat")
        db.session.commit()
        a_customer("王敏", kind="person", owner="sales2a", phone="13800138000")
        a_customer('O\'Neil & Co., "Ltd"', owner=None, phone="+44 7700 900123")
        before = business_tables()
    out = tmp_path / "out.csv"
    assert run(app, "export", out, "--as", "manager", "--format", format).exit_code == 0
    assert (out.stat().st_mode & 0o777) == 0o600
    with out.open(encoding=encoding, newline="") as file:
        assert "'=华兴科技（上海）有限公司" in [row["name"] for row in csv.DictReader(file)]
    done = run(app, "import", out, "--as", "manager")
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert business_tables() == before


def test_who_may_not_export_gets_no_file(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_customer("甲")
    for who in ("sales1a", "lead1", "nobody"):
        done = run(app, "export", tmp_path / "out.csv", "--as", who)
        assert (done.exit_code, list(tmp_path.glob("*.csv"))) == (1, [])


def test_an_export_is_journaled(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_customer("甲")
    run(app, "export", tmp_path / "out.csv", "--as", "manager")
    with app.app_context():
        [note] = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "exported"))
        assert (note.user_id, note.details["rows"]) == (the_user("manager").id, 1)
