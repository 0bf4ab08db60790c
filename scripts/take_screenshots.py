"""Takes the pictures of README and guide from a running demo, by a real call of a known customer.

python scripts/take_screenshots.py --data var/demo --parts call          while nobody else is ready
python scripts/take_screenshots.py --data var/demo --parts board,admin   while `tongdai simulate agents` and `… callers` run

Writes docs/images/*.png.
"""

import argparse
import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

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
    parser.add_argument("--parts", default="call,board,admin")
    options = parser.parse_args()
    target, parts = Target.load(options.data), str(options.parts).split(",")
    IMAGES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name, work in {"call": a_call, "board": a_supervisor, "admin": an_administrator}.items():
            if name in parts:
                await work(browser, target)
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
