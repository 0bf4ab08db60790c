"""What callers hear while they wait, and where they go when they are too many, too long, or alone: on a real Asterisk."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.support import until
from tests.telephony import callers
from tests.telephony.callers import Voice
from tests.telephony.conftest import Floor
from tests.telephony.rtp import RATE

from tongdai.crm.public import own_agent
from tongdai.flows.public import waiting_prompts
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.routing import public as routing

COMFORT, OFFER, FULL, NOBODY = 1300, 1700, 2100, 2500
WAITS = """
flow: waits
start: answer
nodes:
  answer: {answer: , go: queue}
  queue:
    queue:
      queue: Support
      announcements: {prompt: comfort}
      callback_key: "1"
      callback_after: 1
      callback_say: {prompt: offer}
    go: {timeout: end, callback: promise}
  promise: {callback: Support, go: {done: end, declined: end}}
  end: {hang_up: }
"""
OVERFLOWS = """
flow: overflows
start: answer
nodes:
  answer: {answer: , go: small}
  small: {queue: Small, go: {timeout: end, overflow: full, no_agents: nobody}}
  full: {say: {prompt: full}, go: big}
  big: {queue: Big, go: {timeout: end}}
  nobody: {say: {prompt: nobody}, go: end}
  end: {hang_up: }
"""
STRAIGHT = """
flow: straight
start: answer
nodes:
  answer: {answer: , go: queue}
  queue: {queue: Support, go: {timeout: end}}
  end: {hang_up: }
"""


def sound(floor: Floor, media: str) -> list[int]:
    """What a media address sounds like, at the far side's rate."""
    name = media.removeprefix("sound:")
    folder = floor.asterisk.paths.data / "sounds/en"
    path = Path(f"{name}.wav") if name.startswith("/") else folder / f"{name}.wav"
    samples, rate = sf.read(path, dtype="int16")
    assert rate == RATE
    return list(samples)


def alike(heard: list[int], wanted: list[int]) -> float:
    """How like the best fitting stretch of what was heard is to a sound, from 0 to 1."""
    a, b = np.array(heard, dtype=float), np.array(wanted, dtype=float)
    if len(a) < len(b):
        return 0.0
    size = 1 << (len(a) + len(b)).bit_length()
    products = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)[: len(a) - len(b) + 1]
    sums = np.concatenate(([0.0], np.cumsum(a * a)))
    powers = sums[len(b) :] - sums[: len(sums) - len(b)]
    return float((products / np.sqrt(np.maximum(powers, 1.0) * (b * b).sum())).max())


async def hears_words(floor: Floor, voice: Voice, media: list[str]) -> None:
    """Once each of these sounds was heard."""
    wanted = [sound(floor, one) for one in media]

    async def heard() -> bool:
        return all(alike(voice.media.heard, one) > 0.8 for one in wanted)

    await until(heard)


async def test_who_waits_hears_the_place_the_wait_a_comfort_and_that_one_can_be_called_back(floor: Floor):
    queue = await floor.world.queue([], name="Support", announce_position_s=0.6, announce_wait=True)
    await callers.prompt(floor, "comfort", COMFORT)
    await callers.prompt(floor, "offer", OFFER)
    await floor.hotline(WAITS)
    ahead = await floor.world.arrive(queue)
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO queue_paces (tenant_id, queue_id, at, finished, worked_s, abandoned, waited_s, staff, free, agents)"
            " VALUES (%(tenant)s, %(queue)s, now(), 100, 10000, 0, 0, 1, 0, 1)",
            {"queue": queue},
        )
    customer = await callers.customer(floor)
    await customer.call()
    await customer.hears(COMFORT)
    await customer.hears(OFFER)  # its time had come while the place was told
    me = await floor.world.value("SELECT id FROM interactions WHERE id <> %(ahead)s", ahead=ahead)
    async with floor.world.transaction() as tx:
        prospect = await routing.prospect_of(tx, me)
    assert prospect.position == 2
    assert prospect.expected_s is not None
    prompts = waiting_prompts(prospect.position, prospect.expected_s, "en")
    media = await floor.exchange.media.locate(floor.world.tenant_id, prompts)
    assert media[:3] == ["sound:queue-thereare", "sound:digits/2", "sound:queue-callswaiting"]
    await hears_words(floor, customer, media)
    customer.media.press("1")

    async def promises() -> object:
        return await floor.world.value("SELECT state->>'node' = 'promise' FROM flow_runs")

    await until(promises)
    await customer.hang_up()
    await floor.nothing_left()
    await callers.close([customer])


