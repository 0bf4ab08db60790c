"""Callers who never stop: each calls, waits, talks, hangs up, and calls again under another number."""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field

from bench.parts.callees import Callees
from bench.parts.lines import Ended, Line, Talk, number_of
from bench.parts.quiet import Quiet
from tongdai.entrypoints.simulate.media import SILENCE, Ticker
from tongdai.entrypoints.simulate.phone import Dialog, Phone, Refused
from tongdai.entrypoints.simulate.target import Target

_RING_S = 20.0
_ASKING_S = 25.0
_MOST = 3
"""Nobody waits, or talks, longer than so many times the mean."""
_LATE_S = 5.0
"""Who was on the line so lately is not called back yet."""


@dataclass
class Crowd:
    """All calls that were placed, and those that are up. The same seed draws the same times."""

    target: Target
    ticker: Ticker
    hotline: str
    patience_s: float
    talk_s: float
    pause_s: float
    seed: int
    callees: Callees
    callbacks: float
    """The part of those whose patience ends who ask to be called back."""
    lines: dict[str, Line] = field(default_factory=dict[str, Line])
    up: dict[str, Dialog] = field(default_factory=dict[str, Dialog])
    stopping: bool = False
    _served: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])

    @property
    def longest_s(self) -> float:
        """So long a call lasts at most, whatever becomes of it."""
        return _MOST * (self.patience_s + self.talk_s) + _RING_S + _ASKING_S + 10

    async def live(self, caller: int) -> None:
        """One caller's life, until `stopping`; then the last call is carried through."""
        draw = random.Random(f"{self.seed}:{caller}")
        await asyncio.sleep(draw.uniform(0, self.pause_s))
        call = 0
        while not self.stopping:
            call += 1
            await self._call(f"09{caller:04}{call:04}", draw)
            await asyncio.sleep(draw.expovariate(1 / self.pause_s))

    def talk_begins(self, peer: str, agent: str) -> Talk | None:
        """An agent's phone is on the line with this number; None when it is not a caller of ours."""
        line = self.lines.get(number_of(peer))
        if line is None:
            return None
        talk = Talk(agent, time.time())
        if self.called_back(peer):
            self.callees.agents[line.number].append(talk)
            return talk
        line.talks.append(talk)
        self._served[line.number].set()
        return talk

    def called_back(self, peer: str) -> bool:
        """Whether an agent who has this number on the line calls back."""
        line = self.lines.get(number_of(peer))
        return line is not None and line.asked and line.over is not None and time.time() > line.over + _LATE_S

    def goes_dead(self) -> None:
        """Asterisk was killed: no BYE will come. Phones notice by the silence; here they are told."""
        for number, dialog in tuple(self.up.items()):
            self._over(self.lines[number], Ended.LOST)
            dialog.close()
        self.callees.goes_dead()

    async def _call(self, number: str, draw: random.Random) -> None:
        line = self.lines[number_of(number)] = Line(number_of(number), time.time())
        served = self._served[line.number] = asyncio.Event()
        patience = min(draw.expovariate(1), _MOST) * self.patience_s
        talk = min(draw.lognormvariate(0, 0.5), _MOST) * self.talk_s
        phone = await Phone(self.target.trunk_account(), self.ticker, (SILENCE,), Quiet).open()
        try:
            dialog = await phone.call(self.hotline, number, patience=_RING_S)
            line.answered = time.time()
            self.up[line.number] = dialog
            asks = draw.random() < self.callbacks
            await self._stay(line, dialog, served, patience, talk, asks=asks)
        except Refused:
            self._over(line, Ended.REFUSED)
        finally:
            self.up.pop(line.number, None)
            await phone.close()

    async def _stay(
        self,
        line: Line,
        dialog: Dialog,
        served: asyncio.Event,
        patience: float,
        talk: float,
        *,
        asks: bool,
    ) -> None:
        over = asyncio.create_task(dialog.ended.wait())
        person = asyncio.create_task(served.wait())
        try:
            await asyncio.wait({over, person}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if asks and not person.done() and not over.done():
                await self._ask(line, dialog, {over, person})
            if person.done() and not over.done():
                await asyncio.wait({over}, timeout=talk)
        finally:
            over.cancel()
            person.cancel()
        if not dialog.ended.is_set():
            self._over(line, Ended.CUSTOMER)
            await dialog.hang_up()
        self._over(line, Ended.CENTRE)

    @staticmethod
    async def _ask(line: Line, dialog: Dialog, ends: "set[asyncio.Task[bool]]") -> None:
        """The key, and yes, until the centre hangs up (or an agent was faster)."""
        dialog.media.press("5")
        until = time.monotonic() + _ASKING_S
        while time.monotonic() < until and not any(task.done() for task in ends):
            await asyncio.wait(ends, timeout=2.5, return_when=asyncio.FIRST_COMPLETED)
            if not any(task.done() for task in ends):
                line.asked = True
                dialog.media.press("1")

    @staticmethod
    def _over(line: Line, how: Ended) -> None:
        """The first to say so knows."""
        if line.over is None:
            line.over, line.ended = time.time(), how


async def settled(tasks: "list[asyncio.Task[None]]", seconds: float) -> bool:
    """Whether all ended in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*tasks)
            return True
    return False
