"""The telephone exchange as its users live it, in two browsers, on a desk phone and on a customer's: parked calls, forwarding, do
not disturb, speed dials, voicemail with a greeting of one's own, a ring group, a conference room.

Each has a tone of their own, so that who hears whom is measured and not believed.
"""

from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.far_sides import (
    DESK_HZ,
    a_number_for,
    answers,
    customer,
    desk_phone,
    dial,
    free,
    reachable,
    settings,
    sounds,
)
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.test_working_together import finish, hears, page_hears
from tests.journeys.tones import CUSTOMER_HZ, FIRST_HZ, SECOND_HZ, TONE_FILE
from tests.telephony.rtp import strength

PIN = "4711"
PLAYED = """async element => {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, {fftSize: 8192});
  context.createMediaElementSource(element).connect(analyser).connect(context.destination);
  const bins = new Float32Array(analyser.frequencyBinCount);
  let best = {hertz: 0, decibel: -Infinity};
  while (!element.ended && best.decibel < -50) {
    await new Promise(done => setTimeout(done, 100));
    analyser.getFloatFrequencyData(bins);
    bins.forEach((value, index) => {
      if (value > best.decibel) best = {hertz: index * context.sampleRate / analyser.fftSize, decibel: value};
    });
  }
  return best;
}"""
"""What a sound on the page is playing; it plays on."""

pytestmark = pytest.mark.parametrize(
    "browser", [[f"--use-file-for-fake-audio-capture={TONE_FILE}"]], indirect=True
)


async def test_calls_are_parked_picked_up_speed_dialled_forwarded_and_refused(
    browser: Browser, second: Browser, demo: Demo, tmp_path: Path
):
    agent, helper, boss = (
        await sign_in(browser, demo, "agent5"),
        await sign_in(second, demo, "agent6"),
        await sign_in(browser, demo, "manager"),
    )
    extension = demo.user("agent6")["extension"]
    await ready(agent)
    await reachable(helper)

    # Parked: the customer hears music, and a colleague whose dial pad is open sees them come.
    await helper.keyboard.press("Alt+d")
    await helper.get_by_label("Number or extension").wait_for()
    media, call = await customer(demo, tmp_path, "19001200")
    await agent.get_by_test_id("offer").wait_for()
    await agent.keyboard.press("Alt+a")
    await assignment(agent, "accepted")
    await hears(media, {FIRST_HZ})
    await agent.keyboard.press("Alt+t")
    await agent.get_by_role("button", name="Park the call").click()
    await agent.get_by_text("Parked at 701").wait_for()
    await assignment(agent, "wrap_up")
    await hears(media, set())

    async def music() -> bool:
        return max(media.heard[-6000:]) > 300

    await eventually(music)
    parked = helper.get_by_role("region", name="Parked calls")
    await parked.get_by_text("by Emma Clarke").wait_for()
    await parked.get_by_role("button", name="Pick up Nguyễn Văn Đức at 701").click()
    await assignment(helper, "accepted")
    await hears(media, {SECOND_HZ})
    await page_hears(helper, CUSTOMER_HZ)
    await expect(parked).to_have_count(0)
    await helper.get_by_role("button", name="Hang up").click()
    assert await call.finished() == 0, call.problem()
    await media.close()
    await finish(agent)
    await finish(helper)

    # A speed dial is made, and dialled: the colleague's browser rings wherever they are in it.
    await settings(agent, demo)
    await agent.get_by_role("button", name="Add a speed dial").click()
    await agent.get_by_label("Name", exact=True).fill("James at the desk")
    await agent.get_by_role("textbox", name="Number or extension").fill(extension)
    await agent.get_by_role("button", name="Save the speed dials").click()
    await agent.get_by_role("button", name="Saved").wait_for()
    await settings(helper, demo)

    async def speed_dial() -> None:
        await agent.keyboard.press("Alt+d")
        dials = agent.get_by_role("region", name="Speed dials")
        await dials.get_by_role("button", name="James at the desk").click()

    async def told() -> None:
        words = f"{extension} is busy, or does not want to be disturbed."
        note = agent.get_by_role("alert").filter(has_text=words)
        await note.get_by_role("button", name="Close").click()
        await expect(note).to_have_count(0)

    await speed_dial()
    rings = helper.get_by_role("region", name="Incoming call")
    await rings.get_by_text("Emma Clarke", exact=True).wait_for()
    await helper.keyboard.press("Alt+a")
    await page_hears(agent, SECOND_HZ)
    await page_hears(helper, FIRST_HZ)
    await helper.get_by_role("region", name="Your call").get_by_role("button", name="Hang up").click()
    await free(agent, helper)
    await speed_dial()
    await rings.get_by_role("button", name="Decline").click()
    await told()
    await free(agent, helper)

    # Forwarded, always: the colleague's browser stays silent.
    async with desk_phone(demo, boss, "manager") as (phone, desk):
        await helper.get_by_role("textbox", name="Always, at once, to", exact=True).fill(
            demo.user("manager")["extension"]
        )
        await helper.get_by_role("button", name="Save the forwarding").click()
        await helper.get_by_role("button", name="Saved").wait_for()
        await speed_dial()
        leg = await answers(phone, desk)
        await page_hears(agent, DESK_HZ)
        await sounds(desk, FIRST_HZ)
        await expect(rings).to_have_count(0)
        await agent.get_by_role("button", name="Hang up").click()
        await leg.request("BYE")
        await free(agent)

    # Not to be disturbed: nothing rings, and who called reads why.
    await helper.get_by_role("textbox", name="Always, at once, to", exact=True).fill("")
    await helper.get_by_role("switch", name="Do not disturb").click()
    await helper.get_by_role("button", name="Save the forwarding").click()
    await helper.get_by_role("button", name="Saved").wait_for()
    await speed_dial()
    await told()
    await free(agent)
    await expect(rings).to_have_count(0)

    # As it was: other journeys have the same people.
    await helper.get_by_role("switch", name="Do not disturb").click()
    await helper.get_by_role("button", name="Save the forwarding").click()
    await helper.get_by_role("button", name="Saved").wait_for()
    await settings(agent, demo)
    await agent.get_by_role("button", name="Remove James at the desk").click()
    await agent.get_by_role("button", name="Save the speed dials").click()
    await agent.get_by_text("No speed dials yet").wait_for()


