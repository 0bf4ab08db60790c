"""An agent reads and answers a customer's mail in the desktop, and an administrator keeps the mailbox: in a real browser."""

import asyncio
import base64
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
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


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
    await expect(page.get_by_text("Đơn hàng của tôi đâu rồi? 📦", exact=True)).to_be_visible(timeout=SOON)
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
    await expect(page.get_by_text(re.compile("Goes out in"))).to_be_visible(timeout=SOON)
    await page.keyboard.press("Alt+z")
    await expect(field).to_have_value(re.compile("đơn đang trên đường"))
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


async def test_an_agent_answers_all_and_asks_an_expert(
    site: Site, servers: MailServers, server: int, browser: Browser
):
    app = f"http://127.0.0.1:{server}"
    office = await Office.open(site, servers)
    await office.admin.ok("POST", "/signatures", {"name": "All", "body": {"en": "{{agent.name}}, The shop"}})
    lan, minh, expert = office.customer(), office.customer(), office.customer()
    made = lan.letter(office.address, "It does not start.", "Broken", Cc=minh.address)
    made.add_alternative('<p>It does <img src="cid:p@x"> not start.</p>', subtype="html")
    made.get_payload()[1].add_related(PNG, "image", "png", cid="<p@x>", filename="p.png")  # type: ignore[index, union-attr]
    made.make_mixed()
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="log.pdf")
    context = await signed_in(browser, office.agent, app)
    page = await context.new_page()
    await page.goto(f"{app}/workspace")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    await page.get_by_test_id("offer").get_by_role("button", name="Accept").click()
    heading = page.get_by_role("group", name="Who gets the letter")
    await expect(heading).to_contain_text(lan.address, timeout=SOON)
    await expect(page.get_by_text(f"copy to {minh.address}")).to_be_visible()
    await expect(page.get_by_label("Signature: it is sent under the letter")).to_contain_text("The shop")
    await expect(page.get_by_role("list", name="Files").get_by_role("listitem")).to_have_count(1)
    await page.get_by_role("button", name="Show as sent").click()
    picture = page.frame_locator("iframe[title^='The mail as sent']").locator("img")
    await expect(picture).to_have_js_property("naturalWidth", 1, timeout=SOON)
    await shot(page, "picture")
    await page.get_by_role("button", name="Hide what was sent").click()
    await heading.get_by_role("button", name="Answer all").click()
    await expect(heading).to_contain_text(minh.address)
    await heading.get_by_role("button", name="Receivers and subject").click()
    bcc = heading.get_by_role("combobox", name="Bcc")
    await bcc.fill("nobody")
    await bcc.press("Enter")
    await expect(heading.get_by_text("Not an e-mail address: nobody")).to_be_visible()
    field = page.get_by_role("textbox", name="Answer")
    await field.fill("Please wait.")
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await bcc.press("Backspace")
    await bcc.press("Backspace")
    await heading.get_by_role("textbox", name="Subject").fill("Your machine")
    await shot(page, "heading")
    await field.press("Control+Enter")
    got = await minh.gets()
    assert (got["To"], got["Cc"]) == (lan.address, minh.address)
    assert str(got["Subject"]).startswith("Your machine")
    assert "The shop" in got.as_string()

    await heading.get_by_role("button", name="Forward").click()
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    to = heading.get_by_role("combobox", name="To", exact=True)
    await to.fill(expert.address)
    await to.press("Enter")
    await expect(heading).to_contain_text("log.pdf")
    await shot(page, "forward")
    await page.get_by_role("button", name="Send", exact=True).click()
    got = await expert.gets()
    await expect(page.get_by_text(f"Sends on the letter of {lan.address}")).to_be_visible(timeout=SOON)
    expert.answer(got, "Press it twice.")
    await expect(page.get_by_text("Answers what was forwarded to them")).to_be_visible(timeout=SOON)
    await expect(heading).to_contain_text(lan.address)
    await shot(page, "aside")
    await page.set_viewport_size({"width": 360, "height": 760})
    await shot(page, "heading-narrow")
    await context.close()


async def test_an_administrator_sorts_letters_and_lets_spam_through(
    site: Site, servers: MailServers, server: int, browser: Browser
):
    app = f"http://127.0.0.1:{server}"
    office = await Office.open(site, servers)
    context = await signed_in(browser, office.admin, app, "dark")
    page = await context.new_page()
    await page.goto(f"{app}/admin/mailboxes")
    await page.get_by_text(office.address).first.click(timeout=SOON)
    await page.get_by_role("button", name="Add a rule").click(timeout=SOON)
    rule = page.get_by_role("group", name="Rule 1")
    await rule.get_by_role("textbox", name="Name").fill("Adverts")
    rule = page.get_by_role("group", name="Adverts")
    await rule.get_by_role("textbox", name="Words").fill("cheap")
    await rule.get_by_role("switch", name="Put it aside as spam").click()
    await page.get_by_text("Try the rules with a letter").first.click()
    await page.get_by_role("textbox", name="Its subject").fill("CHÉAP watches")
    await page.get_by_role("button", name="Try the rules with a letter").click()
    await expect(page.get_by_text("Taken by: Adverts")).to_be_visible(timeout=SOON)
    await shot(page, "rules")
    await page.set_viewport_size({"width": 360, "height": 760})
    await shot(page, "rules-narrow")
    await page.set_viewport_size({"width": 1400, "height": 900})
    await page.get_by_role("button", name="Save").click()

    async def saved() -> bool:
        return (await office.row()).rules != []

    await until(saved)
    lan = office.customer()
    lan.write(office.address, "Buy!", "Cheap watches")

    async def aside() -> bool:
        return (await office.admin.ok("GET", "/spam"))["items"] != []

    await until(aside)
    await page.goto(f"{app}/admin/spam")
    await expect(page.get_by_text("Cheap watches")).to_be_visible(timeout=SOON)
    await shot(page, "spam")
    await page.get_by_role("button", name="Not spam").click()
    await expect(page.get_by_text("No spam")).to_be_visible(timeout=SOON)
    await office.taken()
    await page.goto(f"{app}/admin/signatures")
    await page.get_by_role("button", name="New signature").click(timeout=SOON)
    await shot(page, "signature")
    await page.goto(
        f"{app}/admin/mailboxes/{office.mailbox['id']}"
    )  # where a provider's sign-in leads back to
    await page.get_by_role("combobox", name="Sign in by").click(timeout=SOON)
    await page.get_by_role("option", name="The provider's own sign-in (Google, Microsoft)").click()
    await expect(page.get_by_text(f"{app}/api/v1/mailbox-sign-in")).to_be_visible()
    await shot(page, "provider")
    await context.close()
