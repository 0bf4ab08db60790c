"""Takes the pictures of README and guide from a running demo, by a real call of a known customer.

python scripts/take_screenshots.py --data var/demo --parts call,chat     while nobody else is ready
python scripts/take_screenshots.py --data var/demo --parts board,admin   while `tongdai simulate agents` and `… callers` run

Writes docs/images/*.png.
"""

import argparse
import asyncio
import json
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

from tongdai.entrypoints.simulate.media import Ticker, voice
from tongdai.entrypoints.simulate.phone import Phone
from tongdai.entrypoints.simulate.target import Target

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
STILL = """
() => document.getAnimations().every(
  (one) => one.playState !== "running" || ["width", "stroke-dashoffset"].includes(one.transitionProperty))
"""
REGISTERED = """
() => fetch("/api/v1/phone/me").then((answer) => answer.json())
  .then((phone) => phone.devices.some((one) => one.kind === "webrtc" && one.registered))
"""
CUSTOMER, HOTLINE, AGENT = "0912345678", "19001234", "agent5"
MENU_S = 8.0
"""The menu has been read out by then, and the key counts."""


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("var/demo"))
    parser.add_argument("--parts", default="call,chat,board,admin")
    options = parser.parse_args()
    target, parts = Target.load(options.data), str(options.parts).split(",")
    IMAGES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        shop = target.url + json.loads((options.data / "demo.json").read_text())["widget"]["page"]
        if "call" in parts:
            await a_call(browser, target)
        if "chat" in parts:
            await a_chat(browser, target, shop)
        if "board" in parts:
            await a_supervisor(browser, target)
        if "admin" in parts:
            await an_administrator(browser, target)
        await browser.close()


async def signed_in(browser: Browser, target: Target, name: str) -> Page:
    """A tab of this user, in English and light whatever they chose."""
    user = next(one for one in target.users if one["email"].startswith(f"{name}@"))
    # What waits for a condition on the page is evaluated there, which the page's own policy would refuse.
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, permissions=["microphone"], bypass_csp=True
    )
    page = await context.new_page()
    account = {"email": user["email"], "password": user["password"]}
    await page.request.post(f"{target.url}/api/v1/auth/sign-in", data=account)
    await page.request.patch(f"{target.url}/api/v1/auth/me", data={"locale": "en", "theme": "light"})
    return page


async def take(page: Page, name: str) -> None:
    """What stands on the page once its fonts are there and nothing moves any more, timers apart."""
    await page.evaluate("document.fonts.ready")
    await page.wait_for_function(STILL)
    await page.screenshot(path=IMAGES / f"{name}.png")


async def a_call(browser: Browser, target: Target) -> None:
    """From the offer to the wrap-up."""
    page = await signed_in(browser, target, AGENT)
    await page.goto(f"{target.url}/workspace")
    await page.get_by_text("Your latest calls").wait_for()
    await page.wait_for_function(REGISTERED, polling=500)
    await page.keyboard.press("Alt+r")
    await page.get_by_role("button", name="Your state: Ready").wait_for()
    ticker = Ticker()
    phone = await Phone(target.trunk_account(), ticker, voice(130, pilot=False)).open()
    dialog = await phone.call(HOTLINE, CUSTOMER)
    for digits in ("2", "204816#", "1"):
        await asyncio.sleep(MENU_S)
        dialog.media.press(digits)
    await page.get_by_test_id("offer").wait_for(timeout=60_000)
    await take(page, "offer")
    await page.keyboard.press("Alt+a")
    await page.get_by_role("region", name="Your call").wait_for()
    await page.get_by_label("Notes").fill(
        "Delivery of Tuesday came without two of the boxes. Sends a photo today."
    )
    await page.get_by_role("combobox", name="Result").fill("comp")
    await page.get_by_role("option").first.wait_for()
    await page.keyboard.press("Enter")
    await page.get_by_text("Saved", exact=True).wait_for()
    await take(page, "workspace")
    await page.keyboard.press("Alt+x")
    await page.get_by_text("The call has ended. Finish it here.").wait_for()
    await take(page, "wrap-up")
    await page.keyboard.press("Control+Enter")
    await page.get_by_text("The next call rings here.").wait_for()
    await page.request.put(f"{target.url}/api/v1/presence/me", data={"state": "offline"})
    await phone.close()
    ticker.stop()
    await page.context.close()


