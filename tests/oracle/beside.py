"""What hangs on the files of a drawn company, and the addresses of it: the side paths to a file."""

from __future__ import annotations

from typing import Any

from blueprints.customers.models import Customer
from blueprints.customers.pairs import Duplicate
from blueprints.customers.particulars import Consent, ExitTalk, Need, PaperNumber, SpecialDay
from blueprints.sales.models import Purchase, PurchaseLine
from core import changes
from core.change_sets import Actor
from core.db import db
from tests.oracle.drawing import TODAY

SEE, EDIT, LOG, BIN = "customers:see", "customers:edit", "interactions:log", "customers:bin"
# Method, address behind that of the file, the right it is about
ROUTES: list[tuple[str, str, str]] = [
    *(("GET", f"/{part}", SEE) for part in ("needs", "consents", "exit-talks", "special-days", "papers")),
    *(("GET", f"/{part}/new", EDIT) for part in ("needs", "exit-talks", "special-days", "papers")),
    *(("POST", f"/{part}", EDIT) for part in ("needs", "exit-talks", "special-days", "papers")),
    ("POST", "/papers/{paper}/deletion", EDIT),
    ("GET", "/papers/{paper}/reveal", "customers:reveal-papers"),
    ("POST", "/papers/{paper}/reveal", "customers:reveal-papers"),
    *(("GET", f"/{part}/edit", EDIT) for part in ("needs/{need}", "exit-talks/{talk}", "special-days/{day}")),
    *(("POST", f"/{part}", EDIT) for part in ("needs/{need}", "exit-talks/{talk}", "special-days/{day}")),
    *(("POST", f"/{part}/deletion", EDIT) for part in ("needs/{need}", "exit-talks/{talk}", "special-days/{day}")),
    ("POST", "/needs/{need}/fulfilment", EDIT),
    ("GET", "/consents/new", LOG),
    ("POST", "/consents", LOG),
    ("GET", "/postponement", LOG),
    ("POST", "/postponement", LOG),
    ("GET", "/blocks/basics", EDIT),
    ("POST", "/blocks/basics", EDIT),
    ("POST", "/check", EDIT),
    ("GET", "/owner-request", SEE),
    ("POST", "/owner-request", SEE),
    ("GET", "/archiving", BIN),
    ("POST", "/archiving", BIN),
    ("POST", "/deletion", BIN),
    ("GET", "/erasure", "customers:erase"),
    ("GET", "/files/customer/{file}", SEE),
    ("POST", "/files/customer/{file}", "office:files"),
    ("GET", "/notes/customer/{file}", SEE),
    ("GET", "/purchases", "sales:see"),
    ("GET", "/statement", "sales:see"),
    ("GET", "/purchases/new", "sales:edit"),
    ("POST", "/purchases", "sales:edit"),
    ("GET", "/purchases/{purchase}", "sales:see"),
    ("GET", "/purchases/{purchase}/edit", "sales:edit"),
    ("POST", "/purchases/{purchase}", "sales:edit"),
    ("POST", "/purchases/{purchase}/delivery", "sales:edit"),
    ("POST", "/purchases/{purchase}/cancellation", "sales:edit"),
    ("GET", "/purchases/{purchase}/returns/new", "sales:edit"),
    ("POST", "/purchases/{purchase}/payments", "sales:pay"),
]  # fmt: skip
ELSEWHERE = ("/files/", "/notes/", "/purchases/{purchase}")
# Open to everybody who may sign in: these ask for the file alone
UNGUARDED = frozenset({"/files/customer/{file}", "/notes/customer/{file}"})
BODY = {
    "reason": "price", "what": "x", "since": "2026-11-01", "importance": "middle", "purpose": "surveys",
    "state": "refused", "calendar": "solar", "month": "3", "day": "4", "why": "x", "currency": "CNY", "what-0": "x",
    "quantity-0": "1", "price-0": "1", "amount": "1", "method": "cash", "met_on": "2026-11-02",
}  # fmt: skip


def hang(customer: Customer, word: str, maker: Any) -> dict[str, int]:
    """One of each on a file, with its word; answers their ids. Flushed."""
    with changes.acting(Actor(maker.id, maker.name, "web")):
        changes.record("customer.updated")
        mine = {"customer_id": customer.id}
        rows: dict[str, Any] = {
            "need": Need(**mine, what=word, since=TODAY, remark=word),
            "consent": Consent(
                **mine, purpose="surveys", state="refused", on_day=TODAY, remark=word, recorded_by_id=maker.id
            ),
            "talk": ExitTalk(
                **mine, on_day=TODAY, talked_by_id=maker.id, reason="price", why=word, competitor=word
            ),
            "day": SpecialDay(**mine, kind="birthday", month=3, day=4, remark=word),
            "paper": PaperNumber(**mine, kind="bank", value=f"{word}00000000", remark=word),
            "purchase": Purchase(**mine, number=f"P{word}", on_day=TODAY, currency="CNY", remark=word),
        }
        db.session.add_all(rows.values())
        db.session.flush()
        line = {"position": 0, "text": word, "quantity": 1_000, "price": 5, "currency": "CNY"}
        db.session.add(PurchaseLine(**mine, purchase_id=rows["purchase"].id, **line))
        db.session.flush()
    return {name: row.id for name, row in rows.items()}


def alike(one: int, other: int) -> None:
    """Let two files be a pair that may be the same."""
    first, second = sorted((one, other))
    db.session.add(Duplicate(customer_id=first, other_id=second, score=15, reasons=[], seen_in=1))