async def test_a_message_is_left_after_ones_own_greeting_and_a_group_and_a_room_are_dialled(
    browser: Browser, second: Browser, demo: Demo, admin: httpx.AsyncClient, tmp_path: Path
):
    helper = await sign_in(second, demo, "agent6")
    extension = demo.user("agent6")["extension"]
    undo = await a_number_for(admin, "19001297", extension)
    await reachable(helper)
    await a_greeting(helper, demo)
    await a_message(helper, demo, tmp_path)
    await undo()

    office, agent = await sign_in(browser, demo, "admin"), await sign_in(browser, demo, "agent5")
    await reachable(agent)
    await office.request.patch(f"{demo.url}/api/v1/auth/me", data={"locale": "en"})
    await a_group(office, agent, helper, demo)
    await a_room(office, agent, helper, demo)


async def test_a_customer_who_reaches_an_extension_is_a_contact_like_any_other(
    browser: Browser, demo: Demo, admin: httpx.AsyncClient, tmp_path: Path
):
    """Their record beside the call, hold, a reload of the page, and the log."""
    helper = await sign_in(browser, demo, "agent6")
    undo = await a_number_for(admin, "19001298", demo.user("agent6")["extension"])
    await helper.goto(f"{demo.url}/calls")
    await reachable(helper)
    media, call = await customer(demo, tmp_path, "19001298")
    await helper.get_by_role("region", name="Incoming call").wait_for()
    await helper.keyboard.press("Alt+a")
    talking = await assignment(helper, "accepted")
    assert talking["queue"] is None
    strip = helper.get_by_role("region", name="Your call")
    await strip.get_by_text("Nguyễn Văn Đức").wait_for()
    await sounds(media, FIRST_HZ)
    await page_hears(helper, CUSTOMER_HZ)
    await helper.goto(f"{demo.url}/workspace")
    await helper.get_by_role("complementary", name="Customer").get_by_text("Nguyễn Văn Đức").first.wait_for()
    await page_hears(helper, CUSTOMER_HZ)
    await sounds(media, FIRST_HZ)
    await strip.get_by_role("button", name="Hold").click()
    await strip.get_by_role("button", name="Resume").wait_for()
    await strip.get_by_role("button", name="Resume").click()
    await sounds(media, FIRST_HZ)
    await strip.get_by_role("button", name="Hang up").click()
    assert await call.finished() == 0, call.problem()
    await media.close()
    await free(helper)

    async def logged() -> bool:
        detail = await api(helper, f"/interactions/{talking['interaction_id']}")
        return (
            detail["result"] == "answered" and detail["hung_up_by"] == "agent" and detail["agent"] is not None
        )

    await eventually(logged)
    await undo()


async def a_greeting(page: Page, demo: Demo) -> None:
    """Recorded in the browser, by its microphone; calls go to the voicemail at once."""
    await settings(page, demo)
    await page.get_by_role("switch", name="Take messages").click()
    await page.get_by_label("Ends after silence of seconds").fill("2")
    await page.get_by_role("button", name="Save the voicemail").click()
    await page.get_by_role("button", name="Saved").wait_for()
    await page.get_by_text("Callers hear the usual sentence.").wait_for()
    await page.get_by_role("button", name="Record", exact=True).click()
    await page.get_by_role("button", name="Stop (1 s)").click()
    await page.get_by_label("Your own greeting").wait_for()
    await page.get_by_role("button", name="Send to voicemail: Always, at once, to").click()
    await page.get_by_role("button", name="Save the forwarding").click()
    await expect(page.get_by_role("button", name="Saved")).to_have_count(2)


