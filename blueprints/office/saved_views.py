"""Saved views of lists: whose there are, what an address with one asks for, and keeping, sharing, deleting them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, or_, select
from werkzeug.datastructures import MultiDict

from blueprints.access import queries as access
from blueprints.access.models import Team
from blueprints.office.models import SavedView
from core import changes, kinds
from core.changes import ChangeSet
from core.db import db
from core.errors import NotFound, Refused, RuleBroken, Stale
from core.kinds import refusal
from core.listkinds import ListKind
from core.policy import Clause, Policy
from core.rights import Right, Scope, Standing, Viewer
from core.words import _, _l

SAVED, CHANGED, DELETED = "view.saved", "view.changed", "view.deleted"
VIEW, WHOLE = "view", "0"  # the argument of an address, and its value for no view
NOBODY, TEAM, EVERYBODY = "nobody", "team", "everybody"
SHARED = {NOBODY: _l("nobody"), TEAM: _l("a team"), EVERYBODY: _l("everybody")}
MOST_QUERY, MOST_VIEWS, MOST_SHOWN = 4_000, 50, 40
ON_TOP = ("sort", "group")  # what somebody changes while they look at a view whose conditions stay hidden


def _with_me(standing: Standing) -> ColumnElement[bool]:
    teams = and_(SavedView.shared == TEAM, SavedView.team_id.in_(sorted(standing.team_ids)))
    return or_(SavedView.shared == EVERYBODY, teams)


POLICY = Policy(
    SavedView,
    (
        Clause("owner", Scope.OWN, lambda v: SavedView.owner_id == v.id, _l("is the owner")),
        Clause("shared", Scope.OWN, _with_me, _l("it is shared with them")),
    ),
)


def shown_to(kind: ListKind, viewer: Viewer) -> Sequence[SavedView]:
    """The views of a list that somebody keeps or that are shared with them. One statement."""
    if not viewer.may(Right.OFFICE_VIEWS):
        return ()
    mine = kinds.visible(SavedView, viewer).where(SavedView.list == kind.name)
    return db.session.scalars(mine.order_by(SavedView.position, SavedView.id).limit(MOST_SHOWN)).all()


def the_view(kind: ListKind, id: str | int | None, viewer: Viewer) -> SavedView:
    """A view of a list. Raises NotFound for one that the person may not know of."""
    text = str(id)
    found = None
    if text.isdecimal() and len(text) < 19 and viewer.may(Right.OFFICE_VIEWS):
        found = db.session.scalar(
            kinds.visible(SavedView, viewer).where(SavedView.list == kind.name, SavedView.id == int(text))
        )
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


@dataclass(frozen=True)
class Opened:
    """What an address of a list asks for, and the views beside it.

    `to`: where the address leads instead. `hidden`: the view names records that the person may not know of; its
    arguments are nowhere on the page.
    """

    kind: ListKind
    args: MultiDict[str, str]
    views: Sequence[SavedView]
    view: SavedView | None = None
    default: int | None = None
    to: str | None = None
    hidden: bool = False

    def query(self, shown: Sequence[str]) -> str:
        """What the list asks now, as a view would keep it; a hidden one is kept by its number alone."""
        if self.hidden and self.view:
            return urlencode({VIEW: self.view.id})
        now = self.args.copy()
        now["columns"] = ",".join(shown)
        return query_of(self.kind, now)

    def changed(self, shown: Sequence[str]) -> bool:
        """Whether the list asks something else than the view that is open."""
        return self.view is not None and not self.hidden and self.query(shown) != self.view.query

    def is_mine(self, viewer: Viewer) -> bool:
        """Whether the person may change the view that is open."""
        return self.view is not None and may_change(self.view, viewer)


def opened(
    kind: ListKind,
    args: MultiDict[str, str],
    viewer: Viewer,
    default: int | None,
    is_known: Callable[[MultiDict[str, str]], bool],
) -> Opened:
    """What an address asks for; `is_known` tells of arguments whether the person may know all that they name."""
    views = shown_to(kind, viewer)
    held = {view.id: view for view in views}
    default = default if default in held else None
    if default and not any(name in args for name in (VIEW, "after", *kind.arguments)):
        args = MultiDict({VIEW: str(default)})
    wanted = args.get(VIEW, "")
    view = held.get(int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    if not is_bare(kind, args):
        return Opened(kind, args, views, view, default)
    meant = resolved(kind, args, viewer)
    view = view or the_view(kind, wanted, viewer)
    spelled = MultiDict([(VIEW, str(view.id)), *meant.items(multi=True)])
    if not is_known(meant):
        return Opened(kind, meant, views, view, default, hidden=True)
    to = None if is_bare(kind, spelled) else f"{kind.url}?{urlencode(list(spelled.items(multi=True)))}"
    return Opened(kind, spelled, views, view, default, to)


def query_of(kind: ListKind, args: MultiDict[str, str]) -> str:
    """What of an address makes a view, in one order."""
    pairs = [(name, value) for name in kind.arguments for value in args.getlist(name) if value]
    return urlencode(pairs)


def is_bare(kind: ListKind, args: MultiDict[str, str]) -> bool:
    """Whether an address names a view and says nothing of its own but how to sort and group it."""
    named = args.get(VIEW, WHOLE) != WHOLE
    return named and not any(args.get(name) for name in kind.arguments if name not in ON_TOP)


def resolved(kind: ListKind, args: MultiDict[str, str], viewer: Viewer) -> MultiDict[str, str]:
    """The arguments that an address stands for: those of its view, if it names one and no more. Raises NotFound."""
    if not is_bare(kind, args):
        return args
    meant = MultiDict(parse_qsl(the_view(kind, args[VIEW], viewer).query))
    for name in ("after", *ON_TOP):
        if args.get(name):
            meant.setlist(name, args.getlist(name))
    return meant


def may_change(view: SavedView, viewer: Viewer) -> bool:
    """One's own; and what is shared, whoever may share it so."""
    if view.owner_id == viewer.id:
        return viewer.may(Right.OFFICE_VIEWS)
    return view.shared != NOBODY and may_share(viewer, view.shared, view.team_id)


