"""Messages that cross, come late, twice or never, on a real Asterisk: both sides end, and the log is true."""

import asyncio

import pytest
from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.rtp import Media
from tests.telephony.test_inbound import STRAIGHT
from tests.telephony.ua import Leg, Ua, held

BACKGROUND = 40
"""So many transactions may write in one quiet time and not in another (leases, jobs): far from one for each of 200 calls."""
UNANSWERED = """
flow: unanswered
start: queue
nodes:
  queue:
    queue: Support
    go: {timeout: end}
  end:
    hang_up:
"""


async def centre(floor: Floor, flow: str = STRAIGHT, agents: int = 1, **queue: object) -> list[Ua]:
    """A hotline with ready agents; gives their phones."""
    desks = [await floor.desk() for _ in range(agents)]
    await floor.world.queue([user for user, _ in desks], name="Support", **{"missed_limit": 0, **queue})
    await floor.hotline(flow)
    await floor.world.ready(*[user for user, _ in desks])
    return [phone for _, phone in desks]


async def talking(floor: Floor) -> tuple[Leg, Leg]:
    """A customer and an agent who talk: their ends of the call."""
    (phone,) = await centre(floor)
    customer = await floor.customer()
    caller = await customer.invite(HOTLINE)
    await caller.status(200)
    agent = await phone.incoming()
    agent.answer("200 OK")
    await floor.interaction(phase="talk")
    return caller, agent


async def audible(floor: Floor, media: Media) -> Leg:
    """A customer who calls, speaks and listens."""
    customer = await floor.customer()
    customer.media_port = media.port
    caller = await customer.invite(HOTLINE)
    media.speak_to(await caller.status(200))
    return caller


async def test_a_caller_cancels_before_anybody_rings(floor: Floor):
    await centre(floor, UNANSWERED, agents=0, short_abandon_s=0.0)
    caller = await (await floor.customer()).invite(HOTLINE)
    await floor.interaction(phase="wait")
    caller.cancel()
    await caller.status(487)
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("abandoned", "customer")
    await floor.nothing_left()


async def test_a_caller_cancels_at_once(floor: Floor):
    """The CANCEL is there while the app takes the call. (One that comes before Asterisk told of the call leaves no trace.)"""
    await centre(floor, UNANSWERED, agents=0)
    caller = await (await floor.customer()).invite(HOTLINE)
    await caller.status(100)

    async def told() -> bool:
        channels = await floor.exchange.ari.channels.list()
        return any(channel["dialplan"]["app_name"] == "Stasis" for channel in channels)

    await until(told)
    caller.cancel()
    await caller.status(487)
    row = await floor.interaction(state="closed")
    assert row["hung_up_by"] == "customer"
    await floor.nothing_left()


async def test_a_caller_cancels_while_a_phone_rings(floor: Floor):
    (phone,) = await centre(floor, UNANSWERED)
    caller = await (await floor.customer()).invite(HOTLINE)
    agent = await phone.incoming()
    agent.answer("180 Ringing")
    caller.cancel()
    await caller.status(487)
    await agent.request("CANCEL")
    row = await floor.interaction(state="closed")
    assert (row["connected_at"], row["hung_up_by"]) == (None, "customer")
    await floor.nothing_left()


async def test_cancel_and_answer_cross(floor: Floor):
    (phone,) = await centre(floor, UNANSWERED)
    caller = await (await floor.customer()).invite(HOTLINE)
    agent = await phone.incoming()
    agent.answer("200 OK")
    caller.cancel()

    async def over() -> bool:
        return any(m.status in (487, 200) and m.method == "INVITE" for m in caller.received)

    await until(over)
    if not any(m.status == 487 for m in caller.received):
        await (
            caller.hang_up()
        )  # the answer was faster: the CANCEL came too late, and a customer hangs up then
    row = await floor.interaction(state="closed")
    assert row["hung_up_by"] == "customer"
    await floor.nothing_left()


async def test_both_hang_up_at_once(floor: Floor):
    caller, agent = await talking(floor)
    caller.send("BYE")
    agent.send("BYE")
    await caller.status(200, 481, method="BYE")
    await agent.status(200, 481, method="BYE")
    row = await floor.interaction(state="closed")
    assert row["result"] == "answered"
    await floor.nothing_left()


async def test_a_bye_that_is_sent_twice_is_one(floor: Floor):
    caller, agent = await talking(floor)
    caller.send("BYE", branch="z9hG4bK-twice")
    caller.send("BYE", branch="z9hG4bK-twice", sequence=caller.sequence)
    await caller.status(200, method="BYE")
    await agent.request("BYE")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "customer")
    await floor.nothing_left()


