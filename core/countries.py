"""Which country a text names, as files of address books name them. Pure."""

from __future__ import annotations

from functools import cache

from babel import Locale
from phonenumbers import SUPPORTED_REGIONS

from core.suggesting import folded

_LANGUAGES = ("en", "zh_Hans", "zh_Hant", "de", "fr", "es", "it", "pt", "nl", "ja", "ko")
_ALSO = {
    "GB": ("UK", "England", "Scotland", "Wales", "Northern Ireland", "Great Britain", "英格兰", "大不列颠"),
    "US": ("USA", "U.S.A.", "United States of America", "America", "EEUU"),
    "CN": ("PRC", "P.R. China", "People's Republic of China", "Mainland China", "中华人民共和国", "中国大陆"),
    "HK": ("Hong Kong", "香港", "中国香港"),
    "MO": ("Macau", "Macao", "澳门", "中国澳门"),
    "TW": ("台湾", "中国台湾"),
    "KR": ("Korea", "Republic of Korea", "韩国", "大韩民国"),
    "NL": ("Holland", "The Netherlands"),
    "CZ": ("Czech Republic",),
    "RU": ("Russian Federation",),
    "AE": ("UAE", "阿联酋"),
    "VN": ("Viet Nam",),
    "TR": ("Turkey",),
}  # fmt: skip


@cache
def _regions() -> dict[str, str]:
    found = {
        folded(name): region
        for language in _LANGUAGES
        for region, name in Locale.parse(language).territories.items()
        if region in SUPPORTED_REGIONS
    }
    found |= {folded(region): region for region in SUPPORTED_REGIONS}
    return found | {folded(name): region for region, names in _ALSO.items() for name in names}


def region_of(text: str | None) -> str:
    """The region (ISO 3166: DE) of a country by its name or code, empty for what is none."""
    return _regions().get(folded(text), "") if text else ""
