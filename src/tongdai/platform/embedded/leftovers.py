"""Notes on running children, so that a start after kill -9 of the supervisor finds what is left of the last run.

A note holds the process id and its start time: an id alone may by then belong to somebody else.
"""

import contextlib
import os
import select
import signal
import time
from pathlib import Path

_PATIENCE = 10.0


def remember(directory: Path, name: str, pid: int) -> None:
    """Note that `pid` runs as `name`."""
    # Whole or not at all: whoever reads it meanwhile, or after a kill, finds the old or the new one.
    written = directory / f"{name}.pid.new"
    written.write_text(f"{pid} {_started(pid) or ''}\n")
    written.replace(directory / f"{name}.pid")


def forget(directory: Path, name: str) -> None:
    """Remove the note."""
    (directory / f"{name}.pid").unlink(missing_ok=True)


def end_leftovers(directory: Path) -> None:
    """Wait for noted children that are still going down; end those that do not go."""
    deadline = time.monotonic() + _PATIENCE
    for note in directory.glob("*.pid"):
        parts = note.read_text().split()
        if len(parts) == 2 and _started(int(parts[0])) == parts[1]:
            _end(int(parts[0]), deadline)
        note.unlink(missing_ok=True)


def _end(pid: int, deadline: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            for sent in (signal.SIGTERM, signal.SIGKILL):
                signal.pidfd_send_signal(handle, sent)
                if select.select([handle], [], [], max(0.5, deadline - time.monotonic()))[0]:
                    return
        finally:
            os.close(handle)


def _started(pid: int) -> str | None:
    """The kernel's start time of a process (ticks after boot), or None when there is none (or only a zombie)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]
