"""Working calendars: when a team works. Notes and files on records of other areas. Custom fields. Approvals.
Deputies, and who is away.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.access.models import Team, User
from core import clock
from core.db import BigId, Json, Model, pk, ref
from core.tracked import Tracked

WAITING = text("state = 'open'")


class WorkingCalendar(Tracked):
    """Hours of work by weekday and a week pattern. `frames` is {"0": [["09:00", "12:00"], …], …}, 0 = Monday.

    `pattern` is five (双休), six (单休), alternate (大小周, needs `anchor_on`: a Saturday that is worked),
    seven (every day) or roster (排班: only the days that are named). `holidays` says whether public holidays
    are free.
    """

    __tablename__ = "working_calendars"

    id: Mapped[int] = pk()
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    frames: Mapped[dict[str, Any]] = mapped_column(Json)
    pattern: Mapped[str] = mapped_column(String(20), default="five")
    anchor_on: Mapped[date | None]
    holidays: Mapped[bool] = mapped_column(default=True)

    days: Mapped[list[CalendarDay]] = relationship(cascade="all, delete-orphan", back_populates="calendar")


class CalendarDay(Tracked):
    """A day corrected by hand: off or work, whatever pattern and holiday list say."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("calendar_id", "on_day"),)
    root_column = "calendar_id"

    id: Mapped[int] = pk()
    calendar_id: Mapped[int] = ref("working_calendars.id", index=False)
    on_day: Mapped[date]
    works: Mapped[bool]
    name: Mapped[str | None] = mapped_column(String(120))

    calendar: Mapped[WorkingCalendar] = relationship(back_populates="days")


class TeamCalendar(Tracked):
    """Which calendar a team works by; teams below inherit it, the company's is the default."""

    __tablename__ = "team_calendars"
    root_column = "team_id"

    id: Mapped[int] = pk()
    team_id: Mapped[int] = ref("teams.id", index=False, unique=True)
    calendar_id: Mapped[int] = ref("working_calendars.id")


class Note(Tracked):
    """What somebody noted on a record: plain text. It is seen by whoever sees the record, and lives as long."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_record", "record_table", "record_id", "pinned", "id"),)
    root_column, root_table_column = "record_id", "record_table"

    id: Mapped[int] = pk()
    record_table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(BigId)
    author_id: Mapped[int] = ref("users.id")
    text: Mapped[str] = mapped_column(Text)
    pinned: Mapped[bool] = mapped_column(default=False)
    edited_at: Mapped[datetime | None]

    author: Mapped[User] = relationship()
    mentions: Mapped[list[NoteMention]] = relationship(cascade="all, delete-orphan", back_populates="note")


class NoteSearch(Model):
    """The terms by which a note is found, derived; the full-text index over it is made by its migration."""

    __tablename__ = "note_search"

    note_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    terms: Mapped[str] = mapped_column(Text)


class NoteMention(Tracked):
    """Somebody whom a note mentions by their user name; it hangs on the same record."""

    __tablename__ = "note_mentions"
    __table_args__ = (
        UniqueConstraint("note_id", "user_id"),
        Index("ix_note_mentions_record", "record_table", "record_id"),
    )
    root_column, root_table_column = "record_id", "record_table"

    id: Mapped[int] = pk()
    note_id: Mapped[int] = ref("notes.id", index=False)
    user_id: Mapped[int] = ref("users.id")
    record_table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(BigId)

    note: Mapped[Note] = relationship(back_populates="mentions")
    user: Mapped[User] = relationship()


class Attachment(Tracked):
    """A file on a record. It is seen by whoever sees the record, and lives as long."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_record", "record_table", "record_id", "created_at", "id"),)
    root_column, root_table_column = "record_id", "record_table"

    id: Mapped[int] = pk()
    record_table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(BigId)
    author_id: Mapped[int] = ref("users.id")
    file_id: Mapped[int] = ref("stored_files.id")
    name: Mapped[str] = mapped_column(String(200))
    remark: Mapped[str | None] = mapped_column(String(200))

    author: Mapped[User] = relationship()
    file: Mapped[StoredFile] = relationship()


class AttachmentSearch(Model):
    """The terms by which a file is found, derived; the full-text index over it is made by its migration."""

    __tablename__ = "attachment_search"

    attachment_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("attachments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    terms: Mapped[str] = mapped_column(Text)


class StoredFile(Model):
    """What lies on the disk for attachments: it outlives them as long as one of them may be brought back."""

    __tablename__ = "stored_files"

    id: Mapped[int] = pk()
    stored_as: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    unused_since: Mapped[datetime | None]


class SavedView(Tracked):
    """A way of looking at a list: the arguments of its address, for its owner or shared with a team or everybody.

    It is but a question: whoever opens it sees what they may see of the answer.
    """

    __tablename__ = "saved_views"
    __table_args__ = (
        Index("ix_saved_views_owner_id_list", "owner_id", "list"),
        Index("ix_saved_views_list_shared", "list", "shared", "team_id"),
    )

    id: Mapped[int] = pk()
    list: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int] = ref("users.id", index=False)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text, default="")
    shared: Mapped[str] = mapped_column(String(10), default="nobody")
    team_id: Mapped[int | None] = ref("teams.id", index=False)
    position: Mapped[int] = mapped_column(default=0)

    owner: Mapped[User] = relationship()
    team: Mapped[Team | None] = relationship()


