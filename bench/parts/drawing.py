"""The flow designer in Chromium, telling how long a person waits for what they do."""

import asyncio
import time
from typing import Any

import httpx
from playwright.async_api import CDPSession, Page, async_playwright

from bench.parts.boards import FLAGS, PROGRAM
from bench.parts.floor import PASSWORD

# An answer counts from the event's own time until the frame that shows it has been drawn: the message after that frame's
# callbacks is answered then. Long tasks are what holds up the next key, whoever causes them.
WATCH = """
() => {
  window.keys = []; window.frames = []; window.long = [];
  const drawn = (then) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => then(performance.now());
    channel.port2.postMessage(null);
  });
  addEventListener("keydown", (event) => drawn((at) => window.keys.push(at - event.timeStamp)), true);
  new PerformanceObserver((list) => list.getEntries().forEach((one) => window.long.push(one.duration)))
    .observe({ type: "longtask" });
  let last = 0;
  const tick = (at) => {
    if (window.dragging && last) window.frames.push(at - last);
    last = at;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
"""


def flow_of(steps: int) -> dict[str, Any]:
    """A flow of so many steps as stored: menus that lead to sentences, branches and ends, ten to a level."""
    name, nodes = f"flow_{steps}", dict[str, Any]()
    for number in range(steps - 1):
        onward = f"s{number + 1}" if number + 1 < steps - 1 else "end"
        leap = f"s{min(number + 7, steps - 2)}"
        match number % 4:
            case 0:
                nodes[f"s{number}"] = {
                    "label": f"Question {number}",
                    "menu": {"say": f"For part {number}, press one.", "keys": {"1": "on", "2": "leap"}},
                    "go": {"on": onward, "leap": leap, "no_input": "end"},
                }
            case 1:
                nodes[f"s{number}"] = {"say": f"This is sentence number {number}.", "go": onward}
            case 2:
                nodes[f"s{number}"] = {
                    "branch": {"known": "call.from != null"},
                    "go": {"known": onward, "else": leap},
                }
            case _:
                nodes[f"s{number}"] = {"set": {f"v{number}": str(number)}, "go": onward}
    nodes["end"] = {"hang_up": None}
    return {"flow": name, "language": "en", "start": "s0", "nodes": nodes}


class MainThread:
    """Processor time of the page's main thread: what a busy machine does not change."""

    def __init__(self, session: CDPSession) -> None:
        self._session, self._before = session, 0.0

    @classmethod
    async def of(cls, page: Page) -> "MainThread":
        session = await page.context.new_cdp_session(page)
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        thread = cls(session)
        await thread.spent()
        return thread

    async def spent(self) -> float:
        """Milliseconds since the last question."""
        answer = await self._session.send("Performance.getMetrics")
        now = next(float(one["value"]) for one in answer["metrics"] if one["name"] == "TaskDuration")
        before, self._before = self._before, now
        return (now - before) * 1000


class Drawing:
    """One person who edits flows. Times in milliseconds."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    async def measure(self, steps: int, *, keys: int, moves: int) -> dict[str, list[float]]:
        """Of a flow of so many steps: opening, keys in a form, frames of a drag, undoing, what is checked."""
        flow_id = await self._made(steps)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
            context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
            account = {"email": "admin@example.com", "password": PASSWORD}
            answer = await context.request.post(f"{self._url}/api/v1/auth/sign-in", data=account)
            assert answer.ok, await answer.text()
            page = await context.new_page()
            await page.goto(f"{self._url}/admin/flows")
            link = page.locator(f"a[href$='{flow_id}']")
            await link.wait_for()
            cpu = await MainThread.of(page)
            found = {"open": [await self._opened(page, link)], "cpu open": [await cpu.spent()]}
            await page.evaluate(WATCH)
            found |= await self._typed(page, keys)
            found["cpu key"] = [await cpu.spent() / keys]
            found |= await self._dragged(page, moves)
            found["cpu move"] = [await cpu.spent() / moves]
            found["undo"] = await self._undone(page)
            found["long tasks"] = [float(one) for one in await page.evaluate("() => window.long")]
            await browser.close()
        return found

    async def _made(self, steps: int) -> str:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with httpx.AsyncClient(base_url=self._url, headers=headers, timeout=60) as client:
            answer = await client.post("/api/v1/flows", json={"document": flow_of(steps)})
            answer.raise_for_status()
            return str(answer.json()["id"])

    async def _opened(self, page: Page, link: Any) -> float:
        """From the click on the flow in the list until its steps are drawn."""
        began = time.perf_counter()
        await link.click()
        await page.locator(".react-flow__node").first.wait_for()
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        return (time.perf_counter() - began) * 1000

    async def _typed(self, page: Page, keys: int) -> dict[str, list[float]]:
        """Into a form field, as fast as a fluent typist, then how long until all is checked."""
        await page.locator(".react-flow__node").first.click()
        field = page.get_by_label("Title", exact=True)
        await field.focus()
        await page.evaluate("() => { window.keys = [] }")
        for number in range(keys):
            await page.keyboard.type("abcdefghij"[number % 10])
            await asyncio.sleep(0.08)
        began = time.perf_counter()
        async with page.expect_response("**/flows/check"):
            pass
        checked = (time.perf_counter() - began) * 1000
        return {"key": [float(one) for one in await page.evaluate("() => window.keys")], "check": [checked]}

    async def _dragged(self, page: Page, moves: int) -> dict[str, list[float]]:
        box = await page.locator(".react-flow__node").first.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + 14
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.evaluate("() => { window.frames = []; window.dragging = true }")
        for number in range(moves):
            await page.mouse.move(x + 4 * (number % 40), y + 2 * (number % 30))
        await page.evaluate("() => { window.dragging = false }")
        await page.mouse.up()
        return {"frame": [float(one) for one in await page.evaluate("() => window.frames")]}

    async def _undone(self, page: Page) -> list[float]:
        """The drag and what was typed, back and forth."""
        await page.get_by_role("button", name="Arrange").focus()
        await page.evaluate("() => { window.keys = [] }")
        for combination in ("Control+z", "Control+z", "Control+Shift+z", "Control+Shift+z") * 3:
            await page.keyboard.press(combination)
            await asyncio.sleep(0.15)
        # Of each combination the modifiers' own keys were heard too; the slowest is the one that did something.
        heard = [float(one) for one in await page.evaluate("() => window.keys")]
        return sorted(heard)[-12:]
