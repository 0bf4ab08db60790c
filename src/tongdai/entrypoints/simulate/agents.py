"""Agents: they sign in as a browser would, register their desk phone, and work as the plan says."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

from tongdai.entrypoints.simulate.media import Media, Ticker, voice
from tongdai.entrypoints.simulate.phone import Dialog, Frames, Phone, Refused
from tongdai.entrypoints.simulate.plan import Turn, turn
from tongdai.entrypoints.simulate.target import Target
from tongdai.kit.waiting import is_set_within
from tongdai.platform.embedded.errors import SetupError

_WRAP_UP_WITHIN_S = 10.0


@dataclass(slots=True)
class Floor:
    """What the agents did."""

    signed_in: int = 0
    talking: int = 0
    answered: int = 0
    missed: int = 0
    wrapped_up: int = 0
    troubles: list[str] = field(default_factory=list[str])
    on_the_line: list[Dialog] = field(default_factory=list[Dialog])
    """The calls that agents are in, oldest first; whoever hangs one up does so as the agent."""

    def line(self) -> str:
        return (
            f"agents {self.signed_in} · talking {self.talking} · answered {self.answered} · missed {self.missed}"
            f" · wrapped up {self.wrapped_up}"
            + (f" · troubles {len(self.troubles)}" if self.troubles else "")
        )


async def run_agents(
    target: Target, count: int, seed: int, floor: Floor, *, talk_s: float, wrap_up_s: float
) -> None:
    """Until cancelled; then all hang up, and are offline. Raises SetupError when there are not so many agents."""
    users = [user for user in target.users if user["role"] == "agent"][:count]
    if len(users) < count:
        raise SetupError(f"demo.json names {len(users)} agents: ask for at most that many.")
    ticker = Ticker()
    try:
        async with asyncio.TaskGroup() as group:
            for number, user in enumerate(users):
                agent = Agent(target, user, number, seed, floor, (talk_s, wrap_up_s))
                group.create_task(agent.work(ticker))
    finally:
        ticker.stop()


class Agent:
    """One of them; `number` and the seed say how each call is treated."""

    media: Callable[[Frames], Media] = Media
    register_every_s = 50.0

    def __init__(
        self,
        target: Target,
        user: dict[str, str],
        number: int,
        seed: int,
        floor: Floor,
        means: tuple[float, float],
    ) -> None:
        self._target = target
        self._user = user
        self._number = number
        self._seed = seed
        self._floor = floor
        self._means = means
        self._calls = 0
        self._client = target.client()

    async def work(self, ticker: Ticker) -> None:
        phone = await Phone(
            self._target.device(self._user),
            ticker,
            voice(140 + self._number % 7 * 20, pilot=True),
            self.media,
        ).open()
        phone.ring = self._ring
        try:
            await self._sign_in()
            await phone.register()
            await self._put("phone/me", {"ring_on": "phone"})
            async with asyncio.TaskGroup() as group:
                group.create_task(self._stay_connected())
                group.create_task(self._stay_registered(phone))
                await self._put("presence/me", {"state": "ready"})
                self._floor.signed_in += 1
        finally:
            with contextlib.suppress(httpx.HTTPError, asyncio.CancelledError):
                await self._client.put("presence/me", json={"state": "offline"})
            await phone.close()
            await self._client.aclose()

    async def _sign_in(self) -> None:
        body = {"email": self._user["email"], "password": self._user["password"]}
        answer = await self._client.post("auth/sign-in", json=body)
        if answer.status_code != 200:
            raise SetupError(f"{self._user['email']} cannot sign in: {_detail(answer)}")

    async def _put(self, path: str, body: dict[str, Any]) -> None:
        answer = await self._client.put(path, json=body)
        if answer.is_error:
            self._trouble(f"PUT {path}: {_detail(answer)}")

    async def _stay_connected(self) -> None:
        """The socket of an open browser tab: without one an agent goes offline after the grace time."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())
        headers = {"Cookie": cookies, "Origin": str(self._client.headers["Origin"])}
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                async with websockets.connect(
                    self._target.socket_url, additional_headers=headers, ssl=self._target.trust
                ) as socket:
                    await socket.send('{"op":"subscribe","since":null,"topics":["me"]}')
                    async for _ in socket:
                        pass
            await asyncio.sleep(0.5)

    async def _stay_registered(self, phone: Phone) -> None:
        while True:
            await asyncio.sleep(self.register_every_s)
            try:
                await phone.register()
            except Refused as refusal:
                self._trouble(f"registration {refusal}")

    async def _ring(self, dialog: Dialog) -> None:
        plan = turn(self._seed, self._number, self._calls, talk_s=self._means[0], wrap_up_s=self._means[1])
        self._calls += 1
        if await is_set_within(dialog.ended, plan.answer_after_s) or not await dialog.phone.answer(dialog):
            self._floor.missed += 1
            return
        self._floor.answered += 1
        self._floor.talking += 1
        self._floor.on_the_line.append(dialog)
        try:
            await self.talk(dialog, plan)
        finally:
            self._floor.talking -= 1
            self._floor.on_the_line.remove(dialog)
        await self._wrap_up(plan)

    async def talk(self, dialog: Dialog, plan: Turn) -> None:
        """From the answer until the call is over here."""
        if not await is_set_within(dialog.ended, plan.talk_s if plan.hangs_up else None):
            await dialog.hang_up()

    async def _wrap_up(self, plan: Turn) -> None:
        """Wait for the wrap-up to begin, take the planned time, then finish it and be ready."""
        try:
            assignment = await self._in_wrap_up()
            if assignment is None:
                return
            await asyncio.sleep(plan.wrap_up_s)
            body = {
                "note": f"Simulated call {self._calls}.",
                "then": "ready",
                "disposition_id": await self._result(),
                "no_consequence": True,  # a simulated result promises nothing, and puts nobody on a list
            }
            answer = await self._client.post(f"assignments/{assignment}/done", json=body)
            if answer.is_error and answer.status_code not in (
                404,
                409,
            ):  # the wrap-up's time may have ended it
                self._trouble(f"wrap-up: {_detail(answer)}")
            else:
                self._floor.wrapped_up += 1
        except httpx.HTTPError as error:
            self._trouble(f"wrap-up: {error!r}")

    async def _in_wrap_up(self) -> str | None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _WRAP_UP_WITHIN_S
        while loop.time() < deadline:
            answer = await self._client.get("workspace")
            if answer.status_code == 200:
                for assignment in answer.json()["assignments"]:
                    if assignment["state"] == "wrap_up":
                        return str(assignment["id"])
            await asyncio.sleep(0.3)
        return None

    async def _result(self) -> str | None:
        """A disposition that ends a branch of the tree, by the plan's number; none where there is no tree."""
        answer = await self._client.get("dispositions")
        if answer.status_code != 200:
            return None
        found: list[dict[str, Any]] = answer.json()
        parents = {item.get("parent_id") for item in found}
        leaves = sorted(str(item["id"]) for item in found if item["id"] not in parents)
        return leaves[(self._seed + self._number + self._calls) % len(leaves)] if leaves else None

    def _trouble(self, text: str) -> None:
        self._floor.troubles.append(f"{self._user['email']}: {text}")


def _detail(answer: httpx.Response) -> str:
    try:
        return f"{answer.status_code} {answer.json().get('detail', '')}".strip()
    except ValueError:
        return str(answer.status_code)
