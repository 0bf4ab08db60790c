"""The centre as the journey over the floor needs it, and the way to it for callers and for who looks things up."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tests.journeys.conftest import Demo, eventually
from tests.journeys.tones import CUSTOMER_HZ, write_tone
from tests.telephony.rtp import Media, strength
from tests.telephony.ua import Leg, Ua

CLOSED_HZ = 700
NUMBER, STRAIGHT = "19001299", "19001200"
"""To complaints, where one who waits is an alert; to support."""
FLOW = """\
flow: the_floor
language: en
start: answer
nodes:
  answer:
    answer:
    go: wait
  wait:
    queue: {queue: complaints, max_wait: 600}
    go: {timeout: end, closed: shut}
  shut:
    label: Closed in an emergency
    hang_up:
  end:
    hang_up:
"""


@dataclass(frozen=True)
class Caller:
    """A customer on the line."""

    number: str
    media: Media
    leg: Leg

    async def hangs_up(self) -> None:
        await self.leg.hang_up()
        await self.media.close()

    def heard(self, hertz: float) -> bool:
        """Ever, for half a second."""
        heard = self.media.heard
        return any(strength(heard[at : at + 4000], hertz) > 0.5 for at in range(0, len(heard) - 4000, 1000))


@dataclass(frozen=True)
class Floor:
    admin: httpx.AsyncClient
    line: Ua

    async def dials(self, to: str, number: str) -> Caller:
        media = await Media.open(CUSTOMER_HZ)
        self.line.media_port = media.port
        leg = await self.line.invite(to, caller=number)
        await leg.status(200)
        return Caller(number, media, leg)

    async def get(self, path: str, **asked: Any) -> Any:
        return (await self.admin.get(path, params=asked)).raise_for_status().json()

    async def call_of(self, caller: Caller) -> dict[str, Any]:
        """The newest call of this number, once it is written down."""
        rows = await eventually(lambda: self._calls_of(caller))
        return await self.get(f"/interactions/{rows[0]['id']}")

    async def _calls_of(self, caller: Caller) -> list[dict[str, Any]]:
        return (await self.get("/interactions", q=caller.number))["items"]

    async def place_of(self, interaction_id: str) -> int | None:
        """In the queue."""
        waiting = (await self.get(f"/interactions/{interaction_id}"))["waiting"]
        return waiting and waiting["position"]

    async def wait_in(self, queue: str, count: int, seconds: float = 15) -> None:
        """Once so many wait there."""

        async def so_many() -> bool:
            board = await self.get("/live/board")
            return {one["name"]: one["waiting"] for one in board["queues"]}[queue] == count

        await eventually(so_many, seconds)

    async def queue(self, name: str) -> dict[str, Any]:
        return next(one for one in (await self.get("/queues"))["items"] if one["name"] == name)

    async def set_recording(self, how: str) -> None:
        queue = await self.queue("support")
        body = {"version": queue["version"], "recording": how}
        (await self.admin.patch(f"/queues/{queue['id']}", json=body)).raise_for_status()

    async def made(self, path: str, body: dict[str, Any]) -> str:
        answer = await self.admin.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


@asynccontextmanager
async def staffed(demo: Demo, tmp_path: Path) -> AsyncGenerator[Floor]:
    """A number that leads to complaints, where one caller who waits is an alert; support records when the agent says so."""
    headers = {"Authorization": f"Bearer {demo.facts['api_token']}"}
    line = await Ua.open(demo.sip_port, demo.trunk["user"], demo.trunk["password"])
    async with httpx.AsyncClient(base_url=f"{demo.url}/api/v1", headers=headers) as client:
        floor = Floor(client, line)
        write_tone(tmp_path / "storm.wav", CLOSED_HZ)
        sound = {"audio": ("storm.wav", (tmp_path / "storm.wav").read_bytes(), "audio/wav")}
        prompt = await client.post("/prompts", data={"name": "storm", "language": "en"}, files=sound)
        assert prompt.status_code == 201, prompt.text
        flow = await floor.made("/flows", {"yaml": FLOW, "publish": True})
        number = await floor.made("/numbers", {"number": NUMBER, "flow_id": flow})
        queue = await floor.queue("complaints")
        body = {"measure": "waiting", "threshold": 1, "severity": "critical", "queue_id": queue["id"]}
        rule = await floor.made("/alert-rules", body)
        await floor.set_recording("on_demand")
        yield floor
        await floor.set_recording("always")
        for path in (f"/alert-rules/{rule}", f"/numbers/{number}", f"/prompts/{prompt.json()['id']}"):
            (await client.delete(path)).raise_for_status()
    line.close()
