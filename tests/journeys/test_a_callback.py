"""Who does not want to wait is called back, as the customer and the agent live it: the agent first, or the customer first."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.test_a_call_is_answered import assignment
from tests.journeys.tones import CUSTOMER_HZ, FIRST_HZ, HEARD, TONE_FILE
from tests.ports import free_port
from tests.telephony import sip
from tests.telephony.rtp import Media, strength
from tests.telephony.ua import Leg, Ua

pytestmark = pytest.mark.parametrize(
    "browser", [[f"--use-file-for-fake-audio-capture={TONE_FILE}"]], indirect=True
)


class Customer:
    """Calls the hotline, and has a phone of their own behind a line of the centre's."""

    def __init__(self, demo: Demo, folder: Path, admin: httpx.AsyncClient, number: str) -> None:
        self.demo, self.folder, self.admin, self.number = demo, folder, admin, number

    async def phone(self) -> None:
        self.media = await Media.open(CUSTOMER_HZ)
        self.line = await Ua.open(self.demo.sip_port, port=free_port())
        self.line.media_port = self.media.port
        # There before its line is known, and from then on asked by Asterisk whether it is.
        body = {"name": f"Line of {self.number}", "host": f"127.0.0.1:{self.line.port}"}
        answer = await self.admin.post("/trunks", json=body)
        assert answer.status_code == 201, answer.text
        self.trunk = answer.json()["id"]

    async def leave(self) -> None:
        await self.admin.delete(f"/trunks/{self.trunk}")
        self.line.close()
        await self.media.close()

    async def asks(self, watch: Page) -> None:
        """Sales; the key for a callback; this number, please."""
        media = await Media.open()
        call = await sip.call(
            self.folder, self.demo.sip_port, "19001234", sip.Scenario().wait_for_bye(), hang_up=False,
            caller=self.number, media_port=media.port, user=self.demo.trunk["user"],
            password=self.demo.trunk["password"],
        )  # fmt: skip

        async def press(key: str, wanted: Any) -> None:
            async def done() -> bool:
                media.press(key)
                await watch.wait_for_timeout(600)
                return await wanted()

            await eventually(done, 40)

        await press("1", self._waits)
        await press("5", self._is_asked)
        await press("1", self.callback)
        assert await call.finished() == 0, call.problem()  # they are thanked, and hung up on
        await media.close()

    async def _waiting(self) -> int:
        board = (await self.admin.get("/live/board")).json()
        return next(queue["waiting"] for queue in board["queues"] if queue["name"] == "sales")

    async def _waits(self) -> bool:
        return await self._waiting() == 1

    async def _is_asked(self) -> bool:
        return await self._waiting() == 0

    async def callback(self) -> dict[str, Any] | None:
        listed = await self.admin.get("/callbacks", params={"state": "all", "q": self.number})
        return next(iter(listed.json()["items"]), None)

    async def rings(self) -> Leg:
        leg = await self.line.incoming(timeout=60)
        leg.answer("180 Ringing")
        return leg

    async def and_agent_hear_each_other(self, page: Page) -> None:
        async def heard() -> bool:
            loudest = await page.evaluate(HEARD)
            return (
                loudest is not None
                and abs(loudest["hertz"] - CUSTOMER_HZ) < 15
                and strength(self.media.heard[-8000:], FIRST_HZ) > 0.5
            )

        await eventually(heard)

    async def is_served(self) -> bool:
        row = await self.callback()
        return row is not None and row["state"] == "served"


@asynccontextmanager
async def called_back(admin: httpx.AsyncClient, **rules: Any) -> AsyncGenerator[None]:
    """Sales calls back by these rules, at any time of day: the journeys are made at night, too."""

    async def set_rules(rules: dict[str, Any]) -> dict[str, Any]:
        queues = (await admin.get("/queues")).json()["items"]
        sales = next(queue for queue in queues if queue["name"] == "sales")
        body = {"version": sales["version"], "callbacks": {**sales["callbacks"], **rules}}
        changed = await admin.patch(f"/queues/{sales['id']}", json=body)
        assert changed.status_code == 200, changed.text
        return dict(sales["callbacks"])

    before = await set_rules({"first": "00:00", "last": "24:00", **rules})
    yield
    await set_rules(before)


