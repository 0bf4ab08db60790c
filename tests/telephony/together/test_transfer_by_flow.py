"""A flow connects the caller to an outside number: dead and silent trunks, a far side that falls silent, a restart of the app."""

import asyncio

import pytest
from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.rtp import Media, strength
from tests.telephony.trunks.test_trunk_answers import carrier
from tests.telephony.ua import Leg, Ua

TRANSFER = """
flow: transfer
start: answer
nodes:
  answer:
    answer:
    go: out
  out:
    transfer: {number: "0281234567", timeout: 60}
    go: {no_answer: queue}
  queue:
    queue: {queue: Support}
    go: {timeout: end}
  end:
    hang_up:
"""


async def calls(floor: Floor, media: Media | None = None, *, timeout: int = 60) -> Leg:
    """A customer whom the flow connects to outside."""
    await floor.world.queue([], name="Support")
    await floor.hotline(TRANSFER.replace("timeout: 60", f"timeout: {timeout}"))
    customer = await floor.customer()
    if media is not None:
        customer.media_port = media.port
    caller = await customer.invite(HOTLINE)
    answer = await caller.status(200)
    if media is not None:
        media.speak_to(answer)
    return caller


async def test_a_trunk_that_stays_silent_is_followed_by_the_next(floor: Floor):
    dead, alive = await carrier(floor, order=0), await carrier(floor, order=1)
    dead.deaf = True
    caller = await calls(floor)
    far = await alive.incoming(12)
    far.answer("200 OK")
    await floor.interaction(phase="talk")
    await far.hang_up()
    await caller.request("BYE")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "agent")
    await floor.nothing_left()


@pytest.mark.parametrize("sign", ["180 Ringing", "sound"])
async def test_a_trunk_that_rings_or_sounds_is_waited_for(floor: Floor, sign: str):
    first, second = await carrier(floor, order=0), await carrier(floor, order=1)
    voice = await Media.open(700)
    caller = await calls(floor)
    far = await first.incoming()
    if sign == "sound":
        first.media_port = voice.port
        far.answer("183 Session Progress", first.offer())
        voice.speak_to(far.invite)
    else:
        far.answer(sign)
    with pytest.raises(TimeoutError):
        await second.incoming(8)
    assert not far.over
    far.answer("200 OK")
    await floor.interaction(phase="talk")
    await caller.hang_up()
    await far.request("BYE")
    await floor.interaction(state="closed")
    await voice.close()
    await floor.nothing_left()


async def test_silence_on_every_trunk_leads_the_caller_on_in_the_flow(floor: Floor):
    for order in (0, 1):
        (await carrier(floor, order=order)).deaf = True
    caller = await calls(floor, timeout=9)
    await floor.interaction(phase="wait")
    await caller.hang_up()
    await floor.interaction(state="closed")
    await floor.nothing_left()


async def talking(floor: Floor) -> tuple[Leg, Leg, Ua, Media, Media]:
    """Both ends of a transferred call, and their sounds: each hears the other."""
    out = await carrier(floor)
    mine, theirs = await Media.open(500), await Media.open(900)
    out.media_port = theirs.port
    caller = await calls(floor, mine)
    far = await out.incoming()
    far.answer("200 OK")
    theirs.speak_to(far.invite)
    await floor.interaction(phase="talk")
    await until(lambda: hear(mine, theirs))
    return caller, far, out, mine, theirs


async def heard_by(floor: Floor) -> bool:
    """Whether Asterisk has received something from the far side."""
    (out,) = [one["id"] for one in await floor.exchange.ari.channels.list() if one["id"].startswith("out-")]
    return (await floor.exchange.ari.channels.rtpstatistics(out)).get("rxcount", 0) > 0


async def hear(mine: Media, theirs: Media) -> bool:
    return strength(mine.heard[-4000:], 900) > 0.5 and strength(theirs.heard[-4000:], 500) > 0.5


@pytest.mark.parametrize("spoke", [True, False])
async def test_a_far_side_that_falls_silent_ends_the_call_as_lost(floor: Floor, spoke: bool):
    out = await carrier(floor)
    name = await floor.world.value("SELECT sip_name FROM trunks WHERE host IS NOT NULL")
    await floor.set_endpoint(name, rtp_timeout="1")
    voice = await Media.open(900)
    out.media_port = voice.port
    caller = await calls(floor)
    far = await out.incoming()
    far.answer("200 OK")
    await floor.interaction(phase="talk")
    if spoke:
        voice.speak_to(far.invite)
        await until(lambda: heard_by(floor))
    await voice.close()
    await far.request("BYE")
    await caller.request("BYE")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"], row["cause"]) == ("answered", "system", "44")
    await floor.nothing_left()


async def test_both_keep_the_line_when_the_app_is_restarted(floor: Floor):
    caller, far, _, mine, theirs = await talking(floor)
    exchange = floor.exchange
    (call,) = exchange.calls()
    connection = exchange._connection  # pyright: ignore[reportPrivateUsage]
    assert connection is not None
    await call.cancel()
    await connection.close()

    async def rebuilt() -> bool:
        return any(one is not call for one in exchange.calls())

    await until(rebuilt)
    mine.heard.clear()
    theirs.heard.clear()
    await until(lambda: hear(mine, theirs))
    assert not caller.over
    assert not far.over
    await far.hang_up()
    await caller.request("BYE")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "agent")
    await asyncio.gather(mine.close(), theirs.close())
    await floor.nothing_left()
