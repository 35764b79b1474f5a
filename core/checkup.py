"""What `flask doctor` looks at."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core import (
    anchoring,
    clock,
    encrypted,
    erasure_log,
    events,
    kinds,
    schema,
    sealing,
    seals,
    settings,
)
from core.config import Config
from core.db import db
from core.errors import Problem
from core.settings import Setting, SettingValue

_ANEW = (
    "If you did that yourself: flask doctor --accept-end takes what is there for the whole, "
    "and says so in the journal"
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    text: str


def checkup(config: Config, *, repair: bool) -> list[Finding]:
    """All findings. Wrong derived columns are computed again: the caller commits that, or rolls it back."""
    found = list(_folder(config))
    try:
        # Each part can be looked at only where the one before is as it should be.
        for part in (
            _schema(),
            _file(),
            _column_key(config),
            _settings(config),
            _derived(repair=repair),
            _erased(config, repair=repair),
            _trail(),
            _areas(),
        ):
            looked_at = list(part)
            found += looked_at
            if not all(finding.ok for finding in looked_at):
                break
    except SQLAlchemyError as error:
        found.append(Finding(False, f"the database cannot be used: {error.__class__.__name__}"))
    return found


def _schema() -> Iterator[Finding]:
    misfit = schema.misfit()
    found = f"schema {schema.present()}"
    yield Finding(misfit is None, f"{found}, expected {schema.expected()}: {misfit}" if misfit else found)


def _file() -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.session.connection()
    broken = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    yield Finding(broken == "ok", f"integrity of the database file: {broken}")
    orphans = len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())
    yield Finding(orphans == 0, f"rows that point nowhere: {orphans}")


def _column_key(config: Config) -> Iterator[Finding]:
    trouble = encrypted.trouble(config)
    yield Finding(trouble is None, trouble or "column key: opens what is encrypted")


def _derived(*, repair: bool) -> Iterator[Finding]:
    for kind in kinds.kinds():
        if kind.refresh is None:
            continue
        wrong = kind.refresh(None) + sum(events.ask("records.refresh", table=kind.table))
        done = " (mended)" if repair and wrong else ""
        yield Finding(wrong == 0 or repair, f"derived columns of {kind.table} that were wrong: {wrong}{done}")


def _erased(config: Config, *, repair: bool) -> Iterator[Finding]:
    back = erasure_log.brought_back(config.data, really=repair)
    done = " (erased again)" if repair and back else ""
    how = ": flask doctor --repair erases it again" if back and not repair else ""
    yield Finding(back == 0 or repair, f"erased records that a backup brought back: {back}{done}{how}")


def _trail() -> Iterator[Finding]:
    chain = sealing.check()
    place = "whole"
    if chain.broken:
        place = f"broken at link {chain.broken:,}, {_named(chain.at_fault)}"
    yield Finding(chain.broken is None, f"chain of change trail and journal, {chain.links:,} links: {place}")
    yield Finding(chain.end is None, _end_of(chain))
    if chain.slipped_in:
        first = f"{len(chain.slipped_in):,}, the first {_named(chain.slipped_in[0])}"
        yield Finding(False, f"rows that came in between long after later ones: {first}")
    for waiting in chain.waiting:
        late = chain.waits_in_vain(waiting)
        since = f", the oldest since {waiting.oldest:%Y-%m-%d %H:%M} UTC" if waiting.oldest else ""
        begin = ": start flask serve or flask worker" if late else ""
        yield Finding(not late, f"{waiting.kind.plural} not sealed yet: {waiting.count:,}{since}{begin}")


def _named(row: tuple[str, int] | None) -> str:
    return (
        f"{seals.KINDS[row[0]].name} {row[1]}"
        if row and row[0] in seals.KINDS
        else "which is no link of ours"
    )


def _end_of(chain: sealing.Chain) -> str:
    anchor = chain.anchor
    if chain.end == sealing.UNREADABLE:
        return f"end of the chain: {anchoring.NAME} in the data folder cannot be read. {_ANEW}"
    if chain.end == sealing.GONE:
        return (
            f"end of the chain: it was written down in {anchoring.NAME}, and that is gone from the data folder. "
            f"Put it back, or restore a backup. {_ANEW}"
        )
    if anchor is None:
        return "end of the chain: not written down yet"
    known = f"{anchor.position:,} links at {anchor.at[:16].replace('T', ' ')} UTC"
    if chain.end == sealing.CUT_OFF:
        return (
            f"end of the chain: it had {known}, {chain.links:,} are there. What was written since then was deleted, "
            f"or an older copy of the database was put in its place. {_ANEW}"
        )
    if chain.end == sealing.ANOTHER:
        return (
            f"end of the chain: it had {known}, and those are not the ones that are there. The trail was made anew, "
            f"or another copy of the database was put in its place. {_ANEW}"
        )
    return f"end of the chain: as written down, {known}, {anchor.link[:16]}"


def _areas() -> Iterator[Finding]:
    """What areas look at: they answer the question with pairs of whether all is well, and a text."""
    for findings in events.ask("installation.checked"):
        yield from (Finding(ok, text) for ok, text in findings)


def _settings(config: Config) -> Iterator[Finding]:
    """What the company chose must still be something that can be chosen."""
    declared = settings.declared()
    chosen = db.session.execute(select(SettingValue.name, SettingValue.value)).all()
    wrong = [name for name, value in chosen if name not in declared or _refused(declared[name], value)]
    yield Finding(not wrong, f"settings that cannot be used: {', '.join(sorted(wrong)) or 'none'}")
    if not wrong:
        yield Finding(True, f"company time zone {clock.zone().key}")
    if settings.get("company.demonstration"):
        lone = config.only_here
        yield Finding(
            lone, f"the demonstration company is open to {'this machine' if lone else 'the network'}"
        )


def _refused(setting: Setting, value: object) -> bool:
    try:
        if setting.check and isinstance(value, dict):
            setting.check(value.get("value"))
    except Problem:
        return True
    return not isinstance(value, dict) or "value" not in value


def _folder(config: Config) -> Iterator[Finding]:
    open_to_all = stat.S_IMODE(config.data.stat().st_mode) & 0o007
    yield Finding(
        not open_to_all, f"data folder {config.data}: {'readable by everybody' if open_to_all else 'private'}"
    )
    for name, key in (("secret key", config.data / "secret-key"), ("column key", encrypted.key_file(config))):
        if key.exists():
            private = stat.S_IMODE(key.stat().st_mode) == 0o600
            yield Finding(private, f"{name}: {'private' if private else 'readable by others'}")
