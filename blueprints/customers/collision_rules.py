"""Pure decisions about customers that two claim: who was there first, and how the credit is shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.errors import RuleBroken
from core.words import _l

STAYS, GOES, HELPS = RULINGS = ("stays", "goes", "helps")
WHOLE, HALF, OWN = SPLITS = ("whole", "half", "own")


@dataclass(frozen=True)
class Talks:
    """The real contacts of one person, or of one side: the first ever, the first protected one, the last, how many."""

    first: date | None = None
    protected: date | None = None
    last: date | None = None
    count: int = 0


def together(talks: Iterable[Talks]) -> Talks:
    """The contacts of a side, from those of its people."""
    found = list(talks)
    firsts, protected = (
        [day for each in found if (day := getattr(each, name))] for name in ("first", "protected")
    )
    lasts = [each.last for each in found if each.last]
    return Talks(
        min(firsts, default=None), min(protected, default=None), max(lasts, default=None),
        sum(each.count for each in found),
    )  # fmt: skip


def thumb(owner: Talks, asker: Talks) -> str | None:
    """For whom the first real contact within the protection period speaks: owner, asker; None if for neither."""
    if owner.protected == asker.protected:
        return None
    if asker.protected is None or (owner.protected is not None and owner.protected < asker.protected):
        return "owner"
    return "asker"


def shares(ruling: str, split: str, own: int | None) -> tuple[int, int]:
    """How much of the credit owner and asker get, in per cent. Raises RuleBroken for an own split without a number."""
    if split == HALF:
        return 50, 50
    if split == OWN:
        if own is None or not 0 <= own <= 100:
            raise RuleBroken(_l("Give the asker's part in per cent, from 0 to 100."), "own")
        return 100 - own, own
    return (0, 100) if ruling == GOES else (100, 0)
