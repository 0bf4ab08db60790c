"""The main job, as the customer and the agent live it: dial, press a key, wait, talk, hold, hang up, wrap up, look it up."""

import asyncio
import io
import math
import os
import struct
import tempfile
import wave
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf
from playwright.async_api import Browser, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.telephony import sip
from tests.telephony.rtp import Media, strength

CUSTOMER_HZ, AGENT_HZ = 600, 1000
TONE_FILE = Path(tempfile.gettempdir()) / f"tongdai-agent-tone-{os.getuid()}.wav"

HEARD = """async () => {
  const element = document.querySelector('#softphone-audio');
  const stream = element && element.srcObject;
  if (!stream || !stream.getAudioTracks().length) return null;
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, {fftSize: 8192});
  context.createMediaStreamSource(stream).connect(analyser);
  await new Promise(done => setTimeout(done, 700));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  let best = 0;
  bins.forEach((value, index) => { if (value > bins[best]) best = index; });
  const answer = {hertz: best * context.sampleRate / analyser.fftSize, decibel: bins[best]};
  await context.close();
  return answer;
}"""


def write_tone(file: Path, hertz: float) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        samples = (round(12_000 * math.sin(2 * math.pi * hertz * n / 48_000)) for n in range(48_000))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


write_tone(TONE_FILE, AGENT_HZ)


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

    media = await Media.open(CUSTOMER_HZ)
    call = await sip.call(
        tmp_path, demo.sip_port, "19001234", sip.Scenario().wait_for_bye(), hang_up=False,
        caller="0912345678", media_port=media.port, user=demo.trunk["user"], password=demo.trunk["password"],
    )  # fmt: skip
    offer = page.get_by_test_id("offer")
    for _ in range(20):
        media.press("1")
        try:
            await offer.wait_for(timeout=1500)
            break
        except PlaywrightTimeout:
            continue
    await offer.get_by_text("Nguyễn Văn Đức").first.wait_for()
    offered = await assignment(page, "offered")
    assert offered["queue"]["name"] == "sales"
    assert offered["number"]["national"] == "0912 345 678"

    await page.keyboard.press("Alt+a")
    talking = await assignment(page, "accepted")
    await board.get_by_text("Nguyễn Văn Đức").first.wait_for()

    heard = await page.evaluate(HEARD)
    assert heard is not None
    assert abs(heard["hertz"] - CUSTOMER_HZ) < 15, heard
    media.heard.clear()

    async def agent_is_heard() -> bool:
        return len(media.heard) > 8000 and strength(media.heard[-8000:], AGENT_HZ) > 0.5

    await eventually(agent_is_heard)

    await page.get_by_role("button", name="Hold").click()

    async def held() -> bool:
        return (await api(page, "/workspace"))["call"]["state"] == "held"

    await eventually(held)
    media.heard.clear()
    await asyncio.sleep(0.8)
    assert strength(media.heard[-4000:], AGENT_HZ) < 0.2
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
    customer, agent = samples[: rate * 2, 0], samples[-rate:, 1]
    assert strength(list(customer), CUSTOMER_HZ, rate) > 0.5
    assert strength(list(agent), AGENT_HZ, rate) > 0.5
    assert strength(list(customer), AGENT_HZ, rate) < 0.1
