"""Ports that nobody has, so that two runs of the suite on one machine do not meet."""

import itertools
import os
import random
import socket

_WORKERS = 4
_SPAN = 12_000 // _WORKERS
_BLOCKS, _BLOCKS_SPAN = 22_000, 8_000 // _WORKERS
"""Stacks have their ports, RTP among them, where no test's phone ever is; from 30,000 on is the RTP of the calls' tests."""
_PORTS_EACH = 4
"""SIPp takes the ports beside its media port, too."""
_kept: set[int] = set()
_given = itertools.count(random.Random(os.getpid()).randrange(0, _SPAN, _PORTS_EACH), _PORTS_EACH)


def free_port() -> int:
    """A port that nobody has, with its neighbours, and that this run gives to nobody else for a long while: it is bound only
    later, by another process. Below those that the system hands out; each worker has its own.
    """
    for number in _given:
        first = 10_000 + _worker() * _SPAN + number % _SPAN
        if all(_free(port) for port in range(first, first + _PORTS_EACH)):
            return first
    raise AssertionError("counting ended")


def free_block(length: int = 100, *, lasting: bool = False) -> int:
    """The first of `length` neighbouring ports, all free for TCP and UDP just now; each worker has its own. `lasting`: for a
    file of tests that comes to its ports only later; nobody else of this worker gets them.
    """
    choice = random.Random(os.getpid())
    while True:
        first = _BLOCKS + _worker() * _BLOCKS_SPAN + choice.randrange(_BLOCKS_SPAN - length)
        wanted = range(first, first + length)
        if all(_free(port) and port not in _kept for port in wanted):
            if lasting:
                _kept.update(wanted)
            return first


def rtp_ports() -> tuple[int, int]:
    """First and last for the sound of this worker's Asterisk: up to where the system hands ports out."""
    each = 2_700 // _WORKERS
    first = 30_000 + _worker() * each // 2 * 2
    return first, first + each - 2


def _worker() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS


def _free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                return False
    return True
