"""Imports without pages: a text as a file, with the rights of a standing person, told in English."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from blueprints.customers import import_fields, import_rows, importing
from blueprints.customers.import_report import Account
from blueprints.customers.import_rows import Candidate
from blueprints.customers.models import Customer
from core import changes
from core.csvfiles import open_csv
from core.db import db
from core.importways import Way
from tests.company import the_viewer


def candidates(
    data: str | bytes, mapping: dict[str, str] | None = None, way: Way | None = None
) -> list[Candidate]:
    """The rows of a file as they are read; without a mapping known columns map themselves."""
    table = open_csv(data.encode() if isinstance(data, str) else data)
    known = import_fields.suggested(table.header, table.samples())
    way = way or Way()
    columns = import_fields.checked(mapping or known, table.header, way)
    return list(import_rows.read(table.rows(), columns, way))


def tried(
    data: str | bytes, by: str = "manager", mapping: dict[str, str] | None = None, **way: Any
) -> Account:
    """A dry run."""
    with force_locale("en"):
        return importing.dry_run(candidates(data, mapping, Way(**way)), by=the_viewer(by))


def imported(
    data: str | bytes, by: str = "manager", mapping: dict[str, str] | None = None, **way: Any
) -> Account:
    """An import, committed; `way` says how its rows are taken."""
    who = the_viewer(by)
    with force_locale("en"), changes.acting(changes.Actor(who.id, who.name, "web")):
        account = importing.carry_out(candidates(data, mapping, Way(**way)), by=who)
        db.session.commit()
    return account


def counts(account: Account) -> tuple[int, int, int, int]:
    """How many rows made, changed, skipped a customer, or were refused."""
    return account.created, account.updated, account.skipped, account.refused


def sentences(account: Account) -> list[str]:
    """What is said about rows: `line column: sentence`. None is finished: others read them in other languages."""
    said = [finding.message for outcome in account.problems for finding in outcome.findings]
    assert not [message for message in said if isinstance(message, str)]
    with force_locale("en"):
        return [
            f"{outcome.line} {finding.column or '-'}: {finding.message}"
            for outcome in account.problems
            for finding in outcome.findings
        ]


def customers() -> list[Customer]:
    """All customers, in the order in which they were made."""
    return list(db.session.scalars(select(Customer).order_by(Customer.id)))


def only_customer() -> Customer:
    """The one customer there is."""
    [customer] = customers()
    return customer
