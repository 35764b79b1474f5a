"""What happened at 青禾 since it began with Huifang, step by step: who did what at which moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.home.demo import abroad, company, newcomers, stories
from blueprints.home.demo.crowd import HANDED_OVER, Crowd
from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.humans import Numbers, People
from blueprints.home.demo.plain import Edit, File, Noted, Said, Tie
from blueprints.home.demo.rows import Rows
from blueprints.interactions import actions as contacts
from blueprints.office import actions as office_acts
from blueprints.office import queries as office
from core import changes, clock, events, kinds, upkeep, working
from core.rights import Viewer

SEED = "青禾办公设备有限公司"
SINGLY = (
    7  # days ago since when each contact is a change of its own; before, those of a person and day are one
)
READER, LOOKED_THROUGH = "sales1a", 96
REASON = "韩雪入职，这些客户分给她跟进"


@dataclass(frozen=True)
class Step:
    """Something that somebody did (None: the installation itself) at a moment; one transaction."""

    at: datetime
    who: str | None
    act: Callable[[], None]

    def actor(self) -> changes.Actor:
        """In whose name it is recorded."""
        if self.who is None:
            return changes.SYSTEM
        user = company.the(self.who)
        return changes.Actor(user.id, user.name, "web")


class Script:
    """All steps, for a company filled on a day; `files` are its customers but for the imported ones."""

    def __init__(self, day: date, password_hash: str) -> None:
        self._hash = password_hash
        self._days = Days.before(day, office.calendar_for(None))
        self._rows = Rows(self._days)
        chance = Random(SEED)
        numbers = Numbers(chance)
        crowd = Crowd(chance, self._days, numbers, People(chance, numbers))
        self._imported = tuple(newcomers.imported(crowd, self._days))
        self._leads = tuple(newcomers.leads(crowd, self._days))
        told = (*stories.files(self._days, numbers), *abroad.files(chance, self._days))
        self.files = (*told, *crowd.files(), *self._leads)

    def steps(self) -> Iterator[Step]:
        """In the order of time; the last one is done now."""
        steps = [
            Step(self._at(INTRODUCED, "08:30"), None, self._found),
            Step(self._at(INTRODUCED, "10:00"), "manager", self._take_over),
            Step(self._at(HANDED_OVER, "08:50"), "admin", self._engage),
            Step(self._at(HANDED_OVER, "18:10"), "lead2", self._hand_over),
            Step(self._at(self._imported[0].born, "11:20"), newcomers.IMPORTED_BY, self._import),
            *self._created(), *self._edited(), *self._related(), *self._talked(), *self._noted(),
            *self._looked_through(),
        ]  # fmt: skip
        yield from sorted(steps, key=lambda step: step.at)
        yield Step(clock.now(), None, self._finish)

    def _at(self, ago: int, wall: str) -> datetime:
        return self._days.moment(ago, wall)

    def _found(self) -> None:
        company.set_up()
        company.found(self._hash)
        events.tell("company.founded")

    def _take_over(self) -> None:
        """The old list of customers, in one import."""
        changes.record("customer.imported")
        self._rows.add([file for file in self.files if file.born >= INTRODUCED])

    def _engage(self) -> None:
        company.engage(company.NEWCOMER, self._hash)

    def _hand_over(self) -> None:
        ids = self._ids(file for file in self.files if file.before)
        contacts.refresh(ids)
        owner = company.the(company.NEWCOMER[0])
        customers.assign_many(ids, owner, by=_viewer("lead2"), reason=REASON)

    def _import(self) -> None:
        changes.record("customer.imported")
        events.tell("customers.imported", ids=self._rows.add(self._imported))

    def _created(self) -> Iterator[Step]:
        for file in self.files:
            if file.born < INTRODUCED:
                first = min((said.at for said in file.said if said.ago == file.born), default="15:30")
                at = self._at(file.born, first) - timedelta(minutes=6)
                yield Step(at, file.before or file.owner, lambda file=file: self._create(file))  # type: ignore[misc]

    def _create(self, file: File) -> None:
        changes.record("customer.created")
        self._rows.add([file])
        if file in self._leads:
            events.tell("customer.created", customer=self._rows.customers[file.name])

    def _edited(self) -> Iterator[Step]:
        for file in self.files:
            for edit in file.edits:
                at = self._at(edit.ago, "17:20")
                yield Step(at, edit.by, lambda file=file, edit=edit: self._edit(file, edit))  # type: ignore[misc]

    def _edit(self, file: File, edit: Edit) -> None:
        contacts.refresh(self._ids([file]))
        customers.update(self._rows.customers[file.name], edit.values)

    def _noted(self) -> Iterator[Step]:
        for file in self.files:
            for note in file.notes:
                at = self._at(note.ago, note.at)
                yield Step(at, note.by, lambda file=file, note=note: self._note(file, note))  # type: ignore[misc]

    def _note(self, file: File, noted: Noted) -> None:
        customer = self._rows.customers[file.name]
        note = office_acts.write_note(kinds.kind_of(Customer), customer, noted.text, by=_viewer(noted.by))
        if noted.pinned:
            office_acts.pin_note(note, pinned=True)

    def _related(self) -> Iterator[Step]:
        for tie in stories.ties(self._days):
            yield Step(self._at(tie.ago, "16:40"), tie.by, lambda tie=tie: self._relate(tie))  # type: ignore[misc]

    def _relate(self, tie: Tie) -> None:
        for name in tie.others:
            customers.relate(self._rows.customers[tie.of], self._rows.customers[name], {"role": tie.role})

    def _talked(self) -> Iterator[Step]:
        """Contacts: each for itself in the last days, those of one person and day together before."""
        together: defaultdict[tuple[datetime, str], list[tuple[File, Said]]] = defaultdict(list)
        for file in self.files:
            for said in file.said:
                author = file.before if file.before and said.ago >= HANDED_OVER else file.owner
                at = self._at(said.ago, said.at) + timedelta(minutes=4)
                end = self._at(said.ago, "18:05")
                together[at if said.ago <= SINGLY else end, author or "lead1"].append((file, said))
        for (at, author), talks in together.items():
            yield Step(at, author, lambda author=author, talks=talks: self._say(author, talks))  # type: ignore[misc]

    def _say(self, author: str, talks: Sequence[tuple[File, Said]]) -> None:
        changes.record("interaction.logged")
        user = company.the(author)
        self._rows.say(talks, user, access.main_team_ids([user.id]).get(user.id))

    def _looked_through(self) -> Iterator[Step]:
        """On the working day before, somebody opens so many of their files that the lead is told of it."""
        ago = self._days.workdays_back(0, 1)
        own = [file for file in self.files if file.owner == READER and file.born > ago]
        for n, file in enumerate(own[:LOOKED_THROUGH]):
            at = self._at(ago, "13:35") + timedelta(minutes=2 * n)
            yield Step(at, READER, lambda file=file: self._open(file))  # type: ignore[misc]
        yield Step(self._at(ago, "17:30"), None, _watch)

    def _open(self, file: File) -> None:
        customers.note_opening(self._rows.customers[file.name], _viewer(READER))

    def _finish(self) -> None:
        """Bring the dates of all customers up to date, and list the sign-ins."""
        contacts.refresh(self._ids((*self.files, *self._imported)))
        company.show_people()

    def _ids(self, files: Iterable[File]) -> list[int]:
        return [self._rows.customers[file.name].id for file in files]


def _watch() -> None:
    """What the job worker does every few minutes."""
    upkeep.ask_frequent()
    for id in upkeep.sweep():
        working.work_on(id)


def _viewer(username: str) -> Viewer:
    user: User = company.the(username)
    return access.viewer_of(user)
