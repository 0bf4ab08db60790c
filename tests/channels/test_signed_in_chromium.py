"""A signed visitor in a real browser: what is typed waits for the site, stale proof is asked anew, who signs out is forgotten."""

from playwright.async_api import Browser, expect

from tests.api import Site
from tests.channels.conftest import HostSite
from tests.channels.customer import GREETING, HELLO, SOON, shot, stage, violations
from tests.channels.signing import signed
from tests.support import until as until_so


async def test_what_was_typed_waits_until_the_site_says_who_it_is(
    site: Site, host: HostSite, server: int, browser: Browser
):
    on = await stage(site, host, server, identity="enforced")
    admin = await site.sign_in("admin")
    (row,) = (await admin.ok("GET", "/widgets"))["items"]
    secret = (await admin.ok("POST", f"/widgets/{row['id']}/secrets"))["secret"]
    context = await browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-US")
    customer = await on.visit(context)
    page = customer.page
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text))

    async def sign(sub: str = "user-42") -> str:
        return signed(secret, site.runtime.clock.now(), sub=sub, name="An <b>Nguyễn</b>")

    await page.expose_function("sign", sign)  # pyright: ignore[reportUnknownMemberType]
    await customer.open()
    needed = customer.chat.get_by_role("alert").get_by_text("Sign in on this website")
    await expect(needed).to_be_visible(timeout=SOON)
    await customer.write("Where is my parcel?")
    await shot(page, "proof-needed")
    assert await violations(page) == []

    # What a developer does wrong is said in the console; the visitor reads what they can do.
    await page.evaluate("Tongdai.identify('x.y.z')")
    await customer.chat.get_by_role("button", name="Try again").click()
    await expect(needed).to_be_visible()
    await page.evaluate("Tongdai.identify(() => sign())")
    await customer.reads("Where is my parcel?", *HELLO)
    await expect(needed).to_have_count(0)
    assert any("not a signed JWT" in one or "base64url" in one for one in told), told

    # Its proof is over while they write: the page is asked anew by itself, and nothing is lost.
    async def until(value: str) -> None:
        async with site.world.transaction() as tx:
            await tx.execute(f"UPDATE visitors SET verified_until = {value} WHERE tenant_id = %(tenant)s")

    await until("now() - interval '1 hour'")
    await customer.chat.get_by_role("button", name="orders").click()
    await customer.reads("Where is my parcel?", *HELLO, "Orders")
    offer = await on.shop.offer(on.agent)
    assert (offer["peer_verified"], offer["contact"]["name"]) == (True, "An <b>Nguyễn</b>")

    # A page that can say nothing is told so by an event, and the customer by words; what they typed stays.
    await page.evaluate("sign().then((token) => Tongdai.identify(token))")
    await page.evaluate("window.asked = 0; Tongdai.on('identity', () => { asked += 1 }); null")
    await until("now() - interval '1 hour'")
    await customer.write("Anybody there?")
    expired = customer.chat.get_by_text("Your sign-in on this website has expired")
    await expect(expired).to_be_visible(timeout=SOON)
    assert await page.evaluate("asked") >= 1
    await page.evaluate("sign().then((token) => Tongdai.identify(token))")
    await customer.reads("Where is my parcel?", *HELLO, "Orders", "Anybody there?")
    await expect(expired).to_have_count(0)

    # Signed out, this browser shows nothing of it, and the chat is over.
    await page.evaluate("Tongdai.logout()")
    await expect(customer.bubbles).to_have_count(1, timeout=SOON)
    await expect(customer.bubbles.first).to_contain_text(GREETING)

    async def over() -> bool:
        open_chats = "SELECT count(*) FROM chats WHERE tenant_id = %(tenant)s AND ended_at IS NULL"
        return await site.world.value(open_chats) == 0

    await until_so(over)
    await context.close()
