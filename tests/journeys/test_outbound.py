"""An agent calls out: from the pad, by a number on a screen, by a phone link, once more, and as promised.

The far side is a line of the centre's own with a tone, so that who hears whom is measured; what it is told is read in its INVITE.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.test_a_call_is_answered import assignment
from tests.journeys.test_a_callback import Customer
from tests.journeys.tones import TONE_FILE
from tests.telephony.ua import Leg

pytestmark = pytest.mark.parametrize(
    "browser", [[f"--use-file-for-fake-audio-capture={TONE_FILE}"]], indirect=True
)

AGENT = "agent6"
TRANG, KHOI, STRANGER = "+842473008881", "+842473008882", "+842473008883"


def national(number: str) -> str:
    return f"024 {number[5:9]} {number[9:]}"


async def add(admin: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await admin.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@asynccontextmanager
async def wrapping_up(admin: httpx.AsyncClient) -> AsyncGenerator[None]:
    """There is a wrap-up after agents' own calls."""

    async def set_to(seconds: float) -> float:
        now = (await admin.get("/settings")).json()
        body = {"version": now["version"], "outbound_wrap_up_s": seconds}
        changed = await admin.patch("/settings", json=body)
        assert changed.status_code == 200, changed.text
        return now["outbound_wrap_up_s"]

    before = await set_to(300)
    try:
        yield
    finally:
        await set_to(before)


@asynccontextmanager
async def shown_as(admin: httpx.AsyncClient, user_id: str, *numbers: str) -> AsyncGenerator[None]:
    """A rule for this agent: the first of the numbers, or another of them."""
    own = {row["number"]: row["id"] for row in (await admin.get("/numbers")).json()["items"]}
    rule = await add(
        admin, "/caller-ids", user_ids=[user_id], number_ids=[own[one] for one in numbers], may_choose=True
    )
    try:
        yield
    finally:
        await admin.delete(f"/caller-ids/{rule['id']}")


@asynccontextmanager
async def somebody(
    demo: Demo, admin: httpx.AsyncClient, folder: Path, name: str, number: str
) -> AsyncGenerator[Customer]:
    """A contact, and the line behind which their phone and everybody's is."""
    await add(admin, "/contacts", name=name, identities=[{"kind": "phone", "value": number}])
    customer = Customer(demo, folder, admin, number)
    await customer.phone()
    try:
        yield customer
    finally:
        await customer.leave()


async def desk(browser: Browser, demo: Demo) -> Page:
    """The agent's desktop, whose phone is there."""
    page = await sign_in(browser, demo, AGENT)

    async def registered() -> bool:
        return any(one["registered"] for one in (await api(page, "/phone/me"))["devices"])

    await eventually(registered)
    return page


def shown_in(leg: Leg) -> str:
    assert leg.invite is not None
    return leg.invite.get("p-asserted-identity") + leg.invite.get("from")


def dialled(leg: Leg) -> str:
    assert leg.invite is not None
    return leg.invite.start.removeprefix("INVITE sip:").partition("@")[0]


async def talk(page: Page, customer: Customer, leg: Leg) -> None:
    """It is answered, and both hear each other."""
    customer.media.heard.clear()
    leg.answer("200 OK", customer.line.offer())
    await customer.and_agent_hear_each_other(page)


async def choose(page: Page, field: Locator, label: str) -> None:
    """An option, by the arrows."""
    await field.press("ArrowDown")
    marked = page.locator("[data-combobox-selected]")

    async def found() -> bool:
        if await marked.count() and label in await marked.inner_text():
            return True
        await page.keyboard.press("ArrowDown")
        return False

    await eventually(found)
    await page.keyboard.press("Enter")


async def give_result(page: Page, letters: str, label: str) -> None:
    await assignment(page, "wrap_up")
    field = page.get_by_placeholder("Type three letters")
    await field.press_sequentially(letters)
    await page.locator("[data-combobox-selected]").get_by_text(label).wait_for()
    await page.keyboard.press("Enter")
    await expect(field).to_have_value(label)


async def done(page: Page) -> None:
    await page.keyboard.press("Control+Enter")

    async def none() -> bool:
        return not (await api(page, "/workspace"))["assignments"]

    await eventually(none)
    await page.get_by_role("region", name="Wrap-up").wait_for(state="detached")


async def number_field(page: Page) -> Locator:
    """That of the dial pad, opened by its key, with the cursor in it."""
    await page.keyboard.press("Alt+d")
    field = page.get_by_label("Number or extension")
    await expect(field).to_be_focused()
    return field


