"""Conference rooms on the fake."""

from typing import Any
from uuid import UUID

from tests.support import until
from tests.telephony.fake_floor import FakeCentre
from tests.telephony.together.together_floor import Talk

from tongdai.kit.ids import new_id
from tongdai.people.public import hash_pin
from tongdai.platform.database import Transaction
from tongdai.telephony.ari.fake.channels import FakeBridge, FakeChannel

PIN, WRONG = "2718", "3141"
HASH = hash_pin(PIN)


async def make_room(tx: Transaction, *, pin: bool = False, most: int = 20, tone: bool = True) -> UUID:
    """The room at 700."""
    room_id = new_id()
    await tx.execute(
        "INSERT INTO conference_rooms (tenant_id, id, name, extension, pin, max_members, tone)"
        " VALUES (%(tenant)s, %(id)s, 'Thursday', '700', %(pin)s, %(most)s, %(tone)s)",
        {"id": room_id, "pin": HASH if pin else "", "most": most, "tone": tone},
    )
    return room_id


class Rooms:
    """A room, colleagues who dial it, and a caller who talks with the first of them."""

    def __init__(self, talk: Talk, room_id: UUID) -> None:
        self.talk = talk
        self.id = room_id

    @classmethod
    async def begin(cls, talk: Talk, **values: Any) -> "Rooms":
        for agent in talk.centre.agents:
            await talk.centre.world.allow(agent, "calls.take")
        async with talk.centre.world.transaction() as tx:
            return cls(talk, await make_room(tx, **values))

    @property
    def centre(self) -> FakeCentre:
        return self.talk.centre

    @property
    def bridge(self) -> FakeBridge | None:
        return self.talk.floor.fake.switch.bridges.get(f"room-{self.id}")

    async def dial(self, agent: int) -> FakeChannel:
        """A colleague's phone dials the room."""
        centre = self.centre
        switch = self.talk.floor.fake.switch
        phone = switch.call_in(centre.phones[centre.agents[agent]], "700", context="from-agent")
        await self.in_state(phone, "in_room")
        return phone

    async def row(self, channel: FakeChannel) -> dict[str, Any]:
        rows = await self.centre.rows(
            "SELECT to_jsonb(c) || jsonb_build_object('direction', i.direction, 'result', i.result, 'phase', i.phase)"
            " FROM calls c JOIN interactions i ON i.id = c.interaction_id WHERE c.tenant_id = %(tenant)s"
            " AND %(channel)s IN (c.customer_channel, c.agent_channel) ORDER BY c.started_at DESC LIMIT 1",
            channel=channel.id,
        )
        return rows[0][0] if rows else {}

    async def in_state(self, channel: FakeChannel, state: str) -> None:
        async def there() -> bool:
            return (await self.row(channel)).get("state") == state

        await until(there)

    async def inside(self, *channels: FakeChannel) -> None:
        """Once exactly these are in the room, by the books."""
        wanted = {channel.id for channel in channels}

        async def there() -> bool:
            rows = await self.centre.rows(
                "SELECT coalesce(nullif(customer_channel, ''), agent_channel) FROM calls WHERE tenant_id = %(tenant)s"
                " AND room_id = %(id)s AND room_joined_at IS NOT NULL AND ended_at IS NULL",
                id=self.id,
            )
            return {row[0] for row in rows} == wanted

        await until(there)

    async def asked(self, channel: FakeChannel) -> None:
        """Once the PIN is being asked for."""

        async def plays() -> bool:
            return any(one.kind == "playback" for one in channel.operations)

        await until(plays)

    async def key(self, channel: FakeChannel, digits: str) -> None:
        for digit in digits:
            self.talk.floor.fake.switch.far_presses(channel, digit)

    async def failures(self, count: int) -> None:
        async def counted() -> bool:
            rows = await self.centre.rows(
                "SELECT pin_failures FROM conference_rooms WHERE tenant_id = %(tenant)s AND id = %(id)s",
                id=self.id,
            )
            return rows[0][0] == count

        await until(counted)

    async def turned_away(self, channel: FakeChannel) -> None:
        """Key wrong PINs until there are no more tries."""
        before = (
            await self.centre.rows("SELECT pin_failures FROM conference_rooms WHERE id = %(id)s", id=self.id)
        )[0][0]
        for tries in range(1, 4):
            await self.asked(channel)
            await self.key(channel, f"{WRONG}#")
            await self.failures(before + tries)

    async def gone(self) -> None:
        """Once the room's bridge is no more."""

        async def none() -> bool:
            return self.bridge is None

        await until(none)
