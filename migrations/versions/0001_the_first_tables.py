"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_sets",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("undoes_id", core.db.BigId, nullable=True),
        sa.ForeignKeyConstraint(["undoes_id"], ["change_sets.id"], name=op.f("fk_change_sets_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_sets")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change_sets", schema=None) as batch_op:
        batch_op.create_index("ix_change_sets_at_id", ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_sets_undoes_id"), ["undoes_id"], unique=False)
        batch_op.create_index("ix_change_sets_user_id_at", ["user_id", "at", "id"], unique=False)
        batch_op.create_index("ix_change_sets_verb_at", ["verb", "at", "id"], unique=False)

    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", core.db.BigId, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "create_keys",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=200), nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_create_keys")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_create_keys_user_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal_entries",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=True),
        sa.Column("record_id", core.db.BigId, nullable=True),
        sa.Column("details", core.db.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.create_index("ix_journal_entries_at_id", ["at", "id"], unique=False)
        batch_op.create_index("ix_journal_entries_kind_at", ["kind", "at", "id"], unique=False)
        batch_op.create_index("ix_journal_entries_record", ["record_table", "record_id", "id"], unique=False)
        batch_op.create_index("ix_journal_entries_user_id_at", ["user_id", "at", "id"], unique=False)
        batch_op.create_index("ix_journal_entries_user_id_kind_at", ["user_id", "kind", "at"], unique=False)

    op.create_table(
        "list_choices",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("columns", core.db.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_choices")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_list_choices_user_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "roles",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("builtin", sa.Boolean(), nullable=False),
        sa.Column("position", core.db.BigId, nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("code", name=op.f("uq_roles_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "setting_values",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", core.db.Json, nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_values")),
        sa.UniqueConstraint("name", name=op.f("uq_setting_values_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_account_at", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_address_at", ["address", "at"], unique=False)

    op.create_table(
        "tags",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("shadow", sa.String(length=80), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("shadow", name=op.f("uq_tags_shadow")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "teams",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", core.db.BigId, nullable=True),
        sa.Column("closed_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["teams.id"], name=op.f("fk_teams_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("slug", name=op.f("uq_teams_slug")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teams_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("staff_number", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("deactivated_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_name_key"), ["name_key"], unique=False)

    op.create_table(
        "working_calendars",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("frames", core.db.Json, nullable=False),
        sa.Column("pattern", sa.String(length=20), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("holidays", sa.Boolean(), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_calendars")),
        sa.UniqueConstraint("slug", name=op.f("uq_working_calendars_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "calendar_days",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("calendar_id", core.db.BigId, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["working_calendars.id"], name=op.f("fk_calendar_days_calendar_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("calendar_id", "on_day", name=op.f("uq_calendar_days_calendar_id_on_day")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "changes",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("set_id", core.db.BigId, nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=False),
        sa.Column("record_id", core.db.BigId, nullable=False),
        sa.Column("root_table", sa.String(length=60), nullable=False),
        sa.Column("root_id", core.db.BigId, nullable=True),
        sa.Column("record_version", core.db.BigId, nullable=False),
        sa.Column("before", core.db.Json, nullable=True),
        sa.Column("after", core.db.Json, nullable=True),
        sa.ForeignKeyConstraint(["set_id"], ["change_sets.id"], name=op.f("fk_changes_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index("ix_changes_record", ["record_table", "record_id", "id"], unique=False)
        batch_op.create_index("ix_changes_root", ["root_table", "root_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_changes_set_id"), ["set_id"], unique=False)

    op.create_table(
        "credentials",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("changed_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_credentials_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("user_id", name=op.f("uq_credentials_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customer_imports",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("stored_as", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("delimiter", sa.String(length=4), nullable=False),
        sa.Column("rows", core.db.BigId, nullable=False),
        sa.Column("mapping", core.db.Json, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("report", core.db.Json, nullable=False),
        sa.Column("change_set_id", core.db.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["change_set_id"], ["change_sets.id"], name=op.f("fk_customer_imports_change_set_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_customer_imports_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_imports")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_customer_imports_stored_as")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("customer_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_imports_change_set_id"), ["change_set_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_imports_user_id"), ["user_id"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("relationship", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=True),
        sa.Column("name_shadow", sa.String(length=400), nullable=False),
        sa.Column("name_key", sa.String(length=1200), nullable=False),
        sa.Column("credit_code", sa.String(length=40), nullable=True),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("intent", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("lost_reason", sa.String(length=40), nullable=True),
        sa.Column("at_risk", sa.Boolean(), nullable=False),
        sa.Column("won_back", sa.Boolean(), nullable=False),
        sa.Column("owner_id", core.db.BigId, nullable=True),
        sa.Column("team_id", core.db.BigId, nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("industry", sa.String(length=60), nullable=True),
        sa.Column("size", sa.String(length=40), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("country", sa.String(length=60), nullable=True),
        sa.Column("province", sa.String(length=60), nullable=True),
        sa.Column("city", sa.String(length=60), nullable=True),
        sa.Column("district", sa.String(length=60), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("gender", sa.String(length=10), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("preferred_channel", sa.String(length=20), nullable=True),
        sa.Column("preferred_time", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("last_contact_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("last_contact_channel", sa.String(length=20), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("latest_contact_on", sa.Date(), nullable=True),
        sa.Column(
            "last_sort",
            sa.Date(),
            sa.Computed("coalesce(last_contact_on, '0001-01-01')", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "next_sort",
            sa.Date(),
            sa.Computed("coalesce(next_contact_on, '9999-12-31')", persisted=True),
            nullable=False,
        ),
        sa.Column("deleted_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", core.db.BigId, nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["users.id"], name=op.f("fk_customers_deleted_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_customers_owner_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_customers_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("number", name=op.f("uq_customers_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index("ix_customers_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_customers_deleted_at",
            ["deleted_at"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index("ix_customers_intent_id", ["intent", "id"], unique=False)
        batch_op.create_index("ix_customers_last_sort_id", ["last_sort", "id"], unique=False)
        batch_op.create_index("ix_customers_name_key_id", ["name_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_name_shadow"), ["name_shadow"], unique=False)
        batch_op.create_index("ix_customers_next_sort_id", ["next_sort", "id"], unique=False)
        batch_op.create_index("ix_customers_owner_id_name_key", ["owner_id", "name_key", "id"], unique=False)
        batch_op.create_index(
            "ix_customers_owner_id_next_contact_on", ["owner_id", "next_contact_on", "id"], unique=False
        )
        batch_op.create_index("ix_customers_status_id", ["status", "id"], unique=False)
        batch_op.create_index("ix_customers_team_id_name_key", ["team_id", "name_key", "id"], unique=False)
        batch_op.create_index("ix_customers_tier_id", ["tier", "id"], unique=False)
        batch_op.create_index("ix_customers_updated_at_id", ["updated_at", "id"], unique=False)
        batch_op.create_index(
            "uq_customers_credit_code",
            ["credit_code"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "memberships",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("team_id", core.db.BigId, nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_memberships_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("user_id", "team_id", name=op.f("uq_memberships_user_id_team_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(
            "ix_memberships_main",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("main"),
            postgresql_where=sa.text("main"),
        )
        batch_op.create_index(batch_op.f("ix_memberships_team_id"), ["team_id"], unique=False)

    op.create_table(
        "role_grants",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("role_id", core.db.BigId, nullable=False),
        sa.Column("right", sa.String(length=60), nullable=False),
        sa.Column("scope", core.db.BigId, nullable=True),
        sa.Column("ask", sa.Boolean(), nullable=False),
        sa.Column("most", core.db.BigId, nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(scope IS NULL) = ask", name=op.f("ck_role_grants_scope_or_ask")),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_role_grants_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint("role_id", "right", name=op.f("uq_role_grants_role_id_right")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grants_right"), ["right"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_user_id"), ["user_id"], unique=False)

    op.create_table(
        "team_calendars",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("team_id", core.db.BigId, nullable=False),
        sa.Column("calendar_id", core.db.BigId, nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["working_calendars.id"], name=op.f("fk_team_calendars_calendar_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_calendars_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_calendars")),
        sa.UniqueConstraint("team_id", name=op.f("uq_team_calendars_team_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("team_calendars", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_calendars_calendar_id"), ["calendar_id"], unique=False)

    op.create_table(
        "user_roles",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("role_id", core.db.BigId, nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_user_roles_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_roles")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_user_roles_user_id_role_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("user_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_roles_role_id"), ["role_id"], unique=False)

    op.create_table(
        "customer_helpers",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_helpers_customer_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_customer_helpers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_helpers")),
        sa.UniqueConstraint("customer_id", "user_id", name=op.f("uq_customer_helpers_customer_id_user_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("customer_helpers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_helpers_user_id"), ["user_id"], unique=False)

    op.create_table(
        "customer_search",
        sa.Column("customer_id", core.db.BigId, autoincrement=False, nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_search_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_search")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customer_tags",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("tag_id", core.db.BigId, nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_tags_customer_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_customer_tags_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tags")),
        sa.UniqueConstraint("customer_id", "tag_id", name=op.f("uq_customer_tags_customer_id_tag_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("customer_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("form_of_address", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_people_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "affiliations",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("person_id", core.db.BigId, nullable=False),
        sa.Column("position", sa.String(length=60), nullable=True),
        sa.Column("department", sa.String(length=60), nullable=True),
        sa.Column("decision_role", sa.String(length=20), nullable=True),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_affiliations_customer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_affiliations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliations")),
        sa.UniqueConstraint("customer_id", "person_id", name=op.f("uq_affiliations_customer_id_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("affiliations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_affiliations_person_id"), ["person_id"], unique=False)

    op.create_table(
        "contact_points",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("person_id", core.db.BigId, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("extension", sa.String(length=20), nullable=True),
        sa.Column("normal", sa.String(length=254), nullable=False),
        sa.Column("reversed", sa.String(length=254), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("bad", sa.Boolean(), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_contact_points_customer_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contact_points_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_points_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_contact_points_normal", ["normal"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_points_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_contact_points_reversed", ["reversed"], unique=False)

    op.create_table(
        "interactions",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("person_id", core.db.BigId, nullable=True),
        sa.Column("author_id", core.db.BigId, nullable=False),
        sa.Column("recorded_by_id", core.db.BigId, nullable=False),
        sa.Column("team_id", core.db.BigId, nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("happened_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("minutes", core.db.BigId, nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("mood", sa.String(length=20), nullable=True),
        sa.Column("refusal_reason", sa.String(length=40), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.String(length=200), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_interactions_author_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_interactions_customer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_interactions_person_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_interactions_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_interactions_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interactions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("interactions", schema=None) as batch_op:
        batch_op.create_index("ix_interactions_author_id_on_day", ["author_id", "on_day"], unique=False)
        batch_op.create_index(
            "ix_interactions_customer_id_happened_at", ["customer_id", "happened_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_interactions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "planned_contacts",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at_time", sa.String(length=5), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("talking_points", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by_id", core.db.BigId, nullable=True),
        sa.Column("done_by_id", core.db.BigId, nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_planned_contacts_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["interactions.id"], name=op.f("fk_planned_contacts_done_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["interactions.id"], name=op.f("fk_planned_contacts_made_by_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_planned_contacts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_contacts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("planned_contacts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_planned_contacts_customer_id_state", ["customer_id", "state", "on_day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_planned_contacts_done_by_id"), ["done_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_planned_contacts_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(
            "ix_planned_contacts_user_id_state", ["user_id", "state", "on_day"], unique=False
        )



def downgrade() -> None:
    with op.batch_alter_table("planned_contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_planned_contacts_user_id_state")
        batch_op.drop_index(batch_op.f("ix_planned_contacts_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_planned_contacts_done_by_id"))
        batch_op.drop_index("ix_planned_contacts_customer_id_state")

    op.drop_table("planned_contacts")
    with op.batch_alter_table("interactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interactions_person_id"))
        batch_op.drop_index("ix_interactions_customer_id_happened_at")
        batch_op.drop_index("ix_interactions_author_id_on_day")

    op.drop_table("interactions")
    with op.batch_alter_table("contact_points", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_points_reversed")
        batch_op.drop_index(batch_op.f("ix_contact_points_person_id"))
        batch_op.drop_index("ix_contact_points_normal")
        batch_op.drop_index(batch_op.f("ix_contact_points_customer_id"))

    op.drop_table("contact_points")
    with op.batch_alter_table("affiliations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_affiliations_person_id"))

    op.drop_table("affiliations")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_customer_id"))

    op.drop_table("people")
    with op.batch_alter_table("customer_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_tags_tag_id"))

    op.drop_table("customer_tags")
    op.drop_table("customer_search")
    with op.batch_alter_table("customer_helpers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_helpers_user_id"))

    op.drop_table("customer_helpers")
    with op.batch_alter_table("user_roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_roles_role_id"))

    op.drop_table("user_roles")
    with op.batch_alter_table("team_calendars", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_calendars_calendar_id"))

    op.drop_table("team_calendars")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_user_id"))

    op.drop_table("sign_ins")
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grants_right"))

    op.drop_table("role_grants")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_team_id"))
        batch_op.drop_index(
            "ix_memberships_main", sqlite_where=sa.text("main"), postgresql_where=sa.text("main")
        )

    op.drop_table("memberships")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customers_credit_code",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index("ix_customers_updated_at_id")
        batch_op.drop_index("ix_customers_tier_id")
        batch_op.drop_index("ix_customers_team_id_name_key")
        batch_op.drop_index("ix_customers_status_id")
        batch_op.drop_index("ix_customers_owner_id_next_contact_on")
        batch_op.drop_index("ix_customers_owner_id_name_key")
        batch_op.drop_index("ix_customers_next_sort_id")
        batch_op.drop_index(batch_op.f("ix_customers_name_shadow"))
        batch_op.drop_index("ix_customers_name_key_id")
        batch_op.drop_index("ix_customers_last_sort_id")
        batch_op.drop_index("ix_customers_intent_id")
        batch_op.drop_index(
            "ix_customers_deleted_at",
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_customers_created_at_id")

    op.drop_table("customers")
    with op.batch_alter_table("customer_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_imports_user_id"))
        batch_op.drop_index(batch_op.f("ix_customer_imports_change_set_id"))

    op.drop_table("customer_imports")
    op.drop_table("credentials")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_changes_set_id"))
        batch_op.drop_index("ix_changes_root")
        batch_op.drop_index("ix_changes_record")

    op.drop_table("changes")
    op.drop_table("calendar_days")
    op.drop_table("working_calendars")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_name_key"))

    op.drop_table("users")
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_teams_parent_id"))

    op.drop_table("teams")
    op.drop_table("tags")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_address_at")
        batch_op.drop_index("ix_sign_in_attempts_account_at")

    op.drop_table("sign_in_attempts")
    op.drop_table("setting_values")
    op.drop_table("roles")
    op.drop_table("list_choices")
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entries_user_id_kind_at")
        batch_op.drop_index("ix_journal_entries_user_id_at")
        batch_op.drop_index("ix_journal_entries_record")
        batch_op.drop_index("ix_journal_entries_kind_at")
        batch_op.drop_index("ix_journal_entries_at_id")

    op.drop_table("journal_entries")
    op.drop_table("create_keys")
    op.drop_table("counters")
    with op.batch_alter_table("change_sets", schema=None) as batch_op:
        batch_op.drop_index("ix_change_sets_verb_at")
        batch_op.drop_index("ix_change_sets_user_id_at")
        batch_op.drop_index(batch_op.f("ix_change_sets_undoes_id"))
        batch_op.drop_index("ix_change_sets_at_id")

    op.drop_table("change_sets")
