"""The trial of an import, in a company drawn by chance: what it says of files that the importer does not see."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from tests.oracle.asking import Asking
from tests.oracle.drawing import TEAM, Company, Role, draw
from tests.oracle.founding import found
from tests.oracle.oracle import Oracle
from tests.oracle.test_oracle import plain, told
from tests.pages import Client, form_values

SEEDS = [1, 2, 3]
MANY = range(200, 206)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trial_tells_no_name_of_a_file_out_of_sight(app: Flask, seed: int) -> None:
    compare(app, where_all_import(draw(seed, people=4, files=6)))


@pytest.mark.extra
@pytest.mark.both_databases
@pytest.mark.parametrize("seed", MANY)
def test_a_trial_tells_no_name_of_a_file_out_of_sight_for_long(app: Flask, seed: int) -> None:
    compare(app, where_all_import(draw(seed, people=8, files=10)))


def where_all_import(company: Company) -> Company:
    """The same with a right for every role without which there is nothing to ask."""
    roles = tuple(
        Role({"customers:import": TEAM, "customers:create": TEAM} | role.grants) for role in company.roles
    )
    return replace(company, roles=roles)


def compare(app: Flask, company: Company) -> None:
    """Let each drawn person try a file with everybody's numbers, and the hidden parts of all names."""
    with app.app_context():
        founded = found(company)
    oracle, faults, tried = Oracle(company), list[str](), 0
    for number, person in enumerate(company.people):
        client = Client(app).signed_in_as(person.name)
        asking = Asking(client.http, client.token(), company, founded, lambda: True)
        sent = upload(asking, by_numbers(company))
        if sent.status_code == 403:
            assert not oracle.scope(number, "customers:import")
            continue
        for path, text in answers(asking, sent):
            tried += 1
            for phone in (file.phone for file in company.files):  # what was in the file may be told of it
                text = re.sub(rf"\b{phone}\b", "", text)
            faults += [f"{person.name}: {fault}" for fault in told(oracle, asking, number, text, path)]
        for path, text in answers(asking, upload(asking, by_names(company))):
            faults += [f"{person.name}: {fault}" for fault in numbers_told(oracle, number, text, path)]
    assert not faults, "\n".join([f"seed {company.seed}", *faults])
    assert tried, "nobody imports: that proves nothing"


def by_numbers(company: Company) -> bytes:
    """A row with the number of each file under a name of its own, and one with the beginning of its name."""
    rows = [f"新客户{n},{file.phone},{file.word[:6]}" for n, file in enumerate(company.files)]
    rows += [f"{file.word[:6]},,{file.word[:6]}" for file in company.files]
    return "\n".join(["公司,手机,简称", *rows]).encode()


def by_names(company: Company) -> bytes:
    """Rows that are found on file, by their number and by what is theirs alone."""
    rows = [f"{file.word},{file.word},乙" for file in company.files]
    return "\n".join(["公司,客户编号,简称", *rows]).encode()


def numbers_told(oracle: Oracle, person: int, text: str, where: str) -> list[str]:
    """The numbers that the answer about a file tells which was named."""
    digits = plain(text)
    return [
        f"{where} tells the number of file {n}"
        for n, file in enumerate(oracle.company.files)
        if file.phone in digits and not oracle.holds(person, "customers:clear", n)
    ]


def upload(asking: Asking, content: bytes) -> TestResponse:
    fields = {"csrf_token": asking.token, "file": (io.BytesIO(content), "in.csv")}
    return asking.http.post("/customers/import", data=fields, content_type="multipart/form-data")


def answers(asking: Asking, sent: TestResponse) -> list[tuple[str, str]]:
    """What the pages of the trial and of the import after it say."""
    page = sent.headers["Location"].partition("#")[0]
    fields = form_values(BeautifulSoup(asking.says("GET", page), "html.parser"), f"{page}/columns")
    sent = {name: value[0] for name, value in fields.items()}
    said = [("POST columns", asking.says("POST", f"{page}/columns", sent))]
    said += [(path, asking.says("GET", path)) for path in (page, f"{page}/problems", f"{page}/refused.csv")]
    said.append(("POST run", asking.says("POST", f"{page}/run")))
    return said + [
        (path, asking.says("GET", path)) for path in (page, f"{page}/problems", f"{page}/refused.csv")
    ]