async def newest_call(page: Page, *texts: str) -> None:
    """In the call log; opened by the keyboard."""
    await page.keyboard.press("l")
    row = page.get_by_role("region", name="Calls").get_by_role("listitem").first
    for text in texts:
        await row.get_by_text(text).first.wait_for()
    await row.get_by_role("link").press("Enter")
    await page.get_by_role("heading", name="Call: ").wait_for()


async def test_by_the_pad_by_a_click_by_a_link_once_more_and_not_against_the_list(
    browser: Browser, demo: Demo, admin: httpx.AsyncClient, tmp_path: Path
):
    async with AsyncExitStack() as stack:
        customer = await stack.enter_async_context(somebody(demo, admin, tmp_path, "Lê Thu Trang", TRANG))
        await stack.enter_async_context(wrapping_up(admin))
        page = await desk(browser, demo)
        me = (await api(page, "/auth/me"))["user"]["id"]
        await stack.enter_async_context(shown_as(admin, me, "19001235", "19001236"))

        field = await number_field(page)
        await page.keyboard.type("024 7300 8881")
        await page.get_by_text("Shows 1900 1235: a rule for you").wait_for()
        await choose(page, page.get_by_label("Show as caller").and_(page.locator("input")), "1900 1236")
        await page.get_by_text("Shows 1900 1236: chosen by you").wait_for()
        await field.press("Enter")
        leg = await customer.rings()
        assert dialled(leg) == TRANG
        assert "19001236" in shown_in(leg)
        strip = page.get_by_role("region", name="Your call")
        await strip.get_by_text("Lê Thu Trang").wait_for()
        await strip.get_by_text("Ringing…").wait_for()
        await talk(page, customer, leg)
        await page.keyboard.press(
            "Alt+t"
        )  # the first time its list comes over the network: the cursor is in it all the same
        await expect(page.get_by_placeholder("Name, extension, queue or number")).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Alt+x")
        await leg.request("BYE")
        await give_result(page, "inf", "Information given")
        await done(page)

        await newest_call(page, "Lê Thu Trang", "Answered", "Information given")
        call_again = page.get_by_role("button", name=f"Call {national(TRANG)}")
        await call_again.first.click()
        leg = await customer.rings()
        assert "19001235" in shown_in(leg)
        leg.answer("486 Busy Here")
        await page.get_by_text("Proposed, because the call ended so: Busy").wait_for()
        await done(page)

        await newest_call(page, "Lê Thu Trang", "Busy")
        await page.get_by_role("link", name="Open the contact").press("Enter")
        await page.get_by_role("heading", name="Lê Thu Trang", exact=True).wait_for()
        await call_again.first.click()
        leg = await customer.rings()
        await talk(page, customer, leg)
        await leg.hang_up()
        await give_result(page, "ord", "Order or request taken")
        await done(page)

        await number_field(page)
        await page.get_by_role("button", name=f"Call {national(TRANG)} again").wait_for()
        await page.keyboard.press("Enter")
        leg = await customer.rings()
        assert dialled(leg) == TRANG
        await page.keyboard.press("Alt+x")
        await leg.request("CANCEL")
        await page.get_by_text("Proposed, because the call ended so: No answer").wait_for()
        await done(page)

        await by_a_link(page, demo, customer)
        await against_the_list(page, browser, demo, customer)


async def by_a_link(page: Page, demo: Demo, customer: Customer) -> None:
    """As the browser opens a `tel:` link: in a tab of its own, where nobody is called before the agent says so."""
    tab = await page.context.new_page()
    await tab.goto(f"{demo.url}/dial?to=tel:%2B84-24-7300-8883")
    field = tab.get_by_label("Number or extension")
    await expect(field).to_have_value("+84-24-7300-8883")
    await tab.get_by_text("Shows 1900 1235: a rule for you").wait_for()
    assert customer.line.requests.empty()
    await field.press("Enter")
    leg = await customer.rings()
    assert dialled(leg) == STRANGER
    await talk(page, customer, leg)
    await tab.close()
    await leg.hang_up()


