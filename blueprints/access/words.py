"""What each right allows, in words: for the matrix, one's own page and the explanations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from blueprints.access.models import Role, User
from core.languages import is_chinese
from core.rights import SCOPE_LABELS, Right, Scope, Viewer
from core.words import _, _l

R = Right

AREAS = {
    "customers": _l("Customers"),
    "interactions": _l("Interactions"),
    "office": _l("Office"),
    "sales": _l("Purchases"),
    "access": _l("Users and rights"),
}
CUSTOMERS = {
    Scope.OWN: _l("customers that they own"),
    Scope.TEAM: _l("customers of their teams"),
    Scope.BRANCH: _l("customers of their teams and the teams below"),
    Scope.ALL: _l("all customers of the company"),
}
HELPED = {**CUSTOMERS, Scope.OWN: _l("customers that they own or help with")}
EDITED = {**CUSTOMERS, Scope.OWN: _l("customers that they own, or help with and may edit")}
PEOPLE = {
    Scope.OWN: _l("themselves"),
    Scope.TEAM: _l("people of their teams"),
    Scope.BRANCH: _l("people of their teams and the teams below"),
    Scope.ALL: _l("everybody in the company"),
}


@dataclass(frozen=True)
class Words:
    """A right in words. `whom` says what each scope reaches; without it there is only the widest.

    `asked`: who lacks it may be told whom to ask. `counted`: a role may limit how many at once.
    """

    label: Any
    sentence: Any
    whom: dict[Scope, Any] | None = None
    own: Any = None
    asked: bool = False
    counted: bool = False

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scopes with which a role can hold it."""
        return tuple(Scope) if self.whom else (Scope.ALL,)


