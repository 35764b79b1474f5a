"""A customer with something in every field, and the addresses that lead to it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import String, select
from werkzeug.routing import Rule

from blueprints.access import incidents
from blueprints.access.models import Role, Team, User
from blueprints.customers import (
    actions,
    consents,
    exit_talks,
    export_requests,
    import_mappings,
    needs,
    owner_requests,
    papers,
    relations,
    search,
    special_days,
    unusual_reading,
)
from blueprints.customers.models import Customer, CustomerTag
from blueprints.customers.pairs import Duplicate
from blueprints.customers.requested import ExportRequest
from blueprints.customers.rulings import CollisionRuling
from blueprints.interactions import actions as interactions
from blueprints.interactions.models import Interaction, PlannedContact
from blueprints.office import actions as office
from blueprints.office import attaching, deputizing, noting
from blueprints.office.attaching import Sent
from blueprints.office.models import Attachment, CalendarDay, SavedView, WorkingCalendar
from blueprints.sales import actions as sales
from blueprints.sales.models import Purchase
from core import changes, clock, kinds, notifications
from core.changes import Change
from core.db import Model, db
from core.importways import Way
from core.jobs import Job
from core.notifications import Notification
from core.tracked import Tracked
from tests.addresses import PARAMETER, filled, reading
from tests.company import a_customer, the_user, the_viewer
from tests.customers.custom import a_field, fill

# Text columns with stored codes, or with a form of their own
CODES = frozenset(
    {
        "affiliations.decision_role", "collision_rulings.ruling", "consents.channel", "consents.purpose",
        "consents.state",
        "contact_points.extension", "contact_points.kind",
        "contact_points.value", "customers.gender", "customers.intent", "customers.kind",
        "customers.lost_reason", "customers.preferred_channel", "customers.relationship", "customers.source",
        "customers.status", "customers.tier", "interactions.channel", "interactions.direction",
        "interactions.mood", "interactions.outcome", "interactions.purpose", "interactions.refusal_reason",
        "attachments.record_table", "custom_fields.key", "custom_fields.record_table", "custom_fields.type",
        "note_mentions.record_table", "notes.record_table", "needs.importance", "exit_talks.reason",
        "people.preferred_channel",
        "planned_contacts.at_time", "planned_contacts.channel", "planned_contacts.purpose",
        "payments.currency", "payments.method", "planned_contacts.state", "purchase_lines.currency",
        "paper_numbers.kind",
        "paper_numbers.value", "purchases.currency", "purchases.kind", "purchases.status", "relations.kind",
        "special_days.calendar",
        "special_days.kind", "tags.shadow",
    }
)  # fmt: skip
PHONE, MAIL, WECHAT = "139 7753 0417", "zqjx.mail@qxzj.example", "zqjxwechat"
ACCOUNT = "ZQJX62220212020417"


@dataclass
class Sample:
    """A customer, the ids of what hangs on it, and which text stands in which column."""

    id: int
    ids: dict[str, int | str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def path(self, rule: str) -> str:
        """The address of a rule that leads to this customer or what hangs on it."""
        return filled(
            rule, {found["name"]: self.value(rule, found["name"]) for found in PARAMETER.finditer(rule)}
        )

    def value(self, rule: str, name: str) -> int | str:
        """What a parameter means in an address."""
        return self.ids[self.key(rule, name)]

    def key(self, rule: str, name: str) -> str:
        """Of which thing a parameter is the id."""
        for pattern, key in MEANINGS.items():
            if re.fullmatch(pattern, f"{rule} {name}"):
                return key
        raise LookupError(f"Say in MEANINGS of tests/security/world.py what <{name}> in {rule} is.")


# Address and parameter → which of the sample's ids it takes
MEANINGS = {
    r"/customers/duplicates/.* id": "duplicate",
    r"/customers/export/.* id": "export_request",
    r"/customers/.* id": "customer",
    r"/customers/.* (place_id|affiliation_id)": "place",
    r"/customers/.* point_id": "point",
    r"/customers/.* person_id": "person",
    r"/customers/.* interaction_id": "interaction",
    r"/customers/.* (plan_id|planned_id|planned_contact_id)": "plan",
    r"/customers/.* relation_id": "relation",
    r".*/import/.* mapping_id": "import_mapping",
    r"/purchases/.* payment_id": "payment",
    r"/purchases/.* id": "purchase",
    r"/products/.* id": "product",
    r"/customers/.* field_id": "field",
    r"/admin/fields/.* id": "field",
    r"/customers/.* day_id": "special_day",
    r"/customers/.* need_id": "need",
    r"/customers/.* paper_id": "paper",
    r"/customers/.* talk_id": "exit_talk",
    r"/customers/.*/blocks/.* name": "block",
    r"/interactions/.* id": "interaction",
    r"/planned-contacts/.* id": "plan",
    r"/changes/.* id": "change_set",
    r"/admin/users/.* id": "user",
    r"/admin/teams/.* id": "team",
    r"/admin/roles/.* id": "role",
    r"/admin/audit/.* id": "change_set",
    r"/admin/incidents/.* id": "incident",
    r"/admin/settings/.* group": "group",
    r"/admin/calendars/.* day_id": "calendar_day",
    r"/admin/calendars/.* id": "calendar",
    r"/me/sessions/.* id": "session",
    r"/jobs/.* id": "job",
    r"/notifications/.* id": "notification",
    r"/(notes|files)/.* kind": "kind",
    r"/files/.* file_id": "file",
    r"/files/.* id": "customer",
    r"/approvals/.* id": "approval",
    r"/team/covers/.* id": "cover",
    r"/team/.* absence_id": "absence",
    r"/team/.* id": "user",
    r"/lists/.* name": "list",
    r"/lists/.* id": "view",
    r"/views/.* id": "view",
    r"/notes/.* note_id": "note",
    r"/notes/.* id": "customer",
}


def a_full_customer(text: Callable[[str], str], *, owner: str = "sales2a") -> Sample:
    """A customer with people, numbers, tags, a contact and a plan; `text(column)` fills every text column."""
    customer = a_customer("甲乙丙", owner=owner, phone=PHONE, email=MAIL, tags=["丁戊"])
    with changes.acting(changes.Actor(the_user(owner).id, the_user(owner).name, "web")):
        person = actions.add_person(customer, {"name": "己庚", "phone": "138 0011 2233", "position": "x"})
        actions.add_point(customer, WECHAT, kind="wechat")
        said = {"channel": "phone", "outcome": "reached", "summary": "x", "next_on": clock.today()}
        interactions.log_contact(customer, said, by=the_viewer(owner))
        note = noting.write_note(kinds.kind_of(Customer), customer, "x", by=the_viewer(owner))
        db.session.commit()
        file = a_file_on(customer, by=owner)
        db.session.commit()
        other = a_customer("甲乙丙丁", owner=owner)
        related = relations.relate(customer, other, {"role": "subsidiary"})
        pair = Duplicate(customer_id=customer.id, other_id=other.id, score=15, reasons=[], seen_in=1)
        db.session.add(pair)
        db.session.commit()
        field = a_field(text("custom_fields.label_zh")[:60], en="first", sensitive=True)
        fill(customer, by=owner, first="x")
        purchase = a_purchase(customer)
        payment = sales.record_payment(
            purchase, {"amount": 1, "on_day": clock.today(), "method": "cash", "remark": "x"}
        )
        db.session.commit()
        said = {"purpose": "surveys", "state": "refused", "on_day": clock.today(), "remark": "x"}
        consents.note_consent(customer, said, by=the_viewer(owner))
        born = {"kind": "birthday", "calendar": "solar", "year": 1983, "month": 7, "day": 29, "remark": "x"}
        need = needs.note_need(customer, {"what": "x", "since": clock.today(), "met_on": clock.today()})
        left = {
            "on_day": clock.today(),
            "reason": "price",
            "with_whom": "x",
            "competitor": "x",
            "why": "x",
            "back_if": "x",
        }
        talk = exit_talks.note_talk(customer, left, by=the_viewer(owner))
        special = special_days.note_day(customer, {**born, "person_id": person.id})
        paper = papers.note_paper(customer, {"kind": "bank", "value": ACCOUNT, "issuer": "x", "remark": "x"})
        asked = owner_requests.ask_for_owner(
            customer, the_user("sales1b"), by=the_viewer(owner), reason=text("approvals.reason")
        )
        changes.record("customer.ruled")
        ruling = CollisionRuling(
            customer_id=customer.id, approval_id=asked.id, ruling="stays", owner_id=the_user(owner).id,
            asker_id=the_user("sales1b").id, ruled_by_id=the_user("manager").id, owner_share=100, asker_share=0,
            on_day=clock.today(), remark="x",
        )  # fmt: skip
        db.session.add(ruling)
        db.session.commit()
        sample = Sample(customer.id)
        calendar = a_calendar(text("working_calendars.name"))
        job = a_job(owner)
        notification = a_notification(owner)
        import_mappings.keep("x", {"甲": "name"}, Way(), by=the_viewer(owner))
        view = a_view(owner)
        away = deputizing.note_away(the_user(owner), clock.today(), clock.today(), by=the_viewer(owner))
        changes.record("customer.updated", reason=text("change_sets.reason"))
        for row in rows_of(customer):
            for name in texts_of(type(row)):
                _write(sample, row, name, text)
        customer.birthday = clock.today().replace(year=1983, month=7, day=29)
        search.name(customer)
        db.session.flush()
        search.refresh([customer.id])
        db.session.commit()
    sample.ids = _ids(customer, person) | {
        "calendar": calendar.id, "calendar_day": calendar.days[0].id, "job": job.id,
        "notification": notification.id, "kind": "customer", "note": note.id, "relation": related.id,
        "import_mapping": import_mappings.of(the_viewer(owner))[0].id, "file": file.id,
        "list": "customers", "view": view.id, "absence": away.id, "cover": away.cover_id,
        "duplicate": pair.id, "approval": asked.id, "export_request": an_export_request(customer),
        "purchase": purchase.id, "payment": payment.id, "product": a_product(),
        "field": field.id, "incident": an_incident(),
        "special_day": special.id, "paper": paper.id, "need": need.id, "exit_talk": talk.id, "block": "basics",
    }  # fmt: skip
    return sample


def an_export_request(customer: Customer) -> int:
    """The id of an export of this customer that a lead asked for; committed."""
    by = the_viewer("lead2")
    made = ExportRequest(
        user_id=by.id, at=clock.now(), query="q=甲乙丙", format="csv", rows=1, customer_ids=[customer.id]
    )
    db.session.add(made)
    db.session.flush()
    office.request(export_requests.KIND, (ExportRequest.__tablename__, made.id), by=by, reason="x")
    db.session.commit()
    return made.id


def an_incident() -> int:
    """The id of an incident, which says nothing of the customer; committed."""
    values: dict[str, Any] = dict.fromkeys(incidents.TEXTS, "x")
    made = incidents.note_incident(
        {**values, "found_at": clock.now(), "authority_told_at": clock.now(), "persons": 3}
    )
    db.session.commit()
    return made.id


def a_file_on(customer: Customer, *, by: str) -> Attachment:
    """A picture on a customer's file, with a remark; nothing else may wait to be committed."""
    kind, sent = kinds.kind_of(Customer), Sent("x.png", io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(32)))
    [file] = attaching.attach(kind, customer, [sent], by=the_viewer(by), remark="x")
    return file


