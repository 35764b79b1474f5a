"""Consents, needs and special days of customers, and the marks that follow from them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
SPECIAL = sa.text("special_on IS NOT NULL")


def upgrade() -> None:
    op.add_column("customers", sa.Column("do_not_contact", sa.String(length=60), nullable=True))
    op.create_table(
        "consents",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("recorded_by_id", core.db.BigId, nullable=False),
        *_tracked(),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_consents_customer_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_consents_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_customer_id", "consents", ["customer_id", "on_day", "id"])


    op.add_column("customers", sa.Column("special_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_customers_owner_id_special_on",
        "customers",
        ["owner_id", "special_on"],
        sqlite_where=SPECIAL,
        postgresql_where=SPECIAL,
    )
    op.create_table(
        "special_days",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("person_id", core.db.BigId, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=10), nullable=False),
        sa.Column("year", core.db.BigId, nullable=True),
        sa.Column("month", core.db.BigId, nullable=False),
        sa.Column("day", core.db.BigId, nullable=False),
        sa.Column("leap", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        *_tracked(),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_special_days_customer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_special_days_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_days")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_special_days_customer_id", "special_days", ["customer_id"])
    op.create_index("ix_special_days_person_id", "special_days", ["person_id"])


    op.create_table(
        "needs",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("importance", sa.String(length=10), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_by", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=True),
        *_tracked(),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_needs_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_needs_customer_id", "needs", ["customer_id", "met_on"])


def _tracked() -> list[sa.Column[object]]:
    return [
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("needs")
    op.drop_table("special_days")
    op.drop_index("ix_customers_owner_id_special_on", table_name="customers")
    op.drop_column("customers", "special_on")
    op.drop_table("consents")
    op.drop_column("customers", "do_not_contact")
