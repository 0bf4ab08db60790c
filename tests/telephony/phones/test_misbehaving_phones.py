"""Phones that misbehave in numbers: both ends hang up together, codecs that nobody has, storms. Nothing is left of any call."""

from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.rtp import Media
from tests.telephony.test_sip_races import audible, centre

ROUNDS = 50


async def test_fifty_calls_whose_ends_hang_up_together_leave_nothing(floor: Floor):
    (phone,) = await centre(floor)
    customer = await floor.customer()
    for number in range(1, ROUNDS + 1):
        caller = await customer.invite(HOTLINE)
        await caller.status(200)
        agent = await phone.incoming()
        agent.answer("200 OK")

        async def talks() -> bool:
            return await floor.world.value("SELECT count(*) FROM calls WHERE state = 'talking'") == 1

        await until(talks)
        first, second = (caller, agent) if number % 2 else (agent, caller)
        first.send("BYE")
        second.send("BYE")

        async def closed(number: int = number) -> bool:
            ended = "SELECT count(*) FROM interactions WHERE state = 'closed' AND result = 'answered'"
            return await floor.world.value(ended) == number

        await until(closed)
    await floor.nothing_left()
    assert not floor.exchange.calls()
    assert await floor.world.value("SELECT count(*) FROM assignments WHERE state <> 'done'") == 0


async def test_a_caller_with_a_codec_that_nobody_has_is_told_488(floor: Floor):
    await centre(floor, agents=0)
    customer = await floor.customer()
    body = customer.offer().replace("RTP/AVP 8 101", "RTP/AVP 96")
    body = body.replace("a=rtpmap:8 PCMA/8000", "a=rtpmap:96 NOBODY/8000")
    assert "NOBODY" in body, body
    leg = await customer.invite(HOTLINE, body=body)
    await leg.status(488)
    assert await floor.world.value("SELECT count(*) FROM interactions") == 0
    await floor.nothing_left()


async def test_a_storm_of_re_invites_and_keys_leaves_the_call_as_it_is(floor: Floor):
    (phone,) = await centre(floor)
    media = await Media.open(500)
    caller = await audible(floor, media)
    agent = await phone.incoming()
    agent.answer("200 OK")
    await floor.interaction(phase="talk")
    media.press("123#" * 5)
    for sent in range(10, 101, 10):
        # More at once would overflow Asterisk's socket on a busy machine, and these phones send nothing twice.
        for _ in range(10):
            caller.again(caller.body)
            agent.again(agent.body)
            caller.send("INFO", "Signal=5\r\nDuration=100\r\n", kind="application/dtmf-relay")

        async def answered(wanted: int = sent) -> bool:
            return sum(m.method == "INFO" and m.status >= 200 for m in caller.received) >= wanted

        await until(answered)
    assert not caller.over
    assert not agent.over
    assert (await floor.interaction(phase="talk"))["state"] == "connected"
    caller.send("BYE")
    await caller.status(200, method="BYE")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "customer")
    await media.close()
    await floor.nothing_left()
