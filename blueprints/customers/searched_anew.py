"""Terms made anew behind the page, when it changes whether customers are found by a custom field, or by whom."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from blueprints.customers import custom_values, search
from blueprints.customers.models import CustomerValue
from blueprints.office.models import CustomField
from core import events, jobs
from core.db import db
from core.working import Work

JOB = "customers.searched_anew"
BATCH = 200


@events.listen("custom_field.searched_otherwise")
def ask(field: CustomField) -> None:
    """Have the customers looked at that have something in the field."""
    if field.record_table == custom_values.TABLE and _with_values(field.id, 0):
        jobs.ask(JOB, field=field.id)


def make(work: Work) -> dict[str, Any]:
    """A batch at a time, by the fields as they are by then."""
    while ids := _with_values(work.asked["field"], work.place.get("after", 0)):
        search.refresh(ids)
        work.advance(work.done + len(ids), after=ids[-1])
    return {}


def _with_values(field_id: int, after: int) -> list[int]:
    mine = select(CustomerValue.customer_id).where(
        CustomerValue.field_id == field_id, CustomerValue.customer_id > after
    )
    return list(db.session.scalars(mine.distinct().order_by(CustomerValue.customer_id).limit(BATCH)))