async def a_chat(browser: Browser, target: Target, shop: str) -> None:
    """A customer at the shop, whom a bot leads to an agent."""
    page = await signed_in(browser, target, AGENT)
    await page.goto(f"{target.url}/workspace")
    await page.wait_for_function(REGISTERED, polling=500)
    await page.keyboard.press("Alt+r")
    await page.get_by_role("button", name="Your state: Ready").wait_for()
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    customer = await context.new_page()
    await customer.goto(shop)
    await customer.locator("tongdai-chat button").first.click()
    window = customer.frame_locator("tongdai-chat iframe")
    writing = window.get_by_role("textbox", name="Write a message")
    await say(writing, "Hello! The lamp that I ordered on Tuesday has a crack. Can I send it back?")
    await window.get_by_role("button", name="Talk to a person").click()
    await page.get_by_test_id("offer").wait_for(timeout=60_000)
    await page.keyboard.press("Alt+a")
    composer = page.locator("[data-composer] textarea:not([aria-hidden])")
    await say(
        composer, "Good morning, this is Emma. I am sorry to hear that! Is it the round one or the long one?"
    )
    await window.locator(".bubble").filter(has_text="the long one").wait_for()
    await say(writing, "The round one, number A-20931")
    await page.get_by_role("region", name="Messages").get_by_text("A-20931").wait_for()
    await say(
        composer, "Thank you. A new one leaves today, and a label to send the old one back comes by mail."
    )
    await window.locator(".bubble").filter(has_text="leaves today").wait_for()
    await say(writing, "That is quick, thank you!")
    await page.get_by_role("region", name="Messages").get_by_text("That is quick").wait_for()
    await take(customer, "shop")
    await take(page, "chat")
    await page.goto(f"{target.url}/inbox")
    await page.get_by_text("That is quick").first.click()
    await page.get_by_role("region", name="Messages").get_by_text("That is quick").wait_for()
    await take(page, "inbox")
    await (
        page.get_by_role("link", name="Open in the workspace")
        .or_(page.get_by_role("button", name="Open in the workspace"))
        .click()
    )
    await page.get_by_role("button", name="End chat").click()
    await page.get_by_role("dialog", name="End the chat").get_by_role("button", name="End chat").click()
    await page.get_by_role("combobox", name="Result").wait_for()
    await page.keyboard.press("Control+Enter")
    await page.request.put(f"{target.url}/api/v1/presence/me", data={"state": "offline"})
    await context.close()
    await page.context.close()


async def say(field: Locator, text: str) -> None:
    await field.fill(text)
    await field.press("Enter")


async def a_supervisor(browser: Browser, target: Target) -> None:
    """The board, and the call from above in the log."""
    page = await signed_in(browser, target, "supervisor")
    await page.goto(f"{target.url}/live")
    await page.locator("article").first.wait_for()
    await take(page, "live")
    await page.locator("[role=option][data-state=talking]").first.click()
    await page.get_by_text("Calls handled").wait_for()
    await take(page, "agent")
    await page.goto(f"{target.url}/calls?q={CUSTOMER}")
    await page.locator("main a[href^='/calls/']").first.click()
    await page.get_by_role("heading", name="Why this agent").wait_for()
    await page.locator("canvas").wait_for(timeout=60_000)
    await take(page, "call")
    await page.context.close()


async def an_administrator(browser: Browser, target: Target) -> None:
    """A desk phone for a user, and a flow with the ways that calls took."""
    page = await signed_in(browser, target, "admin")
    await page.goto(f"{target.url}/admin/users")
    await page.get_by_text("James Okafor").click()
    await page.get_by_role("button", name="Add a desk phone").click()
    await page.get_by_text("the password is shown this once").wait_for()
    await take(page, "desk-phone")
    await page.get_by_role("button", name="I have it").click()
    await page.goto(f"{target.url}/admin/flows")
    await page.get_by_text("Main hotline (English)").click()
    await page.locator(".react-flow__node").first.wait_for()
    await page.get_by_label("Show calls").check()
    await take(page, "flow")
    await page.get_by_label("Show calls").uncheck()
    await page.locator(".react-flow__node[data-id=menu]").click()
    await page.get_by_label("Name in the flow").wait_for()
    await take(page, "flow-designer")
    await page.context.close()


if __name__ == "__main__":
    asyncio.run(main())
