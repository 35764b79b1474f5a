"""Rows of whole numbers by the million, brought together by their first number without holding them all.

They are dealt to files by that number; of one file at a time, those that belong together come back side by side.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

from flask import current_app

FILES = 64
BUFFERED = 4_096  # numbers of a file that wait in memory


class Scattered:
    """A heap of rows of `width` numbers (each below 2 ** 63 and above its negative); gone when it is closed."""

    def __init__(self, width: int) -> None:
        self.width, self.count = width, 0
        self._open = ExitStack()
        folder = str(current_app.extensions["huifang"].data)
        self._files: list[Any] = [
            self._open.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 - closed with this
            for _file in range(FILES)
        ]
        self._buffers = [array("q") for _file in range(FILES)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._open.close()

    def add(self, *row: int) -> None:
        """One more row."""
        place = row[0] % FILES
        buffer = self._buffers[place]
        buffer.extend(row)
        self.count += 1
        if len(buffer) >= BUFFERED:
            buffer.tofile(self._files[place])
            self._buffers[place] = array("q")

    def parts(self) -> Iterator[list[tuple[int, ...]]]:
        """All rows, each once, a file at a time and in order: those with the same first number stand together."""
        for file, buffer in zip(self._files, self._buffers, strict=True):
            file.seek(0)
            numbers = array("q", file.read())
            numbers.extend(buffer)
            numbers_in_turn = iter(numbers)
            yield sorted(set(zip(*[numbers_in_turn] * self.width, strict=True)))
