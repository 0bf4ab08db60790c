"""RFC 4475 and worse, from strangers and from a trunk that is trusted by its address: nothing breaks, nothing is left."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from tests.support import until
from tests.telephony import torture
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.test_sip_races import UNANSWERED, centre

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb
from tongdai.telephony.events import TelephonyConfigured

TRUSTED, STRANGER = "127.0.0.7", "127.0.0.8"
"""Addresses of this machine that no other test sends from."""


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.answers: list[bytes] = []

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.answers.append(data)


@asynccontextmanager
async def sender(floor: Floor, host: str) -> AsyncGenerator[tuple[asyncio.DatagramTransport, _Ear]]:
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(
        _Ear, local_addr=(host, 0), remote_addr=("127.0.0.1", floor.port)
    )
    yield transport, ear
    transport.close()


async def trusted_trunk(floor: Floor) -> None:
    trunk_id, name = new_id(), f"trusted-{new_id().hex}"
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password, match)"
            " VALUES (%(tenant)s, %(id)s, 'Trusted', %(name)s, %(name)s, 'secret', %(match)s)",
            {"id": trunk_id, "name": name, "match": Jsonb([f"{TRUSTED}/32"])},
        )
        tx.emit(TelephonyConfigured(aggregate_id=trunk_id, aggregate_version=1))

    async def known() -> object:
        return floor.exchange.directory.trunk_of(f"PJSIP/{name}-1")

    await until(known)


async def still_well(floor: Floor) -> None:
    """A customer gets through, and everything that the torture began can be ended."""
    caller = await (await floor.customer()).invite(HOTLINE, caller="0987654321")

    async def waits() -> object:
        return await floor.world.value("SELECT phase = 'wait' FROM interactions WHERE peer = '+84987654321'")

    await until(waits)
    caller.cancel()
    await caller.status(487)
    for channel in await floor.exchange.ari.channels.list():
        await floor.exchange.drop(channel["id"])
    await floor.nothing_left()

    async def closed() -> object:
        return await floor.world.value("SELECT count(*) = 0 FROM interactions WHERE state <> 'closed'")

    await until(closed)

    async def forgotten() -> object:
        return not floor.exchange.calls()

    await until(forgotten)


MESSAGES = {**torture.VALID, **torture.INVALID, **torture.NASTY}


@pytest.mark.parametrize("host", [TRUSTED, STRANGER])
async def test_torture(floor: Floor, host: str):
    await centre(floor, UNANSWERED, agents=0)
    if host == TRUSTED:
        await trusted_trunk(floor)
    async with sender(floor, host) as (transport, ear):
        port = transport.get_extra_info("sockname")[1]
        for number, text in enumerate(MESSAGES.values(), 1):
            transport.sendto(torture.message(text, number=number, host=host, port=port, server=floor.port))
            await asyncio.sleep(0.01)
        for size in (0, 1, 4, 400, 20_000):
            transport.sendto(b"\x00\xff" * size)
        if host == TRUSTED:

            async def answered() -> object:
                return len(ear.answers) > 20 and await floor.world.value(
                    "SELECT count(*) > 5 FROM interactions"
                )

            await until(answered)
        await still_well(floor)
    stored = await floor.world.value("SELECT array_agg(peer_name || peer_raw) FROM interactions")
    assert all(text.isprintable() for text in stored)
    if host == STRANGER:
        assert len(stored) == 1


@pytest.mark.parametrize("name", sorted(torture.NASTY))
async def test_a_hostile_name_or_number_is_a_call_like_others(floor: Floor, name: str):
    """Whatever a trusted trunk says of the caller, the call is taken (or refused by Asterisk) and can be shown."""
    await centre(floor, UNANSWERED, agents=0)
    await trusted_trunk(floor)
    async with sender(floor, TRUSTED) as (transport, ear):
        port = transport.get_extra_info("sockname")[1]
        text = torture.message(
            torture.NASTY[name],
            number=1000 + sorted(torture.NASTY).index(name),
            host=TRUSTED,
            port=port,
            server=floor.port,
        )
        transport.sendto(text)

        async def answered() -> object:
            refused = any(answer.startswith(b"SIP/2.0 4") for answer in ear.answers)
            return refused or await floor.world.value("SELECT phase = 'wait' FROM interactions")

        if name != "nul in the name":  # Asterisk's parser drops what has a NUL in its head
            await until(answered)
        await still_well(floor)
