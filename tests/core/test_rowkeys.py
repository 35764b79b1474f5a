"""The same row is known again, however it is written."""

import pytest

from core.rowkeys import Key, keys_of


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({"number": "KH000001", "name": ""}, [Key("number", "KH000001")]),
        ({"name": "华兴科技有限公司"}, [Key("name", "华兴科技")]),
        ({"name": None}, []),
        (
            {"number": "K1", "name": "华兴科技", "phone": ["138 0013 8000"], "email": ["A@B.cn"]},
            [
                Key("number", "K1"),
                Key("phone", "华兴科技", "+8613800138000"),
                Key("mail", "华兴科技", "a@b.cn"),
            ],
        ),
        ({"name": "", "phone": ["13800138000"]}, []),
        ({"name": "A", "mobile": "1.38E+10"}, [Key("name", "a")]),
    ],
)
def test_keys(values: dict[str, object], keys: list[Key]) -> None:
    assert keys_of(values) == keys


def test_the_same_customer_written_otherwise_has_the_same_keys() -> None:
    once = {"name": "華興科技（上海）有限公司", "mobile": "+86 138-0013-8000"}
    again = {"name": "华兴科技(上海)", "phone": ["13800138000"]}
    assert keys_of(once) == keys_of(again)
