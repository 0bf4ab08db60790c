"""An agent sends the customer into somebody's voicemail, on real phones."""

from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.extensions.test_forwarding import group
from tests.telephony.rtp import Media, strength
from tests.telephony.test_inbound import STRAIGHT
from tests.telephony.ua import Leg
from tests.telephony.voicemail.test_voicemail import (
    GREETS,
    LEFT,
    box,
    greeting,
    messages,
    speak_after_greeting,
    speaking,
)

from tongdai.platform.auth import Extent, Principal
from tongdai.telephony.commands import Wanted
from tongdai.telephony.together.targets import Destination


async def talks(floor: Floor) -> tuple[UUID, Leg, Leg, Media]:
    """A customer with an agent: the agent, their phone, the customer's and what it says."""
    agent, desk = await floor.desk()
    voice = await speaking(desk, 0)
    await floor.world.queue([agent], name="Support", wrap_up_s=0.0, recording="always")
    await floor.hotline(STRAIGHT)
    await floor.world.ready(agent)
    customer = await floor.customer()
    media = await speaking(customer, LEFT)
    leg = await customer.invite(HOTLINE)
    media.speak_to(await leg.status(200))
    phone = await desk.incoming()
    phone.answer("200 OK", desk.offer())
    await floor.interaction(phase="talk")
    await voice.close()
    return agent, phone, leg, media


async def send(floor: Floor, agent: UUID, owner: UUID) -> None:
    call = await floor.world.value("SELECT id FROM calls WHERE tenant_id = %(tenant)s")
    me = Principal(floor.world.tenant_id, agent, "Agent", None, {"calls.take": Extent.OWN})
    at = Destination(kind="voicemail", id=owner)
    await floor.exchange.commands.give(me, Wanted("transfer", call, at.model_dump_json()))


@pytest.mark.parametrize("whose", ["colleague", "group"])
async def test_the_customer_hears_the_greeting_and_leaves_a_message_and_the_agent_is_free_at_once(
    floor: Floor, whose: str
):
    agent, phone, customer, media = await talks(floor)
    owner, _ = await floor.desk()
    if whose == "group":
        await group(floor, [owner])
        owner = await floor.world.value("SELECT id FROM extension_groups WHERE tenant_id = %(tenant)s")
    await box(floor, owner)
    await greeting(floor, owner)
    media.heard.clear()
    await send(floor, agent, owner)
    await phone.request("BYE")
    assert await floor.world.value("SELECT state FROM assignments WHERE tenant_id = %(tenant)s") == "done"
    await speak_after_greeting(customer, media)
    await media.close()
    row = await floor.interaction(state="closed")
    assert (row["result"], row["user_id"], row["hung_up_by"]) == ("answered", str(agent), "system")
    (message,) = await messages(floor)
    assert (message["owner_id"], message["caller_id"]) == (str(owner), None)
    assert message["seconds"] > 1
    kinds = await floor.world.value(
        "SELECT jsonb_agg(kind ORDER BY started_at) FROM interaction_segments"
        " WHERE tenant_id = %(tenant)s AND participant = 'customer'"
    )
    assert kinds[-2:] == ["talk", "voicemail"]
    await floor.nothing_left()


async def test_who_hangs_up_in_the_greeting_leaves_no_message(floor: Floor):
    agent, phone, customer, media = await talks(floor)
    owner, _ = await floor.desk()
    await box(floor, owner)
    await greeting(floor, owner)
    media.heard.clear()
    await send(floor, agent, owner)
    await phone.request("BYE")

    async def greeted() -> object:
        return strength(media.heard[-2400:], GREETS) > 0.5

    await until(greeted)
    await customer.hang_up()
    await media.close()
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "customer")
    assert await floor.world.value("SELECT count(*) FROM voicemails WHERE tenant_id = %(tenant)s") == 0
    await floor.nothing_left()
