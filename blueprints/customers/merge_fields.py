"""Which of several files a merged one takes each field from, the company's own among them (see `merge_custom.py`).

Pure: plain values in, a proposal out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MOST = 5
# Field → what is taken along with it: it says nothing without
FIELDS: dict[str, tuple[str, ...]] = {
    "name": (), "short_name": (), "kind": (), "relationship_kind": (), "owner_id": ("team_id",), "tier": (),
    "intent": (), "status": ("lost_reason",), "at_risk": (), "won_back": (), "source": (), "credit_code": (),
    "industry": (), "size": (), "website": (), "country": (), "province": (), "city": (), "district": (),
    "address": (), "postal_code": (), "gender": (), "birthday": (), "preferred_channel": (), "preferred_time": (),
    "language": (), "likes": (), "taboos": (), "note": (), "checked_on": (),
}  # fmt: skip
EMPTY = (None, "", "none", False)

Values = Mapping[str, Any]


def fullest(files: Mapping[int, Values]) -> int:
    """Id of the file that says most; of two that say as much, of the older one."""
    return min(files, key=lambda id: (-sum(value not in EMPTY for value in files[id].values()), id))


def differing(files: Mapping[int, Values], hidden: Mapping[str, Sequence[int]]) -> list[str]:
    """The fields in which files differ; of one that is `hidden` from the viewer in some, whoever has something else
    is not told: it differs as soon as two of them say anything.
    """
    names = next(iter(files.values()))
    return [name for name in names if _differs(name, files, hidden.get(name, ()))]


def _differs(name: str, files: Mapping[int, Values], hidden: Sequence[int]) -> bool:
    said = [values[name] for values in files.values()]
    if any(files[id][name] is not None for id in hidden) and sum(value is not None for value in said) > 1:
        return True
    plain = [None if value in EMPTY else value for value in said]
    return any(value != plain[0] for value in plain)


def proposal(files: Mapping[int, Values], into: int, names: Sequence[str]) -> dict[str, int]:
    """Field → whose it is to be: that of the file that stays, or, where that says nothing, the first that does."""
    order = [into, *(id for id in files if id != into)]
    return {name: next((id for id in order if files[id][name] not in EMPTY), into) for name in names}
