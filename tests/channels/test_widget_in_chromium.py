"""The chat on a customer's website in a real browser, against the real app: other origin, strict policies, bad networks."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, WebSocketRoute, expect

from tests.api import Site
from tests.channels.conftest import HostSite
from tests.channels.customer import GREETING, HELLO, SOON, Customer, shot, stage, violations
from tests.channels.shop import Shop
from tongdai.channels.webchat.lines import Lines


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
    made.set_default_timeout(SOON)
    yield made
    await made.close()


@pytest.fixture(params=["127.0.0.1", "localhost"], ids=["storage", "no-storage"])
def either(request: pytest.FixtureRequest, host: HostSite) -> HostSite:
    """The website to which the browser lends storage for the window, and the one to which it does not."""
    host.name = request.param
    return host


async def test_a_customer_chats_with_the_bot_and_an_agent_from_a_strict_site(
    site: Site, either: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, either, server)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(either.origin)
    customer = Customer(page)
    await expect(customer.launcher).to_have_attribute("aria-label", "Open the chat", timeout=SOON)
    await expect(customer.launcher).to_have_attribute("aria-expanded", "false")
    await page.evaluate(
        "window.told = []; for (const name of ['open', 'close', 'message', 'unread'])"
        " Tongdai.on(name, value => told.push([name, value])); null"
    )
    await customer.open()
    await customer.write("Where is my parcel?")
    await customer.reads("Where is my parcel?", *HELLO)
    await customer.chat.get_by_role("button", name="orders").click()
    await customer.reads("Where is my parcel?", *HELLO, "Orders")
    await expect(customer.chat.get_by_text("You are number 1 in the queue")).to_be_visible(timeout=SOON)
    await expect(customer.chat.get_by_text("Sent", exact=True)).to_be_visible()

    offer = await on.shop.offer(on.agent)
    assert [one["value"] for one in offer["flow_answers"]] == ["orders"]
    card = await on.agent.ok("POST", f"/assignments/{offer['id']}/accept")
    await expect(customer.chat.get_by_text(f"{on.agent.user.name} has joined the chat")).to_be_visible(
        timeout=SOON
    )
    await on.agent.ok("POST", f"/assignments/{card['id']}/typing")
    await expect(customer.chat.locator(".dots")).to_be_visible(timeout=SOON)
    await on.says(card, "It left today: https://parcels.example/4711?a=1&b=2.")
    link = customer.chat.get_by_role("link")
    await expect(link).to_have_attribute("href", "https://parcels.example/4711?a=1&b=2", timeout=SOON)
    await expect(customer.chat.locator(".dots")).to_have_count(0)
    thread = await on.agent.ok("GET", f"/conversations/{card['thread']['conversation_id']}/messages")
    seen = {"seq": thread["messages"][-1]["seq"]}
    await on.agent.ok("POST", f"/conversations/{card['thread']['conversation_id']}/seen", seen)
    await expect(customer.chat.get_by_text("Seen", exact=True)).to_be_visible(timeout=SOON)

    # Esc goes back to the site; what comes now is counted on the button and in the title.
    await customer.field.press("Escape")
    await expect(customer.launcher).to_be_focused()
    await on.says(card, "Anything else?")
    await expect(customer.launcher).to_have_attribute(
        "aria-label", "Open the chat, unread messages: 1", timeout=SOON
    )
    assert await page.title() == "(1) Shop"
    await shot(page, "unread")
    await page.keyboard.press("Enter")
    await expect(customer.field).to_be_focused()
    await expect(customer.launcher).to_have_attribute("aria-label", "Close the chat")
    assert await page.title() == "Shop"
    told = await page.evaluate("told")
    assert [name for name, _ in told if name in ("open", "close")] == ["open", "close", "open"]
    assert [value for name, value in told if name == "unread"] == [1, 0]
    assert "message" in {name for name, _ in told}
    assert "Anything else?" not in json.dumps(told)

    # Ending is asked about; writing again begins another chat in the same window.
    await customer.chat.get_by_role("button", name="End the chat").click()
    await customer.chat.get_by_role("button", name="End it").click()
    await expect(customer.chat.get_by_text("Write again, and another chat begins.")).to_be_visible(
        timeout=SOON
    )
    await customer.write("One more thing")
    await expect(customer.bubbles.last).to_contain_text(HELLO[-1], timeout=SOON)
    assert complaints == []


async def test_two_tabs_show_the_same_and_survive_each_other(
    site: Site, either: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, either, server)
    first = await on.visit(context)
    card = await on.talk(first)
    second = await on.visit(context)
    await second.open()
    await second.write("From the second tab")
    before = ["Hi", *HELLO, "Orders", "From the second tab"]
    await second.reads(*before)
    await first.reads(*before)
    await on.stands(card, "From the second tab")
    await on.says(card, "To both")
    await first.reads(*before, "To both")
    await second.reads(*before, "To both")
    await first.page.close()
    await second.write("Alone now")
    await on.says(card, "Still here")
    await expect(second.bubbles).to_have_count(9, timeout=SOON)
    assert len(site.runtime.get(Lines)._of) == 1  # pyright: ignore[reportPrivateUsage]


async def test_what_is_written_without_a_network_arrives_once_and_in_order(
    site: Site, either: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, either, server)
    customer = await on.visit(context)
    card = await on.talk(customer)
    await expect(customer.chat.get_by_text("Sent", exact=True)).to_be_visible(timeout=SOON)
    await context.set_offline(True)
    for number in range(3):
        await customer.write(f"offline {number}")
    await customer.reads("Hi", *HELLO, "Orders", *[f"offline {number}" for number in range(3)])
    await expect(customer.chat.get_by_text("Sending…")).to_be_visible()
    await expect(customer.chat.get_by_text("No connection.")).to_be_visible(timeout=SOON)
    await shot(customer.page, "offline")
    await context.set_offline(False)
    await expect(customer.chat.get_by_text("Sent", exact=True)).to_be_visible(timeout=SOON)
    await expect(customer.chat.get_by_text("No connection.")).to_have_count(0, timeout=SOON)
    # The page is left meanwhile: what was not sent is kept, and the window is open again.
    await context.set_offline(True)
    for number in range(3, 5):
        await customer.write(f"offline {number}")
    await expect(customer.chat.get_by_text("Sending…")).to_be_visible()
    await context.set_offline(False)
    await customer.page.reload()
    await expect(customer.field).to_be_visible(timeout=SOON)
    await expect(customer.bubbles).to_have_count(10, timeout=SOON)
    await expect(customer.chat.get_by_text("Sent", exact=True)).to_be_visible(timeout=SOON)
    thread = await on.agent.ok("GET", f"/conversations/{card['thread']['conversation_id']}/messages")
    said = [one["body"] for one in thread["messages"] if one["author"] == "customer"]
    assert said == ["Hi", "orders", *[f"offline {number}" for number in range(5)]]
    await on.says(card, "Got all five")
    await expect(customer.bubbles.last).to_contain_text("Got all five", timeout=SOON)


async def test_an_answer_that_is_lost_on_its_way_does_not_double_the_message(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    customer = await on.visit(context)
    lost = 0

    async def lose(route: Any) -> None:
        nonlocal lost
        if lost < 2:
            lost += 1
            await route.fetch()  # the server took it
            await route.abort()  # and nobody heard
        else:
            await route.continue_()

    await customer.page.route("**/messages", lose)
    await customer.open()
    await customer.write("Once")
    await customer.reads("Once", *HELLO)
    await expect(customer.chat.get_by_text("Sent", exact=True)).to_be_visible(timeout=SOON)
    await customer.write("2")
    await customer.reads("Once", *HELLO, "2", "Which order?")


async def test_without_sockets_it_asks_again_and_again(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    tried = 0

    async def shut(socket: WebSocketRoute) -> None:
        nonlocal tried
        tried += 1
        await socket.close()

    await context.route_web_socket("**/socket", shut)
    customer = await on.visit(context)
    card = await on.talk(customer)
    await on.says(card, "Can you read this?")
    await expect(customer.bubbles.last).to_contain_text("Can you read this?", timeout=SOON)
    await customer.write("Yes")
    await customer.reads("Hi", *HELLO, "Orders", "Can you read this?", "Yes")
    assert tried == 2


async def test_hostile_words_are_shown_as_words(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(
        site, host, server, look={"title": {"en": "<script>alert(2)</script>"}, "greeting": {"en": GREETING}}
    )
    customer = await on.visit(context)
    dialogs: list[str] = []
    customer.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    card = await on.talk(customer)
    hostile = '<img src=x onerror=alert(1)> javascript:alert(3) data:text/html,x "><svg onload=alert(4)>'
    await on.says(card, hostile)
    await expect(customer.bubbles.last).to_contain_text(hostile, timeout=SOON)
    await customer.write(hostile)
    await expect(customer.bubbles.last).to_contain_text(hostile)
    assert await customer.chat.locator(".log img, .log a, .log svg[onload]").count() == 0
    await expect(customer.chat.get_by_role("heading")).to_have_text("<script>alert(2)</script>")
    assert dialogs == []


async def test_a_site_that_is_not_listed_cannot_show_it(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server, origins=["https://shop.example"])
    page = await context.new_page()
    refused = asyncio.get_running_loop().create_future()

    def hear(said: Any) -> None:
        if "frame-ancestors" in said.text and not refused.done():
            refused.set_result(said.text)

    page.on("console", hear)
    await page.goto(host.origin)
    async with asyncio.timeout(15):
        await refused
    customer = Customer(page)
    await expect(customer.launcher).to_be_hidden()
    assert await site.world.value("SELECT count(*) FROM visitors WHERE tenant_id = %(tenant)s") == 0
    assert on.host.origin not in str(await refused)


async def test_who_writes_says_who_they_are_first(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    asked = [{"name": "name", "required": True}, {"name": "email", "required": True}, {"name": "phone"}]
    on = await stage(site, host, server, pre_chat=asked)
    customer = await on.visit(context)
    await customer.launcher.click()
    name = customer.chat.get_by_role("textbox", name="Your name")
    await expect(name).to_be_focused(timeout=SOON)
    await shot(customer.page, "pre-chat")
    await customer.chat.get_by_role("button", name="Begin the chat").click()
    await expect(name).to_be_focused()
    await expect(customer.chat.get_by_text("Please fill this in.")).to_have_count(2)
    assert await violations(customer.page) == []
    await name.fill("An Nguyễn")
    await customer.chat.get_by_role("textbox", name="E-mail").fill("an@shop")
    await name.press("Enter")
    await expect(customer.chat.get_by_text("This is not an e-mail address.")).to_be_visible()
    await customer.chat.get_by_role("textbox", name="E-mail").fill("an@shop.example")
    await name.press("Enter")
    await expect(customer.field).to_be_focused()
    await customer.write("Hi")
    await customer.reads("Hi", *HELLO)
    assert await site.world.value("SELECT name FROM contacts WHERE tenant_id = %(tenant)s") == "An Nguyễn"


async def test_a_browser_that_the_server_forgot_begins_anew_and_loses_nothing(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    customer = await on.visit(context)
    await customer.open()
    await customer.write("Hi")
    await customer.reads("Hi", *HELLO)
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE visitors SET token = 'other' WHERE tenant_id = %(tenant)s")
    await customer.write("Are you there?")
    await customer.reads("Are you there?", *HELLO)
    assert await site.world.value("SELECT count(*) FROM visitors WHERE tenant_id = %(tenant)s") == 2


async def test_a_widget_that_was_put_aside_says_so(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    customer = await on.visit(context)
    await customer.open()
    admin = await site.sign_in("admin")
    (widget,) = (await admin.ok("GET", "/widgets"))["items"]
    await admin.ok("DELETE", f"/widgets/{widget['id']}")
    await customer.write("Hi")
    await expect(customer.chat.get_by_text("This chat does not exist any more.")).to_be_visible(timeout=SOON)
    await expect(customer.field).to_have_count(0)
    await shot(customer.page, "gone")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
async def test_everybody_can_use_it(
    site: Site, host: HostSite, server: int, browser: Browser, scheme: Any, width: int
):
    look = {
        "colour": "#e8b71a" if scheme == "dark" else "#0b6bcb",
        "title": {"vi": "Cửa hàng Đèn Lồng", "en": "Lanterns"},
    }
    on = await stage(site, host, server, look=look)
    host.embeds(on.app, on.shop.key, language="vi")
    context = await browser.new_context(
        viewport={"width": width, "height": 720}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto(host.origin)
    customer = Customer(page)
    await customer.launcher.click(timeout=SOON)
    field = customer.chat.get_by_role("textbox", name="Viết tin nhắn")
    await expect(field).to_be_focused(timeout=SOON)
    await field.fill("Chào shop, đơn hàng 4711 của mình đang ở đâu?")
    await field.press("Enter")
    await expect(customer.bubbles).to_have_count(4, timeout=SOON)
    await shot(page, f"bot-{scheme}-{width}")
    assert await violations(page) == []
    await customer.chat.get_by_role("button", name="orders").click()
    offer = await on.shop.offer(on.agent)
    await expect(customer.chat.get_by_text("vị trí số 1")).to_be_visible(timeout=SOON)
    await shot(page, f"waiting-{scheme}-{width}")
    assert await violations(page) == []
    card = await on.agent.ok("POST", f"/assignments/{offer['id']}/accept")
    await on.says(card, "Chào bạn! Đơn của bạn đang trên đường, xem tại https://parcels.example/4711")
    await on.says(card, "averyveryverylongwordwithoutanyplacetobreakit" * 4)
    await expect(customer.bubbles).to_have_count(7, timeout=SOON)
    await field.fill("Cảm ơn")
    await customer.chat.get_by_role("button", name="Kết thúc trò chuyện").click()
    await shot(page, f"agent-{scheme}-{width}")
    assert await violations(page) == []
    for frame in page.frames:
        assert await frame.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    if width == 360:
        await expect(customer.launcher).to_be_hidden()
        await customer.chat.get_by_role("button", name="Đóng khung trò chuyện").click()
        await expect(customer.launcher).to_be_focused()
    await context.close()


async def test_the_made_up_shop_shows_it(site: Site, server: int, context: BrowserContext):
    shop = await Shop.open(site)
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{server}/chat/{shop.key}/preview?language=en")
    customer = Customer(page)
    await customer.open()
    await customer.write("Hi")
    await customer.reads("Hi", *HELLO)
    await shot(page, "preview")
    assert await violations(page) == []
