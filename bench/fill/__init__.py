"""A synthetic company of any size: the same for the same size, seed and day."""

from __future__ import annotations

from bench.fill.filling import NotEmpty, fill

__all__ = ["NotEmpty", "fill"]
