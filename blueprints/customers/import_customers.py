"""Customers as a kind of list in the wizard of imports."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from blueprints.customers import (
    import_batches,
    import_fields,
    import_plan,
    import_rows,
    import_writing,
)
from core.importkinds import CUSTOMERS, Fact, ImportKind, Judged, declare
from core.rights import Right, Viewer
from core.words import _l


def _judge(rows: list[Any], by: Viewer, known: Collection[Fact]) -> Judged:
    plan = import_plan.plan(rows, by, known=known)
    return Judged(
        plan.outcomes,
        lambda: import_writing.carry_out(plan, import_writing.prepare(plan)),
        plan.told,
        plan.untold,
        plan.facts,
    )


KIND = declare(
    ImportKind(
        name=CUSTOMERS,
        blueprint="customer_imports",
        address="/customers/import",
        title=_l("Import customers"),
        row=_l("Customer"),
        right=Right.CUSTOMERS_IMPORT,
        like=Right.CUSTOMERS_CREATE,
        verb="customer.imported",
        fields=import_fields.known,
        readable=import_fields.mappable,
        check=import_fields.check_named,
        recognised=import_fields.suggested,
        narrowed=import_fields.narrowed,
        read=lambda rows, columns, way: list(import_rows.read(rows, columns, way)),
        judge=_judge,
        ways=("mode", "match", "clear", "days"),
        jobs=(import_batches.TRY, import_batches.RUN),
        back=("customers.index", _l("Customers")),
        back_right=Right.CUSTOMERS_SEE,
        shown=("customers.index", _l("Show the customers"), {"sort": "-updated"}),
        cards=True,
        after=_l(
            "First contacts are spread over the standard intervals, so nothing is overdue on the first day."
        ),
        none=_l("There is nothing to import: no row makes or changes a customer."),
    )
)
