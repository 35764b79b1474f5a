"""Lists that somebody asked to take as a file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
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
