"""What happened at 青禾 since it began with Huifang, step by step: who did what at which moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO
from random import Random

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.home.demo import abroad, asking, buying, company, endings, fields, mishaps, newcomers, stories
from blueprints.home.demo.buying import Bought
from blueprints.home.demo.crowd import HANDED_OVER, Crowd
from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.humans import Numbers, People
from blueprints.home.demo.papers import PAPERS
from blueprints.home.demo.plain import Edit, File, Filed, Noted, Said, Spoken, Tie
from blueprints.home.demo.rows import Rows
from blueprints.interactions import actions as contacts
from blueprints.office import actions as office_acts
from blueprints.office import queries as office
from blueprints.office.actions import Sent
from blueprints.sales import actions as sales
from core import changes, clock, events, jobs, kinds, lunar, upkeep, working
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
        self._tomorrow = day + timedelta(days=1)
        self._days = Days.before(day, office.calendar_for(None))
        self._rows = Rows(self._days)
        chance = Random(SEED)
        numbers = Numbers(chance)
        crowd = Crowd(chance, self._days, numbers, People(chance, numbers))
        self._imported = tuple(newcomers.imported(crowd, self._days))
        self._leads = tuple(newcomers.leads(crowd, self._days))
        told = (*stories.files(self._days, numbers), *abroad.files(chance, self._days))
        self.files = (*told, *crowd.files(), *self._leads)
        self._purchases = buying.plan(self.files, self._days)
        self._shop = buying.Shop(self._days, self._rows.customers)

    def steps(self) -> Iterator[Step]:
        """In the order of time; the last one is done now."""
        steps = [
            Step(self._at(INTRODUCED, "08:30"), None, self._found),
            Step(self._at(INTRODUCED, "09:10"), "admin", fields.define),
            Step(self._at(INTRODUCED, "10:00"), "manager", self._take_over),
            Step(self._at(INTRODUCED, "10:30"), "manager", self._fill_in),
            Step(self._at(INTRODUCED, "11:15"), "manager", self._remember),
            Step(self._at(HANDED_OVER, "08:50"), "admin", self._engage),
            Step(self._at(HANDED_OVER, "18:10"), "lead2", self._hand_over),
            Step(self._at(self._imported[0].born, "11:20"), newcomers.IMPORTED_BY, self._import),
            *self._created(), *self._edited(), *self._related(), *self._talked(), *self._noted(),
            *self._filed(), *self._looked_through(), *self._bought(), *self._consented(), *self._needed(),
            *self._asked(),
            *self._left(), *self._ended(), *self._mishaps(),
            Step(self._at(self._days.workdays_back(0, 2), "16:50"), "sales1a", self._celebrate),
        ]  # fmt: skip
        yield from sorted(steps, key=lambda step: step.at)
        yield Step(clock.now(), None, self._finish)
        yield Step(clock.now(), None, _compare)

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

    def _fill_in(self) -> None:
        for file, sent in fields.filled(self.files, self._days):
            customers.update(self._rows.customers[file.name], {"custom": sent})

    def _remember(self) -> None:
        endings.bring_in(self._rows.customers, self._days)

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

    def _filed(self) -> Iterator[Step]:
        for file in self.files:
            for filed in file.files:
                at = self._at(filed.ago, filed.at)
                yield Step(at, filed.by, lambda file=file, filed=filed: self._file(file, filed))  # type: ignore[misc]

    def _file(self, file: File, filed: Filed) -> None:
        customer, sent = self._rows.customers[file.name], PAPERS[filed.paper]()
        papers = [Sent(filed.name, BytesIO(sent))]
        office_acts.attach(
            kinds.kind_of(Customer), customer, papers, by=_viewer(filed.by), remark=filed.remark
        )

    def _related(self) -> Iterator[Step]:
        for tie in stories.ties(self._days):
            yield Step(self._at(tie.ago, "16:40"), tie.by, lambda tie=tie: self._relate(tie))  # type: ignore[misc]

    def _relate(self, tie: Tie) -> None:
        for name in tie.others:
            customers.relate(self._rows.customers[tie.of], self._rows.customers[name], {"role": tie.role})

    def _consented(self) -> Iterator[Step]:
        for spoken in stories.consents(self._days):
            at = self._at(spoken.ago, "11:35")
            yield Step(at, spoken.by, lambda spoken=spoken: self._consent(spoken))  # type: ignore[misc]

    def _consent(self, spoken: Spoken) -> None:
        values = {**spoken.values, "on_day": clock.today()}
        customers.note_consent(self._rows.customers[spoken.of], values, by=_viewer(spoken.by))

    def _needed(self) -> Iterator[Step]:
        for spoken in stories.needs(self._days):
            at = self._at(spoken.ago, "11:50")
            yield Step(at, spoken.by, lambda spoken=spoken: self._need(spoken))  # type: ignore[misc]

    def _left(self) -> Iterator[Step]:
        for spoken in stories.exits(self._days):
            at = self._at(spoken.ago, "16:30")
            yield Step(at, spoken.by, lambda spoken=spoken: self._exit(spoken))  # type: ignore[misc]

    def _exit(self, spoken: Spoken) -> None:
        values = {**spoken.values, "on_day": clock.today()}
        customers.note_talk(self._rows.customers[spoken.of], values, by=_viewer(spoken.by))

    def _need(self, spoken: Spoken) -> None:
        customers.note_need(self._rows.customers[spoken.of], spoken.values)

    def _asked(self) -> Iterator[Step]:
        for each in asking.REQUESTS:
            at = self._at(self._days.workdays_back(0, each.ago), each.at)
            yield Step(at, each.by, partial(self._ask, each))
        ago, at_clock = asking.LISTED
        at = self._at(self._days.workdays_back(0, ago), at_clock)
        yield Step(at, "lead1", asking.ask_for_list)
        yield Step(at, "lead1", asking.name_deputy)
        yield Step(at, "lead1", lambda: asking.note_away(self._days))

    def _mishaps(self) -> Iterator[Step]:
        sent, settled, lost = (
            self._at(self._days.workdays_back(0, ago), wall)
            for ago, wall in (mishaps.SENT, mishaps.SETTLED, mishaps.LOST)
        )
        yield Step(settled, mishaps.NOTED_BY, partial(mishaps.note_sent, sent))
        yield Step(lost, mishaps.NOTED_BY, partial(mishaps.note_lost, lost))

    def _ask(self, asked: asking.Asked) -> None:
        contacts.refresh(self._ids(file for file in self.files if file.name == asked.of))
        asking.ask(asked, self._rows.customers[asked.of], self._days)

    def _ended(self) -> Iterator[Step]:
        """One customer went out of business; somebody else asked for their own erasure."""
        came, erased, yesterday = (self._days.workdays_back(0, n) for n in (endings.CAME, endings.ERASED, 1))
        guests: list[Customer] = []
        yield Step(self._at(came, "14:05"), endings.GUEST_OF, lambda: guests.append(endings.welcome()))
        yield Step(self._at(erased, "15:40"), endings.ERASED_BY, lambda: endings.erase(guests[0]))
        closed = endings.closed(self.files)
        yield Step(self._at(yesterday, "17:55"), endings.ARCHIVED_BY, partial(self._archive, closed))

    def _archive(self, file: File) -> None:
        contacts.refresh(self._ids([file]))
        endings.archive(self._rows.customers[file.name])

    def _celebrate(self) -> None:
        """Whose birthday is tomorrow, by the lunar calendar; nobody knows the year."""
        customer = self._rows.customers["华兴科技有限公司"]
        day = lunar.to_lunar(self._tomorrow)
        facts = {
            "kind": "birthday",
            "calendar": "lunar",
            "month": day.month,
            "day": day.day,
            "leap": day.leap,
        }
        customers.note_day(customer, {**facts, "person_id": customer.affiliations[0].person_id})
        opened = {"kind": "founding", "calendar": "solar", "year": 2009, "month": 3, "day": 8}
        customers.note_day(customer, {**opened, "remark": "每年送花篮"})
        account = {"kind": "bank", "value": "1202 0265 0990 0088 123", "issuer": "中国工商银行杭州高新支行"}
        customers.note_paper(customer, {**account, "remark": "开票用"})

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

    def _bought(self) -> Iterator[Step]:
        """The lists of products and of each month, imported; what was bought and paid since, by hand; and a return."""
        yield Step(self._at(INTRODUCED, "10:20"), "manager", self._open_shop)
        for ago, bought, paid in buying.months(self._purchases):
            at = self._at(ago, "17:50")
            yield Step(at, "manager", partial(self._trade, "purchase.imported", bought, paid))
        bought, paid = buying.recent(self._purchases)
        for each in bought:
            at = self._at(each.ago, "11:30")
            yield Step(at, each.file.owner, partial(self._trade, "purchase.recorded", [each], []))
        for each in paid:
            at = self._at(each.paid_ago or 0, "16:20")
            yield Step(at, "manager", partial(self._trade, "payment.recorded", [], [each]))
        yield Step(self._at(self._days.worked(12), "15:10"), "sales1a", self._give_back)

    def _open_shop(self) -> None:
        changes.record("product.imported")
        self._shop.open()

    def _trade(self, verb: str, bought: Sequence[Bought], paid: Sequence[Bought]) -> None:
        changes.record(verb)
        self._shop.sell(bought)
        self._shop.receive(paid)

    def _give_back(self) -> None:
        purchase = self._shop.named(self._purchases, buying.RETURNED)
        sales.take_back(
            purchase, {"on_day": clock.today(), "quantities": {1: 1_000}, "remark": "墨粉型号不对"}
        )

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


def _compare() -> None:
    """What the job worker does each night: two files of one customer are found."""
    jobs.ask("customers.duplicates")
    for id in upkeep.sweep():
        working.work_on(id)


def _viewer(username: str) -> Viewer:
    user: User = company.the(username)
    return access.viewer_of(user)
