"""Fields in which one chooses. What can be chosen is given, and read, as pairs of code and word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField  # type: ignore[attr-defined]

from core.words import _l

Pairs = Iterable[tuple[Any, Any]]
EMPTY = ""
_kept: Any = SelectField.choices


class _Choosing:
    """WTForms wants objects of its own: it makes them of the pairs."""

    def __init__(self, label: Any = None, *, choices: Pairs = (), **options: Any) -> None:
        super().__init__(label, choices=_made(choices), **options)  # type: ignore[call-arg]

    def _as_wanted(self) -> list[Any]:
        return list(_kept.fget(self))

    def _choose_from(self, pairs: Pairs) -> None:
        _kept.fset(self, _made(pairs))

    choices: Any = property(_as_wanted, _choose_from)

    @property
    def offered(self) -> dict[Any, Any]:
        """Code → word, in the order in which they are offered."""
        return {choice.value: choice.label for choice in self.choices}


def _made(pairs: Pairs) -> list[Any]:
    return [SelectChoice(code, word) for code, word in pairs]


class OneField(_Choosing, SelectField):
    """One of several, in a list."""


class ButtonsField(_Choosing, RadioField):
    """One of a few, all to be seen."""


class ManyField(_Choosing, SelectMultipleField):
    """Several, with an empty companion; `data` is a list of codes."""

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, **{**saying(_l("Choose only from these.")), **options})

    def process_formdata(self, valuelist: Iterable[str]) -> None:
        super().process_formdata([value for value in valuelist if value != EMPTY])


def saying(message: Any) -> dict[str, Any]:
    """Our own words for a choice that there is not, for any reason."""
    return {"invalid_choice_message": message, "invalid_value_message": message}


def code(value: Any) -> Any:
    """A code as it is stored; nothing chosen is None."""
    return None if value in (None, EMPTY, "None") else str(value)
