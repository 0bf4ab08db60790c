"""A customer in a real browser on a shop's website, and what a test needs to look at what they see."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, FilePayload, FrameLocator, Page, expect

from tests.api import Person, Site
from tests.channels.conftest import HostSite
from tests.channels.shop import Shop
from tests.support import until
from tongdai.kit.ids import new_id

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SOON = 10_000
HELLO = ["Hello, this is the shop.", "What is it about?"]
GREETING = "Hello! How can we help you?"


class Customer:
    """A tab on the customer's website."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.locator("tongdai-chat > button, tongdai-chat button").first
        self.chat: FrameLocator = page.frame_locator("tongdai-chat iframe")
        self.field = self.chat.get_by_role("textbox", name="Write a message")
        self.bubbles = self.chat.locator(".bubble:not(.dots)")

    async def open(self) -> None:
        await self.launcher.click()
        await expect(self.field).to_be_focused(timeout=SOON)

    async def write(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")

    async def attach(self, *files: FilePayload) -> None:
        """Files for the next message."""
        async with self.page.expect_file_chooser() as choosing:
            await self.chat.get_by_role("button", name="Attach files").click()
        await (await choosing.value).set_files(list(files))

    async def saves(self, name: str) -> bytes:
        """A file of the chat, as it comes down."""
        async with self.page.expect_download() as saving:
            await self.chat.get_by_role("button", name=f"Save {name}").click()
        saved = await saving.value
        assert saved.suggested_filename == name
        return Path(await saved.path()).read_bytes()

    async def reads(self, *bodies: str) -> None:
        """Exactly these messages, after the greeting, each said by whom it is for those who cannot see it."""
        words = [GREETING, *bodies]
        await expect(self.bubbles).to_have_count(len(words), timeout=SOON)
        for number, words_of in enumerate(words):
            await expect(self.bubbles.nth(number)).to_contain_text(words_of)


class Stage:
    """The shop, its website and its app."""

    def __init__(self, shop: Shop, host: HostSite, app: str) -> None:
        self.shop, self.host, self.app = shop, host, app

    @property
    def agent(self) -> Person:
        return self.shop.agents[0]

    async def visit(self, context: BrowserContext) -> Customer:
        page = await context.new_page()
        await page.goto(self.host.origin)
        return Customer(page)

    async def says(self, card: dict[str, Any], body: str) -> None:
        path = f"/conversations/{card['thread']['conversation_id']}/messages"
        await self.agent.ok("POST", path, {"client_id": str(new_id()), "body": body})

    async def stands(self, card: dict[str, Any], body: str) -> None:
        """Once the server has it: what a window shows may still be on its way."""
        path = f"/conversations/{card['thread']['conversation_id']}/messages"

        async def there() -> bool:
            return body in [one["body"] for one in (await self.agent.ok("GET", path))["messages"]]

        await until(there)

    async def talk(self, customer: Customer) -> dict[str, Any]:
        """The customer gets through to the agent; gives the agent's card."""
        await customer.open()
        await customer.write("Hi")
        await customer.chat.get_by_role("button", name="orders").click()
        offer = await self.shop.offer(self.agent)
        return await self.agent.ok("POST", f"/assignments/{offer['id']}/accept")


async def stage(site: Site, host: HostSite, server: int, **widget: Any) -> Stage:
    app = f"http://127.0.0.1:{server}"
    widget.setdefault("origins", [host.origin])
    shop = await Shop.open(site, **widget)
    host.embeds(app, shop.key)
    return Stage(shop, host, app)


async def violations(page: Page) -> list[str]:
    """What axe finds in the site and in the window."""
    found: list[str] = []
    for frame in page.frames:
        if frame.is_detached() or frame.url in ("", "about:blank"):
            continue
        # The page's policy lets no script in but its own; the debugger's evaluation is not bound by it.
        await frame.evaluate(AXE.read_text() + "; undefined")
        results = await frame.evaluate(
            "levels => axe.run(document, {runOnly: levels, iframes: false})", LEVELS
        )
        found += [
            f"{rule['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}"
            for rule in results["violations"]
            for node in rule["nodes"]
        ]
    return found


async def shot(page: Page, name: str) -> None:
    """A picture to look at, where somebody asks for them."""
    if folder := os.environ.get("TONGDAI_PICTURES"):
        await page.screenshot(path=Path(folder) / f"widget-{name}.png")