async def against_the_list(page: Page, browser: Browser, demo: Demo, customer: Customer) -> None:
    """A result puts the number on the list; the manager sees it there and says why; nobody calls it."""
    await give_result(page, "wan", "Wants no calls")
    await page.get_by_label(f"Put {national(STRANGER)} on the do-not-call list").wait_for()
    await done(page)
    await newest_call(page, national(STRANGER), "Wants no calls")
    call_again = page.get_by_role("button", name=f"Call {national(STRANGER)}").first
    await call_again.press("Enter")
    await page.get_by_text("The call was not placed. This number is on the do-not-call list.").wait_for()

    boss = await sign_in(browser, demo, "manager")
    await boss.goto(f"{demo.url}/admin/do-not-call")
    entry = boss.get_by_role("listitem").filter(has_text=national(STRANGER))
    await entry.get_by_text(demo.user(AGENT)["name"]).wait_for()
    await entry.get_by_role("button").press("Enter")
    await entry.wait_for(state="detached")
    await boss.get_by_role("button", name="Add a number").press("Enter")
    await expect(boss.get_by_label("Number or extension")).to_be_focused()
    await boss.keyboard.type(national(STRANGER))
    await boss.get_by_role("dialog").get_by_label("Reason").fill("Asked us by letter")
    await boss.keyboard.press("Enter")
    await entry.get_by_text("Asked us by letter").wait_for()

    await call_again.press("Enter")
    await page.get_by_text("This number is on the do-not-call list. (Asked us by letter)").wait_for()
    field = await number_field(page)
    await field.press_sequentially(national(STRANGER))
    await field.press("Enter")
    await expect(page.get_by_text("(Asked us by letter)")).to_have_count(2)
    assert customer.line.requests.empty()


def on_the_clock(ahead: timedelta) -> str:
    """As a field for a time takes it, by the agent's clock."""
    return f"{datetime.now(ZoneInfo('Asia/Ho_Chi_Minh')) + ahead:%Y-%m-%dT%H:%M}"


async def test_a_promise_is_moved_put_off_kept_from_its_bar_made_by_a_result_and_cancelled(
    browser: Browser, demo: Demo, admin: httpx.AsyncClient, tmp_path: Path
):
    async with AsyncExitStack() as stack:
        customer = await stack.enter_async_context(somebody(demo, admin, tmp_path, "Đỗ Minh Khôi", KHOI))
        await stack.enter_async_context(wrapping_up(admin))
        await promises(await desk(browser, demo), demo, customer)


async def promises(page: Page, demo: Demo, customer: Customer) -> None:
    row = page.get_by_test_id("callback").filter(has_text="Đỗ Minh Khôi")
    bar = page.get_by_test_id("reminder")

    async def move(ahead: timedelta) -> None:
        await row.get_by_role("button", name="Another time").press("Enter")
        when = row.get_by_label("When")
        await when.fill(on_the_clock(ahead))
        await when.press("Enter")

    await page.keyboard.press("k")
    await page.get_by_role("button", name="Promise to call").press("Enter")
    form = page.locator("form").filter(has=page.get_by_role("button", name="Save"))
    await expect(form.get_by_label("Number")).to_be_focused()
    await page.keyboard.type("024 7300 8882")
    await form.get_by_label("When").fill(on_the_clock(timedelta(hours=2)))
    await form.get_by_label("Note").fill("About the spring catalogue")
    await page.keyboard.press("Enter")
    await row.get_by_text("Scheduled").wait_for()
    assert await bar.count() == 0

    await move(timedelta())
    await bar.get_by_text("You promised to call Đỗ Minh Khôi").wait_for()
    await bar.get_by_text("About the spring catalogue").wait_for()
    await row.get_by_text("Due now").wait_for()
    await bar.get_by_role("button", name="In 15 minutes").press("Enter")
    await bar.wait_for(state="detached")
    await row.get_by_text("Scheduled").wait_for()
    await move(timedelta())
    await bar.wait_for()

    await page.keyboard.press("Alt+p")
    leg = await customer.rings()
    assert dialled(leg) == KHOI
    await bar.wait_for(state="detached")
    await row.get_by_text("Being called").wait_for()
    await talk(page, customer, leg)
    await row.wait_for(state="detached")
    await page.keyboard.press("Alt+x")
    await leg.request("BYE")

    await page.keyboard.press("w")
    await give_result(page, "lat", "Call back later")
    await page.get_by_label("Notes").fill("Decides tomorrow")
    await page.get_by_label("When").fill(on_the_clock(timedelta(days=1)))
    await done(page)
    await page.keyboard.press("k")
    await row.get_by_text("Scheduled").wait_for()
    await row.get_by_role("button", name="Cancel callback").press("Enter")
    await row.wait_for(state="detached")
    await page.get_by_text("Over", exact=True).click()
    await row.get_by_text("Cancelled", exact=True).wait_for()
    kept = row.filter(has_text="About the spring catalogue")
    await kept.get_by_text("Called back", exact=True).wait_for()
    await kept.get_by_text(f"called by {demo.user(AGENT)['name']}").wait_for()
