"""A customer on the shop's page shows it to the agent with whom they write: two browsers, the app killed between them."""

from urllib.parse import urlsplit

from playwright.async_api import Browser, Request, expect
from tests.channels.customer import Customer
from tests.journeys.conftest import Demo, sign_in
from tests.journeys.far_sides import free
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.test_a_chat import MENDED_MS, kill_the_app
from tests.journeys.test_working_together import finish

FORM = (
    "() => { const form = document.createElement('form'); form.innerText = 'Pay here';"
    " const card = document.createElement('input'); card.id = 'card'; form.append(card);"
    " document.body.prepend(form) }"
)


async def test_an_agent_sees_the_page_that_a_customer_shows_and_points_at_it(
    browser: Browser, second: Browser, demo: Demo
):
    agent = await sign_in(browser, demo, "agent5")
    await ready(agent)
    fetched: list[str] = []
    complaints: list[str] = []

    def asked(request: Request) -> None:
        if request.url.startswith("http"):
            fetched.append(urlsplit(request.url).netloc)

    agent.on("request", asked)
    agent.on("pageerror", lambda error: complaints.append(str(error)))
    context = await second.new_context(locale="en-US", viewport={"width": 1200, "height": 800})
    page = await context.new_page()
    await page.goto(demo.url + demo.facts["widget"]["page"])
    customer = Customer(page)
    await customer.open()
    await customer.write("I cannot pay")
    await customer.chat.get_by_role("button", name="Talk to a person").click()
    await agent.get_by_test_id("offer").wait_for()
    await agent.keyboard.press("Alt+a")
    await assignment(agent, "accepted")

    await agent.get_by_role("button", name="See their page").wait_for()
    await agent.keyboard.press("Alt+o")
    panel = agent.get_by_role("region", name="The page of")
    await expect(panel).to_contain_text("is asked to show their page")
    await customer.chat.get_by_role("button", name="Show this page").click()
    bar = page.locator("tongdai-share section")
    await expect(bar).to_be_visible()
    replayed = agent.frame_locator("iframe[sandbox]").locator("body")
    heading = await page.locator("h1").first.inner_text()
    await expect(replayed).to_contain_text(heading)
    assert await agent.locator("iframe[sandbox]").get_attribute("sandbox") == "allow-same-origin"

    # What changes is seen, what is typed is not; the agent points at it.
    await page.evaluate(FORM)
    await page.locator("#card").press_sequentially("4111 1111 1111 1111")
    await page.keyboard.press("Tab")
    await expect(replayed).to_contain_text("Pay here")
    shown = agent.frame_locator("iframe[sandbox]").locator("form input")
    await expect(shown).to_have_value("••••••")
    glass = panel.get_by_role("application")
    box = await glass.bounding_box()
    assert box is not None
    await agent.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    await agent.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await expect(page.locator("tongdai-share [data-pointer]")).to_be_visible()
    await agent.mouse.down()
    await agent.mouse.up()
    mark = page.locator("tongdai-share [data-mark]")
    await expect(mark).to_have_count(1)
    place = await mark.bounding_box()
    assert place is not None
    assert abs(place["y"] + place["height"] / 2 - 400) < 12  # the middle of the customer's window

    # Another page, and an app that dies: it goes on, and the customer is told all the while.
    await page.reload()
    await expect(bar).to_be_visible(timeout=MENDED_MS)
    await expect(replayed).not_to_contain_text("Pay here", timeout=MENDED_MS)
    kill_the_app(demo)
    await page.evaluate("document.querySelector('h1').textContent = 'After the fall'")
    await expect(replayed).to_contain_text("After the fall", timeout=MENDED_MS)
    await expect(bar).to_be_visible()

    await bar.get_by_role("button", name="Stop").click()
    await expect(bar).to_have_count(0)
    await expect(panel).to_have_count(0, timeout=MENDED_MS)
    await agent.get_by_text("does not show their page any more").first.wait_for()
    thread = agent.get_by_role("region", name="Messages")
    for line in ("asked to see the page", "shows their page", "ended the showing of the page"):
        await thread.get_by_text(line).wait_for()
    assert set(fetched) == {urlsplit(demo.url).netloc}
    assert complaints == []
    await agent.keyboard.press("Alt+x")
    await agent.get_by_role("dialog", name="End the chat").get_by_role("button", name="End chat").click()
    await finish(agent)
    await free(agent)