async def a_message(page: Page, demo: Demo, folder: Path) -> None:
    """Heard after the greeting, left, seen at once, played, deleted, had back."""
    await page.goto(f"{demo.url}/voicemails")
    await page.get_by_text("Messages that callers leave appear here.").wait_for()
    media, call = await customer(demo, folder, "19001297")
    await sounds(media, SECOND_HZ)

    async def asked_to_speak() -> bool:
        return strength(media.heard[-1600:], SECOND_HZ) < 0.1

    await eventually(asked_to_speak)
    said = len(media.heard)

    async def spoken() -> bool:
        return len(media.heard) > said + 24_000

    await eventually(spoken)
    media.press("#")
    await call.finished()
    await media.close()
    message = page.get_by_role("listitem").filter(has_text="Nguyễn Văn Đức")
    await message.get_by_text("New", exact=True).wait_for()
    badge = page.get_by_label("1 new message")
    await badge.wait_for()
    await message.get_by_role("button", name="Play: Nguyễn Văn Đức").click()
    heard = await message.locator("audio").evaluate(PLAYED)
    assert abs(heard["hertz"] - CUSTOMER_HZ) < 15, heard
    await expect(badge).to_have_count(0)
    await expect(message.get_by_text("New", exact=True)).to_have_count(0)
    await message.get_by_role("button", name="Delete").click()
    await expect(message).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await message.wait_for()

    # As it was: other journeys have the same agent.
    await message.get_by_role("button", name="Delete").click()
    await expect(message).to_have_count(0)
    await settings(page, demo)
    await page.get_by_role("button", name="Use the usual greeting").click()
    await page.get_by_text("Callers hear the usual sentence.").wait_for()
    await page.get_by_role("button", name="Send to voicemail: Always, at once, to").click()
    await page.get_by_role("button", name="Save the forwarding").click()
    await page.get_by_role("switch", name="Take messages").click()
    await page.get_by_role("button", name="Save the voicemail").click()
    await expect(page.get_by_role("button", name="Saved")).to_have_count(2)


async def a_group(office: Page, agent: Page, helper: Page, demo: Demo) -> None:
    """Made by the administrator; both phones of its members ring, and the first who answers has the call."""
    await office.goto(f"{demo.url}/admin/groups")
    await office.get_by_role("button", name="New ring group").click()
    form = office.get_by_role("dialog")
    await form.get_by_label("Name").fill("Dispatch")
    await form.get_by_label("Extension").fill("620")
    members = form.get_by_role("combobox", name="Members")
    for member in ("James Okafor", "Mai Anh Trần"):
        await members.fill(member)
        await office.get_by_role("option", name=member).click()
    await office.keyboard.press("Tab")
    await form.get_by_role("button", name="Save").click()
    row = office.get_by_role("button").filter(has_text="620 rings Dispatch: James Okafor, Mai Anh Trần.")
    await row.wait_for()

    await reachable(office)
    await dial(agent, "620")
    for member in (helper, office):
        await (
            member.get_by_role("region", name="Incoming call")
            .get_by_text("Emma Clarke", exact=True)
            .wait_for()
        )
    await helper.keyboard.press("Alt+a")
    await expect(office.get_by_role("region", name="Incoming call")).to_have_count(0)
    await page_hears(agent, SECOND_HZ)
    await page_hears(helper, FIRST_HZ)
    await helper.get_by_role("link", name="Workspace").click()
    await helper.get_by_role("heading", name="Emma Clarke").wait_for()
    await agent.get_by_role("button", name="Hang up").click()
    await free(agent, helper)
    await office.get_by_role("button", name="Archive Dispatch").click()
    await expect(row).to_have_count(0)


async def a_room(office: Page, agent: Page, helper: Page, demo: Demo) -> None:
    """Made by the administrator; the PIN is asked, keyed, and those inside hear each other."""
    await office.goto(f"{demo.url}/admin/rooms")
    await office.get_by_role("button", name="New conference room").click()
    form = office.get_by_role("dialog")
    await form.get_by_label("Name").fill("Standup")
    await form.get_by_label("Extension").fill("720")
    await form.get_by_label("PIN").fill(PIN)
    await form.get_by_role("button", name="Save").click()
    row = office.get_by_role("button").filter(
        has_text="720 leads into Standup, for up to 20 people who know the PIN."
    )
    await row.wait_for()
    for page in (agent, helper):
        await dial(page, "720")

        async def at_the_door(page: Page = page) -> bool:
            call = (await api(page, "/workspace"))["call"]
            return call is not None and call["together"] == "room"

        await eventually(at_the_door)
        await page.keyboard.press("Alt+k")
        pad = page.get_by_role("group", name="Keypad")
        await pad.get_by_role("button").first.focus()
        await page.keyboard.type(f"{PIN}#")
        await pad.get_by_text(f"{PIN}#", exact=True).wait_for()
        await page.keyboard.press("Escape")
    await page_hears(agent, SECOND_HZ)
    await page_hears(helper, FIRST_HZ)
    for page in (agent, helper):
        await page.get_by_role("button", name="Hang up").click()
    await free(agent, helper)
    await office.get_by_role("button", name="Archive Standup").click()
    await expect(row).to_have_count(0)
