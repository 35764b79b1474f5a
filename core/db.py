"""The database: one session, column types, and the two modes of a transaction (reading, writing).

SQLite and PostgreSQL through the same models. What only one of them understands stays in `core/`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, SessionTransaction, mapped_column, registry

from core import turns

CONNECTION, PLANNED = "connection", "planned_anew"  # of the session, for its present transaction
PREPARED = (
    300  # statements that a connection to PostgreSQL keeps planned: those of the pages that people live in
)
CONNECT_S, UNHEARD_MS = 5, 20_000  # to PostgreSQL: to get through, and without a sign of life on the way

_AWAY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB})

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

_writing: ContextVar[bool] = ContextVar("writing", default=True)
_cache_kb = 32_000  # for each connection to SQLite: what writes a million rows comes back to the same pages


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware on the Python side, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The declarative base, with names for constraints so that migrations can speak of them."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={int: BigId, datetime: UTCDateTime, dict[str, Any]: Json, dict[str, str]: Json},
    )


# The values of a statement are people's names and numbers: no message of an error shows them.
db = SQLAlchemy(
    model_class=Base, session_options={"expire_on_commit": False}, engine_options={"hide_parameters": True}
)
migrate = Migrate(directory="migrations", render_as_batch=True, compare_type=True)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def pk() -> Mapped[int]:
    """The primary key of every table: a number that is never used twice."""
    return mapped_column(BigId, primary_key=True)


def ref(target: str, *, index: bool = True, **options: Any) -> Any:
    """A foreign key column to `table.column`, indexed unless another index begins with it."""
    ondelete = options.pop("ondelete", None)
    return mapped_column(BigId, ForeignKey(target, ondelete=ondelete), index=index, **options)


def derived(*types: Any, **options: Any) -> Any:
    """A column computed from other rows: never recorded as a change, never raises the version."""
    return mapped_column(*types, info={"derived": True}, **options)


def sensitive(kind: str, *types: Any, **options: Any) -> Any:
    """A column whose value only some may see in clear; `kind` names the mask (phone, mail, id …)."""
    return mapped_column(*types, info={"sensitive": kind}, **options)


def keep_small_caches() -> None:
    """Let each connection opened from now on keep 2 MB: pages read little, and a process has many connections."""
    global _cache_kb
    _cache_kb = 2_000


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside cannot write."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def may_write() -> bool:
    """Whether transactions begun now in this context may write."""
    return _writing.get()


def set_mode(*, writing: bool) -> None:
    """Decide whether transactions begun from now on in this context may write."""
    _writing.set(writing)


def plan_anew() -> None:
    """Let PostgreSQL plan what follows in this transaction for its own values, not as it would for any. What somebody
    wants of a list finds all rows or none; by the keys of a record it is always a few.
    """
    session = db.session()
    if PLANNED in session.info or session.get_bind().dialect.name != "postgresql":
        return
    session.info[PLANNED] = True
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


@event.listens_for(db.session, "after_begin")
def _connected(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[CONNECTION] = connection


@event.listens_for(db.session, "after_transaction_end")
def _let_go(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(PLANNED, None)
        session.info.pop(CONNECTION, None)


@contextmanager
def released() -> Iterator[None]:
    """Do something slow without holding a transaction; what was read before must be read again after.

    Raises RuntimeError if something has already been written.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("slow work belongs before the first write")
    db.session.rollback()
    yield


def affected(statement: Any, **options: Any) -> int:
    """Carry out an update or deletion of rows that no trail records; answers how many there were."""
    result: Any = db.session.execute(statement, **options)
    return int(result.rowcount)


def is_away(error: DBAPIError) -> bool:
    """Whether the database cannot be reached or read at all: no fault of what was asked of it."""
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in _AWAY  # the rest says where it happened
    return isinstance(error, OperationalError) or error.connection_invalidated


def one_after_another(name: str, connection: Any = None) -> None:
    """Let transactions that say the same name wait here for each other; on SQLite all that write do so anyway.

    The transaction is the session's, or that of a connection of one's own.
    """
    if db.engine.dialect.name == "postgresql":
        waiting = select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0)))
        (connection or db.session).execute(waiting)


@event.listens_for(Table, "after_parent_attach")
def _never_reuse_ids(table: Table, _metadata: MetaData) -> None:
    if len(table.primary_key.columns) == 1:  # a migration names the key only afterwards, and says it itself
        table.dialect_options["sqlite"]["autoincrement"] = True


@event.listens_for(Engine, "do_connect")
def _give_up_in_time(dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    """A server that is switched off does not even refuse: without this a request would wait for minutes."""
    if dialect.name == "postgresql":
        options.setdefault("connect_timeout", CONNECT_S)
        options.setdefault("tcp_user_timeout", UNHEARD_MS)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        connection.prepared_max = PREPARED
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten: an erasure leaves nothing behind in the file
        f"busy_timeout={turns.BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA cache_size=-{_cache_kb}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    writing = _writing.get()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        if writing:
            turns.begin(connection)
        else:
            connection.exec_driver_sql("BEGIN")
    else:
        connection.connection.dbapi_connection.read_only = not writing
