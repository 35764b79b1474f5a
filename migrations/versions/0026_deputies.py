"""Deputies and times away, who was asked about a request, and the right to name deputies"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
RIGHT = "office:deputies"
OWN, ALL = 1, 4


def _table(name: str, *columns: str) -> Any:
    moments = [sa.column(column, MOMENT) for column in ("created_at", "updated_at")]
    return sa.table(name, *(sa.column(column) for column in columns), *moments)


GRANTS = _table("role_grants", "role_id", "right", "scope", "ask", "version")
ROLES = _table("roles", "id", "code")
APPROVALS = _table("approvals", "id", "state", "approver_id", "passed_from_id")
STEPS = _table("approval_steps", "approval_id", "user_id", "why", "version")


def upgrade() -> None:
    op.create_table(
        "covers",
        _id("id"),
        _id("user_id"),
        _id("deputy_id", nullable=True),
        *_tracked(),
        *(_ref("covers", column, "users") for column in ("user_id", "deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covers")),
        sa.UniqueConstraint("user_id", name=op.f("uq_covers_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_covers_deputy_id"), "covers", ["deputy_id"])
    op.create_table(
        "absences",
        _id("id"),
        _id("cover_id"),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        *_tracked(),
        _ref("absences", "cover_id", "covers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_absences_cover_id"), "absences", ["cover_id"])
    op.create_index("ix_absences_last_on", "absences", ["last_on", "first_on"])
    op.create_table(
        "approval_steps",
        _id("id"),
        _id("approval_id"),
        _id("user_id"),
        sa.Column("why", sa.String(length=10), nullable=False),
        _id("instead_of_id", nullable=True),
        *_tracked(),
        _ref("approval_steps", "approval_id", "approvals"),
        *(_ref("approval_steps", column, "users") for column in ("user_id", "instead_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_steps")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approval_steps_approval_id", "approval_steps", ["approval_id", "id"])
    _write_down_who_was_asked()
    _grant()


def _id(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, core.db.BigId, nullable=nullable)


def _ref(table: str, column: str, target: str) -> Any:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _tracked() -> list[Any]:
    return [
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _write_down_who_was_asked() -> None:
    """Of requests that wait: who had them before, and who has them now. Of others the trail begins nowhere."""
    c = APPROVALS.c
    waits, names = c.state == "open", ["approval_id", "user_id", "why", "version", "created_at", "updated_at"]
    before = sa.select(c.id, c.passed_from_id, sa.literal("first"), sa.literal(1), c.created_at, c.created_at)
    since = sa.case((c.passed_from_id.is_(None), c.created_at), else_=c.updated_at)
    now = sa.select(c.id, c.approver_id, sa.literal("first"), sa.literal(1), since, since)
    op.execute(sa.insert(STEPS).from_select(names, before.where(waits, c.passed_from_id.is_not(None))))
    op.execute(sa.insert(STEPS).from_select(names, now.where(waits)))


def _grant() -> None:
    """Everybody for themselves but auditors, who change nothing; who gives customers away for the same people; who
    manages accounts for everybody.
    """
    held, roles = GRANTS.alias("held"), ROLES.c
    widest = sa.select(sa.func.max(sa.case((held.c.right == "access:users", ALL), else_=held.c.scope))).where(
        held.c.role_id == roles.id,
        held.c.right.in_(("access:users", "customers:assign")),
        held.c.scope.is_not(None),
    )
    scope = sa.func.coalesce(widest.scalar_subquery(), OWN)
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    everybody = sa.select(
        roles.id, sa.literal(RIGHT), scope, sa.false(), sa.literal(1), roles.created_at, roles.updated_at
    ).where(roles.code != "auditor")
    op.execute(sa.insert(GRANTS).from_select(names, everybody))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right == RIGHT))
    for table in ("approval_steps", "absences", "covers"):
        op.drop_table(table)
