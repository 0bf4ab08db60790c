"""A customer on the shop's page, a bot, an agent; the app is killed between them, and the customer's network goes."""

import os
import signal
import struct
import zlib
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, FilePayload, Page, expect
from tests.channels.customer import Customer
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.far_sides import free
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.test_working_together import finish

MENDED_MS = 60_000


def _png(size: int) -> bytes:
    """A square picture."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = part(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + part(b"IDAT", zlib.compress((b"\0" + b"\x80" * size) * size))
        + part(b"IEND", b"")
    )


PNG = _png(64)


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

    # A file each way, each as it was sent.
    await customer.attach(FilePayload(name="torn box.png", mimeType="image/png", buffer=PNG))
    await customer.write("The box was torn")
    picture = messages.get_by_role("button", name="Look at torn box.png")
    await picture.click()
    await agent.get_by_role("dialog", name="torn box.png").get_by_role("img", name="torn").wait_for()
    async with agent.expect_download() as saving:
        await agent.get_by_role("dialog").get_by_role("link", name="Save").click()
    assert Path(await (await saving.value).path()).read_bytes() == PNG
    await agent.keyboard.press("Escape")
    await expect(picture).to_be_focused()
    async with agent.expect_file_chooser() as choosing:
        await agent.get_by_role("button", name="Attach files").click()
    label = FilePayload(name="label.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 the label")
    await (await choosing.value).set_files([label])
    await writes(agent, "Send it back with this")
    await expect(customer.bubbles.last).to_contain_text("Send it back with this")
    assert await customer.saves("label.pdf") == label["buffer"]

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
