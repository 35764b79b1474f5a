"""What may go wrong with a request, in words for the person who made it. Pure: no Flask, no database."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """A refusal with a sentence for the person. `status` is the HTTP status that tells it."""

    status = 400

    def __init__(self, message: Any = "") -> None:
        super().__init__(message)
        self.message = message


class RuleBroken(Problem):
    """What was asked breaks a rule of the house; stands beside `field` if one is named."""

    status = 422

    def __init__(self, message: Any, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Refused(Problem):
    """The record is visible, the act on it is not this person's to do."""

    status = 403


class NotFound(Problem):
    """There is no such record, or none that this person may know of: the answer is the same."""

    status = 404


class Moved(NotFound):
    """The record was merged into another one, which the person may see: ids of the one that is gone and of that one."""

    def __init__(self, message: Any, gone: int, into: int) -> None:
        super().__init__(message)
        self.gone, self.into = gone, into


class Stale(Problem):
    """The record was changed by somebody else since the page was opened."""

    status = 409


class Busy(Problem):
    """The database could not take the request in time; asking again may work."""

    status = 503
