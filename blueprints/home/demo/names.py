"""Invented names of companies and where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

FIRST = (
    "海瑞恒鑫德宏嘉泰安博诚信润康利丰永昌隆凯天正联新南北金银龙凤云星光明远大广盈顺景百千美佳乐友善卓立方圆"
)
SECOND = "川达源盛通和元泽辉诺科业宇邦腾茂庆祥润洋程创迪朗岳帆舟林桥石泉峰岭"
# Names that tell a story of their own, or that are too well known, are not given to others.
_TAKEN = (
    "瑞丰 佳和 永盛 金桥 云帆 恒达 联通 美林 远洋 龙源 金科 百盛 明源 大洋 新创 金帆 恒源 金茂 "
    "远达 信达 恒泽 康辉 金辉 正泽 友邦 安邦 海峰 光和 海业 新业 嘉业 联科 海科"
)
TAKEN = frozenset(_TAKEN.split())


@dataclass(frozen=True)
class Trade:
    """What a company does: the industry on file, the words in its name, and those in its short name."""

    industry: str
    noun: str
    short: str
    form: str = "有限公司"
    size: str = "20-50人"


TRADES = (
    Trade("机械制造", "机电设备", "机电", size="50-100人"),
    Trade("机械制造", "精密模具", "模具"),
    Trade("机械制造", "自动化设备", "自动化", size="100-300人"),
    Trade("塑胶包装", "塑胶制品", "塑胶", size="50-100人"),
    Trade("塑胶包装", "包装材料", "包装"),
    Trade("电子", "电子科技", "电子", size="100-300人"),
    Trade("纺织服装", "纺织品", "纺织", size="100-300人"),
    Trade("纺织服装", "服饰", "服饰", size="50-100人"),
    Trade("家具家居", "家具", "家具"),
    Trade("贸易", "贸易", "贸易"),
    Trade("贸易", "进出口", "进出口"),
    Trade("建材", "建材", "建材"),
    Trade("食品", "食品", "食品", size="50-100人"),
    Trade("物业", "物业服务", "物业", size="50-100人"),
    Trade("酒店餐饮", "酒店管理", "酒店", size="50-100人"),
    Trade("酒店餐饮", "餐饮管理", "餐饮"),
    Trade("物流", "物流", "物流", size="100-300人"),
    Trade("广告印刷", "广告传媒", "广告"),
    Trade("广告印刷", "印务", "印务"),
    Trade("企业服务", "财税咨询", "财税", size="20人以下"),
    Trade("企业服务", "人力资源", "人力"),
    Trade("软件信息", "软件", "软件", size="50-100人"),
    Trade("软件信息", "信息技术", "信息"),
    Trade("装饰工程", "装饰工程", "装饰"),
    Trade("教育培训", "教育咨询", "教育"),
    Trade("医疗健康", "口腔门诊部", "口腔", form=""),
    Trade("医疗健康", "大药房", "大药房", form="连锁有限公司"),
    Trade("法律", "律师事务所", "律所", form=""),
    Trade("零售", "图文快印店", "图文", form="", size="20人以下"),
    Trade("汽车", "汽车服务", "汽修"),
)


@dataclass(frozen=True)
class Place:
    """A city with its districts, its province and the prefix of its landlines."""

    province: str
    city: str
    code: str
    districts: tuple[str, ...]


NEAR = (
    Place("浙江省", "杭州市", "0571", ("西湖区", "滨江区", "余杭区", "萧山区", "拱墅区", "上城区")),
    Place("浙江省", "嘉兴市", "0573", ("南湖区", "秀洲区")),
    Place("浙江省", "湖州市", "0572", ("吴兴区", "南浔区")),
    Place("浙江省", "绍兴市", "0575", ("越城区", "柯桥区")),
)
FAR = (
    Place("浙江省", "宁波市", "0574", ("鄞州区", "海曙区", "江北区")),
    Place("浙江省", "金华市", "0579", ("婺城区", "金东区")),
    Place("浙江省", "台州市", "0576", ("椒江区", "路桥区")),
    Place("江苏省", "苏州市", "0512", ("姑苏区", "吴中区")),
    Place("上海市", "上海市", "021", ("浦东新区", "闵行区", "嘉定区")),
)
# Which places a team looks after; whoever stands above has customers everywhere.
REGIONS = {"sales1": NEAR, "sales2": FAR, None: NEAR[:1] + FAR[:1] + FAR[-1:]}
ROADS = (
    "滨河路",
    "文昌路",
    "新民路",
    "科创大道",
    "工业园三路",
    "望江街",
    "环城北路",
    "建业路",
    "湖滨路",
    "长乐街",
)


def brands(chance: Random) -> Iterator[str]:
    """Every pair of characters once, in an order of chance."""
    pairs = [a + b for a in FIRST for b in SECOND if a != b and a + b not in TAKEN]
    chance.shuffle(pairs)
    return iter(pairs)


def company(chance: Random, brand: str, place: Place, trade: Trade) -> tuple[str, str]:
    """Full and short name of a company."""
    city = place.city.removesuffix("市")
    if not trade.form:
        return f"{city}{brand}{trade.noun}", f"{brand}{trade.short}"
    if chance.random() < 0.2:
        return f"{brand}{trade.noun}（{city}）{trade.form}", f"{brand}{trade.short}"
    return f"{city}{brand}{trade.noun}{trade.form}", f"{brand}{trade.short}"


def address(chance: Random, place: Place) -> dict[str, Any]:
    """Where a company is, as columns of the file."""
    street = f"{chance.choice(ROADS)}{chance.randint(1, 399)}号"
    if chance.random() < 0.5:
        street += f"{chance.randint(1, 12)}幢{chance.randint(1, 18)}0{chance.randint(1, 8)}室"
    district = chance.choice(place.districts)
    return {"province": place.province, "city": place.city, "district": district, "address": street}
