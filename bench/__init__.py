"""Benchmarks: a synthetic company, what each action costs in it, and what bare code would cost."""
