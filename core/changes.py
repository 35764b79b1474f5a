"""Every write to a business table, recorded: who, when, which verb, before and after.

A change set is at once the history on the file, the audit trail and what undo works from. Actions name their
verb with `record`, then write through the session or with `bulk_*`; what they changed is written down at the
flush. A creation keeps no copy. Derived columns are not recorded and do not raise the version.
"""

from __future__ import annotations

from core import recording as _recording  # noqa: F401 - listens to the session from now on
from core.bulk import bulk_delete, bulk_delete_held, bulk_insert, bulk_restore, bulk_update
from core.change_sets import (
    SYSTEM,
    Actor,
    Change,
    ChangeSet,
    Unrecorded,
    acting,
    actor,
    apart,
    called,
    latest,
    record,
    set_actor,
    set_id,
    touched_since,
)

__all__ = [
    "SYSTEM",
    "Actor",
    "Change",
    "ChangeSet",
    "Unrecorded",
    "acting",
    "actor",
    "apart",
    "bulk_delete",
    "bulk_delete_held",
    "bulk_insert",
    "bulk_restore",
    "bulk_update",
    "called",
    "latest",
    "record",
    "set_actor",
    "set_id",
    "touched_since",
]
