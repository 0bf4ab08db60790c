"""Greetings that come up by themselves, in a real browser on a strict site: when, how often, and what becomes of them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.api import Site
from tests.channels.conftest import HostSite
from tests.channels.customer import SOON, Customer, Stage, shot, stage, violations

TEXT = {"en": "Need <b>help</b> with your order?"}
SHOP = "<h1>Shop</h1><label>Search <input></label><a href='/cart'>Cart</a>"


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
    made.set_default_timeout(SOON)
    yield made
    await made.close()


async def greets(site: Site, host: HostSite, server: int, *triggers: dict[str, Any], **widget: Any) -> Stage:
    host.bodies |= {"/": SHOP, "/cart": "<h1>Cart</h1>" + "<p>Lamps</p>" * 120}
    return await stage(site, host, server, triggers=[{"text": TEXT, **one} for one in triggers], **widget)


async def visits(context: BrowserContext, address: str) -> tuple[Page, Customer]:
    page = await context.new_page()
    await page.goto(address)
    return page, Customer(page)


async def test_a_greeting_comes_up_on_its_page_and_is_answered(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await greets(site, host, server, {"page": "/cart", "seconds": 1}, {"page": "/none"})
    page, customer = await visits(context, host.origin)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    launcher = page.get_by_role("button", name="Open the chat")
    await expect(launcher).to_be_visible(timeout=SOON)
    status = page.locator("tongdai-chat").get_by_role("status")
    await expect(status).to_be_attached(timeout=SOON)
    await expect(status).to_be_empty()
    search = page.get_by_label("Search")
    await search.focus()
    # The site changes its page without loading another.
    await page.evaluate("history.pushState({}, '', '/cart?step=2')")
    words = status.get_by_role("button", name=TEXT["en"])
    await expect(words).to_be_visible(timeout=SOON)
    await expect(search).to_be_focused()
    assert await status.locator("b").count() == 0
    assert await violations(page) == []
    await shot(page, "greeting")
    await words.click()
    await expect(status).to_be_empty()
    await expect(customer.field).to_be_focused(timeout=SOON)
    await expect(customer.bubbles).to_have_text([TEXT["en"]])
    assert await violations(page) == []
    await shot(page, "greeting-opened")
    await customer.write("Yes please")
    await expect(customer.bubbles.nth(3)).to_contain_text("What is it about?", timeout=SOON)
    await expect(customer.bubbles.first).to_have_text(TEXT["en"])
    await expect(customer.bubbles.nth(1)).to_contain_text("Yes please")
    await customer.chat.get_by_role("button", name="orders").click()
    offer = await on.shop.offer(on.agent)
    card = await on.agent.ok("POST", f"/assignments/{offer['id']}/accept")
    thread = await on.agent.ok("GET", f"/conversations/{card['thread']['conversation_id']}/messages")
    assert thread["messages"][0]["data"] == {"event": "greeted", "text": TEXT["en"]}
    # Loaded anew, the thread says it once, and nothing comes up beside a chat that goes on.
    await page.reload()
    await expect(customer.field).to_be_visible(timeout=SOON)
    await expect(customer.bubbles.first).to_have_text(TEXT["en"])
    await expect(customer.chat.get_by_text(TEXT["en"])).to_have_count(1)
    assert complaints == []


async def test_what_is_closed_stays_closed_and_the_keyboard_reaches_it(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    await greets(
        site,
        host,
        server,
        {"page": "*/cart", "how": "matches", "scroll": 60},
        {"scroll": 60, "visit": 2, "text": {"en": "Still here?"}},
    )
    page, _ = await visits(context, f"{host.origin}/cart")
    status = page.locator("tongdai-chat").get_by_role("status")
    await expect(status).to_be_attached(timeout=SOON)
    await expect(status).to_be_empty()
    await page.evaluate("scrollTo(0, 2800)")
    words = status.get_by_role("button", name=TEXT["en"])
    await expect(words).to_be_visible(timeout=SOON)
    await page.keyboard.press("Tab")
    await expect(words).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(status.get_by_role("button", name="Do not show this again")).to_be_focused()
    await shot(page, "greeting-focus")
    await page.keyboard.press("Escape")
    await expect(status).to_be_empty()
    await expect(page.get_by_role("button", name="Open the chat")).to_be_focused()
    kept = "Object.entries(localStorage).find(([key]) => key.startsWith('tongdai-greet:'))[1]"
    assert '"shut":true' in await page.evaluate(kept)
    await page.close()
    # In the next visit, another tab of the same browser knows of it: the second comes up, though the first would come first.
    other, _ = await visits(context, host.origin)
    await other.evaluate(
        "const [key, kept] = Object.entries(localStorage).find(([key]) => key.startsWith('tongdai-greet:'));"
        " const memory = JSON.parse(kept); memory.at -= 3600000; localStorage.setItem(key, JSON.stringify(memory))"
    )
    await other.goto(f"{host.origin}/cart")
    status = other.locator("tongdai-chat").get_by_role("status")
    await expect(status).to_be_attached(timeout=SOON)
    await other.evaluate("scrollTo(0, 2800)")
    await expect(status).to_have_text("Still here?", timeout=SOON)


async def test_nothing_comes_up_while_nobody_is_there(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await greets(site, host, server)
    admin = await site.sign_in("admin")
    (row,) = (await admin.ok("GET", "/widgets"))["items"]
    change = {
        "version": row["version"],
        "offline": {"queue_id": str(on.shop.queue_id)},
        "triggers": [
            {"text": {"en": "Somebody is here"}, "there": True},
            {"text": {"en": "Never"}, "visit": 2},
        ],
    }
    await admin.ok("PATCH", f"/widgets/{row['id']}", change)
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE presence SET chosen = 'offline' WHERE tenant_id = %(tenant)s")
    page = await context.new_page()
    async with page.expect_response(lambda answer: answer.url.endswith("/there"), timeout=SOON) as asked:
        await page.goto(host.origin)
    assert (await (await asked.value).json()) == {"away": "nobody"}
    status = page.locator("tongdai-chat").get_by_role("status")
    await expect(status).to_be_empty()
    await site.world.ready(on.agent.user.id)
    await page.reload()
    await expect(status).to_have_text("Somebody is here", timeout=SOON)
    await page.get_by_role("button", name="Open the chat").click()
    await expect(status).to_be_empty()


async def test_it_comes_up_when_the_visitor_is_about_to_leave(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    await greets(site, host, server, {"leaving": True})
    page, _ = await visits(context, host.origin)
    status = page.locator("tongdai-chat").get_by_role("status")
    await expect(status).to_be_attached(timeout=SOON)
    leave = "y => document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {clientY: y}))"
    await page.evaluate(leave, 300)  # at the side
    await expect(status).to_be_empty()
    await page.evaluate(leave, -1)
    await expect(status).to_have_text(TEXT["en"], timeout=SOON)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("narrow", {"viewport": {"width": 360, "height": 640}}),
        ("dark", {"viewport": {"width": 900, "height": 700}, "color_scheme": "dark"}),
        ("still", {"viewport": {"width": 900, "height": 700}, "reduced_motion": "reduce"}),
    ],
)
async def test_it_fits_the_screen_and_the_eyes(
    site: Site, host: HostSite, server: int, browser: Browser, name: str, more: dict[str, Any]
):
    text = {"en": "مرحبا! هل تحتاج إلى مساعدة؟ " + "Long " * 30 + "wordwithoutanend" * 5}
    await stage(site, host, server, triggers=[{"text": text}], look={"side": "left"})
    context = await browser.new_context(locale="en-US", **more)
    context.set_default_timeout(SOON)
    page, _ = await visits(context, host.origin)
    status = page.locator("tongdai-chat").get_by_role("status")
    words = status.get_by_role("button").first
    await expect(words).to_be_visible(timeout=SOON)
    if name == "still":
        assert await words.evaluate("one => one.parentElement.getAnimations().length") == 0
    await page.evaluate(
        "Promise.all(document.querySelector('tongdai-chat').shadowRoot.getAnimations().map(one => one.finished)).then(() => 0)"
    )
    box = await words.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= more["viewport"]["width"]
    assert await words.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert await violations(page) == []
    await shot(page, f"greeting-{name}")
    await context.close()
