"""A customer on the shop's page, a bot, an agent; the app is killed between them, and the customer's network goes."""

import os
import signal
from typing import Any

from playwright.async_api import Browser, Page, expect
from tests.channels.customer import Customer
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.far_sides import free
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.test_working_together import finish

MENDED_MS = 60_000


def kill_the_app(demo: Demo) -> None:
    os.kill(int((demo.directory / "run" / "app.pid").read_text().split()[0]), signal.SIGKILL)


async def thread(page: Page, conversation: str) -> list[dict[str, Any]]:
    found = await api(page, f"/conversations/{conversation}/messages?limit=200")
    return [one for one in found["messages"] if one["kind"] == "text"]


async def writes(page: Page, body: str) -> None:
    composer = page.locator("[data-composer] textarea:not([aria-hidden])")
    await composer.fill(body)
    await composer.press("Enter")


async def test_a_customer_on_the_shops_page_is_led_by_a_bot_to_an_agent(
    browser: Browser, second: Browser, demo: Demo
):
    agent = await sign_in(browser, demo, "agent5")
    await ready(agent)
    context = await second.new_context(locale="en-US")
    page = await context.new_page()
    await page.goto(demo.url + demo.facts["widget"]["page"])
    customer = Customer(page)
    await customer.open()
    await customer.write("Where is my parcel?")
    await expect(customer.bubbles).to_have_count(4)
    await customer.chat.get_by_role("button", name="Talk to a person").click()

    offer = agent.get_by_test_id("offer")
    await expect(offer).to_contain_text("Talk to a person")
    await agent.keyboard.press("Alt+a")
    talking = await assignment(agent, "accepted")
    conversation = talking["thread"]["conversation_id"]
    messages = agent.get_by_role("region", name="Messages")
    await messages.get_by_text("Where is my parcel?").wait_for()
    await writes(agent, "It left this morning.")
    await expect(customer.bubbles.last).to_contain_text("It left this morning.")
    await expect(messages.get_by_text("Seen", exact=True)).to_be_visible()

    # Both write while the app is killed under them.
    for number in range(2):
        await customer.write(f"customer {number}")
        if number == 0:
            kill_the_app(demo)
        await writes(agent, f"agent {number}")
    bodies = {f"{who} {number}" for who in ("customer", "agent") for number in range(2)}
    for body in bodies:
        await expect(messages.get_by_text(body, exact=True)).to_have_count(1, timeout=MENDED_MS)
        await expect(customer.bubbles.filter(has_text=body)).to_have_count(1, timeout=MENDED_MS)

    # Without a network for a while.
    await context.set_offline(True)
    await customer.write("from the tunnel")
    await writes(agent, "are you there?")
    await context.set_offline(False)
    await expect(messages.get_by_text("from the tunnel")).to_have_count(1, timeout=MENDED_MS)
    await expect(customer.bubbles.filter(has_text="are you there?")).to_have_count(1, timeout=MENDED_MS)

    async def same() -> bool:
        stored = [one["body"] for one in await thread(agent, conversation)]
        shown = (await customer.bubbles.all_inner_texts())[1:]  # after the greeting
        return len(stored) == len(shown) and all(
            body in text for body, text in zip(stored, shown, strict=True)
        )

    await eventually(same)
    await agent.keyboard.press("Alt+x")
    sure = agent.get_by_role("dialog", name="End the chat").get_by_role("button", name="End chat")
    await expect(sure).to_be_focused()
    await agent.keyboard.press("Enter")
    over = customer.chat.get_by_text("Write again, and another chat begins.")
    await expect(over).to_be_visible(timeout=MENDED_MS)
    await finish(agent)
    await free(agent)

    async def logged() -> bool:
        found = (await api(agent, "/interactions?channel=webchat"))["items"]
        return [one["result"] for one in found if one["id"] == talking["interaction_id"]] == ["answered"]

    await eventually(logged)
    await agent.goto(f"{demo.url}/calls/{talking['interaction_id']}")
    await agent.get_by_text("from the tunnel").wait_for()
