"""What two files must have in common to be compared at all: of a million, each is compared with a few. Pure.

A file has several keys, so that one slip of the hand leaves another in common. A key that too many have is joined with
its `finer` part.
"""

from __future__ import annotations

from collections.abc import Iterator

from blueprints.customers import company_names
from blueprints.customers.duplicate_rules import File, place_name
from core.folding import letters
from core.names import shadow
from core.pinyin import syllables

HEAD = 4  # signs of a Chinese company's brand and trade that tell it apart from nearly all others
LATIN_HEAD = 6
Key = tuple[tuple[str, ...], str]  # what is in common, and what it is joined with where too many have it


def keys_of(file: File) -> Iterator[Key]:
    """All keys of a file."""
    human = file.kind == "person"
    finer = shadow(file.name, company=not human)[:2]
    for normals in file.points.values():
        for normal in normals:
            if normal:
                yield ("point", normal), finer
    if file.credit_code:
        yield ("code", shadow(file.credit_code, company=False)), ""
    yield from _of_person(file) if human else _of_company(file)


def _of_company(file: File) -> Iterator[Key]:
    for name in dict.fromkeys((file.name, file.short_name)):
        if not name:
            continue
        parts = company_names.parsed(name)
        where = "".join(sorted(parts.regions)) or place_name(file.city)
        core = parts.core
        yield ("core", core), where
        head = core[: HEAD if parts.is_chinese else LATIN_HEAD]
        yield ("head", head), f"{core[len(head) :]} {where}"
        if not parts.is_chinese:
            yield ("words", "".join(sorted(letters(name).split())[:2])), where
            yield ("end", core[-LATIN_HEAD:]), head[:1]
            continue
        yield ("sound", " ".join(syllables(head))), f"{core[len(head) :]} {where}"
        if len(head) == HEAD:
            for place in range(HEAD):
                yield ("slip", head[:place] + head[place + 1 :]), f"{core[HEAD:]} {where}"


def _of_person(file: File) -> Iterator[Key]:
    name = shadow(file.name, company=False)
    words = letters(file.name).split()
    where = place_name(file.postal_code) or place_name(file.city)
    born = file.birthday.isoformat() if file.birthday else ""
    yield ("name", "".join(sorted(words))), born or where
    if born:
        yield ("born", born), name[:1]
        yield ("year", born[:4], name[:3]), born[5:]
    if not name.isascii():
        yield ("spoken", " ".join(syllables(name, person=True))), born or where
    for word in words if len(words) > 1 else ():
        if len(word) > 2:
            yield ("word", word[:4], where), born[:4]
            if born:
                yield ("ended", word[-4:], born[:4]), born[5:7]
    if file.address:
        address = letters(file.address).split()
        yield ("address", "".join(sorted(address))), name[:1]
        if where:
            yield ("street", max(address, key=len, default=""), where), name[:1]
