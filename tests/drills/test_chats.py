"""kill -9 of the app and of the database while visitors and an agent write: both read the same, each message once, in order."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from tests.drills.stack import Stack
from tests.support import until

from tongdai.kit.ids import new_id

VISITORS = 3
EACH = 12
"""Messages of each side; in the middle of them something dies."""
MENDED_S = 60.0


async def until_taken(client: httpx.AsyncClient, path: str, body: dict[str, Any], **headers: str) -> Any:
    """As a browser does it: sent again until it is said to have arrived. A refusal is no reason to stop but a wrong one is."""
    answers: list[str] = []

    async def taken() -> Any:
        try:
            answer = await client.post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            answers.append(repr(error))
            return None
        if answer.is_success:
            return answer.json() if answer.content else True
        answers.append(f"{answer.status_code} {answer.text[:200]}")
        assert answer.status_code in (429, 500, 502, 503, 504), answers[-1]
        if answer.status_code == 429:
            await asyncio.sleep(0.5)  # as the widget does
        return None

    try:
        return await until(taken, timeout=MENDED_S)
    except TimeoutError:
        raise AssertionError(answers[-3:]) from None


class Chatting:
    """A visitor, and the agent's side of the chat."""

    def __init__(self, visitors: httpx.AsyncClient, agent: httpx.AsyncClient, key: str) -> None:
        self.visitors, self.agent, self.base = visitors, agent, f"chat/{key}"
        self.token = self.conversation = ""
        self.sent: list[str] = []

    async def begin(self) -> None:
        opened = await until_taken(self.visitors, f"{self.base}/open", {})
        self.token = opened["token"]
        await self.says("I want to talk to a person")
        await self.says("person", pressed="3")

        async def offered() -> Any:
            cards = (await self.agent.get("workspace")).json()["assignments"]
            return next((card for card in cards if card["state"] == "offered"), None)

        card = await until(offered)
        taken = await self.agent.post(f"assignments/{card['id']}/accept")
        assert taken.status_code == 200, taken.text
        self.conversation = taken.json()["thread"]["conversation_id"]

    async def says(self, body: str, **more: Any) -> None:
        words = {"client_id": str(new_id()), "body": body, **more}
        await until_taken(self.visitors, f"{self.base}/messages", words, **{"X-Visitor": self.token})

    async def both_write(self, half: asyncio.Event) -> None:
        for number in range(EACH):
            if number == EACH // 3:
                half.set()
            await self.says(f"visitor {number}")
            words = {"client_id": str(new_id()), "body": f"agent {number}"}
            await until_taken(self.agent, f"conversations/{self.conversation}/messages", words)
            self.sent += [f"visitor {number}", f"agent {number}"]

    async def read(self) -> tuple[list[str], list[str]]:
        """What the visitor and the agent read, from the first message of theirs on."""
        answer = await self.visitors.get(
            f"{self.base}/events", params={"since": 0, "wait": False}, headers={"X-Visitor": self.token}
        )
        thread = await self.agent.get(f"conversations/{self.conversation}/messages", params={"limit": 200})
        read = [answer.json()["messages"], thread.json()["messages"]]
        for messages in read:
            assert [one["seq"] for one in messages] == list(range(1, len(messages) + 1))
        visitor, agent = ([one["body"] for one in messages if one["kind"] == "text"] for messages in read)
        return visitor[visitor.index("visitor 0") :], agent[agent.index("visitor 0") :]


@pytest.mark.parametrize("killed", ["app", "postgres"])
async def test_what_both_sides_write_outlives_the_app_and_the_database(stack: Stack, killed: str) -> None:
    widget = json.loads((stack.data / "demo.json").read_text())["widget"]
    user = next(one for one in stack.target.users if one["role"] == "agent")
    async with stack.target.client() as agent, stack.target.client() as visitors:
        signed_in = await agent.post(
            "auth/sign-in", json={"email": user["email"], "password": user["password"]}
        )
        assert signed_in.status_code == 200, signed_in.text
        assert (await agent.put("presence/me", json={"state": "ready"})).is_success
        chats = [Chatting(visitors, agent, widget["key"]) for _ in range(VISITORS)]
        for chat in chats:
            await chat.begin()
        half = asyncio.Event()
        writing = [asyncio.create_task(chat.both_write(half)) for chat in chats]
        await half.wait()
        stack.kill(killed)
        await asyncio.gather(*writing)
        for chat in chats:
            visitor, answering = await chat.read()
            assert visitor == chat.sent
            assert answering == chat.sent
