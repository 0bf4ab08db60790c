"""Boards in Chromium, each telling when it has painted an agent's new state."""

import contextlib
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Page, async_playwright

from bench.parts.floor import PASSWORD, Watcher

PROGRAM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows"]
# What changed is in the next frame; the message after that frame's callbacks is answered when it has been drawn.
WATCH = """
() => {
  window.painted = [];
  const told = new Map();
  const after = (users) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const at = (performance.timeOrigin + performance.now()) / 1000;
      for (const user of users) window.painted.push([user, at]);
    };
    channel.port2.postMessage(null);
  });
  const look = () => {
    const changed = [];
    for (const tile of document.querySelectorAll("[data-user]")) {
      const { user, state } = tile.dataset;
      if (told.get(user) !== state) {
        if (told.has(user)) changed.push(user);
        told.set(user, state);
      }
    }
    if (changed.length) after(changed);
  };
  look();
  new MutationObserver(look).observe(document.querySelector("main"), {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"],
  });
}
"""


class Boards:
    """One tab for each watcher, all in sight of their own window."""

    def __init__(self, url: str, watchers: list[Watcher]) -> None:
        self._url, self._watchers = url, watchers
        self._pages: list[Page] = []

    async def __aenter__(self) -> Self:
        self._stack = contextlib.AsyncExitStack()
        playwright = await self._stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        self._stack.push_async_callback(browser.close)
        for watcher in self._watchers:
            context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
            account = {"email": watcher.email, "password": PASSWORD}
            answer = await context.request.post(f"{self._url}/api/v1/auth/sign-in", data=account)
            assert answer.ok, await answer.text()
            page = await context.new_page()
            await page.goto(f"{self._url}/live")
            await page.locator("[data-user]").first.wait_for()
            await page.evaluate(WATCH)
            self._pages.append(page)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def forget(self) -> None:
        for page in self._pages:
            await page.evaluate("() => { window.painted = [] }")

    async def painted(self) -> list[tuple[str, str, float]]:
        """(board, agent, UNIX time) of every change of state that was painted."""
        found: list[tuple[str, str, float]] = []
        for number, page in enumerate(self._pages):
            rows: list[Any] = await page.evaluate("() => window.painted")
            found += [(str(number), str(user), float(at)) for user, at in rows]
        return found
