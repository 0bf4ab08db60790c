"""The phones on which callers are called back: one far end of a line of the centre's, on which some pick up, and some do not."""

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.parts.lines import Ended, Line, Talk, number_of
from bench.parts.quiet import Quiet
from tongdai.entrypoints.simulate.media import SILENCE, Ticker
from tongdai.entrypoints.simulate.phone import Dialog, Phone
from tongdai.entrypoints.simulate.target import Target
from tongdai.kit.waiting import is_set_within

PICKS_UP = 0.8
ENOUGH_S = 2.0
"""So long both must be on the line for it to be a talk: what ends sooner may be told either way."""
LONGEST_S = 60.0
RULES = {"first": "00:00", "last": "24:00", "retry_s": 30, "max_attempts": 20}
CALLBACKS = "SELECT number, state FROM callbacks"


@dataclass
class Callees:
    """`picked_up`: by number, when a phone was on the line; `agents`: the same of agents who called it."""

    target: Target
    ticker: Ticker
    talk_s: float
    seed: int
    picked_up: dict[str, list[Talk]] = field(default_factory=lambda: defaultdict[str, list[Talk]](list))
    agents: dict[str, list[Talk]] = field(default_factory=lambda: defaultdict[str, list[Talk]](list))
    rung: int = 0

    async def open(self, *, customer_first: bool) -> None:
        """Be there, make the line known, and have the queue call back at any hour and again soon."""
        self._draw = random.Random(f"{self.seed}:callees")
        self._phone = await Phone(self.target.trunk_account(), self.ticker, (SILENCE,), Quiet).open()
        self._phone.ring = self._ring
        async with self.target.client(token=True) as client:
            line = {"name": "To the customers", "host": f"127.0.0.1:{self._phone.port}", "max_calls": 2000}
            (await client.post("trunks", json=line)).raise_for_status()
            queues = (await client.get("queues")).json()["items"]
            queue = next(one for one in queues if one["name"] == "support")
            rules = {**queue["callbacks"], **RULES, "customer_first": customer_first}
            body = {"version": queue["version"], "callbacks": rules}
            (await client.patch(f"queues/{queue['id']}", json=body)).raise_for_status()

    async def close(self) -> None:
        await self._phone.close()

    def goes_dead(self) -> None:
        """Asterisk was killed: no BYE will come."""
        for dialog in tuple(self._phone.dialogs.values()):
            dialog.close()

    async def _ring(self, dialog: Dialog) -> None:
        self.rung += 1
        called = re.search(r"sip:([^@>]+)@", dialog.local)
        if self._draw.random() > PICKS_UP:
            await asyncio.sleep(1)
            self._phone.refuse(dialog, "486 Busy Here")
            return
        if await is_set_within(dialog.ended, self._draw.uniform(0.5, 4)) or not await self._phone.answer(
            dialog
        ):
            return
        talk = Talk("customer", time.time())
        self.picked_up[number_of(called[1] if called else "")].append(talk)
        if not await is_set_within(dialog.ended, min(LONGEST_S, self._draw.expovariate(1 / self.talk_s) + 5)):
            talk.hung_up = True
            await dialog.hang_up()
        talk.ended = time.time()

    def talks(self, number: str) -> int:
        """How often an agent and this customer were on the line together."""
        return sum(
            min(theirs.ended or time.time(), ours.ended or time.time()) - max(theirs.began, ours.began)
            > ENOUGH_S
            for theirs in self.picked_up.get(number, [])
            for ours in self.agents.get(number, [])
        )


def mistakes(lines: Iterable[Line], records: Iterable[tuple[str, str]], callees: Callees) -> list[str]:
    """Promises that the books do not know, that were kept twice, or of which they tell otherwise than the phones.

    `records` are (number, state) of all callbacks; each number calls once, and so asks once at most.
    """
    told: dict[str, list[str]] = defaultdict(list)
    for number, state in records:
        told[number_of(number)].append(state)
    wrong: list[str] = []
    for line in lines:
        promised = line.asked and line.ended is Ended.CENTRE and not line.talks
        if promised and not told.get(line.number):
            wrong.append(f"{line.number} asked to be called back, and no callback is in the books")
    for number, states in told.items():
        talks, picked_up = callees.talks(number), len(callees.picked_up.get(number, []))
        if len(states) > 1:
            wrong.append(f"{number} is to be called back {len(states)} times")
        if talks > 1:
            wrong.append(f"{number} was called back {talks} times")
        if "served" in states and not picked_up:
            wrong.append(f"{number} never picked up, and its callback is served")
        if talks and "served" not in states:
            wrong.append(f"{number} was called back, and its callback is {states[0]}")
    return wrong