class CustomField(Tracked):
    """A field that an administrator gave to the records of a table; their values are kept by the area of the records.

    `key` names it in files and addresses, for ever. `shown_when` is {what: [codes]}: it is asked for only where each
    of these columns (or, by its id, custom fields) has one of these values; "" stands for any. `choices` is
    {"next": 3, "rows": [{"id": 1, "zh": …, "en": …, "retired": false}, …]}. A retired field keeps its values.
    """

    __tablename__ = "custom_fields"
    __table_args__ = (UniqueConstraint("record_table", "key"),)

    id: Mapped[int] = pk()
    record_table: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(20))
    label_zh: Mapped[str] = mapped_column(String(60))
    label_en: Mapped[str] = mapped_column(String(60))
    help_zh: Mapped[str | None] = mapped_column(String(200))
    help_en: Mapped[str | None] = mapped_column(String(200))
    required: Mapped[bool] = mapped_column(default=False)
    sensitive: Mapped[bool] = mapped_column(default=False)
    searchable: Mapped[bool] = mapped_column(default=False)
    shown_when: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(default=False)


class Approval(Tracked):
    """Something that one person asks for and another decides on, who had better not be the same.

    `kind` says what is asked for (`approval_kinds`), `payload` with which plain values. `state` is open, approved,
    refused, recalled or lapsed. `overdue_at` is when it was told that it is past due and nobody is above the approver.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        Index(
            "ix_approvals_waiting",
            "approver_id",
            "due_at",
            "id",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("ix_approvals_due", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_approvals_kind", "kind", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_approvals_requester_id", "requester_id", "created_at", "id"),
        Index("ix_approvals_decided_by_id", "decided_by_id", "decided_at", "id"),
        Index("ix_approvals_record", "record_table", "record_id", "id"),
    )

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(String(40))
    record_table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(BigId)
    requester_id: Mapped[int] = ref("users.id", index=False)
    approver_id: Mapped[int] = ref("users.id", index=False)
    reason: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by_id: Mapped[int | None] = ref("users.id", index=False)
    decided_at: Mapped[datetime | None]
    remark: Mapped[str | None] = mapped_column(Text)
    passed_from_id: Mapped[int | None] = ref("users.id", index=False)
    nudged_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]

    requester: Mapped[User] = relationship(foreign_keys=[requester_id])
    approver: Mapped[User] = relationship(foreign_keys=[approver_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    passed_from: Mapped[User | None] = relationship(foreign_keys=[passed_from_id])


class ApprovalStep(Tracked):
    """Somebody with whom a request came to be, since `created_at`, and why (`approval_rules.STEPS`).

    `instead_of_id` is who was asked before, or would have been: the person for whom a deputy answers.
    """

    __tablename__ = "approval_steps"
    __table_args__ = (Index("ix_approval_steps_approval_id", "approval_id", "id"),)
    root_column = "approval_id"

    id: Mapped[int] = pk()
    approval_id: Mapped[int] = ref("approvals.id", index=False)
    user_id: Mapped[int] = ref("users.id", index=False)
    why: Mapped[str] = mapped_column(String(10))
    instead_of_id: Mapped[int | None] = ref("users.id", index=False)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    instead_of: Mapped[User | None] = relationship(foreign_keys=[instead_of_id])


class ApprovalReader(Tracked):
    """Somebody who may read a request beside requester and approver: who had it before, or whom it concerns."""

    __tablename__ = "approval_readers"
    __table_args__ = (UniqueConstraint("approval_id", "user_id"),)
    root_column = "approval_id"

    id: Mapped[int] = pk()
    approval_id: Mapped[int] = ref("approvals.id", index=False)
    user_id: Mapped[int] = ref("users.id")


class Cover(Tracked):
    """Who answers for somebody, and, by its parts, when the person is away. A row comes with the first of either."""

    __tablename__ = "covers"

    id: Mapped[int] = pk()
    user_id: Mapped[int] = ref("users.id", index=False, unique=True)
    deputy_id: Mapped[int | None] = ref("users.id")

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    deputy: Mapped[User | None] = relationship(foreign_keys=[deputy_id], lazy="joined")
    absences: Mapped[list[Absence]] = relationship(cascade="all, delete-orphan", back_populates="cover")


class Absence(Tracked):
    """A time away, from the first day to the last, both included."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_last_on", "last_on", "first_on"),)
    root_column = "cover_id"

    id: Mapped[int] = pk()
    cover_id: Mapped[int] = ref("covers.id")
    first_on: Mapped[date]
    last_on: Mapped[date]

    cover: Mapped[Cover] = relationship(back_populates="absences")
