"""Names, numbers and texts put together from syllables: nobody real, in Chinese and Latin. Pure."""

from __future__ import annotations

from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕单仇解区查"
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅春荣金海燕鹏飞宇浩然子轩梓涵雨欣怡佳慧嘉颖"
    "志国建文斌波辉健俊峰雪倩琳璐瑶晨曦思远博雅诗若安宁泽睿"
)
CITIES = (
    ("上海", "上海", "021"), ("北京", "北京", "010"), ("广东", "深圳", "0755"), ("广东", "广州", "020"),
    ("江苏", "苏州", "0512"), ("江苏", "南京", "025"), ("浙江", "杭州", "0571"), ("浙江", "宁波", "0574"),
    ("四川", "成都", "028"), ("湖北", "武汉", "027"), ("山东", "青岛", "0532"), ("重庆", "重庆", "023"),
    ("陕西", "西安", "029"), ("福建", "福州", "0591"), ("湖南", "长沙", "0731"), ("天津", "天津", "022"),
)  # fmt: skip
BRANDS = "华兴盛泰恒瑞宏达源通博远锦程嘉禾丰润天启腾越中科德信正和景隆汇联创新星辰金鼎万邦海纳百川云峰东方"
TRADES = (
    "科技", "机械", "电子", "贸易", "食品", "物流", "建材", "化工", "服饰", "医疗器械", "包装", "自动化",
    "环保", "餐饮管理", "汽车配件", "塑胶", "软件", "文化传播",
)  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
INDUSTRIES = ("制造", "贸易", "服务", "零售", "建筑", "信息技术", "医疗", "教育", "物流")
SYLLABLES = (
    "al", "ba", "ber", "ca", "da", "do", "el", "fi", "ga", "har", "in", "ka", "kro", "la", "len", "ma",
    "mer", "mi", "mö", "na", "nor", "or", "pa", "que", "ra", "ri", "sa", "sel", "ta", "tor", "ur", "va",
    "vik", "wen", "zé",
)  # fmt: skip
LATIN_TRADES = ("Trading", "Foods", "Systems", "Logistics", "Industries", "Textiles", "Tools", "Medical")
LATIN_FORMS = ("GmbH", "Ltd", "Inc.", "S.A.", "AB", "Co., Ltd.", "")
TAGS = (
    "重点项目", "老客户", "价格敏感", "账期长", "要开票", "可转介绍", "展会", "直播间", "样品已寄",
    "竞品在用", "决策慢", "决策快", "节日送礼", "出口", "自提", "月结", "新品试用", "质量投诉过",
    "VIP", "Reseller", "English only", "Trade fair", "Prepaid", "Key account",
)  # fmt: skip
SUMMARIES = (
    "聊了下个月的订货计划,对方要先看新报价。",
    "确认了样品收到,试用两周后再谈。",
    "问了库存和交期,答应周五前回复。",
    "对上次的包装有意见,已转给仓库。",
    "介绍了新来的采购,以后找她对接。",
    "谈到付款,月底前安排。",
    "没有新需求,下个月再联系。",
    "约了下周上门看现场。",
    "对比了三家报价,我们偏高一点。",
    "Asked for the new price list and a sample of the blue one.",
    "Delivery was late by two days, otherwise content.",
    "Wants to meet at the trade fair in spring.",
)
ADDRESSES = ("总", "经理", "主任", "老师", "女士", "先生", "工", None)
POSITIONS = ("采购经理", "总经理", "财务", "仓库主管", "Purchasing", "CEO", "厂长", "店长", None)
SOURCES = ("展会", "转介绍", "官网", "电话", "地推", None)


def form_of_address(random: Random, name: str) -> str | None:
    """How somebody of this name is addressed, if that is known: 王经理."""
    form = random.choice(ADDRESSES)
    return name[0] + form if form and not name.isascii() else None


def person_name(random: Random, *, latin: bool = False) -> str:
    """A person's name: 王建国, or Merilen Vikor."""
    if latin:
        return f"{_latin(random, 2)} {_latin(random, 2)}"
    return random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))


def company_name(random: Random, city: str) -> tuple[str, str | None]:
    """A company's full Chinese name and, for most, the short one that colleagues use."""
    brand = "".join(random.choices(BRANDS, k=random.choice((2, 2, 3))))
    trade = random.choice(TRADES)
    return f"{city}{brand}{trade}{random.choice(FORMS)}", f"{brand}{trade}" if random.random() < 0.6 else None


def latin_company_name(random: Random) -> str:
    """A company's name in Latin letters."""
    return f"{_latin(random, 3)} {random.choice(LATIN_TRADES)} {random.choice(LATIN_FORMS)}".strip()


def mobile(random: Random) -> str:
    """A Chinese mobile number as people write it, valid in form."""
    digits = f"1{random.choice(('35', '38', '39', '50', '58', '86', '89'))}{random.randrange(10**8):08d}"
    return digits if random.random() < 0.7 else f"{digits[:3]} {digits[3:7]} {digits[7:]}"


def landline(random: Random, area: str) -> str:
    """A number of a city's telephone network: 0755-82001234."""
    return f"{area}-8{random.randrange(10**6, 10**7)}"


def mail(random: Random, number: int) -> str:
    """A mail address at one of many invented hosts."""
    return f"{_latin(random, 2)}{number % 1000}@{_latin(random, 2)}.example".lower()


def address(random: Random) -> str:
    """A street with its number."""
    return f"{''.join(random.choices(BRANDS, k=2))}路{random.randrange(1, 900)}号"


def credit_code(random: Random) -> str:
    """Eighteen signs in the form of a unified social credit code."""
    return (
        "91"
        + "".join(random.choices("0123456789", k=6))
        + "".join(random.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=10))
    )


def _latin(random: Random, parts: int) -> str:
    return "".join(random.choices(SYLLABLES, k=parts)).capitalize()