def may_share(viewer: Viewer, shared: str, team_id: int | None = None) -> bool:
    """Whether somebody may share a view with these."""
    scope = viewer.scope(Right.OFFICE_VIEWS_SHARED)
    if scope is None or scope is Scope.OWN:
        return shared == NOBODY
    if scope is Scope.ALL or shared == NOBODY:
        return True
    return shared == TEAM and team_id in (viewer.branch_ids if scope is Scope.BRANCH else viewer.team_ids)


def teams_to_share_with(viewer: Viewer) -> list[tuple[str, str]]:
    """Slug and name of the teams that somebody may share a view with."""
    scope = viewer.scope(Right.OFFICE_VIEWS_SHARED)
    if scope is None or scope is Scope.OWN:
        return []
    within = {Scope.ALL: None, Scope.BRANCH: viewer.branch_ids, Scope.TEAM: viewer.team_ids}[scope]
    return access.team_names(within)


def save(kind: ListKind, values: Mapping[str, Any], query: str, *, by: Viewer) -> SavedView:
    """Keep a view of a list. Raises Refused, RuleBroken."""
    changes.record(SAVED)
    mine = select(SavedView.id).where(SavedView.list == kind.name, SavedView.owner_id == by.id)
    if len(db.session.scalars(mine.limit(MOST_VIEWS)).all()) >= MOST_VIEWS:
        raise RuleBroken(_("You keep %(n)s views of this list. Delete one first.", n=MOST_VIEWS), "name")
    view = SavedView(list=kind.name, owner_id=by.id)
    _set(view, values, by)
    _take(view, query)
    db.session.add(view)
    db.session.flush()
    return view


def change(view: SavedView, values: Mapping[str, Any], *, by: Viewer, version: int) -> None:
    """Change name, place and with whom it is shared. Raises Refused, Stale, RuleBroken."""
    changes.record(CHANGED)
    check_hand(view, by)
    if view.version != version:
        raise Stale(_("Somebody else has changed this view since you opened it."))
    _set(view, values, by)
    db.session.flush()


def retake(view: SavedView, query: str, *, by: Viewer) -> None:
    """Let a view ask what the list asks now. Raises Refused, RuleBroken."""
    changes.record(CHANGED)
    check_hand(view, by)
    _take(view, query)
    db.session.flush()


def delete(view: SavedView, *, by: Viewer) -> None:
    """Delete a view. Raises Refused."""
    changes.record(DELETED)
    check_hand(view, by)
    db.session.delete(view)
    db.session.flush()


def check_hand(view: SavedView, by: Viewer) -> None:
    """Raises Refused for somebody who may look at a view but not change it."""
    if not may_change(view, by):
        raise Refused(refusal(Right.OFFICE_VIEWS_SHARED))


def check_undo(change_set: ChangeSet, viewer: Viewer) -> None:
    """One's own doing is taken back by oneself, or by whoever may share with everybody. Raises Refused."""
    if change_set.verb not in (SAVED, CHANGED, DELETED) or change_set.user_id == viewer.id:
        return
    if not may_share(viewer, EVERYBODY):
        raise Refused(refusal(Right.OFFICE_VIEWS_SHARED))


def _set(view: SavedView, values: Mapping[str, Any], by: Viewer) -> None:
    shared = values.get("shared") or NOBODY
    team = access.team_named(values.get("team") or "") if shared == TEAM else None
    if shared == TEAM and team is None:
        raise RuleBroken(_("Choose the team."), "team")
    team_id = team.id if isinstance(team, Team) else None
    if (shared, team_id) != (view.shared or NOBODY, view.team_id) and not may_share(by, shared, team_id):
        raise Refused(refusal(Right.OFFICE_VIEWS_SHARED))
    view.name, view.shared, view.team_id = values["name"], shared, team_id
    view.position = values.get("position") or 0


def _take(view: SavedView, query: str) -> None:
    if len(query) > MOST_QUERY:
        raise RuleBroken(_("These filters are too many for a view."))
    view.query = query
