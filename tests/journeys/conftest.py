"""The whole product as a user starts it: `tongdai demo`, a browser, a SIP far side."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright
from tests.journeys.tones import SECOND_HZ, write_tone
from tests.ports import free_block

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
READY_S = 90
FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Demo:
    """A running demo and what its demo.json says."""

    directory: Path
    facts: dict[str, Any]
    pid: int

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    @property
    def sip_port(self) -> int:
        return int(self.facts["sip"]["port"])

    @property
    def trunk(self) -> dict[str, str]:
        return {"user": self.facts["trunk"]["user"], "password": self.facts["trunk"]["password"]}

    def user(self, name: str) -> dict[str, str]:
        return next(user for user in self.facts["users"] if user["email"].startswith(f"{name}@"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`tongdai demo` in a directory of its own, stopped by SIGINT as a person would."""
    directory = tmp_path_factory.mktemp("demo")
    output = (directory / "output.txt").open("wb")
    port = free_block(300)
    ports = {"TONGDAI_RTP_START": str(port + 2), "TONGDAI_RTP_END": str(port + 299)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tongdai.entrypoints.cli", "demo", "--data", str(directory / "data"),
         "--http-port", str(port), "--sip-port", str(port + 1)],
        stdout=output, stderr=output, env={**os.environ, **ports},
    )  # fmt: skip
    file = directory / "data" / "demo.json"
    deadline = time.monotonic() + READY_S
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail("the demo did not start: " + (directory / "output.txt").read_text()[-2000:])
        time.sleep(0.05)
    yield Demo(directory / "data", json.loads(file.read_text()), process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0, (directory / "output.txt").read_text()[-2000:]


@pytest.fixture
async def admin(demo: Demo) -> AsyncIterator[httpx.AsyncClient]:
    """The API with all permissions, for what a journey finds set up."""
    headers = {"Authorization": f"Bearer {demo.facts['api_token']}"}
    async with httpx.AsyncClient(base_url=f"{demo.url}/api/v1", headers=headers, verify=False) as client:
        yield client


@pytest.fixture
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Chromium with a fake microphone; `@pytest.mark.parametrize("browser", [[flags]], indirect=True)` adds flags."""
    async with chromium(*getattr(request, "param", [])) as launched:
        yield launched
        await tell_if_failed(request, launched)


@pytest.fixture
async def second(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Browser]:
    """Another computer with another voice."""
    tone = tmp_path / "second.wav"
    write_tone(tone, SECOND_HZ)
    async with chromium(f"--use-file-for-fake-audio-capture={tone}") as launched:
        yield launched
        await tell_if_failed(request, launched)


async def tell_if_failed(request: pytest.FixtureRequest, browser: Browser) -> None:
    """Print what the pages of a failed journey show, before they are closed."""
    if request.node.stash.get(FAILED, False):
        for page in (page for context in browser.contexts for page in context.pages):
            print(f"--- {page.url} shows:\n{(await page.inner_text('body'))[:3000]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets the fixtures that close the browsers know whether the journey failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@asynccontextmanager
async def chromium(*more: str) -> AsyncGenerator[Browser]:
    """A browser of its own, with these flags beside the usual ones."""
    program = next((path for path in CHROMIUM if Path(path).exists()), None)
    if program is None:
        pytest.fail("these tests need Chromium: apt-get install chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *more])
        yield launched
        await launched.close()


async def sign_in(browser: Browser, demo: Demo, name: str, locale: str = "en-US") -> Page:
    """A tab in which this user is signed in, in English whatever their own language."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, permissions=["microphone"], locale=locale
    )
    page = await context.new_page()
    await page.goto(demo.url)
    user = demo.user(name)
    await page.fill("input[type=email]", user["email"])
    await page.fill("input[type=password]", user["password"])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/workspace")
    await page.locator("nav").first.wait_for()
    return page


async def api(page: Page, path: str) -> Any:
    """A GET as the page's user."""
    return await page.evaluate("path => fetch('/api/v1' + path).then(answer => answer.json())", path)


async def eventually(look: Any, seconds: float = 15) -> Any:
    """Await a condition on the running product."""
    async with asyncio.timeout(seconds):
        while not (value := await look()):
            await asyncio.sleep(0.05)
    return value
