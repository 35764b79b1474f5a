"""Search over all kinds of records."""

from __future__ import annotations

from core import kinds
from core.kinds import Hit
from core.rights import Viewer

MOST = 20


def find(viewer: Viewer, q: str) -> list[Hit]:
    """What a person means by what they typed, among all that they may see."""
    if not q:
        return []
    searched = [kind for kind in kinds.kinds() if kind.find and viewer.may(kind.see)]
    return [hit for kind in searched if kind.find for hit in kind.find(viewer, q, MOST)]
