"""Waiting on conditions, never on time."""

import os
import select
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T | None], what: str, timeout: float = 20) -> T:
    """The first true value of `condition`, asked again until it is."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {timeout} s in vain for {what}"
        pause.wait(0.02)
    return value


def wait_for_death(pid: int, timeout: float = 15) -> None:
    """Wait on the process itself."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ready, _, _ = select.select([handle], [], [], timeout)
    os.close(handle)
    assert ready, f"process {pid} still runs"
