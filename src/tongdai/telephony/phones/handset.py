"""A phone that talks with the exchange itself, outside any call: what it is told, what it says, which keys it presses."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.public import Prompts
from tongdai.kit.ids import new_id
from tongdai.telephony.ari.connection import Gone

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

SOUND_S = 7_200.0
"""So long a sound may last, if Asterisk does not say that it is over."""


class HungUp(Exception):
    """The phone is gone."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    digit: str


@dataclass(frozen=True, slots=True)
class SoundOver:
    """What was played, or recorded, by its name."""

    name: str


News = KeyPressed | SoundOver | None
"""None: it is gone."""


class Handset:
    """One phone, in one language. Every method raises HungUp once it is gone."""

    def __init__(self, exchange: "Exchange", tenant_id: UUID, channel: str, language: str) -> None:
        self._exchange = exchange
        self._tenant_id = tenant_id
        self.channel = channel
        self.language = language
        self._news: asyncio.Queue[News] = asyncio.Queue()
        self._ahead: str | None = None
        """A key that was pressed before its question came."""

    def tell(self, news: News) -> None:
        self._news.put_nowait(news)

    async def say(self, prompts: Prompts) -> str | None:
        """Say something; gives the key that cut it short."""
        return await self.play(await self._exchange.media.locate(self._tenant_id, prompts))

    async def remark(self, prompts: Prompts) -> None:
        """Say something that asks for no key: one pressed meanwhile is for what comes next."""
        self._ahead = await self.say(prompts)

    async def play(self, media: Sequence[str]) -> str | None:
        """Play something; gives the key that cut it short."""
        if self._ahead is not None or not media:
            return self._typed_ahead()
        name = f"handset-{new_id()}"
        try:
            await self._exchange.ari.channels.play_with_id(self.channel, name, ",".join(media))
        except Gone:
            raise HungUp from None
        key = await self._until(name)
        if key is not None:
            with contextlib.suppress(Gone):
                await self._exchange.ari.playbacks.stop(name)
        return key

    async def _until(self, name: str) -> str | None:
        async with asyncio.timeout(SOUND_S):
            while True:
                match await self._news.get():
                    case KeyPressed(digit=digit):
                        return digit
                    case SoundOver(name=over) if over == name:
                        return None
                    case None:
                        raise HungUp
                    case _:
                        continue

    def _typed_ahead(self) -> str | None:
        key, self._ahead = self._ahead, None
        return key

    async def key(self, seconds: float) -> str | None:
        """The next key; None when none is pressed so long."""
        if self._ahead is not None:
            return self._typed_ahead()
        try:
            async with asyncio.timeout(seconds):
                while True:
                    match await self._news.get():
                        case KeyPressed(digit=digit):
                            return digit
                        case None:
                            raise HungUp
                        case _:
                            continue
        except TimeoutError:
            return None

    async def digits(self, first: str | None, most: int, seconds: float) -> str:
        """What is typed, up to # or until nothing more comes. `first`: a key that was pressed already."""
        typed = ""
        key = first or await self.key(seconds)
        while key is not None and key != "#":
            typed += key
            if len(typed) == most:
                break
            key = await self.key(seconds)
        return typed

    async def record(self, name: str, most_s: int) -> None:
        """Record what is said after a tone, until a key or silence, as Asterisk's file of this name."""
        try:
            await self._exchange.ari.channels.record(
                self.channel,
                name,
                "wav",
                max_duration_seconds=most_s,
                max_silence_seconds=4,
                if_exists="overwrite",
                beep=True,
                terminate_on="any",
            )
        except Gone:
            raise HungUp from None
        while await self._until(name) is not None:
            continue