async def test_an_ack_that_comes_late_is_enough(floor: Floor):
    await centre(floor, agents=0)
    caller = await (await floor.customer()).invite(HOTLINE)
    caller.by_hand.add("ACK")
    await caller.status(200)
    answer = await caller.status(200)  # sent again
    caller.ack(answer)
    await floor.interaction(phase="wait")
    assert not caller.over
    await caller.hang_up()
    await floor.interaction(state="closed")
    await floor.nothing_left()


async def test_re_invites_that_cross_leave_the_call_up(floor: Floor):
    caller, agent = await talking(floor)
    caller.again(caller.body)
    agent.again(agent.body)
    await caller.status(200, 491)
    await agent.status(200, 491)
    assert not caller.over
    assert not agent.over
    await caller.hang_up()
    row = await floor.interaction(state="closed")
    assert row["result"] == "answered"


@pytest.mark.parametrize("how", ["sendonly", "inactive", "0.0.0.0"])
async def test_a_desk_phone_holds_and_resumes(floor: Floor, how: str):
    caller, agent = await talking(floor)
    body = agent.body
    agent.again(
        body.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0") if how == "0.0.0.0" else held(body, how)
    )
    await agent.status(200)
    await floor.interaction(phase="hold")
    agent.again(body)
    await agent.status(200)
    await floor.interaction(phase="talk")
    await caller.hang_up()
    row = await floor.interaction(state="closed")
    assert row["hold_s"] > 0


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("302 Moved Temporarily", "failed"), ("404 Not Found", "failed"), ("408 Request Timeout", "missed"),
        ("480 Temporarily Unavailable", "missed"), ("486 Busy Here", "declined"), ("487 Request Terminated", "failed"),
        ("488 Not Acceptable Here", "failed"), ("500 Server Internal Error", "failed"),
        ("503 Service Unavailable", "failed"), ("600 Busy Everywhere", "declined"), ("603 Decline", "declined"),
    ],
)  # fmt: skip
async def test_what_an_agents_phone_answers(floor: Floor, status: str, outcome: str):
    """The offer ends as the answer says, and the next agent is asked."""
    first, second = await centre(floor, agents=2, strategy="sequential")
    caller = await (await floor.customer()).invite(HOTLINE)
    refusing = await first.incoming()
    refusing.answer(status, more=[("Contact", "<sip:1234@127.0.0.1:9>")] if status.startswith("302") else [])
    taking = await second.incoming()
    taking.answer("200 OK")
    await floor.interaction(phase="talk")
    await caller.hang_up()
    await floor.interaction(state="closed")
    outcomes = await floor.world.value("SELECT array_agg(outcome ORDER BY offered_at) FROM assignments")
    assert outcomes == [outcome, "completed"]
    await floor.nothing_left()


async def test_a_caller_without_network_is_closed_as_lost(floor: Floor):
    media, voice = await Media.open(500), await Media.open(700)
    (phone,) = await centre(floor)
    await floor.set_endpoint(floor.trunk[0], rtp_timeout="2")
    customer = await floor.customer()
    customer.media_port, phone.media_port = media.port, voice.port
    await customer.invite(HOTLINE)
    agent = await phone.incoming()
    agent.answer("200 OK")
    await floor.interaction(phase="talk")
    where = agent.invite.media() if agent.invite else None
    assert where is not None
    voice.send_to(*where)
    await until(lambda: _heard(media))
    customer.deaf = True
    await media.close()
    await agent.request("BYE")
    await voice.close()
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"], row["cause"]) == ("answered", "system", "44")


async def _heard(media: Media) -> bool:
    return bool(media.heard)


async def lost_agent(floor: Floor) -> tuple[Leg, Ua, Ua]:
    """A talk in which the first agent's network goes: the caller's end, the lost phone, the other agent's phone."""
    first, second = await centre(floor, agents=2, strategy="sequential")
    media, voice = await Media.open(500), await Media.open(700)
    first.media_port = media.port
    for phone in (first, second):
        await floor.set_endpoint(phone.user, rtp_timeout="1")
    customer = await floor.customer()
    customer.media_port = voice.port
    caller = await customer.invite(HOTLINE)
    agent = await first.incoming()
    agent.answer("200 OK")
    await floor.interaction(phase="talk")
    media.speak_to(agent.invite)
    await until(lambda: _heard(media))
    first.deaf = True
    await media.close()
    await until(lambda: floor.world.value("SELECT state = 'rejoining' FROM calls"))
    return caller, first, second


async def test_an_agent_who_comes_back_in_time_is_rejoined(floor: Floor):
    caller, first, second = await lost_agent(floor)
    first.deaf = False
    again = await first.incoming()
    again.answer("200 OK")
    await until(lambda: floor.world.value("SELECT state = 'talking' FROM calls"))
    assert not caller.over
    assert second.requests.empty()
    await caller.hang_up()
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "customer")
    await floor.nothing_left()


