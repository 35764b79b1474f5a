"""What is kept by number on the disk comes back as it was, and only that."""

from __future__ import annotations

import pytest

from core import scattering
from core.scattering import Kept

VALUE = ("company", {"+8613500002030": 9.0}, "", frozenset({"上海"}), ("1", "2"), True)


@pytest.mark.parametrize("at_once", [1, 200, scattering.WRITTEN_AT_ONCE])
def test_values_come_back_by_their_number(
    in_context: None, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(scattering, "WRITTEN_AT_ONCE", at_once)
    with Kept() as kept:
        for number in range(10, 500, 7):
            kept.put(number, (number, *VALUE))
        assert [kept.take(number) for number in (10, 493, 10, 17)] == [
            (number, *VALUE) for number in (10, 493, 10, 17)
        ]
        for strange in (9, 11, 500):
            with pytest.raises(KeyError):
                kept.take(strange)
        kept.put(500, ())
        assert kept.take(500) == ()