def a_calendar(name: str) -> WorkingCalendar:
    """A working calendar with a day corrected by hand; flushed."""
    changes.record("calendar.created")
    hours = {str(day): [["09:00", "18:00"]] for day in range(5)}
    calendar = WorkingCalendar(slug="sample", name=name, frames=hours)
    calendar.days = [CalendarDay(on_day=clock.today(), works=False, name=name)]
    db.session.add(calendar)
    db.session.flush()
    return calendar


def a_purchase(customer: Customer) -> Purchase:
    """A purchase of one line, not delivered yet; flushed."""
    line = {
        "position": 0,
        "text": "x",
        "unit": "x",
        "quantity": 1_000,
        "price": 5,
        "currency": "CNY",
        "discount": 0,
    }
    values = {"on_day": clock.today(), "currency": "CNY", "discount": 0, "shipping": 0, "remark": "x"}
    return sales.record_purchase(customer, {**values, "status": "open", "lines": [line]})


def a_product() -> int:
    """The id of a product of the list; committed."""
    made = sales.make_product(
        {"number": "zz-1", "name": "样品", "price": 5, "currency": "CNY", "active": True}
    )
    db.session.commit()
    return made.id


def a_job(owner: str) -> Job:
    """An export that the owner of the customer asked for, and that nobody has begun; flushed."""
    user = the_user(owner)
    job = Job(
        kind="customers.exported", user_id=user.id, starter=user.name, asked={"query": "q=甲乙丙"}, place={},
        total=1, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    return job


def a_view(owner: str) -> SavedView:
    """A view of the list of customers that its owner keeps; flushed."""
    view = SavedView(list="customers", owner_id=the_user(owner).id, name="x", query="tier=a")
    changes.record("view.saved")
    db.session.add(view)
    db.session.flush()
    return view


def a_notification(reader: str) -> Notification:
    """One for everybody, of somebody who read an unusual amount; flushed. Answers that of the manager."""
    facts = {"day": str(clock.today()), "files": 81, "numbers": 2, "most_files": 80, "most_numbers": 60}
    about, everybody = (User.__tablename__, the_user(reader).id), db.session.scalars(select(User.id))
    notifications.notify(unusual_reading.KIND, everybody, key="sample", about=about, **facts)
    mine = Notification.recipient_id == the_user("manager").id
    return db.session.scalars(select(Notification).where(mine)).one()


def _write(sample: Sample, row: Tracked, name: str, text: Callable[[str], str]) -> None:
    column = row.__table__.c[name]
    place = f"{row.__tablename__}.{name}"
    value = text(place)
    most = getattr(column.type, "length", None)
    value = value[: most or len(value)]
    sample.texts[value] = place
    attribute = row.__mapper__.get_property_by_column(column).key
    setattr(row, attribute, value)


def rows_of(customer: Customer) -> Iterator[Tracked]:
    """The customer and every recorded row that is seen through it, tags too."""
    yield customer
    for mapper in sorted(Model.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        model = mapper.class_
        if not issubclass(model, Tracked):
            continue
        columns: Any = model.__table__.c
        if model.root_column == "customer_id":
            yield from db.session.scalars(select(model).where(columns.customer_id == customer.id)).unique()
        elif model.root_table_column is not None:
            mine = (
                columns[model.root_table_column] == Customer.__tablename__,
                columns.record_id == customer.id,
            )
            yield from db.session.scalars(select(model).where(*mine))
    taggings = select(CustomerTag).where(CustomerTag.customer_id == customer.id)
    yield from (tagging.tag for tagging in db.session.scalars(taggings))


def texts_of(model: type[Tracked]) -> Iterator[str]:
    """The columns of a model in which people's text stands."""
    for column in model.__table__.columns:
        place = f"{model.__tablename__}.{column.name}"
        if isinstance(column.type, String) and not column.info.get("derived") and place not in CODES:
            yield column.name


def _ids(customer: Customer, person: Any) -> dict[str, int | str]:
    def newest(column: Any) -> int:
        return int(db.session.scalar(select(db.func.max(column))) or 0)

    return {
        "customer": customer.id,
        "person": person.id,
        "place": customer.affiliations[0].id,
        "point": customer.points[0].id,
        "interaction": newest(Interaction.id),
        "plan": newest(PlannedContact.id),
        "change_set": newest(Change.set_id),
        "user": the_user("sales2a").id,
        "team": db.session.scalars(select(Team.id).where(Team.slug == "sales2")).one(),
        "role": db.session.scalars(select(Role.id).where(Role.code == "employee")).one(),
        "session": 1,
        "group": "company",
    }


def pages(app: Flask, sample: Sample) -> list[tuple[Rule, str]]:
    """Every rule that answers GET with its address for this sample."""
    return [(rule, sample.path(rule.rule)) for rule in reading(app)]
