"""Transfers that agents order by the phone itself: REFER and keys, on real phones; and what is refused."""

from typing import Any
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.extensions.test_forwarding import extension
from tests.telephony.rtp import Media, strength
from tests.telephony.together.together_floor import FLOW
from tests.telephony.ua import Leg, Ua, held

from tongdai.platform.embedded.asterisk_modules import phones_may_transfer
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.schemas import SettingsChange
from tongdai.tenancy.service import change_settings


async def lets_refer(floor: Floor, *users: UUID) -> None:
    """As an Asterisk has it in which phones may transfer."""
    for user in users:
        await floor.set_endpoint(f"phone-{user.hex}", allow_transfer="yes")


class Desk:
    """An agent with a customer on a desk phone, and a colleague."""

    def __init__(self, floor: Floor, agents: list[UUID], phones: list[Ua], customer: Leg, phone: Leg) -> None:
        self.floor = floor
        self.agents, self.phones = agents, phones
        self.customer, self.phone = customer, phone

    @classmethod
    async def begin(
        cls, floor: Floor, *, colleagues: int = 1, customer_port: int = 0, refers: bool = True, **queue: Any
    ) -> "Desk":
        agents: list[UUID] = []
        phones: list[Ua] = []
        for _ in range(colleagues + 1):
            agent, phone = await floor.desk()
            await floor.world.allow(agent, "calls.take", "calls.dial_national")
            agents.append(agent)
            phones.append(phone)
        if refers:
            await lets_refer(floor, *agents)
        await floor.world.queue(agents, **{"name": "Support", **queue})
        await floor.hotline(FLOW)
        await floor.world.ready(agents[0])
        caller = await floor.customer()
        caller.media_port = customer_port or caller.media_port
        customer = await caller.invite(HOTLINE)
        leg = await phones[0].incoming()
        leg.answer("200 OK")
        await customer.status(200)
        await floor.interaction(phase="talk", direction="inbound")
        return cls(floor, agents, phones, customer, leg)

    async def refer(self, to: str, more: str = "") -> str:
        """Gives what the phone is told of it."""
        target = to if to.startswith("<") else f"<sip:{to}@127.0.0.1{more}>"
        self.phone.send("REFER", more=[("Refer-To", target)])
        await self.phone.status(202, method="REFER")
        return await self.told()

    async def told(self) -> str:
        message = await self.phone.wait(lambda m: m.method == "NOTIFY" and "100" not in m.body)
        return message.body.split("\r\n")[0]

    async def extension(self, number: int) -> str:
        return await extension(self.floor, self.agents[number])

    async def keys(self, digits: str) -> None:
        """As a phone sends them that has no better way (INFO)."""
        for digit in digits:
            body = f"Signal={digit}\r\nDuration=100\r\n"
            self.phone.send("INFO", body, kind="application/dtmf-relay")
            await self.phone.status(200, method="INFO")

    async def over(self) -> dict[str, Any]:
        await self.customer.hang_up()
        row = await self.row(state="closed")
        await self.floor.nothing_left()
        return row

    async def row(self, **wanted: Any) -> dict[str, Any]:
        """The customer's contact, once it is as wanted."""

        async def look() -> dict[str, Any] | None:
            async with self.floor.world.transaction() as tx:
                ((row,),) = await tx.fetch_tuples(
                    "SELECT to_jsonb(i) FROM interactions i WHERE tenant_id = %(tenant)s AND direction = 'inbound'"
                )
            return row if all(row[name] == value for name, value in wanted.items()) else None

        return await until(look)

    async def parties(self) -> list[tuple[str, str | None, str]]:
        async with self.floor.world.transaction() as tx:
            return [
                (purpose, outcome, number)
                for purpose, outcome, number in await tx.fetch_tuples(
                    "SELECT purpose, outcome, number FROM call_parties WHERE tenant_id = %(tenant)s ORDER BY invited_at, id"
                )
            ]

    async def state(self, wanted: str) -> None:
        async def there() -> bool:
            return bool(
                await self.floor.world.value(
                    "SELECT 1 FROM calls WHERE tenant_id = %(tenant)s AND direction = 'inbound' AND state = %(state)s",
                    state=wanted,
                )
            )

        await until(there)


