"""Ports that nobody has, so that two runs of the suite on one machine do not meet."""

import os
import random
import socket


def free_block(length: int = 100) -> int:
    """The first of `length` neighbouring ports, all free for TCP and UDP just now, below those that the system hands out."""
    choice = random.Random(os.getpid())
    while True:
        first = choice.randrange(10_000, 32_000 - length)
        if all(_free(port) for port in range(first, first + length)):
            return first


def _free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                return False
    return True
