"""How the rows of a file are to be taken: what they may do, by what they are recognised, how they are read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.dates import DAY_FIRST, MONTH_FIRST
from core.rowkeys import Key
from core.words import _l

BOTH, CREATE, UPDATE = "both", "create", "update"
MODES = {
    BOTH: _l("Make new ones and update those on file"),
    CREATE: _l("Only make new ones"),
    UPDATE: _l("Only update those on file"),
}
NUMBER, CODE, REACH, NAME = "number", "credit_code", "reach", "name"
MATCHES = {
    "": _l("By number, else by name with phone, mail or credit code"),
    NUMBER: _l("By number alone"),
    CODE: _l("By credit code alone"),
    REACH: _l("By name with phone or mail"),
    NAME: _l("By name alone"),
}
DAYS = {
    "": _l("Refuse the row and ask"),
    DAY_FIRST: _l("Day first: 3 May 2026"),
    MONTH_FIRST: _l("Month first: 5 March 2026"),
}
_POINTS = frozenset({"phone", "mail"})


FROM_A_LIST = "@list"  # in place of a reason: nobody wrote one, and each reads it in their language


def reason(text: str | None) -> Any:
    """A reason or remark as it is shown."""
    return _l("From an imported list") if text == FROM_A_LIST else text


@dataclass(frozen=True)
class Way:
    """How rows are taken; the default is what asks least and guesses nothing.

    `mode` says what rows may do, `match` by what a customer on file is recognised (empty: by what tells most);
    `clear` whether an empty cell empties the field on file; `days` how 03/05/2026 is read (empty: not at all).
    `header` is the line of the file in which the header stands, 0 the first that holds anything,
    NO_HEADER if it has none.
    """

    mode: str = BOTH
    match: str = ""
    clear: bool = False
    days: str = ""
    header: int = 0

    @classmethod
    def stored(cls, kept: Mapping[str, Any]) -> Way:
        """From what `as_json` made."""
        return cls(**kept)

    def as_json(self) -> dict[str, Any]:
        """What can be stored."""
        return asdict(self)

    def telling(self) -> frozenset[str]:
        """The fields that say by themselves whom a row means, where it need not name anybody: what it updates."""
        told = {NUMBER: {NUMBER}, CODE: {CODE}, "": {NUMBER, CODE}}.get(self.match, set())
        return frozenset(told if self.mode == UPDATE else ())

    def keys(self, keys: Sequence[Key], shadow: str, code: str | None) -> list[Key]:
        """The marks by which a row is recognised, of all those that it has; `shadow` is that of its name."""
        if self.match == NUMBER:
            return [key for key in keys if key.kind == "number"]
        if self.match == REACH:
            return [key for key in keys if key.kind in _POINTS]
        if self.match == CODE:
            return [Key(CODE, code)] if code else []
        if self.match == NAME:
            return [Key("name", shadow)] if shadow else []
        if not shadow and code:
            return [*(key for key in keys if key.kind == "number"), Key(CODE, code)]
        return list(keys)
