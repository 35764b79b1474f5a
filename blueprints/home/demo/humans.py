"""Invented contact persons: names, how they are addressed, what they do, and numbers that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from blueprints.home.demo.plain import Human
from core.pinyin import syllables

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯程蔡彭潘袁"
    "于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭"
)
RARE = ("单", "曾", "仇", "解", "尉迟")
_TWO = (
    "丽华 建国 晓东 海燕 志强 雪梅 国庆 春兰 永刚 玉珍 立新 婷婷 浩然 思远 佳怡 子轩 文静 俊杰 美玲 "
    "少华 小红 德胜 凤英 家豪 梦洁 一帆 雨欣 海涛 红霞 卫东 桂英 秀兰 建华 晓燕 志远 天宇 嘉豪 若曦"
)
GIVEN = (*_TWO.split(), *"艳磊静军洋勇娜强杰霞平刚")
WOMEN = frozenset("华燕梅兰珍婷怡静玲红英洁欣霞艳娜曦")
# Names with a story of their own; then what the first search is to find only once.
TAKEN = frozenset({"王敏", "张伟"})
PREFIXES = (
    "130",
    "131",
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "157",
    "158",
    "159",
    "186",
    "188",
)
SPECIAL_INITIALS = "wm"
SPECIAL_END = "6688"


@dataclass(frozen=True)
class Post:
    """A position with the form of address that goes with it and the role in the decision."""

    position: str
    address: str
    role: str | None = None
    department: str | None = None


FIRST_POSTS = (
    Post("总经理", "{}总", "decider"),
    Post("采购经理", "{}经理", "purchasing", "采购部"),
    Post("采购", "{familiar}", "purchasing", "采购部"),
    Post("行政主管", "{familiar}", "purchasing", "行政部"),
    Post("行政经理", "{}经理", "influencer", "行政部"),
    Post("办公室主任", "{}主任", "decider", "办公室"),
)
OTHER_POSTS = (
    Post("副总经理", "{}总", "decider"),
    Post("IT工程师", "{}工", "user", "信息部"),
    Post("财务", "{}会计", "finance", "财务部"),
    Post("前台", "小{}", "gatekeeper", "行政部"),
    Post("仓库主管", "{}师傅", "user", "仓库"),
    Post("总经理助理", "{}助理", "gatekeeper"),
)


class Numbers:
    """Mobile numbers and landlines, each given out once."""

    def __init__(self, chance: Random) -> None:
        ends = [f"{end:04d}" for end in range(10_000) if f"{end:04d}" != SPECIAL_END]
        self._ends: Iterator[str] = iter(chance.sample(ends, 4_000))
        self._chance = chance

    def mobile(self) -> str:
        """138 0000 and four digits."""
        return f"{self._chance.choice(PREFIXES)}0000{next(self._ends)}"

    def landline(self, code: str) -> str:
        """0571-0000 and four digits: no landline begins with 0."""
        return f"{code}-0000{next(self._ends)}"


class People:
    """Contact persons, no two of one name."""

    def __init__(self, chance: Random, numbers: Numbers) -> None:
        self._chance, self._numbers = chance, numbers
        self._taken = set(TAKEN)

    def several(self, brand: str) -> tuple[Human, ...]:
        """The contact persons of a company: one to three."""
        many = self._chance.choices((1, 2, 3), (45, 40, 15))[0]
        posts = [self._chance.choice(FIRST_POSTS), *self._chance.sample(OTHER_POSTS, many - 1)]
        return tuple(self.one(brand, post) for post in posts)

    def one(self, brand: str, post: Post) -> Human:
        """Somebody in a position, with a mobile number and some with a mail address or WeChat."""
        name, surname = self._name()
        human = Human(
            name, _addressed(post, name, surname), post.position, post.role, department=post.department
        )
        human = replace(human, mobile=self._numbers.mobile())
        if self._chance.random() < 0.3:
            human = replace(human, email=mail_of(name, brand))
        if self._chance.random() < 0.15:
            human = replace(
                human, wechat="".join(syllables(name, True)) + "_" + "".join(syllables(brand))[:4]
            )
        return human

    def _name(self) -> tuple[str, str]:
        while True:
            surname = (
                self._chance.choice(RARE) if self._chance.random() < 0.03 else self._chance.choice(SURNAMES)
            )
            name = surname + self._chance.choice(GIVEN)
            if name not in self._taken and SPECIAL_INITIALS not in _initials(name):
                self._taken.add(name)
                return name, surname


def _initials(name: str) -> str:
    return "".join(sound[0] for sound in syllables(name, True))


def _addressed(post: Post, name: str, surname: str) -> str:
    familiar = f"{surname}姐" if name[-1] in WOMEN else f"{surname}哥"
    return post.address.format(surname, familiar=familiar)


def mail_of(name: str, brand: str) -> str:
    """A mail address that leads nowhere: wang.min@huaxing.example."""
    first, *rest = syllables(name, True)
    return f"{first}.{''.join(rest)}@{''.join(syllables(brand))}.example"
