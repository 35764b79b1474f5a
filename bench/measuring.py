"""Running the journeys: application and floor in turn, warm, in an order that favours neither."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from bench.journeys import Journey
from bench.people import Somebody
from bench.visitor import Answer, Visitor

WARM = 5
_LINK = re.compile(r'href="/customers/(\d+)["?]')


class Differs(Exception):
    """Application and floor do not answer the same; what was measured would mean nothing."""


@dataclass(frozen=True)
class Figures:
    """What one journey took, in milliseconds; `statements` is the median number of the application."""

    name: str
    median_ms: float
    p95_ms: float
    floor_median_ms: float
    floor_p95_ms: float
    statements: int

    @property
    def ratio(self) -> float:
        return self.median_ms / self.floor_median_ms

    @property
    def within_aim(self) -> bool:
        """Whether it is as quick as DESIGN, section 7, wants each page."""
        aim = max(2.5 * self.floor_median_ms, self.floor_median_ms + 15)
        return self.median_ms <= aim and self.p95_ms <= 60


@dataclass
class Side:
    """The application or the floors, with a visitor for each person and one for whom nobody is signed in."""

    port: int
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def run(self, journey: Journey, n: int) -> Answer:
        """The nth request of a journey. Raises Differs for an unexpected status."""
        visitor, request = self.visitors[journey.who], journey.requests(n)
        before = dict(visitor.cookies)
        answer = (
            visitor.get(request.path, part=request.part)
            if request.fields is None
            else visitor.post(request.path, request.fields)
        )
        if not journey.who:
            visitor.cookies = before
        if answer.status != journey.status:
            raise Differs(f"{journey.name}: status {answer.status} of {request.path}: {answer.text[:300]}")
        return answer


def sides(application: int, floors: int, people: dict[str, Somebody], password: str) -> tuple[Side, Side]:
    """Both servers with everybody signed in, by the same cookies."""
    ours, bare = Side(application), Side(floors)
    for who in ("", *people):
        visitor = Visitor(application)
        visitor.read_token("/sign-in")
        if who:
            visitor.post("/sign-in", {"username": people[who].username, "password": password})
            visitor.read_token("/customers")
        ours.visitors[who] = visitor
        bare.visitors[who] = Visitor(floors, dict(visitor.cookies))
    return ours, bare


def measured(journey: Journey, ours: Side, bare: Side, times: int) -> Figures:
    """The figures of one journey after a warm-up. Raises Differs."""
    for n in range(WARM):
        _compare(journey, ours.run(journey, n), bare.run(journey, n))
    answers: tuple[list[Answer], list[Answer]] = [], []
    for n, turn in _turns(times):
        answers[turn].append((ours, bare)[turn].run(journey, WARM + n))
    ours_ms, bare_ms = ([answer.ms for answer in each] for each in answers)
    statements = median(int(answer.headers["X-Statements"]) for answer in answers[0])
    return Figures(
        journey.name, median(ours_ms), _p95(ours_ms), median(bare_ms), _p95(bare_ms), int(statements)
    )


def _turns(times: int) -> Iterator[tuple[int, int]]:
    for n in range(times):
        yield from ((n, 0), (n, 1)) if n % 2 else ((n, 1), (n, 0))


def _compare(journey: Journey, ours: Answer, bare: Answer) -> None:
    if not journey.same:
        return
    found, wanted = (set(_LINK.findall(answer.text)) for answer in (ours, bare))
    if found != wanted:
        raise Differs(f"{journey.name}: the page lists {sorted(found)[:9]}…, the floor {sorted(wanted)[:9]}…")


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]
