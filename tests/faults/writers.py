"""People who go on with their work while something is killed, and whether all of it is kept, once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event

from flask import Flask
from sqlalchemy import select

from bench.journeys import contact
from blueprints.customers.models import Customer
from blueprints.interactions.models import Interaction
from core.db import db, reading
from tests.faults.servers import Server, again, facts, persistent

READ_EACH = 5
PAUSE_S = 0.2  # between two acts of a person
CONTACTS, CUSTOMERS = "Said meanwhile", "Written meanwhile"


@dataclass
class Told:
    """What is there of what was acknowledged."""

    contacts: int
    customers: int
    lost: list[str]
    twice: list[str]


@dataclass
class Written:
    """What was acknowledged, and how many seconds each took. Threads only append."""

    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def told(self, app: Flask) -> Told:
        """Compare with what is in the database."""
        with app.app_context(), reading():
            said = db.session.scalars(
                select(Interaction.summary).where(Interaction.summary.like(f"{CONTACTS} %"))
            )
            made = db.session.scalars(select(Customer.name).where(Customer.name.like(f"{CUSTOMERS} %")))
            found, expected = Counter([*said, *made]), Counter(self.acknowledged)
        return Told(
            contacts=sum(name.startswith(CONTACTS) for name in expected),
            customers=sum(name.startswith(CUSTOMERS) for name in expected),
            lost=sorted((expected - found).elements()),
            twice=sorted((found - expected).elements()),
        )


@contextmanager
def writing(server: Server, contacts: str) -> Iterator[Written]:
    """Somebody logs contacts at this address and somebody makes customers, one after the other, until the end."""
    written, enough = Written(), Event()
    forms: dict[str, Callable[[str], dict[str, str]]] = {
        contacts: lambda name: {**contact(), "summary": name, "create_key": name},
        "/customers": facts,
    }
    with ThreadPoolExecutor(len(forms)) as pool:
        names = (CONTACTS, CUSTOMERS)
        acting = [
            pool.submit(_write, server, path, forms[path], name, written, enough)
            for path, name in zip(forms, names, strict=True)
        ]
        try:
            yield written
        finally:
            enough.set()
        for act in acting:
            act.result()


def _write(
    server: Server,
    path: str,
    form: Callable[[str], dict[str, str]],
    what: str,
    written: Written,
    enough: Event,
) -> None:
    visitor = server.visitor("manager")
    for number in count():
        if enough.wait(PAUSE_S):
            return
        name, begun = f"{what} {number}", time.monotonic()
        answer = persistent(visitor, path, form(name))
        assert answer.status == 303, (path, answer.status, answer.text[:2_000])
        written.seconds.append(time.monotonic() - begun)
        written.acknowledged.append(name)
        if number % READ_EACH == 0:  # what the pages say of each act waits in the cookie until one is read
            again(visitor).get("/me")