RIGHTS: dict[Right, Words] = {
    R.CUSTOMERS_SEE: Words(
        _l("See"),
        _l("May see %(whom)s, also in lists, counts and search; learns of no others but by the look-up."),
        HELPED,
    ),
    R.CUSTOMERS_CLEAR: Words(
        _l("Numbers in clear"), _l("Sees phone numbers and mail addresses of %(whom)s in clear."), HELPED
    ),
    R.CUSTOMERS_REVEAL: Words(
        _l("Show masked numbers"),
        _l("May show masked numbers of %(whom)s one by one, each with a reason that is written down."),
        CUSTOMERS,
    ),
    R.CUSTOMERS_REVEAL_PAPERS: Words(
        _l("Show identity and bank numbers"),
        _l(
            "May show identity and bank numbers of %(whom)s one by one, each with a reason that is written down."
        ),
        CUSTOMERS,
    ),
    R.CUSTOMERS_CREATE: Words(_l("Create"), _l("May make customer files for %(whom)s."), PEOPLE),
    R.CUSTOMERS_EDIT: Words(_l("Edit"), _l("May edit %(whom)s."), EDITED),
    R.CUSTOMERS_EDIT_POINTS: Words(
        _l("Edit contact points"), _l("May change contact persons and contact points of %(whom)s."), EDITED
    ),
    R.CUSTOMERS_ASSIGN: Words(
        _l("Change the owner"), _l("May give %(whom)s to another owner."), CUSTOMERS, asked=True
    ),
    R.CUSTOMERS_MERGE: Words(
        _l("Merge"), _l("May make one file of several, all of them among %(whom)s."), CUSTOMERS, asked=True
    ),
    R.CUSTOMERS_BULK: Words(
        _l("Change many at once"), _l("May change %(whom)s in bulk."), CUSTOMERS, asked=True, counted=True
    ),
    R.CUSTOMERS_BIN: Words(
        _l("Delete"),
        _l("May put %(whom)s into the bin or the archive and take them out again."),
        CUSTOMERS,
        own=_l(
            "May archive their own customer files, and delete those that they made themselves, within 24 hours."
        ),
        asked=True,
    ),
    R.CUSTOMERS_IMPORT: Words(_l("Import"), _l("May import customers for %(whom)s."), PEOPLE, asked=True),
    R.CUSTOMERS_EXPORT: Words(
        _l("Export"), _l("May export %(whom)s into a file."), CUSTOMERS, asked=True, counted=True
    ),
    R.CUSTOMERS_EXPORT_FILE: Words(
        _l("Export everything"),
        _l("May take all that is kept about one of %(whom)s, to hand it to them."),
        CUSTOMERS,
        asked=True,
    ),
    R.CUSTOMERS_ERASE: Words(
        _l("Erase"),
        _l("May erase %(whom)s for good, and put a legal hold on a file or lift it."),
        CUSTOMERS,
    ),
    R.CUSTOMERS_LOOKUP: Words(
        _l("Look-up"),
        _l("May ask by an exact name or number whether a customer is known, and by which team."),
    ),
    R.INTERACTIONS_IMPORT: Words(
        _l("Import past contacts"),
        _l("May import what was said to %(whom)s in the past, in the name of whoever said it."),
        CUSTOMERS,
        asked=True,
    ),
    R.INTERACTIONS_LOG: Words(_l("Log a contact"), _l("May log contacts with %(whom)s."), HELPED),
    R.INTERACTIONS_LOG_FOR_OTHERS: Words(
        _l("Log for others"),
        _l("May log contacts of colleagues with %(whom)s; the record is marked as logged for somebody else."),
        CUSTOMERS,
    ),
    R.OFFICE_DEPUTIES: Words(
        _l("Deputies and times away"), _l("May name deputies and note times away for %(whom)s."), PEOPLE
    ),
    R.OFFICE_FILES: Words(_l("Attach files"), _l("May attach files to %(whom)s."), HELPED),
    R.OFFICE_FILES_OF_OTHERS: Words(
        _l("Files of others"), _l("May delete files that others attached to %(whom)s."), CUSTOMERS
    ),
    R.OFFICE_NOTES: Words(
        _l("Write notes"),
        _l("May write notes on %(whom)s, pin them, and mention colleagues in them."),
        HELPED,
    ),
    R.OFFICE_NOTES_OF_OTHERS: Words(
        _l("Notes of others"), _l("May edit and delete what others noted on %(whom)s."), CUSTOMERS
    ),
    R.OFFICE_VIEWS: Words(
        _l("Keep views"), _l("May keep filters, columns and order of a list as views for %(whom)s."), PEOPLE
    ),
    R.OFFICE_VIEWS_SHARED: Words(_l("Share views"), _l("May share views with %(whom)s."), PEOPLE),
    R.OFFICE_SETTINGS: Words(_l("Settings"), _l("May change the settings of the company.")),
    R.SALES_SEE: Words(
        _l("See purchases"), _l("May see purchases and payments of %(whom)s, and what is due."), HELPED
    ),
    R.SALES_EDIT: Words(
        _l("Edit purchases"), _l("May record, change, cancel and take back purchases of %(whom)s."), EDITED
    ),
    R.SALES_PAY: Words(_l("Payments"), _l("May record payments of %(whom)s."), CUSTOMERS),
    R.SALES_IMPORT: Words(
        _l("Import purchases"), _l("May import purchases of %(whom)s."), CUSTOMERS, asked=True
    ),
    R.SALES_PRODUCTS: Words(_l("Products"), _l("May change the list of products."), asked=True),
    R.ACCESS_USERS: Words(
        _l("Users"),
        _l(
            "May make, change and deactivate accounts, and reset passwords, within the rights that they hold."
        ),
    ),
    R.ACCESS_TEAMS: Words(_l("Teams"), _l("May change the tree of teams.")),
    R.ACCESS_ROLES: Words(_l("Roles"), _l("May change what each role allows, and give any role to anybody.")),
    R.ACCESS_DIAGNOSE: Words(
        _l("Why can X see this"), _l("May ask why somebody can or cannot see a record.")
    ),
    R.ACCESS_AUDIT: Words(_l("Audit trail"), _l("May read who did what, with before and after.")),
    R.ACCESS_INCIDENTS: Words(
        _l("Incidents"),
        _l(
            "May note incidents with personal data and change what is noted; reads them with the audit trail."
        ),
    ),
}
NONE = _l("none")
ASK = _l("ask")

