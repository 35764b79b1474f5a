"""How the rows of a customer list are read: nothing guessed in silence, nothing beyond measure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from blueprints.customers import custom_values, import_days, import_fields
from blueprints.customers.import_days import Day
from blueprints.customers.import_rows import Candidate
from blueprints.customers.yearly import Yearly
from blueprints.office.field_rules import SEVERAL
from core.importways import Way
from core.mapping import MappingProblem
from tests.company import a_customer
from tests.customers.custom import a_field
from tests.customers.imports import candidates


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with app.app_context(), force_locale("en"):
        yield


def read(**cells: str) -> Candidate:
    """One row with these cells, its columns headed by field names."""
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
    [row] = candidates(f"{','.join(cells)}\n{','.join(quoted)}\n", {column: column for column in cells})
    return row


def points(row: Candidate) -> list[tuple[str, str, bool]]:
    return [(reach.point.kind, reach.point.normal, bool(reach.whose)) for reach in row.points]


def person(row: Candidate) -> dict[str, str]:
    return row.people[0].details if row.people else {}


def told(row: Candidate) -> list[str]:
    return [f"{finding.severity}: {finding.message}" for finding in row.findings]


def test_a_row_fills_customer_person_points_and_tags() -> None:
    row = read(
        name="华兴科技有限公司", person_name="王敏", person_title="王姐", person_position="采购", phone="010-88886666",
        mobile="13912346688", email="WM@hx.example", tags="VIP、展会", tier="A级客户", note="一\n二",
    )  # fmt: skip
    assert row.values == {"name": "华兴科技有限公司", "tier": "a", "note": "一\n二"}
    assert person(row) == {"name": "王敏", "form_of_address": "王姐", "position": "采购"}
    assert points(row) == [
        ("phone", "+861088886666", False), ("mobile", "+8613912346688", True), ("email", "wm@hx.example", True),
    ]  # fmt: skip
    assert row.tags == ["VIP", "展会"]
    assert told(row) == []


def test_without_a_contact_person_the_points_are_the_companys() -> None:
    assert points(read(name="A", mobile="13912346688")) == [("mobile", "+8613912346688", False)]


@pytest.mark.parametrize(
    ("cell", "normals"),
    [
        ("13800138000/13900139000", ["+8613800138000", "+8613900139000"]),
        ("010-88886666转801", ["+861088886666"]),
        ("13800138000 ::: 13900139000", ["+8613800138000", "+8613900139000"]),
    ],
)
def test_several_numbers_in_a_cell_are_several_points(cell: str, normals: list[str]) -> None:
    assert [normal for _kind, normal, _own in points(read(name="A", phone=cell))] == normals


@pytest.mark.parametrize(
    ("field", "cell", "sentence"),
    [
        ("phone", "1.38E+10", "“1.38E+10” lost its last digits in a spreadsheet. It is left out."),
        ("phone", "unknown", "“unknown” is no phone number. It is left out."),
        ("phone", "139 **** 0007", "“139 **** 0007” is masked. It is left out."),
        ("email", "wm at hx", "“wm at hx” is no mail address. It is left out."),
        ("email", "w***@hx.example", "“w***@hx.example” is masked. It is left out."),
        ("website", "javascript:alert(1)", "“javascript:alert(1)” is no web address. It is left out."),
        ("source", "Moon", "“Moon” is no source known here. It becomes “other”."),
        ("person_position", "Owner", "No contact person is named, so “Owner” is left out."),
    ],
)
def test_what_cannot_be_used_is_left_out_and_told(field: str, cell: str, sentence: str) -> None:
    row = read(name="A", **{field: cell})
    assert told(row) == [f"warning: {sentence}"]
    assert (row.points, person(row), row.values.get("website")) == ([], {}, None)


@pytest.mark.parametrize(
    ("field", "cell", "sentence"),
    [
        ("tier", "Z", "“Z” is none of: A key, B important, C normal, D rare, not graded."),
        ("birthday", "03/05/2026", "“03/05/2026” may be 2026-03-05 or 2026-05-03."),
        ("birthday", "2026-11-19", "A birthday cannot lie in the future."),
        ("city", "x" * 61, f"“{'x' * 40}…” is longer than 60 characters."),
        ("name", "x" * 201, f"“{'x' * 40}…” is longer than 200 characters."),
        ("note", "x" * 4001, f"“{'x' * 40}…” is longer than 4000 characters."),
        ("tags", "x" * 41, f"“{'x' * 40}…” is longer than 40 characters."),
    ],
)
def test_what_would_be_wrong_refuses_the_row_with_a_sentence(field: str, cell: str, sentence: str) -> None:
    assert told(read(**{"name": "A", field: cell})) == [f"refused: {sentence}"]


def test_null_is_nothing_and_an_unreadable_name_is_flagged() -> None:
    row = read(name="?????", city="NULL")
    assert row.values == {"name": "?????"}
    assert told(row) == ["warning: “?????” cannot be read: another program spoiled it."]


def test_a_row_without_a_name_is_refused() -> None:
    assert told(read(name="", city="Berlin")) == ["refused: “Name” is empty."]


def test_without_a_company_the_person_is_the_customer() -> None:
    row = read(name="", person_family_name="王", person_given_name="敏", mobile="13912346688")
    assert (row.values, row.personal, person(row)) == ({"name": "王敏"}, True, {})
    assert points(row) == [("mobile", "+8613912346688", False)]
    assert read(person_family_name="Anders", person_given_name="Maria").name == "Maria Anders"


def test_the_form_of_address_of_a_person_is_kept() -> None:
    assert read(person_name="王敏", person_title="王姐").people[0].details == {
        "name": "王敏",
        "form_of_address": "王姐",
    }


def test_a_column_headed_as_names_of_people_makes_people() -> None:
    assert candidates("姓名,手机\n王敏,13912346688\n")[0].personal
    assert not candidates("公司,手机\n王敏,13912346688\n")[0].personal
    assert not candidates("姓名,客户类型\n华兴,企业\n")[0].personal


def test_the_groups_of_google_are_no_tags() -> None:
    assert read(name="A", tags="* myContacts ::: VIP").tags == ["VIP"]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"a": "role"}, "There is no field “role” to import into."),
        ({"x": "name"}, "The file has no column “x”."),
        ({"a": "name", "b": "name"}, "Two columns are mapped to “Name”."),
        ({"a": "city"}, "No column is mapped to “Name”."),
        ("{", "The mapping is not valid JSON."),
    ],
)
def test_only_declared_fields_are_filled_and_something_gives_a_name(wanted: object, sentence: str) -> None:
    with pytest.raises(MappingProblem) as problem:
        import_fields.checked(wanted, ["a", "b"], Way())
    assert str(problem.value.message) == sentence


def test_unknown_columns_stay_out_unless_mapped_by_hand() -> None:
    known = import_fields.suggested(["Name", "role", "id_number"], {})
    assert known == {"Name": "name"}


def test_no_contact_days_are_imported_yet_but_recognised() -> None:
    assert import_fields.is_last_contact("上次沟通时间")
    assert "上次沟通时间" not in import_fields.suggested(["客户名称", "上次沟通时间"], {})


def test_our_own_field_names_map_however_empty_the_first_rows_are() -> None:
    header = ["name", "person_name", "phone"]
    samples = {"name": ["华兴科技", "瑞丰贸易"], "person_name": ["", ""], "phone": ["", ""]}
    assert import_fields.suggested(header, samples) == {name: name for name in header}


def test_several_values_in_a_cell_may_stand_between_slashes() -> None:
    row = read(
        name="A", email="a@x.com/b@x.com", wechat="wxid_1/wxid_2", qq="123456 / 654321", tags="甲/乙；丙\n24/7",
        do_not_contact="营销/问候",
    )  # fmt: skip
    assert [point[:2] for point in points(row)] == [
        ("email", "a@x.com"), ("email", "b@x.com"), ("wechat", "wxid_1"), ("wechat", "wxid_2"), ("qq", "123456"),
        ("qq", "654321"),
    ]  # fmt: skip
    assert (row.tags, row.forbids, told(row)) == (["甲", "乙", "丙", "24/7"], ["marketing", "greetings"], [])


@pytest.mark.parametrize(
    ("field", "cell"),
    [("wechat", "n/a"), ("wechat", "https://u.wechat.com/kK3x"), ("email", "x/y@mail.example")],
)
def test_a_slash_within_one_value_parts_nothing(field: str, cell: str) -> None:
    assert [reach.point.value for reach in read(name="A", **{field: cell}).points] == [cell]


def test_what_the_house_writes_with_a_slash_stays_whole() -> None:
    a_customer(name="B", tags=["A/B"])
    a_field("several", SEVERAL, choices=["甲/乙", "丙", "丁"])
    [field] = custom_values.fields()
    assert read(name="A", tags="a/b;C/D").tags == ["a/b", "C", "D"]
    for cell, chosen in (("甲/乙", 1), ("丙/丁", 2), ("甲/乙、丙", 2), ("甲/乙,丙/丁", 3)):
        row = read(name="A", **{field.name: cell})
        assert (told(row), len(row.custom[0][1])) == ([], chosen)


@pytest.mark.parametrize(
    "second",
    [
        {"联系人2": "name", "联系人2电话": "phone"},
        {"联系人2": "name", "联系人电话2": "phone"},
        {"联系人姓名2": "name", "手机2": "mobile", "邮箱2": "email", "职务2": "position"},
        {"联系人(2)": "name", "电话(2)": "phone"},
        {"第二联系人": "name", "第二联系人手机": "mobile", "第二联系人称呼": "title"},
        {"Contact 2 Name": "name", "Contact 2 Phone": "phone", "Contact 2 Job Title": "position"},
        {"Person 2": "name", "Person 2 phone": "phone", "Person 2 WeChat": "wechat"},
        {"联系人二": "name", "联系人二电话": "phone", "联系人二部门": "department"},
        {"备用联系人": "name", "备用联系人电话": "phone"},
        {"Secondary Contact": "name", "Secondary Contact Email": "email"},
    ],
)
def test_columns_of_a_second_person_are_never_taken_for_the_first(second: dict[str, str]) -> None:
    first = {"客户名称": "name", "联系人": "person_name", "联系人电话": "person_phone"}
    theirs = {column: f"person2_{what}" for column, what in second.items()}
    assert import_fields.suggested([*first, *second], {}) == first | theirs
    assert import_fields.suggested([*first, "联系人3", "联系人3QQ", "联系人10", "联系人10电话"], {}) == first | {
        "联系人3": "person3_name", "联系人3QQ": "person3_qq",
    }  # fmt: skip


def test_numbered_columns_of_one_person_stay_theirs() -> None:
    numbered = {"联系人1": "person_name", "联系人1电话": "person_phone", "电话2": "phone"}
    assert import_fields.suggested(["客户名称", *numbered], {}) == {"客户名称": "name", **numbered}


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        *((cell, Yearly("solar", 5, 3)) for cell in ("05-03", "5月3日", "--0503", "--05-03", "May 3", "3-May")),
        ("5/31", Yearly("solar", 5, 31)), ("31/5", Yearly("solar", 5, 31)), ("--0229", Yearly("solar", 2, 29)),
        *((cell, Yearly("lunar", 8, 15)) for cell in ("农历八月十五", "八月十五", "農曆八月十五", "农历8月15日")),
        ("阴历1990年正月初一", Yearly("lunar", 1, 1, year=1990)), ("农历闰六月初八", Yearly("lunar", 6, 8, leap=True)),
        ("腊月三十", Yearly("lunar", 12, 30)), ("农历冬月二十一", Yearly("lunar", 11, 21)),
    ],
)  # fmt: skip
def test_a_birthday_without_a_year_or_by_the_moon_is_a_special_day(cell: str, when: Yearly) -> None:
    row = read(name="A", city="深圳", birthday=cell)
    assert (row.values, told(row)) == ({"name": "A", "city": "深圳"}, [])
    assert row.days == [Day("birthday", when)]
    assert import_days.read(import_days.written(when), date(2026, 11, 23)) == when


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("13-40", "names no year. It is left out; note it as a special day."),
        ("农历八月", "is a day of the lunar calendar. It is left out; note it as a special day."),
        ("5/3/90", "is no certain date. It is left out."),
    ],
)
def test_birthdays_that_are_no_day_of_a_year_cost_no_row(cell: str, sentence: str) -> None:
    row = read(name="A", city="深圳", birthday=cell)
    assert row.values == {"name": "A", "city": "深圳"}
    assert (told(row), row.days) == ([f"warning: “{cell}” {sentence}"], [])


CHOOSE = "Choose which comes first, or write it like 05-31."


@pytest.mark.parametrize(("cell", "one", "two"), [("5/3", 5, 3), ("05/03", 5, 3), ("3.5", 3, 5)])
def test_of_two_days_without_a_year_it_is_asked_which_is_meant(cell: str, one: int, two: int) -> None:
    row = read(name="A", city="深圳", birthday=cell)
    assert (told(row), row.days) == ([f"refused: “{cell}” may lie in month {one} or {two}. {CHOOSE}"], [])


def test_the_order_of_day_and_month_is_asked_for() -> None:
    [row] = candidates("name,birthday\nA,5/3\n", way=Way(days="day"))
    assert row.days == [Day("birthday", Yearly("solar", 3, 5))]


def test_special_days_of_a_cell() -> None:
    cell = "生日：农历八月十五、founding: 1998-03-01: 公司, 上海；八月初八；Geburtstag: 05-03"
    row = read(name="A", special_days=cell)
    assert [(day.kind, import_days.written(day.when), day.remark) for day in row.days] == [
        ("birthday", "农历八月十五", None), ("founding", "1998-03-01", "公司"), ("birthday", "农历八月初八", None),
    ]  # fmt: skip
    assert "is no day that is known here. It is left out." in told(row)[0]


@pytest.mark.parametrize(
    ("cell", "born"),
    [("3-May-90", date(1990, 5, 3)), ("13/5/04", date(2004, 5, 13)), ("3-May-88", date(1988, 5, 3))],
)
def test_a_birthday_with_a_short_year_lies_in_the_past(cell: str, born: date) -> None:
    row = read(name="A", birthday=cell)
    assert row.values["birthday"] == born
    assert told(row) == [f"warning: “{cell}” has a year of two digits. It is taken as {born}."]


def test_three_people_in_a_row_have_their_own_numbers() -> None:
    row = read(
        name="华兴", phone="010-88886666", person_name="王敏", person_mobile="13912346681", person2_name="李雷",
        person2_mobile="13912346682", person2_title="李工", person3_name="王 敏", person3_phone="010-88886667",
        person3_note="x",
    )  # fmt: skip
    assert [one.details for one in row.people] == [
        {"name": "王敏", "note": "x"},
        {"name": "李雷", "form_of_address": "李工"},
    ]
    key = {one.details["name"]: one.key for one in row.people} | {"": ""}
    assert [(reach.whose, reach.point.value) for reach in row.points] == [
        (key[""], "010-88886666"), (key["王敏"], "13912346681"), (key["李雷"], "13912346682"),
        (key["王敏"], "010-88886667"),
    ]  # fmt: skip
    nobody = read(name="华兴", person2_position="采购", person2_phone="010-88886667")
    assert told(nobody) == ["warning: No contact person is named, so “采购” is left out."]
    assert [(reach.whose, reach.point.value) for reach in nobody.points] == [("", "010-88886667")]


def test_a_header_of_both_languages_is_known() -> None:
    header = {"客户编号": "number", "name": "name", "phone": "phone"}
    assert import_fields.suggested([*header], {}) == header
    assert import_fields.suggested([*header], {"客户编号": ["1"], "name": ["甲"], "phone": [""]}) == header
