"""Prompts and music are kept by hand in the running product: recorded, renamed, refused to be deleted, chosen for a queue."""

import io
from pathlib import Path

import numpy as np
import soundfile  # pyright: ignore[reportMissingTypeStubs]
from playwright.async_api import Browser, Page, expect
from tests.journeys.conftest import Demo, api, eventually, sign_in

FLOW = "flow: greets\nstart: a\nnodes:\n  a:\n    say: {prompt: hello}\n    go: b\n  b:\n    hang_up:\n"


async def names(page: Page) -> list[tuple[str, str]]:
    return [(row["name"], row["language"]) for row in (await api(page, "/prompts"))["items"]]


async def test_a_prompt_is_recorded_renamed_with_its_flow_and_deleted_when_no_flow_plays_it(
    demo: Demo, browser: Browser
) -> None:
    page = await sign_in(browser, demo, "admin")
    await page.request.patch(f"{demo.url}/api/v1/auth/me", data={"locale": "en"})
    path = f"{demo.url}/api/v1/prompts"
    assert (
        await page.request.post(path, multipart={"name": "elsewhere", "language": "uk", "text": "Деінде"})
    ).ok
    await page.goto(f"{demo.url}/admin/prompts")

    await page.get_by_role("button", name="Add a prompt").click()
    form_ = page.get_by_role("dialog")
    await form_.get_by_role("button", name="Record").click()
    await expect(form_.get_by_role("button", name="Stop (1 s)")).to_be_visible()
    await form_.get_by_role("button", name="Stop").click()
    await expect(form_.get_by_label("Your recording")).to_be_visible()
    await form_.get_by_label("Name").fill("hello")
    await form_.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("hello: English")).to_be_visible()
    (row,) = [one for one in (await api(page, "/prompts"))["items"] if one["name"] == "hello"]
    assert row["seconds"] > 0.5
    answer = await page.request.post(f"{demo.url}/api/v1/flows", data={"yaml": FLOW, "publish": True})
    assert answer.ok, await answer.text()

    # In which language it is missing, and how it is found.
    await page.get_by_role("button", name="hello: Not in Українська: add it").click()
    await form_.get_by_label("Words").fill("Вітаємо")
    await form_.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("“Вітаємо”")).to_be_visible()
    await page.get_by_label("Search by name or words").fill("Вітає")
    await expect(page.get_by_text("elsewhere", exact=True)).to_have_count(0)

    await page.get_by_role("button", name="Rename hello").click()
    await form_.get_by_label("Name").fill("welcome")
    await form_.get_by_role("button", name="Rename").click()
    await expect(page.get_by_text("It is called welcome now, in these flows too: greets")).to_be_visible()
    await expect(page.get_by_text("also known as hello")).to_be_visible()

    await page.get_by_role("button", name="Delete welcome in English").click()
    await page.get_by_role("button", name="Delete it").click()
    await expect(page.get_by_label("welcome: English")).to_have_count(0)
    await page.get_by_role("button", name="Delete welcome in Українська").click()
    await page.get_by_role("button", name="Delete it").click()
    await expect(page.get_by_text("It is played by greets.")).to_be_visible()
    assert ("welcome", "uk") in await names(page)
    await page.context.close()


async def test_music_is_uploaded_made_the_centres_own_and_chosen_for_a_queue(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page = await sign_in(browser, demo, "admin")
    await page.request.patch(f"{demo.url}/api/v1/auth/me", data={"locale": "en"})
    sound = io.BytesIO()
    tone = np.sin(np.arange(44_100) / 9).astype("float32")
    soundfile.write(sound, tone, 44_100, format="WAV")  # pyright: ignore[reportUnknownMemberType]
    file = tmp_path / "Quiet morning.wav"
    file.write_bytes(sound.getvalue())
    await page.goto(f"{demo.url}/admin/music")
    await expect(page.get_by_text("The built-in music plays")).to_be_visible()
    await page.get_by_role("button", name="Add music").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[type=file]").set_input_files(file)
    await expect(dialog.get_by_label("Name")).to_have_value("Quiet morning")
    await dialog.get_by_role("button", name="Add music").click()
    await page.get_by_role("button", name="Make Quiet morning the centre's own").click()
    await expect(page.get_by_text("The centre's own", exact=True)).to_be_visible()

    queue = next(one for one in (await api(page, "/queues"))["items"] if one["channel"] == "voice")
    await page.goto(f"{demo.url}/admin/queues")
    await page.locator("main").get_by_role("button").filter(has_text=queue["name"]).first.click()
    await dialog.get_by_role("combobox", name="Music while waiting").click()
    await page.get_by_role("option", name="Quiet morning").click()
    await dialog.get_by_role("button", name="Save").click()

    async def chosen() -> bool:
        return (await api(page, f"/queues/{queue['id']}"))["music_id"] is not None

    await eventually(chosen)
    await page.goto(f"{demo.url}/admin/music")
    await page.get_by_role("button", name="Delete Quiet morning").click()
    await page.get_by_role("button", name="Delete it").click()
    await expect(page.get_by_text(f"Queues play it: {queue['name']}.")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()

    # Nothing of it stays for other journeys.
    row = await api(page, f"/queues/{queue['id']}")
    change = {"version": row["version"], "music_id": None}
    assert (await page.request.patch(f"{demo.url}/api/v1/queues/{queue['id']}", data=change)).ok
    await page.reload()
    await page.get_by_role("button", name="Delete Quiet morning").click()
    await page.get_by_role("button", name="Delete it").click()
    await expect(page.get_by_text("The built-in music plays")).to_be_visible()
    await page.context.close()
