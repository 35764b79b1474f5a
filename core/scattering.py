"""Rows of whole numbers by the million, brought together by their first number without holding them all.

They are dealt to files by that number; of one file at a time, those that belong together come back side by side.
Beside them, what is known of each of a million things, taken by its number.
"""

from __future__ import annotations

import marshal
import os
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

from flask import current_app

FILES = 64
BUFFERED = 4_096  # numbers of a file that wait in memory
WRITTEN_AT_ONCE = 1 << 20  # bytes


class Scattered:
    """A heap of rows of `width` numbers (each below 2 ** 63 and above its negative); gone when it is closed."""

    def __init__(self, width: int) -> None:
        self.width, self.count = width, 0
        self._open = ExitStack()
        self._files = [self._open.enter_context(_temporary()) for _file in range(FILES)]
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


class Kept:
    """Plain values by their number, in a file; in memory are 16 bytes for each. Gone when it is closed."""

    def __init__(self) -> None:
        self._file = _temporary()
        self._numbers, self._ends = array("q"), array("q", [0])
        self._buffer, self._written = bytearray(), 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def put(self, number: int, value: tuple[Any, ...]) -> None:
        """Keep one more, with a greater number than all before."""
        self._buffer += marshal.dumps(value)
        self._numbers.append(number)
        self._ends.append(self._written + len(self._buffer))
        if len(self._buffer) >= WRITTEN_AT_ONCE:
            self._write()

    def take(self, number: int) -> Any:
        """What was kept with this number. Raises KeyError."""
        place = bisect_left(self._numbers, number)
        if place == len(self._numbers) or self._numbers[place] != number:
            raise KeyError(number)
        if self._buffer:
            self._write()
        start = self._ends[place]
        return marshal.loads(os.pread(self._file.fileno(), self._ends[place + 1] - start, start))

    def _write(self) -> None:
        self._written += self._file.write(self._buffer)
        self._file.flush()
        self._buffer = bytearray()


def _temporary() -> Any:
    """A file without a name in the data folder, gone when it is closed."""
    return tempfile.TemporaryFile(dir=str(current_app.extensions["huifang"].data))
