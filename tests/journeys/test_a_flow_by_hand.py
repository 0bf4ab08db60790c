"""A flow is drawn with the mouse, tried, tested, compared and rolled back, in the running product."""

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect
from tests.journeys.conftest import Demo, api, eventually, sign_in

MENU = """\
flow: by_hand
language: en
start: ask
nodes:
  ask:
    menu:
      say: For the time, press 1. To end, press 2.
      keys: {1: time, 2: leave}
    go: {time: say_time, no_input: end}
  say_time:
    say: It is noon
    go: end
  end:
    hang_up:
"""
OUTER = """\
flow: outer_by_hand
start: inner
nodes:
  inner:
    sub_flow: by_hand
    go: end
  end:
    hang_up:
"""


def step(page: Page, name: str) -> Locator:
    return page.locator(f".react-flow__node[data-id='{name}']")


async def place(page: Page, name: str) -> tuple[float, float]:
    box = await step(page, name).bounding_box()
    assert box is not None
    return box["x"], box["y"]


async def drag(page: Page, begin: Locator, end: tuple[float, float]) -> None:
    box = await begin.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + min(14, box["height"] / 2))
    await page.mouse.down()
    await page.mouse.move(*end, steps=8)
    await page.mouse.up()


async def make(page: Page, demo: Demo, name: str, yaml: str, folder: Path) -> None:
    """A new flow in the designer, brought in from a file."""
    await page.goto(f"{demo.url}/admin/flows")
    await page.get_by_label("Name of the new flow").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("toolbar", name="Flow designer")).to_be_visible()
    (folder / f"{name}.yaml").write_text(yaml)
    await page.locator("input[type=file]").set_input_files(folder / f"{name}.yaml")
    await expect(step(page, "end")).to_be_visible()


async def flow_of(page: Page, name: str) -> dict[str, Any]:
    (flow,) = [one for one in (await api(page, f"/flows?q={name}"))["items"] if one["name"] == name]
    return flow