async def test_a_blind_transfer_by_the_phone_is_the_desktop_s(floor: Floor):
    desk = await Desk.begin(floor)
    assert await desk.refer(await desk.extension(1)) == "SIP/2.0 200 OK"
    await desk.phone.hung_up()
    colleague = await desk.phones[1].incoming()
    colleague.answer("200 OK")
    await desk.row(phase="talk", user_id=str(desk.agents[1]))
    assert await desk.parties() == [("transfer", "took_over", "")]
    await desk.over()
    states = await floor.world.value(
        "SELECT array_agg(user_id::text || ' ' || state ORDER BY offered_at) FROM assignments WHERE tenant_id = %(tenant)s"
    )
    assert states == [f"{agent} done" for agent in desk.agents]


async def test_the_customer_and_the_colleague_hear_each_other_after_the_phone_s_transfer(floor: Floor):
    voice, other = await Media.open(600), await Media.open(1000)
    desk = await Desk.begin(floor, customer_port=voice.port)
    desk.phones[1].media_port = other.port
    await desk.refer(await desk.extension(1))
    colleague = await desk.phones[1].incoming()
    colleague.answer("200 OK")
    await desk.row(phase="talk", user_id=str(desk.agents[1]))
    voice.speak_to(desk.customer.received[-1])
    other.speak_to(colleague.invite)

    async def both_hear() -> bool:
        return strength(voice.heard[-4000:], 1000) > 0.5 and strength(other.heard[-4000:], 600) > 0.5

    await until(both_hear)
    await desk.over()
    await voice.close()
    await other.close()


@pytest.mark.parametrize("to", ["+15551234567", "0281234567", "nobody", "*99", ""])
async def test_where_the_agent_may_not_send_a_customer_the_phone_hears_no_and_the_call_goes_on(
    floor: Floor, to: str
):
    desk = await Desk.begin(floor)
    assert await desk.refer(to or "<sip:127.0.0.1>") == "SIP/2.0 603 Decline"
    row = await desk.row(phase="talk", user_id=str(desk.agents[0]))
    assert row["state"] == "connected"
    assert not desk.phone.over
    await desk.over()


async def test_as_delivered_the_button_works_or_is_refused_and_the_keys_work_anyway(floor: Floor):
    """On whichever Asterisk runs here: see `phones_may_transfer`."""
    desk = await Desk.begin(floor, refers=False)
    system = (await floor.exchange.ari.asterisk.get_info(only="system")).get("system")
    assert system is not None
    if phones_may_transfer(system["version"]):
        assert await desk.refer(await desk.extension(1)) == "SIP/2.0 200 OK"
    else:
        desk.phone.send("REFER", more=[("Refer-To", f"<sip:{await desk.extension(1)}@127.0.0.1>")])
        await desk.phone.status(603, method="REFER")
        await desk.row(phase="talk", user_id=str(desk.agents[0]))
        await desk.keys(f"##{await desk.extension(1)}#")
    colleague = await desk.phones[1].incoming()
    colleague.answer("200 OK")
    await desk.row(phase="talk", user_id=str(desk.agents[1]))
    await desk.over()


async def test_a_customer_behind_the_line_transfers_nobody(floor: Floor):
    desk = await Desk.begin(floor)
    desk.customer.send("REFER", more=[("Refer-To", f"<sip:{await desk.extension(1)}@127.0.0.1>")])
    await desk.customer.status(603, method="REFER")
    await desk.over()


async def asks(desk: Desk) -> tuple[Leg, Leg]:
    """The agent holds the customer and calls the colleague on the phone's second line; gives both ends of that."""
    desk.phone.send("INVITE", held(desk.phone.body))
    await desk.phone.status(200)
    await desk.state("held")
    second = await desk.phones[0].invite(await desk.extension(1), caller=desk.phones[0].user)
    return second, await desk.phones[1].incoming()


def replaces(leg: Leg) -> str:
    """A phone's way to say: the other end of this call of mine."""
    mine = leg.local.split("tag=")[1]
    theirs = leg.remote.split("tag=")[1].split(";")[0]
    return f"<sip:x@127.0.0.1?Replaces={leg.call_id}%3Bto-tag%3D{theirs}%3Bfrom-tag%3D{mine}>"


