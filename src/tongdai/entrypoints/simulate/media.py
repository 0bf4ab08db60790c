"""Sound of one leg over RTP: A-law, 20 ms a packet, keys as RFC 4733 events, and an ear for an agent's voice.

Voices are made: syllables of a few harmonics. An agent's voice carries a pilot tone, by which a caller hears that a
person came on, where a human would hear the music stop. One ticker sends for all legs.
"""

import asyncio
import secrets
import struct
from collections import deque
from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 8000
FRAME = 160
PCMA, EVENTS = 8, 101
PILOT_HZ = 1850.0
SILENCE = b"\xd5" * FRAME
_KEYS = "0123456789*#ABCD"
_HEAR_EVERY = 5


def to_alaw(samples: NDArray[np.float64]) -> bytes:
    """Samples of -1…1 by G.711 A-law."""
    value = np.clip(np.abs(samples) * 32767, 0, 32767).astype(np.int64) >> 4
    exponent = np.zeros_like(value)
    for step in range(1, 8):
        exponent += value >= (1 << (step + 4))
    mantissa = np.where(exponent == 0, value >> 1, value >> np.maximum(exponent, 1)) & 0x0F
    coded = (np.where(samples >= 0, 0x80, 0) | (exponent << 4) | mantissa) ^ 0x55
    return coded.astype(np.uint8).tobytes()


@cache
def _from_alaw() -> NDArray[np.float64]:
    table = np.zeros(256)
    for byte in range(256):
        value = byte ^ 0x55
        exponent, mantissa = (value >> 4) & 7, value & 15
        size = (mantissa * 2 + 1) << 3 if exponent == 0 else (mantissa * 2 + 33) << (exponent + 2)
        table[byte] = size / 32768 * (1 if value & 0x80 else -1)
    return table


@cache
def voice(pitch: float, pilot: bool) -> tuple[bytes, ...]:
    """Four seconds of somebody speaking, as frames to send over and over."""
    time = np.arange(4 * RATE) / RATE
    speech = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 2, 3)) * 0.12
    syllables = np.clip(np.sin(2 * np.pi * 3.5 * time) + 0.4 * np.sin(2 * np.pi * 0.5 * time), 0, 1)
    samples = speech * syllables + (0.15 * np.sin(2 * np.pi * PILOT_HZ * time) if pilot else 0)
    coded = to_alaw(samples)
    return tuple(coded[start : start + FRAME] for start in range(0, len(coded), FRAME))


@cache
def _wave() -> NDArray[np.complex128]:
    return np.exp(-2j * np.pi * PILOT_HZ * np.arange(FRAME) / RATE)


def has_pilot(payload: bytes) -> bool:
    """Whether the pilot tone carries a good part of a frame's energy."""
    if len(payload) != FRAME:
        return False
    samples = _from_alaw()[np.frombuffer(payload, np.uint8)]
    energy = float(np.sum(samples**2))
    tone = 2 * abs(complex(np.sum(samples * _wave()))) ** 2 / FRAME
    return energy > 0.05 and tone / energy > 0.25


class Media(asyncio.DatagramProtocol):
    """One leg's RTP socket."""

    def __init__(self, frames: tuple[bytes, ...]) -> None:
        self.person = asyncio.Event()
        """An agent's voice was heard."""
        self.received = self.sent = 0
        self._frames = frames
        self._ssrc = secrets.randbits(32)
        self._sequence, self._stamp = secrets.randbits(15), secrets.randbits(31)
        self._keys: deque[tuple[int, int, int, bool]] = deque()
        self._heard = 0
        self._remote: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self.port = 0

    async def open(self, host: str, ticker: "Ticker") -> "Media":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        self._ticker = ticker
        ticker.legs.add(self)
        return self

    def send_to(self, host: str, port: int) -> None:
        self._remote = (host, port)

    def press(self, digits: str) -> None:
        """Each key 100 ms long, 100 ms apart; the end is sent three times."""
        for digit in digits.upper():
            if digit not in _KEYS:
                continue
            for step in range(5):
                self._keys.append((_KEYS.index(digit), FRAME * (step + 1), step, False))
            self._keys.extend((_KEYS.index(digit), FRAME * 5, 5 + step, True) for step in range(3))
            self._keys.extend((-1, 0, 0, False) for _ in range(5))

    def tick(self) -> None:
        if self._remote is not None and self._transport is not None:
            self._transport.sendto(self._next(), self._remote)

    def _next(self) -> bytes:
        """The packet that is due: of a key that is being pressed, else of the voice."""
        kind, payload, stamp, mark = PCMA, self._frames[self.sent % len(self._frames)], self._stamp, 0
        if self._keys:
            key, duration, step, end = self._keys.popleft()
            if key >= 0:
                kind, payload = EVENTS, struct.pack("!BBH", key, 0x80 * end | 10, duration)
                stamp, mark = self._stamp - FRAME * step, 0x80 * (step == 0)
            else:
                payload = SILENCE
        head = struct.pack(
            "!BBHII", 0x80, mark | kind, self._sequence & 0xFFFF, stamp & 0xFFFFFFFF, self._ssrc
        )
        self.sent += 1
        self._sequence += 1
        self._stamp += FRAME
        return head + payload

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received += 1
        if self.received % _HEAR_EVERY or self.person.is_set() or len(data) < 12 or data[1] & 0x7F != PCMA:
            return
        self._heard = self._heard + 1 if has_pilot(data[12:]) else 0
        if self._heard >= 3:
            self.person.set()

    def close(self) -> None:
        if self._transport is not None:
            self._ticker.legs.discard(self)
            self._transport.close()
            self._transport = None


class Ticker:
    """Lets every leg send, fifty times a second unless told otherwise; after a hold-up it catches up instead of drifting."""

    def __init__(self, every_s: float = 0.02) -> None:
        self.legs: set[Media] = set()
        self._every_s = every_s
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + self._every_s, loop.time() - 10 * self._every_s)
            await asyncio.sleep(max(0.0, due - loop.time()))
            for leg in tuple(self.legs):
                leg.tick()

    def stop(self) -> None:
        self._task.cancel()