FIELDS = {
    "username": _l("User name"),
    "name": _l("Name"),
    "staff_number": _l("Staff number"),
    "email": _l("E-mail"),
    "language": _l("Language"),
    "theme": _l("Theme"),
    "joined_on": _l("Joined"),
    "deactivated_at": _l("Deactivated on"),
    "team_id": _l("Team"),
    "main": _l("Main team"),
    "lead": _l("Leads the team"),
    "role_id": _l("Role"),
    "user_id": _l("User"),
    "slug": _l("Short name"),
    "parent_id": _l("Team above"),
    "closed_at": _l("Closed on"),
    "code": _l("Code"),
    "name_zh": _l("Chinese name"),
    "name_en": _l("English name"),
    "right": _l("Right"),
    "scope": _l("Scope"),
    "ask": _l("Is told whom to ask"),
    "most": _l("At most at once"),
    "second_factor": _l("Requires a second factor"),
}


def right_label(right: str) -> str:
    """The words for a stored right: Customers, See."""
    words = RIGHTS.get(Right(right)) if right in set(Right) else None
    return f"{AREAS[right.split(':')[0]]} · {words.label}" if words else right


def scope_label(scope: int | None) -> str:
    """The word for a stored scope."""
    return str(SCOPE_LABELS[Scope(scope)]) if scope else ""


def code(scope: Scope | None, ask: bool = False) -> str:
    """The code of a cell: own, team, branch, all, ask or none."""
    if ask:
        return "ask"
    return scope.name.lower() if scope else "none"


def shown(scope: Scope | None, ask: bool = False) -> str:
    """The word in a cell."""
    if ask or scope is None:
        return str(ASK if ask else NONE)
    return str(SCOPE_LABELS[scope])


def sentence(right: Right, scope: Scope | None, *, ask: bool = False, most: int | None = None) -> str:
    """What a cell allows, as a sentence."""
    words = RIGHTS[right]
    if ask:
        return _("May not do this alone: is told whom to ask.")
    if scope is None:
        return _("May not do this.")
    template = words.own if scope is Scope.OWN and words.own else words.sentence
    text = str(template) % {"whom": words.whom[scope] if words.whom else ""}
    return text + (_(" At most %(n)s at once.", n=f"{most:,}") if most is not None else "")


def by_area() -> list[tuple[Any, list[Right]]]:
    """All rights under the words of their areas, in the order of the matrix."""
    return [(label, [r for r in RIGHTS if r.value.split(":")[0] == area]) for area, label in AREAS.items()]


def held(viewer: Viewer) -> list[tuple[Any, list[str]]]:
    """What a person may do, as sentences under the words of the areas."""
    found = []
    for label, rights in by_area():
        grants = [(right, viewer.grants[right]) for right in rights if right in viewer.grants]
        lines = [sentence(right, grant.scope, most=grant.limit) for right, grant in grants]
        found.append((label, lines))
    return [(label, lines) for label, lines in found if lines]


_BROWSERS = (
    ("micromessenger", "WeChat"), ("wxwork", "WeCom"), ("edg", "Edge"), ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"), ("safari", "Safari"), ("python", "Python"), ("curl", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("harmony", "HarmonyOS"), ("android", "Android"), ("iphone", "iPhone"), ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"), ("linux", "Linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """What a browser calls itself, in short: Chrome, Windows."""
    lowered = agent.lower()
    found = [next((name for sign, name in table if sign in lowered), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name) or _("unknown browser")


def role_name(role: Role) -> str:
    """A role's name in the language of the page."""
    return role.name_zh if is_chinese() else role.name_en


def role_names(user: User) -> str:
    """A person's roles, in the order of the matrix."""
    return names_of(sorted((held.role for held in user.roles), key=lambda role: (role.position, role.id)))


def names_of(roles: Iterable[Role]) -> str:
    """Roles in words, in the order given."""
    return _(", ").join(role_name(role) for role in roles)


def team_names(user: User) -> str:
    """A person's teams, the main one first."""
    places = sorted(user.memberships, key=lambda place: (not place.main, place.team.name))
    return _(", ").join(place.team.name for place in places)


def explained(right: Right) -> str:
    """What a right means, whatever its scope."""
    whom = _("people in the scope") if RIGHTS[right].whom is PEOPLE else _("customers in the scope")
    return str(RIGHTS[right].sentence) % {"whom": whom}


def on_records(table: str) -> list[Right]:
    """The rights that concern a record of a table that is there already."""
    if table != "customers":
        return []
    return [right for right, words in RIGHTS.items() if words.whom in (CUSTOMERS, HELPED, EDITED)]
