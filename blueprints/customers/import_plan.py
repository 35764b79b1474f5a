"""What an import would do, row by row. Nothing is written: a dry run is a plan that is not carried out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from blueprints.customers import custom_values, import_custom, lookups, wishes, yearly
from blueprints.customers.import_changes import MOST, Teller, said
from blueprints.customers.import_earlier import Earlier
from blueprints.customers.import_matching import Matcher
from blueprints.customers.import_news import check, difference
from blueprints.customers.import_receivers import Receivers
from blueprints.customers.import_register import Register
from blueprints.customers.import_rows import Candidate, settle_country
from blueprints.customers.import_targets import News, Target
from core import clock, importextras, settings
from core.bulk import chunks
from core.csvfiles import Row
from core.errors import RuleBroken
from core.importextras import Bringing, Extra
from core.importing import SHOWN, Action, Change, Outcome
from core.importkinds import Fact
from core.importways import CREATE, NAME, UPDATE
from core.kinds import refusal
from core.rights import Right, Viewer
from core.words import _l


@dataclass
class Plan:
    """The outcome of each row, and the customers to make and to change, in the order of the file.

    `told` counts the rows that were answered with what otherwise only the exact look-up tells, `untold` those for
    which none of today's look-ups was left; `facts` is all that was told like that. `highest` is the greatest running
    count among the numbers of the house's own form that the file brings along.
    """

    outcomes: list[tuple[Outcome, Row]] = field(default_factory=list)
    targets: dict[Target, None] = field(default_factory=dict)
    told: int = 0
    untold: int = 0
    facts: list[Fact] = field(default_factory=list)
    highest: int = 0
    by_id: int = 0
    bringing: dict[str, Bringing] = field(default_factory=dict)


def plan(
    rows: Iterable[Candidate],
    by: Viewer,
    earlier: Earlier | None = None,
    detailed: int = SHOWN,
    known: Collection[Fact] = (),
) -> Plan:
    """Plan an import by a person; what they may reach and change is judged here, for each row.

    `earlier` knows what the rows before these have made, where a file is imported in batches. Of the first `detailed`
    rows it is told what they change. To tell once more what is `known` from the dry run is no further look-up.
    """
    planner = _Planner(by, earlier or Earlier(), detailed, known)
    for chunk in chunks(list(rows)):
        planner.expect(chunk)
        for row in chunk:
            planner.made.outcomes.append((planner.outcome(row), row.row))
    return planner.made


class _Planner:
    def __init__(self, by: Viewer, earlier: Earlier, detailed: int, known: Collection[Fact]) -> None:
        self.by, self.detailed, self.known = by, detailed, known
        self.line = 0
        self.made = Plan(by_id=by.id)
        self.register = Register(by, earlier)
        self.matcher = Matcher(self.register, str(settings.get("customers.number_prefix")))
        self.receivers = Receivers(by, Right.CUSTOMERS_IMPORT)
        self.successors = Receivers(by, Right.CUSTOMERS_ASSIGN)
        self.teller = Teller(self.receivers)
        self.changes: list[Change] = []
        self.blind = not by.may(Right.CUSTOMERS_SEE)
        self.left: int | None = None
        self.required = [field for field in custom_values.fields() if field.required]

    def expect(self, chunk: Sequence[Candidate]) -> None:
        """Read what these rows may need, in as many statements for 500 as for one."""
        loaded = self.register.load(chunk)
        if any(row.extra for row in chunk):
            self._read_brought([target for target in loaded if target.id is not None])
        for receivers in (self.receivers, self.successors):
            receivers.expect({name for row in chunk for name in (row.owner, *row.helpers) if name})

    def outcome(self, row: Candidate) -> Outcome:
        action, self.changes, self.line = Action.REFUSE, [], row.row.line
        if not row.is_refused:
            try:
                action = self._decide(row)
            except RuleBroken as broken:
                row.refuse(broken.message, broken.field)
        more = max(0, len(self.changes) - MOST)
        return Outcome(row.row.line, action, row.label, row.findings, self.changes[:MOST], more)

    def _decide(self, row: Candidate) -> Action:
        settle_country(row, self.matcher.country(row))
        key, found = self.matcher.meant(row)
        if key is None:
            joined = self.matcher.joined(row)
            return self._merge(row, joined, by_number=False) if joined else self._create(row)
        if row.way.mode == CREATE and found[0].id is not None and found[0].line is None:
            row.warn(self._on_file(found[0]), "name")
            return Action.SKIP
        if key.kind == "name" and row.way.match != NAME:
            return self._repeat(row, found)
        if len(found) > 1:
            named = key.kind == "name"
            raise RuleBroken(
                _l("Several customers on file have this name.")
                if named
                else _l("Several customers on file have this name and number."),
                "name",
            )
        return self._merge(row, found[0], by_number=key.kind == "number")

    def _repeat(self, row: Candidate, found: list[Target]) -> Action:
        """A row with nothing but a name to recognise it by may repeat what is on file, and no more."""
        seen = [target for target in found if Right.CUSTOMERS_EDIT in target.rights]
        for target in seen:
            if not difference(row, target, by_number=False) and not self._brought(row, target):
                return Action.SKIP
        if not seen:
            raise RuleBroken(self._taken(found[0]), "name")
        raise RuleBroken(
            _l("There is a customer of this name. Number, phone or mail must tell whether it is the same."),
            "name",
        )

    def _merge(self, row: Candidate, target: Target, *, by_number: bool) -> Action:
        self._check_reach(row, target, by_number=by_number)
        news = difference(row, target, by_number=by_number)
        news.values |= self._responsibility(row, target)
        news.helpers = self._helpers(row, target, news)
        check(news, target)
        _check_child(news, target)
        news.brought = self._brought(row, target)
        _warn(row, target, news)
        if not news:
            return Action.SKIP
        for place, before in self.teller.contradicted(row, target, news):
            row.warn(_l("An earlier row of this file says otherwise: “%(value)s”.", value=before), place)
        if len(self.made.outcomes) < self.detailed:
            self.changes = self.teller.changes(row, target, news)
        self._keep(row, target, news)
        return Action.UPDATE

    def _check_reach(self, row: Candidate, target: Target, *, by_number: bool) -> None:
        number = row.values.get("number")
        if target.is_in_bin:
            raise RuleBroken(
                _l("The number %(number)s belongs to a file in the bin.", number=number), "number"
            )
        if Right.CUSTOMERS_EDIT in target.rights:
            return
        if by_number and target.shadow != row.shadow and not self.blind:
            raise RuleBroken(
                _l("The number %(number)s belongs to another customer.", number=number), "number"
            )
        raise RuleBroken(self._taken(target), "name")

    def _taken(self, target: Target, otherwise: Any = None) -> Any:
        """What the exact look-up tells of a customer who is not the importer's; to the blind, less.

        Each is one of the importer's look-ups of the day, unless the dry run told just that of this row: beyond those
        nothing is told of the customer.
        """
        if self.blind:
            return _l("On file already.")
        fact = (self.line, target.on_file, target.values["team_id"] or 0)
        if fact not in self.known:
            if self.left is None:
                self.left = lookups.left_today(self.by)
            if self.made.told >= self.left:
                self.made.untold += 1
                return otherwise or _l("Not imported: already on file, or not yours.")
            self.made.told += 1
        self.made.facts.append(fact)
        team = self.receivers.team_name(target.values["team_id"])
        return _l("Already looked after by team %(team)s.", team=team) if team else _l("On file already.")

    def _on_file(self, target: Target) -> Any:
        known = Right.CUSTOMERS_EDIT in target.rights
        return _l("On file already, so nothing is done.") if known else self._taken(target)

    def _create(self, row: Candidate) -> Action:
        if row.way.mode == UPDATE:
            raise RuleBroken(_l("No customer on file is recognised, and none is to be made."), "name")
        if other := self.register.with_code(row.values.get("credit_code")):
            known = Right.CUSTOMERS_EDIT in other.rights
            raise RuleBroken(
                _l("This credit code is on file already.") if known else self._taken(other), "credit_code"
            )
        target = Target(
            {"name": row.name, "kind": "person" if row.personal else "company"}, line=row.row.line
        )
        news = difference(row, target, by_number=True)
        news.values = {**target.values, **news.values, **self._first_responsibility(row)}
        news.helpers = self._helpers(row, target, news)
        check(news, target)
        _check_child(news, target)
        news.brought = self._brought(row, target)
        _warn_of_loss(row, news)
        _warn_of_fields(row, target, news)
        for lacked in import_custom.lacking(self.required, news.custom, news.values):
            row.warn(_l("A required field is empty: “%(field)s”.", field=lacked.label), lacked.name)
        self._warn_of_namesakes(row)
        self._keep(row, target, news)
        self.register.add(target)
        return Action.CREATE

    def _read_brought(self, targets: Sequence[Target]) -> None:
        """What other areas have of these customers already."""
        for extra in importextras.extras():
            held = self._bringing(extra).held([target.on_file for target in targets])
            for target in targets:
                target.brought.update((extra.name, mark) for mark in held.get(target.on_file, ()))

    def _bringing(self, extra: Extra) -> Bringing:
        return self.made.bringing.setdefault(extra.name, extra.begin(self.by))

    def _brought(self, row: Candidate, target: Target) -> list[tuple[str, Any]]:
        """What the row brings along that the customer does not have. Raises RuleBroken."""
        found = []
        for extra in importextras.extras() if row.extra else ():
            item = self._bringing(extra).read(row.extra)
            if item is not None and not self.by.may(extra.right):
                raise RuleBroken(refusal(extra.right))
            if item is not None and (extra.name, item.mark) not in target.brought:
                found.append((extra.name, item))
        return found

    def _warn_of_namesakes(self, row: Candidate) -> None:
        """Say that a new customer may be one there is, as far as the importer may know of that one."""
        namesakes = self.matcher.namesakes(row)
        if not namesakes:
            return
        other = namesakes[0]
        if other.line is not None:
            row.warn(
                _l("Line %(line)s has the same name. It may be the same customer.", line=other.line), "name"
            )
        elif Right.CUSTOMERS_EDIT in other.rights:
            row.warn(_l("There is a customer of this name. It may be the same."), "name")
        elif not self.blind:
            unnamed = _l("There may be a customer of this name already.")
            row.warn(self._taken(other, unnamed), "name")

    def _keep(self, row: Candidate, target: Target, news: News) -> None:
        target.take(news)
        target.said |= said(row, news)
        self.register.learn(target)
        self.made.targets[target] = None
        count = self.matcher.own_count(news.values.get("number", ""))
        self.made.highest = max(self.made.highest, count or 0)

    def _helpers(self, row: Candidate, target: Target, news: News) -> dict[int, bool]:
        """The colleagues who are to help, or to edit as well; nobody's help is taken away."""
        owner_id = news.values.get("owner_id", target.values.get("owner_id"))
        found: dict[int, bool] = {}
        for written, may_write in row.helpers.items():
            try:
                user_id = self.receivers.helper(written)
            except RuleBroken as broken:
                row.warn(broken.message, "editing_helpers" if may_write else "helpers")
                continue
            present = target.helpers.get(user_id)
            if user_id != owner_id and (present is None or may_write > present.may_write):
                found[user_id] = may_write or found.get(user_id, False)
        return found

    def _first_responsibility(self, row: Candidate) -> dict[str, Any]:
        """Owner and team of a new customer: as the row names them, else the importer and the main team."""
        owner = self.receivers.owner(row.owner) if row.owner else self.by.id
        team = self.receivers.team(row.team) if row.team else self.receivers.main_team(owner)
        return {"owner_id": owner, "team_id": team}

    def _responsibility(self, row: Candidate, target: Target) -> dict[str, Any]:
        """Owner and team where the row names others; a new owner brings their main team along."""
        receivers = self.receivers if target.line is not None else self.successors
        owner_id, team_id = target.values["owner_id"], target.values["team_id"]
        wanted = {"owner_id": owner_id, "team_id": team_id}
        if row.owner and (owner := receivers.owner(row.owner, present=owner_id)) != owner_id:
            wanted = {"owner_id": owner, "team_id": receivers.main_team(owner)}
        if row.team:
            wanted["team_id"] = receivers.team(row.team, present=team_id)
        changed = {name: value for name, value in wanted.items() if value != target.values[name]}
        if changed and Right.CUSTOMERS_ASSIGN not in target.rights:
            raise RuleBroken(_l("You may not change who looks after this customer."), "owner")
        return changed


