"""Callers for drills."""

import asyncio

from tests.drills.stack import Stack

from tongdai.entrypoints.simulate.media import Ticker, voice
from tongdai.entrypoints.simulate.phone import Dialog, Phone

LINE = "19001200"
"""Straight to the queue: four talk, six wait."""


class Calls:
    """Callers who stay until they are told to hang up."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.ticker = Ticker()
        self.phones: list[Phone] = []
        self.dialogs: list[Dialog] = []

    async def place(self, count: int) -> None:
        for _ in range(count):
            phone = await Phone(
                self.stack.target.trunk_account(), self.ticker, voice(120, pilot=False)
            ).open()
            self.phones.append(phone)
            self.dialogs.append(await phone.call(LINE, f"0912{len(self.phones):06d}"))

    @property
    def served(self) -> list[Dialog]:
        return [dialog for dialog in self.dialogs if dialog.media.person.is_set()]

    async def hang_up(self) -> None:
        await asyncio.gather(*(phone.close() for phone in self.phones))
        self.ticker.stop()
