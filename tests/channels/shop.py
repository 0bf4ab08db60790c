"""A shop's website with a chat, its visitors, and agents who answer them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from tests.api import Person, Site
from tests.support import until
from tongdai.flows.public import FlowService
from tongdai.kit.ids import new_id

FLOW = """
flow: chat
start: hello
nodes:
  hello:
    say: Hello, this is the shop.
    go: topic
  topic:
    menu:
      say: What is it about?
      keys: {1: orders, 2: returns}
      invalid: Please choose one of these.
      retries: 1
    go: {orders: queue, returns: number, no_input: queue}
  number:
    gather: {say: 'Which order?', save: order, min: 3, max: 8}
    go: {done: queue, no_input: queue}
  queue:
    queue: {queue: Chats, max_wait: 60}
    go: {timeout: sorry, no_agents: sorry}
  sorry:
    say: Nobody is here just now.
    go: end
  end:
    hang_up:
"""


@dataclass
class Visitor:
    """A browser on the shop's site."""

    http: httpx.AsyncClient
    key: str
    token: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    state: dict[str, Any] = field(default_factory=dict[str, Any])

    async def open(self, **more: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/chat/{self.key}/open", json={"token": self.token or None, **more})
        assert answer.status_code == 200, answer.text
        opened: dict[str, Any] = answer.json()
        self.token, self.heard, self.state = opened["token"], opened["messages"], opened["state"]
        return opened

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.http.post(f"/chat/{self.key}/{path}", json=body, headers={"X-Visitor": self.token})

    async def write(self, body: str, **more: Any) -> dict[str, Any]:
        answer = await self.post("messages", {"client_id": str(new_id()), "body": body, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def look(self) -> list[dict[str, Any]]:
        """What is there now, once asked; in the order in which it was written."""
        since = self.heard[-1]["seq"] if self.heard else 0
        answer = await self.http.get(
            f"/chat/{self.key}/events",
            params={"since": since, "wait": False},
            headers={"X-Visitor": self.token},
        )
        if answer.status_code == 429:
            await asyncio.sleep(0.3)  # as a window does that asks too often
            return self.heard
        assert answer.status_code == 200, answer.text
        self.state = answer.json()["state"]
        self.heard += answer.json()["messages"]
        return self.heard

    async def hears(self, *bodies: str) -> None:
        """Once these are the last messages, events left out."""

        async def so() -> bool:
            said = [one["body"] for one in await self.look() if one["kind"] == "text"]
            return said[-len(bodies) :] == list(bodies)

        try:
            await until(so)
        except TimeoutError:
            raise AssertionError([one["body"] for one in self.heard]) from None


@dataclass
class Shop:
    site: Site
    key: str
    queue_id: UUID
    agents: list[Person]

    @classmethod
    async def open(cls, site: Site, *, agents: int = 1, flow: str = FLOW, **widget: Any) -> "Shop":
        people = [await site.sign_in("agent") for _ in range(agents)]
        queue = await site.world.queue(
            [one.id for one in people], name="Chats", channel="webchat", wrap_up_s=30.0
        )
        await site.world.ready(*[one.id for one in people])
        async with site.world.transaction() as tx:
            pushed = await site.runtime.get(FlowService).push(
                tx, flow, at=site.runtime.clock.now(), publish=True
            )
        admin = await site.sign_in("admin")
        made = await admin.ok("POST", "/widgets", {"name": "Shop", "flow_id": str(pushed.flow_id), **widget})
        return cls(site, made["key"], queue, people)

    async def visitor(self, **more: Any) -> Visitor:
        visitor = Visitor(self.site.client(), self.key)
        await visitor.open(**more)
        return visitor

    async def offer(self, agent: Person) -> dict[str, Any]:
        return await self.card(agent, "offered")

    async def card(self, agent: Person, state: str) -> dict[str, Any]:
        async def there() -> Any:
            found = (await agent.ok("GET", "/workspace"))["assignments"]
            return next((one for one in found if one["state"] == state), None)

        return await until(there)

    async def taken(self, agent: Person, visitor: Visitor) -> dict[str, Any]:
        """The visitor has reached this agent; gives the agent's card."""
        await visitor.write("Hi")
        await visitor.write("orders", pressed="1")
        offer = await self.offer(agent)
        return await agent.ok("POST", f"/assignments/{offer['id']}/accept")
