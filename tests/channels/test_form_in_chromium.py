"""Nobody is there, in a real browser: the form keeps what is typed over a lost line, and leaves the message once."""

from typing import Any

from playwright.async_api import Browser, Route, expect

from tests.api import Site
from tests.channels.conftest import HostSite
from tests.channels.customer import SOON, shot, stage, violations


async def test_a_message_is_left_by_keyboard_and_not_lost_with_the_line(
    site: Site, host: HostSite, server: int, browser: Browser
):
    on = await stage(site, host, server)
    admin = await site.sign_in("admin")
    (row,) = (await admin.ok("GET", "/widgets"))["items"]
    offline = {"queue_id": str(on.shop.queue_id)}
    await admin.ok("PATCH", f"/widgets/{row['id']}", {"version": row["version"], "offline": offline})
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE presence SET chosen = 'offline' WHERE tenant_id = %(tenant)s")
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US")
    customer = await on.visit(context)
    page = customer.page
    await customer.launcher.click()
    name = customer.chat.get_by_label("Your name")
    await expect(name).to_be_focused(timeout=SOON)
    await shot(page, "form-360")
    await page.keyboard.press("Enter")
    await expect(customer.chat.get_by_text("Please fill this in.")).to_have_count(3)
    await page.keyboard.type("<b>An</b>")
    await page.keyboard.press("Tab")
    await page.keyboard.type("an@example")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Please call me back")
    await customer.chat.get_by_role("button", name="Leave the message").click()
    await expect(customer.chat.get_by_text("This is not an e-mail address")).to_be_visible()
    await page.keyboard.type(".com")
    assert await violations(page) == []

    # The answer is lost after the server has stored it; said again, it is the same message.
    lost: list[Any] = []

    async def lose(route: Route) -> None:
        lost.append(await route.fetch())
        await route.abort()

    await context.route("**/offline", lose, times=1)
    await page.keyboard.press("Enter")
    await expect(customer.chat.get_by_role("alert").get_by_text("It could not be sent")).to_be_visible(
        timeout=SOON
    )
    assert lost[0].status == 201
    await expect(customer.chat.get_by_label("Your message")).to_have_value("Please call me back")
    await customer.chat.get_by_role("button", name="Leave the message").click()
    await expect(customer.chat.get_by_text("Your message is here.")).to_be_visible(timeout=SOON)
    await expect(customer.bubbles.last).to_contain_text("Please call me back")
    assert await violations(page) == []
    await shot(page, "form-left-360")
    (left,) = (await on.agent.ok("GET", "/conversations"))["items"]
    assert (left["contact"]["name"], left["preview"]) == ("<b>An</b>", "Please call me back")
    thread = await on.agent.ok("GET", f"/conversations/{left['id']}/messages")
    assert [one["kind"] for one in thread["messages"]] == ["text", "event"]
    await context.close()
