"""The verbs of roles: made, copied, changed cell by cell; and the rows of their matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from blueprints.access import queries, rules, words
from blueprints.access.defaults import Cell
from blueprints.access.models import Role, RoleGrant, User, UserRole
from core import changes
from core.db import db
from core.errors import RuleBroken, Stale
from core.names import nfc
from core.rights import Right, Scope
from core.words import _

Cells = Mapping[Right, Cell]


def cells_of(role: Role) -> dict[Right, Cell]:
    """What a role gives; rights that it does not give are missing."""
    known = {right.value: right for right in Right}
    return {
        known[grant.right]: Cell(Scope(grant.scope) if grant.scope else None, grant.most)
        for grant in role.grants
        if grant.right in known
    }


def lacks_second_factor(role: Role) -> bool:
    """Whether a role should require a second factor, and does not."""
    return not role.second_factor and rules.guarded(r for r, cell in cells_of(role).items() if not cell.ask)


def create(values: Mapping[str, Any], cells: Cells) -> Role:
    """Make a role of these cells. `values`: name_en, name_zh, second_factor. Raises RuleBroken."""
    changes.record("role.created")
    role = Role(code=_free_code(values["name_en"]), position=_last_position() + 1)
    _set_columns(role, values)
    role.grants = [RoleGrant(right=str(right), **_columns(cell)) for right, cell in cells.items()]
    db.session.add(role)
    db.session.flush()
    return role


def update(role: Role, values: Mapping[str, Any], cells: Cells, *, version: int | None) -> None:
    """Give a role these cells and no others, and what `values` names (see `create`). Raises Stale, RuleBroken."""
    changes.record("role.updated")
    queries.lock_roles()
    if version is not None and role.version != version:
        raise Stale(_("Somebody else has changed this role since you opened it."))
    before = role.version
    _set_columns(role, values)
    db.session.flush()
    if cells_of(role) != dict(cells):
        _set_cells(role, cells)
        if role.version == before:
            role.version += 1
    db.session.flush()
    if queries.administrators() == 0:
        raise RuleBroken(
            _("Somebody must remain who may change roles."), rules.scope_field(Right.ACCESS_ROLES)
        )


def _set_cells(role: Role, cells: Cells) -> None:
    present = {grant.right: grant for grant in role.grants}
    for right, grant in present.items():
        if right not in {str(right) for right in cells}:
            role.grants.remove(grant)
    for right, cell in cells.items():
        if str(right) not in present:
            role.grants.append(RoleGrant(right=str(right), **_columns(cell)))
            continue
        for column, value in _columns(cell).items():
            setattr(present[str(right)], column, value)


def _columns(cell: Cell) -> dict[str, Any]:
    return {"scope": int(cell.scope) if cell.scope else None, "ask": cell.ask, "most": cell.most}


def _set_columns(role: Role, values: Mapping[str, Any]) -> None:
    for column in ("name_en", "name_zh"):
        if column in values:
            setattr(role, column, nfc(values[column]))
    if "second_factor" in values:
        role.second_factor = values["second_factor"]


def _free_code(name: str) -> str:
    """A code that no role has yet, from the English name."""
    base = rules.code_of(name)
    taken = set(db.session.scalars(select(Role.code).where(Role.code.startswith(base, autoescape=True))))
    return next(
        code for n in range(1, len(taken) + 2) if (code := base if n == 1 else f"{base}-{n}") not in taken
    )


def _last_position() -> int:
    return db.session.scalar(select(func.max(Role.position))) or 0


def people() -> dict[int, int]:
    """Role → how many active people have it."""
    rows = db.session.execute(
        select(UserRole.role_id, func.count())
        .join(User)
        .where(User.deactivated_at.is_(None))
        .group_by(UserRole.role_id)
    )
    return dict(rows.all())


class Shown(NamedTuple):
    """One cell of the matrix: its code, its word, and what it allows."""

    code: str
    word: str
    sentence: str


def matrix(roles: Sequence[Role]) -> list[tuple[Any, list[tuple[Any, list[Shown]]]]]:
    """All rights by area, each with a cell per role."""
    cells = [(words.role_name(role), cells_of(role)) for role in roles]
    return [
        (
            area,
            [
                (words.RIGHTS[r].label, [_shown(name, area, r, held.get(r)) for name, held in cells])
                for r in rights
            ],
        )
        for area, rights in words.by_area()
    ]


def _shown(role: str, area: Any, right: Right, cell: Cell | None) -> Shown:
    scope, ask, most = (cell.scope, cell.ask, cell.most) if cell else (None, False, None)
    word = words.shown(scope, ask)
    sentence = words.sentence(right, scope, ask=ask, most=most)
    place = f"{role} · {area} · {words.RIGHTS[right].label} = {word}"
    explanation = _("%(place)s: %(sentence)s", place=place, sentence=sentence)
    limited = f"{word} ≤ {most:,}" if most is not None else word
    return Shown(words.code(scope, ask), limited, explanation)
