"""Ask that a list may be imported: for whoever tried it out and may not import by themselves.

A yes lets just this file be imported, with the columns and ways of its dry run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from blueprints.customers import permits
from blueprints.customers.import_batches import DONE, TRIED
from blueprints.customers.import_report import Account
from blueprints.customers.models import CustomerImport
from blueprints.customers.permits import Asking
from blueprints.office import actions as office
from blueprints.office.queries import APPROVED, OPEN, Approval, Facts, Title
from core.addresses import url_for
from core.db import db
from core.errors import RuleBroken
from core.importkinds import ImportKind, the_kind
from core.rights import Scope, Viewer
from core.words import _, ngettext

KIND = "customers.import"
TABLE = CustomerImport.__tablename__


def asking(made: CustomerImport, by: Viewer) -> Asking | None:
    """How it stands with asking for an import; None for somebody who may import by themselves."""
    if the_kind(made.kind).right not in by.asks:
        return None
    approval = permits.latest(TABLE, made.id)
    return Asking(approval, approval is not None and _fits(approval, made))


def check(made: CustomerImport, by: Viewer) -> str | None:
    """Raises RuleBroken where somebody had to ask for this import, and nobody said yes to it as it is now.

    Answers the reason that was given for it.
    """
    how = asking(made, by)
    if how is None:
        return None
    if not how.allowed or how.approval is None:
        raise RuleBroken(_("Nobody has approved this import as it is now. Ask for it."))
    return how.approval.reason


def ask_to_import(made: CustomerImport, *, by: Viewer, reason: str) -> Approval:
    """Ask that a file may be imported as it was tried out. Raises RuleBroken."""
    if asking(made, by) is None:
        raise RuleBroken(_("You may import this file yourself."))
    if made.state != TRIED or not Account.stored(made.report).taken:
        raise RuleBroken(_("Try the file out first."))
    return office.request(KIND, (TABLE, made.id), by=by, reason=reason, payload={"as": _print(made)})


def _print(made: CustomerImport) -> str:
    """What tells one way of importing a file from any other."""
    facts = [made.stored_as, made.encoding, made.delimiter, made.mapping, made.way]
    return sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fits(approval: Approval, made: CustomerImport) -> bool:
    return bool(approval.payload.get("as") == _print(made))


def of(approval: Approval) -> CustomerImport | None:
    """The import that a request is about; None if its file was given up."""
    return db.session.get(CustomerImport, approval.record_id)


def stands(approval: Approval) -> bool:
    """Whether the file waits to be imported as it was when it was asked for, by somebody who may ask."""
    made, who = of(approval), permits.requester_of(approval)
    if made is None or who is None or not who.may_or_ask(the_kind(made.kind).right):
        return False
    return made.state != DONE and _fits(approval, made)


def deciders(approval: Approval) -> dict[int, Scope]:
    """Who may import such a list as far as the requester could."""
    made, who = of(approval), permits.requester_of(approval)
    if made is None or who is None:
        return {}
    kind = the_kind(made.kind)
    return permits.deciders(who, made.rows, kind.right, kind.like)


def allow(approval: Approval, by: Viewer, values: Mapping[str, Any]) -> None:
    """Nothing is imported yet: whoever asked does that."""


def titles(rows: Sequence[Approval], viewer: Viewer) -> dict[int, Title]:
    """How such requests are called; one statement."""
    ids = [row.record_id for row in rows]
    files = db.session.scalars(select(CustomerImport).where(CustomerImport.id.in_(ids)))
    names = {made.id: _("Import of %(name)s", name=made.file_name) for made in files}
    return {row.id: Title(names.get(row.record_id, _("Import of a file that was given up"))) for row in rows}


def facts(approval: Approval, viewer: Viewer) -> Facts:
    made = of(approval)
    if made is None:
        return Facts()
    kind = the_kind(made.kind)
    rows = [(_("List"), kind.title), (_("File"), made.file_name), (_("Rows"), f"{made.rows:,}")]
    rows += _counted(Account.stored(made.report)) if _fits(approval, made) else []
    rows.append((_("Columns"), _columns(made, kind)))
    if approval.state == APPROVED and made.state != DONE:
        rows.append((_("To be imported by"), permits.holds_until(approval)))
    hint = _("A yes lets whoever asks import just this file, as it was tried out, within 7 days.")
    return Facts(rows, hint=hint if approval.state == OPEN else "")


def _counted(account: Account) -> list[tuple[str, str]]:
    counts = [
        (_("new"), account.created),
        (_("updated"), account.updated),
        (_("refused rows"), account.refused),
    ]
    said = [_("%(first)s: %(second)s", first=label, second=f"{count:,}") for label, count in counts]
    return [(_("Dry run"), _(", ").join(said))]


def _columns(made: CustomerImport, kind: ImportKind) -> str:
    labels = {field.name: str(field.label) for field in kind.readable()}
    filled = list(dict.fromkeys(labels.get(name, name) for name in made.mapping.values()))
    some = _(", ").join(filled[:12])
    more = len(filled) - 12
    return (
        some
        if more <= 0
        else ngettext("%(some)s and %(num)s more", "%(some)s and %(num)s more", more, some=some)
    )


def next_step(approval: Approval) -> tuple[str, str] | None:
    """To the page from which the file is imported."""
    made = of(approval)
    if made is None or made.state == DONE or permits.is_over(approval) or not _fits(approval, made):
        return None
    return _("Go on to import it"), url_for(f"{the_kind(made.kind).blueprint}.show", id=made.id)
