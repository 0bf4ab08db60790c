"""One data directory belongs to one running stack; the kernel gives the lock back even after kill -9."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tongdai.platform.embedded.errors import SetupError


@contextmanager
def directory_lock(directory: Path) -> Generator[None]:
    """Hold `directory`, or raise SetupError that names the process that does. Nothing in it may be touched before."""
    (directory / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(directory / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(lock, 20, 0).decode() or "unknown"
            raise SetupError(
                f"Another Tongdai (process {owner}) runs with the data directory {directory}: stop it, or choose "
                "another directory with --data DIR."
            ) from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)
