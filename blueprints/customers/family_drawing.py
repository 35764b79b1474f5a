"""Where a family stands on paper: from left to right, each beside those through which it is connected. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

BOX_WIDTH, BOX_HEIGHT = 176, 40
STEP, ROW = 224, 48
MARGIN = 4
MOST_SIGNS = 22  # of which a Chinese one counts for two


@dataclass(frozen=True)
class Place:
    """A member: how far from the top it stands, under whom, and with whom else it is connected."""

    id: int
    depth: int
    under: int | None
    also: Sequence[int] = ()


@dataclass(frozen=True)
class Drawing:
    """Corners of the boxes by id, and the lines as SVG paths; `crossing` are those beside the tree."""

    width: int
    height: int
    boxes: dict[int, tuple[int, int]]
    lines: Sequence[str]
    crossing: Sequence[str]


def draw(places: Sequence[Place]) -> Drawing:
    """Each one who has nobody below gets a row; the others stand in the middle of theirs."""
    below: dict[int | None, list[Place]] = defaultdict(list)
    for place in places:
        below[place.under].append(place)
    boxes: dict[int, tuple[int, int]] = {}
    rows = 0
    for place in reversed(places):  # whoever stands below comes before
        tops = [boxes[each.id][1] for each in below[place.id]]
        if tops:
            top = (min(tops) + max(tops)) // 2
        else:
            top, rows = -rows * ROW, rows + 1
        boxes[place.id] = (MARGIN + place.depth * STEP, top)
    lift = MARGIN + max(0, rows - 1) * ROW
    boxes = {id: (left, top + lift) for id, (left, top) in boxes.items()}
    crossing = [_arc(boxes[place.id], boxes[other]) for place in places for other in place.also]
    deepest = max(place.depth for place in places)
    return Drawing(
        width=2 * MARGIN + deepest * STEP + BOX_WIDTH + (24 if crossing else 0),
        height=2 * MARGIN + max(0, rows - 1) * ROW + BOX_HEIGHT,
        boxes=boxes,
        lines=[_line(boxes[place.under], boxes[place.id]) for place in places if place.under is not None],
        crossing=crossing,
    )


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    """From the right of one box to the left of the next."""
    x, y = start[0] + BOX_WIDTH, start[1] + BOX_HEIGHT // 2
    to_x, to_y = end[0], end[1] + BOX_HEIGHT // 2
    middle = (x + to_x) // 2
    return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"


def _arc(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Along the right side of both boxes."""
    x, y = start[0] + BOX_WIDTH, start[1] + BOX_HEIGHT // 2
    to_x, to_y = end[0] + BOX_WIDTH, end[1] + BOX_HEIGHT // 2
    out = max(x, to_x) + 24
    return f"M{x} {y}C{out} {y} {out} {to_y} {to_x} {to_y}"


def clipped(text: str, most: int = MOST_SIGNS) -> str:
    """As much of a text as a box has room for."""
    room = most
    for place, sign in enumerate(text):
        room -= 2 if east_asian_width(sign) in "WF" else 1
        if room < 0:
            return text[:place].rstrip() + "…"
    return text
