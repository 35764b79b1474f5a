"""The customer file. Children (people, contact points, tags, helpers, relations, custom values) are seen through it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Computed, Date, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.access.models import Team, User
from core.db import BigId, Model, derived, pk, ref, sensitive
from core.tracked import Tracked

LIVING = text("deleted_at IS NULL")
BINNED = text("deleted_at IS NOT NULL")
ARCHIVED = text("archived_at IS NOT NULL")
SPECIAL = text("special_on IS NOT NULL")
_OF_COMPANIES, _OF_PEOPLE = {"person_id", "industry", "size"}, {"gender", "birthday"}
HELD = {
    "person_id": "has_person", "phone": "has_phone", "written": "has_written",
    "grade": "tier <> 'none' OR intent <> 'none'", "birthday": "birthday IS NOT NULL",
    **{name: f"{name} <> ''" for name in ("city", "industry", "size", "source", "gender", "preferred_channel")},
}  # fmt: skip
ONE = {name: f"CASE WHEN {condition} THEN 1 ELSE 0 END" for name, condition in HELD.items()}
# As rules.WANTED and rules.completeness say; a test holds the two equal
COMPLETENESS = (
    f"CASE WHEN kind = 'person' THEN 100 * ({' + '.join(ONE[n] for n in ONE if n not in _OF_COMPANIES)}) / 8"
    f" ELSE 100 * ({' + '.join(ONE[n] for n in ONE if n not in _OF_PEOPLE)}) / 9 END"
)


class Customer(Tracked):
    """A company or a person that we look after.

    `name_shadow` is the form names are matched by, `name_key` the one they are sorted by. `last_contact_*`,
    `next_contact_on`, `latest_contact_on` follow from interactions, plans and rhythm; `last_sort`, `next_sort` are
    their NOT NULL forms. `do_not_contact`: the purposes, with commas between. `completeness`: per cent. `bought_*`: the
    sum in the currency of new purchases, returns taken off, in minor units; the last day and how many, of all.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index(
            "uq_customers_credit_code",
            "credit_code",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
        Index("ix_customers_owner_id_next_contact_on", "owner_id", "next_contact_on", "id"),
        Index("ix_customers_name_key_id", "name_key", "id"),
        Index("ix_customers_tier_id", "tier", "id"),
        Index("ix_customers_city_id", "city", "id"),
        Index("ix_customers_last_sort_id", "last_sort", "id"),
        Index("ix_customers_next_sort_id", "next_sort", "id"),
        Index("ix_customers_completeness_id", "completeness", "id"),
        Index("ix_customers_bought_amount_id", "bought_amount", "id"),
        Index("ix_customers_bought_on_id", "bought_on", "id"),
        Index("ix_customers_created_at_id", "created_at", "id"),
        Index("ix_customers_updated_at_id", "updated_at", "id"),
        # Few have special days: an owner's are read from this index alone
        Index(
            "ix_customers_owner_id_special_on",
            "owner_id",
            "special_on",
            sqlite_where=SPECIAL,
            postgresql_where=SPECIAL,
        ),
        Index("ix_customers_owner_id_name_key", "owner_id", "name_key", "id"),
        Index("ix_customers_team_id_name_key", "team_id", "name_key", "id"),
        Index("ix_customers_team_id_next_sort", "team_id", "next_sort", "id"),
        # All that a list of many is filtered by: how many fit is read from this index alone
        Index(
            "ix_customers_codes",
            "status",
            "tier",
            "intent",
            "kind",
            "team_id",
            "owner_id",
            "deleted_at",
            "archived_at",
            "id",
        ),
        # Of the binned ones only: a list of the living ones must not take it for a way to find them.
        Index("ix_customers_deleted_at", "deleted_at", sqlite_where=BINNED, postgresql_where=BINNED),
        Index(
            "ix_customers_archived_at", "archived_at", "id", sqlite_where=ARCHIVED, postgresql_where=ARCHIVED
        ),
    )

    id: Mapped[int] = pk()
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default="company")
    relationship_kind: Mapped[str] = mapped_column("relationship", String(10), default="customer")
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str | None] = mapped_column(String(60))
    name_shadow: Mapped[str] = derived(String(400), index=True)
    name_key: Mapped[str] = derived(String(1200))
    credit_code: Mapped[str | None] = mapped_column(String(40))

    tier: Mapped[str] = mapped_column(String(10), default="none")
    intent: Mapped[str] = mapped_column(String(10), default="none")
    status: Mapped[str] = mapped_column(String(10), default="lead")
    lost_reason: Mapped[str | None] = mapped_column(String(40))
    at_risk: Mapped[bool] = mapped_column(default=False)
    won_back: Mapped[bool] = mapped_column(default=False)

    owner_id: Mapped[int | None] = ref("users.id", index=False)
    team_id: Mapped[int | None] = ref("teams.id", index=False, info={"follows": "owner_id"})
    source: Mapped[str | None] = mapped_column(String(60))

    industry: Mapped[str | None] = mapped_column(String(60))
    size: Mapped[str | None] = mapped_column(String(40))
    website: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(60))
    province: Mapped[str | None] = mapped_column(String(60))
    city: Mapped[str | None] = mapped_column(String(60))
    district: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(300))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    gender: Mapped[str | None] = mapped_column(String(10))
    birthday: Mapped[date | None] = sensitive("birthday")
    preferred_channel: Mapped[str | None] = mapped_column(String(20))
    preferred_time: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(40))
    likes: Mapped[str | None] = mapped_column(String(300))
    taboos: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(Text)
    checked_on: Mapped[date | None]

    do_not_contact: Mapped[str | None] = derived(String(60))
    special_on: Mapped[date | None] = derived()
    has_person: Mapped[bool] = derived(default=False, server_default=false())
    has_phone: Mapped[bool] = derived(default=False, server_default=false())
    has_written: Mapped[bool] = derived(default=False, server_default=false())
    completeness: Mapped[int] = mapped_column(Computed(COMPLETENESS, persisted=True))
    bought_amount: Mapped[int | None] = derived()
    bought_on: Mapped[date | None] = derived()
    bought_count: Mapped[int] = derived(default=0, server_default="0")
    last_contact_at: Mapped[datetime | None] = derived()
    last_contact_on: Mapped[date | None] = derived()
    last_contact_channel: Mapped[str | None] = derived(String(20))
    next_contact_on: Mapped[date | None] = derived()
    latest_contact_on: Mapped[date | None] = derived()
    last_sort: Mapped[date] = mapped_column(
        Date, Computed("coalesce(last_contact_on, '0001-01-01')", persisted=True)
    )
    next_sort: Mapped[date] = mapped_column(
        Date, Computed("coalesce(next_contact_on, '9999-12-31')", persisted=True)
    )

    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[int | None] = ref("users.id", index=False)
    archive_reason: Mapped[str | None] = mapped_column(String(300))
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = ref("users.id", index=False)

    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    team: Mapped[Team | None] = relationship()
    affiliations: Mapped[list[Affiliation]] = relationship(
        back_populates="customer", order_by="(Affiliation.primary.desc(), Affiliation.id)"
    )
    points: Mapped[list[ContactPoint]] = relationship(back_populates="customer", order_by="ContactPoint.id")
    taggings: Mapped[list[CustomerTag]] = relationship(
        back_populates="customer", cascade="all, delete-orphan", order_by="CustomerTag.id"
    )
    helpers: Mapped[list[CustomerHelper]] = relationship(
        back_populates="customer", cascade="all, delete-orphan", order_by="CustomerHelper.id"
    )

    @property
    def shown_name(self) -> str:
        """The name that colleagues use: the short one where there is one."""
        return self.short_name or self.name

    @property
    def forbidden(self) -> tuple[str, ...]:
        """The purposes for which they do not want to be contacted."""
        return tuple(self.do_not_contact.split(",")) if self.do_not_contact else ()

    @property
    def tags(self) -> list[Tag]:
        return [tagging.tag for tagging in self.taggings]


