"""Keys by which amounts in custom fields are found and sorted hold any amount that is accepted; exports are kept a while

An amount is kept in the smallest unit, and its key counted that ten thousand times: from 900 billion on, and below minus
100 billion, it left the order of the others. An export that was asked for and taken is kept, to be fetched again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OFFSET = 10**17


def upgrade() -> None:
    _count(by=1)
    op.add_column("export_requests", sa.Column("file", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("export_requests", "file")
    _count(by=10_000)


def _count(*, by: int) -> None:
    """Write the keys of amounts as the amount, times this, with the offset that keeps them above nothing."""
    amount = f"CAST(value AS BIGINT) * {by} + {OFFSET}"
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    key = f"printf('%018d', {amount})" if on_sqlite else f"to_char({amount}, 'FM999999999999999999000000000000000000')"
    money = "SELECT id FROM custom_fields WHERE type = 'money'"
    op.execute(sa.text(f"UPDATE customer_values SET key = {key} WHERE field_id IN ({money})"))  # noqa: S608
