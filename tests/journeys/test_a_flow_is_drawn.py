"""A flow is made by keyboard alone, and published, in the running product."""

from playwright.async_api import Browser, Page, expect
from tests.journeys.conftest import Demo, api, sign_in


async def leave_field(page: Page) -> None:
    """Single keys are for the page only where nothing is typed into."""
    await page.get_by_role("button", name="Arrange").focus()


async def add(page: Page, verb: str) -> None:
    await leave_field(page)
    await page.keyboard.press("n")
    await page.keyboard.type(verb)
    await expect(page.get_by_role("option", name=verb, exact=True)).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Name in the flow")).to_be_focused()


async def test_a_flow_is_drawn_by_keyboard(demo: Demo, browser: Browser) -> None:
    page = await sign_in(browser, demo, "admin")
    await page.request.patch(f"{demo.url}/api/v1/auth/me", data={"locale": "en"})
    await page.goto(f"{demo.url}/admin/flows")
    await page.get_by_label("Name of the new flow").focus()
    await page.keyboard.type("by_keys")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("1 thing to correct")).to_be_visible()

    nodes, edges = page.locator(".react-flow__node"), page.locator(".react-flow__edge")
    await add(page, "Says")
    await expect(nodes).to_have_count(1)
    await expect(page.get_by_text("parts is missing").first).to_be_visible()
    await expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    await page.get_by_role("button", name="Add to What is said").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("What is said: Text").focus()
    await page.keyboard.type("Good morning")
    await add(page, "Hangs up")
    await expect(nodes).to_have_count(2)
    await expect(edges).to_have_count(1)
    await expect(page.get_by_text("Not saved yet")).to_be_visible()

    await leave_field(page)
    await page.keyboard.press("Control+z")
    await expect(nodes).to_have_count(1)
    await expect(page.get_by_text("to correct")).to_be_visible()
    await page.keyboard.press("Control+Shift+z")
    await expect(nodes).to_have_count(2)

    await page.get_by_role("tab", name="Try it").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Good morning")).to_be_visible()
    await expect(page.get_by_text("The flow hangs up.")).to_be_visible()

    await expect(page.get_by_role("button", name="Publish")).to_be_enabled()
    await page.get_by_role("button", name="Publish").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("All is well")).to_be_visible()
    (flow,) = (await api(page, "/flows?q=by_keys"))["items"]
    assert flow["published_number"] == 1
    await page.context.close()