async def test_an_agent_who_does_not_come_back_is_followed_by_the_next(floor: Floor):
    caller, _, second = await lost_agent(floor)
    taking = await second.incoming()
    taking.answer("200 OK")
    await floor.interaction(phase="talk")
    await caller.hang_up()
    row = await floor.interaction(state="closed")
    assert row["result"] == "answered"
    assert (
        await floor.world.value(
            "SELECT count(DISTINCT user_id) FROM assignments WHERE accepted_at IS NOT NULL"
        )
        == 2
    )
    await floor.nothing_left()


async def test_a_reloaded_page_is_called_again(floor: Floor):
    """The desktop asks for its call after a reload: the old leg ends, the phone rings anew, the customer stays."""
    (phone,) = await centre(floor)
    caller = await (await floor.customer()).invite(HOTLINE)
    old = await phone.incoming()
    old.answer("200 OK")
    row = await floor.interaction(phase="talk")
    call_id = await floor.world.value("SELECT id FROM calls")
    await phone.register()
    await floor.exchange.order(call_id, "rejoin", "", row["user_id"])
    await old.request("BYE")
    new = await phone.incoming()
    new.answer("200 OK")
    await until(lambda: floor.world.value("SELECT state = 'talking' FROM calls"))
    await new.hang_up()
    await caller.request("BYE")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "agent")


MENU = """
flow: menu
start: answer
nodes:
  answer:
    answer:
    go: choose
  choose:
    label: Which?
    menu: {say: {silence: 1}, keys: {1: one, 2: two}, timeout: 5}
    go: {one: queue, two: queue, no_input: end}
  queue:
    queue: Support
    go: {timeout: end}
  end:
    hang_up:
"""


@pytest.mark.parametrize("way", ["rfc4733", "info"])
async def test_keys_by_either_way(floor: Floor, way: str):
    await centre(floor, MENU, agents=0)
    media = await Media.open()
    caller = await audible(floor, media)
    if way == "info":
        caller.send("INFO", "Signal=2\r\nDuration=160\r\n", kind="application/dtmf-relay")
        await caller.status(200, method="INFO")
    else:
        media.press("2")
    row = await floor.interaction(phase="wait")
    await caller.hang_up()
    assert row["flow_answers"] == [{"label": "Which?", "value": "two"}]
    await media.close()


@pytest.mark.parametrize(
    ("caller", "peer"),
    [
        ("anonymous", None),
        ("unknown", None),
        ("0912345678", "+84912345678"),
        ("%2B84281234567", "+84281234567"),
    ],
)
async def test_what_is_known_of_the_caller(floor: Floor, caller: str, peer: str | None):
    await centre(floor, agents=0)
    leg = await (await floor.customer()).invite(HOTLINE, caller=caller)
    row = await floor.interaction(phase="wait")
    assert row["peer"] == peer
    assert (row["contact_id"] is None) == (peer is None)
    await leg.status(200)
    await leg.hang_up()
    await floor.interaction(state="closed")


async def writing_transactions(floor: Floor) -> int:
    """How many transactions of the server have written so far: each got a number then, and this is the next one."""
    return await floor.world.value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")


async def test_a_flood_of_strangers_reaches_nobody(floor: Floor):
    """Neither a flow nor the database hears of peers that Asterisk does not know: what is written meanwhile is what the
    background writes in as long a quiet time. Customers get through."""
    await centre(floor, agents=0)
    stranger = await Ua.open(floor.port, "stranger", "guess")

    async def refused() -> None:
        leg = await stranger.invite(HOTLINE, caller="900")
        await leg.status(401, 403)  # signed, and still nobody we know

    before, began = await writing_transactions(floor), asyncio.get_running_loop().time()
    outcomes = await asyncio.gather(*(refused() for _ in range(200)), return_exceptions=True)
    flooded, took = await writing_transactions(floor) - before, asyncio.get_running_loop().time() - began
    assert outcomes.count(None) > 100, "the flood did not get as far as being refused"
    await asyncio.sleep(took)
    quiet = await writing_transactions(floor) - before - flooded
    assert flooded <= quiet + BACKGROUND
    assert await floor.world.value("SELECT count(*) FROM flow_runs") == 0

    legs = [asyncio.ensure_future(stranger.invite(HOTLINE, caller="900")) for _ in range(200)]
    before = await writing_transactions(floor)
    leg = await (await floor.customer()).invite(HOTLINE)
    await floor.interaction(phase="wait")
    assert await writing_transactions(floor) > before, "a call that does get through is counted"
    await asyncio.gather(*legs, return_exceptions=True)
    assert await floor.world.value("SELECT count(*) FROM interactions") == 1
    assert await floor.world.value("SELECT count(*) FROM flow_runs") <= 1
    assert len(floor.exchange.calls()) == 1
    assert len(await floor.exchange.ari.channels.list()) == 1
    await leg.status(200)
    await leg.hang_up()
    await floor.interaction(state="closed")
    stranger.close()
