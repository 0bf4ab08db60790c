"""Identifiers.

UUID version 7 (RFC 9562): ordered by creation time, so that new rows land at the right end of every index.
"""

import os
import threading
import time
from datetime import datetime
from uuid import UUID

_lock = threading.Lock()
_last_tick = 0


def new_id() -> UUID:
    """A new UUIDv7. Within one process, later calls always sort after earlier ones."""
    global _last_tick
    with _lock:
        # 48 bits of milliseconds and 12 bits of their fraction, as one counter: monotonic even within a tick.
        now = time.time_ns()
        tick = (now // 1_000_000 << 12) | ((now % 1_000_000) * 4096 // 1_000_000)
        tick = max(tick, _last_tick + 1)
        _last_tick = tick
    milliseconds, fraction = tick >> 12, tick & 0xFFF
    random_bits = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | random_bits)


def first_id(at: datetime) -> UUID:
    """The lowest UUIDv7 of that millisecond: ids made before `at` sort before it, those made later after it."""
    milliseconds = max(0, int(at.timestamp() * 1000))
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0b10 << 62))