async def test_a_flow_is_drawn_with_the_mouse_tried_compared_and_rolled_back(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page = await sign_in(browser, demo, "admin")
    await page.request.patch(f"{demo.url}/api/v1/auth/me", data={"locale": "en"})
    await make(page, demo, "by_hand", MENU, tmp_path)
    nodes, edges = page.locator(".react-flow__node"), page.locator(".react-flow__edge")
    await expect(nodes).to_have_count(3)
    await expect(page.get_by_text("1 thing to correct")).to_be_visible()

    # Connect: from the exit that leads nowhere to the end.
    await expect(edges).to_have_count(3)
    handle = step(page, "ask").locator(".react-flow__handle.source[data-handleid='leave']")
    target = await step(page, "end").locator(".react-flow__handle.target").bounding_box()
    assert target is not None
    await drag(page, handle, (target["x"] + target["width"] / 2, target["y"] + target["height"] / 2))
    await expect(edges).to_have_count(4)
    await expect(page.get_by_text("to correct")).to_have_count(0)

    # Move: what was dragged stays there, and Arrange brings it back into order.
    x, y = await place(page, "say_time")
    await drag(page, step(page, "say_time"), (x + 260, y + 60))
    moved = await place(page, "say_time")
    assert moved[0] > x + 40
    await page.get_by_role("button", name="Arrange").press("Enter")

    async def arranged() -> bool:
        return (await place(page, "say_time")) != moved

    await eventually(arranged)

    # Find, copy, paste, undo.
    await page.keyboard.press("s")
    await page.keyboard.type("say_time")
    await expect(page.get_by_role("option", name="say_time")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Name in the flow")).to_have_value("say_time")
    await step(page, "say_time").focus()
    await page.keyboard.press("Control+c")
    await page.keyboard.press("Control+v")
    await expect(step(page, "say_time_2")).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(nodes).to_have_count(3)

    # Say something to colleagues, beside the step.
    await step(page, "say_time").focus()
    await page.keyboard.press("t")
    await page.get_by_label("What colleagues should know").fill("Only in summer: ask Lan")
    comment = page.locator(".react-flow__node-comment")
    await expect(comment).to_have_text("Only in summer: ask Lan")
    await comment.focus()
    await page.keyboard.press("Delete")
    await expect(comment).to_have_count(0)
    await page.keyboard.press("Control+z")
    await expect(comment).to_have_count(1)

    # Try it with keys, keep the walk as a test, run it.
    await page.get_by_role("tab", name="Try it").click()
    await page.get_by_label("Keys", exact=True).fill("1")
    await page.get_by_role("button", name="Press", exact=True).click()
    await expect(page.get_by_text("It is noon")).to_be_visible()
    await expect(page.get_by_text("The flow hangs up.")).to_be_visible()
    await page.get_by_role("button", name="Keep as a test").click()
    await page.get_by_role("button", name="Run the tests").click()
    await expect(page.get_by_text("passed", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Save the tests").click()

    # Publish twice, see what is different, go back.
    publish = page.get_by_role("button", name="Publish")
    await publish.click()
    await expect(page.get_by_text("All is well")).to_be_visible()
    await step(page, "say_time").click()
    await page.get_by_role("tab", name="Step").click()
    await page.get_by_label("Title", exact=True).fill("Tell the time")
    await expect(publish).to_be_enabled()
    await publish.click()

    async def published() -> bool:
        return (await flow_of(page, "by_hand"))["published_number"] == 2

    await eventually(published)
    flow = await flow_of(page, "by_hand")
    await page.get_by_role("tab", name="Versions").click()
    await page.get_by_role("combobox", name="Compare").click()
    await page.get_by_role("option", name="Version 1").click()
    await expect(page.get_by_role("cell", name="Tell the time")).to_be_visible()
    await page.get_by_role("button", name="Go back to it").click()

    async def back() -> bool:
        return (await flow_of(page, "by_hand"))["published_number"] == 1

    await eventually(back)
    await expect(page.get_by_role("listitem").filter(has_text="answers calls")).to_contain_text("Version 1")

    # Show calls: of which period, of which version.
    await page.get_by_role("switch", name="Show calls").check()
    await expect(page.get_by_role("combobox", name="Calls of").first).to_have_value("the last 30 days")
    await page.get_by_role("combobox", name="Version", exact=True).first.click()
    async with page.expect_response(f"**/flows/{flow['id']}/graph?*number=2*"):
        await page.get_by_role("option", name="Version 2").click()
    await expect(step(page, "ask").get_by_text("0 calls")).to_be_visible()

    # The same flow, as a file.
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Export YAML").click()
    text = Path(await (await download.value).path()).read_text()
    assert "label: Tell the time" in text
    assert "leave: end" in text
    assert "place: {" in text
    assert "text: 'Only in summer: ask Lan'" in text
    await page.context.close()


async def test_a_flow_opens_the_one_that_it_calls_and_is_put_aside_when_nobody_is_led_to_it(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page = await sign_in(browser, demo, "admin")
    await page.request.patch(f"{demo.url}/api/v1/auth/me", data={"locale": "en"})
    inner = MENU.replace("by_hand", "called_by_hand").replace(", 2: leave", "")
    answer = await page.request.post(f"{demo.url}/api/v1/flows", data={"yaml": inner, "publish": True})
    assert answer.ok, await answer.text()
    await make(
        page, demo, "outer_by_hand", OUTER.replace("sub_flow: by_hand", "sub_flow: called_by_hand"), tmp_path
    )
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("All is well")).to_be_visible()
    await step(page, "inner").dblclick()
    await expect(step(page, "say_time")).to_be_visible()

    await page.goto(f"{demo.url}/admin/flows")
    await page.get_by_role("button", name="Archive called_by_hand").click()
    await expect(page.get_by_text("Callers are led here by outer_by_hand.")).to_be_visible()
    await page.get_by_role("button", name="Archive outer_by_hand").click()
    await expect(page.get_by_text("outer_by_hand is archived.")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Archive outer_by_hand")).to_be_visible()
    await page.get_by_role("button", name="Archive outer_by_hand").click()
    await expect(page.get_by_role("button", name="Archive outer_by_hand")).to_have_count(0)
    await page.get_by_role("switch", name="Archived").check()
    await page.get_by_role("button", name="Bring outer_by_hand back").click()
    await expect(page.get_by_text("Nothing is archived")).to_be_visible()
    await page.context.close()
