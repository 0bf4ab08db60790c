"""A caller who talks with an agent on the fake, and colleagues who may be called in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.support import until
from tests.telephony.fake_floor import HOTLINE, FakeCentre, FakeFloor

from tongdai.platform.auth import Extent, Principal
from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.commands import Wanted
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.together.targets import Destination

FLOW = """
flow: anything
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: {queue: Support, max_wait: 600}
    go: {timeout: end}
  end:
    say: {silence: 2}
    go: hang_up
  hang_up:
    hang_up:
"""
ELSEWHERE = """
flow: elsewhere
start: answer
nodes:
  answer:
    answer:
    go: music
  music:
    say: {silence: 30}
    go: hang_up
  hang_up:
    hang_up:
"""


@dataclass
class Talk:
    """A caller with the first agent; the other agents are free."""

    centre: FakeCentre
    caller: FakeChannel
    phone: FakeChannel
    call_id: UUID

    @property
    def floor(self) -> FakeFloor:
        return self.centre.floor

    @property
    def first(self) -> UUID:
        return self.centre.agents[0]

    @property
    def second(self) -> UUID:
        return self.centre.agents[1]

    @classmethod
    async def begin(cls, floor: FakeFloor, *, agents: int = 2, **queue: Any) -> "Talk":
        rules: dict[str, Any] = {"wrap_up_s": 60.0, **queue}
        centre = await floor.centre(FLOW, agents=agents, **rules)
        for agent in centre.agents[1:]:
            await centre.world.not_ready(agent)
        caller = centre.call_in()
        phone = await centre.rings()
        floor.fake.switch.far_answers(phone)
        await centre.phase("talk")
        ((call_id,),) = await centre.rows("SELECT id FROM calls WHERE tenant_id = %(tenant)s")
        talk = cls(centre, caller, phone, call_id)
        await talk.hear(caller, phone)
        return talk

    async def order(self, command: str, argument: str = "", *, by: UUID | None = None) -> None:
        grants = {"calls.take": Extent.OWN, "calls.dial_national": Extent.TENANT}
        me = Principal(self.centre.world.tenant_id, by or self.first, "Agent", None, grants)
        await self.floor.exchange.commands.give(me, Wanted(command, self.call_id, argument))

    async def aim(self, command: str, kind: Any, to: UUID | str, *, by: UUID | None = None) -> None:
        to = {"number": to} if isinstance(to, str) else {"id": to}  # type: ignore[assignment]
        await self.order(command, Destination(kind=kind, **to).model_dump_json(), by=by)  # type: ignore[arg-type]

    async def hear(self, *channels: FakeChannel) -> None:
        """Once exactly these hear each other."""
        wanted = {channel.id for channel in channels}

        async def together() -> bool:
            return any(
                set(bridge.channels) - self._listeners() == wanted
                for bridge in self.floor.fake.switch.bridges.values()
                if bridge.kind == "mixing"
            )

        try:
            await until(together)
        except TimeoutError:
            bridges = {one.id: list(one.channels) for one in self.floor.fake.switch.bridges.values()}
            raise AssertionError(f"wanted {wanted} together, is {bridges}") from None

    def _listeners(self) -> set[str]:
        return {name for name in self.floor.fake.switch.channels if name.startswith("rec-")}

    async def waits(self, channel: FakeChannel) -> None:
        """Once somebody hears music."""

        async def music() -> bool:
            return channel.bridge is not None and channel.bridge.startswith("music-")

        await until(music)

    async def gone(self, channel: FakeChannel) -> None:
        async def over() -> bool:
            return channel.id not in self.floor.fake.switch.channels

        await until(over)

    async def told(self, channel: FakeChannel) -> None:
        """A phone hears a sentence, and is hung up."""

        async def over() -> bool:
            await self.floor.pass_time(0.2)
            return channel.id not in self.floor.fake.switch.channels

        await until(over)

    async def called_in(self, command: str, agent: UUID | None = None) -> FakeChannel:
        """Ask a colleague (or send the customer to them), who answers."""
        await self.aim(command, "colleague", agent or self.second)
        return await self.answers()

    async def answers(self) -> FakeChannel:
        phone = await self.centre.rings()
        self.floor.fake.switch.far_answers(phone)

        async def taken() -> bool:
            state = self.floor.exchange.call(self.call_id)
            return state is not None and phone.bridge is not None

        await until(taken)
        return phone

    async def trunk_out(self) -> None:
        """The trunk takes calls to outside."""
        self.floor.fake.switch.endpoints[f"PJSIP/{self.centre.trunk}"] = True
        async with self.centre.world.transaction() as tx:
            await tx.execute("UPDATE trunks SET host = 'sip.example.net' WHERE tenant_id = %(tenant)s")
            ((trunk,),) = await tx.fetch_tuples("SELECT id FROM trunks WHERE tenant_id = %(tenant)s")
            tx.emit(TelephonyConfigured(aggregate_id=trunk, aggregate_version=2))

        async def known() -> bool:
            found = self.floor.exchange.directory.trunk_of(f"PJSIP/{self.centre.trunk}-1")
            return found is not None and found.host is not None

        await until(known)

    async def outside_rings(self) -> FakeChannel:
        async def some() -> FakeChannel | None:
            channels = self.floor.fake.switch.channels.values()
            return next((one for one in channels if one.id.startswith("out-")), None)

        return await until(some)

    async def assignments(self) -> list[tuple[UUID, str, str | None, bool]]:
        """(user, state, outcome, party), in the order in which they were offered."""
        rows = await self.centre.rows(
            "SELECT user_id, state, outcome, party FROM assignments WHERE tenant_id = %(tenant)s ORDER BY offered_at, id"
        )
        return [(user, state, outcome, party) for user, state, outcome, party in rows]

    async def parties(self) -> list[tuple[str, str, str | None]]:
        """(purpose, state, outcome)."""
        rows = await self.centre.rows(
            "SELECT purpose, state, outcome FROM call_parties WHERE tenant_id = %(tenant)s ORDER BY invited_at, id"
        )
        return [(purpose, state, outcome) for purpose, state, outcome in rows]

    async def state(self, wanted: str) -> None:
        async def there() -> bool:
            rows = await self.centre.rows(
                "SELECT state FROM calls WHERE tenant_id = %(tenant)s AND id = %(id)s", id=self.call_id
            )
            return rows[0][0] == wanted

        await until(there)

    async def talks(self) -> list[tuple[str, UUID | None]]:
        """The customer's segments: (kind, agent), in time."""
        rows = await self.centre.rows(
            "SELECT kind, user_id FROM interaction_segments WHERE tenant_id = %(tenant)s"
            " AND participant = 'customer' ORDER BY started_at, ended_at"
        )
        return [(kind, user) for kind, user in rows]

    async def away(self) -> None:
        """The app is killed."""
        await self.floor.fake.drop()
        for call in self.floor.exchange.calls():
            await call.cancel()

    async def restart(self) -> None:
        """The app is killed and comes back: the actors are built from the rows."""
        await self.away()
        await self.floor.up()

        async def there() -> bool:
            call = self.floor.exchange.call(self.call_id)
            return call is not None and call.state is not None

        await until(there)

    async def over(self) -> None:
        """The customer hangs up: everything ends, and nobody is held up."""
        self.floor.fake.switch.far_hangs_up(self.caller)
        await self.is_over()

    async def is_over(self) -> None:
        await self.state("ended")

        async def silent() -> bool:
            return not self.centre.mine()

        await until(silent)
        rows = await self.centre.rows(
            "SELECT state FROM assignments WHERE tenant_id = %(tenant)s AND state IN ('offered', 'accepted')"
            " UNION ALL SELECT state FROM call_parties WHERE tenant_id = %(tenant)s AND state <> 'gone'"
        )
        assert rows == []


async def listens(talk: Talk, mode: str = "listen") -> FakeChannel:
    """The second agent is the one who listens."""
    await talk.order("watch", mode, by=talk.second)
    phone = await talk.centre.rings()
    talk.floor.fake.switch.far_answers(phone)
    return phone


async def spy_on(talk: Talk, line: FakeChannel, *, whisper: bool = False) -> FakeChannel:
    """Once a snoop channel is on this line."""

    async def there() -> FakeChannel | None:
        channels = list(talk.floor.fake.switch.channels.values())
        return next(
            (
                one
                for one in channels
                if one.id.startswith("spy-") and one.snoops_on == line.id and one.whispers == whisper
            ),
            None,
        )

    return await until(there)


__all__ = ["ELSEWHERE", "FLOW", "HOTLINE", "Talk", "listens", "spy_on"]
