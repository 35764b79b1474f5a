"""Areas stand in one declared order, and each file of an area has one job. Read from the source, by `ast`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache

from app import AREAS
from tests.shape.sources import ROOT, Import, Source, area_sources, sources

READS = frozenset({"models", "queries"})
# What a file may import of its own area; any file with another name is a `subject`, named for what it does.
OWN = {
    "models": frozenset({"models"}),
    "rules": frozenset[str](),
    "queries": READS | {"rules", "subject"},
    "actions": READS | {"rules", "subject"},
    "forms": frozenset({"models", "rules", "queries", "forms", "subject"}),
    "views": frozenset({"forms", "queries", "actions", "models", "rules", "subject", "views"}),
    "records": frozenset({"models", "rules", "queries", "actions", "forms", "records", "subject"}),
    "cli": frozenset({"models", "rules", "queries", "actions", "subject"}),
    "jobs": frozenset({"models", "rules", "queries", "actions", "subject"}),
    "subject": READS | {"rules", "actions", "subject"},
}
# What office keeps for the records of every area: the fields that an administrator gave them (decision 022).
KEPT_FOR_ALL = frozenset({"custom_fields", "field_rules"})
# … and of the areas to its left. `words` are the labels of stored codes: one thing, one word.
LEFT = {
    "models": frozenset({"models"}),
    "queries": READS | {"words"},
    "actions": READS | {"actions", "words"} | KEPT_FOR_ALL,
    "subject": READS | {"actions", "words"} | KEPT_FOR_ALL,
    "forms": frozenset({"words"}) | KEPT_FOR_ALL,
    "cli": READS | {"actions"},
}
# Files that know nothing of the request: what they need of it is handed to them.
NO_REQUEST = frozenset({"models", "rules", "queries", "actions", "subject"})
REQUEST = frozenset({"flask", "flask_login", "flask_wtf", "wtforms"})
PURE_LIBRARIES = frozenset({"babel", "lunardate", "phonenumbers", "pypinyin", "rapidfuzz", "zxcvbn"})


def kind(part: str) -> str:
    """The row of the tables above for one of an area's files; forms grow into `<subject>_forms`."""
    if part.endswith("_forms"):
        return "forms"
    return part if part in OWN else "subject"


def told(faults: list[str], advice: str) -> None:
    assert not faults, "\n".join([*faults, advice])


def area_imports() -> Iterator[Import]:
    return (found for source in area_sources() for found in source.imports() if not found.for_types_only)


def test_every_area_is_declared() -> None:
    folders = {
        path.name for path in (ROOT / "blueprints").iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    told(
        sorted(folders ^ set(AREAS)),
        "Name each folder of blueprints/ in AREAS of app.py, at its place in the order.",
    )


def test_an_area_imports_only_areas_to_its_left() -> None:
    order = {area: place for place, area in enumerate(AREAS)}
    told(
        [str(i) for i in area_imports() if i.area and order[i.area] > order[i.source.area]],
        f"The order is {' < '.join(AREAS)}. To reach the right, tell or ask (core.events), or show theirs.",
    )


def test_an_area_imports_of_ours_only_areas_and_core() -> None:
    told(
        [str(i) for i in area_imports() if i.top in {"app", "bench", "tests", "tools"}],
        "The application does not know its tests, tools, benchmarks, nor who puts it together.",
    )


def test_each_file_imports_of_its_area_what_its_job_allows() -> None:
    faults = [
        f"{i}: {i.source.part}.py may import {', '.join(sorted(allowed)) or 'nothing'} of its area"
        for i in area_imports()
        for allowed in [OWN[kind(i.source.part)]]
        if i.area == i.source.area and i.part and kind(i.part) not in allowed
    ]
    told(
        faults,
        "See the table of files in DESIGN, section 2: move what is needed to the file whose job it is.",
    )


def test_each_file_imports_of_other_areas_what_its_job_allows() -> None:
    faults = [
        f"{i}: {i.source.part}.py may import {', '.join(sorted(allowed)) or 'nothing'} of other areas"
        for i in area_imports()
        if i.area not in (None, i.source.area)
        for allowed in [LEFT.get(kind(i.source.part), frozenset())]
        if i.part not in allowed
    ]
    told(faults, "Let own queries or actions do it, and call those.")


def test_only_pages_know_the_request() -> None:
    told(
        [str(i) for i in area_imports() if kind(i.source.part) in NO_REQUEST and i.top in REQUEST],
        "Hand in what is needed of the request; only views, forms, records and cli know Flask.",
    )


def test_views_never_touch_the_database() -> None:
    told(
        [
            str(i)
            for i in area_imports()
            if i.source.part == "views" and (i.top == "sqlalchemy" or i.module == "core.db")
        ],
        "Reading belongs into queries.py, writing into actions.py.",
    )


def test_rules_are_pure() -> None:
    faults = [
        f"{i}{way}"
        for i in area_imports()
        if i.source.part == "rules"
        for way in [impurity(i.module)]
        if way is not None
    ]
    told(
        faults,
        "Rules take plain values and know no Flask, database or clock. Their sentences come from core.words.",
    )


@cache
def impurity(module: str) -> str | None:
    """How a module comes to know Flask, database or clock; None if it does not."""
    if module == "core.words":
        return None
    if module == "core.clock" or module.startswith("blueprints."):
        return ""
    if not module.startswith("core"):
        return None if module.split(".")[0] in PURE_LIBRARIES | sys.stdlib_module_names else ""
    for found in _source_of(module).imports():
        if found.for_types_only:
            continue
        if found.module != module and (way := impurity(found.module)) is not None:
            return f", which imports {found.module}{way}"
    return None


def _source_of(module: str) -> Source:
    path = ROOT.joinpath(*module.split("."))
    return Source(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


def test_core_knows_no_area() -> None:
    told(
        [
            str(i)
            for source in sources("core")
            for i in source.imports()
            if i.top in {"app", "bench", "blueprints", "tests"}
        ],
        "Let the areas declare it to core (kinds, verbs, settings, events).",
    )


def test_core_imports_in_one_direction() -> None:
    """A circle inside core would only start because of imports inside functions."""
    waiting = {
        source.module: {i.module for i in source.imports() if i.top == "core"} for source in sources("core")
    }
    for module, found in waiting.items():
        found.discard(module)
    while free := [module for module, found in waiting.items() if not found & waiting.keys()]:
        for module in free:
            del waiting[module]
    told(
        [f"{m} ↔ {', '.join(sorted(f & waiting.keys()))}" for m, f in waiting.items()],
        "Take what both need apart.",
    )


def test_floors_of_the_benchmarks_do_not_use_core() -> None:
    floors = [source for source in sources("bench") if "floor" in source.name]
    assert floors or not (ROOT / "bench").exists(), "Keep the floors in bench/floors.py or bench/floors/."
    told(
        [str(i) for source in floors for i in source.imports() if i.top in {"core", "blueprints", "app"}],
        "A floor is written by hand: it tells what the mechanisms cost.",
    )
