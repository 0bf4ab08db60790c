"""A site's page tells of the visit in a real browser: mistakes are named in the console, the agent has the rest at once."""

from typing import Any

from playwright.async_api import Browser, expect

from tests.api import Site
from tests.channels.conftest import HostSite
from tests.channels.customer import HELLO, SOON, stage
from tests.support import until

WRONG = """
Tongdai.setAttributes({nested: {a: 1}, list: [1], run: () => 1, node: document.body, mark: Symbol('x'), big: 1n,
  long: 'x'.repeat(501), endless: Infinity, 'a.b': 1, '__proto__x': 1, none: undefined});
Tongdai.setAttributes(null); Tongdai.setAttributes();
"""


async def test_a_page_tells_before_a_chat_and_in_it(
    site: Site, host: HostSite, server: int, browser: Browser
):
    on = await stage(site, host, server)
    context = await browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
    context.set_default_timeout(SOON)
    customer = await on.visit(context)
    page = customer.page
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"thrown: {error}"))
    await page.wait_for_function("window.Tongdai")
    await page.evaluate(
        "Tongdai.setAttributes({plan: 'pro <b>', cart: 12.5, member: true, old: 1, plan2: ''}); null"
    )
    await page.evaluate(WRONG + "null")
    wrong = ["nested", "list", "run", "node", "mark", "big", "long", "endless", "a.b", "__proto__x", "none"]

    async def said() -> bool:
        return len(complaints) >= len(wrong)

    await until(said, timeout=SOON / 1000)
    assert [one.split('"')[1] for one in complaints] == wrong
    assert complaints[0].startswith('Tongdai.setAttributes: "nested": give a text, a number, true or false')

    # It is kept in this tab for the chat that begins on another page; what is taken back is not told.
    await page.reload()
    await page.wait_for_function("window.Tongdai")
    await page.evaluate("Tongdai.setAttributes({old: null, cart: 20}); null")
    card = await on.talk(customer)

    async def told() -> dict[str, Any]:
        visit = await on.agent.ok("GET", f"/assignments/{card['id']}/visit")
        return {one["name"]: one["value"] for one in visit["told"]}

    assert await told() == {"plan": "pro <b>", "cart": 20, "member": True, "plan2": ""}
    await customer.reads("Hi", *HELLO, "Orders")
    await page.evaluate(
        "Tongdai.setAttributes({cart: 21}); Tongdai.setAttributes({cart: 22, plan2: null}); null"
    )

    async def changed() -> bool:
        return await told() == {"plan": "pro <b>", "cart": 22, "member": True}

    await until(changed, timeout=SOON / 1000)

    # Told while the network is away, it is told when it is back.
    await context.set_offline(True)
    await page.evaluate("Tongdai.setAttributes({step: 'pay'}); null")
    await expect(customer.chat.get_by_text("No connection")).to_be_visible(timeout=SOON)
    await context.set_offline(False)

    async def back() -> bool:
        return (await told()).get("step") == "pay"

    await until(back, timeout=30)
    await page.evaluate(
        "Tongdai.setAttributes(Object.fromEntries([...Array(40)].map((_, n) => [`n${n}`, n]))); null"
    )

    async def bounded() -> bool:
        return len(await told()) == 30 and any('"n39": at most 30' in one for one in complaints)

    await until(bounded, timeout=SOON / 1000)
    assert not any("thrown" in one for one in complaints), complaints
    await context.close()
