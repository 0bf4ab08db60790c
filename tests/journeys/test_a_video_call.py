"""A customer and an agent see and hear each other in the chat: two browsers, a page loaded anew, a network that goes."""

from typing import Any

from playwright.async_api import Browser, Locator, Page, expect
from tests.channels.customer import Customer, violations
from tests.journeys.conftest import Demo, eventually, sign_in
from tests.journeys.far_sides import free
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.test_a_chat import MENDED_MS
from tests.journeys.test_working_together import finish

LOOK = (
    "v => ({width: v.videoWidth, frames: v.getVideoPlaybackQuality().totalVideoFrames, time: v.currentTime})"
)
LOUDEST = """async v => {
  const context = new AudioContext(), analyser = context.createAnalyser();
  context.createMediaStreamSource(v.srcObject).connect(analyser);
  await context.resume();
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  for (const end = performance.now() + 2500; performance.now() < end;) {
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, ...samples.map(Math.abs));
    await new Promise((next) => setTimeout(next, 20));
  }
  await context.close();
  return loudest;
}"""


async def flows(video: Locator, seconds: float = 30) -> dict[str, Any]:
    """Once there is a picture that moves."""
    before: dict[str, Any] = {}

    async def moves() -> Any:
        nonlocal before
        if not await video.count():
            return None
        now = await video.evaluate(LOOK)
        moved = before and now["frames"] > before["frames"] and now["time"] > before["time"]
        before = now
        return now if moved and now["width"] > 0 else None

    return await eventually(moves, seconds)


async def talking(browser: Browser, second: Browser, demo: Demo) -> tuple[Page, Customer]:
    agent = await sign_in(browser, demo, "agent5")
    await agent.context.grant_permissions(["camera", "microphone"])
    await ready(agent)
    context = await second.new_context(locale="en-US", viewport={"width": 1200, "height": 860})
    page = await context.new_page()
    await page.goto(demo.url + demo.facts["widget"]["page"])
    customer = Customer(page)
    await customer.open()
    await customer.write("Can you look at it?")
    await customer.chat.get_by_role("button", name="Talk to a person").click()
    await agent.get_by_test_id("offer").wait_for()
    await agent.keyboard.press("Alt+a")
    await assignment(agent, "accepted")
    return agent, customer


async def test_a_customer_and_an_agent_see_and_hear_each_other(browser: Browser, second: Browser, demo: Demo):
    agent, customer = await talking(browser, second, demo)
    await agent.get_by_role("button", name="Video call").wait_for()
    await agent.keyboard.press("Alt+v")
    await agent.get_by_role("button", name="Camera and microphone").click()
    panel = agent.get_by_role("region", name="Call with")
    await expect(agent.get_by_text("is asked for a call")).to_be_visible()
    await expect(customer.chat.get_by_role("region", name="asks to talk with you")).to_be_visible()
    assert await violations(customer.page) == []
    await customer.chat.get_by_role("button", name="Camera and microphone").click()
    theirs = customer.chat.locator("video.face")
    ours = panel.locator("video").first
    assert (await flows(ours))["width"] == 640
    assert (await flows(theirs))["width"] == 640
    assert await ours.evaluate(LOUDEST) > 0.01
    assert await theirs.evaluate(LOUDEST) > 0.01

    assert await violations(customer.page) == []

    # Muted is muted, and the camera that is off is seen to be.
    await customer.chat.get_by_role("button", name="Mute").click()
    await eventually(lambda: quiet(ours))
    await customer.chat.get_by_role("button", name="Camera off").click()
    await expect(panel.get_by_text("watches and listens")).to_be_visible()
    await customer.chat.get_by_role("button", name="Camera on").click()
    await customer.chat.get_by_role("button", name="Speak").click()
    await flows(ours)

    # Screens, both ways.
    await agent.get_by_role("button", name="Share my screen").click()
    await expect(agent.get_by_role("button", name="Stop my screen")).to_be_visible()
    await flows(theirs)
    await customer.chat.get_by_role("button", name="Show my screen").click()
    await expect(customer.chat.get_by_role("button", name="Stop my screen")).to_be_visible()
    await flows(ours)
    await customer.chat.get_by_role("button", name="Stop my screen").click()
    await agent.get_by_role("button", name="Stop my screen").click()

    # Each loads the page anew, and is in the call again.
    await customer.page.reload()
    await flows(theirs, 40)
    await flows(ours, 40)
    await agent.reload()
    await flows(ours, 40)
    await flows(theirs, 40)
    # Without the server the call goes on.
    await customer.page.context.set_offline(True)
    await flows(ours)
    await customer.page.context.set_offline(False)

    await customer.chat.get_by_role("button", name="End the call").click()
    await expect(panel).to_have_count(0, timeout=MENDED_MS)
    await expect(customer.chat.locator("video")).to_have_count(0)
    await agent.get_by_text("has ended the call").first.wait_for()
    await agent.keyboard.press("Alt+x")
    await agent.get_by_role("dialog", name="End the chat").get_by_role("button", name="End chat").click()
    await finish(agent)
    await free(agent)


async def quiet(video: Locator) -> bool:
    return await video.evaluate(LOUDEST) < 0.001


async def test_a_customer_may_only_watch_and_listen(browser: Browser, second: Browser, demo: Demo):
    agent, customer = await talking(browser, second, demo)
    await agent.get_by_role("button", name="Video call").wait_for()
    await agent.keyboard.press("Alt+v")
    await agent.get_by_role("button", name="Camera and microphone").click()
    await customer.chat.get_by_role("button", name="Only watch and listen").click()
    theirs = customer.chat.locator("video.face")
    panel = agent.get_by_role("region", name="Call with")
    await flows(theirs)
    await expect(panel.get_by_text("watches and listens")).to_be_visible()

    await agent.get_by_role("button", name="End the call").click()
    await expect(customer.chat.locator("video")).to_have_count(0, timeout=MENDED_MS)
    await agent.keyboard.press("Alt+x")
    await agent.get_by_role("dialog", name="End the chat").get_by_role("button", name="End chat").click()
    await finish(agent)
    await free(agent)