def _check_child(news: News, target: Target) -> None:
    """No number of a child without a guardian's consent, nor a birthday that makes one of who has numbers."""
    values = {**target.values, **news.values}
    today, born = (
        clock.today(),
        [(day.whose, yearly.first_on(day.when)) for day in news.days if day.kind == "birthday"],
    )
    own = [values.get("birthday"), *(on for whose, on in born if not whose)]
    child = any(wishes.is_child(values["kind"], on, today) for on in own)
    child = child or any(wishes.is_under_age(on, today) for whose, on in born if whose)
    reached = news.points or (("birthday" in news.values or news.days) and target.points)
    if child and reached and not target.guarded:
        raise RuleBroken(
            _l(
                "This customer is under 14: numbers are kept once a guardian agrees. Import without them, note under "
                "consents who agrees, then import them."
            ),
            "birthday",
        )


def _warn(row: Candidate, target: Target, news: News) -> None:
    """Say what of the row is not taken over."""
    kept = target.values.get("number")
    if kept and row.values.get("number", kept) != kept:
        row.warn(_l("The customer keeps the number %(number)s.", number=kept), "number")
    if ("birthday" in row.values or row.days) and Right.CUSTOMERS_CLEAR not in target.rights:
        row.warn(_l("You do not see this customer's birthday, so it stays as it is."), "birthday")
    _warn_of_loss(row, news)
    _warn_of_fields(row, target, news)


def _warn_of_fields(row: Candidate, target: Target, news: News) -> None:
    clear, kept = Right.CUSTOMERS_CLEAR in target.rights, {**target.custom, **news.custom}
    for message, name in import_custom.left_out(row.custom, kept, clear=clear):
        row.warn(message, name)


def _warn_of_loss(row: Candidate, news: News) -> None:
    if news.values.get("lost_reason") == "other" and "lost_reason" not in row.values:
        row.warn(_l("No reason is given why the customer was lost. It becomes “other”."), "status")
