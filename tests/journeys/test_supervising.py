"""A supervisor beside an agent's call, in two browsers and on a SIP phone: listens, whispers, joins, takes over.

Each has a tone of their own, so that who hears whom is measured and not believed. On the way the agent fills in a field for card
data, and the recording that is left is kept as evidence. The supervisor's desktop is Vietnamese.
"""

from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.far_sides import customer, offered, reachable
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.test_working_together import finish, hears
from tests.journeys.tones import CUSTOMER_HZ, FIRST_HZ, SECOND_HZ, TONE_FILE, of_what_plays

LEVELS = of_what_plays(
    "frequencies.map(hertz => Math.max(...bins.slice(Math.round(hertz / width) - 2, Math.round(hertz / width) + 3)))",
    "(frequencies)",
)


async def page_hears(page: Page, wanted: set[int]) -> None:
    """Once this desktop plays exactly these of the three voices."""
    voices = [CUSTOMER_HZ, FIRST_HZ, SECOND_HZ]
    seen: dict[int, float] = {}

    async def heard() -> bool:
        levels = await page.evaluate(LEVELS, voices)
        seen.update(zip(voices, levels or [], strict=False))
        return bool(levels) and {hertz for hertz, level in seen.items() if level > -60} == wanted

    try:
        await eventually(heard)
    except TimeoutError:
        raise AssertionError(f"{page.url} should play {wanted}, plays {seen}") from None


async def recording(page: Page, wanted: str) -> None:
    async def is_so() -> bool:
        call = (await api(page, "/workspace"))["call"]
        return call is not None and call["recording"] == wanted

    await eventually(is_so)


async def card_field(admin: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {"key": "card", "label": {"en": "Card"}, "pauses_recording": True}
    made = await admin.post("/contact-fields-admin", json=body)
    assert made.status_code == 201, made.text


@pytest.mark.parametrize("browser", [[f"--use-file-for-fake-audio-capture={TONE_FILE}"]], indirect=True)
async def test_a_supervisor_listens_whispers_joins_and_takes_over(
    browser: Browser, second: Browser, demo: Demo, admin: httpx.AsyncClient, tmp_path: Path
):
    await card_field(admin)
    agent, boss = await sign_in(browser, demo, "agent5"), await sign_in(second, demo, "supervisor")
    await boss.goto(f"{demo.url}/live")
    await ready(agent)

    await reachable(boss)
    media, call = await customer(demo, tmp_path, "19001234")
    await offered(agent, media)
    await agent.keyboard.press("Alt+a")
    talking = await assignment(agent, "accepted")
    await hears(media, {FIRST_HZ})

    name = demo.user("agent5")["name"]
    tile = boss.get_by_role("option").filter(has_text=name)
    await tile.hover()
    await tile.locator("[data-listen]").click()
    await boss.get_by_role("region", name=f"Bạn đang nghe {name}").wait_for()
    await page_hears(boss, {CUSTOMER_HZ, FIRST_HZ})
    await page_hears(agent, {CUSTOMER_HZ})
    await hears(media, {FIRST_HZ})

    await boss.keyboard.press("Alt+2")
    await page_hears(agent, {CUSTOMER_HZ, SECOND_HZ})
    await hears(media, {FIRST_HZ})

    if (await api(agent, "/workspace"))["call"]["recording"] != "on":
        await agent.keyboard.press("Alt+c")
    await recording(agent, "on")
    await agent.get_by_role("button", name="Edit", exact=True).click()
    await agent.get_by_label("Card").focus()
    await recording(agent, "paused")
    await agent.get_by_label("Name", exact=True).focus()
    await recording(agent, "on")
    await agent.keyboard.press("Escape")

    await boss.keyboard.press("Alt+3")
    await hears(media, {FIRST_HZ, SECOND_HZ})
    await page_hears(agent, {CUSTOMER_HZ, SECOND_HZ})

    await boss.get_by_role("button", name="Nhận thay cuộc gọi").click()
    await boss.get_by_role("dialog").get_by_role("button", name="Nhận thay cuộc gọi").click()
    await assignment(agent, "wrap_up")
    await hears(media, {SECOND_HZ})
    await page_hears(boss, {CUSTOMER_HZ})
    await boss.keyboard.press("Alt+x")
    mine = await assignment(boss, "wrap_up")
    assert (await boss.request.post(f"{demo.url}/api/v1/assignments/{mine['id']}/done", data={})).ok
    await finish(agent)
    await call.stop()
    await media.close()
    await evidence(browser, demo, talking["interaction_id"])


async def evidence(browser: Browser, demo: Demo, interaction_id: str) -> None:
    """The manager keeps the recording; the audit log tells of it, of the listening and of the field."""
    page = await sign_in(browser, demo, "manager")

    async def stored() -> bool:
        recordings = (await api(page, f"/interactions/{interaction_id}"))["recordings"]
        return any(one["size"] > 0 for one in recordings)

    await eventually(stored, 30)
    await page.goto(f"{demo.url}/calls/{interaction_id}")
    await page.get_by_role("button", name="Keep as evidence…").first.click()
    await page.get_by_label("Why it must be kept").fill("Complaint 4711")
    await page.get_by_role("button", name="Keep it").click()
    await page.get_by_text("Legal hold: Complaint 4711").first.wait_for()
    actions = {one["action"] for one in (await api(page, "/audit?limit=200"))["items"]}
    told = {"call.listened", "call.whispered", "call.joined", "call.taken_over"}
    assert told | {"recording.paused", "recording.resumed", "recording.held"} <= actions, actions
