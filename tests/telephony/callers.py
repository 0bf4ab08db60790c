"""Customers and agents who are on the line by voice: each sounds a tone, and tells which tones they have heard."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.rtp import RATE, Media, strength, tone
from tests.telephony.ua import Leg, Ua

from tongdai.flows.audio import to_wav
from tongdai.flows.public import FlowService

ENOUGH = 0.3


@dataclass
class Voice:
    """One on the line. `heard_by` counts, per tone, the tenths of a second in which it was heard."""

    ua: Ua
    media: Media
    user: UUID | None = None
    leg: Leg | None = None
    marks: dict[str, int] = field(default_factory=dict[str, int])
    _listened: dict[tuple[float, int], tuple[int, int]] = field(
        default_factory=dict[tuple[float, int], tuple[int, int]]
    )

    @property
    def who(self) -> UUID:
        assert self.user is not None
        return self.user

    async def call(self, to: str = HOTLINE) -> None:
        self.leg = await self.ua.invite(to)
        self.media.speak_to(await self.leg.status(200))

    async def answer(self) -> None:
        self.leg = await self.ua.incoming()
        self.leg.answer("200 OK", self.ua.offer())
        self.media.speak_to(self.leg.invite)

    async def hang_up(self) -> None:
        assert self.leg is not None
        await self.leg.hang_up()

    def tenths(self, hertz: float, since: int = 0) -> int:
        """In how many tenths of a second this tone was heard, be it among others. Each is listened to once."""
        size, (found, at) = RATE // 10, self._listened.get((hertz, since), (0, since))
        while at + size <= len(self.media.heard):
            found += strength(self.media.heard[at : at + size], hertz) > ENOUGH
            at += size
        self._listened[hertz, since] = found, at
        return found

    async def hears(self, hertz: float, tenths: int = 2, *, since: int = 0, timeout: float = 30) -> None:
        """Once the tone has been heard for so long."""

        async def heard() -> bool:
            return self.tenths(hertz, since) >= tenths

        try:
            await until(heard, timeout=timeout)
        except TimeoutError:
            raise AssertionError(f"{hertz} Hz heard for {self.tenths(hertz, since)} tenths") from None

    def now(self) -> int:
        """What was heard until now is before this."""
        return len(self.media.heard)


async def customer(floor: Floor, hertz: float = 0) -> Voice:
    ua, media = await floor.customer(), await Media.open(hertz)
    ua.media_port = media.port
    return Voice(ua, media)


async def agent(floor: Floor, hertz: float = 0) -> Voice:
    user, ua = await floor.desk()
    media = await Media.open(hertz)
    ua.media_port = media.port
    return Voice(ua, media, user)


async def close(voices: Iterable[Voice]) -> None:
    for voice in voices:
        await voice.media.close()


async def prompt(floor: Floor, name: str, hertz: float, seconds: float = 0.6, language: str = "en") -> None:
    """An uploaded prompt that is a tone."""
    file, samples = io.BytesIO(), np.array(tone(hertz, seconds), dtype=np.int16)
    writer: Any = sf
    writer.write(file, samples, RATE, format="WAV", subtype="PCM_16")
    audio, length = to_wav(file.getvalue())
    async with floor.world.transaction() as tx:
        await floor.runtime.get(FlowService).save_prompt(tx, name, language, "", audio, length)