async def test_callers_of_a_full_queue_go_on_and_rings_widen_and_nobody_is_waited_for_in_vain(floor: Floor):
    one = await callers.agent(floor, 1000)
    await callers.prompt(floor, "full", FULL)
    await callers.prompt(floor, "nobody", NOBODY)
    big = await floor.world.queue([one.who], name="Big")
    ring = {"queue_id": str(big), "after_s": 3.0, "expected_s": None}
    await floor.world.queue([], name="Small", max_waiting=1, nobody_after_s=0.0, overflow=[ring])
    await floor.hotline(OVERFLOWS)
    await floor.world.ready(one.who)
    first, second, third = [await callers.customer(floor, hertz) for hertz in (600, 700, 800)]

    # The first waits for those who help out later; the second finds the queue full, hears so, and is taken by the other queue.
    await first.call()
    await floor.interaction(phase="wait")
    await second.call()
    await second.hears(FULL)
    await one.answer()
    await second.hears(1000)
    assert first.tenths(1000) == 0
    await second.hang_up()
    await one.answer()
    await first.hears(1000, timeout=20)
    waited = await rows(
        floor,
        "SELECT q.name, extract(epoch FROM a.offered_at - i.queued_at) FROM assignments a JOIN interactions i"
        " ON i.id = a.interaction_id JOIN queues q ON q.id = a.queue_id WHERE a.tenant_id = %(tenant)s"
        " ORDER BY a.offered_at",
    )
    assert [(name, float(str(seconds)) >= 3.0) for name, seconds in waited] == [
        ("Big", False),
        ("Small", True),
    ]
    await first.hang_up()

    # Nobody is signed in any more.
    async def leaves() -> None:
        async with floor.world.transaction() as tx:
            await people.choose(tx, one.who, people.Chosen.OFFLINE, None, datetime.now(UTC))

    await until(lambda: free(floor))
    await leaves()
    await third.call()
    await third.hears(NOBODY)
    await floor.nothing_left()
    await callers.close([one, first, second, third])


async def rows(floor: Floor, sql: str) -> list[tuple[object, ...]]:
    async with floor.world.transaction() as tx:
        return [tuple(row) for row in await tx.fetch_tuples(sql)]


async def free(floor: Floor) -> bool:
    return not await floor.world.value("SELECT count(*) FROM agent_loads WHERE in_use > 0")


async def test_callers_wait_for_their_own_agent_as_long_as_the_queue_says(floor: Floor):
    own, other = await callers.agent(floor, 1000), await callers.agent(floor, 1900)
    await floor.world.queue([other.who, own.who], name="Support", strategy="sequential", last_agent_s=1.5)
    await floor.hotline(STRAIGHT)
    contact_id = new_id()
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO contacts (tenant_id, id, name, agent_id) VALUES (%(tenant)s, %(id)s, 'Lan', %(agent)s)",
            {"id": contact_id, "agent": own.who},
        )
        await tx.execute(
            "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, 'phone', '+84912345678', '0912345678')",
            {"id": new_id(), "contact": contact_id},
        )
        assert await own_agent(tx, contact_id) == own.who
    await floor.world.ready(own.who, other.who)
    first, second = await callers.customer(floor, 600), await callers.customer(floor, 700)
    await first.call()
    await own.answer()
    await first.hears(1000)
    await second.call()
    await other.answer()
    await second.hears(1900)
    found = await rows(
        floor,
        "SELECT a.user_id, extract(epoch FROM a.offered_at - i.queued_at), d.explanation->'preferred'->>'why'"
        " FROM assignments a JOIN interactions i ON i.id = a.interaction_id JOIN routing_decisions d"
        " ON d.round_id = a.round_id WHERE a.tenant_id = %(tenant)s ORDER BY a.offered_at",
    )
    assert [(user, float(str(seconds)) >= 1.5, why) for user, seconds, why in found] == [
        (own.who, False, "contact"),
        (other.who, True, "contact"),
    ]
    await first.hang_up()
    await second.hang_up()
    await floor.nothing_left()
    await callers.close([own, other, first, second])
