"""Agents who do with their calls what agents do: hold, send on, ask a colleague, confer."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.parts.crowd import Crowd
from bench.parts.quiet import Quiet
from tongdai.entrypoints.simulate.agents import Agent, Floor
from tongdai.entrypoints.simulate.phone import Dialog
from tongdai.entrypoints.simulate.plan import Turn
from tongdai.entrypoints.simulate.target import Target
from tongdai.kit.waiting import is_set_within

LONGEST_S = 240.0
"""A phone on which nobody hangs up is put down then."""
DEEDS = {
    "talk": 30, "hold": 15, "to the queue": 12, "to a colleague": 12, "ask, leave it": 11, "ask, go back": 10, "confer": 10,
}  # fmt: skip


@dataclass
class Shift:
    """What all agents share: whom they work for and with, and what they did (`deed`: asked for, `deed refused`)."""

    target: Target
    crowd: Crowd
    queue_id: str
    experts: list[str]
    """Whom they ask: ids of users."""
    seed: int
    deeds: Counter[str] = field(default_factory=Counter[str])
    asked: dict[str, str] = field(default_factory=dict[str, str])
    """About whom an expert is asked, by their id: their phone rings with the number of who asks."""
    floor: Floor = field(default_factory=Floor)

    def agent(self, user: dict[str, str], number: int, talk_s: float, wrap_up_s: float) -> "Worker":
        return Worker(self, user, number, talk_s, wrap_up_s)

    def goes_dead(self) -> None:
        for dialog in tuple(self.floor.on_the_line):
            dialog.close()


class Worker(Agent):
    media = Quiet
    register_every_s = 10.0

    def __init__(
        self, shift: Shift, user: dict[str, str], number: int, talk_s: float, wrap_up_s: float
    ) -> None:
        super().__init__(shift.target, user, number, shift.seed, shift.floor, (talk_s, wrap_up_s))
        self._shift = shift
        self._draw = random.Random(f"{shift.seed}:worker:{number}")

    async def work_on(self) -> None:
        """Ready again after a missed call, or a server that was away."""
        while True:
            await asyncio.sleep(5)
            workspace = await self._ask("GET", "workspace")
            if (
                workspace
                and not workspace["assignments"]
                and workspace["presence"]["shown"] not in ("ready", "offered")
            ):
                await self._ask("PUT", "presence/me", {"state": "ready"})

    async def talk(self, dialog: Dialog, plan: Turn) -> None:
        crowd, about = self._shift.crowd, self._shift.asked.pop(self._user["id"], "")
        talk = crowd.talk_begins(dialog.peer, self._user["email"]) or crowd.talk_begins(
            about, self._user["email"]
        )
        back = crowd.called_back(dialog.peer)
        deed = self._draw.choices(list(DEEDS), list(DEEDS.values()))[0]
        try:
            if back:
                # The customer hangs up, or their phone was never answered.
                self._shift.deeds["call back"] += 1
            elif talk is None or about or await is_set_within(dialog.ended, plan.talk_s / 2):
                deed = "talk"
            else:
                await self._do(deed, dialog)
            if not await is_set_within(
                dialog.ended, plan.talk_s / 2 if plan.hangs_up and not back else LONGEST_S
            ):
                await dialog.hang_up()
        finally:
            if talk is not None:
                talk.ended, talk.hung_up = time.time(), dialog.hung_up_here

    async def _do(self, deed: str, dialog: Dialog) -> None:
        call = await self._call_id()
        if call is None or deed == "talk":
            return
        expert = self._draw.choice(self._shift.experts)
        colleague = {"kind": "colleague", "id": expert}
        match deed:
            case "hold":
                if await self._order(deed, call, "hold") and not await is_set_within(dialog.ended, 4):
                    await self._order(deed, call, "resume")
            case "to the queue":
                await self._order(deed, call, "transfer", {"kind": "queue", "id": self._shift.queue_id})
            case "to a colleague":
                await self._order(deed, call, "transfer", colleague)
            case _:
                self._shift.asked[expert] = dialog.peer
                if await self._order(deed, call, "consult", colleague) and not await is_set_within(
                    dialog.ended, 7
                ):
                    await self._decide(deed, call, dialog)

    async def _decide(self, deed: str, call: str, dialog: Dialog) -> None:
        """With the colleague on the line, or still ringing."""
        if deed == "ask, leave it":
            await self._order(deed, call, "consult/complete")
        elif deed == "ask, go back":
            await self._order(deed, call, "consult/cancel")
        elif await self._order(deed, call, "consult/merge") and not await is_set_within(dialog.ended, 6):
            await self._order(deed, call, "leave")

    async def _call_id(self) -> str | None:
        workspace: dict[str, Any] | None = await self._ask("GET", "workspace")
        assignments: list[dict[str, Any]] = (workspace or {"assignments": []})["assignments"]
        mine = (one for one in assignments if one["state"] == "accepted" and not one["party"])
        return next((str(one["call_id"]) for one in mine), None)

    async def _order(self, deed: str, call: str, order: str, body: dict[str, Any] | None = None) -> bool:
        done = await self._ask("POST", f"calls/{call}/{order}", body) is not None
        self._shift.deeds[f"{deed}: {order}" + ("" if done else ", refused")] += 1
        return done

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """None when it is refused, or nobody is there to answer."""
        with contextlib.suppress(httpx.HTTPError):
            answer = await self._client.request(method, path, json=body)
            return answer.json() if answer.is_success else None
        return None
