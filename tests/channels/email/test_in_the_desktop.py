"""An agent reads and answers a customer's mail in the desktop, and an administrator keeps the mailbox: in a real browser."""

import asyncio
import os
import re
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.api import Person, Site
from tests.channels.email.post import Office
from tests.channels.email.servers import MailServers
from tests.support import until

SOON = 15_000


async def signed_in(
    browser: Browser, person: Person, app: str, colours: Literal["light", "dark"] = "light"
) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": 1400, "height": 900}, locale="en-GB", color_scheme=colours
    )
    for cookie in person.http.cookies.jar:
        await context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": app}])
    return context


async def shot(page: Page, name: str) -> None:
    """A picture to look at, where somebody asks for them."""
    if folder := os.environ.get("TONGDAI_PICTURES"):
        await page.screenshot(path=Path(folder) / f"email-{name}.png")


async def test_an_agent_reads_and_answers_a_mail(
    site: Site, servers: MailServers, server: int, browser: Browser
):
    app = f"http://127.0.0.1:{server}"
    office = await Office.open(site, servers)
    lan = office.customer()
    asked: list[bytes] = []

    async def track(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    tracker = await asyncio.start_server(track, "127.0.0.1", 0)
    port = tracker.sockets[0].getsockname()[1]
    made = lan.letter(office.address, "x", "Đơn hàng của tôi đâu rồi? 📦")
    made.set_content(
        "Đơn 4711 chưa đến.\n\nOn Mon, Jun 1, 2026 at 10:00 AM Shop <x@y> wrote:\n\n> Order 4711 is on its way."
    )
    made.add_alternative(
        f'<p>Đơn <b>4711</b> chưa đến.</p><img src="http://127.0.0.1:{port}/1.gif"><script>document.body.remove()</script>',
        subtype="html",
    )
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="hóa đơn.pdf")
    context = await signed_in(browser, office.agent, app)
    page = await context.new_page()
    await page.goto(f"{app}/workspace")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    offer = page.get_by_test_id("offer")
    await expect(offer).to_contain_text("E-mail", timeout=SOON)
    await shot(page, "offer")
    await offer.get_by_role("button", name="Accept").click()
    await expect(page.get_by_text("Đơn hàng của tôi đâu rồi? 📦")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("> Order 4711 is on its way.")).to_be_hidden()
    await page.get_by_role("button", name="Show quoted text").click()
    await expect(page.get_by_text("> Order 4711 is on its way.")).to_be_visible()
    await page.get_by_role("button", name="Show as sent").click()
    letter = page.frame_locator("iframe[title^='The mail as sent']")
    await expect(letter.get_by_text("4711")).to_be_visible(timeout=SOON)
    assert asked == []
    await shot(page, "letter")
    await page.get_by_role("button", name="Load images").click()

    async def fetched() -> bool:
        return asked != []

    await until(fetched)
    field = page.get_by_role("textbox", name="Answer")
    await field.fill("Chào Lan,")
    await field.press("Enter")
    await field.press_sequentially("đơn đang trên đường.")
    await field.press("Control+Enter")
    await expect(page.get_by_text("Sent", exact=True)).to_be_visible(timeout=SOON)
    got = await lan.gets()
    assert "on its way" not in got.as_string()
    lan.answer(got, "Cảm ơn bạn!")
    await expect(page.get_by_role("region", name="Messages").get_by_text("Cảm ơn bạn!")).to_be_visible(
        timeout=SOON
    )
    await shot(page, "answered")
    await page.set_viewport_size({"width": 360, "height": 760})
    await shot(page, "narrow")
    await page.set_viewport_size({"width": 1400, "height": 900})
    await page.get_by_role("button", name=re.compile("^Close( Alt|$)")).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("waits for an agent anew")
    await dialog.get_by_role("button", name="Close", exact=True).last.click()
    await expect(page.get_by_text("The e-mail is closed")).to_be_visible(timeout=SOON)
    await context.close()
    tracker.close()


async def test_an_administrator_tries_a_mailbox(
    site: Site, servers: MailServers, server: int, browser: Browser
):
    app = f"http://127.0.0.1:{server}"
    office = await Office.open(site, servers)
    context = await signed_in(browser, office.admin, app, "dark")
    page = await context.new_page()
    await page.goto(f"{app}/admin/mailboxes")
    await expect(page.get_by_text(office.address).first).to_be_visible(timeout=SOON)
    await shot(page, "mailboxes")
    await page.get_by_text(office.address).first.click()
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_text("Incoming mail (IMAP): works")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("Outgoing mail (SMTP): works")).to_be_visible()
    await shot(page, "mailbox")
    await page.set_viewport_size({"width": 360, "height": 760})
    await shot(page, "mailbox-narrow")
    await context.close()
