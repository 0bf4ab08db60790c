"""The main job, as the customer and the agent live it: dial, press a key, wait, talk, hold, hang up, wrap up, look it up."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf
from playwright.async_api import Browser, Page
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.far_sides import customer, offered
from tests.journeys.tones import CUSTOMER_HZ, FIRST_HZ, HEARD, TONE_FILE
from tests.telephony.rtp import strength


async def ready(page: Page) -> None:
    await page.keyboard.press("Alt+r")

    async def is_ready() -> bool:
        presence = (await api(page, "/workspace"))["presence"]
        phone = await api(page, "/phone/me")
        return presence["shown"] == "ready" and any(one["registered"] for one in phone["devices"])

    await eventually(is_ready)


async def assignment(page: Page, state: str) -> dict[str, Any]:
    async def look() -> Any:
        found = (await api(page, "/workspace"))["assignments"]
        return next((one for one in found if one["state"] == state), None)

    return await eventually(look)


@pytest.mark.parametrize("browser", [[f"--use-file-for-fake-audio-capture={TONE_FILE}"]], indirect=True)
async def test_a_call_from_the_menu_to_the_wrapped_up_record(browser: Browser, demo: Demo, tmp_path: Path):
    page = await sign_in(browser, demo, "agent5")
    board = await sign_in(browser, demo, "supervisor")
    await board.goto(f"{demo.url}/live")
    await ready(page)

    media, call = await customer(demo, tmp_path, "19001234")
    await offered(page, media)
    offer = page.get_by_test_id("offer")
    await offer.get_by_text("Nguyễn Văn Đức").first.wait_for()
    asked = await assignment(page, "offered")
    assert asked["queue"]["name"] == "sales"
    assert asked["number"]["national"] == "0912 345 678"

    await page.keyboard.press("Alt+a")
    talking = await assignment(page, "accepted")
    await board.get_by_text("Nguyễn Văn Đức").first.wait_for()

    heard = await page.evaluate(HEARD)
    assert heard is not None
    assert abs(heard["hertz"] - CUSTOMER_HZ) < 15, heard
    media.heard.clear()

    async def agent_is_heard() -> bool:
        return len(media.heard) > 8000 and strength(media.heard[-8000:], FIRST_HZ) > 0.5

    await eventually(agent_is_heard)

    await page.get_by_role("button", name="Hold").click()

    async def held() -> bool:
        return (await api(page, "/workspace"))["call"]["state"] == "held"

    await eventually(held)
    media.heard.clear()
    await asyncio.sleep(0.8)
    assert strength(media.heard[-4000:], FIRST_HZ) < 0.2
    await page.get_by_role("button", name="Resume").click()
    media.heard.clear()
    await eventually(agent_is_heard)

    await page.locator("textarea").first.fill("Wants the spring catalogue")
    await page.get_by_role("button", name="Hang up").click()
    assert await call.finished() == 0, call.problem()
    await media.close()
    await assignment(page, "wrap_up")

    async def note_saved() -> bool:
        return (await assignment(page, "wrap_up"))["note"] == "Wants the spring catalogue"

    await eventually(note_saved)
    result = page.get_by_placeholder("Type three letters")
    await result.click()
    await result.press_sequentially("ord")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+Enter")

    async def free() -> bool:
        workspace = await api(page, "/workspace")
        return workspace["assignments"] == [] and workspace["presence"]["shown"] == "ready"

    await eventually(free)

    async def logged() -> Any:
        detail = await api(page, f"/interactions/{talking['interaction_id']}")
        recordings: list[dict[str, Any]] = detail.get("recordings") or []
        return detail if recordings and recordings[0].get("duration_s") else None

    detail = await eventually(logged)
    assert (detail["result"], detail["hung_up_by"]) == ("answered", "agent")
    kinds = [segment["kind"] for segment in detail["segments"] if segment["participant"] == "customer"]
    assert kinds == ["flow", "wait", "talk", "hold", "talk"]
    audio = await page.request.get(f"{demo.url}/api/v1/recordings/{detail['recordings'][0]['id']}/audio")
    assert audio.status == 200
    samples, rate = sf.read(io.BytesIO(await audio.body()))
    caller, agent = samples[: rate * 2, 0], samples[-rate:, 1]
    assert strength(list(caller), CUSTOMER_HZ, rate) > 0.5
    assert strength(list(agent), FIRST_HZ, rate) > 0.5
    assert strength(list(caller), FIRST_HZ, rate) < 0.1
