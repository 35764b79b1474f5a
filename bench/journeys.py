"""What is measured: requests by name, the same to the application and to its floor."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote

from bench.floors.database import Database, Row
from bench.people import Somebody

DEEP = """
    SELECT c.id, c.name_key FROM customers c WHERE c.deleted_at IS NULL {scope}
    ORDER BY c.name_key, c.id LIMIT 1 OFFSET :skip
"""


@dataclass(frozen=True)
class Request:
    """One request; a form if it has fields, and of the page's script if it takes but a part of the answer."""

    path: str
    fields: dict[str, Any] | None = None
    part: bool = False


@dataclass(frozen=True)
class Journey:
    """An action as one person does it. `same` tells that both pages have to list the same customers."""

    name: str
    who: str
    requests: Callable[[int], Request]
    status: int = 200
    same: bool = True


def journeys(people: dict[str, Somebody], database: Database, password: str) -> list[Journey]:
    """All actions, in the order of the table."""
    return [
        _sign_in(people["employee"], password),
        Journey("today", "employee", lambda n: Request("/")),
        *_lists(people, database),
        *_searches(people),
        *_files(people),
        *_writes(people["employee"], _size(database)),
    ]


def _sign_in(somebody: Somebody, password: str) -> Journey:
    fields = {"username": somebody.username, "password": password, "next": "", "kept": ""}
    return Journey("sign-in", "", lambda n: Request("/sign-in", fields), status=303, same=False)


def _lists(people: dict[str, Somebody], database: Database) -> Iterator[Journey]:
    for who in people:
        yield Journey(f"list first page, {who}", who, lambda n: Request("/customers"))
    yield Journey("list by next contact, lead", "lead", lambda n: Request("/customers?sort=next_contact"))
    yield Journey("list filtered, lead", "lead", lambda n: Request("/customers?tier=a&status=active"))
    yield Journey(
        "list filtered by tag, manager", "manager", lambda n: Request("/customers?tag=" + quote("重点项目"))
    )
    owner = people["employee"].username
    yield Journey("list of one owner, manager", "manager", lambda n: Request(f"/customers?owner={owner}"))
    deep = cursors(database)
    yield Journey(
        "list deep page, manager", "manager", lambda n: Request(f"/customers?after={deep[n % len(deep)]}")
    )


def cursors(database: Database) -> list[str]:
    """Cursors behind half of all customers and more, by name."""
    with database.transaction(writing=False):
        size = _size(database)
        places = [database.rows(DEEP.format(scope=""), skip=size * part // 10)[0] for part in (5, 7, 9)]
    pairs = (json.dumps([place["name_key"], place["id"]], ensure_ascii=False).encode() for place in places)
    return [base64.urlsafe_b64encode(pair).decode().rstrip("=") for pair in pairs]


def _size(database: Database) -> int:
    return int(database.rows("SELECT max(id) AS n FROM customers")[0]["n"])


def _searches(people: dict[str, Somebody]) -> Iterator[Journey]:
    for who in ("employee", "manager"):
        for name, cut in CLASSES.items():
            words = list(dict.fromkeys(filter(None, map(cut, people[who].customers)))) or ["华"]
            asked = _in_turn([f"/search?q={quote(word)}" for word in words], part=True)
            yield Journey(f"search {name}, {who}", who, asked, same=name in FEW)


def _han(row: Row, length: int) -> str:
    found = re.search("[一-鿿]{6,}", row["name"])
    return found[0][2 : 2 + length] if found else ""


def _sounds(row: Row, most: int) -> list[str]:
    """How the name begins to sound, from its sort key: "hua 华 xing 兴 …"."""
    return re.findall("([a-z]+) [一-鿿]", row["name_key"])[:most]


CLASSES: dict[str, Callable[[Row], str]] = {
    "1 character": lambda row: _han(row, 1),
    "2 characters": lambda row: _han(row, 2),
    "4 characters": lambda row: _han(row, 4),
    "pinyin": lambda row: "".join(_sounds(row, 2)),
    "initials": lambda row: "".join(sound[0] for sound in _sounds(row, 3)),
    "last 4 digits": lambda row: re.sub(r"\D", "", row["phone"] or "")[-4:],
    "mail": lambda row: mail if (mail := row["mail"] or "").isascii() else "",
    "number": lambda row: row["number"],
    "Latin word": lambda row: "".join(re.findall("^[A-Za-z]{5,}", row["name"])),
}

# Found by these are fewer than a page shows; of more the application shows the likeliest, the floor the newest
FEW = ("mail", "number")


def _in_turn(paths: Sequence[str], *, part: bool = False) -> Callable[[int], Request]:
    return lambda n: Request(paths[n % len(paths)], part=part)


def _files(people: dict[str, Somebody]) -> Iterator[Journey]:
    for who in ("employee", "manager"):
        yield Journey(
            f"file, {who}",
            who,
            _in_turn([f"/customers/{row['id']}" for row in people[who].customers]),
            same=False,
        )


def _writes(somebody: Somebody, size: int) -> Iterator[Journey]:
    ids = [row["id"] for row in somebody.customers]
    yield Journey(
        "log a contact", "employee", lambda n: Request(f"/customers/{ids[n % len(ids)]}/interactions", contact()),
        status=303, same=False,
    )  # fmt: skip
    numbers = count(size + 1)  # none that an earlier run has made
    yield Journey(
        "create a customer",
        "employee",
        lambda n: Request("/customers", fresh(next(numbers), somebody.username)),
        status=303,
        same=False,
    )


def contact() -> dict[str, str]:
    """The form of a contact that was had."""
    return {"channel": "phone", "outcome": "reached", "summary": "谈了下个月的订货"}


def fresh(number: int, owner: str) -> dict[str, Any]:
    """The form of a customer that nobody has yet."""
    digits = f"{number:06d}"
    name = "测" + "".join("零一二三四五六七八九"[int(digit)] for digit in digits)
    return {
        "create_key": f"bench-{number}", "name": f"上海{name}科技有限公司", "kind": "company",
        "status": "lead", "relationship_kind": "customer", "tier": "none", "intent": "none",
        "owner": owner, "person_name": "王建国", "phone": f"1370{number:07d}",
    }  # fmt: skip
