"""Who is on the line in journeys of the exchange beside the browsers: a customer, a desk phone; and what is waited for."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout
from tests.journeys.conftest import Demo, api, eventually
from tests.journeys.tones import CUSTOMER_HZ
from tests.telephony import sip
from tests.telephony.rtp import Media, strength
from tests.telephony.ua import Leg, Ua

DESK_HZ = 2100
TO_A_COLLEAGUE = """
flow: to_a_colleague
start: answer
nodes:
  answer:
    answer:
    go: on
  on:
    transfer: {extension: "%s", timeout: 20}
    go: {done: end, no_answer: end}
  end:
    hang_up:
"""


@asynccontextmanager
async def desk_phone(demo: Demo, page: Page, name: str) -> AsyncGenerator[tuple[Ua, Media]]:
    """The SIP phone of whoever is signed in here, on which calls ring meanwhile; with a voice."""
    user = demo.user(name)
    media = await Media.open(DESK_HZ)
    phone = await Ua.open(demo.sip_port, user["sip_user"], user["sip_password"])
    phone.media_port = media.port
    await phone.register()
    await _ring_on(demo, page, "phone")
    yield phone, media
    await _ring_on(demo, page, "browser")
    await phone.register(expires=0)
    phone.close()
    await media.close()


async def _ring_on(demo: Demo, page: Page, where: str) -> None:
    assert (await page.request.put(f"{demo.url}/api/v1/phone/me", data={"ring_on": where})).ok


async def reachable(page: Page) -> None:
    async def registered() -> bool:
        return any(one["registered"] for one in (await api(page, "/phone/me"))["devices"])

    await eventually(registered)


async def customer(demo: Demo, folder: Path, to: str) -> tuple[Media, sip.Sipp]:
    media = await Media.open(CUSTOMER_HZ)
    call = await sip.call(
        folder, demo.sip_port, to, sip.Scenario().wait_for_bye(), hang_up=False,
        caller="0912345678", media_port=media.port, user=demo.trunk["user"], password=demo.trunk["password"],
    )  # fmt: skip
    return media, call


async def offered(page: Page, media: Media) -> None:
    """The customer presses 1, as often as the menu takes until the agent is offered them."""
    for _ in range(20):
        media.press("1")
        try:
            await page.get_by_test_id("offer").wait_for(timeout=1500)
            return
        except PlaywrightTimeout:
            continue


async def sounds(media: Media, hertz: float) -> None:
    """Once nothing but this tone is heard."""

    async def so() -> bool:
        return strength(media.heard[-4000:], hertz) > 0.5

    media.heard.clear()
    await eventually(so)


async def free(*pages: Page) -> None:
    """Nobody has anything in hand."""
    for page in pages:

        async def none(page: Page = page) -> bool:
            workspace = await api(page, "/workspace")
            return not workspace["assignments"] and workspace["call"] is None

        await eventually(none)


async def settings(page: Page, demo: Demo) -> None:
    await page.goto(f"{demo.url}/me")
    await page.get_by_role("heading", name="Forwarding").wait_for()
    await reachable(page)


async def answers(phone: Ua, media: Media) -> Leg:
    leg = await phone.incoming()
    leg.answer("180 Ringing")
    leg.answer("200 OK")
    await leg.request("ACK")
    media.speak_to(leg.invite)
    return leg


async def dial(page: Page, to: str) -> None:
    await page.keyboard.press("Alt+d")
    await page.get_by_label("Number or extension").fill(to)
    await page.keyboard.press("Enter")


async def a_number_for(admin: httpx.AsyncClient, number: str, extension: str) -> Any:
    """Customers who dial it reach a colleague's extension; gives what takes it away."""
    made = await admin.post("/flows", json={"yaml": TO_A_COLLEAGUE % extension, "publish": True})
    assert made.status_code < 300, made.text
    flow = next(one for one in (await admin.get("/flows")).json()["items"] if one["name"] == "to_a_colleague")
    led = await admin.post("/numbers", json={"number": number, "flow_id": flow["id"]})
    assert led.status_code == 201, led.text

    async def undo() -> None:
        assert (await admin.delete(f"/numbers/{led.json()['id']}")).status_code < 300
        assert (await admin.delete(f"/flows/{flow['id']}")).status_code < 300

    return undo
