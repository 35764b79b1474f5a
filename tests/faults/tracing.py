"""strace on processes: what they ask of the system, and answers that a broken disk would give."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.servers import until
from tests.needs import needs


@contextmanager
def traced(pids: Sequence[int], log: Path, *arguments: str) -> Iterator[None]:
    """Run strace with these arguments on the processes and all their threads; it writes to `log`."""
    command = [permitted(), "-f", "-y", "-s", "200", "-o", str(log), *arguments]
    command += [part for pid in pids for part in ("-p", str(pid))]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        until(lambda: all(_is_traced(pid) for pid in pids), "strace has attached")
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        strace.communicate(timeout=20)


def permitted() -> str:
    """The path of strace. Containers may forbid it, and nothing that could be installed changes that."""
    strace = needs("strace")
    tried = subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"strace may not trace here ({tried.stderr.strip()}). Run it with --cap-add=SYS_PTRACE.")
    return strace


def _is_traced(pid: int) -> bool:
    """Whether every thread of a process is traced."""
    states = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return not any("TracerPid:\t0\n" in state for state in states)
