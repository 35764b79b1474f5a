"""Random roles, trees, helpers and records: each door, list, count, search and export against the oracle."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from flask import Flask

from core import lists
from core import requests as core_requests
from core.db import db
from tests.addresses import reading
from tests.oracle import beside
from tests.oracle.asking import ROUTES, Asking
from tests.oracle.drawing import Company, draw
from tests.oracle.founding import found, ring
from tests.oracle.oracle import LET_IN, NOT_FOUND, REFUSED, Oracle
from tests.pages import Client

PAGE, CAP = 3, 4
SEEDS = [1, 2, 3]
MANY = range(100, 104)
# How much of what could be asked is asked in the short test
SHARE = 0.3


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of three rows and counts that stop at four, so that a handful of files fills several pages."""
    monkeypatch.setattr(lists.page, "__defaults__", (PAGE,))
    monkeypatch.setattr(lists.count, "__defaults__", (CAP,))


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that is let in goes as far as the database and is taken back, so that each finds the company drawn."""

    def flush_only() -> None:
        db.session.flush()
        db.session.rollback()

    monkeypatch.setattr(core_requests, "_commit", flush_only)


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", SEEDS)
def test_everything_agrees_with_the_oracle(app: Flask, seed: int) -> None:
    compare(app, draw(seed, people=4, files=6), SHARE)


@pytest.mark.extra
@pytest.mark.both_databases
@pytest.mark.parametrize("seed", MANY)
def test_everything_agrees_with_the_oracle_for_long(app: Flask, seed: int) -> None:
    compare(app, draw(seed, people=5, files=9), 1.0)


def compare(app: Flask, company: Company, share: float) -> None:
    """Ask application and oracle the same, or a share of it, for each drawn person."""
    with app.app_context():
        founded = found(company)
    oracle, chance = Oracle(company), Random(company.seed)
    faults: list[str] = []
    for number, person in enumerate(company.people):
        client = Client(app).signed_in_as(person.name)
        asking = Asking(client.http, client.token(), company, founded, lambda: chance.random() < share)
        for question in QUESTIONS:
            faults += [f"{person.name}: {fault}" for fault in question(oracle, asking, number)]
    assert not faults, "\n".join([f"seed {company.seed}", *faults])


def doors(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Every address of a file, read and written."""
    faults = []
    for file in range(len(oracle.company.files)):
        body = asking.body(file, oracle.company.people[person].name)
        for method, address, right, door in filter(asking.whether, ROUTES):
            expected = oracle.may(person, right, file, door)
            met, text = asking.meets(method, address, file, body)
            if met != expected:
                faults.append(f"{method} file {file}{address}: {met}, the oracle says {expected}")
            faults += told(oracle, asking, person, text, f"{method} file {file}{address}")
    return faults


