"""Two agents and a customer, in two browsers and on a SIP phone: asked, swapped, all together, silenced, let go, added, left,
handed over, sent back to a queue; by keys and by clicks.

Each has a tone of their own, so that who hears whom is measured and not believed.
"""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.far_sides import customer, offered, reachable
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.tones import CUSTOMER_HZ, FIRST_HZ, HEARD, SECOND_HZ, TONE_FILE
from tests.telephony.rtp import Media, strength


async def hears(media: Media, wanted: set[int]) -> None:
    """Once the customer hears exactly these of the agents (and music otherwise)."""
    seen: dict[int, float] = {}

    async def heard() -> bool:
        latest = media.heard[-6000:]
        seen.update({hz: round(strength(latest, hz), 2) for hz in (FIRST_HZ, SECOND_HZ)})
        return len(latest) == 6000 and {hz for hz, power in seen.items() if power > 0.15} == wanted

    media.heard.clear()
    try:
        await eventually(heard)
    except TimeoutError:
        raise AssertionError(f"the customer should hear {wanted}, hears {seen}") from None


async def page_hears(page: Page, hertz: int) -> None:
    async def heard() -> bool:
        loudest = await page.evaluate(HEARD)
        return loudest is not None and loudest["decibel"] > -60 and abs(loudest["hertz"] - hertz) < 15

    await eventually(heard)


async def together(page: Page, wanted: str) -> None:
    async def is_so() -> bool:
        call = (await api(page, "/workspace"))["call"]
        return call is not None and call["together"] == wanted

    await eventually(is_so)


async def finish(page: Page) -> None:
    """The wrap-up is over."""
    result = page.get_by_placeholder("Type three letters")
    await result.click()
    await result.press_sequentially("ord")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+Enter")

    async def none() -> bool:
        return not (await api(page, "/workspace"))["assignments"]

    await eventually(none)


async def send(page: Page, to: str, key: str) -> None:
    """By the keyboard alone: open, find, decide."""
    await (await find(page, to)).press(key)


async def find(page: Page, to: str) -> Locator:
    await page.keyboard.press("Alt+t")
    field = page.get_by_placeholder("Name, extension, queue or number")
    await field.press_sequentially(to)
    await page.locator("#destinations li").first.wait_for()
    await eventually(lambda: _settled(page, to))
    return field


async def _settled(page: Page, to: str) -> bool:
    return to in await page.locator("#destinations li").first.inner_text()


@pytest.mark.parametrize("browser", [[f"--use-file-for-fake-audio-capture={TONE_FILE}"]], indirect=True)
async def test_a_colleague_is_asked_joins_and_keeps_the_customer(
    browser: Browser, second: Browser, demo: Demo, tmp_path: Path
):
    agent, helper = await sign_in(browser, demo, "agent5"), await sign_in(second, demo, "agent6")
    await ready(agent)
    extension = demo.user("agent6")["extension"]

    await reachable(helper)
    media, call = await customer(demo, tmp_path, "19001234")
    await offered(agent, media)
    await agent.keyboard.press("Alt+a")
    talking = await assignment(agent, "accepted")
    await hears(media, {FIRST_HZ})

    await send(agent, extension, "Enter")
    await helper.get_by_text("asks for your help").wait_for()
    await hears(media, set())
    await agent.get_by_role("button", name="Back to the customer").click()
    await helper.get_by_text("asks for your help").wait_for(state="detached")
    await hears(media, {FIRST_HZ})

    await send(agent, extension, "Enter")
    await helper.get_by_text("asks for your help").wait_for()
    await helper.get_by_text("Nguyễn Văn Đức").first.wait_for()
    await helper.keyboard.press("Alt+a")
    await together(helper, "consult")
    await page_hears(helper, FIRST_HZ)
    await page_hears(agent, SECOND_HZ)
    await hears(media, set())

    await agent.keyboard.press("Alt+s")
    await hears(media, {FIRST_HZ})
    await page_hears(agent, CUSTOMER_HZ)
    await agent.keyboard.press("Alt+j")
    await together(agent, "conference")
    await hears(media, {FIRST_HZ, SECOND_HZ})
    name = demo.user("agent6")["name"]
    for deed, heard in (
        (f"Mute {name}", {FIRST_HZ}),
        (f"Unmute {name}", {FIRST_HZ, SECOND_HZ}),
        (f"Let {name} wait", {FIRST_HZ}),
        (f"Bring {name} back", {FIRST_HZ, SECOND_HZ}),
        (f"Let {name} go", {FIRST_HZ}),
    ):
        await agent.get_by_role("button", name=deed, exact=True).click()
        await hears(media, heard)
    await together(agent, "none")

    await find(agent, extension)
    await agent.get_by_role("button", name=f"Add to the call: {name}").click()
    await helper.get_by_text("asks for your help").wait_for()
    await helper.keyboard.press("Alt+a")
    await together(helper, "conference")
    await hears(media, {FIRST_HZ, SECOND_HZ})
    first = demo.user("agent5")["name"]
    for page, deed, heard in (
        (agent, f"Let {name} only listen", {FIRST_HZ}),
        (agent, f"Let {name} lead: the customer is theirs, you stay", {FIRST_HZ, SECOND_HZ}),
        (helper, f"Let {first} only listen", {SECOND_HZ}),
        (helper, f"Let {first} lead: the customer is theirs, you stay", {FIRST_HZ, SECOND_HZ}),
    ):
        await page.get_by_role("button", name=deed, exact=True).click()
        await hears(media, heard)
    await agent.keyboard.press("Alt+l")
    await assignment(agent, "wrap_up")
    await hears(media, {SECOND_HZ})
    await together(helper, "none")

    await finish(agent)
    await send(helper, demo.user("agent5")["extension"], "Enter")
    await agent.get_by_text("asks for your help").wait_for()
    await agent.keyboard.press("Alt+a")
    await page_hears(agent, SECOND_HZ)
    await helper.get_by_role("button", name=f"Transfer to {demo.user('agent5')['name']}").click()
    await assignment(helper, "wrap_up")
    await hears(media, {FIRST_HZ})

    await send(agent, "support", "Control+Enter")
    await assignment(agent, "wrap_up")
    await hears(media, set())

    async def waits() -> bool:
        detail = await api(agent, f"/interactions/{talking['interaction_id']}")
        return detail["segments"][-1]["kind"] == "wait"

    await eventually(waits)
    await call.stop()
    await media.close()
