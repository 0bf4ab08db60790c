"""Files in the chat window of a real browser: chosen, pasted, dropped, seen, saved; on bad networks; refused in words."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.api import Site
from tests.channels.conftest import HostSite
from tests.channels.customer import SOON, Customer, Stage, shot, stage, violations
from tests.support import until
from tongdai.kit.ids import new_id

PDF = {"name": "invoice 11.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 the bill"}
PROGRAM = {"name": "photo.png", "mimeType": "image/png", "buffer": b"MZ\x90\0 not a photo"}
EMPTY = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}

DRAW = """async ([how, name]) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 400});
  const context = canvas.getContext("2d");
  context.fillStyle = "#2f6f4f"; context.fillRect(0, 0, 640, 400);
  context.fillStyle = "#fff"; context.font = "64px sans-serif"; context.fillText("Broken lamp", 120, 220);
  const blob = await new Promise(resolve => canvas.toBlob(resolve, "image/png"));
  const data = new DataTransfer();
  data.items.add(new File([blob], name, {type: "image/png"}));
  const field = document.querySelector("textarea");
  if (how === "paste") field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
  else for (const type of ["dragover", "drop"])
    document.querySelector(".log").dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
"""A picture that comes by the clipboard or by the mouse."""


@pytest.fixture(params=["light", "dark"])
async def context(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(
        viewport={"width": 1100, "height": 800}
        if request.param == "light"
        else {"width": 360, "height": 700},
        locale="en-US",
        color_scheme=request.param,
    )
    made.set_default_timeout(SOON)
    yield made
    await made.close()


async def frame(customer: Customer) -> Any:
    return await (await customer.page.locator("tongdai-chat iframe").element_handle()).content_frame()


async def chosen(customer: Customer, *files: Any) -> None:
    async with customer.page.expect_file_chooser() as choosing:
        await customer.chat.get_by_role("button", name="Attach files").click()
    await (await choosing.value).set_files(list(files))


def width_of(customer: Customer) -> int:
    return (customer.page.viewport_size or {"width": 0})["width"]


async def sent_by_customer(on: Stage, card: dict[str, Any]) -> list[tuple[str, list[str]]]:
    thread = await on.agent.ok("GET", f"/conversations/{card['thread']['conversation_id']}/messages")
    return [
        (one["body"], [file["name"] for file in one["attachments"]])
        for one in thread["messages"]
        if one["author"] == "customer"
    ][2:]


async def test_files_go_each_way(site: Site, host: HostSite, server: int, context: BrowserContext):
    on = await stage(site, host, server)
    customer = await on.visit(context)
    complaints: list[str] = []
    customer.page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    customer.page.on("pageerror", lambda error: complaints.append(str(error)))
    card = await on.talk(customer)
    await (await frame(customer)).evaluate(DRAW, ["paste", "image.png"])
    await (await frame(customer)).evaluate(DRAW, ["drop", "lamp.png"])
    await chosen(customer, PDF)
    await expect(customer.chat.locator(".tray .name")).to_have_text(
        ["image.png", "lamp.png", "invoice 11.pdf"]
    )
    await expect(customer.chat.locator("progress")).to_have_count(0, timeout=SOON)
    assert await violations(customer.page) == []
    await shot(customer.page, f"files-tray-{width_of(customer)}")
    await customer.chat.get_by_role("button", name="Remove image.png").click()
    await customer.write("It came broken.")
    await expect(customer.chat.get_by_role("button", name="Save lamp.png")).to_be_visible(timeout=SOON)
    await expect(customer.chat.locator(".tray")).to_have_count(0)

    async def arrived() -> bool:
        return await sent_by_customer(on, card) == [("It came broken.", ["lamp.png", "invoice 11.pdf"])]

    await until(arrived)
    conversation = card["thread"]["conversation_id"]
    uploaded = await on.agent.http.post(
        f"/conversations/{conversation}/attachments",
        params={"name": "return label.pdf", "client_id": str(new_id())},
        content=b"%PDF-1.7 the label",
    )
    body = {"client_id": str(new_id()), "body": "", "attachments": [uploaded.json()["id"]]}
    await on.agent.ok("POST", f"/conversations/{conversation}/messages", body)
    label = customer.chat.get_by_role("button", name="Save return label.pdf")
    await expect(label).to_be_visible(timeout=SOON)
    await expect(customer.chat.locator(".picture img")).to_be_visible(timeout=SOON)
    async with customer.page.expect_download() as saving:
        await label.click()
    saved = await saving.value
    assert saved.suggested_filename == "return label.pdf"
    assert Path(await saved.path()).read_bytes() == b"%PDF-1.7 the label"
    assert await violations(customer.page) == []
    await shot(customer.page, f"files-{width_of(customer)}")
    # Over a reload the picture is fetched anew, and only then.
    await customer.page.reload()
    if width_of(customer) == 360:
        await customer.launcher.click()  # over a whole small screen it does not open by itself
    await expect(customer.chat.locator(".picture img")).to_be_visible(timeout=SOON)
    assert complaints == []


async def test_what_does_not_go_says_why_and_the_rest_goes(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    customer = await on.visit(context)
    card = await on.talk(customer)
    await chosen(customer, PROGRAM, EMPTY, PDF)
    await expect(customer.chat.get_by_text("Files of this kind cannot be sent")).to_be_visible(timeout=SOON)
    await expect(customer.chat.get_by_text("This file is empty")).to_be_visible()
    await expect(customer.chat.locator("progress")).to_have_count(0, timeout=SOON)
    assert await violations(customer.page) == []
    await shot(customer.page, f"files-refused-{width_of(customer)}")
    await customer.chat.get_by_role("button", name="Send").click()

    async def arrived() -> bool:
        return await sent_by_customer(on, card) == [("", ["invoice 11.pdf"])]

    await until(arrived)
    await expect(customer.chat.locator(".tray li")).to_have_count(2)


async def test_a_file_outlives_a_lost_network(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    customer = await on.visit(context)
    card = await on.talk(customer)
    await expect(customer.chat.get_by_text("Sent", exact=True)).to_be_visible(timeout=SOON)
    await context.set_offline(True)
    await chosen(customer, PDF)
    await customer.write("Here it is")
    # It waits with its file; nothing is sent without it.
    await expect(customer.chat.get_by_role("button", name="Sending…")).to_be_disabled()
    await expect(customer.chat.locator("progress")).to_have_count(1)
    await context.set_offline(False)
    await expect(customer.chat.get_by_role("button", name="Save invoice 11.pdf")).to_be_visible(timeout=SOON)
    # Uploaded before the network goes, it is sent when the page is there again.
    await chosen(customer, {**PDF, "name": "second.pdf"})
    await expect(customer.chat.locator("progress")).to_have_count(0, timeout=SOON)
    await context.set_offline(True)
    await customer.write("And another")
    await expect(customer.chat.get_by_text("Sending…")).to_be_visible()
    await context.set_offline(False)
    await customer.page.reload()

    async def arrived() -> bool:
        said = await sent_by_customer(on, card)
        return said == [("Here it is", ["invoice 11.pdf"]), ("And another", ["second.pdf"])]

    await until(arrived)
