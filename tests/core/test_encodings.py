"""Encodings are found by plausibility, not by the first codec that does not complain."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.csvfiles import open_csv
from core.encodings import BIG5, ENCODINGS, detect, legible

LATIN = [
    *("Comércio", "INFORMAÇÃO", "SÃO PAULO", "Ação", "COMÉRCIO DE ALIMENTAÇÃO LTDA", "você", "Bólido"),
    *("Größe", "MÜLLER", "Fräulein Müßig", "Ünal", "Çelik", "ÅÄÖ AB", "Luleå"),
    *("naïve", "Forêt", "Société Générale", "Pébéo of America", "Mère Paillarde", "l’été – œuvre"),
    *("Señor", "Ñuñoa", "Crédito Inmobiliario Terras", "Taquería", "Nº 77", "€ 5"),
]
CHINESE = [
    *("姓名,电话", "男", "A级", "K歌之王", "T恤衫", "李喆", "王堃", "朱镕基", "张三(VIP)"),
    *("IT部，HR部", "麒麟轩", "貔貅", "（空）", "联通", "英文称谓,名,中间名,姓"),
    *("華興貿易有限公司", "臺灣積體電路"),
]


def found(text: bytes) -> str:
    return detect(io.BytesIO(text))


@pytest.mark.parametrize("name", LATIN)
def test_accents_in_windows_1252_are_not_taken_for_hanzi(name: str) -> None:
    assert found(f"name,city\r\n{name},Lyon\r\n".encode("cp1252")) == "windows-1252"


@pytest.mark.parametrize("name", CHINESE)
def test_chinese_in_gbk_is_not_taken_for_accents(name: str) -> None:
    assert found(f"name,city\r\n{name},Lyon\r\n".encode("gbk")) == "gb18030"


@pytest.mark.parametrize("name", LATIN + CHINESE)
def test_utf_8_needs_no_mark(name: str) -> None:
    assert found(name.encode()) == "utf-8"


@pytest.mark.parametrize(
    ("codec", "encoding"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("ascii", "utf-8")]
)
def test_marks_and_plain_ascii(codec: str, encoding: str) -> None:
    assert found("name,city\n".encode(codec)) == encoding


def test_utf_16_big_endian_by_its_mark() -> None:
    assert found(b"\xfe\xff" + "姓名".encode("utf-16-be")) == "utf-16"


def test_an_empty_file_is_utf_8() -> None:
    assert found(b"") == "utf-8"


@pytest.mark.parametrize(("codec", "encoding"), [("utf-8", "utf-8"), ("gbk", "gb18030")])
def test_one_broken_character_does_not_change_the_encoding(codec: str, encoding: str) -> None:
    assert found("北京华兴科技有限公司,张三\n".encode(codec) + b"\xb1\n") == encoding


def test_accents_late_in_a_long_file_are_found() -> None:
    assert found(b"plain,row\r\n" * 50_000 + "Comércio,São Paulo\r\n".encode("cp1252")) == "windows-1252"


@given(st.lists(st.sampled_from(LATIN), min_size=1), st.lists(st.sampled_from(CHINESE), min_size=1))
def test_any_mixture_of_plain_names_is_told_apart(latin: list[str], chinese: list[str]) -> None:
    assert found("\r\n".join(latin).encode("cp1252")) == "windows-1252"
    assert found("\r\n".join(chinese).encode("gbk")) == "gb18030"


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert found(data) in (*ENCODINGS, "utf-16-le", "utf-16-be")


def test_control_characters_are_never_shown() -> None:
    assert legible("a\x00b\x19c\x85d\x7fe\udc80f\ufffe") == "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffd"
    assert legible("华兴\t科技\r\n é") == "华兴\t科技\r\n é"


TAIWAN = [
    *("客戶名稱,電話,地址", "華興貿易有限公司", "臺灣積體電路製造股份有限公司", "王小明", "宏碁電腦"),
    *("林淑芬（經理）", "T恤專賣店有限公司"),
    *("台北市信義區市府路45號", "備註：請於週三下午聯絡", "陳怡君"),
]  # fmt: skip


@pytest.mark.parametrize("name", TAIWAN)
def test_big5_is_found_and_reads_as_meant(name: str) -> None:
    assert found(f"name,city\r\n{name},Taipei\r\n".encode("cp950")) == BIG5


@pytest.mark.parametrize("name", [*TAIWAN, "简体中文客户名单，北京市朝阳区建国路八十八号"])
def test_what_is_written_in_gbk_is_not_taken_for_big5(name: str) -> None:
    assert found(f"name,city\r\n{name},Taipei\r\n".encode("gb18030")) != BIG5


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(codec: str) -> None:
    data = "姓名,电话\r\n王敏,13800138000\r\n".encode(codec)
    assert found(data) == codec
    table = open_csv(data)
    assert (table.header, [row.cells["姓名"] for row in table.rows()]) == (["姓名", "电话"], ["王敏"])
