"""How likely a customer that was found is the one that is meant. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.names import shadow, sort_key

EXACT, BEGINS, SOUNDS, ELSEWHERE = range(4)


def likelihood(q: str, *, names: Sequence[str], people: Sequence[str]) -> int:
    """The smaller the likelier: the very name, how a name begins, how it begins to sound, or somewhere in it."""
    typed = shadow(q, company=False)
    if not typed:
        return ELSEWHERE
    forms = [shadow(name, company=False) for name in (*names, *people)]
    if typed in forms:
        return EXACT
    if any(form.startswith(typed) for form in forms):
        return BEGINS
    sounds = [
        *(_sounds(name, person=False) for name in names), *(_sounds(name, person=True) for name in people)
    ]  # fmt: skip
    if any(sound.startswith(typed) for pair in sounds for sound in pair):
        return SOUNDS
    return ELSEWHERE


def _sounds(name: str, *, person: bool) -> tuple[str, str]:
    """How a name is spelled in letters, and its initials: huaxing, hx."""
    spelled = [part for part in sort_key(name, person=person).lower().split() if part.isascii()]
    return "".join(spelled), "".join(part[0] for part in spelled)