def side_doors(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Every address of what hangs on a file. Whoever is told that a form does not fit has been let in."""
    faults = []
    for file in range(len(oracle.company.files)):
        body = asking.body(file, oracle.company.people[person].name) | beside.BODY
        for method, address, right in filter(asking.whether, beside.ROUTES):
            if right.startswith("sales:"):
                expected = oracle.may_sell(person, right, file)
            elif address in beside.UNGUARDED and method == "GET":
                expected = LET_IN if oracle.sees(person, file) else NOT_FOUND
            elif address == "/erasure":
                expected = oracle.may_erase(person, file)
            elif address == "/owner-request":
                expected = oracle.may_ask(person, "customers:assign", file)
            else:
                expected = oracle.may(person, right, file)
            if "{day}" in address and expected == LET_IN and not oracle.reads_numbers(person, file):
                expected = REFUSED  # a birthday is no input for whoever may not read it
            met, text = asking.meets(method, address, file, body)
            if (LET_IN if met == "422" else met) != expected:
                faults.append(f"{method} file {file}{address}: {met}, the oracle says {expected}")
            faults += told(oracle, asking, person, text, f"{method} file {file}{address}")
    return faults


def told(oracle: Oracle, asking: Asking, person: int, text: str, where: str) -> list[str]:
    """What an answer tells that it must not: names and numbers of files that are none of this person's business."""
    faults = [f"{where} names file {n}" for n in sorted(asking.named(text) - oracle.known(person))]
    if "/reveal" not in where:
        digits = plain(text)
        faults += [
            f"{where} tells the number of file {n}"
            for n, file in enumerate(oracle.company.files)
            if file.phone in digits and not oracle.holds(person, "customers:clear", n)
        ]
    return faults


def merges(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """The page that merges files needs the right over every one, and names none but these."""
    faults = []
    for pair in filter(asking.whether, ring(range(len(oracle.company.files)))):
        met, text = asking.merging(pair)
        if met != (expected := oracle.may_merge(person, pair)):
            faults.append(f"merging {pair}: {met}, the oracle says {expected}")
        faults += told(oracle, asking, person, text, f"merging {pair}")
    return faults


def pages(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """No page that is about no single record names a file out of sight."""
    rules = [rule.rule for rule in reading(asking.http.application) if not rule.arguments]
    return [
        fault
        for path in filter(asking.whether, rules)
        for fault in told(oracle, asking, person, asking.says("GET", path), path)
    ]


def guesses(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Whoever sends a number, or the id, of a file to what answers about files learns no name by it."""
    faults = []
    for file, id in filter(asking.whether, enumerate(asking.founded.files)):
        phone, body = oracle.company.files[file].phone, asking.body(file, oracle.company.people[person].name)
        known = oracle.holds(person, "customers:clear", file)
        tries: list[tuple[str, dict[str, object]]] = [
            ("/lookup", {"q": phone}),
            ("/customers", {**body, "phone": phone}),
            ("/customers/similar", {**body, "phone": phone}),
            ("/customers/bulk/preview", {"act": "tier", "tier": "c", "id": id}),
            ("/customers/bulk/check", {"act": "tier", "tier": "c", "id": id}),
            ("/customers/bulk", {"act": "nonsense", "id": id}),
            ("/customers/merge/selection", {"id": [id, asking.founded.files[0]]}),
            ("/customers/merge", {"id": [id, asking.founded.files[0]], "into": id}),
        ]
        for path, fields in tries:
            text = asking.says("POST", path, fields)
            text = text if known else text.replace(phone, "")  # what was typed may stand in the form again
            faults += told(oracle, asking, person, text, f"POST {path} about file {file}")
    return faults


def clear_numbers(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Numbers in clear on the file, and after a reveal."""
    faults = []
    for number, file in filter(asking.whether, enumerate(oracle.company.files)):
        _met, text = asking.meets("GET", "", number, {})
        if (plain(file.phone) in plain(text)) != oracle.reads_numbers(person, number):
            faults.append(f"number on file {number}: in clear is {plain(file.phone) in plain(text)}")
        met, text = asking.meets("POST", "/points/{point}/reveal", number, {"reason": "x"})
        if met == LET_IN and plain(file.phone) not in plain(text):
            faults.append(f"revealed number of file {number} is not shown")
    return faults


def plain(text: str) -> str:
    """A text without what groups the digits of a number."""
    return text.replace(" ", "").replace("-", "")


def rows(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Rows and counts of the list, whatever it is sorted and narrowed by."""
    if not oracle.scope(person, "customers:see"):
        return []
    seen, files, faults = oracle.seen(person), oracle.company.files, []
    questions = dict.fromkeys(("", "sort=-updated", "sort=tier", "sort=-next_contact", "sort=name"), seen)
    questions["tier=a&sort=-name"] = {n for n in seen if files[n].tier == "a"}
    for number, other in enumerate(oracle.company.people):
        questions[f"owner={other.name}"] = {n for n in seen if files[n].owner == number}
    questions["team=drawn0"] = {n for n in seen if oracle.below(files[n].team, 0)}
    for query, expected in filter(asking.whether, questions.items()):
        listed, told = asking.listed(query)
        if listed != expected:
            faults.append(f"list {query}: {sorted(listed)}, the oracle says {sorted(expected)}")
        if told != (f"{CAP}+" if len(expected) > CAP else str(len(expected))):
            faults.append(f"list {query} counts {told}, the oracle {len(expected)}")
    return faults


def finds(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Search by word and by number, from the header and in the list."""
    faults = []
    for number, file in filter(asking.whether, enumerate(oracle.company.files)):
        by_word = {number} if oracle.sees(person, number) else set()
        by_phone = {number} if oracle.reads_numbers(person, number) else set()
        for q, expected in ((file.word, by_word), (file.word[:6].lower(), by_word), (file.phone, by_phone)):
            found_files = asking.searched(q)
            if found_files != expected:
                faults.append(f"search {q}: {sorted(found_files)}, the oracle says {sorted(expected)}")
            if oracle.scope(person, "customers:see") and (listed := asking.listed(f"q={q}")[0]) != expected:
                faults.append(f"list q={q}: {sorted(listed)}, the oracle says {sorted(expected)}")
        for q in (file.word, f"{file.word[:6].lower()} 合同"):
            if (said := asking.said(q)) != by_word:
                faults.append(f"texts {q}: {sorted(said)}, the oracle says {sorted(by_word)}")
    return faults


def exports(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Rows of an export and which of their numbers are in clear."""
    status, phones = asking.exported()
    if not oracle.scope(person, "customers:export"):
        return [] if status == 403 else [f"export: {status}"]
    expected, faults = oracle.seen(person, "customers:export"), []
    if set(phones) != expected:
        faults.append(f"export: {sorted(phones)}, the oracle says {sorted(expected)}")
    for number, phone in phones.items():
        in_clear = plain(oracle.company.files[number].phone) in plain(phone)
        if in_clear != oracle.reads_numbers(person, number):
            faults.append(f"export of file {number}: in clear is {in_clear}")
    return faults


def together(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Changing several files at once needs every right over every one."""
    held = oracle.seen(person, "customers:bulk") & oracle.seen(person, "customers:edit")
    others = set(range(len(oracle.company.files))) - held
    tries = {tuple(held): LET_IN} if held else {}
    tries |= {(*held, other): REFUSED for other in others}
    if not oracle.scope(person, "customers:bulk"):
        tries = dict.fromkeys(tries, REFUSED)
    return [
        f"together {files}: the oracle says {expected}"
        for files, expected in filter(asking.whether, tries.items())
        if asking.changed_together(files) != expected
    ]


def today_and_bin(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Today names what is due and nothing that is out of sight; the bin holds what may be taken out."""
    faults = []
    for path in ("/", "/?of=team", "/?of=team&show=overdue", "/?rest=1"):
        if not asking.page(path) <= oracle.seen(person):
            faults.append(f"{path} names {sorted(asking.page(path) - oracle.seen(person))}")
    if oracle.scope(person, "interactions:log") and not oracle.due(person) <= asking.page("/"):
        faults.append(f"Today lacks {sorted(oracle.due(person) - asking.page('/'))}")
    binned = oracle.binned(person) if oracle.scope(person, "customers:bin") else set()
    if asking.page("/customers/bin") != binned:
        faults.append(f"bin: {sorted(asking.page('/customers/bin'))}, the oracle says {sorted(binned)}")
    return faults


def relatives(oracle: Oracle, asking: Asking, person: int) -> list[str]:
    """Files are related in a ring: of each one the neighbours in sight, and whoever is reached through such alone."""
    if not oracle.scope(person, "customers:see"):
        return []
    seen, faults = oracle.seen(person), []
    pairs = [pair for pair in ring(range(len(oracle.company.files))) if seen.issuperset(pair)]
    for file in filter(asking.whether, sorted(seen)):
        near = {side for pair in pairs if file in pair for side in pair} | {file}
        family = near
        while (wider := family | {side for pair in pairs if family & set(pair) for side in pair}) != family:
            family = wider
        # What is in the bin is out of the panel, and still in the history of whoever sees it there
        past = {n for pair in ring(range(len(oracle.company.files))) if file in pair for n in pair}
        past = {n for n in past if oracle.holds(person, "customers:see", n)}
        at = f"/customers/{asking.founded.files[file]}"
        for page, expected in (("", {file}), ("/relations", near), ("/family", family), ("/history", past)):
            if (told := asking.page(at + page)) != expected:
                faults.append(
                    f"{page} of file {file} names {sorted(told)}, the oracle says {sorted(expected)}"
                )
    return faults


QUESTIONS = (
    doors, side_doors, clear_numbers, rows, finds, exports, together, merges, today_and_bin, relatives, pages,
    guesses,
)  # fmt: skip


def test_owner_goes_only_to_whom_the_right_reaches(app: Flask) -> None:
    """The receiver of a file lies within the giver's scope, too."""
    company = draw(7, people=6, files=6)
    with app.app_context():
        founded = found(company)
    oracle, chance = Oracle(company), Random(7)
    for number, person in enumerate(company.people):
        client = Client(app).signed_in_as(person.name)
        asking = Asking(client.http, client.token(), company, founded, lambda: True)
        for file in oracle.seen(person=number, right="customers:assign"):
            receiver = chance.randrange(len(company.people))
            body = asking.body(file, company.people[receiver].name)
            expected = LET_IN if receiver in oracle.receivers(number) else "422"
            met, _text = asking.meets("POST", "/owner", file, body)
            assert met == expected, f"{person.name} gives file {file} to {company.people[receiver].name}"


@pytest.mark.parametrize("seed", range(6))
def test_drawn_companies_are_of_many_kinds(seed: int) -> None:
    """Else the comparison would prove little."""
    many: list[Callable[[Oracle, int], object]] = [
        lambda oracle, person: oracle.seen(person),
        lambda oracle, person: set(range(len(oracle.company.files))) - oracle.seen(person),
        lambda oracle, person: oracle.seen(person, "customers:edit"),
        lambda oracle, person: oracle.seen(person) - oracle.seen(person, "customers:clear"),
    ]
    oracles = [Oracle(draw(seed * 10 + n)) for n in range(10)]
    for kind in many:
        assert any(kind(oracle, person) for oracle in oracles for person in range(5))