async def takes_calls(page: Page) -> None:
    """Ready, with the browser's phone there; whoever waits is taken at once, so that nobody sees them ready."""

    async def registered() -> bool:
        return any(one["registered"] for one in (await api(page, "/phone/me"))["devices"])

    await eventually(registered)
    body = {"method": "PUT", "headers": {"content-type": "application/json"}, "body": '{"state": "ready"}'}
    status = await page.evaluate(
        "asked => fetch('/api/v1/presence/me', asked).then(answer => answer.status)", body
    )
    assert status == 200


async def wrap_up(page: Page) -> None:
    """To its end: the next journey has the same agent."""
    result = page.get_by_placeholder("Type three letters")
    await result.click()
    await result.press_sequentially("ord")
    for key in ("ArrowDown", "Enter", "Control+Enter"):
        await page.keyboard.press(key)

    async def done() -> bool:
        return not (await api(page, "/workspace"))["assignments"]

    await eventually(done)


async def test_the_agent_takes_the_callback_and_the_customers_phone_rings(
    browser: Browser, demo: Demo, admin: httpx.AsyncClient, tmp_path: Path
):
    page, board = await sign_in(browser, demo, "agent5"), await sign_in(browser, demo, "manager")
    customer = Customer(demo, tmp_path, admin, "0912345678")
    await customer.phone()
    async with called_back(admin):
        await customer.asks(board)
        await board.goto(f"{demo.url}/callbacks")
        row = board.get_by_test_id("callback").filter(has_text="Nguyễn Văn Đức").first
        await row.get_by_text("Waits in the queue").wait_for()

        await page.keyboard.press("Alt+r")  # and the offer is there at once
        offer = page.get_by_test_id("offer")
        await offer.get_by_text("Nguyễn Văn Đức").first.wait_for()
        await offer.get_by_text("Callback: nobody is on the line yet").wait_for()
        await page.keyboard.press("Alt+a")
        leg = await customer.rings()
        await row.get_by_text("Being called").wait_for()
        leg.answer("200 OK", customer.line.offer())
        await customer.and_agent_hear_each_other(page)
        await eventually(customer.is_served)
        await leg.hang_up()
        await wrap_up(page)
    await row.wait_for(state="detached")  # it is no open one any more
    await board.get_by_text("Over", exact=True).click()
    await row.get_by_text("Called back", exact=True).wait_for()
    await row.get_by_text("called by Emma Clarke").wait_for()
    await row.get_by_role("link", name="The last call", exact=True).click()
    matter = board.locator("section").filter(has=board.get_by_role("heading", name="Callback", exact=True))
    await matter.get_by_text("Outbound").wait_for()
    await matter.get_by_role("link").first.click()  # the call in which it was asked for
    await matter.get_by_role("link", name="Show the callback").click()
    await row.get_by_text("Called back", exact=True).wait_for()
    await board.get_by_role("button", name="Figures").click()
    await board.get_by_role("row").filter(has_text="sales").get_by_text("1").first.wait_for()
    await customer.leave()


async def test_the_customer_is_rung_first_and_the_browser_answers_by_itself(
    browser: Browser, demo: Demo, admin: httpx.AsyncClient, tmp_path: Path
):
    page = await sign_in(browser, demo, "agent5")
    customer = Customer(demo, tmp_path, admin, "0987654321")
    await customer.phone()
    async with called_back(admin, customer_first=True):
        await customer.asks(page)
        await takes_calls(page)
        leg = await customer.rings()
        taken = await assignment(page, "accepted")
        assert taken["queue"]["name"] == "sales"
        await page.get_by_text("Phạm Thị Hồng").first.wait_for()
        leg.answer("200 OK", customer.line.offer())
        await customer.and_agent_hear_each_other(page)
        await eventually(customer.is_served)
        await page.get_by_role("button", name="Hang up").click()
        await leg.request("BYE")
        await wrap_up(page)
    await customer.leave()