class Person(Tracked):
    """A human being at one or more customers; `customer_id` is where they were recorded first."""

    __tablename__ = "people"
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id")
    name: Mapped[str] = mapped_column(String(120))
    form_of_address: Mapped[str | None] = mapped_column(String(40))
    preferred_channel: Mapped[str | None] = mapped_column(String(20))
    preferred_time: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(40))
    likes: Mapped[str | None] = mapped_column(String(300))
    taboos: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(Text)


class Affiliation(Tracked):
    """A person's place at a customer."""

    __tablename__ = "affiliations"
    __table_args__ = (UniqueConstraint("customer_id", "person_id"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    person_id: Mapped[int] = ref("people.id")
    position: Mapped[str | None] = mapped_column(String(60))
    department: Mapped[str | None] = mapped_column(String(60))
    decision_role: Mapped[str | None] = mapped_column(String(20))
    primary: Mapped[bool] = mapped_column(default=False)

    customer: Mapped[Customer] = relationship(back_populates="affiliations")
    person: Mapped[Person] = relationship()


class ContactPoint(Tracked):
    """A way to reach a customer or one of their people: kept as typed, matched through its normal form.

    `reversed` is the normal form backwards, so that the last digits of a number are found through an index. `added_by`:
    which of our accounts, or who of us, holds the friend on WeChat or WeCom.
    """

    __tablename__ = "contact_points"
    __table_args__ = (
        Index("ix_contact_points_normal", "normal"),
        Index("ix_contact_points_reversed", "reversed"),
    )
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id")
    person_id: Mapped[int | None] = ref("people.id")
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = sensitive("point", String(254))
    extension: Mapped[str | None] = mapped_column(String(20))
    normal: Mapped[str] = derived(String(254))
    reversed: Mapped[str] = derived(String(254))
    label: Mapped[str | None] = mapped_column(String(60))
    bad: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[str | None] = mapped_column(String(60))

    customer: Mapped[Customer] = relationship(back_populates="points")
    person: Mapped[Person | None] = relationship()


class Tag(Tracked):
    """A word put on customers."""

    __tablename__ = "tags"

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(String(40))
    shadow: Mapped[str] = mapped_column(String(80), unique=True)


class CustomerTag(Tracked):
    """A tag on a customer."""

    __tablename__ = "customer_tags"
    __table_args__ = (
        UniqueConstraint("customer_id", "tag_id"),
        Index("ix_customer_tags_tag_id_customer_id", "tag_id", "customer_id"),
    )
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    tag_id: Mapped[int] = ref("tags.id", index=False)

    customer: Mapped[Customer] = relationship(back_populates="taggings")
    tag: Mapped[Tag] = relationship()


class CustomerHelper(Tracked):
    """A colleague who helps: sees the file and logs contacts; with `may_write` also edits it."""

    __tablename__ = "customer_helpers"
    __table_args__ = (UniqueConstraint("customer_id", "user_id"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    user_id: Mapped[int] = ref("users.id")
    may_write: Mapped[bool] = mapped_column(default=False)

    customer: Mapped[Customer] = relationship(back_populates="helpers")
    user: Mapped[User] = relationship()


class Relation(Tracked):
    """What one customer is to another, from a day to a day: `kind` says what `customer` is to `other`.

    Stored once and read from both sides; where both are the same to each other, the one with the lower id comes first.
    """

    __tablename__ = "relations"
    __table_args__ = (
        Index("ix_relations_customer_id_kind", "customer_id", "kind", "other_id"),
        Index("ix_relations_other_id_kind", "other_id", "kind", "customer_id"),
    )
    root_column = "customer_id"
    also_column = "other_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    other_id: Mapped[int] = ref("customers.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    since: Mapped[date | None]
    until: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(String(300))

    customer: Mapped[Customer] = relationship(foreign_keys=[customer_id])
    other: Mapped[Customer] = relationship(foreign_keys=[other_id])


class CustomerMerge(Tracked):
    """One file that was merged into another, and by whom; where that one was merged in turn, the two make a chain."""

    __tablename__ = "customer_merges"
    root_column = "into_id"

    id: Mapped[int] = pk()
    into_id: Mapped[int] = ref("customers.id")
    gone_id: Mapped[int] = ref("customers.id", index=False, unique=True)
    by_id: Mapped[int] = ref("users.id", index=False)


class CustomerValue(Tracked):
    """What a customer has in a custom field: one row, or one for each choice of several (`part` is its id, else 0).

    `value` is the stored form of the field's type (see `office/field_rules.py`), `key` the form that it is found and
    sorted by. Whether it is sensitive says the field.
    """

    __tablename__ = "customer_values"
    __table_args__ = (
        UniqueConstraint("customer_id", "field_id", "part"),
        Index("ix_customer_values_field_id_key", "field_id", "key", "customer_id"),
    )
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    field_id: Mapped[int] = ref("custom_fields.id", index=False)
    part: Mapped[int] = mapped_column(default=0)
    value: Mapped[str] = sensitive("custom", Text)
    key: Mapped[str] = derived(String(200))


class CustomerSearch(Model):
    """The search terms of a customer, derived; the full-text index over it is made by its migration."""

    __tablename__ = "customer_search"

    customer_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    terms: Mapped[str] = mapped_column(Text)


class CustomerImport(Model):
    """One file on its way in: what was sent, how its columns map, what became of it.

    `kind` is that of the list (core/importkinds.py); customers were the first.
    `state` is open (the columns are being mapped), tried (there was a dry run) or done; `report` tells of the dry run
    or of the import: how many rows did what, and each row that was refused or taken with a warning. `job_id` is the
    last job that was to try or to import it. Of what was no text table the rows are kept: `encoding` says what it
    was, and `delimiter` the number of the sheet. `way` says how its rows are to be taken (core/importways.py).
    """

    __tablename__ = "customer_imports"

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(String(20), default="customers", server_default="customers")
    user_id: Mapped[int] = ref("users.id")
    at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(String(255))
    stored_as: Mapped[str] = mapped_column(String(64), unique=True)
    encoding: Mapped[str] = mapped_column(String(20))
    delimiter: Mapped[str] = mapped_column(String(4))
    rows: Mapped[int]
    mapping: Mapped[dict[str, str]] = mapped_column(default=dict)
    way: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    state: Mapped[str] = mapped_column(String(10), default="open")
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    change_set_id: Mapped[int | None] = ref("change_sets.id")
    job_id: Mapped[int | None]
