"""Keys, messages, waiting, refusing: real Asterisk, media in Python."""

import asyncio

from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.rtp import Media, strength
from tests.telephony.sip import Scenario
from tests.telephony.test_inbound import STRAIGHT

MENU = """
flow: menu
start: answer
nodes:
  answer:
    answer:
    go: choose
  choose:
    label: What is it about?
    menu:
      say: {silence: 1}
      keys: {1: help, 2: message}
      timeout: 3
    go: {help: queue, message: mailbox, no_input: end}
  queue:
    queue: {queue: Support, max_wait: 1}
    go: {timeout: mailbox}
  mailbox:
    voicemail: {mailbox: main, say: {silence: 1}, max_seconds: 5, silence_seconds: 2}
    go: end
  end:
    hang_up:
"""


async def test_keys_lead_through_the_menu_and_the_agent_sees_the_answer(floor: Floor):
    agent, port = await floor.agent()
    await floor.world.queue([agent], name="Support")
    await floor.hotline(MENU)
    await floor.world.ready(agent)
    media = await Media.open()
    await floor.phone(port, Scenario().wait_for_bye())
    await floor.call(Scenario().pause(7000), media_port=media.port)

    async def pressed() -> object:
        media.press("1")
        await asyncio.sleep(0.3)
        return await floor.world.value("SELECT phase FROM interactions") == "talk"

    await until(pressed)
    row = await floor.interaction(state="closed")
    await media.close()
    assert row["flow_answers"] == [{"label": "What is it about?", "value": "help"}]
    assert row["result"] == "answered"


async def test_after_the_longest_wait_the_caller_leaves_a_message(floor: Floor):
    await floor.world.queue([], name="Support")
    await floor.hotline(MENU)
    media = await Media.open(500)
    await floor.call(Scenario().pause(9000), media_port=media.port)

    async def pressed() -> object:
        media.press("1")
        await asyncio.sleep(0.3)
        return await floor.world.value("SELECT phase FROM interactions") != "flow"

    await until(pressed)
    row = await floor.interaction(state="closed")
    await media.close()
    assert row["result"] == "voicemail"

    async def stored() -> object:
        return await floor.world.value(
            "SELECT duration_s FROM recordings WHERE kind = 'voicemail' AND state = 'stored'"
        )

    assert await until(stored) > 1
    assert await floor.world.value("SELECT count(*) FROM voicemails") == 1


async def test_a_waiting_caller_hears_music(floor: Floor):
    await floor.world.queue([], name="Support")
    await floor.hotline(MENU.replace("max_wait: 1", "max_wait: 60"))
    media = await Media.open()
    call = await floor.call(Scenario().pause(4000), media_port=media.port)

    async def waits() -> object:
        media.press("1")
        await asyncio.sleep(0.3)
        return await floor.world.value("SELECT phase FROM interactions") == "wait"

    await until(waits)
    media.heard.clear()

    async def music() -> object:
        return len(media.heard) > 8000 and sum(abs(sample) for sample in media.heard[-4000:]) / 4000 > 50

    await until(music)
    await floor.interaction(state="closed")
    await call.finished()
    await media.close()


async def test_an_agent_who_declines_is_passed_over(floor: Floor):
    first, first_port = await floor.agent()
    second, second_port = await floor.agent()
    await floor.world.queue([first, second], name="Support")
    await floor.hotline(STRAIGHT)
    await floor.world.ready(first)
    await floor.world.ready(second)
    await floor.refuse(first_port, "486 Busy Here")
    await floor.phone(second_port, Scenario().wait_for_bye())
    await floor.call(Scenario().pause(2500))
    row = await floor.interaction(state="closed")
    assert (row["result"], row["user_id"]) == ("answered", str(second))
    outcomes = await floor.world.value("SELECT array_agg(outcome ORDER BY offered_at) FROM assignments")
    assert outcomes == ["declined", "completed"]


async def test_hold_gives_the_customer_music_and_resume_the_agent(floor: Floor):
    agent, port = await floor.agent()
    await floor.world.queue([agent], name="Support")
    await floor.hotline(STRAIGHT)
    await floor.world.ready(agent)
    customer, desk = await Media.open(600), await Media.open(1000)
    await floor.phone(port, Scenario().wait_for_bye(), media_port=desk.port)
    await floor.call(Scenario().pause(9000), media_port=customer.port)

    async def hears(media: Media, hertz: float) -> bool:
        return len(media.heard) > 4000 and strength(media.heard[-4000:], hertz) > 0.5

    await until(lambda: hears(customer, 1000))
    await until(lambda: hears(desk, 600))
    call_id = await floor.world.value("SELECT id FROM calls")
    await floor.exchange.order(call_id, "hold", "", agent)
    customer.heard.clear()
    desk.heard.clear()
    await asyncio.sleep(0.9)
    assert not await hears(customer, 1000)
    assert not await hears(desk, 600)
    await floor.exchange.order(call_id, "resume", "", agent)
    customer.heard.clear()
    await until(lambda: hears(customer, 1000))
    row = await floor.interaction(state="closed")
    assert row["hold_s"] > 0.8
    await customer.close()
    await desk.close()


async def test_a_number_that_leads_nowhere_is_refused_without_a_trace(floor: Floor):
    await floor.world.queue([], name="Support")
    await floor.hotline(STRAIGHT)
    call = await floor.call(Scenario().pause(100), to="19009999")
    assert await call.finished() != 0
    assert await floor.world.value("SELECT count(*) FROM interactions") == 0
