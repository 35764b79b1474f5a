"""What people keep for taking files out and in: lists that they asked for as a file, mappings of columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Model, pk, ref


class ExportRequest(Model):
    """A list that somebody asks to take as a file: these customers and no others, in this format, once.

    `query` are the arguments of the list's address, `clear` whether numbers are asked for in clear. Who decides and
    how is the request about it (office); when it was taken, the customers are not kept any more, but for a while the
    file, under a name of ours, so that it can be fetched again.
    """

    __tablename__ = "export_requests"

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id")
    at: Mapped[datetime]
    query: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(20))
    clear: Mapped[bool] = mapped_column(default=False)
    rows: Mapped[int]
    customer_ids: Mapped[list[int]] = mapped_column(Json)
    taken_at: Mapped[datetime | None]
    file: Mapped[str | None] = mapped_column(String(40))


class ImportMapping(Model):
    """Columns and ways of taking rows that a person keeps under a name, for the next file of the same make."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("user_id", "kind", "name"),)

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id", index=False)
    kind: Mapped[str] = mapped_column(String(20), default="customers", server_default="customers")
    name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    mapping: Mapped[dict[str, str]]
    way: Mapped[dict[str, Any]]
