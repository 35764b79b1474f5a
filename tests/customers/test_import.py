"""What an import makes, changes, skips and refuses, and for whom; nothing is ever there twice."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers import actions, import_plan, import_writing, search
from blueprints.customers.models import Customer, CustomerHelper, CustomerSearch
from core import changes, clock, counters, undo
from core.changes import Change, ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.importing import Action
from tests.company import a_customer, the_user, the_viewer
from tests.customers.custom import a_field
from tests.customers.imports import candidates, counts, customers, imported, only_customer, sentences, tried
from tests.statements import counted

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]

HUAXING = (
    "客户名称,联系人,称呼,手机,邮箱,标签,客户级别\n"
    "华兴科技有限公司,王敏,王姐,13912346688,wm@hx.example,VIP、展会,A\n"
)
ON_FILE = {"name": "华兴科技有限公司", "phone": "13912346688", "email": "wm@hx.example"}


def test_a_row_makes_a_whole_file() -> None:
    assert counts(imported(HUAXING, by="lead1")) == (1, 0, 0, 0)
    customer = only_customer()
    assert (customer.name, customer.tier, customer.kind) == ("华兴科技有限公司", "a", "company")
    assert (customer.owner.username, customer.team.slug) == ("lead1", "sales1")
    [place] = customer.affiliations
    assert (place.person.name, place.person.form_of_address, place.primary) == ("王敏", "王姐", True)
    assert [(p.kind, p.normal, p.person_id) for p in customer.points] == [
        ("mobile", "+8613912346688", place.person_id),
        ("email", "wm@hx.example", place.person_id),
    ]
    assert sorted(tag.name for tag in customer.tags) == ["VIP", "展会"]
    assert (customer.number, customer.status) == ("KH000001", "lead")
    assert db.session.get_one(CustomerSearch, customer.id).terms


def test_all_of_it_is_one_change_set_with_a_change_for_every_row() -> None:
    imported(HUAXING)
    [made] = db.session.scalars(select(ChangeSet).where(ChangeSet.verb == "customer.imported"))
    tables = (
        select(Change.record_table, func.count())
        .where(Change.set_id == made.id)
        .group_by(Change.record_table)
    )
    found = dict(db.session.execute(tables).all())
    expected = {
        "customers": 1,
        "people": 1,
        "affiliations": 1,
        "contact_points": 2,
        "tags": 2,
        "customer_tags": 2,
    }
    assert expected.items() <= found.items()
    assert made.user_id == the_user("manager").id


def test_a_dry_run_counts_alike_and_writes_nothing() -> None:
    sets = select(func.count()).select_from(ChangeSet)
    before = db.session.scalar(sets)
    assert counts(tried(HUAXING)) == (1, 0, 0, 0)
    assert (customers(), db.session.scalar(sets)) == ([], before)


def test_the_same_file_twice_makes_nothing_twice() -> None:
    imported(HUAXING)
    assert counts(imported(HUAXING)) == (0, 0, 1, 0)
    assert only_customer().version == 1


def test_the_same_customer_twice_in_a_file_is_made_once() -> None:
    again = "华兴科技（有限公司）,王敏,王总,139-1234-6688,,老客户,B\n"
    account = imported(HUAXING + again)
    assert counts(account) == (1, 1, 0, 0)
    customer = only_customer()
    assert (customer.tier, customer.affiliations[0].person.form_of_address) == ("b", "王总")
    assert len(customer.points) == 2
    assert {tag.name for tag in customer.tags} == {"VIP", "展会", "老客户"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("华兴科技有限公司,13912346688,,上海", "update"),
        ("华兴科技,+86 139 1234 6688,,上海", "update"),
        ("华興科技（有限公司）,,WM@HX.example,上海", "update"),
        ("华兴科技有限公司,13912346688,,深圳", "skip"),
        ("华兴科技有限公司,13900000000,,上海", "create"),
        ("另一家公司,13912346688,,上海", "create"),
        ("华兴科技有限公司,,,深圳", "skip"),
        ("华兴科技有限公司,,,上海", "refuse"),
    ],
)
def test_by_which_keys_a_row_means_a_customer(row: str, expected: str) -> None:
    a_customer(**ON_FILE, city="深圳")
    account = imported(f"Company,Phone,Mail,City\n{row}\n")
    assert account.counts == {Action(expected): 1}


def test_only_cells_that_say_something_change_anything() -> None:
    a_customer(**ON_FILE, city="深圳", industry="印刷", tags=["VIP"], note="旧")
    imported("公司,手机,城市,行业,标签,备注\n华兴科技有限公司,13912346688,上海,,展会,NULL\n")
    customer = only_customer()
    assert (customer.city, customer.industry, customer.note) == ("上海", "印刷", "旧")
    assert {tag.name for tag in customer.tags} == {"VIP", "展会"}


def test_the_number_is_the_strongest_key_and_lets_a_name_change() -> None:
    a_customer("旧名字", number="ALFKI", phone="13912346688")
    assert counts(imported("客户编号,客户名称\nALFKI,新名字\n")) == (0, 1, 0, 0)
    customer = only_customer()
    assert (customer.name, customer.name_shadow, customer.number) == ("新名字", "新名字", "ALFKI")


def test_a_likeness_of_names_does_not_rename() -> None:
    a_customer("华兴科技有限公司", phone="13912346688")
    imported("公司,手机,城市\n华兴科技,13912346688,上海\n")
    assert only_customer().name == "华兴科技有限公司"


def test_two_numbers_of_one_house_are_two_customers() -> None:
    a_customer("华兴科技有限公司", number="ALFKI", phone="13912346688")
    assert counts(imported("客户编号,公司,手机\nBERGS,华兴科技有限公司,13912346688\n")) == (1, 0, 0, 0)


def test_a_number_of_another_house_does_not_double_a_customer_of_ours() -> None:
    a_customer("华兴科技有限公司", phone="13912346688")
    account = imported("客户编号,公司,手机\nALFKI,华兴科技有限公司,13912346688\n")
    assert counts(account) == (0, 0, 1, 0)
    assert sentences(account) == ["2 客户编号: The customer keeps the number KH000001."]


def test_numbers_given_out_later_pass_over_those_that_came_along() -> None:
    imported("客户编号,公司\n,甲\nKH000001,乙\nKH000007,丙\n")
    assert [customer.number for customer in customers()] == ["KH000008", "KH000001", "KH000007"]
    assert counters.take("customers") == 9


def test_a_number_in_the_bin_is_refused() -> None:
    customer = a_customer("甲", number="ALFKI")
    changes.record("customer.binned")
    customer.deleted_at = clock.now()
    db.session.commit()
    account = imported("客户编号,公司\nALFKI,甲\n")
    assert sentences(account) == ["2 客户编号: The number ALFKI belongs to a file in the bin."]


def test_a_credit_code_is_there_once() -> None:
    a_customer("华兴科技有限公司", credit_code="91440300MA5DPBX12Q")
    account = imported(
        "公司,统一社会信用代码,城市\n华兴科技,91440300MA5DPBX12Q,上海\n别的公司,91440300MA5DPBX12Q,上海\n"
    )
    assert counts(account) == (0, 1, 0, 1)
    assert sentences(account) == ["3 统一社会信用代码: This credit code is on file already."]


def test_namesakes_with_other_numbers_are_made_and_told() -> None:
    a_customer("张伟", kind="person", phone="13912346688")
    account = imported("姓名,手机\n张伟,13900000001\n张伟,13900000002\n")
    assert counts(account) == (2, 0, 0, 0)
    assert sentences(account) == [
        "2 姓名: There is a customer of this name. It may be the same.",
        "3 姓名: There is a customer of this name. It may be the same.",
    ]


ADDRESS_BOOK = (
    "Company,First Name,Last Name,Mobile Phone,E-mail Address,Business City\n"
    "Acme Ltd,Ann,Lee,+44 7700 900123,ann@acme.example,London\n"
    "Acme,Bob,Ray,+44 7700 900456,bob@acme.example,London\n"
    "Acme Ltd,Cid,May,+44 7700 900789,cid@acme.example,Leeds\n"
)


def test_an_address_book_makes_one_customer_of_one_company_unless_it_contradicts_itself() -> None:
    account = imported(ADDRESS_BOOK)
    assert counts(account) == (2, 1, 0, 0)
    first, second = customers()
    assert [place.person.name for place in first.affiliations] == ["Ann Lee", "Bob Ray"]
    assert [place.primary for place in first.affiliations] == [True, False]
    assert (second.city, [place.person.name for place in second.affiliations]) == ("Leeds", ["Cid May"])
    assert sentences(account) == ["4 Company: Line 2 has the same name. It may be the same customer."]
    assert counts(imported(ADDRESS_BOOK)) == (0, 0, 3, 0)


def test_rows_go_to_the_owner_and_team_that_they_name() -> None:
    text = "公司,负责人,所属部门\n甲,sales1a,\n乙,吴桐,\n丙,,sales2\n丁,sales1a,销售二部\n戊,,\n"
    assert counts(imported(text)) == (5, 0, 0, 0)
    assert [(c.owner.username, c.team.slug) for c in customers()] == [
        ("sales1a", "sales1"), ("sales1b", "sales1"), ("manager", "sales2"), ("sales1a", "sales2"),
        ("manager", "company"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("sales2a,", "负责人: You may not import customers for 韩雪."),
        (",sales2", "所属部门: You may not import customers for the team 销售二部."),
        ("nobody,", "负责人: Nobody here is called “nobody”."),
        (",nowhere", "所属部门: There is no team “nowhere”."),
    ],
)
def test_beyond_the_importers_reach_a_row_is_refused(cells: str, sentence: str) -> None:
    account = imported(f"公司,负责人,所属部门\n甲,{cells}\n", by="lead1")
    assert (counts(account), sentences(account)) == ((0, 0, 0, 1), [f"2 {sentence}"])
    assert customers() == []


def test_somebody_who_has_left_gets_nothing() -> None:
    changes.record("user.updated")
    the_user("sales1b").deactivated_at = clock.now()
    db.session.commit()
    account = imported("公司,负责人\n甲,sales1b\n")
    assert sentences(account) == ["2 负责人: 吴桐 is deactivated and can own nothing."]


def test_a_new_owner_needs_the_right_to_assign_and_stops_helping() -> None:
    a_customer("甲", number="K1", helpers={"sales1b": True})
    assert counts(imported("客户编号,公司,负责人\nK1,甲,sales1b\n", by="lead1")) == (0, 1, 0, 0)
    assert only_customer().owner.username == "sales1b"
    assert db.session.scalars(select(CustomerHelper)).all() == []
    assert counts(imported("客户编号,公司,负责人\nK1,甲,sales2a\n", by="lead1")) == (0, 0, 0, 1)


def test_another_teams_customer_is_refused_with_what_a_look_up_tells() -> None:
    a_customer(**ON_FILE, owner="sales2a")
    account = imported(HUAXING, by="lead1")
    assert counts(account) == (0, 0, 0, 1)
    assert sentences(account) == ["2 客户名称: Already looked after by team 销售二部."]
    assert only_customer().tier == "none"


def test_of_another_teams_number_only_that_it_is_taken_is_told() -> None:
    a_customer("秘密客户", number="ALFKI", owner="sales2a")
    account = imported("客户编号,公司\nALFKI,猜的名字\n", by="lead1")
    assert sentences(account) == ["2 客户编号: The number ALFKI belongs to another customer."]


def test_to_who_sees_no_customers_only_that_one_is_there_is_told() -> None:
    a_customer(**ON_FILE, owner="sales2a", city="深圳")
    text = HUAXING + "华兴科技有限公司,,,13900000001,,,\n甲,,,,,,\n"
    account = imported(text, by="admin")
    assert counts(account) == (2, 0, 0, 1)
    assert sentences(account) == ["2 客户名称: On file already."]
    assert customers()[-1].owner.username == "admin"


def test_a_helper_who_may_edit_but_not_import_is_not_asked() -> None:
    """The right to import is checked by the page; within an import the right to edit decides."""
    a_customer(**ON_FILE, owner="sales2a", helpers={"lead1": True})
    assert counts(imported(HUAXING, by="lead1")) == (0, 1, 0, 0)


def test_a_lost_customer_gets_a_reason_and_another_none() -> None:
    account = imported("客户编号,公司,客户状态,流失原因\nK1,甲,流失,竞品\nK2,乙,流失,\n")
    assert [customer.lost_reason for customer in customers()] == ["competitor", "other"]
    assert sentences(account) == [
        "3 客户状态: No reason is given why the customer was lost. It becomes “other”."
    ]
    imported("客户编号,公司,客户状态\nK1,甲,成交\n")
    assert [(c.status, c.lost_reason) for c in customers()] == [("active", None), ("lost", "other")]


def test_a_file_holds_no_more_than_it_may() -> None:
    a_customer("甲", number="K1")
    many = "/".join(f"1390000{n:04d}" for n in range(31))
    account = imported(f"客户编号,公司,手机\nK1,甲,{many}\nK2,乙,{many}\n")
    assert sentences(account) == [
        "2 -: A file holds at most 30 contact points.",
        "3 -: A file holds at most 30 contact points.",
    ]


def test_people_on_file_are_recognised_by_name() -> None:
    customer = a_customer("甲", number="K1")
    changes.record("customer.updated")
    actions.add_person(customer, {"name": "王敏", "form_of_address": "王姐"})
    db.session.commit()
    imported("客户编号,公司,联系人,称呼,职务\nK1,甲,王敏,王总,采购\nK1,甲,李雷,,\n")
    db.session.expire_all()
    places = only_customer().affiliations
    assert [(p.person.name, p.person.form_of_address, p.position, p.primary) for p in places] == [
        ("王敏", "王总", "采购", True),
        ("李雷", None, None, False),
    ]
    assert search.refresh() == 0


def test_as_many_statements_for_many_rows_as_for_one(app: Flask) -> None:
    def statements(rows: int, first: int) -> int:
        text = "公司,联系人,手机,标签\n" + "".join(
            f"客户{first + n},王敏,139{first + n:08d},VIP\n" for n in range(rows)
        )
        with counted() as seen:
            tried(text)
        return len(seen)

    statements(1, 1)
    assert statements(400, 1000) == statements(1, 2)


def test_as_many_statements_for_many_owners_as_for_one() -> None:
    def statements(first: int, *owners: str) -> int:
        rows = "".join(f"公司{first + n},{owner}\n" for n, owner in enumerate(owners))
        with counted() as seen:
            imported(f"公司,负责人\n{rows}")
        return len(seen)

    statements(1, "manager")
    everybody = ("manager", "lead1", "lead2", "sales1a", "sales1b", "sales2a")
    alone = statements(100, "sales1a")
    assert statements(200, *everybody) == alone


def test_found_by_search_afterwards() -> None:
    imported(HUAXING)
    for q in ("华兴", "hxkj", "王敏", "王姐", "wangjie", "6688", "wm@hx"):
        assert [customer.name for customer in search.find(the_viewer("manager"), q)] == [
            "华兴科技有限公司"
        ], q
    assert search.find(the_viewer("sales2a"), "华兴") == []


def test_the_customers_on_file_stay_what_they_are_when_all_rows_are_refused() -> None:
    a_customer(**ON_FILE)
    before = db.session.scalar(select(Customer.version))
    imported("公司,手机,客户级别\n华兴科技有限公司,13912346688,Z\n")
    assert db.session.scalar(select(Customer.version)) == before


def test_an_owner_who_leaves_between_plan_and_writing_stops_the_import() -> None:
    rows = candidates("公司,负责人\n甲,sales1b\n")
    plan = import_plan.plan(rows, the_viewer("manager"))
    changes.record("user.updated")
    the_user("sales1b").deactivated_at = clock.now()
    db.session.flush()
    with pytest.raises(RuleBroken):
        import_writing.carry_out(plan, import_writing.prepare(plan))
    assert customers() == []


def test_a_required_field_that_a_new_customer_lacks_is_told() -> None:
    a_field("车型", required=True)
    a_field("产区", required=True, shown_when={"kind": ["person"]})
    account = tried("客户名称,车型\n华兴,\n瑞丰,SUV\n")
    assert counts(account) == (2, 0, 0, 0)
    assert sentences(account) == ["2 车型: A required field is empty: “车型”."]


@pytest.mark.both_databases
def test_people_of_one_row_are_all_made_and_changed(app: Flask) -> None:
    header = "公司,联系人,联系人手机,联系人2,联系人2手机,联系人2职务,联系人3,联系人3邮箱\n"
    first = "华兴,王敏,13912346681,李雷,13912346682,采购,韩梅,han@hx.example\n"
    with app.app_context():
        assert counts(imported(header + first)) == (1, 0, 0, 0)
        assert counts(imported(header + first)) == (0, 0, 1, 0)
        assert counts(imported(header + "华兴,王敏,13912346681,李雷,13912346683,财务,,\n")) == (0, 1, 0, 0)
        db.session.expire_all()
        customer = only_customer()
        places = {place.person_id: place for place in customer.affiliations}
        assert [(p.person.name, p.position, p.primary) for p in places.values()] == [
            ("王敏", None, True), ("李雷", "财务", False), ("韩梅", None, False),
        ]  # fmt: skip
        assert [(places[point.person_id or 0].person.name, point.value) for point in customer.points] == [
            ("王敏", "13912346681"), ("李雷", "13912346682"), ("韩梅", "han@hx.example"), ("李雷", "13912346683"),
        ]  # fmt: skip


def test_a_row_is_recognised_by_the_number_of_its_second_person(app: Flask) -> None:
    with app.app_context():
        imported("公司,联系人,联系人手机\n华兴,李雷,13912346682\n")
        again = "公司,联系人,联系人2,联系人2手机\n华兴,王敏,李雷,13912346682\n"
        assert counts(imported(again)) == (0, 1, 0, 0)
        db.session.expire_all()
        assert [place.person.name for place in only_customer().affiliations] == ["李雷", "王敏"]


@pytest.mark.both_databases
def test_a_list_names_helpers(app: Flask) -> None:
    """They are only ever added, may edit from then on where the list says so, and the owner needs none."""
    header = "客户编号,公司,负责人,协作人,可编辑的协作人\n"
    with app.app_context():
        account = imported(header + "K1,华兴,sales1a,sales1a、lead1、nobody,service1\n")
        assert counts(account) == (1, 0, 0, 0)
        assert sentences(account) == ["2 协作人: Nobody here is called “nobody”."]
        helping = {helper.user.username: helper.may_write for helper in only_customer().helpers}
        assert helping == {"lead1": False, "service1": True}
        assert counts(imported(header + "K1,华兴,,service1,\n")) == (0, 0, 1, 0)
        assert counts(imported(header + "K1,华兴,,,lead1、sales1b\n")) == (0, 1, 0, 0)
        db.session.expire_all()
        helping = {helper.user.username: helper.may_write for helper in only_customer().helpers}
        assert helping == {"lead1": True, "service1": True, "sales1b": True}
        made = db.session.scalars(
            select(ChangeSet).where(ChangeSet.verb == "customer.imported").order_by(ChangeSet.id.desc())
        ).first()
        assert made is not None and not undo.undo(made, the_viewer("manager")).conflicts
        db.session.commit()
        db.session.expire_all()
        helping = {helper.user.username: helper.may_write for helper in only_customer().helpers}
        assert helping == {"lead1": False, "service1": True}
