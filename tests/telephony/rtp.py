"""A far side's media in Python: sends a tone and keys (RFC 4733), keeps what it hears, and measures tones in it."""

import asyncio
import contextlib
import math
import struct
from collections.abc import Sequence

from tongdai.entrypoints.simulate.messages import Message

PACKET = 160
RATE = 8000
EVENT_PAYLOAD = 101


def _alaw(sample: int) -> int:
    """G.711 A-law of a 16-bit sample."""
    sign = 0x80 if sample >= 0 else 0
    magnitude = min(abs(sample), 32635)
    exponent = max(0, magnitude.bit_length() - 8)
    mantissa = (magnitude >> (4 if exponent == 0 else exponent + 3)) & 0x0F
    return ((sign | (exponent << 4) | mantissa) ^ 0x55) & 0xFF


def _linear(code: int) -> int:
    """16-bit sample of an A-law byte."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 0x0F
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return value if code & 0x80 else -value


def tone(hertz: float, seconds: float, rate: int = RATE, amplitude: int = 8000) -> list[int]:
    return [round(amplitude * math.sin(2 * math.pi * hertz * n / rate)) for n in range(round(seconds * rate))]


def strength(samples: Sequence[float], hertz: float, rate: int = RATE) -> float:
    """The share (0–1) of the signal's power at a frequency (Goertzel). 0 for silence."""
    power = sum(s * s for s in samples)
    if not samples or power == 0:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * hertz / rate)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    at = before * before + last * last - coefficient * before * last
    return min(1.0, 2 * at / (len(samples) * power))


class Media(asyncio.DatagramProtocol):
    """One RTP endpoint. `hertz` 0 sends silence; nothing is sent before the other side's first packet."""

    def __init__(self, hertz: float = 0) -> None:
        self.heard: list[int] = []
        self.keys_heard = ""
        self._key_at = b""
        self.port = 0
        self._voice = self._sentence = b""
        self.speak(hertz)
        self._transport: asyncio.DatagramTransport | None = None
        self._peer: tuple[str, int] | None = None
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._sequence = 0
        self._time = 0
        self._open = False
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, hertz: float = 0) -> "Media":
        loop = asyncio.get_running_loop()
        transport, media = await loop.create_datagram_endpoint(
            lambda: cls(hertz), local_addr=("127.0.0.1", 0)
        )
        media._transport = transport
        media.port = transport.get_extra_info("sockname")[1]
        media._task = asyncio.create_task(media._send())
        return media

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._peer = addr
        self._open = True
        if len(data) > 12 and data[1] & 0x7F == 8:
            self.heard.extend(_linear(code) for code in data[12:])
        elif len(data) > 12 and data[1] & 0x7F == EVENT_PAYLOAD and data[4:8] != self._key_at:
            self._key_at = data[4:8]
            self.keys_heard += "0123456789*#ABCD"[data[12] & 0x0F]

    def speak(self, hertz: float) -> None:
        """From now on this tone; 0 is silence."""
        samples = tone(hertz, 1.0) if hertz else [0] * RATE
        self._voice = bytes(_alaw(sample) for sample in samples)

    def say(self, alaw: bytes) -> None:
        """Say this once, instead."""
        self._sentence = alaw

    def speak_to(self, message: Message | None) -> None:
        """Send where the session description of an INVITE or an answer says."""
        where = message.media() if message else None
        assert where is not None
        self.send_to(*where)

    def send_to(self, host: str, port: int) -> None:
        """Speak first."""
        self._peer = (host, port)

    def press(self, keys: str) -> None:
        """As people do once the line is open: something was heard, or a second has passed."""
        for key in keys:
            self._keys.put_nowait(key)

    async def _send(self) -> None:
        """A packet every 20 ms by the clock, so that a late one is followed by the next at once."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        offset = 0
        while True:
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))
            if self._peer is None:
                continue
            if (self._open or self._time > RATE) and not self._keys.empty():
                due = await self._send_key(self._keys.get_nowait(), due)
            chunk, self._sentence = self._sentence[:PACKET], self._sentence[PACKET:]
            if len(chunk) < PACKET:
                chunk = self._voice[offset : offset + PACKET]
                offset = (offset + PACKET) % len(self._voice)
            self._packet(8, chunk, marker=False)
            self._time += PACKET

    async def _send_key(self, key: str, due: float) -> float:
        """One key of 100 ms: five packets, then the end three times, as RFC 4733 asks."""
        loop = asyncio.get_running_loop()
        code = "0123456789*#ABCD".index(key)
        for n in range(1, 9):
            end = n > 5
            payload = struct.pack("!BBH", code, (0x80 if end else 0) | 10, min(n, 5) * PACKET)
            self._packet(EVENT_PAYLOAD, payload, marker=n == 1)
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))
        self._time += 8 * PACKET
        return due

    def _packet(self, payload_type: int, payload: bytes, *, marker: bool) -> None:
        assert self._transport is not None
        assert self._peer is not None
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack(
            "!BBHII",
            0x80,
            (0x80 if marker else 0) | payload_type,
            self._sequence,
            self._time & 0xFFFFFFFF,
            0x1234,
        )
        self._transport.sendto(head + payload, self._peer)
