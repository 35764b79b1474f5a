"""Users, teams, roles; sign-ins and the attempts at them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.db import Model, derived, pk, ref
from core.encrypted import encrypted
from core.rights import Right, Scope
from core.tracked import Tracked

MAIN = text("main")


class Team(Tracked):
    """A team (部门) in the tree of teams; `slug` names it in addresses and files."""

    __tablename__ = "teams"

    id: Mapped[int] = pk()
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = ref("teams.id")
    closed_at: Mapped[datetime | None]

    parent: Mapped[Team | None] = relationship(remote_side="Team.id")


class User(Tracked):
    """A person who works with Huifang. Deactivated, never deleted: their past stays theirs."""

    __tablename__ = "users"

    id: Mapped[int] = pk()
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = derived(String(300), index=True)
    staff_number: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str | None] = mapped_column(String(20))
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    joined_on: Mapped[date | None]
    deactivated_at: Mapped[datetime | None]

    memberships: Mapped[list[Membership]] = relationship(cascade="all, delete-orphan", back_populates="user")
    roles: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan", back_populates="user")

    @property
    def is_living(self) -> bool:
        """Whether the account may sign in and own things."""
        return self.deactivated_at is None


class Membership(Tracked):
    """A person's place in a team: one main team, any number of further ones; `lead` for who leads it."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("user_id", "team_id"),
        Index("ix_memberships_main", "user_id", unique=True, sqlite_where=MAIN, postgresql_where=MAIN),
    )
    root_column = "user_id"

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id", index=False)
    team_id: Mapped[int] = ref("teams.id")
    main: Mapped[bool] = mapped_column(default=False)
    lead: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(back_populates="memberships")
    team: Mapped[Team] = relationship()


class Role(Tracked):
    """A bundle of rights. Built-in roles have a code of DESIGN's table; own ones get one from their name.

    `second_factor`: whoever has the role needs one.
    """

    __tablename__ = "roles"

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    builtin: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=100)
    second_factor: Mapped[bool] = mapped_column(default=False)

    grants: Mapped[list[RoleGrant]] = relationship(cascade="all, delete-orphan", back_populates="role")


class RoleGrant(Tracked):
    """One cell of the matrix: a right with a scope, or `ask`: may be asked for, is not held."""

    __tablename__ = "role_grants"
    __table_args__ = (
        UniqueConstraint("role_id", "right"),
        CheckConstraint("(scope IS NULL) = ask", name="scope_or_ask"),
    )
    root_column = "role_id"

    id: Mapped[int] = pk()
    role_id: Mapped[int] = ref("roles.id", index=False)
    right: Mapped[str] = mapped_column(String(60), index=True)
    scope: Mapped[int | None]
    ask: Mapped[bool] = mapped_column(default=False)
    most: Mapped[int | None]

    role: Mapped[Role] = relationship(back_populates="grants")

    @property
    def of(self) -> Right:
        return Right(self.right)

    @property
    def reaches(self) -> Scope | None:
        return Scope(self.scope) if self.scope else None


class UserRole(Tracked):
    """A role that a person has."""

    __tablename__ = "user_roles"
    __table_args__ = (UniqueConstraint("user_id", "role_id"),)
    root_column = "user_id"

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id", index=False)
    role_id: Mapped[int] = ref("roles.id")

    user: Mapped[User] = relationship(back_populates="roles")
    role: Mapped[Role] = relationship()


class Credential(Model):
    """The secret of an account, apart from the person so that no history ever holds it."""

    __tablename__ = "credentials"

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id", index=False, unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class SecondFactor(Model):
    """The secret that an account shares with an authenticator app; `last_step` was the last one used."""

    __tablename__ = "second_factors"

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id", index=False, unique=True)
    secret: Mapped[str] = encrypted()
    last_step: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(default=clock.now)


class BackupCode(Model):
    """A code that stands in for the app once."""

    __tablename__ = "backup_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id", index=False)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class PendingSignIn(Model):
    """A sign-in whose password was right and whose code is still asked for. It opens nothing."""

    __tablename__ = "pending_sign_ins"

    id: Mapped[int] = pk()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = ref("users.id")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class SignIn(Model):
    """A session on the server. The cookie holds the token, this row only its hash."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = pk()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = ref("users.id")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class SignInAttempt(Model):
    """A failed attempt, counted against the account name that was typed and the address it came from."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_account_at", "account", "at"),
        Index("ix_sign_in_attempts_address_at", "address", "at"),
    )

    id: Mapped[int] = pk()
    at: Mapped[datetime] = mapped_column(default=clock.now)
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
