"""A leg that keeps its line open with a packet of silence a second, and listens to nothing: hundreds fit into a process."""

import socket

from tongdai.entrypoints.simulate.media import FRAME, RATE, Media, Ticker

EVERY_S = 1


class Quiet(Media):
    """What it is sent is dropped by the kernel: no callback per packet."""

    async def open(self, host: str, ticker: Ticker) -> "Quiet":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self._socket.bind((host, 0))
        self.port = self._socket.getsockname()[1]
        self._ticker = ticker
        ticker.legs.add(self)
        return self

    def press(self, digits: str) -> None:
        """At once: a packet a second would make a very long key."""
        super().press(digits)
        while self._keys and self._remote is not None:
            self._socket.sendto(self._next(), self._remote)

    def tick(self) -> None:
        if self._remote is not None:
            self._socket.sendto(self._next(), self._remote)
            self._stamp += EVERY_S * RATE - FRAME

    def close(self) -> None:
        self._ticker.legs.discard(self)
        self._socket.close()
