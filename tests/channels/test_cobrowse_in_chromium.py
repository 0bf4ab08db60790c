"""A customer shows their page in a real browser: what leaves it, and what never does; the bar, the next page, the end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    WebSocket,
    WebSocketRoute,
    expect,
)

from tests.api import Site
from tests.channels.conftest import HostSite
from tests.channels.customer import SOON, Customer, Stage, shot, stage, violations
from tests.channels.watching import Watching, watching
from tests.support import until

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63b86d6303000379018b7b5ffbf20000000049454e44ae426082"
)
CARD, PASSWORD, PASTED = "4111 1111 1111 1111", "corr3ct-h0rse", "5555 5555 5555 4444"
SECRETS = [
    *(CARD, CARD.replace(" ", ""), PASSWORD, PASTED, PASTED.replace(" ", "")),
    *("Wilhelmina Secretname", "note to myself", "rich words", "HIDDEN-TOKEN", "PRIVATE-", "LINK-TOKEN"),
    *("QUERY-SECRET", "FRAGMENT-SECRET", "SELECTED-VALUE", "INSIDE-FRAME", "DATA-TOKEN-9f86d081"),
]
CHECKOUT = f"""
<h1>Checkout</h1>
<form>
<label>Card <input id="card" name="card" autocomplete="cc-number" placeholder="Card number"></label>
<label>Another card <input id="pasted" name="second"></label>
<label>Password <input id="password" type="password"></label>
<label>Name <input id="name"></label>
<label>Source <input id="source"></label>
<input type="hidden" name="csrf" value="HIDDEN-TOKEN">
<label>Note <textarea id="note"></textarea></label>
<select aria-label="Colour"><option value="SELECTED-VALUE">Red</option></select>
</form>
<div id="rich" contenteditable="true" role="textbox" aria-label="Rich"></div>
<p data-tongdai-private title="PRIVATE-TITLE">Balance: PRIVATE-BALANCE <b data-x="PRIVATE-DATA">PRIVATE-INNER</b></p>
<p class="tongdai-private" id="late">PRIVATE-CLASS</p>
<p id="marked">Seen until it is marked</p>
<p id="echo" data-session="DATA-TOKEN-9f86d081">Nothing yet</p>
<p>Paid before with {PASTED}</p>
<a href="/account?token=LINK-TOKEN#FRAGMENT-SECRET">Account</a>
<iframe title="inside" src="/inside"></iframe>
<img alt="A lamp" src="/lamp.png" width="20" height="20">
"""
ADDRESS = "/checkout?email=QUERY-SECRET#FRAGMENT-SECRET"


@dataclass
class Wire:
    """All that leaves the browser for our server: addresses, bodies, messages."""

    app: str
    sent: list[str] = field(default_factory=list[str])

    def follow(self, page: Page) -> None:
        page.on("request", self._asked)
        page.on("websocket", self._opened)

    def _asked(self, request: Request) -> None:
        if request.url.startswith(self.app):
            self.sent += [request.url, request.post_data or "", str(request.headers)]

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.sent.append(str(payload)))

    @property
    def text(self) -> str:
        return "\n".join(self.sent)


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
    made.set_default_timeout(SOON)
    yield made
    await made.close()


@dataclass
class Showing:
    """A customer on the checkout page who talks with the agent and has been asked to show it."""

    on: Stage
    customer: Customer
    card: dict[str, Any]
    share: dict[str, Any]
    wire: Wire

    @property
    def page(self) -> Page:
        return self.customer.page

    @property
    def consent(self) -> Locator:
        return self.customer.chat.get_by_role("region", name="asks to see this page")

    @property
    def bar(self) -> Locator:
        return self.page.locator("tongdai-share section")

    async def agree(self) -> None:
        await self.consent.get_by_role("button", name="Show this page").click()
        await expect(self.bar).to_contain_text(f"{self.on.agent.user.name} sees this page")

    async def ended(self) -> dict[str, Any]:
        async def over() -> Any:
            (now,) = await self.on.agent.ok("GET", f"/assignments/{self.card['id']}/shares")
            return now["state"] == "over" and now

        return await until(over)


async def asked(site: Site, host: HostSite, server: int, context: BrowserContext) -> Showing:
    on = await stage(site, host, server)
    host.policy += "; img-src 'self'; style-src 'unsafe-inline'"
    host.policy = host.policy.replace("frame-src", "frame-src 'self'")
    host.bodies |= {
        "/checkout": CHECKOUT,
        "/next": "<h1>Next page</h1><button>Buy</button>",
        "/inside": "<p>INSIDE-FRAME</p>",
    }
    host.files["/lamp.png"] = ("image/png", PNG)
    page = await context.new_page()
    wire = Wire(on.app)
    wire.follow(page)
    await page.goto(host.origin + ADDRESS)
    customer = Customer(page)
    card = await on.talk(customer)
    share = await on.agent.ok("POST", f"/assignments/{card['id']}/shares", {"kind": "cobrowse"})
    return Showing(on, customer, card, share, wire)


async def drawn(watched: Watching, *words: str) -> None:
    """Once the agent has been sent all of this."""

    async def there() -> bool:
        return all(word in watched.text for word in words)

    await until(there)


async def test_card_password_and_marked_text_never_leave_the_browser(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    showing = await asked(site, host, server, context)
    page, agent = showing.page, showing.on.agent
    # Some of it was there before anybody agreed.
    await page.fill("#name", "Wilhelmina Secretname")
    await page.evaluate("document.querySelector('#name').setAttribute('value', 'Wilhelmina Secretname')")
    await expect(showing.consent).to_contain_text("They do not see what you type")
    await shot(page, "share-asked")
    assert await violations(page) == []
    await showing.agree()
    async with watching(server, agent, showing.share["id"]) as watched:
        await drawn(watched, "Checkout", "Card number", "Account", "Nothing yet")
        await shot(page, "share-on")
        assert await violations(page) == []

        await page.locator("#card").press_sequentially(CARD)
        await page.locator("#password").press_sequentially(PASSWORD)
        await page.locator("#note").press_sequentially("note to myself")
        await page.locator("#rich").press_sequentially("rich words")
        await page.fill("#source", PASTED)
        await page.locator("#source").press("Control+a")
        await page.locator("#source").press("Control+c")
        await page.locator("#pasted").press("Control+v")
        assert await page.input_value("#pasted") == PASTED
        # A site that repeats what is typed: in attributes, in texts, in addresses, in a title, in what it marks.
        await page.evaluate(
            """([card, password]) => {
              const at = (name) => document.querySelector(name);
              for (const name of ['value', 'title', 'placeholder', 'data-value', 'aria-valuetext', 'aria-label']) {
                at('#card').setAttribute(name, card);
                at('#password').setAttribute(name, password);
                at('#echo').setAttribute(name, card + ' ' + password);
              }
              at('#password').type = 'text';
              at('#echo').textContent = 'You typed ' + card.replaceAll(' ', '') + ' and ' + password;
              at('#echo').className = password;
              at('#late').textContent = 'PRIVATE-CHANGED';
              at('#marked').setAttribute('data-tongdai-private', '');
              at('#marked').textContent = 'PRIVATE-FROM-NOW-ON';
              at('#late').append(Object.assign(document.createElement('b'), {textContent: 'PRIVATE-ADDED'}));
              at('a').href = '/account?card=' + encodeURIComponent(card) + '&password=' + password;
              document.title = 'Paying with ' + card;
              history.pushState(null, '', '/checkout?card=' + encodeURIComponent(card));
              const made = document.createElement('input');
              made.setAttribute('value', password);
              document.body.append(made, 'All is done');
            }""",
            [CARD, PASSWORD],
        )
        await page.locator("#echo").click()
        await drawn(watched, "All is done", "You typed")
        await watched.say(op="again")
        before = watched.text.count("You typed")

        async def drawn_anew() -> bool:
            return watched.text.count("You typed") > before

        await until(drawn_anew)
        relayed, left = watched.text, showing.wire.text
    assert "Checkout" in left
    assert "/shares/" in left
    for secret in SECRETS:
        assert secret not in relayed, secret
        assert secret not in left, secret
    # Nor is the chat shown, nor an address from which an agent's browser would fetch something.
    assert "Hello, this is the shop." not in relayed
    assert host.origin not in relayed.replace(f"{host.origin}/checkout", "")
    assert "data:image/webp" in relayed


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"], ids=["storage", "no-storage"])
async def test_it_is_seen_on_every_page_and_ends_where_it_is_stopped(
    site: Site, host: HostSite, server: int, context: BrowserContext, name: str
):
    host.name = name
    showing = await asked(site, host, server, context)
    page, agent = showing.page, showing.on.agent
    await showing.agree()
    async with watching(server, agent, showing.share["id"]) as watched:
        await drawn(watched, "Checkout")
        await watched.say(op="point", x=200, y=300)
        pointer = page.locator("tongdai-share [data-pointer]")
        await expect(pointer).to_be_visible()
        await expect(pointer).to_have_text(agent.user.name)
        await watched.say(op="mark", x=400, y=300)
        await expect(page.locator("tongdai-share [data-mark]")).to_have_count(1)
        for nonsense in (
            {"op": "mark", "x": "1", "y": None},
            {"op": "end"},
            {"op": "point", "x": 1e99, "y": 0},
        ):
            await watched.say(**nonsense)

        await page.goto(f"{host.origin}/next")
        await expect(showing.bar).to_be_visible()
        await drawn(watched, "Next page")
        # A site that takes the bar away has it back.
        await page.evaluate("document.querySelector('tongdai-share').remove()")
        await expect(showing.bar).to_be_visible()

        # Another tab of the customer knows, and shows nothing itself.
        other = await showing.on.visit(context)
        await other.open()
        await expect(other.chat.get_by_text("sees a page in another of your tabs")).to_be_visible()
        await expect(other.page.locator("tongdai-share")).to_have_count(0)
        await other.page.close()

        await showing.bar.get_by_role("button", name="Stop").click()
        await expect(showing.bar).to_have_count(0)
        over = await showing.ended()
        assert (over["why"], over["ended_by"]) == ("stopped", "customer")
        count = len([one for one in showing.wire.sent if "|0/1|" in one])
        await page.evaluate("document.body.append('After the end')")
        await page.reload()
        await expect(showing.customer.launcher).to_be_visible()
        await expect(showing.bar).to_have_count(0)
        assert len([one for one in showing.wire.sent if "|0/1|" in one]) == count
        assert "After the end" not in showing.wire.text


async def test_a_question_is_counted_where_the_window_is_closed(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    customer = await on.visit(context)
    card = await on.talk(customer)
    await expect(customer.chat.get_by_text("has joined the chat")).to_be_visible()
    await customer.field.press("Escape")
    await on.agent.ok("POST", f"/assignments/{card['id']}/shares", {"kind": "cobrowse"})
    await expect(customer.launcher).to_have_attribute("aria-label", "Open the chat, unread messages: 1")
    await customer.launcher.click()
    await expect(customer.chat.get_by_role("region", name="asks to see this page")).to_be_visible()
    await expect(customer.launcher).to_have_attribute("aria-label", "Close the chat")


async def test_a_network_that_comes_back_shows_the_page_anew(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    showing = await asked(site, host, server, context)
    sockets: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        sockets.append(route)
        route.connect_to_server()

    await context.route_web_socket("**/shares/**", through)
    await showing.agree()
    async with watching(server, showing.on.agent, showing.share["id"]) as watched:
        await drawn(watched, "Checkout")
        await sockets[0].close()
        await showing.page.evaluate("document.querySelector('h1').textContent = 'While away'")
        await drawn(watched, "While away")
        await expect(showing.bar).to_be_visible()


async def test_a_site_that_does_not_let_it_run_leaves_a_clear_word(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    showing = await asked(site, host, server, context)
    host.policy = host.policy.replace(
        f"script-src {showing.on.app}", f"script-src {showing.on.app}/widget.js"
    )
    await showing.page.reload()
    await showing.consent.get_by_role("button", name="Show this page").click()
    problem = showing.customer.chat.get_by_role("alert").filter(has_text="this site does not allow it")
    await expect(problem).to_be_visible()
    assert (await showing.ended())["why"] == "unable"
    await expect(showing.page.locator("tongdai-share")).to_have_count(0)
    await problem.get_by_role("button", name="Close").click()
    await expect(problem).to_have_count(0)


async def test_without_a_lasting_connection_it_is_said_that_it_needs_one(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    async def cut(route: WebSocketRoute) -> None:
        await route.close()

    await context.route_web_socket("**", cut)
    showing = await asked(site, host, server, context)
    await expect(showing.consent).to_contain_text("needs a lasting connection (WebSocket)")
    await expect(showing.consent.get_by_role("button", name="Show this page")).to_have_count(0)
    await showing.consent.get_by_role("button", name="No", exact=True).click()
    assert (await showing.ended())["why"] == "unable"


async def test_a_window_of_its_own_has_no_page_to_show(
    site: Site, host: HostSite, server: int, context: BrowserContext
):
    on = await stage(site, host, server)
    page = await context.new_page()
    await page.goto(f"{on.app}/chat/{on.shop.key}?language=en")
    await page.get_by_role("textbox", name="Write a message").fill("Hi")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="orders").click()
    offer = await on.shop.offer(on.agent)
    card = await on.agent.ok("POST", f"/assignments/{offer['id']}/accept")
    share = await on.agent.ok("POST", f"/assignments/{card['id']}/shares", {"kind": "cobrowse"})
    await expect(page.get_by_text("This window stands alone")).to_be_visible()
    await page.get_by_role("button", name="No", exact=True).click()

    async def unable() -> bool:
        (now,) = await on.agent.ok("GET", f"/assignments/{card['id']}/shares")
        return now["id"] == share["id"] and now["why"] == "unable"

    await until(unable)


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1100)])
async def test_it_can_be_read_and_used_on_any_screen(
    site: Site, host: HostSite, server: int, browser: Browser, scheme: Any, width: int
):
    context = await browser.new_context(viewport={"width": width, "height": 720}, color_scheme=scheme)
    context.set_default_timeout(SOON)
    showing = await asked(site, host, server, context)
    await shot(showing.page, f"share-asked-{scheme}-{width}")
    assert await violations(showing.page) == []
    await showing.agree()
    if width == 360:
        # The window covers the page: it says so itself, and the bar does when it is gone.
        await expect(showing.customer.chat.get_by_text("sees this page")).to_be_visible()
        await expect(showing.bar).to_be_hidden()
        await shot(showing.page, f"share-window-{scheme}-{width}")
        await showing.customer.chat.get_by_role("button", name="Close the chat").click()
    await expect(showing.bar).to_be_visible()
    await showing.page.locator("tongdai-share button").focus()
    await shot(showing.page, f"share-on-{scheme}-{width}")
    assert await violations(showing.page) == []
    for frame in showing.page.frames:
        assert await frame.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    await showing.page.keyboard.press("Enter")
    await expect(showing.bar).to_have_count(0)
    await context.close()