async def test_who_was_asked_by_the_phone_s_second_call_has_the_customer(floor: Floor):
    desk = await Desk.begin(floor)
    second, colleague = await asks(desk)
    colleague.answer("200 OK")
    await second.status(200)
    assert await desk.refer(replaces(second)) == "SIP/2.0 200 OK"
    row = await desk.row(phase="talk", user_id=str(desk.agents[1]))
    assert row["queue_id"] is not None
    await desk.phone.hung_up()
    await second.request("BYE")
    assert not colleague.over
    assert await desk.parties() == [("transfer", "took_over", "")]
    await floor.interaction(direction="internal", state="closed", result="answered")
    await desk.over()
    await colleague.request("BYE")


async def test_who_rings_yet_rings_on_for_the_customer(floor: Floor):
    desk = await Desk.begin(floor)
    second, colleague = await asks(desk)
    colleague.answer("180 Ringing")
    second.learn(await second.status(180))
    assert await desk.refer(replaces(second)) == "SIP/2.0 200 OK"
    again = await desk.phones[1].incoming()
    again.answer("200 OK")
    await desk.row(phase="talk", user_id=str(desk.agents[1]))
    await desk.over()


async def test_a_colleague_s_call_cannot_be_taken_by_a_phone_that_knows_it(floor: Floor):
    desk = await Desk.begin(floor, colleagues=2)
    third = await desk.phones[2].invite(await desk.extension(1), caller=desk.phones[2].user)
    (await desk.phones[1].incoming()).answer("200 OK")
    await third.status(200)
    assert await desk.refer(replaces(third)) == "SIP/2.0 603 Decline"
    await third.hang_up()
    await desk.over()


async def test_keys_send_the_customer_on(floor: Floor):
    desk = await Desk.begin(floor)
    await desk.keys("##")
    await desk.state("held")
    await desk.keys(f"{await desk.extension(1)}#")
    colleague = await desk.phones[1].incoming()
    await desk.phone.request("BYE")
    colleague.answer("200 OK")
    await desk.row(phase="talk", user_id=str(desk.agents[1]))
    await desk.over()


async def test_keys_ask_and_hanging_up_leaves_the_customer_to_who_was_asked(floor: Floor):
    desk = await Desk.begin(floor)
    await desk.keys(f"*2{await desk.extension(1)}#")
    colleague = await desk.phones[1].incoming()
    colleague.answer("200 OK")
    await desk.state("consulting")
    await desk.phone.hang_up()
    await desk.row(phase="talk", user_id=str(desk.agents[1]))
    assert await desk.parties() == [("consult", "took_over", "")]
    await desk.over()


async def test_keys_that_lead_nowhere_bring_the_customer_back(floor: Floor):
    desk = await Desk.begin(floor)
    await desk.keys("##")
    await desk.state("held")
    await desk.keys("+15551234567"[1:] + "#")
    await desk.state("talking")
    await desk.keys("##")
    await desk.state("held")
    await desk.keys("#")
    await desk.state("talking")
    await desk.over()


async def test_keys_that_are_switched_off_are_the_other_sides_alone(floor: Floor):
    machine = await Media.open(600)
    desk = await Desk.begin(floor, customer_port=machine.port)
    await switch_keys(floor, on=False)
    await desk.keys("##")

    async def arrived() -> bool:
        return machine.keys_heard == "##"

    await until(arrived)
    await desk.row(phase="talk", user_id=str(desk.agents[0]))
    await switch_keys(floor, on=True)
    await desk.keys("##")
    await desk.state("held")
    await desk.keys("#")
    await desk.state("talking")
    await machine.close()
    await desk.over()


async def switch_keys(floor: Floor, *, on: bool) -> None:
    async with floor.world.transaction() as tx:
        before = await tenancy.settings(tx)
        await change_settings(tx, SettingsChange(version=before.version, phone_keys=on))

    async def known() -> bool:
        return floor.exchange.directory.phone_keys(floor.world.tenant_id) is on

    await until(known)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("22.10.1~dfsg", False),
        ("22.11.0", True),
        ("22.12.0-rc1", True),
        ("23.1.0", False),
        ("24.0.0", True),
        ("20.9.0", False),
        ("unknown", False),
    ],
)
def test_an_asterisk_that_a_phone_could_end_by_its_refer_refuses_all_of_them(version: str, *, wanted: bool):
    assert phones_may_transfer(version) is wanted
